//! The trained weights of the decision, in `assets/paraphrase/decider.weights`: 32-bit floats in the order in which
//! they are read here. `models/train_decider.py` writes them.

use std::sync::LazyLock;

use super::features::FEATURES;
use super::forest::Forest;
use super::network::Network;
use crate::analysis::number_reader::NumberReader;

/// What decides whether words say a phrase.
pub(super) struct Weights {
    pub(super) forest: Forest,
    pub(super) networks: Vec<Network>,
    /// The weights of the forest, of the networks together, and of the rule.
    pub(super) of_forest: f32,
    pub(super) of_networks: f32,
    pub(super) of_rule: f32,
    /// From this sum on, the words count as saying the phrase.
    pub(super) min_sum: f32,
}

/// The shipped weights.
#[expect(
    clippy::expect_used,
    reason = "a test reads the file that is part of the program"
)]
pub(super) static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| {
    let bytes = include_bytes!("../../../../assets/paraphrase/decider.weights");
    Weights::parse(bytes).expect("the weights that are part of the program")
});

impl Weights {
    /// `None` if there are too few or too many numbers, or if they were trained for other features.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = NumberReader::new(bytes);
        if reader.count()? != FEATURES {
            return None;
        }
        let [of_forest, of_networks, of_rule, min_sum] = *reader.take(4)? else {
            return None;
        };
        let forest = Forest::read(&mut reader)?;
        let networks = (0..reader.count()?)
            .map(|_| Network::read(&mut reader))
            .collect::<Option<_>>()?;
        reader.is_at_end().then_some(Self {
            forest,
            networks,
            of_forest,
            of_networks,
            of_rule,
            min_sum,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_weights_are_complete() {
        let bytes = include_bytes!("../../../../assets/paraphrase/decider.weights");
        assert!(Weights::parse(bytes).is_some());
        assert!(Weights::parse(&bytes[..bytes.len() - 4]).is_none());
        assert!(Weights::parse(&[]).is_none());
    }
}
