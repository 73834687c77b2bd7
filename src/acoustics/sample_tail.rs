//! The last samples of a growing take, addressed by their position in the whole take.

/// The last samples of a take. Everything outside of them reads as silence.
#[derive(Debug, Default)]
pub struct SampleTail {
    /// Position of the first stored sample.
    start: usize,
    samples: Vec<f32>,
}

impl SampleTail {
    /// Appends samples.
    pub fn push(&mut self, samples: &[f32]) {
        self.samples.extend_from_slice(samples);
    }

    /// Number of samples in the whole take.
    pub fn end(&self) -> usize {
        self.start + self.samples.len()
    }

    /// Fills `window` with the samples from position `first` on.
    pub fn copy(&self, first: isize, window: &mut [f32]) {
        window.fill(0.0);
        let from = first - self.start as isize;
        let skipped = from.min(0).unsigned_abs().min(window.len());
        let stored = self.samples.get(from.max(0) as usize..).unwrap_or(&[]);
        let window = &mut window[skipped..];
        let count = stored.len().min(window.len());
        window[..count].copy_from_slice(&stored[..count]);
    }

    /// Discards the samples before `first`, which are no longer needed.
    pub fn discard_before(&mut self, first: usize) {
        let count = first.saturating_sub(self.start).min(self.samples.len());
        self.samples.drain(..count);
        self.start += count;
    }

    /// Number of stored samples.
    #[cfg(test)]
    pub fn stored_len(&self) -> usize {
        self.samples.len()
    }
}

impl From<&[f32]> for SampleTail {
    fn from(samples: &[f32]) -> Self {
        Self {
            start: 0,
            samples: samples.to_vec(),
        }
    }
}
