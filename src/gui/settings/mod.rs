//! The settings: what is remembered from one start to the next, and the microphone test.

mod change;
mod rows;
mod screen;

pub use change::{CUES, SettingChange};
pub use screen::{SettingsAction, SettingsScreen, SettingsState};
