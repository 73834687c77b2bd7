//! What each statement of an answer is: an outcome, a red flag, or neither. The rules of `impact` and `red_flags`
//! give hints; a classifier that was trained on labeled answers weighs them with the meaning of the words. Without
//! a language model, the hints decide alone.

mod classifier;
mod features;

pub use features::FEATURES;

use super::finding::RedFlagKind;
use super::impact::checks::{self as impact_checks, Scores};
use super::impact::statement::Statement;
use super::judgment::Judgment;
use super::language::{Token, tokens};
use super::phrases::compounds::Compounds;
use super::phrases::token_index::TokenIndex;
use super::phrases::word_vectors::SentenceModel;
use super::red_flags::{self, RedFlag};
use super::structure::Structure;
use crate::domain::time::Span;
use crate::domain::transcript::Transcript;

/// The kinds of red flags, in the order of the hints.
const RED_FLAGS: [RedFlagKind; 5] = [
    RedFlagKind::Assigned,
    RedFlagKind::Routed,
    RedFlagKind::Vague,
    RedFlagKind::Motiveless,
    RedFlagKind::Blame,
];

/// What the rules say about a statement.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Hints {
    /// How well it tells a measured change, what it was worth, and what lasted: 0 for not at all.
    pub outcome: [u32; 3],
    /// Whether something went wrong.
    pub is_harm: bool,
    /// The red flags that its words raise, in the order of `RedFlagKind`.
    pub flags: [bool; 5],
}

impl Hints {
    /// The hints about each statement of an answer.
    pub(crate) fn of_statements(
        transcript: &Transcript,
        tokens: &[Token],
        structure: &Structure,
        scores: &[Scores],
        flags: &[RedFlag],
    ) -> Vec<Self> {
        let span = |statement: &Statement| {
            let word = |token: usize| transcript.words[tokens[token].first].span();
            word(statement.first).join(word(statement.last))
        };
        let hints = std::iter::zip(&structure.statements, scores);
        hints
            .map(|(statement, scores)| {
                let span = span(statement);
                let is_raised = |kind: &RedFlagKind| {
                    let mut of_kind = flags.iter().filter(|flag| flag.flag == *kind);
                    of_kind.any(|flag| Span::new(flag.start, flag.end).overlaps(span))
                };
                Self {
                    outcome: scores.kinds,
                    is_harm: scores.is_harm,
                    flags: RED_FLAGS.each_ref().map(is_raised),
                }
            })
            .collect()
    }
}

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
    let hints = Hints::of_statements(transcript, &index.tokens, &structure, &scores, &flags);
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
