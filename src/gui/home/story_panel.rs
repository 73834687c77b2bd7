//! The selected story on the home screen: the three ways to rehearse it, what to practice next, its level and its
//! leadership principle.

use egui::{
    Align, Key, Label, Layout, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, vec2,
};

use super::state::{HomeAction, HomeState};
use crate::domain::story::{Level, LevelPlan, Part, SectionKind, Story};
use crate::domain::time::{Secs, clock};
use crate::gui::command::{Command, button_ui, flat_button_with_key_ui};
use crate::gui::layout;
use crate::gui::settings::SettingChange;
use crate::gui::theme;
use crate::gui::theme::{BODY, SMALL, SPACE, TITLE};
use crate::gui::widgets::icon;
use crate::gui::widgets::icon::{Icon, line_icon_ui};
use crate::gui::widgets::radio::choice_ui;
use crate::storage::Settings;

/// The three ways to rehearse, by the keys of their commands, with a description each.
const MODES: [(Key, &str); 3] = [
    (Key::L, "Read the story, follow an example, take a quiz."),
    (
        Key::Enter,
        "Record one section at a time, with feedback after each.",
    ),
    (
        Key::I,
        "The whole answer, then follow-ups. Feedback at the end.",
    ),
];
/// The levels, with their keys.
const LEVELS: [(Level, Key, &str); 3] = [
    (Level::Junior, Key::Num1, "1"),
    (Level::Mid, Key::Num2, "2"),
    (Level::Senior, Key::Num3, "3"),
];
/// The gap between the sections of the bar.
const SECTION_GAP: f32 = 4.0;
/// Even a short section is wide enough for its name.
const MIN_SECTION_WIDTH: f32 = 84.0;

/// The commands of this panel other than the three ways to rehearse.
pub fn commands(story: &Story, settings: &Settings, home: &HomeState) -> Vec<Command<HomeAction>> {
    let mut commands = Vec::new();
    if let Some(recommendation) = home.recommendation() {
        let label = format!("Practice {}", recommendation.section);
        let practice = HomeAction::Practice(Part::Section(recommendation.section));
        commands.push(Command::plain(label, Key::S, practice));
    }
    if let Some((section, _)) = home.last_practiced() {
        let label = format!("Continue with {section}");
        let practice = HomeAction::Practice(Part::Section(section));
        commands.push(Command::plain(label, Key::G, practice));
    }
    for (level, key, _) in LEVELS {
        if story.plan(level).is_some() {
            commands.push(Command::plain(
                format!("Level: {}", story.level_label(level)),
                key,
                set_level(level),
            ));
        }
    }
    if !story.reframings.is_empty() {
        let next = set_principle(principle_after(story, settings));
        commands.push(Command::plain("Next principle", Key::P, next));
    }
    commands
}

fn set_level(level: Level) -> HomeAction {
    HomeAction::Set(SettingChange::Level(Some(level)))
}

/// Chooses a leadership principle; `None` is the story's own.
fn set_principle(principle: Option<String>) -> HomeAction {
    HomeAction::Set(SettingChange::Principle(principle))
}

/// Draws the selected story, below what `add_above` adds.
pub fn story_ui(
    ui: &mut Ui,
    story: &Story,
    settings: &Settings,
    home: &HomeState,
    commands: &[Command<HomeAction>],
    add_above: impl FnOnce(&mut Ui) -> Option<HomeAction>,
) -> Option<HomeAction> {
    let level = story.level_for(settings.level);
    let body = ScrollArea::vertical().id_salt(&story.id).auto_shrink(false);
    body.show(ui, |ui| {
        layout::scroll_by_keys(ui);
        ui.set_max_width(ui.available_width().min(layout::TEXT_WIDTH));
        ui.spacing_mut().item_spacing.y = SPACE[2];
        let above = add_above(ui);
        let quoted = format!("\u{201c}{}\u{201d}", story.question);
        ui.label(theme::strong(quoted, TITLE));
        let mut action = above.or(modes_ui(ui, commands));
        action = action.or(next_ui(ui, home, commands));
        action = action.or(level_ui(ui, story, level));
        action = action.or(principle_ui(ui, story, settings, commands));
        ui.add_space(SPACE[0]);
        sections_ui(ui, story, level, home);
        let total = story.total_at(level);
        let total = format!("Five sections, {} in total", clock(total));
        ui.label(theme::dim(ui, total, SMALL));
        ui.label(theme::text(story.overview.trim(), BODY).line_height(Some(BODY * 1.55)));
        if !story.takeaways.is_empty() {
            ui.add_space(SPACE[1]);
            ui.label(theme::strong("What to remember", BODY));
        }
        let accent = theme::palette(ui).accent;
        for takeaway in &story.takeaways {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = SPACE[2];
                line_icon_ui(ui, Icon::Circle, BODY, accent, "to remember");
                ui.add(Label::new(theme::text(takeaway, BODY)).wrap());
            });
        }
        ui.add_space(SPACE[2]);
        action
    })
    .inner
}

