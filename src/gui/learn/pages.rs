//! The pages that are only read: overview, levels, principles, follow-ups.

use egui::{Color32, Key, Label, Role, Ui, WidgetInfo};

use super::state::{LearnAction, Opened};
use crate::domain::story::{FollowUp, Level, Part, Story};
use crate::domain::time::clock;
use crate::gui::command::Command;
use crate::gui::theme;
use crate::gui::theme::{BODY, DISPLAY, LARGE, SMALL, SPACE, TITLE};
use crate::gui::widgets::icon::{Icon, line_icon_ui};
use crate::gui::widgets::phrases::planned_ui;
use crate::gui::widgets::tab::tab_ui;

/// What happened, and what to remember.
pub fn overview_ui(ui: &mut Ui, story: &Story, level: Level) {
    ui.label(theme::strong(&story.title, DISPLAY));
    let total = clock(story.total_at(level));
    let facts = format!("{} · {level} · {total} in all", story.principle);
    ui.label(theme::dim(ui, facts, BODY));
    ui.add_space(SPACE[0]);
    let quoted = format!("\u{201c}{}\u{201d}", story.question);
    ui.label(theme::strong(quoted, LARGE));
    paragraph_ui(ui, &story.overview);
    if !story.takeaways.is_empty() {
        ui.add_space(SPACE[1]);
        ui.label(theme::strong("What to remember", LARGE));
    }
    let accent = theme::palette(ui).accent;
    for takeaway in &story.takeaways {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE[2];
            line_icon_ui(ui, Icon::Circle, BODY, accent, "to remember");
            ui.add(Label::new(theme::text(takeaway, BODY)).wrap());
        });
    }
    ui.add_space(SPACE[1]);
    let says = "Up and down go from page to page, page up and page down through a long one.";
    ui.label(theme::dim(ui, says, SMALL));
}

/// To practise all of it.
pub fn overview_offers() -> Vec<Command<LearnAction>> {
    let practise = LearnAction::Practise(Part::Whole);
    vec![Command::plain("Practice whole answer", Key::P, practise)]
}

/// The same story at each level, with a reflection for it.
pub fn levels_ui(ui: &mut Ui, story: &Story, on: Level) {
    ui.label(theme::strong("At each level", DISPLAY));
    let says = "The same story, told for the level that you interview for.";
    ui.label(theme::dim(ui, says, BODY));
    for plan in &story.levels {
        ui.add_space(SPACE[0]);
        theme::card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            let most = clock(plan.at_most);
            let length = match plan.at_least {
                Some(least) => format!("{} to {most}", clock(least)),
                None => format!("up to {most}"),
            };
            ui.horizontal(|ui| {
                name_ui(ui, &plan.level.to_string(), plan.level == on);
                ui.label(theme::dim(ui, length, BODY));
                if plan.level == story.level {
                    ui.label(theme::dim(ui, "· as the sections are written", BODY));
                }
            });
            told_ui(ui, "Speak of", &plan.focus);
            told_ui(ui, "A reflection that fits", &plan.reflection);
            told_ui(ui, "What is looked for", &plan.bar);
        });
    }
}

/// The same story for other principles; `on` is the one that was chosen.
pub fn principles_ui(ui: &mut Ui, story: &Story, on: Option<&str>) {
    ui.label(theme::strong("Other principles", DISPLAY));
    let on = story.reframing(on);
    let says = match on {
        None => format!("Told for {}, as you have chosen.", story.principle),
        Some(_) => format!("Written for {}.", story.principle),
    };
    let says = format!("{says} The same facts answer other questions, in another order.");
    ui.label(theme::dim(ui, says, BODY));
    for reframing in &story.reframings {
        ui.add_space(SPACE[0]);
        theme::card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal(|ui| name_ui(ui, &reframing.principle, on == Some(reframing)));
            told_ui(ui, "Open with", &reframing.lead);
            told_ui(ui, "Say more of", &reframing.emphasize);
            told_ui(ui, "Say less of", &reframing.downplay);
        });
    }
}

