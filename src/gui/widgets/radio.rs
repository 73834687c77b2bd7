//! A radio button in the shape of a chip.

use egui::{Color32, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::button::focus_ring;
use crate::gui::theme;
use crate::gui::theme::{BODY, SMALL, SPACE};

const HEIGHT: f32 = 34.0;
const DOT: f32 = 5.0;

/// Draws a radio button with its shortcut, if it has one. Screen readers name its `group` before its label.
pub fn choice_ui(ui: &mut Ui, group: &str, label: &str, key: &str, selected: bool) -> Response {
    let palette = theme::palette(ui);
    let text_color = if selected { palette.text } else { palette.dim };
    let painter = ui.painter();
    let label_galley = painter.layout_no_wrap(label.to_owned(), theme::regular(BODY), text_color);
    let key = painter.layout_no_wrap(key.to_owned(), theme::regular(SMALL), palette.dim);
    let gap = if key.size().x > 0.0 { 6.0 } else { 0.0 };
    let label_offset = SPACE[1] + 2.0 * DOT + 6.0;
    let width = label_offset + label_galley.size().x + gap + key.size().x + SPACE[1];
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::click());
    response.widget_info(|| {
        let name = format!("{group}: {label}");
        WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), selected, name)
    });
    let painter = ui.painter();
    let fill = match selected || response.hovered() {
        true => palette.raised,
        false => Color32::TRANSPARENT,
    };
    let border_color = if selected {
        palette.accent
    } else {
        palette.line
    };
    painter.rect(
        rect,
        theme::RADIUS,
        fill,
        Stroke::new(1.0, border_color),
        StrokeKind::Inside,
    );
    // Marked by shape, besides color.
    let dot = pos2(rect.left() + SPACE[1] + DOT, rect.center().y);
    painter.circle_stroke(dot, DOT, Stroke::new(1.5, text_color));
    if selected {
        painter.circle_filled(dot, DOT - 2.5, palette.accent);
    }
    let label_position = pos2(
        rect.left() + label_offset,
        rect.center().y - label_galley.size().y / 2.0,
    );
    let key_position = pos2(
        label_position.x + label_galley.size().x + gap,
        rect.center().y - key.size().y / 2.0,
    );
    painter.galley(label_position, label_galley, text_color);
    painter.galley(key_position, key, palette.dim);
    focus_ring(ui, &response);
    response
}