/// The three ways to rehearse, each with its description below its button or, in a narrow window, beside it.
fn modes_ui(ui: &mut Ui, commands: &[Command<HomeAction>]) -> Option<HomeAction> {
    let mut action = None;
    if layout::is_narrow(ui.ctx()) {
        for (key, description) in MODES {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = SPACE[2];
                action = action.take().or(button_ui(ui, commands, key));
                ui.add(Label::new(theme::dim(ui, description, SMALL)).wrap());
            });
        }
        return action;
    }
    ui.columns_const(|columns: &mut [Ui; MODES.len()]| {
        for (ui, (key, description)) in std::iter::zip(columns, MODES) {
            ui.spacing_mut().item_spacing.y = SPACE[1];
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                action = action.take().or(button_ui(ui, commands, key));
                ui.add(Label::new(theme::dim(ui, description, SMALL)).wrap());
            });
        }
    });
    action
}

/// What to practice next, and what was practiced last. Its height does not change when the analysis is done.
fn next_ui(ui: &mut Ui, home: &HomeState, commands: &[Command<HomeAction>]) -> Option<HomeAction> {
    let suggestion = match home.recommendation() {
        Some(recommendation) => recommendation.to_string(),
        None if home.is_analyzing() => "Analyzing your latest takes.".to_owned(),
        None if home.last_practiced().is_none() => {
            "You have not practiced this story yet. Start with the Situation.".to_owned()
        }
        None => "Nothing stands out in your latest takes.".to_owned(),
    };
    let mut action = None;
    theme::card(ui).inner_margin(SPACE[2]).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = SPACE[1];
        action = text_with_button_ui(ui, &suggestion, commands, Key::S);
        if let Some((section, when)) = home.last_practiced() {
            let text = format!("Last practiced: {section}, {when}. {}", home.this_week());
            let again = text_with_button_ui(ui, &text, commands, Key::G);
            action = action.take().or(again);
        }
    });
    action
}

/// A text, and at its right or, in a narrow window, below it the button with this key.
fn text_with_button_ui(
    ui: &mut Ui,
    text: &str,
    commands: &[Command<HomeAction>],
    key: Key,
) -> Option<HomeAction> {
    if layout::is_narrow(ui.ctx()) {
        ui.add(Label::new(theme::text(text, BODY)).wrap());
        return button_ui(ui, commands, key);
    }
    let size = vec2(ui.available_width(), 38.0);
    let right = Layout::right_to_left(Align::Center);
    ui.allocate_ui_with_layout(size, right, |ui| {
        let action = button_ui(ui, commands, key);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add(Label::new(theme::text(text, BODY)).wrap());
        });
        action
    })
    .inner
}

fn level_ui(ui: &mut Ui, story: &Story, selected: Level) -> Option<HomeAction> {
    let mut action = None;
    ui.horizontal_wrapped(|ui| {
        ui.label(theme::strong("Level", BODY));
        for (level, _, key) in LEVELS {
            if story.plan(level).is_some()
                && choice_ui(
                    ui,
                    "Level",
                    story.level_label(level),
                    key,
                    level == selected,
                )
                .clicked()
            {
                action = Some(set_level(level));
            }
        }
    });
    if let Some(plan) = story.plan(selected) {
        let total = story.total_at(selected);
        let text = format!("{}. The bar: {}", length_range(plan, total), plan.bar);
        ui.add(Label::new(theme::text(text, BODY)).wrap());
    }
    action
}

/// How long the whole answer may be, such as `2:30 to 3:00`.
fn length_range(plan: &LevelPlan, total: Secs) -> String {
    match plan.at_least {
        Some(least) => format!("{} to {}", clock(least), clock(plan.at_most)),
        None => clock(total),
    }
}

