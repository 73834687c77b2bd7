//! Where an interviewer would lean, by rules that anyone can read: which checks an answer has to
//! pass ([`CHECKS`]), and what follows from those it does not ([`lean`]). The README shows both as
//! tables; a test holds them to this file. Content is judged here, never the voice.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::analysis::impact::impact_checks::{Impact, Quote};
use crate::analysis::ownership::deeds::deeds;
use crate::analysis::ownership::pronouns::Ownership;
use crate::analysis::phrases::planned_phrases::PhraseResult;
use crate::analysis::red_flags::{Flagged, RedFlag};
use crate::analysis::time_to_point::{FirstMention, TimeToPoint};
use crate::domain::profile::{OwnershipStyle, Profile};
use crate::domain::story::{Level, Part, SectionKind};
use crate::domain::time::{Secs, Span, clock};

/// Fewer words than this say nothing about the speaker.
const ENOUGH_WORDS: usize = 8;
/// Nor does less of the target than this, where something needed is missing and nothing speaks against.
const ENOUGH_TIME: f64 = 0.15;
/// Own acts that make a speaker visible.
const OWN_ACTS: usize = 3;
/// One in so many of the planned phrases is a plan that was kept to ...
const PLAN: usize = 3;
/// ... and this share of them is what a strong hire said.
pub const MOST_OF_PLAN: f64 = 0.75;
/// Words, and own acts, that make a reply to a follow-up one.
const REPLY: (usize, usize) = (15, 1);

/// A verdict with its reasons.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// Where an interviewer would lean.
    pub lean: Leaning,
    /// Why, the weightiest first: what speaks against, what is missing, what was shown.
    pub because: Vec<Reason>,
}

/// Where an interviewer would lean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // an interviewer's own words
pub enum Leaning {
    StrongHire,
    LeanHire,
    LeanNoHire,
    NoHire,
    NotEnoughHeard,
}

/// One thing an answer has to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Criterion {
    /// Whose job it was not. Asked for where the story plans to say so.
    Boundary,
    /// What was going wrong.
    Problem,
    /// What the speaker did, not a "we".
    OwnActs,
    /// A change in numbers.
    Metric,
    /// What that was worth.
    Business,
    /// What came of it beyond the fix.
    Lasting,
    /// A third of the planned phrases.
    Plan,
    /// A reply with something in it.
    Reply,
}

/// How much hangs on a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Without it there is no hire.
    Needed,
    /// Half of these have to hold.
    Wanted,
}

use Criterion::*;
use Weight::*;

/// What each part has to show. At SDE 1 nothing lasting is asked for; at Senior it is needed.
const CHECKS: [(Criterion, &[(Place, Weight)]); 8] = [
    (
        Boundary,
        &[
            (Place::Situation, Needed),
            (Place::Task, Needed),
            (Place::Whole, Needed),
        ],
    ),
    (
        Problem,
        &[(Place::Situation, Wanted), (Place::Whole, Wanted)],
    ),
    (OwnActs, &[(Place::Action, Needed), (Place::Whole, Needed)]),
    (Metric, &[(Place::Result, Needed), (Place::Whole, Needed)]),
    (Business, &[(Place::Result, Wanted), (Place::Whole, Wanted)]),
    (Lasting, &[(Place::Result, Wanted), (Place::Whole, Wanted)]),
    (
        Plan,
        &[
            (Place::Situation, Wanted),
            (Place::Task, Wanted),
            (Place::Action, Wanted),
            (Place::Result, Wanted),
            (Place::Reflection, Needed),
            (Place::Whole, Wanted),
        ],
    ),
    (Reply, &[(Place::FollowUp, Needed)]),
];

/// A part, whichever follow-up it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Situation,
    Task,
    Action,
    Result,
    Reflection,
    FollowUp,
    Whole,
}

/// How much of what was planned was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Planned {
    None,
    Some,
    /// Three quarters at least.
    Most,
}

/// What became of a check.
#[derive(Debug, Clone)]
struct Outcome {
    check: Criterion,
    weight: Weight,
    holds: bool,
    /// The words that show it, or what there is where it does not hold.
    known: Vec<String>,
    /// Where the first of them are said.
    at: Option<Span>,
}

/// One reason of a verdict. Its `Display` is the sentence for the speaker.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// Too few words.
    Words(usize),
    /// Too little of the time.
    Time(Secs, Secs),
    /// A red flag, with the words that raised it.
    Flag(RedFlag, Quote),
    /// A check that does not hold, with what is known of it, and where that is said.
    Missing(Criterion, Vec<String>, Option<Span>),
    /// A check that holds, with the words that show it, and where the first of them are.
    Shown(Criterion, Vec<String>, Option<Span>),
}

