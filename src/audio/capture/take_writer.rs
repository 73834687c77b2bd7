//! Writes one take: passes samples to the WAV file and the sink, and collects facts about it.

use std::time::Instant;

use super::capture_report::{CaptureReport, InputSignal, SilenceDetector};
use super::message::{RecordError, SampleSink};
use super::wav_writer::WavWriter;
use crate::acoustics::ANALYSIS_RATE_HZ;
use crate::domain::take::Audio;
use crate::domain::time::{Secs, Span};

/// Arrival times vary by this much without any loss.
const JITTER: Secs = 0.2;
/// Relative difference between the device's clock and ours that is not a loss.
const MAX_DRIFT: f64 = 0.01;

/// A take being written.
pub(super) struct TakeWriter {
    file: WavWriter,
    sink: SampleSink,
    clipped_before: u64,
    reported_samples: u64,
    /// When the last samples before the take arrived.
    started: Instant,
    /// How much of the audio before the take is part of it.
    pre_roll: Secs,
    /// Frames received since the start, or since the last change of format.
    frames: u64,
    /// Known loss.
    lost: Secs,
    silence: SilenceDetector,
    signal: InputSignal,
    /// Name of the first microphone.
    first_input: Option<String>,
    report: CaptureReport,
}

/// The state of the capture when a take starts.
pub(super) struct TakeStart {
    /// When the last samples arrived.
    pub(super) last_arrival: Instant,
    /// Number of frames that were clipped before the take.
    pub(super) clipped_before: u64,
    /// Name of the microphone.
    pub(super) input: Option<String>,
}

/// A completed take.
pub(super) struct FinishedTake {
    pub(super) audio: Audio,
    /// Error while completing it.
    pub(super) unfinished: Option<RecordError>,
    pub(super) report: CaptureReport,
}

impl TakeWriter {
    /// Starts a take with the last samples before it.
    pub(super) fn new(
        file: WavWriter,
        sink: SampleSink,
        start: TakeStart,
        pre_roll: &[f32],
    ) -> (Self, Result<(), RecordError>) {
        let mut take = Self {
            file,
            sink,
            clipped_before: start.clipped_before,
            reported_samples: 0,
            started: start.last_arrival,
            pre_roll: seconds(pre_roll.len() as u64),
            frames: 0,
            lost: 0.0,
            silence: SilenceDetector::default(),
            signal: InputSignal::Present,
            first_input: start.input,
            report: CaptureReport::default(),
        };
        let begun = take.push(pre_roll);
        (take, begun)
    }

    /// When the last samples before the take arrived.
    pub(super) fn started(&self) -> Instant {
        self.started
    }

    /// Continues with an input that was just opened.
    pub(super) fn follow_input(&mut self, name: Option<&str>) {
        self.frames = 0;
        if self.first_input.as_deref() != name {
            self.report.switched_to = name.map(str::to_owned);
        }
    }

    /// Counts received frames.
    pub(super) fn add_frames(&mut self, frames: u64) {
        self.frames += frames;
    }

    /// The frames received since the start, or since the last change of format. Counting starts anew.
    pub(super) fn take_frames(&mut self) -> u64 {
        std::mem::take(&mut self.frames)
    }

    /// Reports that `lost` seconds follow that will be written as silence.
    pub(super) fn report_gap(&mut self, lost: Secs) {
        let start = seconds(self.file.samples());
        self.lost += lost;
        self.report.gaps.push(Span {
            start,
            end: start + lost,
        });
    }

    /// The length of the take, if at least `interval` samples were written since the last call that returned one.
    pub(super) fn progress(&mut self, interval: u64) -> Option<Secs> {
        let samples = self.file.samples();
        if samples - self.reported_samples < interval {
            return None;
        }
        self.reported_samples = samples;
        Some(seconds(samples))
    }

    /// Looks for silence in samples as they arrived. `seconds` is their length.
    pub(super) fn observe(&mut self, arrived: &[f32], seconds: Secs) {
        self.silence.push(arrived, seconds);
    }

    /// The state of the input signal, if it has changed.
    pub(super) fn changed_signal(&mut self, is_lost: bool) -> Option<InputSignal> {
        let signal = match self.silence.is_silent() {
            _ if is_lost => InputSignal::Lost,
            true => InputSignal::Silent,
            false => InputSignal::Present,
        };
        let before = std::mem::replace(&mut self.signal, signal);
        (signal != before).then_some(signal)
    }

    /// Appends 16 kHz samples, and passes them to the sink as written.
    pub(super) fn push(&mut self, samples: &[f32]) -> Result<(), RecordError> {
        let written = self.file.push(samples).map_err(|why| RecordError::Disk {
            path: self.file.path().to_owned(),
            why,
        })?;
        (self.sink)(&written);
        Ok(())
    }

    /// Completes the take. `elapsed` is the time from its start to its last samples, `None` for a file;
    /// `audio` describes the input; `written` is the result of the last write.
    pub(super) fn finish(
        mut self,
        audio: Audio,
        elapsed: Option<Secs>,
        written: Result<(), RecordError>,
    ) -> Result<FinishedTake, RecordError> {
        // The sink's receiver need not wait for the disk.
        drop(self.sink);
        let arrived = seconds(self.file.samples()) - self.pre_roll;
        if let Some(elapsed) = elapsed.filter(|_| written.is_ok()) {
            self.lost += unaccounted_loss(elapsed, arrived);
        }
        self.report.silent = self.silence.seconds();
        let path = self.file.path().to_owned();
        let (samples, finished) = self.file.finish();
        let finished = finished.map_err(|why| RecordError::Disk { path, why });
        let unfinished = match (samples, written.and(finished)) {
            (0, Err(error)) => return Err(error),
            (_, ended) => ended.err(),
        };
        Ok(FinishedTake {
            audio: Audio {
                seconds: seconds(samples),
                clipped_samples: audio.clipped_samples.saturating_sub(self.clipped_before),
                lost_samples: (self.lost * f64::from(audio.sample_rate_hz)).round() as u64,
                ..audio
            },
            unfinished,
            report: self.report,
        })
    }
}

/// Loss that no dropout explains: the time that passed minus the audio received, beyond jitter and clock
/// drift. A device may repeatedly lose amounts that are too small for a dropout.
fn unaccounted_loss(elapsed: Secs, arrived: Secs) -> Secs {
    (elapsed * (1.0 - MAX_DRIFT) - JITTER - arrived).max(0.0)
}

/// Duration of this many 16 kHz samples.
fn seconds(samples: u64) -> Secs {
    samples as f64 / f64::from(ANALYSIS_RATE_HZ)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_drift_is_not_a_loss() {
        for (elapsed, arrived, expected) in [
            (60.0, 60.0, 0.0),
            (60.0, 59.7, 0.0),
            (180.0, 179.1, 0.0),
            (180.0, 180.9, 0.0),
            (60.0, 54.0, 5.2),
            (0.1, 0.0, 0.0),
        ] {
            let lost = unaccounted_loss(elapsed, arrived);
            assert!(
                (lost - expected).abs() < 1e-9,
                "{elapsed} {arrived}: {lost}"
            );
        }
    }
}
