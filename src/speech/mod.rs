//! Words out of sound, on this machine: where speech is, how to cut it, the recogniser, and the
//! thread it works on. Knows nothing of stories, sessions or microphones.

pub mod align;
pub mod beside;
pub mod captions;
pub mod detector;
pub mod engine;
pub mod gate;
pub mod hear;
pub mod listener;
pub mod live;
mod products;
pub mod recogniser;
pub mod segmenter;
pub mod serve;
pub mod window;
mod wire;
pub mod worker;

pub use engine::{Engine, Place};
pub use hear::{HearError, hear};
pub use live::{Audience, Foresee, Tap};
pub use recogniser::EngineError;
pub use serve::serve;
pub use worker::{Heeded, Worker};
