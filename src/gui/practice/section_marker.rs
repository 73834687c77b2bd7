//! The marker of the section that a whole answer should have reached.

use std::cmp::Ordering;

use egui::{Align, Layout, Ui, vec2};

use crate::domain::story::{Level, SectionKind, Story};
use crate::domain::time::{Secs, clock};
use crate::gui::theme;
use crate::gui::theme::{BODY, SMALL, SPACE};
use crate::gui::widgets::icon::{Icon, line_icon_ui};
use crate::practice::mock_interview::expected_section;
use crate::practice::time_limit::TimeLimit;

/// The height of the marker.
pub const HEIGHT: f32 = 62.0;
/// Fits the five names, with the widest of them in bold.
const WIDTH: f32 = 428.0;
/// Fits the widest name in bold, and five icons.
const NARROW_WIDTH: f32 = 190.0;

/// Shows which section the answer should have reached, on the clock of the answer, and when the next one starts.
///
/// Icon and weight mark the section, not the color alone, and nothing moves.
pub fn section_marker_ui(
    ui: &mut Ui,
    story: &Story,
    level: Level,
    limit: TimeLimit,
    elapsed: Secs,
) {
    let Some((expected, left)) = expected_section(story, level, limit, elapsed) else {
        return;
    };
    let palette = theme::palette(ui);
    // A narrow window has room for the name of the current section.
    let has_all_names = ui.available_width() >= WIDTH;
    let width = match has_all_names {
        true => WIDTH,
        false => NARROW_WIDTH,
    };
    let row = Layout::left_to_right(Align::Center);
    ui.allocate_ui_with_layout(vec2(width, 30.0), row, |ui| {
        ui.spacing_mut().item_spacing.x = SPACE[1];
        for kind in SectionKind::ALL {
            let (icon, color, status) = match kind.cmp(&expected) {
                Ordering::Less => (Icon::DiamondFull, palette.dim, "past"),
                Ordering::Equal => (Icon::DiamondFull, palette.accent, "now"),
                Ordering::Greater => (Icon::Diamond, palette.dim, "upcoming"),
            };
            line_icon_ui(ui, icon, SMALL, color, &format!("{kind}, {status}"));
            if kind == expected {
                ui.label(theme::strong(kind.to_string(), BODY));
            } else if has_all_names {
                ui.label(theme::dim(ui, kind.to_string(), BODY));
            }
        }
    });
    let text = match (expected, left < 0.0) {
        (SectionKind::Reflection, true) => "time is up".to_owned(),
        (SectionKind::Reflection, _) => format!("answer ends in {}", clock(left)),
        _ => format!("next section in {}", clock(left)),
    };
    ui.label(theme::dim(ui, text, SMALL));
}
