//! The screens of a practice: preparing a part, recording it, and the overview of all parts.
//!
//! The review of a take has its own module. A mock interview uses the recording screen, too.

mod action;
mod answer_sizes;
mod commands;
mod prepare;
mod recording;
mod section_marker;
mod side_panel;
mod state;
mod story_text;

pub use action::{BackTarget, PracticeAction};
pub use commands::{is_part_command, next_command, part_commands, whole_answer_command};
pub use prepare::PrepareScreen;
pub use recording::RecordingScreen;
pub use state::{FrozenAnswer, PracticeState};
pub use story_text::{example_ui, lead_ui};
