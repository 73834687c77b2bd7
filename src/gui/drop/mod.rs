//! Files that are dragged onto the window: what they are, the question which part a recording answers, and the
//! progress of its import.

mod dialog;
mod file_kind;
mod overlay;
mod state;

pub use dialog::{ask_commands, ask_ui, file_name, reading_commands, reading_ui};
pub use file_kind::FileKind;
pub use overlay::overlay_ui;
pub use state::{DropAction, Question};
