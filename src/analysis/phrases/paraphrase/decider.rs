//! Decides whether words say a phrase: trees and a small network weigh the details, and a rule helps those that have
//! every content word. All three were trained or chosen on retellings; `models/train_decider.py` has the method, and
//! `docs/accuracy.md` the figures.

use super::comparison::{Detail, PhraseWords};
use super::features::FEATURES;
use super::sentences::{Sentence, Window};
use super::weights::WEIGHTS;

/// From this similarity on, a word has a certain counterpart: the same stem, a number, a synonym.
const CERTAIN: f32 = 0.9;
/// Words that have every content word, but are about something else as a whole.
const MIN_COSINE: f32 = 0.45;

/// What contradicts a phrase, in whatever words, and what makes another sentence of the same words.
const CONTRADICTIONS: [Detail; 15] = [
    Detail::NumbersContradict,
    Detail::NumbersExchanged,
    Detail::NumbersMissing,
    Detail::Negated,
    Detail::NegationMissing,
    Detail::Opposites,
    Detail::Counterfactual,
    Detail::Wished,
    Detail::OtherThanSpeaker,
    Detail::PersonsExchanged,
    Detail::SidesExchanged,
    Detail::ObjectActs,
    Detail::OtherSubject,
    Detail::Torn,
    Detail::MissingRelation,
];

/// How much the trees believe that words with these features say the phrase.
pub(super) fn first_impression(features: &[f32; FEATURES]) -> f32 {
    WEIGHTS.forest.log_odds(features)
}

/// How certain it is that the words of `window` say `phrase`; `None` if they do not.
pub(super) fn certainty(
    phrase: &PhraseWords,
    sentence: &Sentence,
    window: &Window,
    features: &[f32; FEATURES],
) -> Option<f32> {
    let weights = &*WEIGHTS;
    let of_network = weights
        .networks
        .iter()
        .map(|network| network.log_odds(phrase, sentence, window, features))
        .sum::<Option<f32>>()?
        / weights.networks.len() as f32;
    let of_rule = if has_all_words(features) { 1.0 } else { 0.0 };
    let sum = weights.of_forest * weights.forest.log_odds(features)
        + weights.of_networks * of_network
        + weights.of_rule * of_rule;
    (sum >= weights.min_sum).then_some(sum)
}

/// Whether the words have every content word of the phrase, and nothing contradicts it.
fn has_all_words(features: &[f32; FEATURES]) -> bool {
    let value = |detail: Detail| features[detail as usize];
    let is_contradicted = CONTRADICTIONS.iter().any(|detail| value(*detail) > 0.0);
    value(Detail::SmallestSimilarity) >= CERTAIN
        && value(Detail::Cosine) > MIN_COSINE
        && !is_contradicted
}
