//! Decides when to speak a question of a mock interview, and when to play a chime at a target.

use crate::app::Controller;
use crate::domain::story::Part;
use crate::domain::take::TakeId;
use crate::domain::time::Secs;
use crate::practice::mock_interview::{question, section_deadlines};
use crate::practice::session::{InterviewPhase, Session, Stage};
use crate::practice::time_limit::{TimeLimit, is_met};

/// The last question that was spoken, and the progress of the current answer.
#[derive(Debug, Default)]
pub struct PromptScheduler {
    /// The index of the question that was spoken last.
    spoken: Option<usize>,
    /// Whether that question waits for its answer.
    waiting: bool,
    /// The current answer, and how long it was in the last frame.
    answer: Option<(TakeId, Secs)>,
}

impl PromptScheduler {
    /// Follows the session.
    pub fn follow(&mut self, controller: &mut Controller, limit: TimeLimit) {
        self.speak_question(controller);
        self.play_chime(controller, limit);
    }

    /// Speaks a question once, when it first appears, and stops when the answer starts.
    fn speak_question(&mut self, controller: &mut Controller) {
        let session = controller.session();
        let interview =
            session.filter(|session| session.interview_phase() == Some(InterviewPhase::Running));
        let Some(session) = interview else {
            if self.spoken.take().is_some() {
                controller.stop_speaking();
            }
            self.waiting = false;
            return;
        };
        let (index, waiting) = (session.current(), *session.stage() == Stage::Ready);
        let part = session.parts().get(index);
        let question = part.map(|part| question(session.story(), *part).to_owned());
        if std::mem::replace(&mut self.waiting, waiting) && !waiting {
            controller.stop_speaking();
        }
        if waiting && self.spoken != Some(index) {
            self.spoken = Some(index);
            let aloud = controller.settings().questions_aloud;
            if let Some(question) = question.filter(|_| aloud) {
                controller.speak(&question);
            }
        }
    }

    fn play_chime(&mut self, controller: &mut Controller, limit: TimeLimit) {
        let Some((session, take, elapsed)) = answering(controller) else {
            self.answer = None;
            return;
        };
        let before = self.answer.take().filter(|(id, _)| *id == take);
        let before = before.map_or(0.0, |(_, before)| before);
        let reached = is_met(&target_times(session, limit), before, elapsed);
        let wanted = controller.settings().cue_sounds && controller.settings().timed;
        self.answer = Some((take, elapsed));
        if reached && wanted {
            controller.play_chime();
        }
    }
}

fn answering(controller: &Controller) -> Option<(&Session, TakeId, Secs)> {
    let session = controller.session()?;
    match session.stage() {
        Stage::Answering { take, elapsed, .. } => Some((session, take.id.clone(), *elapsed)),
        _ => None,
    }
}

/// When each target of the current answer is reached.
fn target_times(session: &Session, limit: TimeLimit) -> Vec<Secs> {
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
