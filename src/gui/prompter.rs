//! What is to be heard while somebody practises: the questions of an interview, and a soft sound at each
//! target.

use crate::app::Controller;
use crate::domain::story::Part;
use crate::domain::take::TakeId;
use crate::domain::time::Secs;
use crate::practice::mock_interview::{question, section_deadlines};
use crate::practice::session::{InterviewPhase, Session, Stage};
use crate::practice::time_limit::{TimeLimit, is_met};

/// What was heard last.
#[derive(Debug, Default)]
pub struct PromptScheduler {
    /// The question of an interview, by its place.
    asked: Option<usize>,
    /// Whether it waits for its answer.
    waits: bool,
    /// The answer, and how far it was.
    answer: Option<(TakeId, Secs)>,
}

impl PromptScheduler {
    /// Follows the practice.
    pub fn follow(&mut self, runtime: &mut Controller, limit: TimeLimit) {
        self.ask(runtime);
        self.mark(runtime, limit);
    }

    /// A question is asked once, when it first comes to the screen. Nobody is asked who answers already.
    fn ask(&mut self, runtime: &mut Controller) {
        let session = runtime.session();
        let on =
            session.filter(|session| session.interview_phase() == Some(InterviewPhase::Running));
        let Some(session) = on else {
            if self.asked.take().is_some() {
                runtime.stop_speaking();
            }
            self.waits = false;
            return;
        };
        let (place, waits) = (session.current(), *session.stage() == Stage::Ready);
        let part = session.parts().get(place);
        let question = part.map(|part| question(session.story(), *part).to_owned());
        if std::mem::replace(&mut self.waits, waits) && !waits {
            runtime.stop_speaking();
        }
        if waits && self.asked != Some(place) {
            self.asked = Some(place);
            let aloud = runtime.settings().questions_aloud;
            if let Some(question) = question.filter(|_| aloud) {
                runtime.speak(&question);
            }
        }
    }

    fn mark(&mut self, runtime: &mut Controller, limit: TimeLimit) {
        let Some((session, take, elapsed)) = answering(runtime) else {
            self.answer = None;
            return;
        };
        let before = self.answer.take().filter(|(id, _)| *id == take);
        let before = before.map_or(0.0, |(_, before)| before);
        let met = is_met(&to_meet(session, limit), before, elapsed);
        let wanted = runtime.settings().cue_sounds && runtime.settings().timed;
        self.answer = Some((take, elapsed));
        if met && wanted {
            runtime.play_chime();
        }
    }
}

fn answering(runtime: &Controller) -> Option<(&Session, TakeId, Secs)> {
    let session = runtime.session()?;
    match session.stage() {
        Stage::Answering { take, elapsed, .. } => Some((session, take.id.clone(), *elapsed)),
        _ => None,
    }
}

/// The targets of the answer that is spoken.
fn to_meet(session: &Session, limit: TimeLimit) -> Vec<Secs> {
    match session.parts().get(session.current()) {
        Some(Part::Whole) => {
            let targets = section_deadlines(session.story(), session.level(), limit);
            targets.into_iter().map(|(_, end)| end).collect()
        }
        _ => {
            let brief = session.brief(session.current());
            brief
                .map(|brief| limit.deadline(brief.target, brief.target))
                .into_iter()
                .collect()
        }
    }
}
