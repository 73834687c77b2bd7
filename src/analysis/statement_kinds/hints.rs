//! What the rules say about statements.

use crate::analysis::finding::RedFlagKind;
use crate::analysis::impact::checks::Scores;
use crate::analysis::phrases::token_index::TokenIndex;
use crate::analysis::red_flags::RedFlag;
use crate::analysis::structure::Structure;
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
        index: &TokenIndex,
        structure: &Structure,
        scores: &[Scores],
        flags: &[RedFlag],
    ) -> Vec<Self> {
        let hints = std::iter::zip(&structure.statements, scores);
        hints
            .map(|(statement, scores)| {
                let span = index.span(transcript, statement.first, statement.last);
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
