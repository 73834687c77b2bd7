//! Plain data shared by all other modules: stories, takes, transcripts, captions, voice measurements and
//! the user's profile. It does no I/O and knows nothing about audio devices, analysis or the screen.
#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

#[cfg(test)]
#[path = "../../tests/common/builders.rs"]
pub(crate) mod builders;
pub mod caption;
pub mod model_source;
pub mod part;
pub mod profile;
pub mod prompt_terms;
pub mod start_time;
pub mod story;
pub mod story_file;
pub mod take;
pub mod text_folding;
pub mod thresholds;
pub mod time;
pub mod transcript;
pub mod voice;
pub mod written_answer;