impl Reason {
    /// Where it can be heard; `None` where it speaks of what was not said, or of the whole take.
    pub fn heard_at(&self) -> Option<Span> {
        match self {
            Reason::Words(_) | Reason::Time(..) => None,
            Reason::Flag(_, quote) => Some(quote.span()),
            Reason::Missing(_, _, at) | Reason::Shown(_, _, at) => *at,
        }
    }
}

/// All that a verdict rests on.
#[derive(Debug, Clone)]
pub struct Evidence<'a> {
    /// What was answered.
    pub part: Part,
    /// The level it is judged at.
    pub level: Level,
    /// Words heard.
    pub words: usize,
    /// Time used, and the target.
    pub time: (Secs, Secs),
    /// Whether the story plans to say whose job it was not.
    pub boundary_planned: bool,
    /// The words that said it.
    pub boundary: Option<Quote>,
    /// Whether it speaks of what was asked.
    pub on_topic: bool,
    /// Planned phrases.
    pub phrases: &'a [PhraseResult],
    /// "I", "we" and the passive.
    pub ownership: &'a Ownership,
    /// What came of it.
    pub impact: &'a Impact,
    /// Problem and boundary.
    pub opening: &'a TimeToPoint,
    /// Red flags that were raised, with their words.
    pub flags: &'a [Flagged],
}

/// Judges what was said.
pub fn read(evidence: &Evidence, profile: &Profile) -> Verdict {
    if evidence.words < ENOUGH_WORDS {
        return Verdict {
            lean: Leaning::NotEnoughHeard,
            because: vec![Reason::Words(evidence.words)],
        };
    }
    let outcomes: Vec<Outcome> = asked(evidence)
        .into_iter()
        .map(|(check, weight)| evidence.outcome(check, weight, profile))
        .collect();
    let (used, target) = evidence.time;
    let nothing_against = evidence.flags.is_empty() && !hidden(evidence, profile);
    let lacking = outcomes.iter().any(|o| o.weight == Needed && !o.holds);
    let too_short = used < ENOUGH_TIME * target && nothing_against && lacking;
    let flags = evidence.flags.iter();
    let flags = flags.map(|flagged| Reason::Flag(flagged.flag, flagged.quote()));
    let (held, missing): (Vec<&Outcome>, Vec<&Outcome>) =
        outcomes.iter().partition(|outcome| outcome.holds);
    let missing = missing
        .iter()
        .map(|o| Reason::Missing(o.check, o.known.clone(), o.at));
    let held = held
        .iter()
        .map(|o| Reason::Shown(o.check, o.known.clone(), o.at));
    let time = too_short.then_some(Reason::Time(used, target));
    Verdict {
        lean: match too_short {
            true => Leaning::NotEnoughHeard,
            false => lean(&outcomes, evidence.flags.len(), evidence.planned()),
        },
        because: time
            .into_iter()
            .chain(flags)
            .chain(missing)
            .chain(held)
            .collect(),
    }
}

/// What follows from the checks and flags: the first line that is true.
///
/// | | lean |
/// |---|---|
/// | two flags, or a flag and a needed check missing | no hire |
/// | a flag | lean no hire |
/// | nothing holds and no planned phrase was said, or two needed checks missing | no hire |
/// | a needed check missing, or less than half of the wanted ones hold | lean no hire |
/// | every check holds, and three quarters of the planned phrases were said | strong hire |
/// | else | lean hire |
fn lean(outcomes: &[Outcome], flags: usize, planned: Planned) -> Leaning {
    let count = |weight, holds| {
        let alike = |o: &&Outcome| o.weight == weight && o.holds == holds;
        outcomes.iter().filter(alike).count()
    };
    let needed_missing = count(Needed, false);
    let (wanted, wanted_held) = (
        count(Wanted, false) + count(Wanted, true),
        count(Wanted, true),
    );
    let held = wanted_held + count(Needed, true);
    match flags {
        2.. => return Leaning::NoHire,
        1 if needed_missing > 0 => return Leaning::NoHire,
        1 => return Leaning::LeanNoHire,
        _ => {}
    }
    if (held == 0 && planned == Planned::None) || needed_missing >= 2 {
        Leaning::NoHire
    } else if needed_missing == 1 || 2 * wanted_held < wanted {
        Leaning::LeanNoHire
    } else if held == outcomes.len() && planned == Planned::Most {
        Leaning::StrongHire
    } else {
        Leaning::LeanHire
    }
}

