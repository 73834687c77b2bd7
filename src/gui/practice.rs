//! One section, from getting ready to its words being on their way: what can be done in each stage.

use egui::Key;

use super::Action;
use super::offer::Offer;
use crate::coach::session::{Input, Interview, Session, Stage};
use crate::coach::story::Part;
use crate::store::Settings;

mod aside;
mod ready;
mod speaking;

use aside::{cue_offers, limit_offers, stands_aside};

pub use aside::Aside;
pub use ready::{example_ui, lead_ui, ready_ui};
pub use speaking::{Stopped, speaking_ui};

/// What can be done in this stage.
pub fn offers(session: &Session, example: bool, settings: &Settings) -> Vec<Offer> {
    let captions = settings.captions;
    // Nothing of the plan is on the screen in one, and there are no cues to choose from.
    let interview = session.is_interview() == Some(Interview::On);
    let input = |label: &str, key, input| Offer::plain(label, key, Action::Practice(input));
    match session.stage() {
        Stage::Ready => {
            let current = session.current();
            let mut offers = vec![Offer::primary("Start", Key::Space, Action::Start)];
            offers.push(example_offer(example));
            if let Some(before) = current.checked_sub(1) {
                offers.push(input("Previous", Key::P, Input::GoTo(before)));
            }
            offers.push(next_offer(session));
            offers.push(Offer::plain("Home", Key::Escape, Action::Home));
            offers.extend(whole_offer(session));
            offers.extend(cue_offers());
            offers.extend(limit_offers(settings, None));
            offers
        }
        Stage::CountIn { .. } => {
            let mut offers = vec![
                captions_offer(captions),
                input("Cancel", Key::Escape, Input::Cancel),
            ];
            if !interview {
                offers.extend(cue_offers());
            }
            offers.extend(limit_offers(settings, None));
            offers
        }
        Stage::Answering { elapsed, .. } => {
            let mut offers = vec![
                Offer::primary("Stop", Key::Space, Action::Practice(Input::Stop)),
                Offer::plain("Start over", Key::R, Action::Start),
                captions_offer(captions),
                input("Leave", Key::Escape, Input::Cancel),
            ];
            if !interview {
                offers.extend(cue_offers());
            }
            offers.extend(limit_offers(settings, Some(*elapsed)));
            offers
        }
        Stage::Transcribing { .. } => vec![input("Cancel", Key::Escape, Input::Cancel)],
        Stage::Untranscribed { .. } => vec![
            Offer::primary("Try again", Key::T, Action::Practice(Input::Retry)),
            Offer::plain("New take", Key::R, Action::Start),
            next_offer(session),
            Offer::plain("Home", Key::Escape, Action::Home),
        ],
        Stage::Review | Stage::Summary => Vec::new(),
    }
}

/// The buttons of the bar; those of cues and time stand at the side, the whole answer above.
pub fn bar(offers: &[Offer]) -> Vec<Offer> {
    let in_bar = |offer: &&Offer| !stands_aside(offer) && !leads_to_whole(offer);
    offers.iter().filter(in_bar).cloned().collect()
}

/// From section by section to all of them in one breath.
pub fn whole_offer(session: &Session) -> Option<Offer> {
    let sections = matches!(session.parts().first(), Some(Part::Section(_)));
    let practice = session.is_interview().is_none();
    let whole = Action::PractisePart(Part::Whole);
    (sections && practice).then(|| Offer::plain("All in one breath", Key::W, whole))
}

fn leads_to_whole(offer: &Offer) -> bool {
    offer.action == Action::PractisePart(Part::Whole)
}

/// To the part after this one, or to the page over all of them.
pub fn next_offer(session: &Session) -> Offer {
    let label = match session.brief(session.current() + 1) {
        Some(brief) => format!("Next: {}", brief.name),
        None => "Overview".to_owned(),
    };
    Offer::plain(label, Key::N, Action::Practice(Input::Next))
}

fn captions_offer(shown: bool) -> Offer {
    let label = match shown {
        true => "Hide captions",
        false => "Show captions",
    };
    Offer::plain(label, Key::C, Action::ShowCaptions(!shown))
}

/// To show or hide the strong example.
pub fn example_offer(shown: bool) -> Offer {
    let label = match shown {
        true => "Hide example",
        false => "Strong example",
    };
    Offer::plain(label, Key::E, Action::ShowExample(!shown))
}
