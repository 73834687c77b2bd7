//! One value a frame of a take that still grows: the newest ones look past its end, and are worked
//! out again when there is more.

/// Values of frames, in order.
#[derive(Debug)]
pub struct FrameBuffer<T> {
    values: Vec<T>,
    /// So many of them no longer change.
    settled: usize,
}

impl<T> FrameBuffer<T> {
    pub fn new() -> Self {
        Self {
            values: Vec::new(),
            settled: 0,
        }
    }

    /// As many values as there are frames now.
    pub fn as_slice(&self) -> &[T] {
        &self.values
    }

    /// The first frame whose value the next [`grow`](Self::grow) works out.
    pub fn settled(&self) -> usize {
        self.settled
    }

    /// Now there are `count` frames, of which the first `settled` see all they ever look at.
    pub fn grow(&mut self, count: usize, settled: usize, value: impl FnMut(usize) -> T) {
        self.values.truncate(self.settled);
        self.values.extend((self.values.len()..count).map(value));
        self.settled = settled.min(count).max(self.settled);
    }
}
