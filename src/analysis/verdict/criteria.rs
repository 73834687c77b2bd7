//! What each part of an answer has to show, and how important it is.

use std::fmt;

use crate::domain::story::{Level, Part, SectionKind};

/// One thing an answer has to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Criterion {
    /// Whose job it was not. Checked only if the story plans to say so.
    OwnershipBoundary,
    /// Where it happened, so that it can be pictured.
    Setting,
    /// What was going wrong.
    Problem,
    /// What the speaker wanted, had to do or decided.
    Goal,
    /// What the speaker did, as opposed to "we".
    OwnActions,
    /// Anything that came of it.
    Outcome,
    /// A change in numbers. Required if the story plans a number as its result.
    MeasuredChange,
    /// What the change was worth.
    BusinessImpact,
    /// What came of it beyond the fix.
    LastingEffect,
    /// What the speaker learned.
    Lesson,
    /// A third of the planned phrases.
    PlannedPhrases,
    /// A reply to the follow-up with some substance.
    SubstantiveReply,
}

/// How important a criterion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// Without it there is no hire.
    Required,
    /// At least half of these have to be met.
    Expected,
}

/// A part of an answer, without the number of the follow-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PartKind {
    Situation,
    Task,
    Action,
    Result,
    Reflection,
    FollowUp,
    Whole,
}

use Criterion::*;
use Weight::*;

/// The criteria of each part. The level may change them, see [`criteria_for`].
const CRITERIA: [(Criterion, &[(PartKind, Weight)]); 12] = [
    (
        OwnershipBoundary,
        &[
            (PartKind::Situation, Required),
            (PartKind::Task, Required),
            (PartKind::Whole, Required),
        ],
    ),
    (Setting, &[(PartKind::Situation, Required)]),
    (
        Problem,
        &[(PartKind::Situation, Expected), (PartKind::Whole, Expected)],
    ),
    (Goal, &[(PartKind::Task, Required)]),
    (
        OwnActions,
        &[(PartKind::Action, Required), (PartKind::Whole, Required)],
    ),
    (
        Outcome,
        &[(PartKind::Result, Required), (PartKind::Whole, Required)],
    ),
    (
        MeasuredChange,
        &[(PartKind::Result, Expected), (PartKind::Whole, Expected)],
    ),
    (
        BusinessImpact,
        &[(PartKind::Result, Expected), (PartKind::Whole, Expected)],
    ),
    (
        LastingEffect,
        &[(PartKind::Result, Expected), (PartKind::Whole, Expected)],
    ),
    (Lesson, &[(PartKind::Reflection, Required)]),
    (
        PlannedPhrases,
        &[
            (PartKind::Situation, Expected),
            (PartKind::Task, Expected),
            (PartKind::Action, Expected),
            (PartKind::Result, Expected),
            (PartKind::Reflection, Expected),
            (PartKind::Whole, Expected),
        ],
    ),
    (SubstantiveReply, &[(PartKind::FollowUp, Required)]),
];

/// What the story and its question ask for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expectations {
    /// The story plans to say whose job it was not.
    pub plans_boundary: bool,
    /// The question is about ownership outside the speaker's job.
    pub asks_ownership: bool,
    /// The story plans a number as its result.
    pub plans_number: bool,
}

/// The criteria of `part` at `level`.
pub(super) fn criteria_for(
    part: Part,
    level: Level,
    expects: Expectations,
) -> Vec<(Criterion, Weight)> {
    let kind = PartKind::from(part);
    CRITERIA
        .iter()
        .filter_map(|(criterion, weights)| {
            let (_, weight) = weights.iter().find(|(of, _)| *of == kind)?;
            match (criterion, level) {
                (OwnershipBoundary, _) if !expects.plans_boundary => None,
                (OwnershipBoundary, _) if !expects.asks_ownership => Some((*criterion, Expected)),
                (MeasuredChange, _) if expects.plans_number => Some((*criterion, Required)),
                (LastingEffect, Level::Junior) => None,
                (LastingEffect, Level::Senior) => Some((*criterion, Required)),
                _ => Some((*criterion, *weight)),
            }
        })
        .collect()
}

impl From<Part> for PartKind {
    fn from(part: Part) -> Self {
        match part {
            Part::Whole => PartKind::Whole,
            Part::FollowUp(_) => PartKind::FollowUp,
            Part::Section(SectionKind::Situation) => PartKind::Situation,
            Part::Section(SectionKind::Task) => PartKind::Task,
            Part::Section(SectionKind::Action) => PartKind::Action,
            Part::Section(SectionKind::Result) => PartKind::Result,
            Part::Section(SectionKind::Reflection) => PartKind::Reflection,
        }
    }
}

impl fmt::Display for Criterion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            OwnershipBoundary => "Ownership boundary",
            Setting => "Setting",
            Problem => "Problem",
            Goal => "Goal",
            OwnActions => "Own actions",
            Outcome => "Outcome",
            MeasuredChange => "Measured change",
            BusinessImpact => "Business impact",
            LastingEffect => "Lasting effect",
            Lesson => "Lesson",
            PlannedPhrases => "Planned phrases",
            SubstantiveReply => "Substantive reply",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn criteria_match_the_table_in_the_docs() {
        let kinds = [
            PartKind::Situation,
            PartKind::Task,
            PartKind::Action,
            PartKind::Result,
            PartKind::Reflection,
            PartKind::FollowUp,
            PartKind::Whole,
        ];
        let docs = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/verdict.md"));
        for (criterion, weights) in CRITERIA {
            let cells = kinds.map(|kind| match weights.iter().find(|(of, _)| *of == kind) {
                Some((_, Required)) => "required",
                Some((_, Expected)) => "expected",
                None => "",
            });
            let row = format!("| {criterion} | {} |", cells.join(" | "));
            assert!(docs.contains(&row), "docs/verdict.md lacks the row {row}");
        }
    }
}
