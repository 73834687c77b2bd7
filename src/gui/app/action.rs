//! What can be asked for in the window: buttons and keys, mouse and keyboard, all come down to these.

use crate::app::HistoryFilter;
use crate::domain::story::Part;
use crate::domain::take::TakeId;
use crate::gui::trends::TrendQuery;
use crate::gui::{export, learn, mock_interview, review, settings};
use crate::practice::session::SessionEvent;
use crate::practice::time_limit::Change;

/// What can be asked for in the window.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Choose a story, by its place in the list.
    ChooseStory(usize),
    /// Practise the chosen story.
    Practise,
    /// ... from this part on; while one is practised, of its story.
    PractisePart(Part),
    /// Learn it.
    Learn(learn::LearnAction),
    /// Use this microphone; `None` for the system's.
    ChooseMicrophone(Option<String>),
    /// Look for microphones again.
    LookForMicrophones,
    /// Open the microphone to see its level, or close it again.
    Check(bool),
    /// For the settings, and what is set from elsewhere.
    Settings(settings::SettingsAction),
    /// Begin a take.
    Start,
    /// For the practice that is on.
    Practice(SessionEvent),
    /// For the clock of the answer.
    Limit(Change),
    /// Show words as they are heard, or do not.
    ShowCaptions(bool),
    /// Of the review.
    Review(review::ReviewAction),
    /// Show the strong example, or hide it again.
    ShowExample(bool),
    /// Show the takes of the past.
    ShowHistory,
    /// Show only some of them.
    Seek(HistoryFilter),
    /// Put the keyboard into the search field.
    Search,
    /// Choose a take, by its place in the list.
    ChooseTake(usize),
    /// Show the trends of the takes in place of their list, or the list again.
    ShowTrends(bool),
    /// Follow something else.
    Follow(TrendQuery),
    /// Go to a take of the trend.
    ChoosePoint(TakeId),
    /// In a mock interview.
    Mock(mock_interview::MockInterviewAction),
    /// Go to the feedback of a take.
    OpenTake(TakeId),
    /// Ask whether the chosen take is to be erased; or no longer.
    AskToErase(bool),
    /// Erase a take.
    Erase(TakeId),
    /// Ask whether every take is to be erased; or no longer.
    AskToEraseAll(bool),
    /// Erase every take.
    EraseAll,
    /// For a take that is to be written to a file.
    Export(export::ExportAction),
    /// Dismiss the newest notice.
    Dismiss,
    /// Show what is kept and where, or leave that.
    ShowKept(bool),
    /// Bring back the take that was erased last.
    BringBack,
    /// Offer the words of an interrupted take no more.
    LeaveUnheard,
    /// End the practice, or leave where one is.
    Home,
}
