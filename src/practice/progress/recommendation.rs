//! Recommends the section to practice next, from the newest takes of each section.

use std::fmt;

use crate::analysis::finding::RedFlagKind;
use crate::analysis::verdict::{Criterion, Leaning, MOST_PHRASES_SHARE};
use crate::domain::profile::{Profile, Rating};
use crate::domain::story::SectionKind;

use super::metric::Metric;
use super::take_metrics::TakeMetrics;

/// Number of newest takes of a section that count. A weakness in both is unlikely to be chance, and one
/// in older takes may be overcome.
pub const RECENT_TAKES: usize = 2;
/// Score of a section without takes. Only a red flag or a missing required criterion in both takes scores
/// higher.
const SCORE_WITHOUT_TAKES: usize = 5;

/// The section to practice next.
#[derive(Debug, Clone, PartialEq)]
pub struct Recommendation {
    /// The section.
    pub section: SectionKind,
    /// The reason; `None` if the section has no take.
    pub weakness: Option<Weakness>,
    /// How many of the newest takes have the weakness, and how many takes count, at most [`RECENT_TAKES`].
    pub takes: (usize, usize),
}

/// A weakness of a take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Weakness {
    /// A red flag.
    Flag(RedFlagKind),
    /// A missing criterion that decides against a hire.
    Required(Criterion),
    /// Any other missing criterion.
    Expected(Criterion),
    /// Too few words for a verdict.
    TooLittleSaid,
    /// Too few of the planned phrases.
    FewPhrases,
    /// Far more time than planned.
    FarOverTime,
    /// Far less time than planned.
    FarUnderTime,
    /// A pace that is far too fast.
    FarTooFast,
    /// A pace that is far too slow.
    FarTooSlow,
    /// Too many fillers.
    ManyFillers,
}

impl Recommendation {
    /// Recommends one of the sections, each given with the metrics of its takes, newest first. `None` if
    /// no section has a take, or no take has a weakness.
    ///
    /// The score of a weakness is the number of takes that have it, times its weight: 4 for red flags, 3 for
    /// required criteria and too few words, 2 for phrases and time, 1 for everything else. Among equal scores
    /// the first section wins.
    pub fn from_sections(
        sections: &[(SectionKind, Vec<&TakeMetrics>)],
        profile: &Profile,
    ) -> Option<Self> {
        if sections.iter().all(|(_, takes)| takes.is_empty()) {
            return None;
        }
        let mut weakest: Option<(usize, Self)> = None;
        for (section, takes) in sections {
            let Some((score, weakness, count)) = worst(takes, profile) else {
                continue;
            };
            if weakest.as_ref().is_none_or(|(best, _)| score > *best) {
                let takes = (count, takes.len().min(RECENT_TAKES));
                let section = *section;
                weakest = Some((
                    score,
                    Self {
                        section,
                        weakness,
                        takes,
                    },
                ));
            }
        }
        weakest.map(|(_, weakest)| weakest)
    }
}

/// The weakness of a section with the highest score: its score, itself, and the number of takes that have it.
fn worst(takes: &[&TakeMetrics], profile: &Profile) -> Option<(usize, Option<Weakness>, usize)> {
    if takes.is_empty() {
        return Some((SCORE_WITHOUT_TAKES, None, 0));
    }
    let of_takes: Vec<Vec<Weakness>> = takes
        .iter()
        .take(RECENT_TAKES)
        .map(|take| weaknesses(take, profile))
        .collect();
    // A weakness that the newest take does not have is overcome.
    let mut worst: Option<(usize, Option<Weakness>, usize)> = None;
    for weakness in of_takes.first()? {
        let count = of_takes
            .iter()
            .filter(|weaknesses| weaknesses.contains(weakness))
            .count();
        let score = count * weakness.weight();
        if worst.is_none_or(|(best, ..)| score > best) {
            worst = Some((score, Some(*weakness), count));
        }
    }
    worst
}

fn weaknesses(metrics: &TakeMetrics, profile: &Profile) -> Vec<Weakness> {
    if metrics.lean == Leaning::NotEnoughSpeech {
        return vec![Weakness::TooLittleSaid];
    }
    let is_no_hire = matches!(metrics.lean, Leaning::NoHire | Leaning::LeanNoHire);
    let mut found: Vec<Weakness> = metrics.flags.iter().copied().map(Weakness::Flag).collect();
    found.extend(metrics.missing.iter().map(|criterion| match is_no_hire {
        true => Weakness::Required(*criterion),
        false => Weakness::Expected(*criterion),
    }));
    let few_phrases = Metric::Phrases
        .value(metrics)
        .is_some_and(|share| share < 100.0 * MOST_PHRASES_SHARE);
    let outside = |value: Option<f64>, quiet: [f64; 2], red: [f64; 2], low, high| {
        let value = value.filter(|value| Rating::from_ranges(*value, quiet, red) == Rating::Red)?;
        Some(if value < quiet[0] { low } else { high })
    };
    let time = outside(
        metrics.time_share(),
        profile.time_ok,
        profile.time_red,
        Weakness::FarUnderTime,
        Weakness::FarOverTime,
    );
    let pace = outside(
        metrics.words_per_minute,
        profile.pace_ok_wpm,
        profile.pace_red_wpm,
        Weakness::FarTooSlow,
        Weakness::FarTooFast,
    );
    let many_fillers = metrics
        .fillers_per_minute
        .is_some_and(|rate| rate >= profile.fillers_red_per_minute);
    found.extend(few_phrases.then_some(Weakness::FewPhrases));
    found.extend(time);
    found.extend(pace);
    found.extend(many_fillers.then_some(Weakness::ManyFillers));
    found
}

