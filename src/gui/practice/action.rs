//! What the user can ask for during a practice.

use crate::domain::story::Part;
use crate::gui::settings::SettingChange;
use crate::practice::session::SessionRequest;
use crate::practice::time_limit::Change;

/// What the user can ask for on the screens of a practice.
#[derive(Debug, Clone, PartialEq)]
pub enum PracticeAction {
    /// A request to the session, such as stopping the take or going to another part.
    Session(SessionRequest),
    /// Start a take.
    StartTake,
    /// Practice another part of the same story.
    PracticePart(Part),
    /// Change the time limit of the answer.
    ChangeLimit(Change),
    /// Change a setting.
    Set(SettingChange),
    /// Show or hide the captions.
    ShowCaptions(bool),
    /// Show or hide the strong example.
    ShowExample(bool),
    /// Leave the practice.
    Leave,
}

/// The screen that Escape returns to from a practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackTarget {
    /// The home screen.
    Home,
    /// The history.
    History,
    /// The pages of the story.
    Learn,
    /// The verdict of a finished interview.
    Verdict,
}

impl BackTarget {
    /// The label of the button.
    pub fn label(self) -> &'static str {
        match self {
            BackTarget::Home => "Home",
            BackTarget::History => "History",
            BackTarget::Learn => "Learn",
            BackTarget::Verdict => "Verdict",
        }
    }

    /// The action of the button.
    pub fn action(self) -> PracticeAction {
        match self {
            BackTarget::Verdict => PracticeAction::Session(SessionRequest::Finish),
            BackTarget::Home | BackTarget::History | BackTarget::Learn => PracticeAction::Leave,
        }
    }
}
