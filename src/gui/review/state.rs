//! Which take the review shows, and what it is compared with.

use super::action::ReviewAction;
use super::compare::ComparePanel;
use crate::app::{Controller, TakePosition};
use crate::domain::take::TakeId;
use crate::domain::time::{Secs, Span};
use crate::practice::progress::compare::compare;
use crate::practice::session::{Reviewed, Stage};

/// Heard on either side of what is to be heard.
pub const AROUND: Secs = 0.3;

/// What the review has in mind of the take that it shows.
#[derive(Debug, Default)]
pub struct ReviewState {
    of: Option<TakeId>,
    /// Where it stands among the takes of its part.
    among: Option<TakePosition>,
    pub beside: Option<ComparePanel>,
}

impl ReviewState {
    /// Follows the practice: what is known of a take is looked up once, when it comes to the screen.
    pub fn follow(&mut self, runtime: &mut Controller) {
        let shown = shown(runtime).map(|shown| shown.take.id.clone());
        if shown == self.of {
            return;
        }
        *self = Self {
            of: shown,
            ..Self::default()
        };
        if let Some(id) = &self.of {
            runtime.load_waveform(id);
            self.among = runtime.take_position(id);
        }
    }

    /// Does what is asked.
    pub fn act(&mut self, ask: &ReviewAction, runtime: &mut Controller, ctx: &egui::Context) {
        let Some(Reviewed { take, .. }) = shown(runtime) else {
            return;
        };
        let (id, seconds) = (take.id.clone(), take.audio.seconds);
        match ask {
            ReviewAction::Hear(span) => runtime.play(&id, span.widened(AROUND)),
            ReviewAction::PlayOrPause => runtime.play_or_pause(&id, seconds),
            ReviewAction::GoTo(at) => runtime.seek(&id, *at),
            ReviewAction::HearFrom(at) => runtime.play(&id, Span::new(*at, seconds)),
            ReviewAction::Speed(speed) => runtime.set_play_speed(*speed),
            ReviewAction::Example => {
                ctx.data_mut(|data| data.insert_temp(example_id(), true));
            }
            ReviewAction::HearTake(id, seconds) => runtime.play(id, Span::new(0.0, *seconds)),
            ReviewAction::Practice(_) => {}
            ReviewAction::Compare(false) => {
                runtime.pause();
                self.beside = None;
            }
            ReviewAction::Compare(true) => {
                runtime.pause();
                self.compare(runtime);
            }
        }
    }

    /// What was read by other bands is read again.
    pub fn judge_anew(&mut self, runtime: &mut Controller) {
        if self.beside.is_some() {
            self.compare(runtime);
        }
    }

    fn compare(&mut self, runtime: &mut Controller) {
        let before = self.before().map(|(before, _)| before.clone());
        let before = before.and_then(|before| runtime.review_take(&before));
        self.beside = before.and_then(|before| {
            let comparison = compare(&before, shown(runtime)?, runtime.profile());
            Some(ComparePanel { before, comparison })
        });
    }

    pub fn before(&self) -> Option<&(TakeId, usize)> {
        self.among.as_ref()?.before.as_ref()
    }

    /// What the take is called: `Situation, take 3`.
    pub fn title(&self, name: &str) -> String {
        match &self.among {
            Some(among) => format!("{name}, take {}", among.number),
            None => name.to_owned(),
        }
    }
}

/// The take that is on the screen.
pub fn shown(runtime: &Controller) -> Option<&Reviewed> {
    let session = runtime.session()?;
    let reviewed = session.reviewed(session.current());
    reviewed.filter(|_| *session.stage() == Stage::Review)
}

/// Set in egui's memory when the page is to scroll to the strong example.
pub fn example_id() -> egui::Id {
    egui::Id::unique("go to the strong example")
}
