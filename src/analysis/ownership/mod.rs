//! TODO-DOC

pub(crate) mod attribution;
pub mod deeds;
pub mod pronouns;
