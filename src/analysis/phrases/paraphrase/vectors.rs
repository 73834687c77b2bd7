//! Products and lengths of vectors.

use crate::analysis::phrases::word_vectors::WordVectors;

/// The product of two vectors.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    std::iter::zip(a, b).map(|(a, b)| a * b).sum()
}

/// All vectors, one after the other, with length 1.
pub(super) fn units(vectors: &WordVectors) -> Vec<f32> {
    let unit = |at: usize| {
        let vector = vectors.word(at);
        let length = dot(vector, vector).sqrt();
        vector.iter().map(move |x| x / length.max(f32::EPSILON))
    };
    (0..vectors.len()).flat_map(unit).collect()
}
