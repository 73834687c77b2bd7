//! The chosen story on home: what can be done with it, where it was left off, at which level and for which
//! principle it is told.

use egui::{
    Align, Key, Label, Layout, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, vec2,
};

use super::HomeState;
use crate::domain::story::{Level, LevelPlan, Part, SectionKind, Story};
use crate::domain::time::{Secs, clock};
use crate::gui::Action;
use crate::gui::command::Command;
use crate::gui::layout;
use crate::gui::settings::{SettingChange, set};
use crate::gui::theme;
use crate::gui::theme::{BODY, SMALL, SPACE, TITLE};
use crate::gui::widgets::icon;
use crate::gui::widgets::icon::{Icon, line_icon_ui};
use crate::gui::widgets::radio::choice_ui;
use crate::storage::Settings;

/// The three ways to rehearse, by the keys of their offers, each with what it is.
const MODES: [(Key, &str); 3] = [
    (Key::L, "Read the story, see how it sounds, try a quiz."),
    (
        Key::Enter,
        "Say one section at a time, with feedback after each.",
    ),
    (Key::I, "All of it, then follow-ups; feedback at the end."),
];
/// The levels, with their keys.
const LEVELS: [(Level, Key, &str); 3] = [
    (Level::Sde1, Key::Num1, "1"),
    (Level::Sde2, Key::Num2, "2"),
    (Level::Senior, Key::Num3, "3"),
];

/// What can be done with the story, besides beginning.
pub fn offers(story: &Story, settings: &Settings, home: &HomeState) -> Vec<Command> {
    let mut offers = Vec::new();
    if let Some(weakest) = home.weakest() {
        let label = format!("Practise {}", weakest.section);
        offers.push(Command::plain(
            label,
            Key::S,
            Action::PractisePart(Part::Section(weakest.section)),
        ));
    }
    if let Some((section, _)) = home.left_off() {
        let label = format!("Go on with {section}");
        offers.push(Command::plain(
            label,
            Key::G,
            Action::PractisePart(Part::Section(section)),
        ));
    }
    for (level, key, _) in LEVELS {
        if story.plan(level).is_some() {
            let action = set(SettingChange::Level(Some(level)));
            offers.push(Command::plain(format!("Tell it as {level}"), key, action));
        }
    }
    if !story.reframings.is_empty() {
        let next = set(SettingChange::Principle(principle_after(story, settings)));
        offers.push(Command::plain("Another principle", Key::P, next));
    }
    offers
}

/// Draws it.
pub fn story_ui(
    ui: &mut Ui,
    story: &Story,
    settings: &Settings,
    home: &HomeState,
    offers: &[Command],
) -> Option<Action> {
    let level = story.level_for(settings.level);
    let body = ScrollArea::vertical().id_salt(&story.id).auto_shrink(false);
    body.show(ui, |ui| {
        layout::scroll_by_keys(ui);
        ui.set_max_width(ui.available_width().min(760.0));
        ui.spacing_mut().item_spacing.y = SPACE[2];
        let quoted = format!("\u{201c}{}\u{201d}", story.question);
        ui.label(theme::strong(quoted, TITLE));
        let mut asked = modes_ui(ui, offers);
        asked = asked.or(next_ui(ui, home, offers));
        asked = asked.or(level_ui(ui, story, level));
        asked = asked.or(principle_ui(ui, story, settings, offers));
        ui.add_space(SPACE[0]);
        sections_ui(ui, story, level, home);
        let total = story.total_at(level);
        let says = format!("five sections, {} in all, one at a time", clock(total));
        ui.label(theme::dim(ui, says, SMALL));
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
        asked
    })
    .inner
}

/// Beside each other, what each is below its button.
fn modes_ui(ui: &mut Ui, offers: &[Command]) -> Option<Action> {
    let mut asked = None;
    ui.columns_const(|columns: &mut [Ui; MODES.len()]| {
        for (ui, (key, says)) in std::iter::zip(columns, MODES) {
            ui.spacing_mut().item_spacing.y = SPACE[1];
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                let offer = offers.iter().find(|offer| offer.key == key);
                asked = asked.take().or(offer.and_then(|offer| offer.ui(ui)));
                ui.add(Label::new(theme::dim(ui, says, SMALL)).wrap());
            });
        }
    });
    asked
}

/// What to do next, and where it was left off. As high before the takes are read as after.
fn next_ui(ui: &mut Ui, home: &HomeState, offers: &[Command]) -> Option<Action> {
    let suggestion = match home.weakest() {
        Some(weakest) => weakest.to_string(),
        None if home.is_reading() => "Reading your newest takes.".to_owned(),
        None if home.left_off().is_none() => {
            "You have not told this story yet: begin with the Situation.".to_owned()
        }
        None => "Nothing stands out in your newest takes.".to_owned(),
    };
    let mut asked = None;
    theme::card(ui).inner_margin(SPACE[2]).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = SPACE[1];
        asked = beside_ui(ui, &suggestion, offers, Key::S);
        if let Some((section, when)) = home.left_off() {
            let says = format!("Left off: {section}, {when}. {}", home.this_week());
            let again = beside_ui(ui, &says, offers, Key::G);
            asked = asked.take().or(again);
        }
    });
    asked
}

/// A sentence, and at the right what can be done about it.
fn beside_ui(ui: &mut Ui, says: &str, offers: &[Command], key: Key) -> Option<Action> {
    let size = vec2(ui.available_width(), 38.0);
    let right = Layout::right_to_left(Align::Center);
    ui.allocate_ui_with_layout(size, right, |ui| {
        let offer = offers.iter().find(|offer| offer.key == key);
        let asked = offer.and_then(|offer| offer.ui(ui));
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add(Label::new(theme::text(says, BODY)).wrap());
        });
        asked
    })
    .inner
}

