//! Owns the microphone test: recent input levels, and three seconds of samples that are kept in memory only.

use std::collections::VecDeque;

use super::event::{Event, EventSender};
use crate::acoustics::{ANALYSIS_RATE_HZ, InputLevel};
use crate::domain::time::Secs;

/// Length of a test.
const DURATION: Secs = 3.0;
/// Number of recent levels that are rated together, ten for each second.
const LEVELS: usize = 30;

/// The newest microphone test.
#[derive(Debug, Default)]
pub(super) struct MicTest {
    levels: VecDeque<f64>,
    samples: Vec<f32>,
    is_running: bool,
}

impl MicTest {
    pub(super) fn is_running(&self) -> bool {
        self.is_running
    }

    /// The samples of the test, 16 kHz, mono; empty if none was completed.
    pub(super) fn samples(&self) -> &[f32] {
        &self.samples
    }

    /// Whether the microphone is loud enough, from the samples if there are any, else from the recent
    /// levels; `None` if there is too little to rate.
    pub(super) fn input_level(&self, quiet_speech_dbfs: f64) -> Option<InputLevel> {
        if self.samples.is_empty() {
            let levels: Vec<f64> = self.levels.iter().copied().collect();
            InputLevel::from_levels(&levels, quiet_speech_dbfs)
        } else {
            InputLevel::from_samples(&self.samples, quiet_speech_dbfs)
        }
    }

    pub(super) fn start(&mut self) {
        self.is_running = true;
    }

    pub(super) fn stop(&mut self) {
        self.is_running = false;
    }

    /// Adds the level of the last tenth of a second.
    pub(super) fn add_level(&mut self, dbfs: f64) {
        if self.levels.len() == LEVELS {
            self.levels.pop_front();
        }
        self.levels.push_back(dbfs);
    }

    /// Ends the test with its samples.
    pub(super) fn finish(&mut self, samples: Vec<f32>) {
        self.is_running = false;
        self.samples = samples;
    }
}

/// Collects the samples of a test on the capture thread. Sends them once: when they are complete, or when
/// dropped because there will be no more.
pub(super) struct TestRecorder {
    monitor: u64,
    samples: Vec<f32>,
    /// `None` once the samples were sent.
    events: Option<EventSender>,
}

impl TestRecorder {
    /// A recorder for the monitor with this number.
    pub(super) fn new(monitor: u64, events: EventSender) -> Self {
        Self {
            monitor,
            samples: Vec::new(),
            events: Some(events),
        }
    }

    pub(super) fn push(&mut self, samples: &[f32]) {
        let wanted = (DURATION * f64::from(ANALYSIS_RATE_HZ)) as usize;
        let missing = wanted.saturating_sub(self.samples.len());
        self.samples.extend(&samples[..missing.min(samples.len())]);
        if self.samples.len() == wanted {
            self.send();
        }
    }

    fn send(&mut self) {
        if let Some(events) = self.events.take() {
            let samples = std::mem::take(&mut self.samples);
            // Must not wait for room in the queue: the thread that drops this may be its receiver.
            events.try_send(Event::MicTestRecorded(self.monitor, samples));
        }
    }
}

impl Drop for TestRecorder {
    fn drop(&mut self) {
        self.send();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::event::event_queue;

    #[test]
    fn recorder_sends_three_seconds_once() {
        let (events, inbox) = event_queue(|| {});
        let mut recorder = TestRecorder::new(7, events);
        for _ in 0..40 {
            recorder.push(&[0.5; 1600]);
        }
        drop(recorder);
        let sent: Vec<(u64, usize)> = inbox
            .try_iter()
            .filter_map(|event| match event {
                Event::MicTestRecorded(monitor, samples) => Some((monitor, samples.len())),
                _ => None,
            })
            .collect();
        assert_eq!(sent, [(7, 48_000)]);
    }

    #[test]
    fn recorder_sends_what_it_has_when_dropped() {
        let (events, inbox) = event_queue(|| {});
        let mut recorder = TestRecorder::new(1, events);
        recorder.push(&[0.5; 1600]);
        drop(recorder);
        let event = inbox.try_recv();
        assert!(matches!(event, Ok(Event::MicTestRecorded(1, samples)) if samples.len() == 1600));
    }
}
