//! What the user does: keys, pointer, and what a screen reader can do.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{
    DroppedFile, DroppedFileHandle, Event, HoveredFile, Key, Modifiers, PointerButton, Pos2, Role,
};
use egui_kittest::kittest::{NodeT, Queryable};

use super::Window;

/// A file as the desktop hands it over.
#[derive(Debug)]
struct Dropped(PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

/// What the user does.
impl Window {
    /// Presses a key.
    #[track_caller]
    pub fn press(&mut self, key: Key) {
        self.harness.key_press(key);
        self.settle();
        self.expect_controls_in_view();
    }

    /// Presses a key and draws only this many frames.
    pub fn press_for(&mut self, key: Key, frames: usize) {
        self.harness.key_press(key);
        self.frames(frames);
    }

    /// Presses keys one after the other.
    #[track_caller]
    pub fn press_all(&mut self, keys: impl IntoIterator<Item = Key>) {
        for key in keys {
            self.press(key);
        }
    }

    /// Presses a key while others, such as Ctrl, are down.
    #[track_caller]
    pub fn press_with(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
        self.expect_controls_in_view();
    }

    /// Types text into the focused field.
    pub fn type_text(&mut self, text: &str) {
        self.send_input([Event::Text(text.to_owned())]);
    }

    /// Clicks the one control that has this label, or else the one whose label contains it.
    #[track_caller]
    pub fn click(&mut self, label: &str) {
        self.control(label).click();
        self.settle();
    }

    /// Clicks the one control of this role and label.
    #[track_caller]
    pub fn click_role(&mut self, role: Role, label: &str) {
        self.control_of(role, label).click();
        self.settle();
    }

    /// Opens a drop-down list and clicks one of its options.
    #[track_caller]
    pub fn choose(&mut self, list: &str, option: &str) {
        self.click_role(Role::ComboBox, list);
        self.click(option);
    }

    /// Clicks at a position.
    pub fn click_at(&mut self, position: Pos2) {
        self.hover(position);
        for pressed in [true, false] {
            self.harness.event(Event::PointerButton {
                pos: position,
                button: PointerButton::Primary,
                pressed,
                modifiers: Modifiers::NONE,
            });
            self.frames(1);
        }
        self.settle();
    }

    /// Moves the pointer to a position.
    pub fn hover(&mut self, position: Pos2) {
        self.harness.hover_at(position);
        self.settle();
    }

    /// Activates the first control whose label contains `label` as a screen reader does, even out of view.
    #[track_caller]
    pub fn activate(&mut self, label: &str) {
        self.first(label).click_accesskit();
        self.settle();
    }

    /// Increments a slider as a screen reader does.
    #[track_caller]
    pub fn increment_slider(&mut self) {
        self.only(Role::Slider).increment_accesskit();
        self.settle();
    }

    /// Gives the keyboard focus to the one control with this label.
    #[track_caller]
    pub fn focus(&mut self, label: &str) {
        self.control(label).focus();
        self.settle();
    }

    /// Gives the keyboard focus to the one control of this role and label.
    #[track_caller]
    pub fn focus_role(&mut self, role: Role, label: &str) {
        self.control_of(role, label).focus();
        self.settle();
    }

    /// Gives the keyboard focus to the only control of this role.
    #[track_caller]
    pub fn focus_only(&mut self, role: Role) {
        self.only(role).focus();
        self.settle();
    }

    /// Presses Tab until the control with exactly this label has the focus and is scrolled into view.
    #[track_caller]
    pub fn tab_to(&mut self, label: &str) {
        for _ in 0..60 {
            self.harness.key_press(Key::Tab);
            self.settle();
            let mut controls = self.harness.query_all_by_label(label);
            if controls.any(|control| control.accesskit_node().is_focused()) {
                drop(controls);
                // Scrolling there is animated.
                self.frames(8);
                return;
            }
        }
        panic!("Tab never reaches \"{label}\"\n{}", self.labels_on_screen());
    }

    /// Drops files onto the window.
    pub fn drop_files<P: AsRef<Path>>(&mut self, files: impl IntoIterator<Item = P>) {
        let handle = |file: P| Arc::new(Dropped(file.as_ref().to_owned())) as DroppedFileHandle;
        let files = files.into_iter().map(handle).collect();
        let input = self.harness.input_mut();
        input.hovered_files.clear();
        input.dropped_files = files;
        self.settle();
    }

    /// Drags files over the window, or away from it if there are none.
    pub fn hover_files<P: AsRef<Path>>(&mut self, files: impl IntoIterator<Item = P>) {
        let hovered = |file: P| HoveredFile {
            path: Some(file.as_ref().to_owned()),
            ..HoveredFile::default()
        };
        self.harness.input_mut().hovered_files = files.into_iter().map(hovered).collect();
        self.settle();
    }

    /// Sends input events, with a few frames after each.
    pub fn send_input(&mut self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            self.harness.event(event);
            self.settle();
        }
    }
}
