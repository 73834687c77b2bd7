//! What the setup remembers, and what the user can ask for in a mock interview.

use crate::domain::take::TakeId;
use crate::domain::time::Span;
use crate::gui::practice::PracticeAction;
use crate::practice::mock_interview::{FOLLOW_UPS, Format};

/// What the user can ask for on the screens of a mock interview.
#[derive(Debug, Clone, PartialEq)]
pub enum MockInterviewAction {
    /// Set up an interview.
    SetUp,
    /// Choose how to tell the story.
    SetFormat(Format),
    /// Choose the number of follow-ups.
    SetFollowUps(usize),
    /// Start the interview.
    Begin,
    /// Leave the setup.
    Close,
    /// Leave the interview, although its verdict is lost.
    Leave(LeaveTarget),
    /// Do not leave the interview.
    Stay,
    /// Play a passage of a take, with a little before and after it.
    Play(TakeId, Span),
    /// Stop playing.
    Pause,
    /// What a practice can ask for, too.
    Practice(PracticeAction),
}

/// Where an interview is left to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaveTarget {
    /// To the screen that it was started from.
    Back,
    /// To the setup of another interview.
    AnotherInterview,
}

/// What the user has chosen in the setup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetupState {
    /// How to tell the story.
    pub format: Format,
    /// The number of follow-ups.
    pub follow_ups: usize,
}

impl Default for SetupState {
    fn default() -> Self {
        Self {
            format: Format::default(),
            follow_ups: FOLLOW_UPS,
        }
    }
}
