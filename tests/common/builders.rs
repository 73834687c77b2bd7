//! Builders of words, takes and stories for tests. The unit tests in `src` use the same file, as
//! `crate::domain::builders`.
#![allow(dead_code, reason = "each test program uses a part of it")]

use starling::domain::story::{Level, Part, SectionKind, Story};
use starling::domain::story_file;
use starling::domain::take::{Audio, Take, TakeId, Transcription, TranscriptionStats};
use starling::domain::time::{Secs, Span};
use starling::domain::transcript::{Transcript, Word};
use starling::domain::voice::Voice;

/// Time from word to word in [`words`].
pub const WORD_STEP: Secs = 0.4;
/// Length of a word in [`words`].
pub const WORD_SECS: Secs = 0.3;

/// The shipped story `webhook-drop`.
pub fn webhook_story() -> Story {
    parse_story(include_str!("../../content/webhook-drop.toml"))
}

/// The shipped story `wrong-call`.
pub fn wrong_call_story() -> Story {
    parse_story(include_str!("../../content/wrong-call.toml"))
}

fn parse_story(source: &str) -> Story {
    story_file::parse(source).expect("a valid shipped story")
}

/// A word with a confidence of 0.9.
pub fn word(text: &str, start: Secs, end: Secs) -> Word {
    Word {
        text: text.to_owned(),
        start,
        end,
        confidence: 0.9,
    }
}

/// The words of a text, one every 0.4 s from 0 on, 0.3 s each.
pub fn words(text: &str) -> Vec<Word> {
    words_from(0.0, WORD_STEP, WORD_SECS, text)
}

/// The words of a text: the first at `start`, one every `step` seconds, `length` seconds each.
pub fn words_from(start: Secs, step: Secs, length: Secs, text: &str) -> Vec<Word> {
    let word = |(index, text)| {
        let start = start + step * index as Secs;
        word(text, start, start + length)
    };
    text.split_whitespace().enumerate().map(word).collect()
}

/// [`words`] as a transcript.
pub fn transcript(text: &str) -> Transcript {
    Transcript { words: words(text) }
}

/// A transcription without measurements of the voice.
pub fn transcription(words: Vec<Word>) -> Transcription {
    Transcription {
        voice: Voice::default(),
        transcript: Transcript { words },
        engine: TranscriptionStats {
            model: "none".to_owned(),
            threads: 1,
            cpu_seconds: None,
            wall_seconds: 0.0,
        },
    }
}

/// Builds a take.
pub struct TakeBuilder(Take);

impl TakeBuilder {
    /// An empty take of the task of `webhook-drop`, without a transcript.
    pub fn new(id: &str) -> Self {
        Self(Take {
            id: TakeId(id.to_owned()),
            story: "webhook-drop".to_owned(),
            part: Part::Section(SectionKind::Task),
            level: Level::Mid,
            started: None,
            audio: Audio {
                sample_rate_hz: 16_000,
                channels: 1,
                ..Audio::default()
            },
            transcription: None,
        })
    }

    /// The story and, of it, the part.
    pub fn story(mut self, story: &str, part: Part) -> Self {
        story.clone_into(&mut self.0.story);
        self.part(part)
    }

    /// The part of the story.
    pub fn part(mut self, part: Part) -> Self {
        self.0.part = part;
        self
    }

    /// The section of the story.
    pub fn section(self, kind: SectionKind) -> Self {
        self.part(Part::Section(kind))
    }

    /// The level at which the take is judged.
    pub fn level(mut self, level: Level) -> Self {
        self.0.level = level;
        self
    }

    /// Length of the audio.
    pub fn seconds(mut self, seconds: Secs) -> Self {
        self.0.audio.seconds = seconds;
        self
    }

    /// Transcribed words. The audio lasts at least until the last word ends.
    pub fn words(mut self, words: Vec<Word>) -> Self {
        let end = words.last().map_or(0.0, |word| word.end);
        self.0.audio.seconds = self.0.audio.seconds.max(end);
        self.transcription_mut().transcript = Transcript { words };
        self
    }

    /// Spans of speech at -20 dBFS.
    pub fn speech(self, speech: Vec<Span>) -> Self {
        self.voice(Voice {
            speech,
            speech_dbfs: Some(-20.0),
            ..Voice::default()
        })
    }

    /// Measurements of the voice.
    pub fn voice(mut self, voice: Voice) -> Self {
        self.transcription_mut().voice = voice;
        self
    }

    /// The take.
    pub fn build(self) -> Take {
        self.0
    }

    fn transcription_mut(&mut self) -> &mut Transcription {
        self.0
            .transcription
            .get_or_insert_with(|| transcription(Vec::new()))
    }
}
