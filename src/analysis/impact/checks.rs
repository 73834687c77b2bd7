//! The three checks of a Result: a measured change, its business impact, and a lasting effect. Each
//! quotes the words that pass it.

use serde::Serialize;

use super::outcome::{self, Answer};
use crate::analysis::finding::{Finding, FindingKind, ImpactCheck, Severity};
use crate::analysis::language::tokens;
use crate::analysis::phrases::compounds::Compounds;
use crate::analysis::phrases::token_index::TokenIndex;
use crate::analysis::quote::Quote;
use crate::analysis::structure::Structure;
use crate::domain::transcript::Transcript;

/// The words that pass each check; `None` if nothing does.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Impact {
    /// A metric and how it changed.
    pub metric: Option<Quote>,
    /// What the change was worth.
    pub business: Option<Quote>,
    /// What others adopted, or what lasted.
    pub second_order: Option<Quote>,
}

/// Makes the three checks, on a Result.
pub fn check(transcript: &Transcript) -> Impact {
    check_text(transcript, false)
}

/// Makes the three checks on a whole answer, whose outcome comes late.
pub fn check_whole(transcript: &Transcript) -> Impact {
    check_text(transcript, true)
}

fn check_text(transcript: &Transcript, is_whole: bool) -> Impact {
    let index = TokenIndex::new(tokens(transcript), &Compounds::default());
    let structure = Structure::new(transcript, &index.tokens);
    check_index(transcript, &index, &structure, is_whole)
}

/// As [`check`], for a transcript that is indexed and parsed. `is_whole`: it is a whole answer.
pub(crate) fn check_index(
    transcript: &Transcript,
    index: &TokenIndex,
    structure: &Structure,
    is_whole: bool,
) -> Impact {
    let outcome = outcome::choose(&Answer {
        index,
        clauses: &structure.clauses,
        acts: &structure.acts,
        statements: &structure.statements,
        is_whole,
    });
    let quote = |at: Option<usize>| {
        let statement = &structure.statements[at?];
        Some(index.quote(transcript, statement.first, statement.last))
    };
    Impact {
        metric: quote(outcome.metric),
        business: quote(outcome.worth),
        second_order: quote(outcome.lasting),
    }
}

/// Findings about the impact, for a Result: one for each failed check, or one if all passed.
pub fn findings(impact: &Impact, transcript: &Transcript) -> Vec<Finding> {
    let Some(whole) = transcript.span() else {
        return Vec::new();
    };
    let missing: Vec<Finding> = [
        (ImpactCheck::Metric, &impact.metric),
        (ImpactCheck::Business, &impact.business),
        (ImpactCheck::SecondOrder, &impact.second_order),
    ]
    .into_iter()
    .filter(|(_, quote)| quote.is_none())
    .map(|(which, _)| Finding::new(FindingKind::ImpactMissing { which }, Severity::Amber, whole))
    .collect();
    match missing.is_empty() {
        true => vec![Finding::new(
            FindingKind::ImpactComplete,
            Severity::Good,
            whole,
        )],
        false => missing,
    }
}
