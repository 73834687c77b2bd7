//! Automatic speech recognition, on this machine: voice activity detection, segmentation, decoding with a
//! recognizer, and the thread that schedules it. It knows nothing about stories, sessions or microphones.

pub mod batch;
mod cpu_budget;
mod cpu_timer;
pub mod decode;
pub mod partial_results;
pub mod quality;
pub mod recognizer;
pub mod scheduler;
pub mod segmenter;
pub mod streaming;
pub mod vad;
pub mod word_timing;
pub mod worker;

pub use batch::{TranscribeError, transcribe};
pub use recognizer::EngineError;
pub use recognizer::server::serve;
pub use recognizer::whisper::{Engine, Isolation};
pub use scheduler::{AudioSink, LiveOptions, OnPrediction};
pub use worker::{Worker, WorkerEvent};
