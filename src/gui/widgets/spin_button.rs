//! A number with two buttons that change it step by step.

use egui::{Align, Align2, Layout, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::button::focus_ring;
use crate::gui::theme;
use crate::gui::theme::{BODY, SPACE};

const HEIGHT: f32 = 30.0;
const NAME: f32 = 240.0;
const VALUE: f32 = 150.0;

/// Draws the number. Returns whether to raise (`true`) or lower it. `can` says whether it can be lowered, and
/// raised.
pub fn spin_ui(ui: &mut Ui, name: &str, value: &str, can: [bool; 2]) -> Option<bool> {
    let mut up = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[1];
        cell_ui(ui, NAME, |ui| {
            ui.label(theme::text(name, BODY));
        });
        if step_ui(ui, name, "less", "\u{2212}", can[0]) {
            up = Some(false);
        }
        if step_ui(ui, name, "more", "+", can[1]) {
            up = Some(true);
        }
        cell_ui(ui, VALUE, |ui| {
            let label = ui.label(theme::strong(value, BODY));
            // Screen readers announce the new value.
            theme::announce(ui, &label);
        });
    });
    up
}

fn cell_ui(ui: &mut Ui, wide: f32, add: impl FnOnce(&mut Ui)) {
    let layout = Layout::left_to_right(Align::Center);
    ui.allocate_ui_with_layout(vec2(wide, HEIGHT), layout, |ui| {
        ui.set_min_width(wide);
        add(ui);
    });
}

fn step_ui(ui: &mut Ui, name: &str, way: &str, sign: &str, can: bool) -> bool {
    let palette = theme::palette(ui);
    // A button keeps the focus at the end of its range.
    let (rect, response) = ui.allocate_exact_size(vec2(HEIGHT, HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, can, format!("{name}: {way}")));
    let fill = match can && response.hovered() {
        true => palette.line,
        false => palette.raised,
    };
    let stroke = Stroke::new(1.0, palette.line);
    ui.painter()
        .rect(rect, theme::RADIUS, fill, stroke, StrokeKind::Inside);
    let ink = if can { palette.text } else { palette.line };
    let font = theme::semibold(BODY);
    ui.painter()
        .text(rect.center(), Align2::CENTER_CENTER, sign, font, ink);
    focus_ring(ui, &response);
    can && response.clicked()
}
