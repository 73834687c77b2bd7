//! Says what happens to a file while it is dragged over the window.

use egui::{Area, Color32, Frame, Id, Label, Order, Sense, Ui, vec2};

use crate::gui::theme;
use crate::gui::theme::{LARGE, SPACE};

/// The share of the page that is still visible below the overlay.
const VEIL: Color32 = Color32::from_black_alpha(120);
const MAX_WIDTH: f32 = 460.0;

/// Draws `text` over the window.
pub fn overlay_ui(ui: &Ui, text: &str) {
    let window = ui.ctx().content_rect();
    Area::new(Id::unique("drop a file"))
        .order(Order::Tooltip)
        .fixed_pos(window.min)
        .interactable(false)
        .show(ui.ctx(), |ui| {
            let (rect, _) = ui.allocate_exact_size(window.size(), Sense::hover());
            ui.painter().rect_filled(rect, 0.0, VEIL);
            let width = MAX_WIDTH.min(window.width() - 2.0 * SPACE[4]);
            let size = vec2(width, 0.0);
            let center = window.center() - vec2(0.5 * width, SPACE[5]);
            let place = egui::Rect::from_min_size(center, size);
            let builder = egui::UiBuilder::new().max_rect(place);
            ui.scope_builder(builder, |ui| {
                let accent = theme::palette(ui).accent;
                let frame: Frame = theme::card(ui).inner_margin(SPACE[4]);
                frame.stroke(egui::Stroke::new(2.0, accent)).show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    let label = ui.add(Label::new(theme::strong(text, LARGE)).wrap());
                    theme::announce(ui, &label);
                });
            });
        });
}
