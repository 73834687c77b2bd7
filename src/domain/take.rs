//! A take: one recording of one section or of the whole answer.
//!
//! Takes store facts. Feedback is recomputed from them each time, so a better rule improves all existing
//! takes.

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::start_time::StartTime;
use super::story::{Level, Part};
use super::time::{Secs, Span};
use super::transcript::Transcript;
use super::voice::Voice;

/// Longest plausible take: one day. Imported files are limited to two hours.
const MAX_TAKE_SECS: Secs = 86_400.0;
/// How far a time may lie after the end of the audio, to allow for rounding.
const END_TOLERANCE: Secs = 1.0;

/// Identifies a take and its files, for example `2026-11-23T18-04-09.120-situation`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TakeId(pub String);

impl TakeId {
    /// Length of the time at the start of the name.
    const TIME: usize = "2026-11-23T18-04-09.120".len();

    /// Creates the name of a take of `part` started at `time`, for example `2026-11-23T18-04-09.120`.
    pub fn new(time: &str, part: Part) -> Self {
        // Some systems do not allow colons in file names.
        Self(format!("{time}-{part}").replace(':', ""))
    }

    /// Local start time where the take was recorded, for example `2026-11-23 18:04`; `None` if the name was
    /// given by hand. It orders nothing: clocks are set back, and people travel.
    pub fn started_at(&self) -> Option<String> {
        let (date, time) = self.time()?.split_once('T')?;
        let digits_as_zero = |text: &str| -> String {
            let digit = |c: char| if c.is_ascii_digit() { '0' } else { c };
            text.chars().map(digit).collect()
        };
        let is_time =
            digits_as_zero(date) == "0000-00-00" && digits_as_zero(time) == "00-00-00.000";
        is_time.then(|| format!("{date} {}", time[..5].replace('-', ":")))
    }

    /// As [`TakeId::started_at`], to the millisecond; `None` also if there is no such date or time.
    pub fn local_start(&self) -> Option<DateTime> {
        self.started_at()?;
        DateTime::strptime("%Y-%m-%dT%H-%M-%S%.f", self.time()?).ok()
    }

    /// The section or follow-up given in the name.
    pub fn part(&self) -> Option<Part> {
        self.started_at()?;
        let part = self.0.get(Self::TIME..)?.strip_prefix('-')?;
        let follow_up = part.strip_prefix("followup");
        follow_up
            .map_or(part.to_owned(), |number| format!("followup:{number}"))
            .parse()
            .ok()
    }

    /// Whether the name is safe to use as a file name: no separators, control characters or leading dot.
    pub fn is_file_name(&self) -> bool {
        let is_unsafe = |c: char| c.is_control() || matches!(c, '/' | '\\' | ':');
        !self.0.is_empty() && !self.0.starts_with('.') && !self.0.contains(is_unsafe)
    }

    fn time(&self) -> Option<&str> {
        self.0.get(..Self::TIME)
    }
}

/// The stored facts of a take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Take {
    /// Unique name.
    pub id: TakeId,
    /// Id of its story.
    pub story: String,
    /// The part of the story it answers.
    pub part: Part,
    /// The level it is judged at.
    pub level: Level,
    /// When it started; `None` if that is unknown.
    #[serde(skip)]
    pub started: Option<StartTime>,
    /// Properties of the recorded audio.
    pub audio: Audio,
    /// Transcription; `None` until the take has been transcribed.
    #[serde(rename = "heard")]
    pub transcription: Option<Transcription>,
}

/// Properties of the recorded audio.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Audio {
    /// Length.
    pub seconds: Secs,
    /// Sample rate of the source, before resampling.
    pub sample_rate_hz: u32,
    /// Channels of the source, before downmixing.
    pub channels: u16,
    /// Source frames at full scale.
    pub clipped_samples: u64,
    /// Source frames lost because the computer was too slow.
    pub lost_samples: u64,
}

/// The result of transcribing a take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transcription {
    /// Voice measurements.
    pub voice: Voice,
    /// Recognized words.
    pub transcript: Transcript,
    /// The model used and the time it took.
    pub engine: TranscriptionStats,
}

/// Model and cost of a transcription.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TranscriptionStats {
    /// Name of the model.
    pub model: String,
    /// Number of recognizer threads.
    pub threads: u32,
    /// CPU time; `None` if the system does not report it.
    pub cpu_seconds: Option<Secs>,
    /// Elapsed time.
    pub wall_seconds: Secs,
}

/// Why a transcription has no words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoWords {
    /// The recording has no speech.
    NothingSaid,
    /// The recording has something like speech, but no words could be recognized reliably.
    Unclear,
}

