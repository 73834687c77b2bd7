//! What is asked for of the takes of the past: their list, their trends, exporting one, erasing one or all.

use std::path::PathBuf;

use super::{Action, App};
use crate::app::export::usual_folders;
use crate::gui::export;
use crate::gui::history;
use crate::gui::history::HistoryState;
use crate::gui::learn::LearnState;
use crate::gui::trends::TrendsState;
use crate::practice::time_limit::TimeLimit;

impl App {
    pub(super) fn act_on_past(&mut self, action: Action, ctx: &egui::Context) {
        match action {
            Action::ShowHistory => {
                self.runtime.stop_monitor();
                self.show_history(true);
            }
            Action::OpenTake(id) => {
                self.example = false;
                self.limit = TimeLimit::default();
                self.runtime.open_take(&id);
            }
            Action::LeaveUnheard => self.runtime.dismiss_recoverable(),
            Action::Search => history::search(ctx),
            Action::Erase(id) => {
                let name = self.history.as_ref().and_then(|h| h.name_of(&id));
                self.runtime.erase(&id);
                self.show_history(false);
                let returns = self.runtime.last_erased() == Some(&id);
                self.in_history(|history| {
                    if let (Some(name), None) = (name, history.name_of(&id)) {
                        let again = if returns { " It can be undone." } else { "" };
                        history.tell(format!("{name} is erased.{again}"));
                    }
                });
            }
            Action::AskToEraseAll(ask) => self.in_history(|history| history.ask_to_erase_all(ask)),
            Action::EraseAll => self.runtime.erase_all(),
            Action::Export(ask) => self.export(ask, ctx),
            Action::BringBack => {
                let id = self.runtime.last_erased().cloned();
                self.runtime.undo_erase();
                self.show_history(false);
                if let (Some(history), Some(id)) = (&mut self.history, id) {
                    history.choose_take(&id);
                    if let Some(name) = history.name_of(&id) {
                        history.tell(format!("{name} is back."));
                    }
                }
            }
            Action::ShowTrends(show) => {
                self.in_history(|history| history.show_trends(show));
                self.read_past();
            }
            Action::Follow(followed) => {
                self.in_trends(|trends| trends.follow(followed));
                self.show_trends();
            }
            Action::ChoosePoint(id) => self.in_trends(|trends| trends.choose(id)),
            Action::Seek(sought) => self.in_history(|history| history.seek(sought)),
            Action::ChooseTake(place) => self.in_history(|history| history.choose(place)),
            Action::AskToErase(ask) => self.in_history(|history| history.ask_to_erase(ask)),
            _ => {}
        }
    }

    fn export(&mut self, ask: export::ExportAction, ctx: &egui::Context) {
        match ask {
            export::ExportAction::Show(show) => {
                let usual = usual_folders().into_iter();
                let usual = usual.map(|(name, folder)| (name, folder.display().to_string()));
                let usual = usual.collect();
                self.in_history(|history| history.ask_to_export(show, usual));
            }
            export::ExportAction::Edit => export::edit(ctx),
            export::ExportAction::Write => {
                let export = self.history.as_ref().and_then(HistoryState::export);
                if let Some(export) = export {
                    let folder = std::path::Path::new(export.folder());
                    self.runtime.export(export.take(), export.form(), folder);
                }
            }
            ask => self.in_history(|history| history.choose_export(ask)),
        }
    }

    /// A take was written to a file, or was not.
    pub(super) fn exported(&mut self, written: Result<PathBuf, String>) {
        match written {
            Ok(path) => {
                self.in_history(|history| history.ask_to_export(false, Vec::new()));
                let path = path.display();
                self.notices.note(format!("The take was written to {path}"));
            }
            Err(why) => self.notices.problem(why),
        }
    }

    /// Every take was erased, or was not.
    pub(super) fn all_erased(&mut self, erased: Result<usize, String>) {
        self.in_history(|history| history.ask_to_erase_all(false));
        match erased {
            Ok(takes) => {
                // Scores of quizzes went, too.
                self.learn = LearnState::default();
                let takes = match takes {
                    1 => "1 take is".to_owned(),
                    takes => format!("{takes} takes are"),
                };
                self.notices.note(format!(
                    "{takes} erased. Your settings, stories and models stay."
                ));
            }
            Err(why) => self.notices.problem(why),
        }
        self.show_history(false);
        self.come_home();
    }

    fn in_history(&mut self, change: impl FnOnce(&mut HistoryState)) {
        if let Some(history) = &mut self.history {
            change(history);
        }
    }

    /// Shows the takes as they are now; where the history is not on the screen, only if it is to `open`.
    pub(super) fn show_history(&mut self, open: bool) {
        if !open && self.history.is_none() {
            return;
        }
        match self.runtime.history() {
            Ok(takes) => self.history.get_or_insert_default().show(takes),
            Err(error) => self.notices.problem(error.to_string()),
        }
        self.read_past();
    }

    /// Where trends are on the screen: reads the takes that they lack.
    pub(super) fn read_past(&mut self) {
        let history = self.history.as_ref();
        if let Some(history) = history.filter(|history| history.trends.is_some()) {
            self.runtime.analyze_history(history.takes());
            self.show_trends();
        }
    }

    /// Shows the trends as far as takes were read.
    pub(super) fn show_trends(&mut self) {
        if let Some(history) = &mut self.history
            && let Some(mut trends) = history.trends.take()
        {
            trends.show(history.takes(), &self.runtime);
            history.trends = Some(trends);
        }
    }

    fn in_trends(&mut self, change: impl FnOnce(&mut TrendsState)) {
        let trends = self.history.as_mut().and_then(|h| h.trends.as_mut());
        if let Some(trends) = trends {
            change(trends);
        }
    }
}
