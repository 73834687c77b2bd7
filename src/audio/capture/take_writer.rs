//! Writes one take: passes samples to the WAV file and the sink, and collects facts about it.

use std::time::Instant;

use super::capture_report::{CaptureReport, InputSignal, SilenceDetector};
use super::message::{RecordError, SampleSink};
use super::wav_writer::WavWriter;
use crate::acoustics::ANALYSIS_RATE_HZ;
use crate::domain::take::Audio;
use crate::domain::time::Secs;

/// Arrival times vary by this much without any loss.
const JITTER: Secs = 0.2;
/// Relative difference between the device's clock and ours that is not a loss.
const MAX_DRIFT: f64 = 0.01;

/// A take being written.
pub(super) struct TakeWriter {
    pub(super) file: WavWriter,
    pub(super) sink: SampleSink,
    pub(super) clipped_before: u64,
    pub(super) reported_samples: u64,
    /// When the last samples before the take arrived, and how much of them is part of it.
    pub(super) started: Instant,
    pub(super) pre_roll: Secs,
    /// Frames received since then, or since the last change of format.
    pub(super) frames: u64,
    /// Known loss.
    pub(super) lost: Secs,
    pub(super) silence: SilenceDetector,
    pub(super) signal: InputSignal,
    /// Name of the first microphone.
    pub(super) name: Option<String>,
    pub(super) report: CaptureReport,
}

/// A completed take.
pub(super) struct FinishedTake {
    pub(super) audio: Audio,
    /// Error while completing it.
    pub(super) unfinished: Option<RecordError>,
    pub(super) report: CaptureReport,
}

impl TakeWriter {
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
pub(super) fn seconds(samples: u64) -> Secs {
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
