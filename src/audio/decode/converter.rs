//! Converts frames of any rate and channel count to 16 kHz mono, for files and microphones alike.

use crate::audio::downmix::Downmix;
use crate::audio::resample::{RateError, Resampler};
use crate::domain::take::Audio;

/// Converts frames of any format to 16 kHz mono.
pub(crate) struct AnalysisConverter {
    downmix: Downmix,
    resampler: Resampler,
    mixed: Vec<f32>,
    rate_hz: u32,
    channels: u16,
    frames: u64,
}

impl AnalysisConverter {
    pub(crate) fn new(rate_hz: u32, channels: u16) -> Result<Self, RateError> {
        Ok(Self {
            downmix: Downmix::new(channels),
            resampler: Resampler::new(rate_hz)?,
            mixed: Vec::new(),
            rate_hz,
            channels,
            frames: 0,
        })
    }

    /// Converts whole interleaved frames and appends the result to `out`.
    pub(crate) fn push(&mut self, interleaved: &[f32], out: &mut Vec<f32>) {
        self.mixed.clear();
        self.downmix.push(interleaved, &mut self.mixed);
        self.frames += self.mixed.len() as u64;
        self.resampler.push(&self.mixed, out);
    }

    /// Appends the rest, and returns facts about everything that was pushed.
    pub(crate) fn finish(mut self, out: &mut Vec<f32>) -> Audio {
        self.resampler.finish(out);
        Audio {
            seconds: self.frames as f64 / f64::from(self.rate_hz),
            sample_rate_hz: self.rate_hz,
            channels: self.channels,
            clipped_samples: self.downmix.clipped_frames(),
            lost_samples: 0,
        }
    }

    pub(crate) fn clipped_frames(&self) -> u64 {
        self.downmix.clipped_frames()
    }
}
