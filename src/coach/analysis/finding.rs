//! What there is to say about a take, as data; the wording of all of it stands here and nowhere
//! else. Text is short and kind, and says what to do.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::flags::Flag;
use super::impact::Check;
use crate::coach::profile::{Band, Profile};
use crate::coach::take::Audio;
use crate::coach::time::{Secs, Span, clock};
use crate::coach::transcript::Transcript;
use crate::coach::voice::Voice;

/// One thing worth saying, with the audio it speaks of.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What was noticed. Its `Display` is the sentence for the speaker.
    pub noticed: Noticed,
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
pub enum Noticed {
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
    ImpactMissing { which: Check },
    ImpactWhole,
    ProblemLate { after: Secs },
    ProblemNever,
    RedFlag { flag: Flag, said: String },
}

impl Finding {
    /// A finding.
    pub fn new(noticed: Noticed, severity: Severity, span: Span) -> Self {
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
    pub fn of(band: Band) -> Self {
        match band {
            Band::Quiet => Severity::Good,
            Band::Amber => Severity::Amber,
            Band::Red => Severity::Red,
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
        findings.push(Finding::new(Noticed::NoSpeech, Severity::Red, whole));
    }
    if let Some(dbfs) = voice
        .speech_dbfs
        .filter(|db| *db < profile.quiet_speech_dbfs)
    {
        findings.push(Finding::new(
            Noticed::TooQuiet { dbfs },
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
        findings.push(Finding::new(Noticed::Clipped { samples }, severity, whole));
    }
    if audio.lost_samples > 0 {
        let seconds = audio.lost_samples as f64 / f64::from(audio.sample_rate_hz.max(1));
        findings.push(Finding::new(
            Noticed::Lost { seconds },
            Severity::Amber,
            whole,
        ));
    }
    findings
}

impl Noticed {
    /// Its name in reports.
    pub fn kind(&self) -> &'static str {
        match self {
            Noticed::NoSpeech => "no_speech",
            Noticed::TooQuiet { .. } => "too_quiet",
            Noticed::Clipped { .. } => "clipped",
            Noticed::Lost { .. } => "lost_audio",
            Noticed::OnTime { .. } => "on_time",
            Noticed::OverTime { .. } => "over_time",
            Noticed::UnderTime { .. } => "under_time",
            Noticed::GoodPace { .. } => "good_pace",
            Noticed::Rushed { .. } => "rushed",
            Noticed::Raced { .. } => "raced",
            Noticed::Slow { .. } => "slow",
            Noticed::LongPause { .. } => "long_pause",
            Noticed::BrokenClause { .. } => "broken_clause",
            Noticed::Flat { .. } => "flat",
            Noticed::GoodPauses { .. } => "good_pauses",
            Noticed::Fillers { .. } => "fillers",
            Noticed::PhraseMissed { .. } => "phrase_missed",
            Noticed::AllPhrases { .. } => "all_phrases",
            Noticed::We { .. } => "we",
            Noticed::OwnActs { .. } => "own_acts",
            Noticed::Passive { .. } => "passive",
            Noticed::ImpactMissing { which } => match which {
                Check::Metric => "no_metric",
                Check::Business => "no_business_impact",
                Check::SecondOrder => "no_second_order",
            },
            Noticed::ImpactWhole => "whole_impact",
            Noticed::ProblemLate { .. } => "problem_late",
            Noticed::ProblemNever => "no_problem",
            Noticed::RedFlag { .. } => "red_flag",
        }
    }
}

impl fmt::Display for Noticed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Noticed::NoSpeech => write!(
                f,
                "No speech heard. Check that the right microphone is chosen and not muted."
            ),
            Noticed::TooQuiet { dbfs } => write!(
                f,
                "Your voice is very quiet ({dbfs:.0} dBFS). Move closer or turn the microphone up."
            ),
            Noticed::Clipped { samples } => write!(
                f,
                "The microphone was overdriven ({samples} samples clipped). Turn its level down a little."
            ),
            Noticed::Lost { seconds } => write!(
                f,
                "{seconds:.2} s of sound never arrived from the microphone: a loose plug or a busy machine. Pauses there may not be yours."
            ),
            Noticed::OnTime { used, target } => {
                write!(f, "{} of {}: right on time.", clock(*used), clock(*target))
            }
            Noticed::OverTime { used, target } => write!(
                f,
                "{} of {}. Find one detail to leave out.",
                clock(*used),
                clock(*target)
            ),
            Noticed::UnderTime { used, target } => write!(
                f,
                "{} of {}. There is room for one more concrete fact.",
                clock(*used),
                clock(*target)
            ),
            Noticed::GoodPace { words_per_minute } => {
                write!(f, "{words_per_minute:.0} words a minute: easy to follow.")
            }
            Noticed::Rushed { words_per_minute } => write!(
                f,
                "{words_per_minute:.0} words a minute is fast. Breathe after each sentence."
            ),
            Noticed::Raced { words_per_minute } => write!(
                f,
                "Here you raced: {words_per_minute:.0} words a minute. Take this stretch again, slower."
            ),
            Noticed::Slow { words_per_minute } => write!(
                f,
                "{words_per_minute:.0} words a minute is slow. Say the next sentence to yourself before you start."
            ),
            Noticed::LongPause { seconds } => write!(
                f,
                "A silence of {seconds:.1} s. Have the next sentence's first words ready."
            ),
            Noticed::Flat { semitones, usual } => write!(
                f,
                "Your pitch moved by {semitones:.1} semitones, usually by {usual:.1}. Tell it to one person, and let the number you are proud of stand out."
            ),
            Noticed::BrokenClause { seconds } => write!(
                f,
                "A pause of {seconds:.1} s inside a sentence. Pause before it instead."
            ),
            Noticed::GoodPauses { count: 1, seconds } => {
                write!(f, "A pause of {seconds:.1} s between sentences: it helps.")
            }
            Noticed::GoodPauses { count, seconds } => write!(
                f,
                "{count} pauses between sentences, {seconds:.1} s on average: they help."
            ),
            Noticed::Fillers { count, per_minute } => write!(
                f,
                "{count} fillers, {per_minute:.0} a minute. A short silence does the same job."
            ),
            Noticed::PhraseMissed { phrase, proves } => {
                let phrase = phrase.trim_end_matches('.');
                write!(f, "Not heard: \u{201c}{phrase}\u{201d}. {proves}")
            }
            Noticed::AllPhrases { count: 1 } => write!(f, "The planned phrase was said."),
            Noticed::AllPhrases { count } => write!(f, "All {count} planned phrases were said."),
            Noticed::We { count, i } => write!(
                f,
                "\u{201c}We\u{201d}, \u{201c}us\u{201d} or \u{201c}our\u{201d} {}, \u{201c}I\u{201d} {}. Say what you did yourself.",
                times(*count),
                times(*i)
            ),
            Noticed::OwnActs { i } => write!(
                f,
                "\u{201c}I\u{201d} {i} times and no \u{201c}we\u{201d}: it is clear what you did."
            ),
            Noticed::Passive { count: 1, said } => write!(
                f,
                "\u{201c}{said}\u{201d} leaves out who did it. If it was you, begin with \u{201c}I\u{201d}."
            ),
            Noticed::Passive { count, said } => write!(
                f,
                "Who did it is left out {count} times, as in \u{201c}{said}\u{201d}. Where it was you, begin with \u{201c}I\u{201d}."
            ),
            Noticed::ImpactMissing { which } => f.write_str(match which {
                Check::Metric => {
                    "No change in numbers. Name one figure before and after: from what, to what?"
                }
                Check::Business => {
                    "Not said what it was worth. Put it in money, time or customers."
                }
                Check::SecondOrder => {
                    "Nothing on what lasted. Say who took it over, or what is done differently since."
                }
            }),
            Noticed::ImpactWhole => write!(
                f,
                "The change in numbers, what it was worth and what lasted: the impact is complete."
            ),
            Noticed::ProblemLate { after } => write!(
                f,
                "The problem came after {after:.0} s. Open with it; background can wait for a question."
            ),
            Noticed::ProblemNever => write!(
                f,
                "No problem heard. Say in the first two sentences what was going wrong."
            ),
            Noticed::RedFlag { flag, said } => {
                let why = match flag {
                    Flag::Assigned => "sounds assigned. Say that you chose to act.",
                    Flag::Routed => "hands the work on. Say what you did yourself.",
                    Flag::Vague => "cannot be checked. Name what changed, with a number.",
                    Flag::Motiveless => "is no reason. Say who was being hurt and why you acted.",
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
