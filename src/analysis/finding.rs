//! Findings: what is worth telling the speaker about a take, as data. `finding_text` holds their wording.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::domain::profile::Rating;
use crate::domain::take::NoWords;
use crate::domain::time::{Secs, Span};

/// One thing worth telling the speaker.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What was found. Its `Display` is the sentence for the speaker.
    pub kind: FindingKind,
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
#[allow(missing_docs)] // each variant's sentence is in `finding_text`
pub enum FindingKind {
    NoWords(NoWords),
    TooQuiet { dbfs: f64 },
    Clipped { samples: u64 },
    LostAudio { seconds: Secs },
    OnTime(TimeUsed),
    OverTime(TimeUsed),
    UnderTime(TimeUsed),
    GoodPace { words_per_minute: f64 },
    Rushed { words_per_minute: f64 },
    FastStretch { words_per_minute: f64 },
    Slow { words_per_minute: f64 },
    LongPause { seconds: Secs },
    PauseInClause { seconds: Secs },
    FlatIntonation { semitones: f64, usual: f64 },
    GoodPauses { count: usize, seconds: Secs },
    Fillers { count: usize, per_minute: f64 },
    PhraseMissed { phrase: String, proves: String },
    AllPhrases { count: usize },
    We { said: Vec<String>, own_acts: usize },
    OwnActions { i: usize },
    Passive { count: usize, said: String },
    ImpactMissing { which: ImpactCheck },
    ImpactComplete,
    LateProblem { after: Secs },
    NoProblem,
    RedFlag { flag: RedFlagKind, said: String },
}

/// The time that an answer took, and the target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeUsed {
    /// Time used.
    pub used: Secs,
    /// Target time.
    pub target: Secs,
    /// The answer was written, and would take this time.
    pub is_estimate: bool,
}

/// Why a phrase disqualifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RedFlagKind {
    /// The initiative came from somebody else.
    Assigned,
    /// The work was handed to somebody else.
    Routed,
    /// It says nothing that can be checked.
    Vague,
    /// It gives no reason to act.
    Motiveless,
    /// It speaks ill of others.
    Blame,
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
            kind: noticed,
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
            Rating::Ok => Severity::Good,
            Rating::Amber => Severity::Amber,
            Rating::Red => Severity::Red,
        }
    }
}

impl FindingKind {
    /// Its name in the JSON report.
    pub fn name(&self) -> &'static str {
        match self {
            FindingKind::NoWords(NoWords::NothingSaid) => "no_speech",
            FindingKind::NoWords(NoWords::Unclear) => "unclear_speech",
            FindingKind::TooQuiet { .. } => "too_quiet",
            FindingKind::Clipped { .. } => "clipped",
            FindingKind::LostAudio { .. } => "lost_audio",
            FindingKind::OnTime(_) => "on_time",
            FindingKind::OverTime(_) => "over_time",
            FindingKind::UnderTime(_) => "under_time",
            FindingKind::GoodPace { .. } => "good_pace",
            FindingKind::Rushed { .. } => "rushed",
            FindingKind::FastStretch { .. } => "raced",
            FindingKind::Slow { .. } => "slow",
            FindingKind::LongPause { .. } => "long_pause",
            FindingKind::PauseInClause { .. } => "broken_clause",
            FindingKind::FlatIntonation { .. } => "flat",
            FindingKind::GoodPauses { .. } => "good_pauses",
            FindingKind::Fillers { .. } => "fillers",
            FindingKind::PhraseMissed { .. } => "phrase_missed",
            FindingKind::AllPhrases { .. } => "all_phrases",
            FindingKind::We { .. } => "we",
            FindingKind::OwnActions { .. } => "own_acts",
            FindingKind::Passive { .. } => "passive",
            FindingKind::ImpactMissing { which } => match which {
                ImpactCheck::Metric => "no_metric",
                ImpactCheck::Business => "no_business_impact",
                ImpactCheck::SecondOrder => "no_second_order",
            },
            FindingKind::ImpactComplete => "whole_impact",
            FindingKind::LateProblem { .. } => "problem_late",
            FindingKind::NoProblem => "no_problem",
            FindingKind::RedFlag { .. } => "red_flag",
        }
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Finding", 6)?;
        out.serialize_field("kind", self.kind.name())?;
        out.serialize_field("severity", &self.severity)?;
        out.serialize_field("text", &self.kind.to_string())?;
        out.serialize_field("start", &self.span.start)?;
        out.serialize_field("end", &self.span.end)?;
        out.serialize_field("act_on", &self.act_on)?;
        out.end()
    }
}
