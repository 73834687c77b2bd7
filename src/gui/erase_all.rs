//! The question before every take is erased: what goes, and what stays.

use egui::{Key, Label, Margin, ScrollArea, Ui};

use super::Action;
use super::command as offer;
use super::command::Command;
use super::layout as canvas;
use super::layout::MinSize;
use super::theme;
use super::theme::{BODY, LARGE, SPACE, TITLE};
use super::widgets::icon::{Icon, line_icon_ui};

const WIDTH: f32 = 760.0;
const GOES: [&str; 3] = [
    "Sound and words of every take, of all stories",
    "What you chose in quizzes",
    "Journals that were kept aside because they could not be read",
];
const STAYS: [&str; 3] = [
    "Settings, and the bands of the readings",
    "Stories and speech models of your own",
    "What you exported, where you put it",
];

/// What can be done here; nothing while it is being done.
pub fn offers(erasing: bool) -> Vec<Command> {
    let keep = Action::AskToEraseAll(false);
    match erasing {
        true => vec![Command::plain("Back", Key::Escape, keep)],
        false => vec![
            Command::plain("Erase all of it", Key::Y, Action::EraseAll),
            Command::primary("Keep it", Key::Escape, keep),
        ],
    }
}

/// The question about so many takes.
pub fn erase_all_ui(
    ui: &mut Ui,
    takes: usize,
    erasing: bool,
    offers: &[Command],
) -> Option<Action> {
    let asked = canvas::bottom_ui(ui, |ui| offer::bar_ui(ui, offers));
    let margin = Margin::symmetric(24, 0);
    canvas::page_ui(ui, "erase all", MinSize::Little, margin, |ui| {
        let body = ScrollArea::vertical()
            .id_salt("erase all")
            .auto_shrink(false);
        body.show(ui, |ui| {
            canvas::scroll_by_keys(ui);
            ui.set_max_width(ui.available_width().min(WIDTH));
            ui.spacing_mut().item_spacing.y = SPACE[1];
            ui.add_space(SPACE[2]);
            let title = match (erasing, takes) {
                (true, _) => "The takes are being erased.".to_owned(),
                (false, 1) => "Erase the one take there is?".to_owned(),
                (false, takes) => format!("Erase all {takes} takes?"),
            };
            let told = ui.label(theme::strong(title, TITLE));
            theme::announce(ui, &told);
            let says = "This cannot be undone. A backup, or the disk itself, may keep a copy.";
            ui.add(Label::new(theme::text(says, BODY)).wrap());
            let palette = theme::palette(ui);
            let lists = [
                ("This goes", GOES, Icon::Cross, palette.red),
                ("This stays", STAYS, Icon::Check, palette.good),
            ];
            for (name, list, icon, color) in lists {
                ui.add_space(SPACE[2]);
                ui.label(theme::strong(name, LARGE));
                for says in list {
                    ui.horizontal_top(|ui| {
                        ui.spacing_mut().item_spacing.x = SPACE[2];
                        line_icon_ui(ui, icon, BODY, color, name);
                        ui.add(Label::new(theme::text(says, BODY)).wrap());
                    });
                }
            }
            ui.add_space(SPACE[3]);
        });
    });
    asked
}
