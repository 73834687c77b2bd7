//! A progress bar.

use std::time::Duration;

use egui::{Rect, Role, Sense, Ui, WidgetInfo, vec2};

use crate::gui::theme;

/// The width of the moving piece while the progress is unknown, as a share of the bar.
const PIECE_SHARE: f32 = 0.25;
/// How long the piece takes from one end to the other and back.
const PERIOD_SECS: f64 = 2.4;

/// Draws a bar that is filled to `share` of 1. While the progress is unknown or 0, a piece of it moves back and
/// forth. Screen readers call it `name`.
pub fn progress_ui(ui: &mut Ui, share: Option<f32>, width: f32, name: &str) {
    let palette = theme::palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 8.0), Sense::hover());
    response.widget_info(|| WidgetInfo {
        value: share.map(|share| f64::from(share) * 100.0),
        ..WidgetInfo::labeled(Role::ProgressIndicator, true, name)
    });
    ui.painter().rect_filled(rect, 4.0, palette.line);
    let filled = rect.width() * share.unwrap_or(0.0).clamp(0.0, 1.0);
    let done = match filled > 0.0 {
        true => Rect::from_min_size(rect.min, vec2(filled.max(8.0), rect.height())),
        false => {
            ui.ctx().request_repaint_after(Duration::from_millis(50));
            let phase = (ui.input(|i| i.time) / PERIOD_SECS).fract() as f32;
            let position = 1.0 - (2.0 * phase - 1.0).abs();
            let size = vec2(rect.width() * PIECE_SHARE, rect.height());
            let left = rect.left() + position * (rect.width() - size.x);
            Rect::from_min_size(egui::pos2(left, rect.top()), size)
        }
    };
    ui.painter().rect_filled(done, 4.0, palette.accent);
}
