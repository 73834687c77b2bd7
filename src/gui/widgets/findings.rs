//! Findings and reasons: an icon, a sentence, and a button that plays the passage.

use egui::{Align, Color32, Layout, Ui};

use super::icon::{Icon, line_icon_ui, severity_style};
use super::play_button;
use super::play_button::play_ui;
use crate::analysis::Finding;
use crate::analysis::verdict::Reason;
use crate::domain::time::{Secs, Span, clock};
use crate::gui::theme;
use crate::gui::theme::{BODY, SMALL, SPACE};

/// Draws one finding per line. Findings about a moment of the `used` seconds show its time. Returns the passage to
/// play.
pub fn findings_ui(ui: &mut Ui, findings: &[&Finding], used: Secs) -> Option<Span> {
    let mut passage = None;
    for finding in findings {
        let style = severity_style(finding.severity, theme::palette(ui));
        let when = is_moment(finding, used).then_some(finding.span.start);
        let text = finding.kind.to_string();
        passage = passage.or(sentence_ui(ui, style, &text, when, Some(finding.span)));
    }
    passage
}

/// Draws a reason for a verdict. Returns the passage to play.
pub fn reason_ui(ui: &mut Ui, reason: &Reason, text: &str) -> Option<Span> {
    let palette = theme::palette(ui);
    let style = match reason {
        Reason::Met(..) => (Icon::Check, palette.good, "shown"),
        Reason::RedFlag(..) => (Icon::Octagon, palette.red, "against"),
        _ => (Icon::Triangle, palette.amber, "missing"),
    };
    sentence_ui(ui, style, text, None, reason.quoted_at())
}

/// Draws an icon, a sentence, its time, and a button that plays the passage, if there is one. Returns the passage
/// when the button is clicked.
pub fn sentence_ui(
    ui: &mut Ui,
    (icon, color, word): (Icon, Color32, &str),
    text: &str,
    when: Option<Secs>,
    passage: Option<Span>,
) -> Option<Span> {
    let mut clicked = None;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[2];
        ui.spacing_mut().interact_size.y = 0.0;
        line_icon_ui(ui, icon, BODY, color, word);
        ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
            ui.spacing_mut().item_spacing.x = SPACE[0];
            match passage {
                Some(span) if play_ui(ui, &format!("Play: {text}")).clicked() => {
                    clicked = Some(span)
                }
                Some(_) => {}
                None => ui.add_space(play_button::SIZE),
            }
            if let Some(when) = when {
                ui.label(theme::dim(ui, clock(when), SMALL));
            }
            ui.add_space(SPACE[1]);
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.label(theme::text(text, BODY));
            });
        });
    });
    ui.add_space(SPACE[0]);
    clicked
}

/// Whether the finding is about a moment rather than the whole answer.
pub fn is_moment(finding: &Finding, used: Secs) -> bool {
    finding.span.len() < used / 2.0
}
