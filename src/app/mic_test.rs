//! A microphone on trial: how loud its speaker is, and three seconds of sound that are kept in mind only.

use std::collections::VecDeque;

use crossbeam_channel::Sender;

use super::{Controller, Event};
use crate::acoustics::{ANALYSIS_RATE_HZ, InputLevel};
use crate::domain::time::Secs;

/// How long a trial lasts.
pub const TRIAL: Secs = 3.0;
/// As many tenths of a second are looked at together.
const TENTHS: usize = 30;

/// What is known of the microphone that is open, or was.
#[derive(Debug, Default)]
pub(super) struct MicTest {
    levels: VecDeque<f64>,
    samples: Vec<f32>,
    on: bool,
}

impl MicTest {
    /// The last tenth of a second.
    pub(super) fn hear(&mut self, dbfs: f64) {
        if self.levels.len() == TENTHS {
            self.levels.pop_front();
        }
        self.levels.push_back(dbfs);
    }

    pub(super) fn stop(&mut self) {
        self.on = false;
    }
}

impl Controller {
    /// Listens for three seconds. What is heard is written nowhere, and gone with the next trial.
    pub fn start_mic_test(&mut self) {
        if self.take.is_some() {
            return;
        }
        self.open_check();
        if let Some(check) = &self.check {
            let mut ear = TestRecorder {
                number: check.number,
                samples: Vec::new(),
                events: Some(self.outbox.events.clone()),
                wake: self.outbox.wake.clone(),
            };
            let hear = move |samples: &[f32]| ear.hear(samples);
            check.recorder.monitor(Box::new(hear));
            self.trial.on = true;
        }
    }

    /// Whether a trial is on.
    pub fn is_testing_mic(&self) -> bool {
        self.trial.on
    }

    /// The sound of the last trial, 16 kHz, one channel; empty where there was none.
    pub fn mic_test_samples(&self) -> &[f32] {
        &self.trial.samples
    }

    /// Whether the microphone is loud enough, from the last trial or the last three seconds that it is
    /// open; `None` where too little was heard to tell.
    pub fn input_level(&self) -> Option<InputLevel> {
        let quiet = self.profile.quiet_speech_dbfs;
        let levels: Vec<f64> = self.trial.levels.iter().copied().collect();
        match self.trial.samples.is_empty() {
            true => InputLevel::from_levels(&levels, quiet),
            false => InputLevel::from_samples(&self.trial.samples, quiet),
        }
    }

    /// Lets go of the sound of the last trial.
    pub fn discard_mic_test(&mut self) {
        self.pause();
        self.trial = MicTest::default();
    }

    pub(super) fn tried(&mut self, number: u64, samples: Vec<f32>) {
        let this = self.check.as_ref().is_some_and(|c| c.number == number);
        if this && self.trial.on {
            self.stop_monitor();
            self.trial.samples = samples;
        }
    }
}

/// Collects the sound of a trial, and tells it once: when it is whole, or no more comes.
struct TestRecorder {
    number: u64,
    samples: Vec<f32>,
    events: Option<Sender<Event>>,
    wake: std::sync::Arc<dyn Fn() + Send + Sync>,
}

impl TestRecorder {
    fn hear(&mut self, samples: &[f32]) {
        let whole = (TRIAL * f64::from(ANALYSIS_RATE_HZ)) as usize;
        let room = whole.saturating_sub(self.samples.len());
        self.samples.extend(&samples[..room.min(samples.len())]);
        if self.samples.len() == whole {
            self.tell();
        }
    }

    fn tell(&mut self) {
        if let Some(events) = self.events.take() {
            let samples = std::mem::take(&mut self.samples);
            // Where the inbox is full nobody waits: who drops this may be the one to empty it.
            let _ = events.try_send(Event::MicTestRecorded(self.number, samples));
            (self.wake)();
        }
    }
}

impl Drop for TestRecorder {
    fn drop(&mut self) {
        self.tell();
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::app::Config;
    use crate::audio::{AudioSource, FilePacing};

    #[test]
    fn a_trial_is_three_seconds_long_and_written_nowhere() {
        let data = tempfile::tempdir().expect("a folder");
        let clip = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/audio/strong_task_joe.flac");
        let config = Config {
            data: Some(data.path().to_owned()),
            source: Some(AudioSource::File(clip, FilePacing::Unthrottled)),
            model: Some("no-such-model".to_owned()),
            ..Config::default()
        };
        let mut runtime = Controller::start(config, || {}).expect("a data folder");
        assert_eq!(
            (runtime.mic_test_samples().len(), runtime.input_level()),
            (0, None)
        );
        runtime.start_mic_test();
        assert!(runtime.is_testing_mic());
        let until = Instant::now() + Duration::from_secs(60);
        while runtime.is_testing_mic() && Instant::now() < until {
            runtime.wait(Duration::from_millis(10));
        }
        assert_eq!(runtime.mic_test_samples().len(), 48_000);
        assert_eq!(runtime.input_level(), Some(InputLevel::Good));
        assert!(!runtime.is_monitoring());
        let written = std::fs::read_dir(data.path()).expect("a folder").count();
        assert_eq!(written, 0);
        runtime.discard_mic_test();
        assert_eq!(
            (runtime.mic_test_samples().len(), runtime.input_level()),
            (0, None)
        );
    }
}
