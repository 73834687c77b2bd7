//! Chooses the statements that tell the outcome: the measured change, what it was worth, and what lasted.
//!
//! An outcome is told after the deeds, so a whole answer is read from its end. Every statement gets a score
//! for each kind of outcome; the best one is quoted.

use std::ops::Range;

use super::cues::{Answer, Cues};
use super::statement::Statement;
use super::{business, lasting_effect, measured_change};
use crate::analysis::judgment::Judgment;
use crate::analysis::language::Token;
use crate::domain::story::SectionKind;

/// In a whole answer, the outcome is not told in this first share of the words.
const SHARE_BEFORE_OUTCOME: f64 = 0.4;

/// The index of what lasted among the kinds.
const LASTING: usize = 2;

/// Indices of the statements that tell each kind of outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    /// First and last statement: the time before and after may be told in two.
    pub(super) metric: Option<(usize, usize)>,
    pub(super) worth: Option<usize>,
    pub(super) lasting: Option<usize>,
    /// What went wrong after that.
    pub(super) setback: Option<usize>,
}

/// How well a statement tells an outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Scores {
    /// Scores for the measured change, what it was worth, and what lasted; 0 for not at all.
    pub(crate) kinds: [u32; 3],
    /// Whether it tells that something went wrong.
    pub(crate) is_harm: bool,
    /// Whether it is a wish, a plan or a guess.
    is_unreal: bool,
    /// Whether it tells a number of the time before, or of the time after.
    is_before: bool,
    is_after: bool,
}

/// From which tokens on an answer may tell its outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ToldFrom {
    /// The measured change and what it was worth.
    change: usize,
    /// What lasted: an Action may put it in place.
    lasting: usize,
}

impl ToldFrom {
    /// For an answer with these `tokens`. If it is a whole answer, its outcome comes late; `sections`, if known,
    /// tell where, each by the indices of its words.
    pub(crate) fn new(
        tokens: &[Token],
        is_whole: bool,
        sections: &[(SectionKind, Range<usize>)],
    ) -> Self {
        let start_of = |kind: SectionKind| {
            let (_, words) = sections.iter().find(|(of, _)| *of == kind)?;
            tokens.iter().position(|token| token.first >= words.start)
        };
        let late = match is_whole {
            true => (SHARE_BEFORE_OUTCOME * tokens.len() as f64) as usize,
            false => 0,
        };
        Self {
            change: start_of(SectionKind::Result).unwrap_or(late),
            lasting: start_of(SectionKind::Action).unwrap_or(late).max(late),
        }
    }
}

/// The scores of each statement.
pub(super) fn scores(answer: &Answer) -> Vec<Scores> {
    let index = answer.index;
    let changes = measured_change::improvements(index);
    let setbacks = measured_change::setbacks(index);
    let sums = business::sums(index, false);
    let losses = business::sums(index, true);
    let gains = business::gains(index);
    let lasting = lasting_effect::find_all(index);
    let begins_in = |places: &[(usize, usize)], statement: &Statement| {
        places
            .iter()
            .any(|(first, _)| (statement.first..=statement.last).contains(first))
    };
    let statements = answer.statements.iter();
    statements
        .map(|statement| {
            let cues = Cues {
                answer,
                statement,
                has_change: begins_in(&changes, statement),
                has_sum: begins_in(&sums, statement),
                has_gain: begins_in(&gains, statement),
                has_lasting_phrase: begins_in(&lasting, statement),
            };
            let is_worse = !cues.has_change
                && (begins_in(&setbacks, statement) || begins_in(&losses, statement));
            let is_unreal = is_worse || cues.is_unreal();
            Scores {
                kinds: match is_unreal {
                    true => [0; 3],
                    false => [cues.metric(), cues.worth(), cues.lasting()],
                },
                is_harm: is_worse || cues.is_new_harm(),
                is_unreal,
                is_before: cues.is_before(),
                is_after: cues.is_after(),
            }
        })
        .collect()
}

/// How much a point of a score adds to the log odds of the classifier.
const SCORE_WEIGHT: f32 = 0.3;
/// From this sum on, a statement tells a measured change, what it was worth, and what lasted.
const MIN_SUMS: [f32; 3] = [-0.9, -1.0, -0.9];

/// How well the statement tells an outcome of this kind; `None` if it does not.
fn fitness(scores: &Scores, judgment: Option<&Judgment>, kind: usize) -> Option<f32> {
    let score = scores.kinds[kind] as f32;
    match judgment {
        None => (score > 0.0).then_some(score),
        Some(judgment) => {
            let sum = judgment.outcome[kind] + SCORE_WEIGHT * score - MIN_SUMS[kind];
            (sum >= 0.0).then_some(sum)
        }
    }
}

/// Chooses the statements by their scores, and by what the classifier makes of them.
pub(super) fn choose(
    all: &[Scores],
    judgments: Option<&[Judgment]>,
    statements: &[Statement],
    told_from: ToldFrom,
) -> Outcome {
    let mut outcome = Outcome::default();
    let mut metric = None;
    let mut pair = None;
    let mut best = [0.0; 3];
    for (at, (statement, scores)) in std::iter::zip(statements, all).enumerate() {
        let tells_change = statement.first >= told_from.change;
        if !tells_change && statement.first < told_from.lasting {
            continue;
        }
        let has_outcome = metric.is_some() || outcome.worth.is_some();
        if tells_change && has_outcome && scores.is_harm {
            outcome.setback = Some(at);
            continue;
        }
        if scores.is_unreal {
            continue;
        }
        if tells_change && at > 0 && all[at - 1].is_before && scores.is_after {
            pair = Some((at - 1, at));
        }
        let chosen = [&mut metric, &mut outcome.worth, &mut outcome.lasting];
        for (kind, chosen) in chosen.into_iter().enumerate() {
            let judgment = judgments.map(|judgments| &judgments[at]);
            let is_told = tells_change || kind == LASTING;
            let fitness = fitness(scores, judgment, kind).filter(|_| is_told);
            if let Some(fitness) = fitness.filter(|fitness| *fitness >= best[kind]) {
                best[kind] = fitness;
                *chosen = Some(at);
            }
        }
    }
    // What came right again is no setback.
    let last = metric.max(pair.map(|(_, after)| after));
    outcome.setback = outcome
        .setback
        .filter(|at| last.is_none_or(|last| last < *at));
    let single = metric.map(|at| (at, at));
    outcome.metric = pair
        .filter(|(_, after)| single.is_none_or(|(at, _)| at <= *after))
        .or(single);
    outcome
}
