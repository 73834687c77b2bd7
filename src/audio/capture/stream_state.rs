//! What the audio callbacks report about a stream. They count and store, and never wait.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::audio::microphones::error::{MicError, mic_error};
use crate::audio::stream::EndingError;

/// Counters and errors written by the callbacks.
#[derive(Default)]
pub(super) struct StreamState {
    lost_frames: AtomicU64,
    failed: EndingError<MicError>,
}

impl StreamState {
    /// Frames that did not fit into the ring so far.
    pub(super) fn lost_frames(&self) -> u64 {
        self.lost_frames.load(Ordering::Relaxed)
    }

    /// Counts frames that did not fit into the ring.
    pub(super) fn count_lost(&self, frames: usize) {
        self.lost_frames.fetch_add(frames as u64, Ordering::Relaxed);
    }

    /// The error that ended the stream.
    pub(super) fn failed(&self) -> Option<MicError> {
        self.failed.get().cloned()
    }

    /// Stores an error if it ends the stream.
    pub(super) fn record_error(&self, error: cpal::Error) {
        self.failed.record(error, mic_error);
    }
}
