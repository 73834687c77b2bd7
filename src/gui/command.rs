//! What a screen offers to do. The same list makes the buttons and reads the keys, so that what is
//! written on a button is what its key does.

use egui::{Align, Event, FocusDirection, InputState, Key, Label, Layout, Ui};

use super::Action;
use super::theme;
use super::theme::{BODY, SPACE};
use super::widgets::button::{ButtonStyle, flat_button_ui, key_button_ui};

/// Something that can be done now.
#[derive(Debug, Clone)]
pub struct Command {
    /// What it is called.
    pub label: String,
    /// Its key.
    pub key: Key,
    /// How much it stands out.
    pub look: ButtonStyle,
    /// What it asks for.
    pub action: Action,
}

impl Command {
    /// The one thing that is most likely wanted.
    pub fn primary(label: impl Into<String>, key: Key, action: Action) -> Self {
        Self {
            label: label.into(),
            key,
            look: ButtonStyle::Primary,
            action,
        }
    }

    /// Anything else.
    pub fn plain(label: impl Into<String>, key: Key, action: Action) -> Self {
        Self {
            look: ButtonStyle::Plain,
            ..Self::primary(label, key, action)
        }
    }

    /// Its button without a frame.
    pub fn flat_ui(&self, ui: &mut Ui) -> Option<Action> {
        flat_button_ui(ui, &self.label, key_name(self.key))
            .clicked()
            .then(|| self.action.clone())
    }

    /// Its button.
    pub fn ui(&self, ui: &mut Ui) -> Option<Action> {
        key_button_ui(ui, &self.label, key_name(self.key), self.look)
            .clicked()
            .then(|| self.action.clone())
    }
}

/// On many keyboards these need shift.
const SIGNS: [Key; 2] = [Key::Questionmark, Key::Plus];

/// Takes the keys of `offers` out of the input, so that no widget sees them, and tells what was
/// asked for. A key that is held down asks once, unless it is an arrow. Enter and space are left to a widget
/// that has the focus, unless somebody types in it; but while somebody is `speaking`, space stops and does
/// nothing else, wherever the focus is.
pub fn pressed(ui: &Ui, offers: &[Command], speaking: bool) -> Option<Action> {
    ui.input_mut(let_go_of_signs);
    let focused = ui.memory(|memory| memory.focused().is_some());
    let focused = focused && !ui.ctx().text_edit_focused();
    let popup = egui::Popup::is_any_open(ui.ctx());
    if popup {
        return None;
    }
    let mut asked = None;
    let mut arrow = false;
    ui.input_mut(|input| {
        input.events.retain(|event| {
            let Event::Key {
                key,
                pressed: true,
                repeat,
                modifiers,
                ..
            } = event
            else {
                return true;
            };
            let plain = modifiers.is_none() || (modifiers.shift_only() && SIGNS.contains(key));
            let of_focus = *key == Key::Enter || (*key == Key::Space && !speaking);
            if !plain || (focused && of_focus) {
                return true;
            }
            let Some(offer) = offers.iter().find(|offer| offer.key == *key) else {
                return !(speaking && *key == Key::Space);
            };
            // Through a list one goes by holding the key.
            let arrows = [
                Key::ArrowUp,
                Key::ArrowDown,
                Key::ArrowLeft,
                Key::ArrowRight,
            ];
            arrow |= arrows.contains(key);
            if !repeat || arrows.contains(key) {
                asked.get_or_insert_with(|| offer.action.clone());
            }
            false
        });
    });
    if arrow {
        // It does not move the focus, too.
        ui.memory_mut(|memory| memory.move_focus(FocusDirection::None));
    }
    asked
}

/// Whoever lets go of shift first lets go of `/` where `?` was pressed: egui would take that for held for ever,
/// and its next press for a repetition.
fn let_go_of_signs(input: &mut InputState) {
    let let_go = |event: &Event| matches!(event, Event::Key { pressed: false, .. });
    if input.events.iter().any(let_go) {
        input.keys_down.retain(|key| !SIGNS.contains(key));
    }
}

/// The buttons in a row; what leads away stands apart, at the right.
pub fn bar_ui(ui: &mut Ui, offers: &[Command]) -> Option<Action> {
    let mut asked = None;
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[1];
        for offer in offers.iter().filter(|offer| offer.key != Key::Escape) {
            asked = asked.take().or(offer.ui(ui));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            for offer in offers.iter().filter(|offer| offer.key == Key::Escape) {
                asked = asked.take().or(offer.ui(ui));
            }
        });
    });
    asked
}

/// A question in place of the buttons; its answers stand at the right.
pub fn question_ui(ui: &mut Ui, says: &str, answers: &[Command]) -> Option<Action> {
    let mut asked = None;
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = SPACE[1];
        for offer in answers.iter().rev() {
            asked = asked.take().or(offer.ui(ui));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let told = ui.add(Label::new(theme::text(says, BODY)).wrap());
            theme::announce(ui, &told);
        });
    });
    asked
}

/// A key as it is written on a button.
pub fn key_name(key: Key) -> &'static str {
    match key {
        Key::Space => "space",
        Key::Enter => "enter",
        Key::Escape => "esc",
        Key::Delete => "del",
        Key::Backspace => "backspace",
        Key::PageUp => "page up",
        Key::PageDown => "page down",
        Key::ArrowLeft => "\u{2190}",
        Key::ArrowRight => "\u{2192}",
        Key::ArrowUp => "\u{2191}",
        Key::ArrowDown => "\u{2193}",
        other => other.symbol_or_name(),
    }
}
