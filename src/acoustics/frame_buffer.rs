//! A buffer with one value per frame of a growing take. A value may depend on later frames, so the newest
//! values are recomputed when more audio arrives.

/// Values of frames, in order.
#[derive(Debug)]
pub struct FrameBuffer<T> {
    values: Vec<T>,
    /// Number of values that no longer change.
    settled: usize,
}

impl<T> FrameBuffer<T> {
    pub fn new() -> Self {
        Self {
            values: Vec::new(),
            settled: 0,
        }
    }

    /// One value for each current frame.
    pub fn as_slice(&self) -> &[T] {
        &self.values
    }

    /// The first frame whose value the next [`grow`](Self::grow) computes.
    pub fn settled(&self) -> usize {
        self.settled
    }

    /// Extends the buffer to `count` frames. The first `settled` of them do not depend on later audio.
    /// `value` computes the value of a frame.
    pub fn grow(&mut self, count: usize, settled: usize, value: impl FnMut(usize) -> T) {
        self.values.truncate(self.settled);
        self.values.extend((self.values.len()..count).map(value));
        self.settled = settled.min(count).max(self.settled);
    }
}
