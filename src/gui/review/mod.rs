//! The review of a take: its player, measurements, findings and transcript.

mod action;
mod compare;
mod metrics;
mod screen;
mod state;
mod timeline;

pub use action::ReviewAction;
pub use metrics::{time_severity, time_word};
pub use screen::{ReviewScreen, most_urgent_finding};
pub use state::{PASSAGE_MARGIN, ReviewState};
