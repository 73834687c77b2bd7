//! The practice session as a pure state machine: requests and events go in, effects come out. The window and the
//! command line drive the same one through the controller. It knows no clock, microphone or thread.

mod effect;
mod event;
mod stage;
mod state_machine;
#[cfg(test)]
mod tests;

pub use effect::Effect;
pub use event::{SessionEvent, SessionRequest};
pub use stage::{InterviewPhase, Reviewed, Stage};
pub use state_machine::{COUNT_IN, Session};
