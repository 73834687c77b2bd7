//! Findings: what is worth telling the speaker about a take, as data. Their wording is here and nowhere
//! else. It is short and kind, and says what to do.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::domain::profile::Rating;
use crate::domain::time::{Secs, Span, clock};

/// One thing worth telling the speaker.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What was found. Its `Display` is the sentence for the speaker.
    pub noticed: FindingKind,
    /// How urgent it is.
    pub severity: Severity,
    /// The audio that shows it.
    pub span: Span,
    /// Whether it is one of the few findings to act on, see `ranking`.
    pub act_on: bool,
}

/// How urgent a finding is, least urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Well done.
    Good,
    /// Good to know.
    Note,
    /// Worth a change.
    Amber,
    /// An interviewer would notice.
    Red,
}

/// What a finding says.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)] // each variant's sentence is in `Display`
pub enum FindingKind {
    NoSpeech,
    TooQuiet { dbfs: f64 },
    Clipped { samples: u64 },
    Lost { seconds: Secs },
    OnTime { used: Secs, target: Secs },
    OverTime { used: Secs, target: Secs },
    UnderTime { used: Secs, target: Secs },
    GoodPace { words_per_minute: f64 },
    Rushed { words_per_minute: f64 },
    Raced { words_per_minute: f64 },
    Slow { words_per_minute: f64 },
    LongPause { seconds: Secs },
    BrokenClause { seconds: Secs },
    Flat { semitones: f64, usual: f64 },
    GoodPauses { count: usize, seconds: Secs },
    Fillers { count: usize, per_minute: f64 },
    PhraseMissed { phrase: String, proves: String },
    AllPhrases { count: usize },
    We { count: usize, i: usize },
    OwnActs { i: usize },
    Passive { count: usize, said: String },
    ImpactMissing { which: ImpactCheck },
    ImpactWhole,
    ProblemLate { after: Secs },
    ProblemNever,
    RedFlag { flag: RedFlag, said: String },
}

/// Why a phrase disqualifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RedFlag {
    /// The initiative came from somebody else.
    Assigned,
    /// The work was handed to somebody else.
    Routed,
    /// It says nothing that can be checked.
    Vague,
    /// It gives no reason to act.
    Motiveless,
}

/// One of the things that a Result has to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImpactCheck {
    /// A measured change.
    Metric,
    /// What the change was worth.
    Business,
    /// A lasting, second-order effect.
    SecondOrder,
}

impl Finding {
    /// A finding that is not marked to act on.
    pub fn new(noticed: FindingKind, severity: Severity, span: Span) -> Self {
        Self {
            noticed,
            severity,
            span,
            act_on: false,
        }
    }
}

impl Severity {
    /// The severity of a measurement with this rating.
    pub fn from_rating(rating: Rating) -> Self {
        match rating {
            Rating::Quiet => Severity::Good,
            Rating::Amber => Severity::Amber,
            Rating::Red => Severity::Red,
        }
    }
}

