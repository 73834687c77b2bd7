//! Buttons that show their keyboard shortcut.

use std::sync::Arc;

use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align2, Color32, Galley, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2,
};

use crate::gui::theme;
use crate::gui::theme::SPACE;

/// The height of a button.
pub const HEIGHT: f32 = 38.0;
const FLAT_HEIGHT: f32 = 34.0;

/// How prominent a button is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ButtonStyle {
    /// The most likely next step on a screen.
    Primary,
    /// Any other button.
    Plain,
}

/// Draws a button with its shortcut in small type.
pub fn key_button_ui(ui: &mut Ui, label: &str, key: &str, style: ButtonStyle) -> Response {
    let palette = theme::palette(ui);
    let (fill, text_color, hint, border_color) = match style {
        ButtonStyle::Primary => (
            palette.accent,
            palette.on_accent,
            palette.on_accent,
            palette.accent,
        ),
        ButtonStyle::Plain => (palette.raised, palette.text, palette.dim, palette.line),
    };
    let key = key_galley(ui, key, hint);
    let others = width_of_others(&key);
    // A long name is cut off at the width of its container.
    let max_width = (ui.max_rect().width() - others).max(0.0);
    let label_galley = label_galley(ui, label, text_color, max_width);
    let width = label_galley.size().x + others;
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), label));

    let highlighted = response.hovered() || response.has_focus();
    let fill = match (style, response.is_pointer_button_down_on(), highlighted) {
        (ButtonStyle::Primary, pressed, true) => palette.accent_highlighted(pressed),
        (ButtonStyle::Plain, true, _) => palette.line,
        _ => fill,
    };
    let border_color = match (style, highlighted) {
        (ButtonStyle::Plain, true) => palette.dim,
        _ => border_color,
    };
    let painter = ui.painter();
    let border = Stroke::new(1.0, border_color);
    painter.rect(rect, theme::RADIUS, fill, border, StrokeKind::Inside);
    focus_ring(ui, &response);
    let left = Align2::LEFT_CENTER
        .anchor_size(
            rect.left_center() + vec2(SPACE[3], 0.0),
            label_galley.size(),
        )
        .min;
    let right = Align2::RIGHT_CENTER
        .anchor_size(rect.right_center() - vec2(SPACE[3], 0.0), key.size())
        .min;
    painter.galley(left, label_galley, text_color);
    painter.galley(right, key, hint);
    response
}

/// The width of [`key_button_ui`].
pub fn key_button_width(ui: &Ui, label: &str, key: &str) -> f32 {
    let color = Color32::PLACEHOLDER;
    let key = key_galley(ui, key, color);
    let label = label_galley(ui, label, color, f32::INFINITY);
    label.size().x + width_of_others(&key)
}

fn label_galley(ui: &Ui, label: &str, color: Color32, max_width: f32) -> Arc<Galley> {
    let font = theme::semibold(theme::BODY);
    let mut job = LayoutJob::simple_singleline(label.to_owned(), font, color);
    job.wrap = TextWrapping::truncate_at_width(max_width);
    ui.painter().layout_job(job)
}

fn key_galley(ui: &Ui, key: &str, color: Color32) -> Arc<Galley> {
    let font = theme::regular(theme::SMALL);
    ui.painter().layout_no_wrap(key.to_owned(), font, color)
}

/// The width of a button without its label.
fn width_of_others(key: &Galley) -> f32 {
    let gap = if key.size().x > 0.0 { SPACE[2] } else { 0.0 };
    gap + key.size().x + 2.0 * SPACE[3]
}

/// Draws a button without a frame, for less common commands.
pub fn flat_button_ui(ui: &mut Ui, label: &str, key: &str) -> Response {
    let palette = theme::palette(ui);
    let painter = ui.painter();
    let label_galley =
        painter.layout_no_wrap(label.to_owned(), theme::regular(theme::BODY), palette.text);
    let key = painter.layout_no_wrap(key.to_owned(), theme::regular(theme::SMALL), palette.dim);
    let width = label_galley.size().x + key.size().x + 6.0 + 2.0 * SPACE[1];
    let (rect, response) = ui.allocate_exact_size(vec2(width, FLAT_HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), label));
    let painter = ui.painter();
    if response.hovered() {
        painter.rect_filled(rect, theme::RADIUS, palette.raised);
    }
    let left = Align2::LEFT_CENTER
        .anchor_size(
            rect.left_center() + vec2(SPACE[1], 0.0),
            label_galley.size(),
        )
        .min;
    let right = Align2::RIGHT_CENTER
        .anchor_size(rect.right_center() - vec2(SPACE[1], 0.0), key.size())
        .min;
    painter.galley(left, label_galley, palette.text);
    painter.galley(right, key, palette.dim);
    focus_ring(ui, &response);
    response
}

/// Draws a ring around the focused widget, and scrolls to it when it receives the focus.
pub fn focus_ring(ui: &Ui, response: &Response) {
    if response.has_focus() {
        if response.gained_focus() {
            response.scroll_to_me(None);
        }
        let stroke = Stroke::new(2.0, theme::palette(ui).accent);
        ui.painter().rect_stroke(
            response.rect.expand(2.0),
            theme::RADIUS + 2,
            stroke,
            StrokeKind::Outside,
        );
    }
}
