//! The history: a list of all takes, to search, open, export and erase.

mod list;
mod screen;
mod state;

pub use screen::{HistoryScreen, focus_search, tabs_ui};
pub use state::{HistoryAction, HistoryModal, HistoryState};
