//! TODO-DOC

pub mod hiring;
pub mod ranking;
