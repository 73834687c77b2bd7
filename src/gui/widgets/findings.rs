//! Sentences for the speaker, each with its sign, and with what it speaks of to be heard.

use egui::{Align, Layout, Ui};

use super::icon::{line_icon_ui, of_severity};
use super::play::play_ui;
use crate::coach::analysis::Finding;
use crate::coach::time::{Secs, Span, clock};
use crate::gui::theme::{self, BODY, SMALL, SPACE};

/// One a line; those that speak of a moment of the `used` seconds say which. Tells which is to be heard.
pub fn findings_ui(ui: &mut Ui, findings: &[&Finding], used: Secs) -> Option<Span> {
    let mut hear = None;
    for finding in findings {
        let (icon, color, word) = of_severity(finding.severity, theme::palette(ui));
        let says = finding.noticed.to_string();
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE[2];
            ui.spacing_mut().interact_size.y = 0.0;
            line_icon_ui(ui, icon, BODY, color, word);
            ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                ui.spacing_mut().item_spacing.x = SPACE[0];
                if play_ui(ui, &format!("Hear: {says}")).clicked() {
                    hear = Some(finding.span);
                }
                if is_moment(finding, used) {
                    let when = clock(finding.span.start);
                    ui.label(theme::dim(ui, when, SMALL));
                }
                ui.add_space(SPACE[1]);
                ui.with_layout(Layout::top_down(Align::Min), |ui| {
                    ui.label(theme::text(says, BODY));
                });
            });
        });
        ui.add_space(SPACE[0]);
    }
    hear
}

/// Whether it speaks of a moment and not of all that was said.
pub fn is_moment(finding: &Finding, used: Secs) -> bool {
    finding.span.len() < used / 2.0
}
