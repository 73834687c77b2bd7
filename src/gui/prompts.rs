//! What is to be heard while somebody practises: the questions of an interview, and a soft sound at each
//! target.

use crate::coach::limit::{Limit, is_met};
use crate::coach::mock::{question, targets};
use crate::coach::session::{Interview, Session, Stage};
use crate::coach::story::Part;
use crate::coach::take::TakeId;
use crate::coach::time::Secs;
use crate::runtime::Runtime;

/// What was heard last.
#[derive(Debug, Default)]
pub struct Prompts {
    /// The question of an interview, by its place.
    asked: Option<usize>,
    /// Whether it waits for its answer.
    waits: bool,
    /// The answer, and how far it was.
    answer: Option<(TakeId, Secs)>,
}

impl Prompts {
    /// Follows the practice.
    pub fn follow(&mut self, runtime: &mut Runtime, limit: Limit) {
        self.ask(runtime);
        self.mark(runtime, limit);
    }

    /// A question is asked once, when it first comes to the screen. Nobody is asked who answers already.
    fn ask(&mut self, runtime: &mut Runtime) {
        let session = runtime.session();
        let on = session.filter(|session| session.is_interview() == Some(Interview::On));
        let Some(session) = on else {
            if self.asked.take().is_some() {
                runtime.hush();
            }
            self.waits = false;
            return;
        };
        let (place, waits) = (session.current(), *session.stage() == Stage::Ready);
        let part = session.parts().get(place);
        let question = part.map(|part| question(session.story(), *part).to_owned());
        if std::mem::replace(&mut self.waits, waits) && !waits {
            runtime.hush();
        }
        if waits && self.asked != Some(place) {
            self.asked = Some(place);
            let aloud = runtime.settings().questions_aloud;
            if let Some(question) = question.filter(|_| aloud) {
                runtime.say(&question);
            }
        }
    }

    fn mark(&mut self, runtime: &mut Runtime, limit: Limit) {
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
            runtime.sound_cue();
        }
    }
}

fn answering(runtime: &Runtime) -> Option<(&Session, TakeId, Secs)> {
    let session = runtime.session()?;
    match session.stage() {
        Stage::Answering { take, elapsed, .. } => Some((session, take.id.clone(), *elapsed)),
        _ => None,
    }
}

/// The targets of the answer that is spoken.
fn to_meet(session: &Session, limit: Limit) -> Vec<Secs> {
    match session.parts().get(session.current()) {
        Some(Part::Whole) => {
            let targets = targets(session.story(), session.level(), limit);
            targets.into_iter().map(|(_, end)| end).collect()
        }
        _ => {
            let brief = session.brief(session.current());
            brief
                .map(|brief| limit.when(brief.target, brief.target))
                .into_iter()
                .collect()
        }
    }
}
