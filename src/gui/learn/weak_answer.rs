//! A weak answer: its flaws, marked in the text, why each counts, and the assessment of a bar raiser.

use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, Key, Pos2, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::pages::paragraph_ui;
use super::state::{LearnAction, OpenStory, flaw_id};
use super::text_layout::{changed, char_range, line_rects};
use crate::domain::story::Flaw;
use crate::gui::command::Command;
use crate::gui::theme;
use crate::gui::theme::{BODY, DISPLAY, LARGE, SMALL, SPACE};
use crate::gui::widgets::button::focus_ring;
use crate::gui::widgets::icon::{Icon, line_icon_ui, paint};

/// Fits the longest reason, so the layout does not move when another flaw is selected.
const REASON_HEIGHT: f32 = 72.0;
const ROW_HEIGHT: f32 = 32.0;
/// Spaces before a flaw, for the triangle that is painted there.
const ICON_SPACES: &str = "\u{a0}\u{a0}\u{a0}\u{a0}";
const ICON_SIZE: f32 = 12.0;

/// The commands that lead to the previous and the next flaw.
pub fn commands(open_story: &OpenStory) -> Vec<Command<LearnAction>> {
    let go_to = |index: usize| LearnAction::Flaw(index);
    let count = open_story.flaws.len();
    let mut commands = Vec::new();
    if let Some(previous) = open_story.flaw.and_then(|flaw| flaw.checked_sub(1)) {
        let previous = go_to(previous);
        commands.push(Command::plain("Previous flaw", Key::ArrowLeft, previous));
    }
    match open_story.flaw.map_or(0, |flaw| flaw + 1) {
        0 if count > 0 => commands.push(Command::primary("First flaw", Key::ArrowRight, go_to(0))),
        next if next < count => {
            commands.push(Command::primary("Next flaw", Key::ArrowRight, go_to(next)));
        }
        _ => {}
    }
    commands
}

/// Draws the page of the weak answer.
pub fn weak_ui(ui: &mut Ui, open_story: &OpenStory) -> Option<LearnAction> {
    let answer = &open_story.story.weak_answer;
    ui.label(theme::strong("A weak answer", DISPLAY));
    let text = "Each mark is a flaw. Point at a flaw or select it to see why it counts.";
    ui.label(theme::dim(ui, text, BODY));
    let mut marks = Vec::new();
    let card = theme::card(ui);
    card.show(ui, |ui| {
        ui.set_width(ui.available_width());
        marks = text_ui(ui, open_story);
        for (index, flaw) in missing(open_story) {
            marks.push((index, missing_ui(ui, index, open_story, flaw)));
        }
    });
    let selection_changed = changed(ui, "flaw", open_story.flaw);
    let pointer_rests = pointer_rests(ui, selection_changed);
    let hovered = marks
        .iter()
        .find(|(_, mark)| mark.hovered() && !pointer_rests);
    let focused = || marks.iter().find(|(_, mark)| mark.has_focus());
    let shown = hovered.or_else(focused).map(|(index, _)| *index);
    let clicked = marks.iter().find(|(_, mark)| mark.clicked());
    let shown = shown.or(open_story.flaw);
    let reason = reason_ui(ui, shown, shown.and_then(|index| answer.flaws.get(index)));
    // Only for keyboard selection: otherwise the flaw under the pointer would move away.
    if selection_changed && open_story.flaw.is_some() {
        let no_animation = egui::style::ScrollAnimation::none();
        ui.scroll_to_rect_animation(reason.rect, None, no_animation);
    }
    theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(theme::strong("A bar raiser's assessment", BODY));
        paragraph_ui(ui, &answer.verdict);
    });
    clicked.map(|(index, _)| LearnAction::Flaw(*index))
}

/// Whether the pointer has not moved since a flaw was selected by the keyboard. Then the keyboard takes precedence.
fn pointer_rests(ui: &Ui, selection_changed: bool) -> bool {
    let id = ui.scope_id().with("pointer");
    let pointer = ui.input(|input| input.pointer.latest_pos());
    ui.data_mut(|data| {
        if selection_changed {
            data.insert_temp(id, pointer);
        }
        data.get_temp::<Option<Pos2>>(id) == Some(pointer)
    })
}

/// The flaws that do not quote the text.
fn missing(open_story: &OpenStory) -> impl Iterator<Item = (usize, &Flaw)> {
    let flaws = open_story.story.weak_answer.flaws.iter().enumerate();
    flaws.filter(|(index, _)| open_story.flaws[*index].is_none())
}

