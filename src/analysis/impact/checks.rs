//! The three checks of a Result: a measured change, its business impact, and a lasting effect. Each
//! quotes the words that pass it.

use serde::Serialize;

use super::{business, lasting_effect, measured_change};
use crate::analysis::finding::{Finding, FindingKind, ImpactCheck, Severity};
use crate::analysis::language::tokens;
use crate::analysis::phrases::compounds::Compounds;
use crate::analysis::phrases::token_index::TokenIndex;
use crate::analysis::quote::Quote;
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

/// Makes the three checks.
pub fn check(transcript: &Transcript) -> Impact {
    check_index(
        transcript,
        &TokenIndex::new(tokens(transcript), &Compounds::default()),
    )
}

/// As [`check`], for a transcript that is indexed.
pub(crate) fn check_index(transcript: &Transcript, index: &TokenIndex) -> Impact {
    let quote = |found: Option<(usize, usize)>| {
        found.map(|(first, last)| index.quote(transcript, first, last))
    };
    Impact {
        metric: quote(measured_change::find(index)),
        business: quote(business::find(index)),
        second_order: quote(lasting_effect::find(index)),
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
