//! What happens behind the window: frames, events of the session, and waiting for them.

use std::time::{Duration, Instant};

use starling::domain::caption::Caption;
use starling::practice::session::{SessionEvent, Stage};

use super::{SETTLE_FRAMES, Window};
use crate::common::builders::words_from;

/// No condition takes longer, even on a slow machine.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Time between two checks of a condition.
const POLL: Duration = Duration::from_millis(20);

/// What happens behind the window.
impl Window {
    /// Draws frames.
    pub fn frames(&mut self, count: usize) {
        self.harness.run_steps(count);
    }

    /// Draws as many frames as an input or an event needs to take effect.
    pub fn settle(&mut self) {
        self.frames(SETTLE_FRAMES);
    }

    /// Hands an event to the session, as the recorder and the recognizer do.
    pub fn send(&mut self, event: SessionEvent) {
        self.harness.state_mut().handle(event);
        self.settle();
    }

    /// The recorder has written this much of the current answer.
    #[track_caller]
    pub fn send_recorded(&mut self, seconds: f64) {
        let event = SessionEvent::Recorded(self.current_take(), seconds);
        self.send(event);
    }

    /// The recognizer has transcribed these words of the current answer.
    #[track_caller]
    pub fn send_caption(&mut self, confirmed: &str, tentative: &str) {
        let caption = Caption {
            confirmed: words_from(0.0, 0.5, 0.4, confirmed),
            tentative: tentative.to_owned(),
        };
        let event = SessionEvent::Captioned(self.current_take(), caption);
        self.send(event);
    }

    /// A problem is reported from outside the session.
    pub fn send_problem(&mut self, problem: &str) {
        self.harness.state_mut().show_problem(problem.to_owned());
        self.settle();
    }

    /// Draws frames until `condition` holds; `what` names it in the failure message.
    #[track_caller]
    pub fn wait_for(&mut self, what: &str, condition: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + TIMEOUT;
        while !condition(self) {
            assert!(
                Instant::now() < deadline,
                "waited {TIMEOUT:?} for {what}\n{}",
                self.labels_on_screen()
            );
            std::thread::sleep(POLL);
            self.frames(1);
        }
    }

    /// Draws frames until the window shows `text`.
    #[track_caller]
    pub fn wait_for_text(&mut self, text: &str) {
        self.wait_for(&format!("\"{text}\" on screen"), |window| {
            window.shows(text)
        });
        self.expect_controls_in_view();
    }

    /// Draws frames until the current answer is this long.
    #[track_caller]
    pub fn wait_for_answer_of(&mut self, seconds: f64) {
        self.wait_for(&format!("an answer of {seconds} s"), |window| {
            matches!(window.stage(), Some(Stage::Answering { elapsed, .. }) if *elapsed >= seconds)
        });
    }
}