impl Transcription {
    /// Why it has no words; `None` if it has some.
    pub fn no_words(&self) -> Option<NoWords> {
        NoWords::new(&self.voice, &self.transcript)
    }
}

impl NoWords {
    /// Why a transcript has no words; `None` if it has some.
    pub fn new(voice: &Voice, transcript: &Transcript) -> Option<Self> {
        let why = match voice.speech.is_empty() {
            true => NoWords::NothingSaid,
            false => NoWords::Unclear,
        };
        transcript.words.is_empty().then_some(why)
    }
}

/// The sentence for the speaker, who may have spoken into a muted microphone.
impl fmt::Display for NoWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NoWords::NothingSaid => "Nothing was said: the recording has no speech.",
            NoWords::Unclear => "Something was heard, but it was too unclear to write down.",
        })
    }
}

impl Take {
    /// When it started, for a viewer in this time zone; its name if that is unknown.
    pub fn began(&self, viewer: &TimeZone) -> String {
        describe_start(self.started.as_ref(), &self.id, viewer)
    }

    /// Describes an impossible value; `None` if the take is consistent. The analysis iterates over the
    /// length of a take, so an absurd length would keep it busy for days.
    pub fn problem(&self) -> Option<&'static str> {
        let end = self.audio.seconds;
        if !(0.0..=MAX_TAKE_SECS).contains(&end) {
            return Some("the audio length is negative or longer than a day");
        }
        let transcription = self.transcription.as_ref()?;
        let inside = |span: Span| {
            0.0 <= span.start && span.start <= span.end && span.end <= end + END_TOLERANCE
        };
        let words = &transcription.transcript.words;
        if !words.iter().all(|w| {
            inside(Span {
                start: w.start,
                end: w.end,
            })
        }) {
            return Some("some words lie outside the audio");
        }
        let voice = &transcription.voice;
        let candidates = voice.filled_pause_candidates.iter().map(|s| Span {
            start: s.start,
            end: s.end,
        });
        let speech = voice.speech.iter().copied();
        if !speech.chain(candidates).all(inside) {
            return Some("some speech lies outside the audio");
        }
        None
    }
}

/// When a take started, for a viewer in this time zone; the time in its name, or the name itself, if that
/// is all that is known.
pub fn describe_start(started: Option<&StartTime>, id: &TakeId, viewer: &TimeZone) -> String {
    let known = started.map(|started| started.describe(viewer));
    known
        .or_else(|| id.started_at())
        .unwrap_or_else(|| id.to_string())
}

impl fmt::Display for TakeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::builders::{TakeBuilder, word};

    #[test]
    fn impossible_take_has_a_problem() {
        let take = |seconds, [word_start, word_end]: [f64; 2], [start, end]: [f64; 2]| {
            let mut take = TakeBuilder::new("mine")
                .words(vec![word("so", word_start, word_end)])
                .speech(vec![Span { start, end }])
                .build();
            take.audio.seconds = seconds;
            take
        };
        let good = [1.0, 2.0];
        assert_eq!(take(3.0, good, good).problem(), None);
        for (seconds, word, speech, part) in [
            (1e15, good, good, "a day"),
            (-1.0, good, good, "a day"),
            (f64::NAN, good, good, "a day"),
            (3.0, [1.0, 1e15], good, "words"),
            (3.0, [2.0, 1.0], good, "words"),
            (3.0, good, [-1.0, 1.0], "speech"),
        ] {
            let problem = take(seconds, word, speech).problem();
            assert!(problem.is_some_and(|p| p.contains(part)), "{problem:?}");
        }
    }

    #[test]
    fn name_contains_start_time_and_part() {
        for part in ["situation", "all", "followup:2"] {
            let part: Part = part.parse().expect("a part");
            let id = TakeId::new("2026-11-23T18-04-09.120", part);
            assert!(id.is_file_name(), "{id}");
            assert_eq!(id.started_at().as_deref(), Some("2026-11-23 18:04"));
            assert_eq!(id.part(), Some(part));
        }
        for name in [
            "mine",
            "",
            "2026-11-23T18-04-09.12",
            "ééééééééééééééé-task",
            "2026-11-23T18-04-09.120-nonsense",
        ] {
            assert_eq!(TakeId(name.to_owned()).part(), None, "{name}");
        }
        for name in ["", ".", "..", "../up", "a/b", "c:\\d", ".hidden", "a\nb"] {
            assert!(!TakeId(name.to_owned()).is_file_name(), "{name}");
        }
    }
}
