//! The level meter of the microphone.

use egui::{Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::gui::theme;

/// The range of the meter, in dB below full scale.
const FLOOR_DBFS: f64 = -60.0;
const BAR_WIDTH: f32 = 3.0;
const BAR_GAP: f32 = 2.0;

/// Draws a row of bars, lit up to the level. Without a level, none is lit.
pub fn level_ui(ui: &mut Ui, dbfs: Option<f64>, width: f32) {
    named_level_ui(ui, "Microphone", dbfs, width);
}

/// As [`level_ui`], with the name of what has this level.
pub fn named_level_ui(ui: &mut Ui, name: &str, dbfs: Option<f64>, width: f32) {
    let palette = theme::palette(ui);
    let bars = (width / (BAR_WIDTH + BAR_GAP)) as usize;
    let (rect, response) = ui.allocate_exact_size(vec2(width, 18.0), Sense::hover());
    response.widget_info(|| {
        let label = match dbfs {
            Some(dbfs) => format!("{name} level {dbfs:.0} dB"),
            None => format!("No {} level", name.to_lowercase()),
        };
        WidgetInfo::labeled(Role::Meter, true, label)
    });
    let share = dbfs.map_or(0.0, |dbfs| (1.0 - dbfs / FLOOR_DBFS).clamp(0.0, 1.0));
    let lit = (share * bars as f64).round() as usize;
    for bar in 0..bars {
        let x = rect.left() + bar as f32 * (BAR_WIDTH + BAR_GAP);
        let height = 6.0 + 12.0 * bar as f32 / bars as f32;
        let top = rect.center().y - height / 2.0;
        let shape = egui::Rect::from_min_size(pos2(x, top), vec2(BAR_WIDTH, height));
        let color = match bar < lit {
            true => palette.voice,
            false => palette.line,
        };
        ui.painter().rect_filled(shape, 1.5, color);
    }
}
