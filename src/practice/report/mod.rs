//! The report: one JSON document about one take, as the command line prints it. Its keys are a
//! contract: fields may be added, one that is there keeps its meaning. The same for people is a
//! `Sheet`, in Markdown or HTML; the words alone are subtitles.

mod html;
mod markdown;
mod subtitles;
mod view;

use serde::Serialize;

pub use html::html;
pub use markdown::markdown;
pub use subtitles::subtitles;
pub use view::ReportView;

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

/// The version of the document.
pub const SCHEMA: u32 = 1;

/// Everything there is to say about one take.
#[derive(Debug, Clone, Serialize)]
pub struct Report<'a> {
    schema: u32,
    file: &'a str,
    story: &'a str,
    section: Part,
    level: Level,
    audio: AudioReading,
    speech: Speech<'a>,
    transcript: Words<'a>,
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
struct AudioReading {
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
struct Words<'a> {
    text: String,
    words: &'a [Word],
    engine: &'a TranscriptionStats,
}

impl<'a> Report<'a> {
    /// The report on `take`, which was read from `file`; `heard` and `feedback` are of this take.
    pub fn new(
        file: &'a str,
        take: &'a Take,
        heard: &'a Transcription,
        feedback: &'a Feedback,
    ) -> Self {
        Self {
            schema: SCHEMA,
            file,
            story: &take.story,
            section: take.part,
            level: take.level,
            audio: AudioReading {
                seconds: take.audio.seconds,
                sample_rate_hz: take.audio.sample_rate_hz,
                channels: take.audio.channels,
                clipped_samples: take.audio.clipped_samples,
                speech_dbfs: heard.voice.speech_dbfs,
                lost_samples: take.audio.lost_samples,
            },
            speech: Speech {
                heard: !heard.transcript.words.is_empty(),
                spans: &heard.voice.speech,
            },
            transcript: Words {
                text: heard.transcript.text(),
                words: &heard.transcript.words,
                engine: &heard.engine,
            },
            pacing: &feedback.pacing,
            pauses: &feedback.pauses,
            fillers: &feedback.fillers,
            phrases: &feedback.phrases,
            ownership: &feedback.ownership,
            impact: &feedback.impact,
            opening: &feedback.opening,
            voice: &feedback.voice,
            findings: &feedback.findings,
            verdict: &feedback.verdict,
        }
    }
}
