//! The small button that plays a passage.

use egui::{Rect, Response, Role, Sense, Ui, WidgetInfo, vec2};

use super::button::focus_ring;
use super::icon::{Icon, paint};
use crate::gui::theme;
use crate::gui::theme::BODY;

/// Its width and height.
pub const SIZE: f32 = 22.0;

/// Draws the button, as high as a line of text. Screen readers call it `name`.
pub fn play_ui(ui: &mut Ui, name: &str) -> Response {
    let palette = theme::palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(SIZE, SIZE), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    let (fill, icon_color) = match (response.hovered(), response.is_pointer_button_down_on()) {
        (_, true) => (palette.line, palette.text),
        (true, false) => (palette.raised, palette.text),
        (false, false) => (palette.ground, palette.accent),
    };
    if response.hovered() {
        ui.painter().rect_filled(rect, theme::RADIUS, fill);
    }
    let icon_rect = Rect::from_center_size(rect.center(), vec2(BODY - 3.0, BODY - 3.0));
    paint(ui, Icon::Play, icon_rect, icon_color);
    focus_ring(ui, &response);
    response
}
