//! The parts of a practice in a row: which one is current, and which ones are done.

use egui::{Align, Galley, Layout, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::button::focus_ring;
use super::icon;
use super::icon::Icon;
use crate::gui::theme;
use crate::gui::theme::{SMALL, SPACE};

const HEIGHT: f32 = 30.0;
const ICON_SIZE: f32 = 16.0;
/// The minimum width that is reserved beside the parts.
const RESERVED_WIDTH: f32 = 100.0;

/// A part.
pub struct SectionStep {
    /// Its name.
    pub name: String,
    /// Whether it has been reviewed.
    pub done: bool,
    /// Whether it is the current one.
    pub current: bool,
}

/// Draws the parts. Returns the index of the one that was clicked. Without room for all names, only the current part
/// has its name.
pub fn stepper_ui(ui: &mut Ui, steps: &[SectionStep], enabled: bool) -> Option<usize> {
    let palette = theme::palette(ui);
    let mut clicked = None;
    let names: Vec<_> = steps
        .iter()
        .map(|step| {
            let (font, text_color) = match step.current {
                true => (theme::semibold(SMALL), palette.text),
                false => (theme::regular(SMALL), palette.dim),
            };
            ui.painter()
                .layout_no_wrap(step.name.clone(), font, text_color)
        })
        .collect();
    let named_width = |name: &Galley| name.size().x + ICON_SIZE + 6.0 + 2.0 * SPACE[1];
    let max_width = ui.available_width() - RESERVED_WIDTH;
    let crowded = names.iter().map(|name| named_width(name)).sum::<f32>() > max_width;
    let has_name = |step: &SectionStep| !crowded || step.current;
    let step_width = |step: &SectionStep, name: &Galley| match has_name(step) {
        true => named_width(name),
        false => ICON_SIZE + 2.0 * SPACE[1],
    };
    let named_steps = steps.iter().zip(&names);
    let total_width = named_steps.map(|(step, name)| step_width(step, name)).sum();
    let row = Layout::left_to_right(Align::Center);
    ui.allocate_ui_with_layout(vec2(total_width, HEIGHT), row, |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        for (index, (step, name)) in steps.iter().zip(names).enumerate() {
            let size = vec2(step_width(step, &name), HEIGHT);
            let sense = if enabled {
                Sense::click()
            } else {
                Sense::hover()
            };
            let (rect, response) = ui.allocate_exact_size(size, sense);
            response.widget_info(|| {
                let state = match (step.current, step.done) {
                    (true, true) => ", current, done",
                    (true, false) => ", current",
                    (false, true) => ", done",
                    (false, false) => "",
                };
                let name = format!("Go to {}{state}", step.name);
                WidgetInfo::selected(Role::Tab, enabled, step.current, name)
            });
            let painter = ui.painter();
            if enabled && response.hovered() {
                painter.rect_filled(rect, theme::RADIUS, palette.raised);
            }
            focus_ring(ui, &response);
            let at = pos2(rect.left() + SPACE[1], rect.center().y - ICON_SIZE / 2.0);
            let icon_rect = Rect::from_min_size(at, vec2(ICON_SIZE, ICON_SIZE));
            match step.done {
                true => icon::paint(ui, Icon::Check, icon_rect.shrink(1.0), palette.good),
                false => {
                    let color = if step.current {
                        palette.accent
                    } else {
                        palette.dim
                    };
                    painter.circle_stroke(icon_rect.center(), 5.0, Stroke::new(1.5, color));
                }
            }
            if step.current {
                let line = Rect::from_min_max(
                    pos2(rect.left() + SPACE[1], rect.bottom() - 2.0),
                    pos2(rect.right() - SPACE[1], rect.bottom()),
                );
                painter.rect_filled(line, 1.0, palette.accent);
            }
            if has_name(step) {
                let text = pos2(
                    icon_rect.right() + 6.0,
                    rect.center().y - name.size().y / 2.0,
                );
                painter.galley(text, name, palette.text);
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
