//! TODO-DOC

pub mod caption;
pub mod profile;
pub mod prompt_terms;
pub mod story;
pub mod story_file;
pub mod take;
pub mod thresholds;
pub mod time;
pub mod transcript;
pub mod voice;