impl FindingKind {
    /// Its name in the JSON report.
    pub fn kind(&self) -> &'static str {
        match self {
            FindingKind::NoSpeech => "no_speech",
            FindingKind::TooQuiet { .. } => "too_quiet",
            FindingKind::Clipped { .. } => "clipped",
            FindingKind::Lost { .. } => "lost_audio",
            FindingKind::OnTime { .. } => "on_time",
            FindingKind::OverTime { .. } => "over_time",
            FindingKind::UnderTime { .. } => "under_time",
            FindingKind::GoodPace { .. } => "good_pace",
            FindingKind::Rushed { .. } => "rushed",
            FindingKind::Raced { .. } => "raced",
            FindingKind::Slow { .. } => "slow",
            FindingKind::LongPause { .. } => "long_pause",
            FindingKind::BrokenClause { .. } => "broken_clause",
            FindingKind::Flat { .. } => "flat",
            FindingKind::GoodPauses { .. } => "good_pauses",
            FindingKind::Fillers { .. } => "fillers",
            FindingKind::PhraseMissed { .. } => "phrase_missed",
            FindingKind::AllPhrases { .. } => "all_phrases",
            FindingKind::We { .. } => "we",
            FindingKind::OwnActs { .. } => "own_acts",
            FindingKind::Passive { .. } => "passive",
            FindingKind::ImpactMissing { which } => match which {
                ImpactCheck::Metric => "no_metric",
                ImpactCheck::Business => "no_business_impact",
                ImpactCheck::SecondOrder => "no_second_order",
            },
            FindingKind::ImpactWhole => "whole_impact",
            FindingKind::ProblemLate { .. } => "problem_late",
            FindingKind::ProblemNever => "no_problem",
            FindingKind::RedFlag { .. } => "red_flag",
        }
    }
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FindingKind::NoSpeech => write!(
                f,
                "No speech recognized. Check that the right microphone is selected and not muted."
            ),
            FindingKind::TooQuiet { dbfs } => write!(
                f,
                "Your voice is very quiet ({dbfs:.0} dBFS). Move closer to the microphone or turn its level up."
            ),
            FindingKind::Clipped { samples } => write!(
                f,
                "The microphone level is too high ({samples} samples clipped). Turn it down a little."
            ),
            FindingKind::Lost { seconds } => write!(
                f,
                "{seconds:.2} s of audio is missing, because the microphone dropped out or the computer was busy. Pauses there may not be yours."
            ),
            FindingKind::OnTime { used, target } => {
                write!(f, "{} of {}: right on time.", clock(*used), clock(*target))
            }
            FindingKind::OverTime { used, target } => write!(
                f,
                "{} of {}. Find one detail to leave out.",
                clock(*used),
                clock(*target)
            ),
            FindingKind::UnderTime { used, target } => write!(
                f,
                "{} of {}. There is room for one more concrete fact.",
                clock(*used),
                clock(*target)
            ),
            FindingKind::GoodPace { words_per_minute } => {
                write!(f, "{words_per_minute:.0} words/min: easy to follow.")
            }
            FindingKind::Rushed { words_per_minute } => write!(
                f,
                "{words_per_minute:.0} words/min is fast. Breathe after each sentence."
            ),
            FindingKind::Raced { words_per_minute } => write!(
                f,
                "{words_per_minute:.0} words/min here is very fast. Practice this stretch more slowly."
            ),
            FindingKind::Slow { words_per_minute } => write!(
                f,
                "{words_per_minute:.0} words/min is slow. Know your next sentence before you start it."
            ),
            FindingKind::LongPause { seconds } => write!(
                f,
                "A pause of {seconds:.1} s. Have the first words of the next sentence ready."
            ),
            FindingKind::Flat { semitones, usual } => write!(
                f,
                "Your pitch varied by {semitones:.1} semitones; usually it varies by {usual:.1}. Speak as if to one person, and stress the number you are proud of."
            ),
            FindingKind::BrokenClause { seconds } => write!(
                f,
                "A pause of {seconds:.1} s inside a sentence. Pause before the sentence instead."
            ),
            FindingKind::GoodPauses { count: 1, seconds } => write!(
                f,
                "A pause of {seconds:.1} s between sentences helps the listener follow."
            ),
            FindingKind::GoodPauses { count, seconds } => write!(
                f,
                "{count} pauses between sentences, {seconds:.1} s on average, help the listener follow."
            ),
            FindingKind::Fillers { count, per_minute } => write!(
                f,
                "{count} fillers ({per_minute:.0} per minute). A short pause does the same job."
            ),
            FindingKind::PhraseMissed { phrase, proves } => {
                let phrase = phrase.trim_end_matches('.');
                write!(f, "Not said: \u{201c}{phrase}\u{201d}. {proves}")
            }
            FindingKind::AllPhrases { count: 1 } => write!(f, "The planned phrase was said."),
            FindingKind::AllPhrases { count } => {
                write!(f, "All {count} planned phrases were said.")
            }
            FindingKind::We { count, i } => write!(
                f,
                "\u{201c}We\u{201d}, \u{201c}us\u{201d} or \u{201c}our\u{201d} {}, \u{201c}I\u{201d} {}. Say what you did yourself.",
                times(*count),
                times(*i)
            ),
            FindingKind::OwnActs { i } => write!(
                f,
                "\u{201c}I\u{201d} {i} times and no \u{201c}we\u{201d}: it is clear what you did."
            ),
            FindingKind::Passive { count: 1, said } => write!(
                f,
                "\u{201c}{said}\u{201d} leaves out who did it. If it was you, begin with \u{201c}I\u{201d}."
            ),
            FindingKind::Passive { count, said } => write!(
                f,
                "{count} passives leave out who did it, such as \u{201c}{said}\u{201d}. If it was you, begin with \u{201c}I\u{201d}."
            ),
            FindingKind::ImpactMissing { which } => f.write_str(match which {
                ImpactCheck::Metric => {
                    "No measured change. Give one figure before and after: from what, to what?"
                }
                ImpactCheck::Business => {
                    "No business impact. Say what it was worth in money, time or customers."
                }
                ImpactCheck::SecondOrder => {
                    "No lasting effect. Say who adopted it, or what has been done differently since."
                }
            }),
            FindingKind::ImpactWhole => write!(
                f,
                "The impact is complete: measured change, business impact and lasting effect."
            ),
            FindingKind::ProblemLate { after } => write!(
                f,
                "The problem came after {after:.0} s. Open with it; background can wait for a question."
            ),
            FindingKind::ProblemNever => write!(
                f,
                "No problem mentioned. Say in the first two sentences what was going wrong."
            ),
            FindingKind::RedFlag { flag, said } => {
                let why = match flag {
                    RedFlag::Assigned => {
                        "sounds as if you were told to act. Say that it was your decision."
                    }
                    RedFlag::Routed => {
                        "hands the work to somebody else. Say what you did yourself."
                    }
                    RedFlag::Vague => "cannot be checked. Name what changed, with a number.",
                    RedFlag::Motiveless => {
                        "gives no reason to act. Say who was affected and why you acted."
                    }
                };
                write!(f, "\u{201c}{said}\u{201d} {why}")
            }
        }
    }
}

fn times(count: usize) -> String {
    match count {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{count} times"),
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Finding", 6)?;
        out.serialize_field("kind", self.noticed.kind())?;
        out.serialize_field("severity", &self.severity)?;
        out.serialize_field("text", &self.noticed.to_string())?;
        out.serialize_field("start", &self.span.start)?;
        out.serialize_field("end", &self.span.end)?;
        out.serialize_field("act_on", &self.act_on)?;
        out.end()
    }
}
