//! What there is to say about a take, as data; the wording of all of it stands here and nowhere
//! else. Text is short and kind, and says what to do.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::impact::impact_checks::ImpactCheck;
use super::red_flags::RedFlag;
use crate::domain::profile::{Profile, Rating};
use crate::domain::take::Audio;
use crate::domain::time::{Secs, Span, clock};
use crate::domain::transcript::Transcript;
use crate::domain::voice::Voice;

/// One thing worth saying, with the audio it speaks of.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What was noticed. Its `Display` is the sentence for the speaker.
    pub noticed: FindingKind,
    /// How urgent it is.
    pub severity: Severity,
    /// The audio that shows it.
    pub span: Span,
    /// Whether it is one of the few to act on (see `ranking`).
    pub act_on: bool,
}

/// How urgent a finding is, least first.
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

/// What can be noticed.
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

impl Finding {
    /// A finding.
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
    /// Of a reading that is in or out of its band.
    pub fn of(band: Rating) -> Self {
        match band {
            Rating::Ok => Severity::Good,
            Rating::Amber => Severity::Amber,
            Rating::Red => Severity::Red,
        }
    }
}

/// What is worth saying about the audio itself.
pub fn of_audio(
    audio: &Audio,
    voice: &Voice,
    transcript: &Transcript,
    profile: &Profile,
) -> Vec<Finding> {
    let whole = Span::new(0.0, audio.seconds);
    let mut findings = Vec::new();
    if transcript.words.is_empty() {
        findings.push(Finding::new(FindingKind::NoSpeech, Severity::Red, whole));
    }
    if let Some(dbfs) = voice
        .speech_dbfs
        .filter(|db| *db < profile.quiet_speech_dbfs)
    {
        findings.push(Finding::new(
            FindingKind::TooQuiet { dbfs },
            Severity::Amber,
            whole,
        ));
    }
    if audio.clipped_samples > 0 {
        // A thousandth of the take is heard as distortion; less is a plosive or two.
        let frames = audio.seconds * f64::from(audio.sample_rate_hz);
        let severity = match audio.clipped_samples as f64 > frames / 1000.0 {
            true => Severity::Amber,
            false => Severity::Note,
        };
        let samples = audio.clipped_samples;
        findings.push(Finding::new(
            FindingKind::Clipped { samples },
            severity,
            whole,
        ));
    }
    if audio.lost_samples > 0 {
        let seconds = audio.lost_samples as f64 / f64::from(audio.sample_rate_hz.max(1));
        findings.push(Finding::new(
            FindingKind::Lost { seconds },
            Severity::Amber,
            whole,
        ));
    }
    findings
}

impl FindingKind {
    /// Its name in reports.
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
                "No speech heard. Check that the right microphone is chosen and not muted."
            ),
            FindingKind::TooQuiet { dbfs } => write!(
                f,
                "Your voice is very quiet ({dbfs:.0} dBFS). Move closer or turn the microphone up."
            ),
            FindingKind::Clipped { samples } => write!(
                f,
                "The microphone was overdriven ({samples} samples clipped). Turn its level down a little."
            ),
            FindingKind::Lost { seconds } => write!(
                f,
                "{seconds:.2} s of sound never arrived from the microphone: a loose plug or a busy machine. Pauses there may not be yours."
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
                write!(f, "{words_per_minute:.0} words a minute: easy to follow.")
            }
            FindingKind::Rushed { words_per_minute } => write!(
                f,
                "{words_per_minute:.0} words a minute is fast. Breathe after each sentence."
            ),
            FindingKind::Raced { words_per_minute } => write!(
                f,
                "Here you raced: {words_per_minute:.0} words a minute. Take this stretch again, slower."
            ),
            FindingKind::Slow { words_per_minute } => write!(
                f,
                "{words_per_minute:.0} words a minute is slow. Say the next sentence to yourself before you start."
            ),
            FindingKind::LongPause { seconds } => write!(
                f,
                "A silence of {seconds:.1} s. Have the next sentence's first words ready."
            ),
            FindingKind::Flat { semitones, usual } => write!(
                f,
                "Your pitch moved by {semitones:.1} semitones, usually by {usual:.1}. Tell it to one person, and let the number you are proud of stand out."
            ),
            FindingKind::BrokenClause { seconds } => write!(
                f,
                "A pause of {seconds:.1} s inside a sentence. Pause before it instead."
            ),
            FindingKind::GoodPauses { count: 1, seconds } => {
                write!(f, "A pause of {seconds:.1} s between sentences: it helps.")
            }
            FindingKind::GoodPauses { count, seconds } => write!(
                f,
                "{count} pauses between sentences, {seconds:.1} s on average: they help."
            ),
            FindingKind::Fillers { count, per_minute } => write!(
                f,
                "{count} fillers, {per_minute:.0} a minute. A short silence does the same job."
            ),
            FindingKind::PhraseMissed { phrase, proves } => {
                let phrase = phrase.trim_end_matches('.');
                write!(f, "Not heard: \u{201c}{phrase}\u{201d}. {proves}")
            }
            FindingKind::AllPhrases { count: 1 } => write!(f, "The planned phrase was said."),
            FindingKind::AllPhrases { count } => write!(f, "All {count} planned phrases were said."),
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
                "Who did it is left out {count} times, as in \u{201c}{said}\u{201d}. Where it was you, begin with \u{201c}I\u{201d}."
            ),
            FindingKind::ImpactMissing { which } => f.write_str(match which {
                ImpactCheck::Metric => {
                    "No change in numbers. Name one figure before and after: from what, to what?"
                }
                ImpactCheck::Business => {
                    "Not said what it was worth. Put it in money, time or customers."
                }
                ImpactCheck::SecondOrder => {
                    "Nothing on what lasted. Say who took it over, or what is done differently since."
                }
            }),
            FindingKind::ImpactWhole => write!(
                f,
                "The change in numbers, what it was worth and what lasted: the impact is complete."
            ),
            FindingKind::ProblemLate { after } => write!(
                f,
                "The problem came after {after:.0} s. Open with it; background can wait for a question."
            ),
            FindingKind::ProblemNever => write!(
                f,
                "No problem heard. Say in the first two sentences what was going wrong."
            ),
            FindingKind::RedFlag { flag, said } => {
                let why = match flag {
                    RedFlag::Assigned => "sounds assigned. Say that you chose to act.",
                    RedFlag::Routed => "hands the work on. Say what you did yourself.",
                    RedFlag::Vague => "cannot be checked. Name what changed, with a number.",
                    RedFlag::Motiveless => "is no reason. Say who was being hurt and why you acted.",
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
