//! What each statement of an answer is: an outcome, a red flag, or neither. The rules of `impact` and `red_flags`
//! give hints; a classifier that was trained on labeled answers weighs them with the meaning of the words. Without
//! a language model, the hints decide alone.

mod classifier;
mod features;
mod hints;

pub use features::FEATURES;
pub use hints::Hints;

use super::impact::checks as impact_checks;
use super::impact::statement::Statement;
use super::judgment::Judgment;
use super::language::{Token, tokens};
use super::phrases::compounds::Compounds;
use super::phrases::token_index::TokenIndex;
use super::phrases::word_vectors::SentenceModel;
use super::red_flags;
use super::structure::Structure;
use crate::domain::transcript::Transcript;

/// Judges each statement of an answer. `None` if the model cannot be used.
pub(crate) fn judge(
    tokens: &[Token],
    structure: &Structure,
    hints: &[Hints],
    model: &dyn SentenceModel,
) -> Option<Vec<Judgment>> {
    let features = features::of_statements(tokens, structure, hints, model)?;
    let judgments = features.iter().map(|features| {
        let [metric, worth, lasting, vague, blame, ..] = classifier::log_odds(features);
        Judgment {
            outcome: [metric, worth, lasting],
            vague,
            blame,
        }
    });
    Some(judgments.collect())
}

/// A statement, for the training of the classifier.
#[derive(Debug, Clone)]
pub struct Description {
    /// Index of the first word.
    pub first: usize,
    /// Index of the last word.
    pub last: usize,
    /// The values by which the classifier judges it.
    pub features: [f32; FEATURES],
}

/// Describes each statement of a whole answer. `None` if the model cannot be used.
pub fn describe(transcript: &Transcript, model: &dyn SentenceModel) -> Option<Vec<Description>> {
    let index = TokenIndex::new(tokens(transcript), &Compounds::default());
    let structure = Structure::new(transcript, &index.tokens);
    let scores = impact_checks::scores(&index, &structure);
    let flags = red_flags::find_all(transcript, &index, &structure);
    let hints = Hints::of_statements(transcript, &index, &structure, &scores, &flags);
    let features = features::of_statements(&index.tokens, &structure, &hints, model)?;
    let described = std::iter::zip(&structure.statements, features);
    let words = |statement: &Statement| {
        (
            index.tokens[statement.first].first,
            index.tokens[statement.last].last,
        )
    };
    Some(
        described
            .map(|(statement, features)| {
                let (first, last) = words(statement);
                Description {
                    first,
                    last,
                    features,
                }
            })
            .collect(),
    )
}
