//! The review of a take: what was measured and found in it, to be read and to be played.

mod action;
mod compare;
mod metrics;
mod screen;
mod state;
mod timeline;

pub use action::ReviewAction;
pub use metrics::{time_severity, time_word};
pub use screen::{ReviewScreen, first_to_do};
pub use state::{AROUND, ReviewState};
