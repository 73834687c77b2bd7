//! Digital signal processing on 16 kHz mono samples: spectrum, loudness, pitch, endpointing and filled-pause
//! candidates. It measures the audio and knows nothing about words.
#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod analyzer;
mod endpointing;
mod filled_pause_candidates;
mod frame;
mod frame_buffer;
mod input_level;
mod loudness;
mod pitch;
mod sample_tail;
mod spectrum;
pub mod waveform;

pub use crate::domain::voice::ANALYSIS_RATE_HZ;
pub use analyzer::{VoiceAnalyzer, measure_voice};
pub use input_level::InputLevel;
pub use loudness::rms_dbfs;
pub use pitch::semitones;
