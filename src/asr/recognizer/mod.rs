//! What a recogniser is asked and what it answers, in whatever process it works.

pub(crate) mod matmul;
pub(crate) mod protocol;
pub mod server;
pub mod subprocess;
pub mod whisper;

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Turns a window of sound into tokens.
pub trait Recognizer {
    /// The model's name, such as `tiny.en-q8_0`.
    fn model(&self) -> &str;

    /// Threads it decodes on.
    fn threads(&self) -> u32;

    /// Decodes one window of 16 kHz samples, at most [`super::recognizer::whisper::LONGEST_WINDOW`] long. `wanted`
    /// is asked on this thread again and again; once it says no, this ends with
    /// [`EngineError::Cancelled`]. A panic in it passes on to the caller.
    fn decode(
        &mut self,
        samples: &[f32],
        manner: DecodeParams,
        wanted: &mut dyn FnMut() -> bool,
    ) -> Result<Vec<Segment>, EngineError>;

    /// Processor time it has taken so far in another process than this.
    fn remote_cpu_time(&self) -> Duration;
}

/// Why the recogniser cannot be had or failed.
#[derive(Debug, Clone, thiserror::Error, Serialize, Deserialize)]
pub enum EngineError {
    /// The processor is too old for this build.
    #[error(
        "this processor lacks {0}, which speech recognition here needs: use a computer made after 2015"
    )]
    Processor(String),
    /// The file is not a model, or broken.
    #[error("{path} cannot be loaded as a speech model: copy it again, or choose another with --model", path = .0.display())]
    Model(PathBuf),
    /// The memory is full.
    #[error("there is not enough memory for the speech model: close other programs")]
    Memory,
    /// It was asked to stop.
    #[error("the transcription was cancelled")]
    Cancelled,
    /// The process it works in cannot be started; which program, and why.
    #[error("{program} cannot be started to recognise speech ({1}): start Starling again", program = .0.display())]
    SpawnFailed(PathBuf, String),
    /// The process it works in ended, twice on the same window; how.
    #[error("the speech recogniser ended by itself ({0}): the sound is kept; try again")]
    Crashed(String),
    /// It failed.
    #[error("the speech recogniser failed ({0}): try again")]
    Failed(String),
}

/// One token. When it was said, Whisper does not tell well enough: see `speech::align`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Token {
    /// Bytes, as tokens can break inside a letter; a leading space begins a word.
    pub bytes: Vec<u8>,
    /// Its probability, 0 to 1.
    pub probability: f32,
}

/// What Whisper wrote for a window, piece by piece.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Its tokens, special ones left out.
    pub tokens: Vec<Token>,
    /// How probable it is that nobody speaks.
    pub no_speech_probability: f32,
}

/// How a window is to be decoded.
#[derive(Debug, Clone, Copy)]
pub struct DecodeParams<'a> {
    /// How much of the encoder it is given.
    pub audio_context: AudioContext,
    /// How many readings are followed at a time; 1 is greedy.
    pub beam_size: u8,
    /// Text that the speaker is told to have said just before: words it holds are heard more easily.
    pub prompt: &'a str,
}

/// How much of the encoder a window is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AudioContext {
    /// As much as the sound is long.
    Exact,
    /// For 9 s more: slower, and safer from loops.
    Padded,
}
