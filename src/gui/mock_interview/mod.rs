//! The mock interview: its setup, each question, and the verdict at its end.
//!
//! As in a real interview, there is no feedback between the answers.

mod leave;
mod question;
mod setup;
mod state;
mod verdict;

pub use leave::{leave_commands, leave_height, leave_ui};
pub use question::QuestionScreen;
pub use setup::SetupScreen;
pub use state::{LeaveTarget, MockInterviewAction, SetupState};
pub use verdict::VerdictScreen;
