//! Planned phrases: whether the speaker said them, in the planned or in other words.

pub(crate) mod compounds;
mod negation;
pub mod paraphrase;
mod pattern_item;
pub(crate) mod phrase_matcher;
pub(crate) mod phrase_pattern;
pub mod planned_phrases;
pub(crate) mod token_index;
mod verbatim;
pub mod word_vectors;
