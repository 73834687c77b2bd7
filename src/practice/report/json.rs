//! The JSON report on one take or one written answer, as the command line prints it. `docs/json-contract.md`
//! describes it: fields may be added, and a field that exists keeps its meaning.

use serde::ser::Error;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::analysis::delivery::fillers::Filler;
use crate::analysis::delivery::pacing::Pacing;
use crate::analysis::delivery::pauses::Pause;
use crate::analysis::impact::checks::Impact;
use crate::analysis::ownership::pronouns::Ownership;
use crate::analysis::phrases::planned_phrases::PhraseResult;
use crate::analysis::red_flags::RedFlag;
use crate::analysis::time_to_point::TimeToPoint;
use crate::analysis::verdict::Verdict;
use crate::analysis::{Feedback, Finding, Intonation};
use crate::domain::story::{Level, Part, Story};
use crate::domain::take::{Take, Transcription, TranscriptionStats};
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::{Transcript, Word};

/// The version of the document format.
pub const SCHEMA: u32 = 1;

/// What a written answer has estimates of, or does not have at all.
const SPOKEN_KEYS: [&str; 7] = [
    "start",
    "end",
    "at",
    "after",
    "confidence",
    "used_s",
    "curve",
];

/// The report on one take or one written answer.
#[derive(Debug, Clone, Serialize)]
pub struct Report<'a> {
    schema: u32,
    file: &'a str,
    story: &'a str,
    section: Part,
    level: &'a str,
    /// `None` for a written answer, as everything that needs audio.
    audio: Option<AudioFacts>,
    speech: Option<Speech<'a>>,
    transcript: TranscriptReport<'a>,
    pacing: Timed<&'a Pacing>,
    pauses: Option<&'a [Pause]>,
    fillers: Timed<&'a [Filler]>,
    phrases: Timed<&'a [PhraseResult]>,
    ownership: Timed<&'a Ownership>,
    impact: Timed<&'a Impact>,
    opening: Timed<&'a TimeToPoint>,
    voice: Option<&'a Intonation>,
    red_flags: Timed<&'a [RedFlag]>,
    findings: Timed<&'a [Finding]>,
    verdict: &'a Verdict,
}

#[derive(Debug, Clone, Serialize)]
struct AudioFacts {
    seconds: Secs,
    sample_rate_hz: u32,
    channels: u16,
    clipped_samples: u64,
    speech_dbfs: Option<f64>,
    lost_samples: u64,
}

#[derive(Debug, Clone, Serialize)]
struct Speech<'a> {
    heard: bool,
    spans: &'a [Span],
}

#[derive(Debug, Clone, Serialize)]
struct TranscriptReport<'a> {
    text: String,
    words: Timed<&'a [Word]>,
    engine: Option<&'a TranscriptionStats>,
}

/// Something with times inside. Those of a written answer are estimates, which are not reported.
#[derive(Debug, Clone)]
struct Timed<T> {
    value: T,
    is_spoken: bool,
}

impl<'a> Report<'a> {
    /// The report on `take`, which belongs to `story` and whose audio is in `file`, with its transcription and
    /// feedback.
    pub fn new(
        file: &'a str,
        story: &'a Story,
        take: &'a Take,
        transcription: &'a Transcription,
        feedback: &'a Feedback,
    ) -> Self {
        Self {
            audio: Some(AudioFacts {
                seconds: take.audio.seconds,
                sample_rate_hz: take.audio.sample_rate_hz,
                channels: take.audio.channels,
                clipped_samples: take.audio.clipped_samples,
                speech_dbfs: transcription.voice.speech_dbfs,
                lost_samples: take.audio.lost_samples,
            }),
            speech: Some(Speech {
                heard: !transcription.transcript.words.is_empty(),
                spans: &transcription.voice.speech,
            }),
            pauses: Some(&feedback.pauses),
            voice: Some(&feedback.intonation),
            ..Self::of_words(
                file,
                story,
                (take.part, take.level),
                &transcription.transcript,
                Some(&transcription.engine),
                feedback,
            )
        }
    }

    /// The report on an answer to a part of `story` that is written in `file`.
    pub fn of_text(
        file: &'a str,
        story: &'a Story,
        asked: (Part, Level),
        transcript: &'a Transcript,
        feedback: &'a Feedback,
    ) -> Self {
        Self::of_words(file, story, asked, transcript, None, feedback)
    }

    /// What a report says about words. They were spoken if an engine transcribed them.
    fn of_words(
        file: &'a str,
        story: &'a Story,
        (section, level): (Part, Level),
        transcript: &'a Transcript,
        engine: Option<&'a TranscriptionStats>,
        feedback: &'a Feedback,
    ) -> Self {
        let is_spoken = engine.is_some();
        Self {
            schema: SCHEMA,
            file,
            story: &story.id,
            section,
            level: story.level_id(level),
            audio: None,
            speech: None,
            transcript: TranscriptReport {
                text: transcript.text(),
                words: Timed::new(&transcript.words, is_spoken),
                engine,
            },
            pacing: Timed::new(&feedback.pacing, is_spoken),
            pauses: None,
            fillers: Timed::new(&feedback.fillers, is_spoken),
            phrases: Timed::new(&feedback.phrases, is_spoken),
            ownership: Timed::new(&feedback.ownership, is_spoken),
            impact: Timed::new(&feedback.impact, is_spoken),
            opening: Timed::new(&feedback.time_to_point, is_spoken),
            voice: None,
            red_flags: Timed::new(&feedback.red_flags, is_spoken),
            findings: Timed::new(&feedback.findings, is_spoken),
            verdict: &feedback.verdict,
        }
    }
}

impl<T> Timed<T> {
    fn new(value: T, is_spoken: bool) -> Self {
        Self { value, is_spoken }
    }
}

impl<T: Serialize> Serialize for Timed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_spoken {
            return self.value.serialize(serializer);
        }
        let mut value = serde_json::to_value(&self.value).map_err(S::Error::custom)?;
        clear_times(&mut value);
        value.serialize(serializer)
    }
}

/// Sets every time to null, at any depth.
fn clear_times(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match SPOKEN_KEYS.contains(&key.as_str()) {
                    true => *value = Value::Null,
                    false => clear_times(value),
                }
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(clear_times),
        _ => {}
    }
}
