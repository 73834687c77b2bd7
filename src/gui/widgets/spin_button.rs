//! A number with two buttons that change it step by step.

use egui::{Align, Align2, Layout, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::button::focus_ring;
use crate::gui::theme;
use crate::gui::theme::{BODY, SPACE};

const HEIGHT: f32 = 30.0;
const NAME_WIDTH: f32 = 240.0;
const VALUE_WIDTH: f32 = 150.0;
const MIN_ROW_WIDTH: f32 = NAME_WIDTH + VALUE_WIDTH + 2.0 * HEIGHT + 3.0 * SPACE[1];

/// Draws the number. Returns whether to raise (`true`) or lower it. `enabled` is whether the buttons that lower and
/// raise it are enabled.
pub fn spin_ui(ui: &mut Ui, name: &str, value: &str, enabled: [bool; 2]) -> Option<bool> {
    let mut raise = None;
    // Without room for a row, the name stands above the buttons.
    let is_stacked = ui.available_width() < MIN_ROW_WIDTH;
    if is_stacked {
        ui.label(theme::text(name, BODY));
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[1];
        if !is_stacked {
            cell_ui(ui, NAME_WIDTH, |ui| {
                ui.label(theme::text(name, BODY));
            });
        }
        if step_ui(ui, name, "less", "\u{2212}", enabled[0]) {
            raise = Some(false);
        }
        if step_ui(ui, name, "more", "+", enabled[1]) {
            raise = Some(true);
        }
        cell_ui(ui, VALUE_WIDTH, |ui| {
            let label = ui.label(theme::strong(value, BODY));
            // Screen readers announce the new value.
            theme::announce(ui, &label);
        });
    });
    raise
}

fn cell_ui(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    let layout = Layout::left_to_right(Align::Center);
    ui.allocate_ui_with_layout(vec2(width, HEIGHT), layout, |ui| {
        ui.set_min_width(width);
        add(ui);
    });
}

fn step_ui(ui: &mut Ui, name: &str, direction: &str, symbol: &str, enabled: bool) -> bool {
    let palette = theme::palette(ui);
    // A button keeps the focus at the end of its range.
    let (rect, response) = ui.allocate_exact_size(vec2(HEIGHT, HEIGHT), Sense::click());
    response
        .widget_info(|| WidgetInfo::labeled(Role::Button, enabled, format!("{name}: {direction}")));
    let fill = match enabled && response.hovered() {
        true => palette.line,
        false => palette.raised,
    };
    let stroke = Stroke::new(1.0, palette.line);
    ui.painter()
        .rect(rect, theme::RADIUS, fill, stroke, StrokeKind::Inside);
    let text_color = if enabled { palette.text } else { palette.line };
    let font = theme::semibold(BODY);
    ui.painter().text(
        rect.center(),
        Align2::CENTER_CENTER,
        symbol,
        font,
        text_color,
    );
    focus_ring(ui, &response);
    enabled && response.clicked()
}
