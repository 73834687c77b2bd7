//! Which section to practise next, and why, from the newest takes of each.

use std::fmt;

use super::{Metric, TakeMetrics};
use crate::analysis::finding::RedFlag;
use crate::analysis::verdict::{Criterion, Leaning, MOST_OF_PLAN};
use crate::domain::profile::{Profile, Rating};
use crate::domain::story::SectionKind;

/// So many of the newest takes of a section are looked at: twice is no accident, and what was three takes
/// ago may be mended.
pub const LOOKED_AT: usize = 2;
/// A section that was never tried stands behind what a hire hangs on and was missing twice, and before
/// everything else.
const NEVER_TRIED: usize = 5;

/// The section that asks most to be practised.
#[derive(Debug, Clone, PartialEq)]
pub struct Recommendation {
    /// Which.
    pub section: SectionKind,
    /// Why; `None` where it was never tried.
    pub fault: Option<Weakness>,
    /// In how many of the newest takes that was so, and how many there are, of [`LOOKED_AT`].
    pub takes: (usize, usize),
}

/// What was wrong with a take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Weakness {
    /// Something speaks against the speaker.
    Flag(RedFlag),
    /// Something that a hire hangs on is missing.
    Needed(Criterion),
    /// Something else is.
    Wanted(Criterion),
    /// Too little was said to judge it.
    Little,
    /// Too few of the planned phrases were said.
    Phrases,
    /// It took far more time than planned.
    Long,
    /// ... or far less.
    Short,
    /// It was spoken far too fast.
    Fast,
    /// ... or too slowly.
    Slow,
    /// It was full of fillers.
    Fillers,
}

impl Recommendation {
    /// The weakest of the sections, each with the marks of its newest takes, the newest first; `None` where
    /// nothing was tried, or nothing is wrong. A fault counts as often as it is there, times its weight: 4
    /// what speaks against the speaker, 3 what a hire hangs on and too little said, 2 phrases and time, 1 all
    /// else. Of equals the first in speaking order.
    pub fn of(sections: &[(SectionKind, Vec<&TakeMetrics>)], profile: &Profile) -> Option<Self> {
        if sections.iter().all(|(_, marks)| marks.is_empty()) {
            return None;
        }
        let mut weakest: Option<(usize, Self)> = None;
        for (section, marks) in sections {
            let Some((score, fault, times)) = worst(marks, profile) else {
                continue;
            };
            if weakest.as_ref().is_none_or(|(known, _)| score > *known) {
                let takes = (times, marks.len().min(LOOKED_AT));
                let section = *section;
                weakest = Some((
                    score,
                    Self {
                        section,
                        fault,
                        takes,
                    },
                ));
            }
        }
        weakest.map(|(_, weakest)| weakest)
    }
}

/// The fault that weighs most: its weight, itself, and in how many takes it is.
fn worst(marks: &[&TakeMetrics], profile: &Profile) -> Option<(usize, Option<Weakness>, usize)> {
    if marks.is_empty() {
        return Some((NEVER_TRIED, None, 0));
    }
    let of_each: Vec<Vec<Weakness>> = marks
        .iter()
        .take(LOOKED_AT)
        .map(|mark| faults(mark, profile))
        .collect();
    // What was mended in the newest take is mended.
    let mut worst: Option<(usize, Option<Weakness>, usize)> = None;
    for fault in of_each.first()? {
        let times = of_each
            .iter()
            .filter(|faults| faults.contains(fault))
            .count();
        let score = times * fault.weight();
        if worst.is_none_or(|(known, ..)| score > known) {
            worst = Some((score, Some(*fault), times));
        }
    }
    worst
}

fn faults(mark: &TakeMetrics, profile: &Profile) -> Vec<Weakness> {
    if mark.lean == Leaning::NotEnoughHeard {
        return vec![Weakness::Little];
    }
    let hangs = matches!(mark.lean, Leaning::NoHire | Leaning::LeanNoHire);
    let mut faults: Vec<Weakness> = mark.flags.iter().copied().map(Weakness::Flag).collect();
    faults.extend(mark.missing.iter().map(|check| match hangs {
        true => Weakness::Needed(*check),
        false => Weakness::Wanted(*check),
    }));
    let few = Metric::Phrases
        .value(mark)
        .is_some_and(|share| share < 100.0 * MOST_OF_PLAN);
    let side = |value: Option<f64>, quiet: [f64; 2], red: [f64; 2], low, high| {
        let value = value.filter(|value| Rating::of(*value, quiet, red) == Rating::Red)?;
        Some(if value < quiet[0] { low } else { high })
    };
    let time = side(
        mark.time_share(),
        profile.time_quiet,
        profile.time_red,
        Weakness::Short,
        Weakness::Long,
    );
    let pace = side(
        mark.words_per_minute,
        profile.pace_quiet_wpm,
        profile.pace_red_wpm,
        Weakness::Slow,
        Weakness::Fast,
    );
    let many = mark
        .fillers_per_minute
        .is_some_and(|rate| rate >= profile.fillers_red_per_minute);
    faults.extend(few.then_some(Weakness::Phrases));
    faults.extend(time);
    faults.extend(pace);
    faults.extend(many.then_some(Weakness::Fillers));
    faults
}