/// The checks of this part at this level, with their weights.
fn asked(evidence: &Evidence) -> Vec<(Criterion, Weight)> {
    let place = Place::of(evidence.part);
    CHECKS
        .iter()
        .filter_map(|(check, places)| {
            let (_, weight) = places.iter().find(|(at, _)| *at == place)?;
            match (check, evidence.level) {
                (Boundary, _) if !evidence.boundary_planned => None,
                (Lasting, Level::Sde1) => None,
                (Lasting, Level::Senior) => Some((*check, Needed)),
                _ => Some((*check, *weight)),
            }
        })
        .collect()
}

/// Whether the speaker stands behind a "we", where deeds are told.
fn hidden(evidence: &Evidence, profile: &Profile) -> bool {
    let Ownership { i, we, .. } = evidence.ownership;
    let tells_deeds = matches!(
        evidence.part,
        Part::Whole | Part::Section(SectionKind::Action)
    );
    tells_deeds && profile.ownership == OwnershipStyle::Amazon && *we >= 2 && 2 * we > *i
}

impl Evidence<'_> {
    /// Whether a check holds.
    fn outcome(&self, check: Criterion, weight: Weight, profile: &Profile) -> Outcome {
        let arrived = |arrival: &Option<FirstMention>| arrival.as_ref().map(|a| a.quote.clone());
        let (holds, quotes) = match check {
            Boundary => of(self.boundary.clone()),
            Problem => of(arrived(&self.opening.problem)),
            Metric => of(self.impact.metric.clone()),
            Business => of(self.impact.business.clone()),
            Lasting => of(self.impact.second_order.clone()),
            OwnActs => {
                let said = self.own_acts();
                (said.len() >= OWN_ACTS && !hidden(self, profile), said)
            }
            Plan => {
                let heard = self.phrases.iter().filter(|phrase| phrase.heard).count();
                (PLAN * heard >= self.phrases.len(), Vec::new())
            }
            Reply => {
                let said = self.own_acts();
                let enough = self.words >= REPLY.0 && said.len() >= REPLY.1;
                (enough && self.on_topic, said)
            }
        };
        let missed = self.phrases.iter().filter(|phrase| !phrase.heard);
        Outcome {
            check,
            weight,
            holds,
            at: quotes.first().map(Quote::span),
            known: match check {
                Plan => missed.map(|phrase| phrase.phrase.clone()).collect(),
                _ => quotes.into_iter().map(|quote| quote.said).collect(),
            },
        }
    }

    /// What was done; in a reply, what would be done, too.
    fn own_acts(&self) -> Vec<Quote> {
        deeds(self.ownership, matches!(self.part, Part::FollowUp(_)))
    }

    fn planned(&self) -> Planned {
        match self.phrases.iter().filter(|p| p.heard).count() {
            heard if heard as f64 >= MOST_OF_PLAN * self.phrases.len() as f64 => Planned::Most,
            0 => Planned::None,
            _ => Planned::Some,
        }
    }
}

impl Place {
    fn of(part: Part) -> Self {
        match part {
            Part::Whole => Place::Whole,
            Part::FollowUp(_) => Place::FollowUp,
            Part::Section(SectionKind::Situation) => Place::Situation,
            Part::Section(SectionKind::Task) => Place::Task,
            Part::Section(SectionKind::Action) => Place::Action,
            Part::Section(SectionKind::Result) => Place::Result,
            Part::Section(SectionKind::Reflection) => Place::Reflection,
        }
    }
}

impl fmt::Display for Leaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Leaning::StrongHire => "strong hire",
            Leaning::LeanHire => "lean hire",
            Leaning::LeanNoHire => "lean no hire",
            Leaning::NoHire => "no hire",
            Leaning::NotEnoughHeard => "not enough heard",
        })
    }
}

