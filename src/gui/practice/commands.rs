//! Commands that several screens of a practice share.

use egui::Key;

use super::action::{BackTarget, PracticeAction};
use crate::domain::story::Part;
use crate::gui::command::Command;
use crate::practice::session::{Session, SessionRequest};

const PART_KEYS: [Key; 9] = [
    Key::Num1,
    Key::Num2,
    Key::Num3,
    Key::Num4,
    Key::Num5,
    Key::Num6,
    Key::Num7,
    Key::Num8,
    Key::Num9,
];

/// A command that sends a request to the session.
pub fn session_command(label: &str, key: Key, request: SessionRequest) -> Command<PracticeAction> {
    Command::plain(label, key, PracticeAction::Session(request))
}

/// Leaves the practice.
pub fn back_command(back: BackTarget) -> Command<PracticeAction> {
    Command::plain(back.label(), Key::Escape, back.action())
}

/// Goes to the next part, or from the last part to the overview.
pub fn next_command(session: &Session) -> Command<PracticeAction> {
    let label = match session.brief(session.current() + 1) {
        Some(brief) => format!("Next: {}", brief.name),
        None => "Overview".to_owned(),
    };
    session_command(&label, Key::N, SessionRequest::Next)
}

/// Goes from practicing the sections to practicing the whole answer.
pub fn whole_answer_command(session: &Session) -> Option<Command<PracticeAction>> {
    let sections = matches!(session.parts().first(), Some(Part::Section(_)));
    let practice = session.interview_phase().is_none();
    let whole = PracticeAction::PracticePart(Part::Whole);
    (sections && practice).then(|| Command::plain("Practice whole answer", Key::W, whole))
}

/// Whether a command is the one of [`whole_answer_command`].
pub fn is_whole_answer_command(command: &Command<PracticeAction>) -> bool {
    command.action == PracticeAction::PracticePart(Part::Whole)
}

/// Goes to a part by its number.
pub fn part_commands(session: &Session) -> impl Iterator<Item = Command<PracticeAction>> {
    (0..session.parts().len()).filter_map(|part| {
        let key = *PART_KEYS.get(part)?;
        let label = match session.reviewed(part) {
            Some(_) => "Review",
            None => "Practice",
        };
        Some(session_command(label, key, SessionRequest::GoTo(part)))
    })
}

/// Whether a key is one of [`part_commands`].
pub fn is_part_command<A>(command: &Command<A>) -> bool {
    PART_KEYS.contains(&command.key)
}
