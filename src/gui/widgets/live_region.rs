//! Announcements for screen readers, which take no space on the screen.

use egui::{Rect, Role, Sense, Ui, WidgetInfo, vec2};

use crate::gui::theme;

/// Makes a screen reader announce the text when it appears or changes. An empty text is not announced.
pub fn announce_ui(ui: &mut Ui, name: &str, text: &str) {
    let rect = Rect::from_min_size(ui.cursor().min, vec2(1.0, 1.0));
    let response = ui.interact(rect, ui.scope_id().with(name), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    theme::announce(ui, &response);
}
