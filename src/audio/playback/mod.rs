//! Plays takes and chimes on the system's loudspeaker, at adjustable speed. Knows nothing of sessions.

pub(crate) mod chime;
pub mod output_stream;
pub mod player;
pub mod time_stretch;
