//! TODO-DOC

pub mod highlights;
pub mod mock_interview;
pub mod progress;
pub mod quiz;
pub mod read_along;
pub mod report;
pub mod session;
pub mod time_limit;
