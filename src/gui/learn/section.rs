//! A section: an example to read along with, its planned phrases with what each proves, what to do, and what to
//! avoid.

use std::time::Duration;

use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Key, Layout, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::pages::{icon_row_ui, paragraph_ui};
use super::state::{Example, LearnAction, OpenStory};
use super::text_layout::{changed, line_rects};
use crate::domain::story::{Part, SectionKind};
use crate::domain::time::clock;
use crate::gui::command::{Command, button_ui, key_name, with_key};
use crate::gui::layout;
use crate::gui::theme;
use crate::gui::theme::{BODY, DISPLAY, LARGE, SMALL, SPACE, TITLE};
use crate::gui::widgets::button::{ButtonStyle, key_button_ui};
use crate::gui::widgets::icon::Icon;
use crate::gui::widgets::phrases::planned_phrases_ui;
use crate::practice::read_along::next_rate;

/// How much of the page stays visible above and below the current word.
const VISIBLE_AROUND_WORD: f32 = 70.0;

/// The commands of a section.
pub fn commands(open_story: &OpenStory, kind: SectionKind, now: f64) -> Vec<Command<LearnAction>> {
    let reading = &open_story.reading;
    let has_started = reading.position(now) > 0.0;
    let has_ended = open_story.word_at(now).is_none();
    let read = match (has_ended, reading.is_running()) {
        (true, _) => Command::plain("Read again", Key::Space, LearnAction::Read(true)),
        (false, true) => Command::plain("Pause", Key::Space, LearnAction::Read(false)),
        (false, false) if has_started => {
            Command::plain("Continue", Key::Space, LearnAction::Read(true))
        }
        (false, false) => Command::plain("Read along", Key::Space, LearnAction::Read(true)),
    };
    let mut commands = vec![read];
    if has_started {
        commands.push(Command::plain("Start over", Key::R, LearnAction::StartOver));
    }
    for (label, key, faster) in [
        ("Slower", Key::ArrowLeft, false),
        ("Faster", Key::ArrowRight, true),
    ] {
        if let Some(wpm) = next_rate(reading.wpm(), faster) {
            commands.push(Command::plain(label, key, LearnAction::Rate(wpm)));
        }
    }
    let practice = LearnAction::Practice(Part::Section(kind));
    commands.push(Command::primary("Practice this section", Key::P, practice));
    commands
}

/// Draws the page of a section.
pub fn section_ui(
    ui: &mut Ui,
    open_story: &OpenStory,
    commands: &[Command<LearnAction>],
) -> Option<LearnAction> {
    let (Some(section), Some(example)) = (open_story.section(), &open_story.example) else {
        return None;
    };
    let palette = theme::palette(ui);
    let brief = open_story.brief();
    let target = brief.as_ref().map_or(section.target, |b| b.target);
    ui.horizontal(|ui| {
        ui.label(theme::strong(section.kind.to_string(), DISPLAY));
        ui.add_space(SPACE[1]);
        ui.with_layout(Layout::left_to_right(Align::Max), |ui| {
            ui.label(theme::dim(ui, clock(target), TITLE));
        });
    });
    ui.label(theme::text(&section.purpose, LARGE));
    ui.add_space(SPACE[0]);
    let card = theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let action = rate_ui(ui, open_story, commands);
        example_ui(ui, open_story, example);
        ui.add_space(SPACE[0]);
        action.or(reading_ui(ui, open_story, example, commands))
    });
    ui.add_space(SPACE[1]);
    ui.label(theme::strong("Phrases, and what each proves", BODY));
    let phrases: Vec<_> = section.phrases.iter().collect();
    planned_phrases_ui(ui, &phrases);
    ui.add_space(SPACE[1]);
    let focus = brief.and_then(|brief| brief.focus).unwrap_or_default();
    let at_level = format!("As {}", open_story.story.level_label(open_story.level));
    for (icon, color, word, text) in [
        (Icon::Circle, palette.accent, at_level.as_str(), focus),
        (Icon::Check, palette.good, "Do", section.coaching.as_str()),
        (
            Icon::Triangle,
            palette.amber,
            "Avoid",
            section.mistake.as_str(),
        ),
    ] {
        if !text.is_empty() {
            icon_row_ui(ui, icon, color, word, |ui| {
                ui.label(theme::strong(word, BODY).color(color));
                paragraph_ui(ui, text);
            });
        }
    }
    card.inner
}

/// Draws the reading rate with its two buttons. Nothing moves when the rate changes.
fn rate_ui(
    ui: &mut Ui,
    open_story: &OpenStory,
    commands: &[Command<LearnAction>],
) -> Option<LearnAction> {
    let mut action = None;
    let rate = format!("{} words/min", open_story.reading.wpm());
    let is_narrow = layout::is_narrow(ui.ctx());
    ui.horizontal_wrapped(|ui| {
        ui.label(theme::strong("Example answer", BODY));
        if is_narrow {
            ui.end_row();
            action = step_ui(ui, commands, Key::ArrowLeft, "Slower");
            ui.label(theme::text(&rate, BODY));
            let faster = step_ui(ui, commands, Key::ArrowRight, "Faster");
            action = action.take().or(faster);
            return;
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let faster = step_ui(ui, commands, Key::ArrowRight, "Faster");
            ui.label(theme::text(&rate, BODY));
            let slower = step_ui(ui, commands, Key::ArrowLeft, "Slower");
            action = faster.or(slower);
        });
    });
    action
}

