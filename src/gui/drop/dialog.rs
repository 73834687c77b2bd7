//! The question which part a recording answers, and the progress while it is read.

use std::path::Path;

use egui::{Frame, Id, Key, Label, Modal, ScrollArea, Ui};

use super::state::{DropAction, Question};
use crate::gui::command::Command;
use crate::gui::layout;
use crate::gui::text::part_name;
use crate::gui::theme;
use crate::gui::theme::{BODY, SPACE, TITLE};
use crate::gui::widgets::progress::progress_ui;

const MAX_WIDTH: f32 = 520.0;
/// What a dialog contains besides its buttons.
const OTHERS_HEIGHT: f32 = 150.0;
/// The keys of the parts, in their order.
const PART_KEYS: [Key; 15] = [
    Key::Num1,
    Key::Num2,
    Key::Num3,
    Key::Num4,
    Key::Num5,
    Key::W,
    Key::Num6,
    Key::Num7,
    Key::Num8,
    Key::Num9,
    Key::A,
    Key::B,
    Key::C,
    Key::D,
    Key::E,
];

/// A command for each part that the recording may answer, and one that cancels.
pub fn ask_commands(question: &Question) -> Vec<Command<DropAction>> {
    let parts = question.parts().zip(PART_KEYS);
    let analyze = |(part, key)| Command::plain(part_name(part), key, DropAction::Analyze(part));
    parts.map(analyze).chain(reading_commands()).collect()
}

/// Asks which part the recording answers.
pub fn ask_ui(
    ui: &Ui,
    question: &Question,
    commands: &[Command<DropAction>],
) -> Option<DropAction> {
    dialog_ui(ui, |ui| {
        let name = file_name(&question.file);
        let title = theme::strong("Which part does this recording answer?", TITLE);
        let title = ui.add(Label::new(title).wrap());
        theme::announce(ui, &title);
        let story = &question.story.title;
        let text = format!(
            "{name} is compared with \u{201c}{story}\u{201d}, and a copy is kept in the history."
        );
        ui.add(Label::new(theme::text(text, BODY)).wrap());
        let mut action = None;
        let max_height = ui.ctx().content_rect().height() - OTHERS_HEIGHT;
        let list = ScrollArea::vertical().max_height(max_height.max(60.0));
        list.show(ui, |ui| {
            layout::scroll_by_keys(ui);
            ui.horizontal_wrapped(|ui| {
                for command in commands {
                    action = action.take().or(command.ui(ui));
                }
            });
        });
        action
    })
}

/// The command that stops reading the recording.
pub fn reading_commands() -> Vec<Command<DropAction>> {
    vec![Command::plain("Cancel", Key::Escape, DropAction::Cancel)]
}

/// Says that a recording is being read.
pub fn reading_ui(ui: &Ui, file: &Path, commands: &[Command<DropAction>]) -> Option<DropAction> {
    dialog_ui(ui, |ui| {
        let text = format!("Reading {}", file_name(file));
        let label = ui.add(Label::new(theme::strong(&text, TITLE)).wrap());
        theme::announce(ui, &label);
        progress_ui(ui, None, ui.available_width().min(320.0), &text);
        let commands = commands.iter();
        commands.fold(None, |action, command| action.or(command.ui(ui)))
    })
}

fn dialog_ui<R>(ui: &Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let margin = match layout::is_narrow(ui.ctx()) {
        true => SPACE[2],
        false => SPACE[4],
    };
    let frame: Frame = theme::card(ui).inner_margin(margin);
    let width = ui.ctx().content_rect().width() - 2.0 * (margin + SPACE[2]);
    let modal = Modal::new(Id::unique("dropped file")).frame(frame);
    modal
        .show(ui.ctx(), |ui| {
            ui.set_width(width.min(MAX_WIDTH));
            ui.spacing_mut().item_spacing.y = SPACE[2];
            add(ui)
        })
        .inner
}

/// The name of a file without its folder.
pub fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .display()
        .to_string()
}
