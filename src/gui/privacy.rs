//! What is kept and where, what never happens, and how to erase: the page that `starling privacy` prints.

use egui::{Key, Label, Margin, ScrollArea, Ui};

use super::Action;
use super::command as offer;
use super::command::Command;
use super::layout as canvas;
use super::layout::MinSize;
use super::theme;
use super::theme::{BODY, SPACE, TITLE};
use crate::storage::{NoticeItem, Store, privacy_notice};

const WIDTH: f32 = 760.0;
/// The widest name of a file or a command.
const NAMES: f32 = 190.0;

/// To see it.
pub fn offer() -> Command {
    Command::plain("What is kept", Key::K, Action::ShowKept(true))
}

/// What can be done here.
pub fn offers() -> Vec<Command> {
    vec![Command::plain("Back", Key::Escape, Action::ShowKept(false))]
}

/// The page.
pub fn kept_ui(ui: &mut Ui, store: &Store, offers: &[Command]) -> Option<Action> {
    let asked = canvas::bottom_ui(ui, |ui| offer::bar_ui(ui, offers));
    canvas::page_ui(
        ui,
        "kept",
        MinSize::Little,
        Margin::symmetric(24, 0),
        |ui| {
            let body = ScrollArea::vertical().id_salt("kept").auto_shrink(false);
            body.show(ui, |ui| {
                canvas::scroll_by_keys(ui);
                ui.set_max_width(ui.available_width().min(WIDTH));
                ui.spacing_mut().item_spacing.y = SPACE[1];
                for matter in privacy_notice(store.folder()) {
                    ui.add_space(SPACE[2]);
                    ui.label(theme::strong(matter.title, TITLE));
                    for told in matter.items {
                        told_ui(ui, &told);
                    }
                }
                ui.add_space(SPACE[3]);
            });
        },
    );
    asked
}

fn told_ui(ui: &mut Ui, told: &NoticeItem) {
    match told {
        NoticeItem::Text(says) => {
            ui.add(Label::new(theme::text(*says, BODY)).wrap());
        }
        NoticeItem::Path(folder) => {
            ui.add(Label::new(theme::strong(folder, BODY)).wrap());
        }
        NoticeItem::Entry(name, says) => {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = SPACE[2];
                ui.allocate_ui(egui::vec2(NAMES, 0.0), |ui| {
                    ui.set_min_width(NAMES);
                    ui.label(theme::strong(*name, BODY));
                });
                ui.add(Label::new(theme::text(*says, BODY)).wrap());
            });
        }
    }
}
