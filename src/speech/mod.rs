//! Words out of sound, on this machine: where speech is, how to cut it, the recogniser, and the
//! thread it works on. Knows nothing of stories, sessions or microphones.

pub mod align;
pub mod captions;
pub mod detector;
pub mod engine;
pub mod gate;
pub mod hear;
pub mod listener;
pub mod live;
pub mod segmenter;
pub mod window;
pub mod worker;

pub use engine::{Engine, EngineError};
pub use hear::{HearError, hear};
pub use live::Tap;
pub use worker::{Heeded, Worker};
