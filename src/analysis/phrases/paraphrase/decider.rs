//! Decides whether words say a phrase: weighs the details of their comparison (logistic regression).

use super::comparison::FEATURES;

/// From this probability on, the words count as saying the phrase.
pub(super) const MIN_PROBABILITY: f32 = 0.5;

const BIAS: f32 = -3.0;
const WEIGHTS: [f32; FEATURES] = [0.0; FEATURES];

/// How likely it is that words with these details say the phrase.
pub(super) fn probability(features: &[f32; FEATURES]) -> f32 {
    let sum: f32 = std::iter::zip(features, WEIGHTS).map(|(x, weight)| x * weight).sum();
    1.0 / (1.0 + (-BIAS - sum).exp())
}
