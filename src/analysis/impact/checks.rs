//! The three checks of a Result: a measured change, its business impact, and a lasting effect. Each
//! quotes the words that pass it.

use serde::Serialize;

use super::cues::Answer;
use super::outcome;
pub(crate) use super::outcome::{Scores, ToldFrom};
use crate::analysis::finding::{Finding, FindingKind, ImpactCheck, Severity};
use crate::analysis::judgment::Judgment;
use crate::analysis::language::{tokens, tokens_of_text};
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
    /// What went wrong in the end, after an outcome.
    #[serde(skip)]
    pub setback: Option<Quote>,
}

impl Impact {
    /// The words with a number that tell what changed: the measured change, or what it was worth in numbers.
    pub fn measured(&self) -> Option<&Quote> {
        let has_number = |quote: &&Quote| {
            let words = tokens_of_text(&quote.text);
            words.iter().any(|token| token.value.is_some())
        };
        let worth = || self.business.as_ref().filter(has_number);
        self.metric.as_ref().or_else(worth)
    }
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
    let told_from = ToldFrom::new(&index.tokens, is_whole, &[]);
    let scores = scores(&index, &structure);
    check_index(transcript, &index, &structure, &scores, None, told_from)
}

/// How well each statement tells an outcome.
pub(crate) fn scores(index: &TokenIndex, structure: &Structure) -> Vec<Scores> {
    outcome::scores(&Answer {
        index,
        clauses: &structure.clauses,
        acts: &structure.acts,
        statements: &structure.statements,
    })
}

/// As [`check`], for a transcript that is indexed and parsed, and whose statements have these scores.
pub(crate) fn check_index(
    transcript: &Transcript,
    index: &TokenIndex,
    structure: &Structure,
    scores: &[Scores],
    judgments: Option<&[Judgment]>,
    told_from: ToldFrom,
) -> Impact {
    let outcome = outcome::choose(scores, judgments, &structure.statements, told_from);
    let quote_range = |(from, to): (usize, usize)| {
        let statements = &structure.statements;
        index.quote(transcript, statements[from].first, statements[to].last)
    };
    let quote = |at: Option<usize>| at.map(|at| quote_range((at, at)));
    Impact {
        metric: outcome.metric.map(quote_range),
        business: quote(outcome.worth),
        second_order: quote(outcome.lasting),
        setback: quote(outcome.setback),
    }
}

/// Findings about the impact, for a Result: one for each failed check, or one if all passed.
pub fn findings(impact: &Impact, transcript: &Transcript) -> Vec<Finding> {
    let Some(whole) = transcript.span() else {
        return Vec::new();
    };
    let missing: Vec<Finding> = [
        (ImpactCheck::Metric, impact.measured()),
        (ImpactCheck::Business, impact.business.as_ref()),
        (ImpactCheck::SecondOrder, impact.second_order.as_ref()),
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
