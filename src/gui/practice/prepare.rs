//! Before a section is told: what it is for, what helps, what goes wrong.

use egui::{Align, Color32, Layout, ScrollArea, Ui};

use super::leads_to_whole;
use super::side_panel::{SIDE_WIDTH, SidePanel, card_ui, side_ui};
use crate::app::ModelState;
use crate::domain::story::{Part, Story};
use crate::gui::Action;
use crate::gui::layout;
use crate::gui::theme;
use crate::gui::theme::{BODY, DISPLAY, LARGE, SPACE, TITLE};
use crate::gui::widgets::icon::{Icon, line_icon_ui};
use crate::gui::widgets::phrases::planned_ui;
use crate::practice::session::Session;

/// What the section is for, before the speaker begins.
pub fn ready_ui(
    ui: &mut Ui,
    session: &Session,
    model: &ModelState,
    example: bool,
    aside: SidePanel,
) -> Option<Action> {
    let brief = session.brief(session.current())?;
    let mut whole = None;
    let asked = side_ui(ui, SIDE_WIDTH, aside, |ui| {
        card_ui(ui, "Planned phrases", |ui| planned_ui(ui, &brief.phrases));
    });
    let body = ScrollArea::vertical()
        .id_salt(&brief.name)
        .auto_shrink(false);
    body.show(ui, |ui| {
        layout::scroll_by_keys(ui);
        ui.set_max_width(ui.available_width().min(720.0));
        ui.spacing_mut().item_spacing.y = SPACE[1];
        ui.add_space(SPACE[3]);
        let part = session.parts().get(session.current());
        let what = match part {
            Some(Part::Section(_)) => "Section",
            _ => "Part",
        };
        let (place, count) = (session.current() + 1, session.parts().len());
        whole = ui
            .horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = SPACE[2];
                let says = format!("{what} {place} of {count}");
                ui.label(theme::dim(ui, says, BODY));
                let mut offers = aside.offers.iter();
                offers.find(|offer| leads_to_whole(offer))?.flat_ui(ui)
            })
            .inner;
        ui.horizontal(|ui| {
            ui.label(theme::strong(&brief.name, DISPLAY));
            ui.add_space(SPACE[1]);
            ui.with_layout(Layout::left_to_right(Align::Max), |ui| {
                let says = aside.told(brief.target);
                ui.label(theme::dim(ui, says, TITLE));
            });
        });
        ui.label(theme::text(brief.purpose, LARGE));
        let principle = aside.settings.principle.as_deref();
        if !matches!(part, Some(Part::FollowUp(_))) {
            lead_ui(ui, session.story(), principle);
        }
        ui.add_space(SPACE[1]);
        let palette = theme::palette(ui);
        let at_level = format!("As {}", session.level());
        let focus = brief.focus.unwrap_or_default();
        advice_ui(ui, Icon::Circle, palette.accent, &at_level, focus);
        let (helps, fails) = match part {
            Some(Part::FollowUp(_)) => ("What it probes", "Where a weak answer fails"),
            _ => ("Do", "Avoid"),
        };
        advice_ui(ui, Icon::Check, palette.good, helps, brief.coaching);
        advice_ui(ui, Icon::Triangle, palette.amber, fails, brief.mistake);
        if example {
            ui.add_space(SPACE[0]);
            example_ui(ui, &brief.strong);
        }
        if let ModelState::Unusable(_) = model {
            let says = "The speech model cannot be used: a take is kept, but not read.";
            advice_ui(ui, Icon::Octagon, palette.red, "Model", says);
        }
        ui.add_space(SPACE[3]);
    });
    asked.or(whole)
}

/// What to open with, where it is told for another principle than its own.
pub fn lead_ui(ui: &mut Ui, story: &Story, principle: Option<&str>) {
    if let Some(told) = story.reframing(principle) {
        let lead = within_a_sentence(&told.lead);
        let says = format!("For {}: lead with {lead}", told.principle);
        ui.label(theme::dim(ui, says, BODY));
    }
}

/// A sentence's beginning in lower case, unless it may be a name.
fn within_a_sentence(text: &str) -> String {
    let first = text.split_whitespace().next().unwrap_or_default();
    let plain = [
        "A", "An", "How", "Not", "That", "The", "What", "Why", "Your",
    ];
    match plain.contains(&first) {
        true => first.to_lowercase() + &text[first.len()..],
        false => text.to_owned(),
    }
}

/// A good way to say it.
pub fn example_ui(ui: &mut Ui, strong: &str) {
    theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(theme::strong("How it may sound", BODY));
        ui.label(theme::text(strong.trim(), BODY).line_height(Some(BODY * 1.55)));
    });
}

fn advice_ui(ui: &mut Ui, icon: Icon, color: Color32, word: &str, says: &str) {
    if says.is_empty() {
        return;
    }
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[2];
        line_icon_ui(ui, icon, BODY, color, word);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.label(theme::strong(word, BODY).color(color));
            ui.label(theme::text(says, BODY));
        });
    });
    ui.add_space(SPACE[0]);
}
