//! The parts of a practice in a row: which one is current, and which ones are done.

use egui::{Align, Galley, Layout, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::button::focus_ring;
use super::icon;
use super::icon::Icon;
use crate::gui::theme;
use crate::gui::theme::{SMALL, SPACE};

const HEIGHT: f32 = 30.0;
const SIGN: f32 = 16.0;
/// The least width that is left for what stands beside the parts.
const BESIDE: f32 = 100.0;

/// A part.
pub struct SectionStep {
    /// Its name.
    pub name: String,
    /// Whether it has been reviewed.
    pub done: bool,
    /// Whether it is the current one.
    pub on: bool,
}

/// Draws the parts. Returns the index of the one that was clicked. Without room for all names, only the current part
/// has its name.
pub fn stepper_ui(ui: &mut Ui, steps: &[SectionStep], enabled: bool) -> Option<usize> {
    let palette = theme::palette(ui);
    let mut clicked = None;
    let names: Vec<_> = steps
        .iter()
        .map(|step| {
            let (font, ink) = match step.on {
                true => (theme::semibold(SMALL), palette.text),
                false => (theme::regular(SMALL), palette.dim),
            };
            ui.painter().layout_no_wrap(step.name.clone(), font, ink)
        })
        .collect();
    let named = |name: &Galley| name.size().x + SIGN + 6.0 + 2.0 * SPACE[1];
    let room = ui.available_width() - BESIDE;
    let crowded = names.iter().map(|name| named(name)).sum::<f32>() > room;
    let shows = |step: &SectionStep| !crowded || step.on;
    let wide = |step: &SectionStep, name: &Galley| match shows(step) {
        true => named(name),
        false => SIGN + 2.0 * SPACE[1],
    };
    let each = steps.iter().zip(&names);
    let all = each.map(|(step, name)| wide(step, name)).sum();
    let row = Layout::left_to_right(Align::Center);
    ui.allocate_ui_with_layout(vec2(all, HEIGHT), row, |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        for (index, (step, words)) in steps.iter().zip(names).enumerate() {
            let size = vec2(wide(step, &words), HEIGHT);
            let sense = if enabled {
                Sense::click()
            } else {
                Sense::hover()
            };
            let (rect, response) = ui.allocate_exact_size(size, sense);
            response.widget_info(|| {
                let state = match (step.on, step.done) {
                    (true, true) => ", on, done",
                    (true, false) => ", on",
                    (false, true) => ", done",
                    (false, false) => "",
                };
                let name = format!("Go to {}{state}", step.name);
                WidgetInfo::selected(Role::Tab, enabled, step.on, name)
            });
            let painter = ui.painter();
            if enabled && response.hovered() {
                painter.rect_filled(rect, theme::RADIUS, palette.raised);
            }
            focus_ring(ui, &response);
            let at = pos2(rect.left() + SPACE[1], rect.center().y - SIGN / 2.0);
            let sign = Rect::from_min_size(at, vec2(SIGN, SIGN));
            match step.done {
                true => icon::paint(ui, Icon::Check, sign.shrink(1.0), palette.good),
                false => {
                    let color = if step.on { palette.accent } else { palette.dim };
                    painter.circle_stroke(sign.center(), 5.0, Stroke::new(1.5, color));
                }
            }
            if step.on {
                let line = Rect::from_min_max(
                    pos2(rect.left() + SPACE[1], rect.bottom() - 2.0),
                    pos2(rect.right() - SPACE[1], rect.bottom()),
                );
                painter.rect_filled(line, 1.0, palette.accent);
            }
            if shows(step) {
                let text = pos2(sign.right() + 6.0, rect.center().y - words.size().y / 2.0);
                painter.galley(text, words, palette.text);
            }
            if response.clicked() {
                clicked = Some(index);
            }
            if crowded {
                response.on_hover_text(&step.name);
            }
        }
    });
    clicked
}
