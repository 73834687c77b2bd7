//! Sentences for the speaker, each with its sign, and with what it speaks of to be heard.

use egui::{Align, Color32, Layout, Ui};

use super::icon::{Icon, line_icon_ui, of_severity};
use super::play_button as play;
use super::play_button::play_ui;
use crate::analysis::Finding;
use crate::analysis::verdict::Reason;
use crate::domain::time::{Secs, Span, clock};
use crate::gui::theme;
use crate::gui::theme::{BODY, SMALL, SPACE};

/// One a line; those that speak of a moment of the `used` seconds say which. Tells which is to be heard.
pub fn findings_ui(ui: &mut Ui, findings: &[&Finding], used: Secs) -> Option<Span> {
    let mut hear = None;
    for finding in findings {
        let sign = of_severity(finding.severity, theme::palette(ui));
        let when = is_moment(finding, used).then_some(finding.span.start);
        let says = finding.noticed.to_string();
        hear = hear.or(sentence_ui(ui, sign, &says, when, Some(finding.span)));
    }
    hear
}

/// What a verdict rests on, one a line. Tells which is to be heard.
pub fn reason_ui(ui: &mut Ui, reason: &Reason, says: &str) -> Option<Span> {
    let palette = theme::palette(ui);
    let sign = match reason {
        Reason::Shown(..) => (Icon::Check, palette.good, "shown"),
        Reason::Flag(..) => (Icon::Octagon, palette.red, "against"),
        _ => (Icon::Triangle, palette.amber, "missing"),
    };
    sentence_ui(ui, sign, says, None, reason.heard_at())
}

/// A sign, a sentence, the moment it speaks of, and the button to hear it, where there is something to be
/// heard. Tells when that is pressed.
pub fn sentence_ui(
    ui: &mut Ui,
    (icon, color, word): (Icon, Color32, &str),
    says: &str,
    when: Option<Secs>,
    hear: Option<Span>,
) -> Option<Span> {
    let mut asked = None;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[2];
        ui.spacing_mut().interact_size.y = 0.0;
        line_icon_ui(ui, icon, BODY, color, word);
        ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
            ui.spacing_mut().item_spacing.x = SPACE[0];
            match hear {
                Some(span) if play_ui(ui, &format!("Hear: {says}")).clicked() => asked = Some(span),
                Some(_) => {}
                None => ui.add_space(play::SIZE),
            }
            if let Some(when) = when {
                ui.label(theme::dim(ui, clock(when), SMALL));
            }
            ui.add_space(SPACE[1]);
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.label(theme::text(says, BODY));
            });
        });
    });
    ui.add_space(SPACE[0]);
    asked
}

/// Whether it speaks of a moment and not of all that was said.
pub fn is_moment(finding: &Finding, used: Secs) -> bool {
    finding.span.len() < used / 2.0
}
