//! The confirmation before all takes are erased: what will be erased, and what will be kept.

use egui::{Context, Key, Label, Ui};

use super::command::Command;
use super::layout;
use super::layout::Page;
use super::screen::Screen;
use super::theme;
use super::theme::{BODY, LARGE, SPACE, TITLE};
use super::widgets::icon::{Icon, line_icon_ui};

const ERASED: [&str; 3] = [
    "Recordings and transcripts of all takes, of all stories",
    "Your quiz answers",
    "Quarantined take databases that could not be read",
];
const KEPT: [&str; 3] = [
    "Settings, and the ranges for feedback",
    "Your own stories and speech models",
    "Exported files, wherever you saved them",
];

/// What the user can ask for on this screen.
#[derive(Debug, Clone, PartialEq)]
pub enum EraseAllAction {
    /// Erase all takes.
    Erase,
    /// Return to the history.
    Cancel,
}

/// The confirmation screen.
#[derive(Debug)]
pub struct EraseAllScreen {
    /// The number of takes.
    pub takes: usize,
    /// Whether the takes are being erased.
    pub erasing: bool,
}

impl Screen for EraseAllScreen {
    type Action = EraseAllAction;

    fn title(&self) -> Option<String> {
        Some("History".to_owned())
    }

    fn commands(&self, _ctx: &Context) -> Vec<Command<EraseAllAction>> {
        let cancel = EraseAllAction::Cancel;
        match self.erasing {
            true => vec![Command::plain("Back", Key::Escape, cancel)],
            false => vec![
                Command::plain("Erase everything", Key::Y, EraseAllAction::Erase),
                Command::primary("Cancel", Key::Escape, cancel),
            ],
        }
    }

    fn page(&self) -> Page {
        Page::full_width("erase all")
    }

    fn content_ui(
        &self,
        ui: &mut Ui,
        _commands: &[Command<EraseAllAction>],
    ) -> Option<EraseAllAction> {
        layout::text_page_ui(ui, "erase all", |ui| {
            ui.spacing_mut().item_spacing.y = SPACE[1];
            ui.add_space(SPACE[2]);
            let title = match (self.erasing, self.takes) {
                (true, _) => "Erasing all takes".to_owned(),
                (false, 1) => "Erase your only take?".to_owned(),
                (false, takes) => format!("Erase all {takes} takes?"),
            };
            let title = ui.label(theme::strong(title, TITLE));
            theme::announce(ui, &title);
            let warning =
                "This cannot be undone. Backups, or the disk itself, may still hold copies.";
            ui.add(Label::new(theme::text(warning, BODY)).wrap());
            let palette = theme::palette(ui);
            let lists = [
                ("Will be erased", ERASED, Icon::Cross, palette.red),
                ("Will be kept", KEPT, Icon::Check, palette.good),
            ];
            for (heading, items, icon, color) in lists {
                ui.add_space(SPACE[2]);
                ui.label(theme::strong(heading, LARGE));
                for item in items {
                    ui.horizontal_top(|ui| {
                        ui.spacing_mut().item_spacing.x = SPACE[2];
                        line_icon_ui(ui, icon, BODY, color, heading);
                        ui.add(Label::new(theme::text(item, BODY)).wrap());
                    });
                }
            }
            ui.add_space(SPACE[3]);
        });
        None
    }
}
