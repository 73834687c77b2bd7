//! Decides the verdict: weighs the evidence and collects the reasons.

use serde::Serialize;

use super::criteria::Weight;
use super::evidence::{Evidence, Outcome};
use super::leaning::Leaning;
use super::reason::Reason;
use crate::domain::profile::Profile;

/// Fewer words than this say nothing about the speaker.
const MIN_WORDS: usize = 8;
/// An answer that uses less of the target time than this is not judged, if a required criterion is
/// missing and nothing counts against the speaker.
const MIN_TIME_SHARE: f64 = 0.15;

/// A verdict with its reasons.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// How an interviewer would likely decide.
    #[serde(rename = "lean")]
    pub leaning: Leaning,
    /// Why, most important first: too little to judge, red flags, missing and met criteria.
    #[serde(rename = "because")]
    pub reasons: Vec<Reason>,
}

/// Decides the verdict on an answer.
pub fn decide(evidence: &Evidence, profile: &Profile) -> Verdict {
    if evidence.words < MIN_WORDS {
        return Verdict {
            leaning: Leaning::NotEnoughSpeech,
            reasons: vec![match evidence.no_words {
                Some(why) => Reason::NoWords(why),
                None => Reason::TooFewWords(evidence.words),
            }],
        };
    }
    let outcomes = evidence.outcomes(profile);
    let is_too_short = is_too_short(evidence, &outcomes, profile);
    Verdict {
        leaning: match is_too_short {
            true => Leaning::NotEnoughSpeech,
            false => Leaning::from_outcomes(
                &outcomes,
                evidence.red_flags.iter().filter(|flag| flag.fatal).count(),
                evidence.phrase_coverage(),
                evidence.is_detailed(),
            ),
        },
        reasons: reasons(evidence, &outcomes, is_too_short),
    }
}

fn is_too_short(evidence: &Evidence, outcomes: &[Outcome], profile: &Profile) -> bool {
    let lacks_required = outcomes
        .iter()
        .any(|outcome| outcome.weight == Weight::Required && !outcome.is_met);
    let nothing_against =
        evidence.red_flags.iter().all(|flag| !flag.fatal) && !evidence.hides_behind_we(profile);
    evidence.used < MIN_TIME_SHARE * evidence.target && nothing_against && lacks_required
}

fn reasons(evidence: &Evidence, outcomes: &[Outcome], is_too_short: bool) -> Vec<Reason> {
    let red_flags = evidence.red_flags.iter();
    let (met, missing): (Vec<&Outcome>, Vec<&Outcome>) =
        outcomes.iter().partition(|outcome| outcome.is_met);
    is_too_short
        .then_some(Reason::TooShort(evidence.used, evidence.target))
        .into_iter()
        .chain(red_flags.map(|found| Reason::RedFlag(found.flag, found.quote())))
        .chain(
            missing
                .iter()
                .map(|o| Reason::Missing(o.criterion, o.quotes.clone(), o.span)),
        )
        .chain(
            met.iter()
                .map(|o| Reason::Met(o.criterion, o.quotes.clone(), o.span)),
        )
        .collect()
}
