//! One section, from getting ready to its words being on their way: what can be done in each stage.

mod prepare;
mod recording;
mod side_panel;

use egui::Key;

use super::Action;
use super::command::Command;
use crate::domain::story::Part;
use crate::practice::session::{InterviewPhase, Session, SessionEvent, Stage};
use crate::storage::Settings;

use side_panel::{cue_offers, limit_offers, stands_aside};

pub use prepare::{example_ui, lead_ui, ready_ui};
pub use recording::{FrozenAnswer, speaking_ui};
pub use side_panel::SidePanel;

/// What can be done in this stage.
pub fn offers(session: &Session, example: bool, settings: &Settings) -> Vec<Command> {
    let captions = settings.captions;
    // Nothing of the plan is on the screen in one, and there are no cues to choose from.
    let interview = session.interview_phase() == Some(InterviewPhase::Running);
    let input = |label: &str, key, input| Command::plain(label, key, Action::Practice(input));
    match session.stage() {
        Stage::Ready => {
            let current = session.current();
            let mut offers = vec![Command::primary("Start", Key::Space, Action::Start)];
            offers.push(example_offer(example));
            if let Some(before) = current.checked_sub(1) {
                offers.push(input("Previous", Key::P, SessionEvent::GoTo(before)));
            }
            offers.push(next_offer(session));
            offers.push(Command::plain("Home", Key::Escape, Action::Home));
            offers.extend(whole_offer(session));
            offers.extend(cue_offers());
            offers.extend(limit_offers(settings, None));
            offers
        }
        Stage::CountIn { .. } => {
            let mut offers = vec![
                captions_offer(captions),
                input("Cancel", Key::Escape, SessionEvent::Cancel),
            ];
            if !interview {
                offers.extend(cue_offers());
            }
            offers.extend(limit_offers(settings, None));
            offers
        }
        Stage::Answering { elapsed, .. } => {
            let mut offers = vec![
                Command::primary("Stop", Key::Space, Action::Practice(SessionEvent::Stop)),
                Command::plain("Start over", Key::R, Action::Start),
                captions_offer(captions),
                input("Leave", Key::Escape, SessionEvent::Cancel),
            ];
            if !interview {
                offers.extend(cue_offers());
            }
            offers.extend(limit_offers(settings, Some(*elapsed)));
            offers
        }
        Stage::Transcribing { .. } => vec![input("Cancel", Key::Escape, SessionEvent::Cancel)],
        Stage::Untranscribed { .. } => vec![
            Command::primary("Try again", Key::T, Action::Practice(SessionEvent::Retry)),
            Command::plain("New take", Key::R, Action::Start),
            next_offer(session),
            Command::plain("Home", Key::Escape, Action::Home),
        ],
        Stage::Review | Stage::Summary => Vec::new(),
    }
}

/// The buttons of the bar; those of cues and time stand at the side, the whole answer above.
pub fn bar(offers: &[Command]) -> Vec<Command> {
    let in_bar = |offer: &&Command| !stands_aside(offer) && !leads_to_whole(offer);
    offers.iter().filter(in_bar).cloned().collect()
}

/// From section by section to all of them in one breath.
pub fn whole_offer(session: &Session) -> Option<Command> {
    let sections = matches!(session.parts().first(), Some(Part::Section(_)));
    let practice = session.interview_phase().is_none();
    let whole = Action::PractisePart(Part::Whole);
    (sections && practice).then(|| Command::plain("All in one breath", Key::W, whole))
}

fn leads_to_whole(offer: &Command) -> bool {
    offer.action == Action::PractisePart(Part::Whole)
}

/// To the part after this one, or to the page over all of them.
pub fn next_offer(session: &Session) -> Command {
    let label = match session.brief(session.current() + 1) {
        Some(brief) => format!("Next: {}", brief.name),
        None => "Overview".to_owned(),
    };
    Command::plain(label, Key::N, Action::Practice(SessionEvent::Next))
}

fn captions_offer(shown: bool) -> Command {
    let label = match shown {
        true => "Hide captions",
        false => "Show captions",
    };
    Command::plain(label, Key::C, Action::ShowCaptions(!shown))
}

/// To show or hide the strong example.
pub fn example_offer(shown: bool) -> Command {
    let label = match shown {
        true => "Hide example",
        false => "Strong example",
    };
    Command::plain(label, Key::E, Action::ShowExample(!shown))
}
