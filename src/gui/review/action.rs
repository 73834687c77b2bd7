//! What the user can ask for in the review.

use crate::domain::take::TakeId;
use crate::domain::time::{Secs, Span};
use crate::gui::practice::PracticeAction;

/// What can be asked for here.
#[derive(Debug, Clone, PartialEq)]
pub enum ReviewAction {
    /// Hear this, and a little on either side of it.
    Hear(Span),
    /// Hear the take from where it stands, or no more.
    PlayOrPause,
    /// Go to this place.
    GoTo(Secs),
    /// Hear it from here.
    HearFrom(Secs),
    /// Hear it faster or slower.
    Speed(f64),
    /// Go to the strong example.
    Example,
    /// Set it beside the take before it, or no more.
    Compare(bool),
    /// Hear a take of so many seconds.
    HearTake(TakeId, Secs),
    /// What the other screens of a practice can ask for, too.
    Practice(PracticeAction),
}
