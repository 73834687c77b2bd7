//! Where a practice begins: which story, which microphone.

use egui::{
    Align, CentralPanel, Frame, Key, Label, Layout, Margin, Panel, Rect, Role, ScrollArea, Sense,
    Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::Action;
use super::history::part_name;
use super::microphone::choice_ui;
use super::offer::Offer;
use super::theme::{self, BODY, LARGE, SMALL, SPACE, TITLE};
use super::widgets::button::focus_ring;
use super::widgets::icon::{Icon, line_icon_ui};
use super::widgets::level::level_ui;
use crate::audio::Source;
use crate::coach::story::Story;
use crate::coach::time::clock;
use crate::runtime::{ModelState, Runtime};
use crate::store::State;

const LIST_WIDTH: f32 = 300.0;

/// What can be done here.
pub fn offers(runtime: &Runtime, chosen: usize) -> Vec<Offer> {
    let mut offers = Vec::new();
    if !runtime.stories().is_empty() {
        offers.push(Offer::primary("Practise", Key::Enter, Action::Practise));
    }
    offers.push(Offer::plain("History", Key::H, Action::ShowHistory));
    if let Some(past) = runtime.unheard() {
        let open = Action::OpenTake(past.id.clone());
        offers.push(Offer::plain("Hear its feedback", Key::F, open));
        offers.push(Offer::plain("Not now", Key::L, Action::LeaveUnheard));
    }
    if !matches!(runtime.source(), Source::File(..)) {
        offers.push(match runtime.checking() {
            true => Offer::plain("Close", Key::M, Action::Check(false)),
            false => Offer::plain("Check", Key::M, Action::Check(true)),
        });
    }
    if chosen > 0 {
        let action = Action::ChooseStory(chosen - 1);
        offers.push(Offer::plain("Story before", Key::PageUp, action));
    }
    if chosen + 1 < runtime.stories().len() {
        let action = Action::ChooseStory(chosen + 1);
        offers.push(Offer::plain("Story after", Key::PageDown, action));
    }
    offers
}

/// The microphone, for the bar at the top.
pub fn bar_ui(ui: &mut Ui, runtime: &Runtime, offers: &[Offer]) -> Option<Action> {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let check = offers.iter().find(|offer| offer.key == Key::M);
        let asked = check.and_then(|offer| offer.ui(ui));
        level_ui(ui, runtime.level_dbfs(), 90.0);
        asked.or(choice_ui(ui, runtime))
    })
    .inner
}

/// The stories, and the one that is chosen.
pub fn home_ui(ui: &mut Ui, runtime: &Runtime, chosen: usize, offers: &[Offer]) -> Option<Action> {
    let practise = Panel::bottom("offers")
        .exact_size(68.0)
        .frame(Frame::new().inner_margin(Margin::symmetric(24, 8)))
        .show(ui, |ui| {
            ui.horizontal_centered(|ui| {
                ui.spacing_mut().item_spacing.x = SPACE[1];
                let mut asked = None;
                for key in [Key::Enter, Key::H] {
                    let offer = offers.iter().find(|offer| offer.key == key);
                    asked = asked.or(offer.and_then(|offer| offer.ui(ui)));
                }
                ui.add_space(SPACE[2]);
                status_ui(ui, runtime);
                asked
            })
            .inner
        })
        .inner;
    let margin = Frame::new().inner_margin(Margin {
        left: 24,
        right: 24,
        top: 16,
        bottom: 0,
    });
    CentralPanel::default()
        .frame(margin)
        .show(ui, |ui| {
            let mut asked = practise.or(missing_microphone_ui(ui, runtime));
            asked = asked.or(unheard_ui(ui, runtime, offers));
            let stories = runtime.stories();
            let Some(story) = stories.get(chosen) else {
                ui.label(theme::strong("There is no story yet.", TITLE));
                let folder = runtime.store().stories();
                ui.label(theme::dim(
                    ui,
                    format!(
                        "Put a story pack into {} and start again.",
                        folder.display()
                    ),
                    BODY,
                ));
                return asked;
            };
            let list = Panel::left("stories")
                .exact_size(LIST_WIDTH)
                .resizable(false)
                .show_separator_line(false)
                .frame(Frame::new())
                .show(ui, |ui| list_ui(ui, stories, chosen));
            asked = asked.or(list.inner);
            let frame = Frame::new().inner_margin(Margin {
                left: 24,
                right: 0,
                top: 0,
                bottom: 0,
            });
            CentralPanel::default()
                .frame(frame)
                .show(ui, |ui| story_ui(ui, story));
            asked
        })
        .inner
}

