//! What the window does when the controller reports that something has happened.

use std::path::{Path, PathBuf};

use super::dropped;
use super::state::State;
use crate::app::Notification;
use crate::domain::take::TakeId;
use crate::gui::learn::LearnState;
use crate::practice::session::Stage;

/// Shows what has happened.
pub fn notify(state: &mut State, notification: Notification) {
    match notification {
        Notification::Problem(text) | Notification::Warning(text) => {
            state.notifications.problem(text);
        }
        Notification::TakeSaved(take, path) if is_left(state, &take) => {
            let name = path.file_name().unwrap_or(path.as_os_str());
            state.notifications.note(format!(
                "Saved as {}. Open it in History for feedback.",
                Path::new(name).display()
            ));
            state.refresh_home();
        }
        Notification::HistoryAnalyzed => {
            state.refresh_trends();
            state.home.update_recommendation(&state.controller);
        }
        Notification::Imported(take) => {
            dropped::imported(state, &take);
            state.refresh_history();
            state.refresh_home();
        }
        Notification::Exported(result) => exported(state, result),
        Notification::AllErased(takes) => all_erased(state, Ok(takes)),
        Notification::EraseFailed(why) => all_erased(state, Err(why)),
        Notification::Entered(_)
        | Notification::TakeSaved(..)
        | Notification::SignalChanged(_)
        | Notification::Captioned(..)
        | Notification::FeedbackReady(..) => {}
    }
}

/// Whether a saved take belongs to no practice that will show it, or shows it already.
fn is_left(state: &State, id: &TakeId) -> bool {
    let Some(session) = state.controller.session() else {
        return true;
    };
    let mut reviewed = (0..session.parts().len()).filter_map(|part| session.reviewed(part));
    match session.stage() {
        Stage::Review | Stage::Ready | Stage::Summary => {
            !reviewed.any(|reviewed| reviewed.take.id == *id)
        }
        _ => false,
    }
}

fn exported(state: &mut State, result: Result<PathBuf, String>) {
    match result {
        Ok(path) => {
            if let Some(history) = &mut state.history {
                history.close_modal();
            }
            let text = format!("Exported to {}", path.display());
            state.notifications.note(text);
        }
        Err(why) => state.notifications.problem(why),
    }
}

fn all_erased(state: &mut State, result: Result<usize, String>) {
    if let Some(history) = &mut state.history {
        history.close_modal();
    }
    match result {
        Ok(takes) => {
            // The scores of the quizzes are erased, too.
            state.learn = LearnState::default();
            let takes = match takes {
                1 => "1 take was".to_owned(),
                takes => format!("{takes} takes were"),
            };
            state.notifications.note(format!(
                "{takes} erased. Settings, stories and models were kept."
            ));
        }
        Err(why) => state.notifications.problem(why),
    }
    state.refresh_history();
    state.refresh_home();
}