/// What a card is about, and whether it is what was chosen.
fn name_ui(ui: &mut Ui, name: &str, chosen: bool) {
    let named = ui.label(theme::strong(name, LARGE));
    if chosen {
        let accent = theme::palette(ui).accent;
        line_icon_ui(ui, Icon::Check, BODY, accent, "chosen");
        ui.label(theme::text("chosen", SMALL).color(accent));
        let says = format!("{name}, chosen");
        named.widget_info(|| WidgetInfo::labeled(Role::Label, true, &says));
    }
}

/// To the follow-ups before and after, and to practise this one.
pub fn follow_up_offers(opened: &Opened) -> Vec<Command<LearnAction>> {
    let ask = |place: usize| LearnAction::FollowUp(place);
    let on = opened.follow_up;
    let mut offers = Vec::new();
    if let Some(before) = on.checked_sub(1) {
        let before = ask(before);
        offers.push(Command::plain("Question before", Key::ArrowLeft, before));
    }
    if on + 1 < opened.story.follow_ups.len() {
        offers.push(Command::plain(
            "Question after",
            Key::ArrowRight,
            ask(on + 1),
        ));
    }
    let practise = LearnAction::Practise(Part::FollowUp(on + 1));
    offers.push(Command::primary("Practice this one", Key::P, practise));
    offers
}

/// One of the follow-ups, and the way to the others.
pub fn follow_up_ui(ui: &mut Ui, story: &Story, on: usize) -> Option<LearnAction> {
    let mut asked = None;
    ui.horizontal(|ui| {
        for place in 0..story.follow_ups.len() {
            let name = format!("Question {}", place + 1);
            if tab_ui(ui, &name, "", place == on).clicked() && place != on {
                asked = Some(LearnAction::FollowUp(place));
            }
        }
    });
    let Some(follow_up) = story.follow_ups.get(on) else {
        return asked;
    };
    one_follow_up_ui(ui, follow_up);
    asked
}

fn one_follow_up_ui(ui: &mut Ui, follow_up: &FollowUp) {
    let palette = theme::palette(ui);
    let quoted = format!("\u{201c}{}\u{201d}", follow_up.question);
    ui.label(theme::strong(quoted, TITLE));
    told_ui(ui, "What it probes", &follow_up.probes);
    ui.add_space(SPACE[0]);
    theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let head = format!("A strong answer, {}", clock(follow_up.target));
        sign_ui(ui, Icon::Check, palette.good, "good", |ui| {
            ui.label(theme::strong(head, BODY).color(palette.good));
            paragraph_ui(ui, &follow_up.strong);
        });
    });
    ui.add_space(SPACE[0]);
    ui.label(theme::strong("The line to remember", BODY));
    planned_ui(ui, &[&follow_up.line]);
    sign_ui(ui, Icon::Triangle, palette.amber, "worth a change", |ui| {
        ui.label(theme::strong("A weak answer", BODY).color(palette.amber));
        let quoted = format!("\u{201c}{}\u{201d}", follow_up.weak.trim());
        ui.label(theme::text(quoted, BODY));
        ui.label(theme::dim(ui, follow_up.weak_because.trim(), BODY));
    });
}

/// A small heading, and what stands under it.
pub fn told_ui(ui: &mut Ui, heading: &str, says: &str) {
    ui.add_space(SPACE[0]);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.label(theme::dim(ui, heading, SMALL));
        paragraph_ui(ui, says);
    });
}

/// Running text, with room between its lines.
pub fn paragraph_ui(ui: &mut Ui, says: &str) {
    let says = theme::text(says.trim(), BODY).line_height(Some(BODY * 1.5));
    ui.add(Label::new(says).wrap());
}

/// A sign, and beside it what it is about.
pub fn sign_ui(ui: &mut Ui, icon: Icon, color: Color32, word: &str, add: impl FnOnce(&mut Ui)) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[2];
        line_icon_ui(ui, icon, BODY, color, word);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            add(ui);
        });
    });
}
