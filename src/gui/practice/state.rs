//! What the screens of a practice remember besides the session.

use crate::domain::caption::Caption;
use crate::domain::take::TakeId;
use crate::domain::time::Secs;
use crate::practice::session::{Session, Stage};
use crate::practice::time_limit::TimeLimit;

/// What the screens of a practice remember besides the session.
#[derive(Debug, Default)]
pub struct PracticeState {
    /// Whether the strong example is shown while preparing.
    pub example: bool,
    /// The time limit of the current part.
    pub limit: TimeLimit,
    /// The answer that was stopped last.
    pub frozen: Option<FrozenAnswer>,
}

impl PracticeState {
    /// Prepares for another part: its own time limit, and no example.
    pub fn reset(&mut self) {
        self.example = false;
        self.limit = TimeLimit::default();
    }
}

/// An answer as it was on the screen when the user stopped.
#[derive(Debug)]
pub struct FrozenAnswer {
    /// Its take.
    pub take: TakeId,
    /// How long it was.
    pub elapsed: Secs,
    /// Its last caption.
    pub caption: Caption,
    /// Which planned phrases were said.
    pub said: Vec<bool>,
    /// When it was stopped, on egui's clock.
    pub stopped_at: f64,
}

impl FrozenAnswer {
    /// The current answer, if the user is answering. `now` is on egui's clock.
    pub fn from_session(session: &Session, now: f64) -> Option<Self> {
        let Stage::Answering {
            take,
            elapsed,
            caption,
            said,
        } = session.stage()
        else {
            return None;
        };
        Some(Self {
            take: take.id.clone(),
            elapsed: *elapsed,
            caption: caption.clone(),
            said: said.clone(),
            stopped_at: now,
        })
    }
}
