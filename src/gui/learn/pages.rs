//! The pages without interaction of their own: overview, levels, principles and follow-ups.

use egui::{Color32, Key, Label, Role, Ui, WidgetInfo};

use super::state::{LearnAction, OpenStory};
use crate::domain::story::{FollowUp, Level, Part, Story};
use crate::domain::time::clock;
use crate::gui::command::Command;
use crate::gui::theme;
use crate::gui::theme::{BODY, DISPLAY, LARGE, SMALL, SPACE, TITLE};
use crate::gui::widgets::icon::{Icon, line_icon_ui};
use crate::gui::widgets::phrases::planned_phrases_ui;
use crate::gui::widgets::tab::tab_ui;

/// Draws the overview: the story in short, and its takeaways.
pub fn overview_ui(ui: &mut Ui, story: &Story, level: Level) {
    ui.label(theme::strong(&story.title, DISPLAY));
    let total = clock(story.total_at(level));
    let level = story.level_label(level);
    let facts = format!("{} · {level} · {total} in total", story.principle);
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
    let text = "Use \u{2191} and \u{2193} to change the page, page up and page down to scroll.";
    ui.label(theme::dim(ui, text, SMALL));
}

/// The commands of the overview.
pub fn overview_commands() -> Vec<Command<LearnAction>> {
    let practice = LearnAction::Practice(Part::Whole);
    vec![Command::plain("Practice whole answer", Key::P, practice)]
}

/// Draws the story at each level, with a reflection for it. `selected` is the chosen level.
pub fn levels_ui(ui: &mut Ui, story: &Story, selected: Level) {
    ui.label(theme::strong("At each level", DISPLAY));
    let text = "The same story, adapted to the level that you are interviewing for.";
    ui.label(theme::dim(ui, text, BODY));
    for plan in &story.levels {
        ui.add_space(SPACE[0]);
        theme::card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            let max = clock(plan.at_most);
            let length = match plan.at_least {
                Some(min) => format!("{} to {max}", clock(min)),
                None => format!("up to {max}"),
            };
            ui.horizontal_wrapped(|ui| {
                name_ui(ui, story.level_label(plan.level), plan.level == selected);
                ui.label(theme::dim(ui, length, BODY));
                if plan.level == story.level {
                    ui.label(theme::dim(ui, "· as the sections are written", BODY));
                }
            });
            labeled_text_ui(ui, "Focus on", &plan.focus);
            labeled_text_ui(ui, "Example reflection", &plan.reflection);
            labeled_text_ui(ui, "What interviewers look for", &plan.bar);
        });
    }
}

/// Draws the story for other leadership principles. `selected` is the chosen one.
pub fn principles_ui(ui: &mut Ui, story: &Story, selected: Option<&str>) {
    ui.label(theme::strong("Other principles", DISPLAY));
    let selected = story.reframing(selected);
    let text = match selected {
        None => format!("Written for {}, as selected.", story.principle),
        Some(_) => format!("Written for {}.", story.principle),
    };
    let text = format!(
        "{text} The same facts, in another order, answer questions about other principles."
    );
    ui.label(theme::dim(ui, text, BODY));
    for reframing in &story.reframings {
        ui.add_space(SPACE[0]);
        theme::card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal_wrapped(|ui| {
                name_ui(ui, &reframing.principle, selected == Some(reframing))
            });
            labeled_text_ui(ui, "Lead with", &reframing.lead);
            labeled_text_ui(ui, "Emphasize", &reframing.emphasize);
            labeled_text_ui(ui, "Downplay", &reframing.downplay);
        });
    }
}

/// The name of a card, and whether it is selected.
fn name_ui(ui: &mut Ui, name: &str, selected: bool) {
    let label = ui.label(theme::strong(name, LARGE));
    if selected {
        let accent = theme::palette(ui).accent;
        line_icon_ui(ui, Icon::Check, BODY, accent, "selected");
        ui.label(theme::text("selected", SMALL).color(accent));
        let text = format!("{name}, selected");
        label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    }
}

/// The commands of a follow-up.
pub fn follow_up_commands(open_story: &OpenStory) -> Vec<Command<LearnAction>> {
    let go_to = |index: usize| LearnAction::FollowUp(index);
    let current = open_story.follow_up;
    let mut commands = Vec::new();
    if let Some(previous) = current.checked_sub(1) {
        let previous = go_to(previous);
        commands.push(Command::plain(
            "Previous question",
            Key::ArrowLeft,
            previous,
        ));
    }
    if current + 1 < open_story.story.follow_ups.len() {
        commands.push(Command::plain(
            "Next question",
            Key::ArrowRight,
            go_to(current + 1),
        ));
    }
    let practice = LearnAction::Practice(Part::FollowUp(current + 1));
    commands.push(Command::primary("Practice this question", Key::P, practice));
    commands
}

/// Draws a follow-up, with tabs that lead to the others.
pub fn follow_up_ui(ui: &mut Ui, story: &Story, current: usize) -> Option<LearnAction> {
    let mut action = None;
    ui.horizontal_wrapped(|ui| {
        for index in 0..story.follow_ups.len() {
            let name = format!("Question {}", index + 1);
            if tab_ui(ui, &name, "", index == current).clicked() && index != current {
                action = Some(LearnAction::FollowUp(index));
            }
        }
    });
    let Some(follow_up) = story.follow_ups.get(current) else {
        return action;
    };
    one_follow_up_ui(ui, follow_up);
    action
}

fn one_follow_up_ui(ui: &mut Ui, follow_up: &FollowUp) {
    let palette = theme::palette(ui);
    let quoted = format!("\u{201c}{}\u{201d}", follow_up.question);
    ui.label(theme::strong(quoted, TITLE));
    labeled_text_ui(ui, "What it probes", &follow_up.probes);
    ui.add_space(SPACE[0]);
    theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let heading = format!("A strong answer, {}", clock(follow_up.target));
        icon_row_ui(ui, Icon::Check, palette.good, "good", |ui| {
            ui.label(theme::strong(heading, BODY).color(palette.good));
            paragraph_ui(ui, &follow_up.strong);
        });
    });
    ui.add_space(SPACE[0]);
    ui.label(theme::strong("The line to remember", BODY));
    planned_phrases_ui(ui, &[&follow_up.line]);
    icon_row_ui(ui, Icon::Triangle, palette.amber, "worth a change", |ui| {
        ui.label(theme::strong("A weak answer", BODY).color(palette.amber));
        let quoted = format!("\u{201c}{}\u{201d}", follow_up.weak.trim());
        ui.label(theme::text(quoted, BODY));
        ui.label(theme::dim(ui, follow_up.weak_because.trim(), BODY));
    });
}

/// Draws a small heading with a text below it.
pub fn labeled_text_ui(ui: &mut Ui, heading: &str, text: &str) {
    ui.add_space(SPACE[0]);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.label(theme::dim(ui, heading, SMALL));
        paragraph_ui(ui, text);
    });
}

/// Draws a paragraph.
pub fn paragraph_ui(ui: &mut Ui, text: &str) {
    let text = theme::text(text.trim(), BODY).line_height(Some(BODY * 1.5));
    ui.add(Label::new(text).wrap());
}

/// Draws an icon, and the content that `add` draws beside it.
pub fn icon_row_ui(ui: &mut Ui, icon: Icon, color: Color32, word: &str, add: impl FnOnce(&mut Ui)) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[2];
        line_icon_ui(ui, icon, BODY, color, word);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            add(ui);
        });
    });
}
