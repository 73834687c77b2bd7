//! Cards above the stories: no microphone was found, or a take was interrupted.

use egui::{Align, Key, Label, Layout, Ui};

use super::state::HomeAction;
use crate::app::Controller;
use crate::audio::MicError;
use crate::domain::time::clock;
use crate::gui::command::{Command, button_ui};
use crate::gui::layout;
use crate::gui::text::part_name;
use crate::gui::theme;
use crate::gui::theme::{BODY, SPACE};
use crate::gui::widgets::icon::{Icon, line_icon_ui};
use crate::storage::TakeStatus;

/// Why there is no microphone to choose from, if there is none.
pub fn microphone_error(controller: &Controller) -> Option<String> {
    match controller.microphones()? {
        _ if controller.is_source_fixed() => None,
        Ok(found) if !found.is_empty() => None,
        Ok(_) => Some(MicError::NotFound.to_string()),
        Err(error) => Some(error.to_string()),
    }
}

/// Says that there is no microphone, if there is none.
pub fn missing_microphone_ui(
    ui: &mut Ui,
    controller: &Controller,
    commands: &[Command<HomeAction>],
) -> Option<HomeAction> {
    let text = theme::sentence(&microphone_error(controller)?);
    notice_ui(ui, &text, "problem", commands, &[Key::A])
}

/// Says that a take has no feedback yet because the program ended too early, if there is one.
pub fn recoverable_take_ui(
    ui: &mut Ui,
    controller: &Controller,
    commands: &[Command<HomeAction>],
) -> Option<HomeAction> {
    let entry = controller.recoverable_take()?;
    let part = entry.part.map_or("A take".to_owned(), part_name);
    let length = entry.seconds.map_or(String::new(), clock);
    let text = match entry.state {
        TakeStatus::Interrupted => format!(
            "{part} of \u{201c}{}\u{201d} was interrupted on {}. {length} of it was saved.",
            entry.title, entry.began
        ),
        _ => format!(
            "{part} of \u{201c}{}\u{201d}, {length}, recorded on {}, has no feedback yet.",
            entry.title, entry.began
        ),
    };
    notice_ui(ui, &text, "interrupted take", commands, &[Key::N, Key::F])
}

/// A card with a warning, and at its right or below it the buttons with these keys, the last one first.
fn notice_ui(
    ui: &mut Ui,
    text: &str,
    icon_name: &str,
    commands: &[Command<HomeAction>],
    keys: &[Key],
) -> Option<HomeAction> {
    let mut action = None;
    let is_narrow = layout::is_narrow(ui.ctx());
    theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE[2];
            let amber = theme::palette(ui).amber;
            line_icon_ui(ui, Icon::Triangle, BODY, amber, icon_name);
            if is_narrow {
                ui.add(Label::new(theme::text(text, BODY)).wrap());
                return;
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                for key in keys {
                    action = action.take().or(button_ui(ui, commands, *key));
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(theme::text(text, BODY)).wrap());
                });
            });
        });
        if is_narrow {
            ui.horizontal_wrapped(|ui| {
                for key in keys.iter().rev() {
                    action = action.take().or(button_ui(ui, commands, *key));
                }
            });
        }
    });
    ui.add_space(SPACE[2]);
    action
}
