//! A take that is being written, and what is known of it when it is whole.

use std::time::Instant;

use super::capture_report::{CaptureReport, InputSignal, SilenceDetector};
use super::recorder::{RecordError, SampleSink};
use super::wav_writer::WavWriter;
use crate::acoustics::ANALYSIS_RATE_HZ;
use crate::domain::take::Audio;
use crate::domain::time::Secs;

/// Sound arrives this unevenly without any of it being lost.
const UNEVEN: Secs = 0.2;
/// ... and so much apart do clocks run.
const DRIFT: f64 = 0.01;

/// A take that is being written.
pub(crate) struct TakeWriter {
    pub(crate) file: WavWriter,
    pub(crate) ear: SampleSink,
    pub(crate) clipped_before: u64,
    pub(crate) reported_samples: u64,
    /// When sound last arrived before the take began, and how much of that is in it.
    pub(crate) began: Instant,
    pub(crate) pre_roll: Secs,
    /// What has arrived since with the shape that there is.
    pub(crate) frames: u64,
    /// What is known to be missing.
    pub(crate) lost: Secs,
    pub(crate) silence: SilenceDetector,
    pub(crate) signal: InputSignal,
    /// The microphone that was heard first.
    pub(crate) name: Option<String>,
    pub(crate) mishaps: CaptureReport,
}

/// A take that is whole.
pub(crate) struct FinishedTake {
    pub(crate) audio: Audio,
    /// What went wrong at its very end.
    pub(crate) unfinished: Option<RecordError>,
    pub(crate) mishaps: CaptureReport,
}

impl TakeWriter {
    /// Appends samples of 16 kHz, and lets the ear hear them.
    pub(crate) fn push(&mut self, samples: &[f32]) -> Result<(), RecordError> {
        let written = self.file.push(samples).map_err(|why| RecordError::Disk {
            path: self.file.path().to_owned(),
            why,
        })?;
        (self.ear)(&written);
        Ok(())
    }

    /// Completes it. Sound arrived until `lasted` after its beginning, where that can be known; `audio` is
    /// what is known of how it came, `written` whether all of it could be written.
    pub(crate) fn finish(
        mut self,
        audio: Audio,
        lasted: Option<Secs>,
        written: Result<(), RecordError>,
    ) -> Result<FinishedTake, RecordError> {
        // Whoever listens need not wait for the disk.
        drop(self.ear);
        let arrived = seconds(self.file.samples()) - self.pre_roll;
        if let Some(lasted) = lasted.filter(|_| written.is_ok()) {
            self.lost += unexplained(lasted, arrived);
        }
        self.mishaps.silent = self.silence.seconds();
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
            mishaps: self.mishaps,
        })
    }
}

/// What is missing of sound that `lasted` so long by the clock, beyond what clocks run apart: a device
/// may drop a little again and again, which leaves no hole that could be filled.
fn unexplained(lasted: Secs, arrived: Secs) -> Secs {
    (lasted * (1.0 - DRIFT) - UNEVEN - arrived).max(0.0)
}

/// Seconds of so many samples of 16 kHz.
pub(crate) fn seconds(samples: u64) -> Secs {
    samples as f64 / f64::from(ANALYSIS_RATE_HZ)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_that_run_apart_lose_nothing() {
        for (lasted, arrived, expected) in [
            (60.0, 60.0, 0.0),
            (60.0, 59.7, 0.0),
            (180.0, 179.1, 0.0),
            (180.0, 180.9, 0.0),
            (60.0, 54.0, 5.2),
            (0.1, 0.0, 0.0),
        ] {
            let lost = unexplained(lasted, arrived);
            assert!((lost - expected).abs() < 1e-9, "{lasted} {arrived}: {lost}");
        }
    }
}
