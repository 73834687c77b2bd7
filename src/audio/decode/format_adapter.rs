//! Converts blocks to the format of the first one, if the format changes within a recording.

use super::frame_source::StreamFormat;
use crate::audio::downmix::Downmix;
use crate::audio::resample::{RateError, Resampler};

/// Converts blocks of one format to another.
pub(super) struct FormatAdapter {
    from: StreamFormat,
    to: StreamFormat,
    downmix: Downmix,
    resampler: Resampler,
}

impl FormatAdapter {
    pub(super) fn new(from: StreamFormat, to: StreamFormat) -> Result<Self, RateError> {
        Ok(Self {
            from,
            to,
            downmix: Downmix::new(from.channels),
            resampler: Resampler::between(from.rate_hz, to.rate_hz)?,
        })
    }

    pub(super) fn is_from(&self, format: StreamFormat) -> bool {
        self.from == format
    }

    /// Replaces `block` by its conversion.
    pub(super) fn convert(&mut self, block: &mut Vec<f32>) {
        let mut mixed = Vec::new();
        self.downmix.push(block, &mut mixed);
        let mut resampled = Vec::new();
        self.resampler.push(&mixed, &mut resampled);
        block.clear();
        self.spread(&resampled, block);
    }

    /// Appends the rest to `block`.
    pub(super) fn finish(mut self, block: &mut Vec<f32>) {
        let mut rest = Vec::new();
        self.resampler.finish(&mut rest);
        self.spread(&rest, block);
    }

    fn spread(&self, mono: &[f32], block: &mut Vec<f32>) {
        let channels = usize::from(self.to.channels);
        let frames = mono.iter().flat_map(|s| std::iter::repeat_n(*s, channels));
        block.extend(frames);
    }
}
