//! Commands: a label, a key and an action each.
//!
//! The same list draws the buttons and handles the keys, so a button always shows the key that works.

use egui::{Event, FocusDirection, InputState, Key, Ui};

use super::widgets::button::{ButtonStyle, flat_button_ui, key_button_ui};

/// Something the user can do now. `A` is the action type of the screen that offers it.
#[derive(Debug, Clone)]
pub struct Command<A> {
    /// The text of its button.
    pub label: String,
    /// Its keyboard shortcut.
    pub key: Key,
    /// How prominent its button is.
    pub style: ButtonStyle,
    /// The action it asks for.
    pub action: A,
}

impl<A> Command<A> {
    /// The most likely next step on a screen.
    pub fn primary(label: impl Into<String>, key: Key, action: A) -> Self {
        Self {
            label: label.into(),
            key,
            style: ButtonStyle::Primary,
            action,
        }
    }

    /// Any other command.
    pub fn plain(label: impl Into<String>, key: Key, action: A) -> Self {
        Self {
            style: ButtonStyle::Plain,
            ..Self::primary(label, key, action)
        }
    }

    /// The same command, for an action type that wraps this one.
    pub fn map<B>(self, wrap: impl FnOnce(A) -> B) -> Command<B> {
        Command {
            label: self.label,
            key: self.key,
            style: self.style,
            action: wrap(self.action),
        }
    }
}

impl<A: Clone> Command<A> {
    /// Draws its button without a frame.
    pub fn flat_ui(&self, ui: &mut Ui) -> Option<A> {
        flat_button_ui(ui, &self.label, key_name(self.key))
            .clicked()
            .then(|| self.action.clone())
    }

    /// Draws its button.
    pub fn ui(&self, ui: &mut Ui) -> Option<A> {
        self.button_ui(ui, true)
    }

    /// Draws its button, with or without its key.
    pub fn button_ui(&self, ui: &mut Ui, has_key: bool) -> Option<A> {
        let key = if has_key { key_name(self.key) } else { "" };
        key_button_ui(ui, &self.label, key, self.style)
            .clicked()
            .then(|| self.action.clone())
    }
}

/// The command with this key.
pub fn with_key<A>(commands: &[Command<A>], key: Key) -> Option<&Command<A>> {
    commands.iter().find(|command| command.key == key)
}

/// Draws the button of the command with this key, if there is one.
pub fn button_ui<A: Clone>(ui: &mut Ui, commands: &[Command<A>], key: Key) -> Option<A> {
    with_key(commands, key)?.ui(ui)
}

/// As [`button_ui`], without a frame.
pub fn flat_button_with_key_ui<A: Clone>(
    ui: &mut Ui,
    commands: &[Command<A>],
    key: Key,
) -> Option<A> {
    with_key(commands, key)?.flat_ui(ui)
}

/// Whether a key needs Shift on some keyboards: digits on a French one, `?` and `+` on an English one.
fn may_need_shift(key: Key) -> bool {
    is_digit(key) || matches!(key, Key::Questionmark | Key::Plus)
}

fn is_digit(key: Key) -> bool {
    (Key::Num0..=Key::Num9).contains(&key)
}

/// The command of a key. A punctuation mark without a command counts as the digit or letter at its place, if any:
/// on a French keyboard, the keys of the digits type those without Shift, and on a Hebrew one that of W.
fn with_key_or_place<A>(
    commands: &[Command<A>],
    key: Key,
    place: Option<Key>,
) -> Option<&Command<A>> {
    let is_mark = (Key::Colon..=Key::Quote).contains(&key);
    let is_letter = |place: Key| (Key::A..=Key::Z).contains(&place);
    let place = place.filter(|place| is_mark && (is_digit(*place) || is_letter(*place)));
    with_key(commands, key).or_else(|| with_key(commands, place?))
}

/// Removes the keys of `commands` from the input, so that no widget sees them, and returns the action of the
/// first one that was pressed.
///
/// A key that is held down acts once, unless it is an arrow key. Enter and Space go to the focused widget, unless
/// it is a text field. While the user is recording (`recording`), Space only stops, wherever the focus is.
pub fn pressed<A: Clone>(ui: &Ui, commands: &[Command<A>], recording: bool) -> Option<A> {
    ui.input_mut(release_shifted_keys);
    let focused = ui.memory(|memory| memory.focused().is_some());
    let focused = focused && !ui.ctx().text_edit_focused();
    if egui::Popup::is_any_open(ui.ctx()) {
        return None;
    }
    let mut action = None;
    let mut arrow = false;
    ui.input_mut(|input| {
        input.events.retain(|event| {
            let Event::Key {
                key,
                physical_key,
                pressed: true,
                repeat,
                modifiers,
            } = event
            else {
                return true;
            };
            let unmodified =
                modifiers.is_none() || (modifiers.shift_only() && may_need_shift(*key));
            let for_focused_widget = *key == Key::Enter || (*key == Key::Space && !recording);
            if !unmodified || (focused && for_focused_widget) {
                return true;
            }
            let Some(command) = with_key_or_place(commands, *key, *physical_key) else {
                return !(recording && *key == Key::Space);
            };
            // Holding an arrow key moves through a list.
            let arrows = [
                Key::ArrowUp,
                Key::ArrowDown,
                Key::ArrowLeft,
                Key::ArrowRight,
            ];
            arrow |= arrows.contains(key);
            if !repeat || arrows.contains(key) {
                action.get_or_insert_with(|| command.action.clone());
            }
            false
        });
    });
    if arrow {
        // Otherwise egui would move the focus as well.
        ui.memory_mut(|memory| memory.move_focus(FocusDirection::None));
    }
    action
}

/// A user who releases Shift before `?` releases `/` instead. egui would take `?` as held down forever, and its
/// next press as a repetition.
fn release_shifted_keys(input: &mut InputState) {
    let released = |event: &Event| matches!(event, Event::Key { pressed: false, .. });
    if input.events.iter().any(released) {
        input.keys_down.retain(|key| !may_need_shift(*key));
    }
}

/// The name of a key, as written on a button.
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
