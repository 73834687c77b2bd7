//! What the user can ask for in the review.

use crate::domain::take::TakeId;
use crate::domain::time::{Secs, Span};
use crate::gui::practice::PracticeAction;

/// What the user can ask for in the review.
#[derive(Debug, Clone, PartialEq)]
pub enum ReviewAction {
    /// Play a passage, with a little before and after it.
    Play(Span),
    /// Play the take from the current position, or pause.
    PlayOrPause,
    /// Move the position.
    GoTo(Secs),
    /// Play from this position.
    PlayFrom(Secs),
    /// Set the speed.
    Speed(f64),
    /// Scroll to the strong example.
    Example,
    /// Compare with the previous take, or close the comparison.
    Compare(bool),
    /// Play a whole take of this length.
    PlayTake(TakeId, Secs),
    /// What the other screens of a practice can ask for, too.
    Practice(PracticeAction),
}