fn list_ui(ui: &mut Ui, stories: &[std::sync::Arc<Story>], chosen: usize) -> Option<Action> {
    let mut asked = None;
    ScrollArea::vertical().show(ui, |ui| {
        for (index, story) in stories.iter().enumerate() {
            if card_ui(ui, story, index == chosen) {
                asked = Some(Action::ChooseStory(index));
            }
            ui.add_space(SPACE[0]);
        }
        if stories.len() > 1 {
            ui.label(theme::dim(ui, "page up, page down: another story", SMALL));
        }
    });
    asked
}

fn card_ui(ui: &mut Ui, story: &Story, chosen: bool) -> bool {
    let palette = theme::palette(ui);
    let width = ui.available_width();
    let inner = width - 2.0 * SPACE[3];
    let facts = format!(
        "{} · {} · {}",
        story.principle,
        story.level,
        clock(story.target_total())
    );
    let painter = ui.painter();
    let title = painter.layout(
        story.title.clone(),
        theme::semibold(LARGE),
        palette.text,
        inner,
    );
    let facts = painter.layout(facts, theme::regular(SMALL), palette.dim, inner);
    let height = title.size().y + SPACE[0] + facts.size().y + 2.0 * SPACE[2];
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
    let rect = rect.shrink(1.0);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &story.title));
    let line = match (chosen, response.hovered()) {
        (true, _) => palette.accent,
        (false, true) => palette.dim,
        (false, false) => palette.line,
    };
    let stroke = Stroke::new(if chosen { 2.0 } else { 1.0 }, line);
    let painter = ui.painter();
    painter.rect(
        rect,
        theme::RADIUS,
        palette.surface,
        stroke,
        StrokeKind::Inside,
    );
    focus_ring(ui, &response);
    let at = rect.min + vec2(SPACE[3], SPACE[2]);
    let below = at + vec2(0.0, title.size().y + SPACE[0]);
    painter.galley(at, title, palette.text);
    painter.galley(below, facts, palette.dim);
    response.clicked()
}

fn story_ui(ui: &mut Ui, story: &Story) {
    let body = ScrollArea::vertical().id_salt(&story.id);
    body.show(ui, |ui| {
        ui.set_max_width(ui.available_width().min(760.0));
        ui.spacing_mut().item_spacing.y = SPACE[2];
        let quoted = format!("\u{201c}{}\u{201d}", story.question);
        ui.label(theme::strong(quoted, TITLE));
        ui.label(theme::text(story.overview.trim(), BODY).line_height(Some(BODY * 1.55)));
        ui.add_space(SPACE[0]);
        sections_ui(ui, story);
        let total = clock(story.target_total());
        let says = format!("five sections, {total} in all, one at a time");
        ui.label(theme::dim(ui, says, SMALL));
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
    });
}

