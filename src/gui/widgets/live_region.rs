//! What is told to who cannot see the screen, and takes no place on it.

use egui::{Rect, Role, Sense, Ui, WidgetInfo, vec2};

use crate::gui::theme;

/// Has a screen reader say `says` when it appears or changes; nothing while it is empty.
pub fn announce_ui(ui: &mut Ui, name: &str, says: &str) {
    let rect = Rect::from_min_size(ui.cursor().min, vec2(1.0, 1.0));
    let response = ui.interact(rect, ui.scope_id().with(name), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, says));
    theme::announce(ui, &response);
}
