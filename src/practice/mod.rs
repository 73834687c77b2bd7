//! Everything about practicing a story except I/O: the session state machine, the mock interview, the
//! quiz, the time limit, reading along, the progress over takes, and reports.
//!
//! All of it is pure: events or takes in, values out. It knows no clock, file, device or thread.
#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod highlights;
pub mod mock_interview;
pub mod progress;
pub mod quiz;
pub mod read_along;
pub mod report;
pub mod session;
pub mod time_limit;
