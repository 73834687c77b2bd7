//! TODO-DOC

pub(crate) mod change_polarity;
pub mod impact_checks;