fn level_ui(ui: &mut Ui, story: &Story, on: Level) -> Option<Action> {
    let mut asked = None;
    ui.horizontal(|ui| {
        ui.label(theme::strong("Level", BODY));
        for (level, _, key) in LEVELS {
            if story.plan(level).is_some()
                && choice_ui(ui, "Level", &level.to_string(), key, level == on).clicked()
            {
                asked = Some(set(SettingChange::Level(Some(level))));
            }
        }
    });
    if let Some(plan) = story.plan(on) {
        let total = story.total_at(on);
        let says = format!("{}. The bar: {}", length_told(plan, total), plan.bar);
        ui.add(Label::new(theme::text(says, BODY)).wrap());
    }
    asked
}

/// How long the whole answer may be: `2:30 to 3:00`.
fn length_told(plan: &LevelPlan, total: Secs) -> String {
    match plan.at_least {
        Some(least) => format!("{} to {}", clock(least), clock(plan.at_most)),
        None => clock(total),
    }
}

fn principle_ui(
    ui: &mut Ui,
    story: &Story,
    settings: &Settings,
    offers: &[Command],
) -> Option<Action> {
    if story.reframings.is_empty() {
        return None;
    }
    let on = story.reframing(settings.principle.as_deref());
    let mut asked = None;
    ui.horizontal_wrapped(|ui| {
        ui.label(theme::strong("Told for", BODY));
        if choice_ui(ui, "Principle", &story.principle, "", on.is_none()).clicked() {
            asked = Some(set(SettingChange::Principle(None)));
        }
        for told in &story.reframings {
            let this = on.is_some_and(|on| on.principle == told.principle);
            if choice_ui(ui, "Principle", &told.principle, "", this).clicked() {
                asked = Some(set(SettingChange::Principle(Some(told.principle.clone()))));
            }
        }
        let next = offers.iter().find(|offer| offer.key == Key::P);
        asked = asked.take().or(next.and_then(|offer| offer.flat_ui(ui)));
    });
    if let Some(told) = on {
        for (name, says) in [
            ("Lead with", &told.lead),
            ("Say more of", &told.emphasize),
            ("Say less of", &told.downplay),
        ] {
            ui.horizontal_top(|ui| {
                ui.allocate_ui(vec2(90.0, 0.0), |ui| {
                    ui.set_min_width(90.0);
                    ui.label(theme::strong(name, BODY));
                });
                ui.add(Label::new(theme::text(says, BODY)).wrap());
            });
        }
    }
    asked
}

/// The principle after the one that is on; `None` for the story's own.
fn principle_after(story: &Story, settings: &Settings) -> Option<String> {
    let on = story.reframing(settings.principle.as_deref());
    let next = match on {
        None => story.reframings.first(),
        Some(on) => {
            let place = story.reframings.iter().position(|told| told == on)?;
            story.reframings.get(place + 1)
        }
    };
    next.map(|told| told.principle.clone())
}

/// The five sections, each as wide as it is long; those that were tried are ticked and full, the others
/// are an outline and called new.
fn sections_ui(ui: &mut Ui, story: &Story, level: Level, home: &HomeState) {
    let palette = theme::palette(ui);
    let briefs = SectionKind::ALL.map(|kind| (kind, story.brief(Part::Section(kind), level)));
    let targets = briefs
        .iter()
        .filter_map(|(kind, brief)| Some((*kind, brief.as_ref()?)));
    let targets: Vec<(SectionKind, Secs, &str)> = targets
        .map(|(kind, brief)| (kind, brief.target, brief.purpose))
        .collect();
    let total = targets
        .iter()
        .map(|(_, target, _)| target)
        .sum::<Secs>()
        .max(1.0);
    let gap = 4.0;
    let width = ui.available_width();
    // A short section is still wide enough for its name.
    let least = 84.0;
    let free = width - gap * 4.0 - least * targets.len() as f32;
    let (rect, _) = ui.allocate_exact_size(vec2(width, 52.0), Sense::hover());
    let mut x = rect.left();
    for (kind, target, purpose) in targets {
        let wide = least + free.max(0.0) * (target / total) as f32;
        let cell = Rect::from_min_size(pos2(x, rect.top()), vec2(wide, rect.height()));
        let tried = home.tried(kind);
        let state = if tried { ", tried" } else { ", not tried yet" };
        let says = format!("{kind}, {}{state}", clock(target));
        let response = ui.interact(cell, ui.scope_id().with(kind), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &says));
        response.on_hover_text(purpose);
        let bar = Rect::from_min_size(cell.min, vec2(wide, 6.0));
        let painter = ui.painter();
        match tried {
            true => painter.rect_filled(bar, 3.0, palette.accent),
            false => {
                let line = Stroke::new(1.0, palette.dim);
                painter.rect(bar, 3.0, palette.raised, line, StrokeKind::Inside)
            }
        };
        let name = pos2(x, rect.top() + 12.0);
        let top = egui::Align2::LEFT_TOP;
        let font = theme::semibold(SMALL);
        let named = painter.text(name, top, kind.to_string(), font, palette.text);
        let below = pos2(x, rect.top() + 31.0);
        let length = match tried {
            true => clock(target),
            false => format!("{} \u{b7} new", clock(target)),
        };
        painter.text(below, top, length, theme::regular(SMALL), palette.dim);
        if tried {
            let at = pos2(named.right() + 4.0, named.center().y - 5.0);
            icon::paint(
                ui,
                Icon::Check,
                Rect::from_min_size(at, vec2(10.0, 10.0)),
                palette.good,
            );
        }
        x += wide + gap;
    }
}
