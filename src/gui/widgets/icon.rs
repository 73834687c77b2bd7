//! Signs that tell apart by their shape, not by their colour alone.

use egui::{Color32, Pos2, Rect, Response, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::coach::analysis::Severity;
use crate::coach::analysis::verdict::Lean;
use crate::gui::theme::{self, Palette};

/// A shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// Well done, or done.
    Check,
    /// Good to know.
    Circle,
    /// Worth a change.
    Triangle,
    /// Wrong.
    Octagon,
    /// Planned, not said yet.
    Diamond,
    /// Planned, and said.
    DiamondFull,
    /// Recording, open.
    Disc,
    /// Away with it.
    Cross,
    /// To be heard.
    Play,
}

/// The shape, colour and word of a severity; `None` is a plain reading.
pub fn of_severity(severity: Severity, palette: &Palette) -> (Icon, Color32, &'static str) {
    match severity {
        Severity::Good => (Icon::Check, palette.good, "good"),
        Severity::Note => (Icon::Circle, palette.dim, "note"),
        Severity::Amber => (Icon::Triangle, palette.amber, "worth a change"),
        Severity::Red => (Icon::Octagon, palette.red, "important"),
    }
}

/// How much a lean asks to be heeded.
pub fn severity_of(lean: Lean) -> Severity {
    match lean {
        Lean::StrongHire | Lean::LeanHire => Severity::Good,
        Lean::LeanNoHire => Severity::Amber,
        Lean::NoHire => Severity::Red,
        Lean::NotEnoughHeard => Severity::Note,
    }
}

/// Draws an icon as wide and high as `size`, called `name`.
pub fn icon_ui(ui: &mut Ui, icon: Icon, size: f32, color: Color32, name: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(size, size), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    paint(ui, icon, rect, color);
    response
}

/// As [`icon_ui`], on the first line of text of size `text` that stands beside it.
pub fn line_icon_ui(ui: &mut Ui, icon: Icon, text: f32, color: Color32, name: &str) -> Response {
    let height = ui.fonts_mut(|fonts| fonts.row_height(&theme::regular(text)));
    let size = text;
    let (rect, response) = ui.allocate_exact_size(vec2(size, height), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    paint(
        ui,
        icon,
        Rect::from_center_size(rect.center(), vec2(size, size)),
        color,
    );
    response
}

/// Paints an icon into `rect`.
pub fn paint(ui: &Ui, icon: Icon, rect: Rect, color: Color32) {
    let rect = rect.shrink(rect.width() * 0.08);
    let stroke = Stroke::new((rect.width() / 8.0).max(1.5), color);
    let at = |x: f32, y: f32| -> Pos2 {
        pos2(
            rect.left() + x * rect.width(),
            rect.top() + y * rect.height(),
        )
    };
    let diamond = || vec![at(0.5, 0.05), at(0.95, 0.5), at(0.5, 0.95), at(0.05, 0.5)];
    let painter = ui.painter();
    match icon {
        Icon::Check => {
            painter.line(vec![at(0.08, 0.55), at(0.38, 0.85), at(0.95, 0.18)], stroke);
        }
        Icon::Cross => {
            painter.line_segment([at(0.15, 0.15), at(0.85, 0.85)], stroke);
            painter.line_segment([at(0.85, 0.15), at(0.15, 0.85)], stroke);
        }
        Icon::Play => {
            let corners = vec![at(0.15, 0.05), at(0.95, 0.5), at(0.15, 0.95)];
            painter.add(Shape::convex_polygon(corners, color, Stroke::NONE));
        }
        Icon::Circle => {
            painter.circle_stroke(rect.center(), rect.width() * 0.34, stroke);
        }
        Icon::Disc => {
            painter.circle_filled(rect.center(), rect.width() * 0.45, color);
        }
        Icon::Triangle => {
            let corners = vec![at(0.5, 0.06), at(1.0, 0.94), at(0.0, 0.94)];
            painter.add(Shape::convex_polygon(corners, color, Stroke::NONE));
        }
        Icon::Diamond => {
            painter.add(Shape::closed_line(diamond(), stroke));
        }
        Icon::DiamondFull => {
            painter.add(Shape::convex_polygon(diamond(), color, stroke));
        }
        Icon::Octagon => {
            let corners = (0..8)
                .map(|corner| {
                    let angle = std::f32::consts::TAU * (corner as f32 + 0.5) / 8.0;
                    rect.center() + vec2(angle.cos(), angle.sin()) * rect.width() * 0.52
                })
                .collect();
            painter.add(Shape::convex_polygon(corners, color, Stroke::NONE));
            // The bar tells it from a disc at the size of text.
            let bar = Rect::from_center_size(
                rect.center(),
                vec2(rect.width() * 0.56, rect.height() * 0.18),
            );
            painter.rect_filled(bar, 0.0, theme::palette(ui).ground);
        }
    }
}
