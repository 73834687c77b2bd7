//! A tab with its keyboard shortcut.

use egui::{Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::button::focus_ring;
use crate::gui::theme;
use crate::gui::theme::{BODY, SMALL, SPACE};

const HEIGHT: f32 = 34.0;

/// Draws a tab with its shortcut in small type.
pub fn tab_ui(ui: &mut Ui, label: &str, key: &str, selected: bool) -> Response {
    let palette = theme::palette(ui);
    let text_color = if selected { palette.text } else { palette.dim };
    let painter = ui.painter();
    // Equally wide whether it is selected or not.
    let label_galley = painter.layout_no_wrap(label.to_owned(), theme::semibold(BODY), text_color);
    let key = painter.layout_no_wrap(key.to_owned(), theme::regular(SMALL), palette.dim);
    let gap = if key.size().x > 0.0 { 6.0 } else { 0.0 };
    let width = label_galley.size().x + gap + key.size().x + 2.0 * SPACE[1];
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, ui.is_enabled(), selected, label));
    let painter = ui.painter();
    if response.hovered() {
        painter.rect_filled(rect, theme::RADIUS, palette.raised);
    }
    if selected {
        let line = Rect::from_min_max(
            pos2(rect.left() + SPACE[1], rect.bottom() - 2.0),
            pos2(rect.right() - SPACE[1], rect.bottom()),
        );
        painter.rect_filled(line, 1.0, palette.accent);
    }
    let y = rect.center().y;
    let label_position = pos2(rect.left() + SPACE[1], y - label_galley.size().y / 2.0);
    let key_position = pos2(
        label_position.x + label_galley.size().x + gap,
        y - key.size().y / 2.0,
    );
    painter.galley(label_position, label_galley, text_color);
    painter.galley(key_position, key, palette.dim);
    focus_ring(ui, &response);
    response
}
