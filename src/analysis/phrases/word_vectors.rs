//! Vectors of words in context: close to each other if the words mean much the same. A language model
//! outside of the analysis computes them.

use std::fmt::Debug;
use std::sync::Arc;

/// Computes the vectors of the words of a sentence.
pub trait SentenceModel: Debug + Send + Sync {
    /// The vectors of `words`, which are one sentence; `None` if the model cannot be used. The same
    /// words have the same vectors at any time.
    fn vectors(&self, words: &[&str]) -> Option<Arc<WordVectors>>;
}

/// One vector for each word of a sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct WordVectors {
    width: usize,
    values: Vec<f32>,
}

impl WordVectors {
    /// Vectors of length `width`, one after the other in `values`.
    ///
    /// # Panics
    ///
    /// If `width` is 0.
    pub fn new(width: usize, values: Vec<f32>) -> Self {
        assert!(width > 0, "a vector has a length");
        Self { width, values }
    }

    /// Number of words.
    pub fn len(&self) -> usize {
        self.values.len() / self.width
    }

    /// Whether there are no words.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The vector of the word at `at`.
    ///
    /// # Panics
    ///
    /// If there is no such word.
    pub fn word(&self, at: usize) -> &[f32] {
        &self.values[at * self.width..][..self.width]
    }
}

/// The cosine of the angle between two vectors: 1 for the same direction, 0 without any relation.
pub fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| -> f32 { std::iter::zip(a, b).map(|(a, b)| a * b).sum() };
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    if lengths > 0.0 {
        dot(a, b) / lengths
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cosine_compares_directions() {
        assert_eq!(cosine(&[1.0, 0.0], &[3.0, 0.0]), 1.0);
        assert_eq!(cosine(&[1.0, 0.0], &[0.0, 2.0]), 0.0);
        assert_eq!(cosine(&[0.0, 0.0], &[0.0, 2.0]), 0.0);
        let vectors = WordVectors::new(2, vec![1.0, 2.0, 3.0, 4.0]);
        assert_eq!((vectors.len(), vectors.word(1)), (2, &[3.0, 4.0][..]));
    }
}