impl Weakness {
    fn weight(self) -> usize {
        match self {
            Weakness::Flag(_) => 4,
            Weakness::Needed(_) | Weakness::Little => 3,
            Weakness::Phrases | Weakness::Long | Weakness::Short => 2,
            Weakness::Wanted(_) | Weakness::Fast | Weakness::Slow | Weakness::Fillers => 1,
        }
    }
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Weakness::Flag(RedFlag::Assigned) => "the initiative was somebody else's",
            Weakness::Flag(RedFlag::Routed) => "the work was handed on",
            Weakness::Flag(RedFlag::Vague) => "nothing that can be checked",
            Weakness::Flag(RedFlag::Motiveless) => "no reason to act",
            Weakness::Needed(check) | Weakness::Wanted(check) => match check {
                Criterion::Boundary => "not said whose job it was not",
                Criterion::Problem => "not said what was going wrong",
                Criterion::OwnActs => "too little of what you did yourself",
                Criterion::Metric => "no number",
                Criterion::Business => "not said what it was worth",
                Criterion::Lasting => "nothing that lasted",
                Criterion::Plan => "hardly any planned phrase",
                Criterion::Reply => "no reply of substance",
            },
            Weakness::Little => "too little was said to judge",
            Weakness::Phrases => "few of the planned phrases",
            Weakness::Long => "far over the time",
            Weakness::Short => "far under the time",
            Weakness::Fast => "far too fast",
            Weakness::Slow => "far too slow",
            Weakness::Fillers => "many fillers",
        })
    }
}

/// `Result: no number in the last two takes.`
impl fmt::Display for Recommendation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(fault) = self.fault else {
            return write!(f, "{}: not tried yet.", self.section);
        };
        let when = match self.takes {
            (2.., _) => "in the last two takes",
            (_, 2..) => "in the last take",
            _ => "in the only take",
        };
        write!(f, "{}: {fault} {when}.", self.section)
    }
}

#[cfg(test)]
mod tests {
    use std::slice;

    use super::*;
    use crate::practice::progress::tests::{mark, nothing};

    fn good() -> TakeMetrics {
        mark(150.0, 0, 4, 30.0, Leaning::StrongHire)
    }

    fn without(lean: Leaning, missing: &[Criterion]) -> TakeMetrics {
        TakeMetrics {
            missing: missing.to_vec(),
            lean,
            ..good()
        }
    }

    /// The newest takes of Situation, Result and Reflection, and what is said of them.
    type Case<'a> = (
        &'a [TakeMetrics],
        &'a [TakeMetrics],
        &'a [TakeMetrics],
        &'a str,
    );

    /// What is said of the newest takes of Situation, Result and Reflection.
    fn told(
        situation: &[TakeMetrics],
        result: &[TakeMetrics],
        reflection: &[TakeMetrics],
    ) -> String {
        let sections = [
            (SectionKind::Situation, situation),
            (SectionKind::Result, result),
            (SectionKind::Reflection, reflection),
        ];
        let sections = sections.map(|(kind, marks)| (kind, marks.iter().collect()));
        let weakest = Recommendation::of(&sections, &Profile::default());
        weakest.map_or("nothing".to_owned(), |weakest| weakest.to_string())
    }

    #[test]
    fn what_asks_most_to_be_practised_is_named_with_its_reason() {
        let fine = [good(), good()];
        let numberless = without(Leaning::LeanNoHire, &[Criterion::Metric]);
        let lasting = without(Leaning::LeanHire, &[Criterion::Lasting]);
        let twice = [numberless.clone(), numberless.clone()];
        let once = [numberless.clone(), good()];
        let flagged = TakeMetrics {
            flags: vec![RedFlag::Routed],
            ..good()
        };
        let long = mark(150.0, 0, 4, 60.0, Leaning::StrongHire);
        let hasty = mark(220.0, 0, 4, 30.0, Leaning::StrongHire);
        let umming = mark(150.0, 20, 4, 30.0, Leaning::StrongHire);
        let cases: [Case; 13] = [
            (&[], &[], &[], "nothing"),
            (&fine, &fine, &fine, "nothing"),
            (
                &fine,
                &twice,
                &fine,
                "Result: no number in the last two takes.",
            ),
            (&fine, &once, &fine, "Result: no number in the last take."),
            (
                &fine,
                slice::from_ref(&numberless),
                &fine,
                "Result: no number in the only take.",
            ),
            // It was mended.
            (&fine, &[good(), numberless.clone()], &fine, "nothing"),
            // A hire hangs on it: before a section that was never tried, which is before all else.
            (
                &[],
                &twice,
                &fine,
                "Result: no number in the last two takes.",
            ),
            (&fine, &once, &[], "Reflection: not tried yet."),
            (
                slice::from_ref(&flagged),
                &once,
                &fine,
                "Situation: the work was handed on in the only take.",
            ),
            (
                &[lasting.clone(), good()],
                &[long.clone(), good()],
                &fine,
                "Result: far over the time in the last take.",
            ),
            (
                slice::from_ref(&hasty),
                &fine,
                &[umming],
                "Situation: far too fast in the only take.",
            ),
            (
                &fine,
                &fine,
                &[mark(150.0, 0, 1, 30.0, Leaning::LeanHire)],
                "Reflection: few of the planned phrases in the only take.",
            ),
            (
                &fine,
                &fine,
                &[nothing()],
                "Reflection: too little was said to judge in the only take.",
            ),
        ];
        for (situation, result, reflection, expected) in cases {
            assert_eq!(told(situation, result, reflection), expected);
        }
    }
}