/// The choice of leadership principle, and how to tell the story for it.
fn principle_ui(
    ui: &mut Ui,
    story: &Story,
    settings: &Settings,
    commands: &[Command<HomeAction>],
) -> Option<HomeAction> {
    if story.reframings.is_empty() {
        return None;
    }
    let selected = story.reframing(settings.principle.as_deref());
    let mut action = None;
    ui.horizontal_wrapped(|ui| {
        ui.label(theme::strong("Leadership principle", BODY));
        if choice_ui(ui, "Principle", &story.principle, "", selected.is_none()).clicked() {
            action = Some(set_principle(None));
        }
        for reframing in &story.reframings {
            let principle = &reframing.principle;
            let is_selected = selected.is_some_and(|selected| selected.principle == *principle);
            if choice_ui(ui, "Principle", principle, "", is_selected).clicked() {
                action = Some(set_principle(Some(principle.clone())));
            }
        }
        let next = flat_button_with_key_ui(ui, commands, Key::P);
        action = action.take().or(next);
    });
    if let Some(reframing) = selected {
        for (name, text) in [
            ("Lead with", &reframing.lead),
            ("Emphasize", &reframing.emphasize),
            ("Downplay", &reframing.downplay),
        ] {
            ui.horizontal_top(|ui| {
                ui.allocate_ui(vec2(90.0, 0.0), |ui| {
                    ui.set_min_width(90.0);
                    ui.label(theme::strong(name, BODY));
                });
                ui.add(Label::new(theme::text(text, BODY)).wrap());
            });
        }
    }
    action
}

/// The principle after the selected one; `None` is the story's own.
fn principle_after(story: &Story, settings: &Settings) -> Option<String> {
    let selected = story.reframing(settings.principle.as_deref());
    let next = match selected {
        None => story.reframings.first(),
        Some(selected) => {
            let index = story.reframings.iter().position(|one| one == selected)?;
            story.reframings.get(index + 1)
        }
    };
    next.map(|reframing| reframing.principle.clone())
}

/// The five sections, each as wide as it is long. Practiced ones are filled and ticked; the others are outlined and
/// marked as new.
fn sections_ui(ui: &mut Ui, story: &Story, level: Level, home: &HomeState) {
    let briefs = SectionKind::ALL.map(|kind| (kind, story.brief(Part::Section(kind), level)));
    let sections: Vec<(SectionKind, Secs, &str)> = briefs
        .iter()
        .filter_map(|(kind, brief)| {
            let brief = brief.as_ref()?;
            Some((*kind, brief.target, brief.purpose))
        })
        .collect();
    let total: Secs = sections.iter().map(|(_, target, _)| target).sum();
    let total = total.max(1.0);
    let width = ui.available_width();
    let count = sections.len().max(1) as f32;
    let without_gaps = width - SECTION_GAP * (count - 1.0);
    let min_width = MIN_SECTION_WIDTH.min(without_gaps / count);
    let free = without_gaps - min_width * count;
    let (rect, _) = ui.allocate_exact_size(vec2(width, 52.0), Sense::hover());
    let mut x = rect.left();
    for (kind, target, purpose) in sections {
        let width = min_width + free.max(0.0) * (target / total) as f32;
        let cell = Rect::from_min_size(pos2(x, rect.top()), vec2(width, rect.height()));
        section_ui(ui, cell, kind, target, purpose, home.is_practiced(kind));
        x += width + SECTION_GAP;
    }
}

fn section_ui(
    ui: &Ui,
    cell: Rect,
    kind: SectionKind,
    target: Secs,
    purpose: &str,
    practiced: bool,
) {
    let palette = theme::palette(ui);
    let status = match practiced {
        true => "practiced",
        false => "not practiced yet",
    };
    let name = format!("{kind}, {}, {status}", clock(target));
    let response = ui.interact(cell, ui.scope_id().with(kind), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
    response.on_hover_text(purpose);
    let bar = Rect::from_min_size(cell.min, vec2(cell.width(), 6.0));
    let painter = ui.painter();
    match practiced {
        true => painter.rect_filled(bar, 3.0, palette.accent),
        false => {
            let line = Stroke::new(1.0, palette.dim);
            painter.rect(bar, 3.0, palette.raised, line, StrokeKind::Inside)
        }
    };
    let name_at = pos2(cell.left(), cell.top() + 12.0);
    let left_top = egui::Align2::LEFT_TOP;
    let font = theme::semibold(SMALL);
    let name_rect = painter.text(name_at, left_top, kind.to_string(), font, palette.text);
    let length_at = pos2(cell.left(), cell.top() + 31.0);
    let length = match practiced {
        true => clock(target),
        false => format!("{} \u{b7} new", clock(target)),
    };
    let font = theme::regular(SMALL);
    painter.text(length_at, left_top, length, font, palette.dim);
    if practiced {
        let corner = pos2(name_rect.right() + 4.0, name_rect.center().y - 5.0);
        let tick = Rect::from_min_size(corner, vec2(10.0, 10.0));
        icon::paint(ui, Icon::Check, tick, palette.good);
    }
}
