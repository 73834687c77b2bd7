//! TODO-DOC

pub(crate) mod chime;
pub mod output_stream;
pub mod player;
pub mod time_stretch;
