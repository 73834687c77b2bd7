//! The home screen: the list of stories, the selected story, and the microphone.

mod notices;
mod screen;
mod state;
mod story_panel;

pub use screen::{HomeScreen, microphone_ui};
pub use state::{HomeAction, HomeState};
