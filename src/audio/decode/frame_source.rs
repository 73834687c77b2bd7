//! What the readers of the different formats have in common: a stream of blocks of interleaved frames.

use super::error::{AudioTracks, MissingAudio};

/// Sample rate and channel count of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StreamFormat {
    pub(super) rate_hz: u32,
    pub(super) channels: u16,
}

/// A recording that is decoded block by block.
pub(super) trait FrameSource: Send {
    /// Replaces `block` with the next interleaved frames and returns their format, which may change from
    /// block to block; `None` at the end.
    fn next(&mut self, block: &mut Vec<f32>) -> Option<StreamFormat>;

    /// What could not be read, after the end.
    fn missing(&self) -> Option<MissingAudio>;

    /// Which track is read, if there are several.
    fn tracks(&self) -> Option<AudioTracks> {
        None
    }
}