impl Weakness {
    fn weight(self) -> usize {
        match self {
            Weakness::Flag(_) => 4,
            Weakness::Required(_) | Weakness::TooLittleSaid => 3,
            Weakness::FewPhrases | Weakness::FarOverTime | Weakness::FarUnderTime => 2,
            Weakness::Expected(_)
            | Weakness::FarTooFast
            | Weakness::FarTooSlow
            | Weakness::ManyFillers => 1,
        }
    }
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Weakness::Flag(RedFlagKind::Assigned) => "someone else took the initiative",
            Weakness::Flag(RedFlagKind::Routed) => "the work was handed off",
            Weakness::Flag(RedFlagKind::Vague) => "nothing that can be verified",
            Weakness::Flag(RedFlagKind::Motiveless) => "no motive",
            Weakness::Flag(RedFlagKind::Blame) => "blame of others",
            Weakness::Required(criterion) | Weakness::Expected(criterion) => match criterion {
                Criterion::OwnershipBoundary => "ownership boundary missing",
                Criterion::Setting => "no setting",
                Criterion::Problem => "problem not stated",
                Criterion::Goal => "no goal of your own",
                Criterion::OwnActions => "too few actions of your own",
                Criterion::Outcome => "no outcome",
                Criterion::MeasuredChange => "no number",
                Criterion::BusinessImpact => "no business impact",
                Criterion::LastingEffect => "no lasting effect",
                Criterion::Lesson => "no lesson of your own",
                Criterion::PlannedPhrases => "hardly any planned phrases",
                Criterion::SubstantiveReply => "no substantive reply",
            },
            Weakness::TooLittleSaid => "too few words for a verdict",
            Weakness::FewPhrases => "few of the planned phrases",
            Weakness::FarOverTime => "far over time",
            Weakness::FarUnderTime => "far under time",
            Weakness::FarTooFast => "far too fast",
            Weakness::FarTooSlow => "far too slow",
            Weakness::ManyFillers => "too many fillers",
        })
    }
}

/// `Result: no number in the last two takes.`
impl fmt::Display for Recommendation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(weakness) = self.weakness else {
            return write!(f, "{}: not tried yet.", self.section);
        };
        let when = match self.takes {
            (2.., _) => "in the last two takes",
            (_, 2..) => "in the last take",
            _ => "in the only take",
        };
        write!(f, "{}: {weakness} {when}.", self.section)
    }
}

#[cfg(test)]
mod tests {
    use std::slice;

    use super::*;
    use crate::practice::progress::take_metrics::tests::{metrics, no_speech};

    fn good() -> TakeMetrics {
        metrics(150.0, 0, 4, 30.0, Leaning::StrongHire)
    }

    fn without(lean: Leaning, missing: &[Criterion]) -> TakeMetrics {
        TakeMetrics {
            missing: missing.to_vec(),
            lean,
            ..good()
        }
    }

    /// Takes of Situation, Result and Reflection, newest first, and the expected recommendation.
    type Case<'a> = (
        &'a [TakeMetrics],
        &'a [TakeMetrics],
        &'a [TakeMetrics],
        &'a str,
    );

    /// The recommendation for takes of Situation, Result and Reflection, newest first.
    fn recommend(
        situation: &[TakeMetrics],
        result: &[TakeMetrics],
        reflection: &[TakeMetrics],
    ) -> String {
        let sections = [
            (SectionKind::Situation, situation),
            (SectionKind::Result, result),
            (SectionKind::Reflection, reflection),
        ];
        let sections = sections.map(|(kind, takes)| (kind, takes.iter().collect()));
        let recommendation = Recommendation::from_sections(&sections, &Profile::default());
        recommendation.map_or("nothing".to_owned(), |it| it.to_string())
    }

    #[test]
    fn weakest_section_is_recommended_with_its_reason() {
        let fine = [good(), good()];
        let numberless = without(Leaning::LeanNoHire, &[Criterion::MeasuredChange]);
        let lasting = without(Leaning::LeanHire, &[Criterion::LastingEffect]);
        let twice = [numberless.clone(), numberless.clone()];
        let once = [numberless.clone(), good()];
        let flagged = TakeMetrics {
            flags: vec![RedFlagKind::Routed],
            ..good()
        };
        let long = metrics(150.0, 0, 4, 60.0, Leaning::StrongHire);
        let hasty = metrics(220.0, 0, 4, 30.0, Leaning::StrongHire);
        let umming = metrics(150.0, 20, 4, 30.0, Leaning::StrongHire);
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
            // The newest take overcame it.
            (&fine, &[good(), numberless.clone()], &fine, "nothing"),
            // A required criterion missing twice comes before a section without takes, which comes before the rest.
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
                "Situation: the work was handed off in the only take.",
            ),
            (
                &[lasting.clone(), good()],
                &[long.clone(), good()],
                &fine,
                "Result: far over time in the last take.",
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
                &[metrics(150.0, 0, 1, 30.0, Leaning::LeanHire)],
                "Reflection: few of the planned phrases in the only take.",
            ),
            (
                &fine,
                &fine,
                &[no_speech()],
                "Reflection: too few words for a verdict in the only take.",
            ),
        ];
        for (situation, result, reflection, expected) in cases {
            assert_eq!(recommend(situation, result, reflection), expected);
        }
    }
}