/// The five sections, each as wide as it is long.
fn sections_ui(ui: &mut Ui, story: &Story) {
    let palette = theme::palette(ui);
    let total = story.target_total().max(1.0);
    let gap = 4.0;
    let width = ui.available_width();
    // A short section is still wide enough for its name.
    let least = 78.0;
    let free = width - gap * 4.0 - least * story.sections.len() as f32;
    let (rect, _) = ui.allocate_exact_size(vec2(width, 52.0), Sense::hover());
    let mut x = rect.left();
    for section in &story.sections {
        let wide = least + free.max(0.0) * (section.target / total) as f32;
        let cell = Rect::from_min_size(pos2(x, rect.top()), vec2(wide, rect.height()));
        let says = format!("{}, {}", section.kind, clock(section.target));
        let response = ui.interact(cell, ui.scope_id().with(section.kind), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &says));
        response.on_hover_text(&section.purpose);
        let bar = Rect::from_min_size(cell.min, vec2(wide, 6.0));
        let painter = ui.painter();
        painter.rect_filled(bar, 3.0, palette.accent);
        let name = pos2(x, rect.top() + 12.0);
        let top = egui::Align2::LEFT_TOP;
        let kind = section.kind.to_string();
        painter.text(name, top, kind, theme::semibold(SMALL), palette.text);
        let target = pos2(x, rect.top() + 31.0);
        let says = clock(section.target);
        painter.text(target, top, says, theme::regular(SMALL), palette.dim);
        x += wide + gap;
    }
}

fn status_ui(ui: &mut Ui, runtime: &Runtime) {
    let palette = theme::palette(ui);
    ui.spacing_mut().item_spacing.x = SPACE[1];
    let (icon, color, word, says) = match runtime.model() {
        ModelState::Loading => (
            Icon::Circle,
            palette.dim,
            "busy",
            "Speech model is being read",
        ),
        ModelState::Ready => (Icon::Check, palette.good, "good", "Speech model is ready"),
        ModelState::Unusable(_) => (
            Icon::Octagon,
            palette.red,
            "problem",
            "Speech model cannot be used: takes are kept, but not read",
        ),
    };
    line_icon_ui(ui, icon, SMALL, color, word);
    ui.label(theme::dim(ui, says, SMALL));
    ui.add_space(SPACE[3]);
    let (icon, color, says) = match (runtime.source(), runtime.listening()) {
        (Source::File(..), _) => (Icon::Circle, palette.dim, "No microphone is used"),
        (_, true) => (
            Icon::Disc,
            palette.voice,
            "The microphone is open, nothing is kept",
        ),
        (_, false) => (Icon::Circle, palette.dim, "The microphone is closed"),
    };
    line_icon_ui(ui, icon, SMALL, color, "microphone");
    ui.label(theme::dim(ui, says, SMALL));
}

fn missing_microphone_ui(ui: &mut Ui, runtime: &Runtime) -> Option<Action> {
    let why = match runtime.microphones()? {
        _ if runtime.source_is_given() => return None,
        Ok(found) if !found.is_empty() => return None,
        Ok(_) => crate::audio::MicError::None.to_string(),
        Err(error) => error.to_string(),
    };
    let mut asked = None;
    theme::card(ui).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE[2];
            let amber = theme::palette(ui).amber;
            line_icon_ui(ui, Icon::Triangle, BODY, amber, "problem");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.button("Look again").clicked() {
                    asked = Some(Action::LookForMicrophones);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(theme::text(theme::sentence(&why), BODY)).wrap());
                });
            });
        });
    });
    ui.add_space(SPACE[2]);
    asked
}

/// A take whose program died, and what can be done with it.
fn unheard_ui(ui: &mut Ui, runtime: &Runtime, offers: &[Offer]) -> Option<Action> {
    let past = runtime.unheard()?;
    let part = past.part.map_or("A take".to_owned(), part_name);
    let length = past.seconds.map_or(String::new(), clock);
    let says = match past.state {
        State::Interrupted => format!(
            "{part} of \u{201c}{}\u{201d} was interrupted on {}. {length} of it is kept.",
            past.title, past.began
        ),
        _ => format!(
            "{part} of \u{201c}{}\u{201d}, {length}, recorded on {}, has no feedback yet.",
            past.title, past.began
        ),
    };
    let mut asked = None;
    theme::card(ui).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE[2];
            let amber = theme::palette(ui).amber;
            line_icon_ui(ui, Icon::Triangle, BODY, amber, "interrupted take");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                for key in [Key::L, Key::F] {
                    let offer = offers.iter().find(|offer| offer.key == key);
                    asked = asked.take().or(offer.and_then(|offer| offer.ui(ui)));
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(theme::text(says, BODY)).wrap());
                });
            });
        });
    });
    ui.add_space(SPACE[2]);
    asked
}
