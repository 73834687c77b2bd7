//! Reads 32-bit floats one after the other.

/// Reads numbers one after the other.
pub(crate) struct NumberReader {
    values: Vec<f32>,
    at: usize,
}

impl NumberReader {
    /// Reads little-endian numbers.
    pub(crate) fn new(bytes: &[u8]) -> Self {
        let floats = bytes.chunks_exact(4);
        Self {
            values: floats
                .map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]]))
                .collect(),
            at: 0,
        }
    }

    /// Whether all numbers were read.
    pub(crate) fn is_at_end(&self) -> bool {
        self.at == self.values.len()
    }

    /// The next `count` numbers.
    pub(crate) fn take(&mut self, count: usize) -> Option<&[f32]> {
        let values = self.values.get(self.at..self.at.checked_add(count)?)?;
        self.at += count;
        Some(values)
    }

    /// The next number, which is a count or an index.
    pub(crate) fn count(&mut self) -> Option<usize> {
        let [value] = *self.take(1)? else {
            return None;
        };
        Some(value as usize)
    }
}
