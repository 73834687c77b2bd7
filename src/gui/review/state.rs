//! Which take the review shows, and what it is compared with.

use super::action::ReviewAction;
use super::compare::ComparePanel;
use crate::app::{Controller, TakePosition};
use crate::domain::take::TakeId;
use crate::domain::time::{Secs, Span};
use crate::practice::progress::compare::compare;
use crate::practice::session::{Reviewed, Stage};

/// How much is played before and after a passage.
pub const PASSAGE_MARGIN: Secs = 0.3;

/// Which take the review shows, and what it is compared with.
#[derive(Debug, Default)]
pub struct ReviewState {
    take: Option<TakeId>,
    /// Its position among the takes of its part.
    position: Option<TakePosition>,
    pub comparison: Option<ComparePanel>,
}

impl ReviewState {
    /// Follows the session. The waveform and the position of a take are loaded once, when the take is first shown.
    pub fn follow(&mut self, controller: &mut Controller) {
        let id = shown_take(controller).map(|shown| shown.take.id.clone());
        if id == self.take {
            return;
        }
        *self = Self {
            take: id,
            ..Self::default()
        };
        if let Some(id) = &self.take {
            controller.load_waveform(id);
            self.position = controller.take_position(id);
        }
    }

    /// Performs an action.
    pub fn act(&mut self, action: &ReviewAction, controller: &mut Controller, ctx: &egui::Context) {
        let Some(Reviewed { take, .. }) = shown_take(controller) else {
            return;
        };
        let (id, seconds) = (take.id.clone(), take.audio.seconds);
        match action {
            ReviewAction::Play(span) => controller.play(&id, span.widened(PASSAGE_MARGIN)),
            ReviewAction::PlayOrPause => controller.play_or_pause(&id, seconds),
            ReviewAction::GoTo(at) => controller.seek(&id, *at),
            ReviewAction::PlayFrom(at) => controller.play(&id, Span::new(*at, seconds)),
            ReviewAction::Speed(speed) => controller.set_play_speed(*speed),
            ReviewAction::Example => {
                ctx.data_mut(|data| data.insert_temp(example_id(), true));
            }
            ReviewAction::PlayTake(id, seconds) => controller.play(id, Span::new(0.0, *seconds)),
            ReviewAction::Practice(_) => {}
            ReviewAction::Compare(false) => {
                controller.pause();
                self.comparison = None;
            }
            ReviewAction::Compare(true) => {
                controller.pause();
                self.compare(controller);
            }
        }
    }

    /// Compares again, after the ranges have changed.
    pub fn refresh_comparison(&mut self, controller: &mut Controller) {
        if self.comparison.is_some() {
            self.compare(controller);
        }
    }

    fn compare(&mut self, controller: &mut Controller) {
        let before = self.before().map(|(before, _)| before.clone());
        let before = before.and_then(|before| controller.review_take(&before));
        self.comparison = before.and_then(|before| {
            let comparison = compare(&before, shown_take(controller)?, controller.profile());
            Some(ComparePanel { before, comparison })
        });
    }

    pub fn before(&self) -> Option<&(TakeId, usize)> {
        self.position.as_ref()?.previous.as_ref()
    }

    /// The title of the review, such as `Situation, take 3`.
    pub fn title(&self, name: &str) -> String {
        match &self.position {
            Some(position) => format!("{name}, take {}", position.number),
            None => name.to_owned(),
        }
    }
}

/// The take that is shown, with its feedback.
pub fn shown_take(controller: &Controller) -> Option<&Reviewed> {
    let session = controller.session()?;
    let reviewed = session.reviewed(session.current());
    reviewed.filter(|_| *session.stage() == Stage::Review)
}

/// The id of a flag in egui's memory. It is set when the page is to scroll to the strong example.
pub fn example_id() -> egui::Id {
    egui::Id::unique("go to the strong example")
}
