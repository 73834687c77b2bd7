//! The recognizer interface: parameters, results and errors, independent of the process that runs it.

mod matmul;
mod protocol;
pub mod server;
mod subprocess;
pub mod whisper;

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Turns a window of audio into tokens.
pub trait Recognizer {
    /// Name of the model, such as `tiny.en-q8_0`.
    fn model(&self) -> &str;

    /// Number of decoding threads.
    fn threads(&self) -> u32;

    /// Decodes one window of 16 kHz samples, at most [`whisper::MAX_WINDOW`] long. `keep_going` is polled
    /// on this thread. Once it returns false, the result is [`EngineError::Cancelled`]. A panic in it is
    /// passed on to the caller.
    fn decode(
        &mut self,
        samples: &[f32],
        params: DecodeParams,
        keep_going: &mut dyn FnMut() -> bool,
    ) -> Result<Vec<Segment>, EngineError>;

    /// CPU time used so far in another process.
    fn remote_cpu_time(&self) -> Duration;
}

/// Why the recognizer could not be started or failed.
#[derive(Debug, Clone, thiserror::Error, Serialize, Deserialize)]
pub enum EngineError {
    /// The processor lacks a required feature.
    #[error(
        "this processor lacks {0}, which speech recognition requires: use a computer made after 2015"
    )]
    Processor(String),
    /// The file is not a valid model.
    #[error("cannot load speech model {path}: copy it again, or choose another with --model", path = .0.display())]
    Model(PathBuf),
    /// Not enough memory.
    #[error("not enough memory for the speech model: close other programs")]
    Memory,
    /// The transcription was cancelled.
    #[error("the transcription was cancelled")]
    Cancelled,
    /// The recognizer process could not be started: program and reason.
    #[error("cannot start {program} for speech recognition ({1}): restart Starling", program = .0.display())]
    SpawnFailed(PathBuf, String),
    /// The recognizer process exited twice on the same window: exit status.
    #[error("the speech recognizer crashed ({0}); the recording is saved: try again")]
    Crashed(String),
    /// Decoding failed.
    #[error("the speech recognizer failed ({0}): try again")]
    Failed(String),
}

/// One token. Whisper's token times are not accurate enough, see `word_timing`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Token {
    /// Bytes of the text: a token can end inside a character. A leading space starts a word.
    pub bytes: Vec<u8>,
    /// Probability, 0 to 1.
    pub probability: f32,
}

/// A segment of recognized text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Tokens, without special ones.
    pub tokens: Vec<Token>,
    /// Probability that nobody speaks.
    pub no_speech_probability: f32,
}

/// Parameters for decoding a window.
#[derive(Debug, Clone, Copy)]
pub struct DecodeParams<'a> {
    /// Size of the encoder context.
    pub audio_context: AudioContext,
    /// Beam size; 1 is greedy.
    pub beam_size: u8,
    /// Text that is treated as spoken just before: its words are recognized more reliably.
    pub prompt: &'a str,
}

/// Size of the encoder context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AudioContext {
    /// The length of the audio.
    Exact,
    /// 9 s more than the audio: slower, but less prone to loops.
    Padded,
}