/// Draws the text with its flaws. Returns the index and the response of each flaw.
fn text_ui(ui: &mut Ui, open_story: &OpenStory) -> Vec<(usize, Response)> {
    let palette = theme::palette(ui);
    let answer = &open_story.story.weak_answer;
    let format = TextFormat {
        line_height: Some(LARGE * 1.65),
        ..TextFormat::simple(theme::regular(LARGE), palette.text)
    };
    let number_format = TextFormat {
        line_height: format.line_height,
        ..TextFormat::simple(theme::semibold(SMALL), palette.amber)
    };
    let mut flaws: Vec<_> = open_story.flaws.iter().enumerate().collect();
    flaws.sort_by_key(|(_, at)| at.as_ref().map(|at| at.start));
    let mut job = LayoutJob::default();
    job.wrap.max_width = ui.available_width();
    let (mut copied_until, mut flaw_ranges) = (0, Vec::new());
    for (index, at) in flaws {
        let Some(at) = at else { continue };
        job.append(&answer.text[copied_until..at.start], 0.0, format.clone());
        let from = job.text.len();
        let number = format!("{ICON_SPACES}{}\u{a0}", index + 1);
        job.append(&number, 0.0, number_format.clone());
        let text_start = job.text.len();
        job.append(&answer.text[at.clone()], 0.0, format.clone());
        flaw_ranges.push((
            index,
            char_range(&job.text, &(from..text_start)),
            char_range(&job.text, &(text_start..job.text.len())),
        ));
        copied_until = at.end;
    }
    job.append(answer.text[copied_until..].trim_end(), 0.0, format);
    let galley = ui.painter().layout_job(job);
    let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, answer.text.trim()));
    let mut marks = Vec::new();
    for (index, number_range, text_range) in flaw_ranges {
        let lines = line_rects(&galley, rect.min, text_range.clone());
        let whole = line_rects(&galley, rect.min, number_range.start..text_range.end);
        let Some(first) = whole.first() else { continue };
        let flaw = &answer.flaws[index];
        let response = mark_ui(ui, *first, index, open_story, flaw);
        // A flaw that spans several lines reacts to the pointer on each of them.
        let rest = whole[1..]
            .iter()
            .enumerate()
            .map(|(line, piece)| ui.interact(*piece, flaw_id(index).with(line), Sense::hover()));
        let response = rest.fold(response, |all, line| all | line);
        if let Some(number) = line_rects(&galley, rect.min, number_range).first() {
            let at = pos2(number.left() + 2.0, number.center().y - ICON_SIZE / 2.0);
            let triangle = Rect::from_min_size(at, vec2(ICON_SIZE, ICON_SIZE));
            paint(ui, Icon::Triangle, triangle, palette.amber);
        }
        for line in lines {
            underline(ui, line, palette.amber);
        }
        marks.push((index, response));
    }
    ui.painter().galley(rect.min, galley, palette.text);
    marks
}

/// The control of a flaw. Its name for screen readers has the quote and the reason.
fn mark_ui(ui: &Ui, rect: Rect, index: usize, open_story: &OpenStory, flaw: &Flaw) -> Response {
    let response = ui.interact(rect, flaw_id(index), Sense::click());
    let quote = match flaw.quote.as_str() {
        "" => "missing".to_owned(),
        quote => format!("\u{201c}{quote}\u{201d}"),
    };
    let count = open_story.flaws.len();
    let name = format!("Flaw {} of {count}: {quote}. {}", index + 1, flaw.because);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    if response.hovered() || response.has_focus() || open_story.flaw == Some(index) {
        let raised = theme::palette(ui).raised;
        let highlight = Rect::from_center_size(rect.center(), vec2(rect.width(), LARGE * 1.5));
        ui.painter().rect_filled(highlight, 4.0, raised);
    }
    focus_ring(ui, &response);
    response
}

/// Draws a flaw that does not quote the text.
fn missing_ui(ui: &mut Ui, index: usize, open_story: &OpenStory, flaw: &Flaw) -> Response {
    let palette = theme::palette(ui);
    let size = vec2(ui.available_width(), ROW_HEIGHT);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let response = mark_ui(ui, rect, index, open_story, flaw);
    let at = pos2(rect.left() + 2.0, rect.center().y - ICON_SIZE / 2.0);
    let triangle = Rect::from_min_size(at, vec2(ICON_SIZE, ICON_SIZE));
    paint(ui, Icon::Triangle, triangle, palette.amber);
    let left = egui::Align2::LEFT_CENTER;
    let at = pos2(triangle.right() + 4.0, rect.center().y);
    let number = (index + 1).to_string();
    let number = ui
        .painter()
        .text(at, left, number, theme::semibold(SMALL), palette.amber);
    let text = match flaw.quote.as_str() {
        "" => "Missing from the answer".to_owned(),
        quote => format!("\u{201c}{quote}\u{201d}"),
    };
    let at = pos2(number.right() + SPACE[1], rect.center().y);
    ui.painter()
        .text(at, left, text, theme::regular(BODY), palette.text);
    response
}

/// Draws the reason of the hovered or selected flaw.
fn reason_ui(ui: &mut Ui, index: Option<usize>, flaw: Option<&Flaw>) -> Response {
    let area = ui.allocate_ui(vec2(ui.available_width(), REASON_HEIGHT), |ui| {
        ui.set_min_size(vec2(ui.available_width(), REASON_HEIGHT));
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.add_space(SPACE[0]);
        let (Some(index), Some(flaw)) = (index, flaw) else {
            ui.label(theme::dim(
                ui,
                "Which flaws can you find? Read the answer once by yourself.",
                BODY,
            ));
            return;
        };
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE[1];
            let amber = theme::palette(ui).amber;
            line_icon_ui(ui, Icon::Triangle, BODY, amber, "flaw");
            let quote = match flaw.quote.as_str() {
                "" => "Missing from the answer".to_owned(),
                quote => format!("\u{201c}{quote}\u{201d}"),
            };
            let heading = format!("{}  {quote}", index + 1);
            ui.label(theme::strong(heading, BODY).color(amber));
        });
        paragraph_ui(ui, &flaw.because);
    });
    area.response
}

/// Underlines with dashes, unlike the line of a planned phrase and the dots of a filler.
fn underline(ui: &Ui, line: Rect, color: Color32) {
    let y = line.center().y + LARGE * 0.62;
    let mut x = line.left();
    while x < line.right() {
        let end = (x + 6.0).min(line.right());
        let ends = [pos2(x, y), pos2(end, y)];
        ui.painter()
            .line_segment(ends, egui::Stroke::new(2.0, color));
        x += 9.0;
    }
}
