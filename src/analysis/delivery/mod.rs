//! TODO-DOC

pub mod articulation;
pub mod filled_pauses;
pub mod fillers;
pub mod intonation;
pub mod pacing;
pub mod pauses;
