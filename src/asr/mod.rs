//! Automatic speech recognition, on this machine: voice activity detection, segmentation, decoding with a
//! recognizer, and the thread that schedules it. It knows nothing about stories, sessions or microphones.

mod batch;
mod cpu_budget;
mod cpu_timer;
mod decode;
mod partial_results;
mod quality;
pub mod recognizer;
mod scheduler;
mod segmenter;
pub mod streaming;
pub mod vad;
mod word_timing;
mod worker;

pub use batch::{TranscribeError, transcribe};
pub use recognizer::EngineError;
pub use recognizer::server::serve;
pub use recognizer::whisper::{Engine, Isolation};
pub use scheduler::{AudioSink, LiveOptions, OnPrediction};
pub use worker::{Worker, WorkerEvent};