/// A button that changes the rate. At the slowest and the fastest rate, it is disabled, so that nothing moves.
fn step_ui(
    ui: &mut Ui,
    commands: &[Command<LearnAction>],
    key: Key,
    label: &str,
) -> Option<LearnAction> {
    let is_narrow = layout::is_narrow(ui.ctx());
    if let Some(command) = with_key(commands, key) {
        return command.button_ui(ui, !is_narrow);
    }
    let key = if is_narrow { "" } else { key_name(key) };
    ui.add_enabled_ui(false, |ui| {
        key_button_ui(ui, label, key, ButtonStyle::Plain)
    });
    None
}

/// Draws start, pause, and how long reading takes.
fn reading_ui(
    ui: &mut Ui,
    open_story: &OpenStory,
    example: &Example,
    commands: &[Command<LearnAction>],
) -> Option<LearnAction> {
    let mut action = None;
    let duration = clock(example.pacer.duration(open_story.reading.wpm()));
    let text = theme::dim(ui, format!("{duration} at this rate"), SMALL);
    let is_narrow = layout::is_narrow(ui.ctx());
    ui.horizontal_wrapped(|ui| {
        for key in [Key::Space, Key::R] {
            action = action.take().or(button_ui(ui, commands, key));
        }
        if is_narrow {
            ui.label(text);
            return;
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(text);
        });
    });
    action
}

/// Draws the example: planned phrases are underlined, the current word has a frame.
fn example_ui(ui: &mut Ui, open_story: &OpenStory, example: &Example) {
    let palette = theme::palette(ui);
    let format = TextFormat {
        line_height: Some(LARGE * 1.6),
        ..TextFormat::simple(theme::regular(LARGE), palette.text)
    };
    let mut job = LayoutJob::single_section(example.text.clone(), format);
    job.wrap.max_width = ui.available_width();
    let galley = ui.painter().layout_job(job);
    let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &example.text));

    let byte_ranges = example.pacer.word_ranges();
    let char_ranges = &example.char_ranges;
    // The spaces inside a phrase are underlined, too.
    let mut first = 0;
    while first < char_ranges.len() {
        let run = example.planned[first..]
            .iter()
            .take_while(|planned| **planned);
        let last = first + run.count();
        if last > first {
            let range = char_ranges[first].start..char_ranges[last - 1].end;
            for line in line_rects(&galley, rect.min, range) {
                let y = line.center().y + LARGE * 0.62;
                let ends = [pos2(line.left(), y), pos2(line.right(), y)];
                let line = Stroke::new(2.0, palette.accent);
                ui.painter().line_segment(ends, line);
            }
        }
        first = last.max(first + 1);
    }
    if let Some(current) = current_word(ui, open_story, example) {
        let word = line_rects(&galley, rect.min, char_ranges[current].clone());
        let frame = word.into_iter().next().unwrap_or(Rect::NOTHING);
        let frame = Rect::from_center_size(frame.center(), vec2(frame.width(), LARGE * 1.4));
        word_frame_ui(
            ui,
            frame.expand2(vec2(2.0, 0.0)),
            &example.text[byte_ranges[current].clone()],
        );
        scroll_to_word(ui, frame, current, open_story.reading.is_running());
    }
    ui.painter().galley(rect.min, galley, palette.text);
}

/// The index of the current word, once reading has started. Schedules the frame of the next word.
fn current_word(ui: &Ui, open_story: &OpenStory, example: &Example) -> Option<usize> {
    let now = ui.input(|input| input.time);
    let elapsed = open_story.reading.position(now);
    if open_story.reading.is_running()
        && let Some(wait) = example.pacer.until_next(elapsed, open_story.reading.wpm())
    {
        let wait = Duration::from_secs_f64(wait + 0.001);
        ui.ctx().request_repaint_after(wait);
    }
    let has_started = open_story.reading.is_running() || elapsed > 0.0;
    open_story.word_at(now).filter(|_| has_started)
}

/// Draws the frame of the current word. Its fill and outline are visible without color.
fn word_frame_ui(ui: &Ui, frame: Rect, word: &str) {
    let palette = theme::palette(ui);
    let response = ui.interact(frame, ui.scope_id().with("word"), Sense::hover());
    let text = format!("Read: {word}");
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    let line = Stroke::new(2.0, palette.accent);
    ui.painter()
        .rect(frame, 4.0, palette.raised, line, StrokeKind::Outside);
}

/// Scrolls to the current word when it changes.
fn scroll_to_word(ui: &Ui, word: Rect, current: usize, is_running: bool) {
    if changed(ui, "followed", current) && is_running {
        let no_animation = egui::style::ScrollAnimation::none();
        ui.scroll_to_rect_animation(word.expand(VISIBLE_AROUND_WORD), None, no_animation);
    }
}