impl Serialize for Leaning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Criterion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Boundary => "Boundary",
            Problem => "Problem",
            OwnActs => "Own acts",
            Metric => "Change in numbers",
            Business => "What it was worth",
            Lasting => "What lasted",
            Plan => "Planned phrases",
            Reply => "A reply of substance",
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Words(0) => write!(f, "No speech was heard."),
            Reason::Words(1) => write!(f, "Only one word was heard."),
            Reason::Words(words) => write!(f, "Only {words} words were heard."),
            Reason::Time(used, target) => write!(
                f,
                "Only {} of {} was used: too little to judge.",
                clock(*used),
                clock(*target)
            ),
            Reason::Flag(flag, quote) => {
                let reading = match flag {
                    RedFlag::Assigned => "the initiative was somebody else's",
                    RedFlag::Routed => "the work was handed on",
                    RedFlag::Vague => "nothing in it can be checked",
                    RedFlag::Motiveless => "there was no reason to act",
                };
                write!(f, "{}: {reading}.", quoted(&quote.said))
            }
            Reason::Missing(check, known, _) => match (check, known.as_slice()) {
                (Boundary, _) => write!(f, "Missing: whose job it was not."),
                (Problem, _) => write!(f, "Missing: what was going wrong."),
                (OwnActs, []) => write!(f, "Missing: what you did yourself."),
                (OwnActs, said) => {
                    write!(
                        f,
                        "Missing: more of what you did yourself; heard {}.",
                        list(said)
                    )
                }
                (Metric, _) => write!(f, "Missing: a change in numbers, from what to what."),
                (Business, _) => write!(f, "Missing: what it was worth."),
                (Lasting, _) => write!(f, "Missing: what lasted beyond the fix."),
                (Plan, missed) => write!(f, "Planned and not heard: {}.", list(missed)),
                (Reply, _) => write!(f, "Missing: what you did, and why."),
            },
            Reason::Shown(check, said, _) => match (check, said.as_slice()) {
                (Plan, []) => write!(f, "{check}: all heard."),
                (_, []) => write!(f, "{check}: said."),
                (Plan, missed) => write!(f, "{check}: kept to, but for {}.", list(missed)),
                (_, said) => write!(f, "{check}: {}.", list(said)),
            },
        }
    }
}

/// Words that were said, or not.
fn of(said: Option<Quote>) -> (bool, Vec<Quote>) {
    (said.is_some(), Vec::from_iter(said))
}

fn quoted(text: &str) -> String {
    format!("\u{201c}{text}\u{201d}")
}

/// The first few, quoted; a list of seven is not read.
fn list(texts: &[String]) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<String> = texts.iter().take(SHOWN).map(|text| quoted(text)).collect();
    match texts.len().checked_sub(SHOWN) {
        Some(more) if more > 0 => format!("{} and {more} more", shown.join(", ")),
        _ => shown.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks as letters: N needed, W wanted; capital holds, small does not.
    fn leans(checks: &str, flags: usize, planned: Planned) -> Leaning {
        let outcome = |c: char| Outcome {
            check: Plan,
            weight: match c.to_ascii_lowercase() {
                'n' => Needed,
                _ => Wanted,
            },
            holds: c.is_uppercase(),
            known: Vec::new(),
            at: None,
        };
        let outcomes: Vec<Outcome> = checks.chars().map(outcome).collect();
        lean(&outcomes, flags, planned)
    }

    #[test]
    fn the_readme_shows_the_checks_as_they_are() {
        let places = [
            Place::Situation,
            Place::Task,
            Place::Action,
            Place::Result,
            Place::Reflection,
            Place::FollowUp,
            Place::Whole,
        ];
        let readme = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));
        for (check, asked) in CHECKS {
            let cells = places.map(|place| match asked.iter().find(|(at, _)| *at == place) {
                Some((_, Needed)) => "needed",
                Some((_, Wanted)) => "wanted",
                None => "",
            });
            let row = format!("| {check} | {} |", cells.join(" | "));
            assert!(readme.contains(&row), "README lacks the row {row}");
        }
    }

    #[test]
    fn the_rules_are_those_of_the_table() {
        let all = Planned::Most;
        for (checks, flags, planned, expected) in [
            ("NWW", 0, all, Leaning::StrongHire),
            ("NWW", 0, Planned::Some, Leaning::LeanHire),
            ("NWw", 0, all, Leaning::LeanHire),
            ("Nww", 0, all, Leaning::LeanNoHire),
            ("nWW", 0, all, Leaning::LeanNoHire),
            ("nww", 0, Planned::None, Leaning::NoHire),
            ("n", 0, Planned::Some, Leaning::LeanNoHire),
            ("nnNWW", 0, all, Leaning::NoHire),
            ("NWW", 1, all, Leaning::LeanNoHire),
            ("nWW", 1, all, Leaning::NoHire),
            ("NWW", 2, all, Leaning::NoHire),
            ("WW", 0, all, Leaning::StrongHire),
            ("Ww", 0, all, Leaning::LeanHire),
            ("ww", 0, Planned::None, Leaning::NoHire),
        ] {
            let read = leans(checks, flags, planned);
            assert_eq!(read, expected, "{checks} with {flags} flags, {planned:?}");
        }
    }
}
