//! Decides whether words say a phrase. If they have every content word of the phrase, only a contradiction
//! speaks against it. Otherwise the details are weighed.

use super::comparison::{Detail, FEATURES};

/// From this sum of weighted details on, the words count as saying the phrase. Chosen so that at most
/// 8 % of the near misses of `tests/data/retellings.tsv` do; `docs/accuracy.md` has the figures.
const MIN_SUM: f32 = 0.16;
/// From this similarity on, a word has a certain counterpart: the same stem, a number, a synonym.
const CERTAIN: f32 = 0.9;
/// Words that have every content word, but are about something else as a whole.
const MIN_COSINE: f32 = 0.45;

const BIAS: f32 = -0.29;
/// Weights of the details, by logistic regression over the proposals for `tests/data/retellings.tsv`
/// that lack a content word.
const WEIGHTS: [(Detail, f32); 8] = [
    (Detail::Cosine, 0.16),
    (Detail::MeanSimilarity, 0.19),
    (Detail::SmallestSimilarity, 0.54),
    (Detail::ShareOfSameWords, -0.85),
    (Detail::ShareWithoutCounterpart, -0.84),
    (Detail::Shortness, -0.16),
    (Detail::NumbersAgree, 0.92),
    (Detail::SimilarityOfSaid, 0.21),
];

/// What contradicts a phrase, in whatever words.
const CONTRADICTIONS: [Detail; 12] = [
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
];

/// What makes another sentence of the same words.
const REARRANGEMENTS: [Detail; 3] = [Detail::OtherSubject, Detail::Torn, Detail::MissingRelation];

/// How certain it is that words with these details say the phrase; `None` if they do not.
pub(super) fn certainty(features: &[f32; FEATURES]) -> Option<f32> {
    let value = |detail: Detail| features[detail as usize];
    let has_any = |details: &[Detail]| details.iter().any(|detail| value(*detail) > 0.0);
    if has_any(&CONTRADICTIONS) {
        return None;
    }
    let has_all_words =
        value(Detail::SmallestSimilarity) >= CERTAIN && value(Detail::Cosine) > MIN_COSINE;
    if has_all_words {
        let certainty = 10.0 + value(Detail::Cosine);
        return (!has_any(&REARRANGEMENTS)).then_some(certainty);
    }
    let weighted = WEIGHTS
        .iter()
        .map(|(detail, weight)| weight * value(*detail));
    let sum = BIAS + weighted.sum::<f32>();
    (sum >= MIN_SUM).then_some(sum)
}
