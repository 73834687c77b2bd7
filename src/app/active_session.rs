//! Owns the practice session, the abandoned sessions whose recordings are still being completed, and the
//! clock of the session. Does not perform the effects that sessions ask for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::context::Context;
use super::event::Notification;
use super::suspend::SuspendDetector;
use crate::analysis::PartPlan;
use crate::domain::profile::Profile;
use crate::domain::prompt_terms::prompt_terms;
use crate::domain::story::Part;
use crate::domain::take::{Audio, TakeId};
use crate::domain::time::Secs;
use crate::practice::session::{Effect, Session, SessionEvent, SessionRequest, Stage};

/// Longest time that a tick reports. After the program was blocked, a count-in continues where it was,
/// because the user has not seen it advance.
const MAX_TICK: Duration = Duration::from_secs(1);

/// The practice session, if there is one, and its clock.
pub(super) struct ActiveSession {
    session: Option<Session>,
    abandoned: Vec<Session>,
    last_tick: Instant,
    suspend_detector: SuspendDetector,
}

/// The time since the previous tick.
pub(super) struct Tick {
    pub(super) elapsed: Duration,
    /// How long the computer was suspended, if it was.
    pub(super) suspended: Option<Duration>,
}

impl ActiveSession {
    pub(super) fn new() -> Self {
        Self {
            session: None,
            abandoned: Vec::new(),
            last_tick: Instant::now(),
            suspend_detector: SuspendDetector::new(),
        }
    }

    pub(super) fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    fn stage(&self) -> Option<&Stage> {
        self.session.as_ref().map(Session::stage)
    }

    /// Replaces the session.
    pub(super) fn start(&mut self, mut session: Session, context: &Context) {
        session.set_model(Arc::clone(&context.model));
        self.session = Some(session);
    }

    /// Ends the session. If recordings are still being completed, it goes on to receive them.
    pub(super) fn leave(&mut self, are_recordings_finishing: bool) {
        if let Some(session) = self.session.take()
            && are_recordings_finishing
        {
            self.abandoned.push(session);
        }
    }

    /// Passes a request to the session.
    pub(super) fn request(
        &mut self,
        request: SessionRequest,
        context: &mut Context,
    ) -> Vec<Effect> {
        self.update(context, |session| session.request(request))
    }

    /// Passes an event to the session.
    pub(super) fn handle(&mut self, event: SessionEvent, context: &mut Context) -> Vec<Effect> {
        self.update(context, |session| session.handle(event))
    }

    /// Changes the session. Notifies the UI if it enters another stage.
    fn update(
        &mut self,
        context: &mut Context,
        change: impl FnOnce(&mut Session) -> Vec<Effect>,
    ) -> Vec<Effect> {
        let Some(session) = &mut self.session else {
            return Vec::new();
        };
        let before = std::mem::discriminant(session.stage());
        let effects = change(session);
        if std::mem::discriminant(session.stage()) != before {
            context.notify(Notification::Entered(Box::new(session.stage().clone())));
        }
        effects
    }

    /// Passes a complete recording to the abandoned sessions.
    pub(super) fn handle_saved_in_abandoned(
        &mut self,
        take: &TakeId,
        audio: &Audio,
    ) -> Vec<Effect> {
        let saved = || SessionEvent::RecordingSaved(take.clone(), audio.clone());
        let sessions = self.abandoned.iter_mut();
        sessions
            .flat_map(|session| session.handle(saved()))
            .collect()
    }

    /// Forgets the abandoned sessions, which have received all recordings.
    pub(super) fn clear_abandoned(&mut self) {
        self.abandoned.clear();
    }

    /// Starts the clock anew.
    pub(super) fn restart_clock(&mut self) {
        self.last_tick = Instant::now();
        self.suspend_detector.take_suspended();
    }

    /// The time since the previous tick.
    pub(super) fn tick(&mut self) -> Tick {
        let now = Instant::now();
        let elapsed = (now - self.last_tick).min(MAX_TICK);
        self.last_tick = now;
        Tick {
            elapsed,
            suspended: self.suspend_detector.take_suspended(),
        }
    }

    pub(super) fn is_counting_in(&self) -> bool {
        matches!(self.stage(), Some(Stage::CountIn { .. }))
    }

    /// Whether this take is being answered.
    pub(super) fn is_answering(&self, id: &TakeId) -> bool {
        matches!(self.stage(), Some(Stage::Answering { take, .. }) if take.id == *id)
    }

    /// Whether the transcript of this take is awaited.
    pub(super) fn is_transcribing(&self, id: &TakeId) -> bool {
        matches!(self.stage(), Some(Stage::Transcribing { take, .. }) if take.id == *id)
    }

    /// The part that is practiced now.
    pub(super) fn current_part(&self) -> Option<Part> {
        let session = self.session.as_ref()?;
        Some(session.parts()[session.current()])
    }

    /// The target time of the current part; 0 if it has none.
    pub(super) fn target(&self) -> Secs {
        let session = self.session.as_ref();
        let brief = session.and_then(|session| session.brief(session.current()));
        brief.map_or(0.0, |brief| brief.target)
    }

    /// How much of a take was recorded, as far as the session knows.
    pub(super) fn recorded_until(&self, take: &TakeId) -> Option<Secs> {
        self.session.as_ref()?.secs_to_transcribe(take)
    }

    /// Words that are likely to be said. A hint only: those of another story do no harm.
    pub(super) fn vocabulary(&self) -> String {
        let session = self.session.as_ref();
        session.map_or_else(String::new, |session| prompt_terms(session.story()))
    }

    /// What the current take is measured against.
    pub(super) fn plan(&mut self) -> Option<(Arc<PartPlan>, Profile)> {
        let session = self.session.as_mut()?;
        Some((session.plan()?, session.profile().clone()))
    }

    /// Uses another profile from now on.
    pub(super) fn set_profile(&mut self, profile: &Profile) {
        if let Some(session) = &mut self.session {
            session.set_profile(profile.clone());
        }
    }

    #[cfg(test)]
    pub(super) fn set_suspend_detector(&mut self, detector: SuspendDetector) {
        self.suspend_detector = detector;
    }
}
