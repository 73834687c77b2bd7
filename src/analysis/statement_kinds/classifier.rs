//! A linear classifier for each kind of statement. `models/train_statements.py` trains them; `docs/accuracy.md` has
//! the figures.

use std::sync::LazyLock;

use super::features::FEATURES;
use crate::analysis::number_reader::NumberReader;

/// How many kinds of statements there are.
pub(super) const KINDS: usize = 9;

/// The trained weights: for each kind, a bias and one weight for each value.
struct Weights([(f32, Vec<f32>); KINDS]);

#[expect(
    clippy::expect_used,
    reason = "a test reads the file that is part of the program"
)]
static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| {
    let bytes = include_bytes!("../../../assets/statements/kinds.weights");
    Weights::parse(bytes).expect("the weights that are part of the program")
});

impl Weights {
    /// `None` if there are too few or too many numbers, or if they were trained for other features.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = NumberReader::new(bytes);
        if reader.count()? != FEATURES || reader.count()? != KINDS {
            return None;
        }
        let mut weights = Vec::with_capacity(KINDS);
        for _ in 0..KINDS {
            let [bias] = *reader.take(1)? else {
                return None;
            };
            weights.push((bias, reader.take(FEATURES)?.to_vec()));
        }
        let weights = weights.try_into().ok()?;
        reader.is_at_end().then_some(Self(weights))
    }
}

/// The log odds that a statement with these values is of each kind.
pub(super) fn log_odds(features: &[f32; FEATURES]) -> [f32; KINDS] {
    WEIGHTS.0.each_ref().map(|(bias, weights)| {
        let products = std::iter::zip(weights, features).map(|(weight, value)| weight * value);
        bias + products.sum::<f32>()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_weights_are_complete() {
        let bytes = include_bytes!("../../../assets/statements/kinds.weights");
        assert!(Weights::parse(bytes).is_some());
        assert!(Weights::parse(&bytes[..bytes.len() - 4]).is_none());
        assert!(Weights::parse(&[]).is_none());
    }
}
