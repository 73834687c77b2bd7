//! Icons that differ by shape, not by color alone.

use egui::{Color32, FontId, Rect, Response, Role, Sense, Ui, WidgetInfo, vec2};
use egui_material_icons::MaterialIcon;
use egui_material_icons::icons::{
    ICON_CHECK, ICON_CIRCLE, ICON_CLOSE, ICON_PLAY_ARROW, ICON_REPORT, ICON_STAT_0, ICON_WARNING,
};

use crate::analysis::Severity;
use crate::analysis::verdict::Leaning;
use crate::gui::theme;
use crate::gui::theme::Palette;

/// A shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// Well done, or done.
    Check,
    /// Good to know.
    Circle,
    /// Worth a change.
    Triangle,
    /// A problem.
    Octagon,
    /// Planned, not said yet.
    Diamond,
    /// Planned, and said.
    DiamondFull,
    /// Recording; the microphone is on.
    Disc,
    /// Dismiss, or erase.
    Cross,
    /// Play.
    Play,
}

/// The icon, color and word of a severity.
pub fn severity_style(severity: Severity, palette: &Palette) -> (Icon, Color32, &'static str) {
    match severity {
        Severity::Good => (Icon::Check, palette.good, "good"),
        Severity::Note => (Icon::Circle, palette.dim, "note"),
        Severity::Amber => (Icon::Triangle, palette.amber, "worth a change"),
        Severity::Red => (Icon::Octagon, palette.red, "important"),
    }
}

/// The severity of a leaning.
pub fn leaning_severity(leaning: Leaning) -> Severity {
    match leaning {
        Leaning::StrongHire | Leaning::LeanHire => Severity::Good,
        Leaning::LeanNoHire => Severity::Amber,
        Leaning::NoHire => Severity::Red,
        Leaning::NotEnoughSpeech => Severity::Note,
    }
}

/// Draws a square icon. Screen readers call it `name`.
pub fn icon_ui(ui: &mut Ui, icon: Icon, size: f32, color: Color32, name: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(size, size), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    paint(ui, icon, rect, color);
    response
}

/// As [`icon_ui`], aligned with the first line of a text of this size beside it.
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
    let (glyph, share) = glyph(icon);
    let painter = ui.painter();
    let font = FontId::new(rect.height() * share, glyph.font_family());
    let galley = painter.layout_no_wrap(glyph.codepoint.to_owned(), font, color);
    // Centers the visible shape, not the box of the glyph.
    let at = rect.center() - galley.mesh_bounds.center().to_vec2();
    painter.galley(at, galley, color);
}

/// The Material symbol of an icon, and its font size per unit of height. The sizes make all icons look equally large.
fn glyph(icon: Icon) -> (MaterialIcon, f32) {
    match icon {
        Icon::Check => (ICON_CHECK, 1.25),
        Icon::Circle => (ICON_CIRCLE.outlined(), 0.95),
        Icon::Triangle => (ICON_WARNING, 1.1),
        Icon::Octagon => (ICON_REPORT, 1.2),
        Icon::Diamond => (ICON_STAT_0.outlined(), 1.6),
        Icon::DiamondFull => (ICON_STAT_0, 1.6),
        Icon::Disc => (ICON_CIRCLE, 1.1),
        Icon::Cross => (ICON_CLOSE, 1.25),
        Icon::Play => (ICON_PLAY_ARROW, 1.5),
    }
}
