//! Delivery: how the answer was spoken. Pace, pauses, fillers and intonation, never its content.

pub mod articulation;
pub mod filled_pauses;
mod filler_word_lists;
mod filler_words;
pub mod fillers;
pub mod intonation;
pub mod pacing;
pub mod pauses;
pub mod recording_quality;
