//! TODO-DOC

pub(crate) mod compounds;
pub(crate) mod phrase_matcher;
pub mod planned_phrases;
