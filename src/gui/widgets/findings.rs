//! Sentences for the speaker, each with its sign.

use egui::{Align, Layout, Ui};

use super::icon::{line_icon_ui, of_severity};
use crate::coach::analysis::Finding;
use crate::coach::time::{Secs, clock};
use crate::gui::theme::{self, BODY, SMALL, SPACE};

/// One a line; those that speak of a moment of the `used` seconds say which.
pub fn findings_ui(ui: &mut Ui, findings: &[&Finding], used: Secs) {
    for finding in findings {
        let (icon, color, word) = of_severity(finding.severity, theme::palette(ui));
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE[2];
            line_icon_ui(ui, icon, BODY, color, word);
            ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                if finding.span.len() < used / 2.0 {
                    let when = clock(finding.span.start);
                    ui.label(theme::dim(ui, when, SMALL));
                }
                ui.with_layout(Layout::top_down(Align::Min), |ui| {
                    ui.label(theme::text(finding.noticed.to_string(), BODY));
                });
            });
        });
        ui.add_space(SPACE[0]);
    }
}
