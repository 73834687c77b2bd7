//! The JSON report on one take, as the command line prints it. `docs/json-contract.md` describes it: fields may
//! be added, and a field that exists keeps its meaning.

use serde::Serialize;

use crate::analysis::delivery::fillers::Filler;
use crate::analysis::delivery::pacing::Pacing;
use crate::analysis::delivery::pauses::Pause;
use crate::analysis::impact::checks::Impact;
use crate::analysis::ownership::pronouns::Ownership;
use crate::analysis::phrases::planned_phrases::PhraseResult;
use crate::analysis::time_to_point::TimeToPoint;
use crate::analysis::verdict::Verdict;
use crate::analysis::{Feedback, Finding, Intonation};
use crate::domain::story::{Level, Part};
use crate::domain::take::{Take, Transcription, TranscriptionStats};
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::Word;

/// The version of the document format.
pub const SCHEMA: u32 = 1;

/// The report on one take.
#[derive(Debug, Clone, Serialize)]
pub struct Report<'a> {
    schema: u32,
    file: &'a str,
    story: &'a str,
    section: Part,
    level: Level,
    audio: AudioFacts,
    speech: Speech<'a>,
    transcript: TranscriptReport<'a>,
    pacing: &'a Pacing,
    pauses: &'a [Pause],
    fillers: &'a [Filler],
    phrases: &'a [PhraseResult],
    ownership: &'a Ownership,
    impact: &'a Impact,
    opening: &'a TimeToPoint,
    voice: &'a Intonation,
    findings: &'a [Finding],
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
    words: &'a [Word],
    engine: &'a TranscriptionStats,
}

impl<'a> Report<'a> {
    /// The report on `take`, whose audio is in `file`, with its transcription and feedback.
    pub fn new(
        file: &'a str,
        take: &'a Take,
        transcription: &'a Transcription,
        feedback: &'a Feedback,
    ) -> Self {
        Self {
            schema: SCHEMA,
            file,
            story: &take.story,
            section: take.part,
            level: take.level,
            audio: AudioFacts {
                seconds: take.audio.seconds,
                sample_rate_hz: take.audio.sample_rate_hz,
                channels: take.audio.channels,
                clipped_samples: take.audio.clipped_samples,
                speech_dbfs: transcription.voice.speech_dbfs,
                lost_samples: take.audio.lost_samples,
            },
            speech: Speech {
                heard: !transcription.transcript.words.is_empty(),
                spans: &transcription.voice.speech,
            },
            transcript: TranscriptReport {
                text: transcription.transcript.text(),
                words: &transcription.transcript.words,
                engine: &transcription.engine,
            },
            pacing: &feedback.pacing,
            pauses: &feedback.pauses,
            fillers: &feedback.fillers,
            phrases: &feedback.phrases,
            ownership: &feedback.ownership,
            impact: &feedback.impact,
            opening: &feedback.time_to_point,
            voice: &feedback.intonation,
            findings: &feedback.findings,
            verdict: &feedback.verdict,
        }
    }
}
