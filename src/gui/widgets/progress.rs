//! How far something is.

use egui::{Rect, Role, Sense, Ui, WidgetInfo, vec2};

use crate::gui::theme;

/// A bar, filled to `share` of 1; empty where that is not known. It is called `name`.
pub fn progress_ui(ui: &mut Ui, share: Option<f32>, width: f32, name: &str) {
    let palette = theme::palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 8.0), Sense::hover());
    response.widget_info(|| WidgetInfo {
        value: share.map(|share| f64::from(share) * 100.0),
        ..WidgetInfo::labeled(Role::ProgressIndicator, true, name)
    });
    ui.painter().rect_filled(rect, 4.0, palette.line);
    let filled = rect.width() * share.unwrap_or(0.0).clamp(0.0, 1.0);
    if filled > 0.0 {
        let done = Rect::from_min_size(rect.min, vec2(filled.max(8.0), rect.height()));
        ui.painter().rect_filled(done, 4.0, palette.accent);
    }
}
