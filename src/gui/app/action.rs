//! The actions of the window: those of each screen, and those that every screen has.

use crate::gui::drop::DropAction;
use crate::gui::erase_all::EraseAllAction;
use crate::gui::export::ExportAction;
use crate::gui::history::HistoryAction;
use crate::gui::home::HomeAction;
use crate::gui::learn::LearnAction;
use crate::gui::mock_interview::MockInterviewAction;
use crate::gui::practice::PracticeAction;
use crate::gui::privacy::PrivacyAction;
use crate::gui::review::ReviewAction;
use crate::gui::settings::SettingsAction;
use crate::gui::trends::TrendsAction;

/// What the user asks for, by mouse or keyboard.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// An action of the home screen.
    Home(HomeAction),
    /// An action on the pages of a story.
    Learn(LearnAction),
    /// An action of a practice.
    Practice(PracticeAction),
    /// An action of the review.
    Review(ReviewAction),
    /// An action of a mock interview.
    MockInterview(MockInterviewAction),
    /// An action of the history.
    History(HistoryAction),
    /// An action of the trends.
    Trends(TrendsAction),
    /// An action of the export.
    Export(ExportAction),
    /// An answer to the question whether to erase all takes.
    EraseAll(EraseAllAction),
    /// An action of the settings.
    Settings(SettingsAction),
    /// An action of the privacy page.
    Privacy(PrivacyAction),
    /// An action on files that are dropped onto the window.
    Drop(DropAction),
    /// Show the settings.
    ShowSettings,
    /// Show the keyboard shortcuts, or hide them.
    ShowShortcuts(bool),
    /// Dismiss the newest notification.
    DismissNotification,
}

impl Action {
    /// Whether the overlay of keyboard shortcuts stays open. Any other action closes it.
    pub fn keeps_shortcuts_open(&self) -> bool {
        match self {
            Action::Settings(action) => !matches!(
                action,
                SettingsAction::Microphone(_) | SettingsAction::ShowPrivacy
            ),
            Action::ShowSettings
            | Action::ShowShortcuts(_)
            | Action::Home(HomeAction::Set(_))
            | Action::Practice(PracticeAction::Set(_)) => true,
            _ => false,
        }
    }
}
