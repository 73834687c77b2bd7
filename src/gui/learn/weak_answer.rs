//! A weak answer: its flaws, marked in the text, why each counts, and the assessment of a bar raiser.

use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, Key, Pos2, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::pages::paragraph_ui;
use super::state::{LearnAction, Opened, flaw_id};
use super::text_layout::{changed, letters, pieces};
use crate::domain::story::Flaw;
use crate::gui::command::Command;
use crate::gui::theme;
use crate::gui::theme::{BODY, DISPLAY, LARGE, SMALL, SPACE};
use crate::gui::widgets::button::focus_ring;
use crate::gui::widgets::icon::{Icon, line_icon_ui, paint};

/// Fits the longest reason, so that nothing moves when another flaw is selected.
const WHY_HEIGHT: f32 = 72.0;
const ROW: f32 = 32.0;
/// Spaces before a flaw, for the triangle that is painted there.
const ICON_SPACES: &str = "\u{a0}\u{a0}\u{a0}\u{a0}";
const ICON_SIZE: f32 = 12.0;

/// The commands that lead to the previous and the next flaw.
pub fn commands(opened: &Opened) -> Vec<Command<LearnAction>> {
    let ask = |place: usize| LearnAction::Flaw(place);
    let count = opened.flaws.len();
    let mut commands = Vec::new();
    if let Some(before) = opened.flaw.and_then(|flaw| flaw.checked_sub(1)) {
        let before = ask(before);
        commands.push(Command::plain("Previous flaw", Key::ArrowLeft, before));
    }
    match opened.flaw.map_or(0, |flaw| flaw + 1) {
        0 if count > 0 => commands.push(Command::primary("First flaw", Key::ArrowRight, ask(0))),
        after if after < count => {
            commands.push(Command::primary("Next flaw", Key::ArrowRight, ask(after)));
        }
        _ => {}
    }
    commands
}

/// Draws the page of the weak answer.
pub fn weak_ui(ui: &mut Ui, opened: &Opened) -> Option<LearnAction> {
    let answer = &opened.story.weak_answer;
    ui.label(theme::strong("A weak answer", DISPLAY));
    let text = "Each mark is a flaw. Point at a flaw or select it to see why it counts.";
    ui.label(theme::dim(ui, text, BODY));
    let mut marks = Vec::new();
    let card = theme::card(ui);
    card.show(ui, |ui| {
        ui.set_width(ui.available_width());
        marks = text_ui(ui, opened);
        for (place, flaw) in missing(opened) {
            marks.push((place, missing_ui(ui, place, opened, flaw)));
        }
    });
    let turned = changed(ui, "flaw", opened.flaw);
    let rests = rests(ui, turned);
    let pointed = marks.iter().find(|(_, mark)| mark.hovered() && !rests);
    let focused = || marks.iter().find(|(_, mark)| mark.has_focus());
    let shown = pointed.or_else(focused).map(|(place, _)| *place);
    let clicked = marks.iter().find(|(_, mark)| mark.clicked());
    let shown = shown.or(opened.flaw);
    let why = why_ui(ui, shown, shown.and_then(|place| answer.flaws.get(place)));
    // Only for the keyboard: a flaw under the pointer would move away from it.
    if turned && opened.flaw.is_some() {
        let still = egui::style::ScrollAnimation::none();
        ui.scroll_to_rect_animation(why.rect, None, still);
    }
    theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(theme::strong("A bar raiser's assessment", BODY));
        paragraph_ui(ui, &answer.verdict);
    });
    clicked.map(|(place, _)| LearnAction::Flaw(*place))
}

/// Whether the pointer has not moved since a flaw was selected by the keyboard. Then the keyboard takes precedence.
fn rests(ui: &Ui, turned: bool) -> bool {
    let id = ui.scope_id().with("pointer");
    let pointer = ui.input(|input| input.pointer.latest_pos());
    ui.data_mut(|data| {
        if turned {
            data.insert_temp(id, pointer);
        }
        data.get_temp::<Option<Pos2>>(id) == Some(pointer)
    })
}

/// The flaws that do not quote the text.
fn missing(opened: &Opened) -> impl Iterator<Item = (usize, &Flaw)> {
    let flaws = opened.story.weak_answer.flaws.iter().enumerate();
    flaws.filter(|(place, _)| opened.flaws[*place].is_none())
}

/// Draws the text with its flaws. Returns the index and the response of each flaw.
fn text_ui(ui: &mut Ui, opened: &Opened) -> Vec<(usize, Response)> {
    let palette = theme::palette(ui);
    let answer = &opened.story.weak_answer;
    let format = TextFormat {
        line_height: Some(LARGE * 1.65),
        ..TextFormat::simple(theme::regular(LARGE), palette.text)
    };
    let sign = TextFormat {
        line_height: format.line_height,
        ..TextFormat::simple(theme::semibold(SMALL), palette.amber)
    };
    let mut found: Vec<_> = opened.flaws.iter().enumerate().collect();
    found.sort_by_key(|(_, at)| at.as_ref().map(|at| at.start));
    let mut job = LayoutJob::default();
    job.wrap.max_width = ui.available_width();
    let (mut told, mut places) = (0, Vec::new());
    for (place, at) in found {
        let Some(at) = at else { continue };
        job.append(&answer.text[told..at.start], 0.0, format.clone());
        let from = job.text.len();
        let number = format!("{ICON_SPACES}{}\u{a0}", place + 1);
        job.append(&number, 0.0, sign.clone());
        let words = job.text.len();
        job.append(&answer.text[at.clone()], 0.0, format.clone());
        places.push((
            place,
            letters(&job.text, &(from..words)),
            letters(&job.text, &(words..job.text.len())),
        ));
        told = at.end;
    }
    job.append(answer.text[told..].trim_end(), 0.0, format);
    let galley = ui.painter().layout_job(job);
    let (rect, response) = ui.allocate_exact_size(galley.size(), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, answer.text.trim()));
    let mut marks = Vec::new();
    for (place, sign, words) in places {
        let lines = pieces(&galley, rect.min, words.clone());
        let whole = pieces(&galley, rect.min, sign.start..words.end);
        let Some(first) = whole.first() else { continue };
        let flaw = &answer.flaws[place];
        let response = mark_ui(ui, *first, place, opened, flaw);
        // A flaw of several lines can be pointed at on each of them.
        let rest = whole[1..]
            .iter()
            .enumerate()
            .map(|(line, piece)| ui.interact(*piece, flaw_id(place).with(line), Sense::hover()));
        let on = rest.fold(response, |all, line| all | line);
        if let Some(number) = pieces(&galley, rect.min, sign).first() {
            let at = pos2(number.left() + 2.0, number.center().y - ICON_SIZE / 2.0);
            let triangle = Rect::from_min_size(at, vec2(ICON_SIZE, ICON_SIZE));
            paint(ui, Icon::Triangle, triangle, palette.amber);
        }
        for line in lines {
            underline(ui, line, palette.amber);
        }
        marks.push((place, on));
    }
    ui.painter().galley(rect.min, galley, palette.text);
    marks
}

/// The control of a flaw. Its name for screen readers has the quote and the reason.
fn mark_ui(ui: &Ui, rect: Rect, place: usize, opened: &Opened, flaw: &Flaw) -> Response {
    let response = ui.interact(rect, flaw_id(place), Sense::click());
    let words = match flaw.quote.as_str() {
        "" => "missing".to_owned(),
        quote => format!("\u{201c}{quote}\u{201d}"),
    };
    let count = opened.flaws.len();
    let name = format!("Flaw {} of {count}: {words}. {}", place + 1, flaw.because);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    if response.hovered() || response.has_focus() || opened.flaw == Some(place) {
        let raised = theme::palette(ui).raised;
        let lit = Rect::from_center_size(rect.center(), vec2(rect.width(), LARGE * 1.5));
        ui.painter().rect_filled(lit, 4.0, raised);
    }
    focus_ring(ui, &response);
    response
}

/// Draws a flaw that does not quote the text.
fn missing_ui(ui: &mut Ui, place: usize, opened: &Opened, flaw: &Flaw) -> Response {
    let palette = theme::palette(ui);
    let size = vec2(ui.available_width(), ROW);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let response = mark_ui(ui, rect, place, opened, flaw);
    let at = pos2(rect.left() + 2.0, rect.center().y - ICON_SIZE / 2.0);
    let triangle = Rect::from_min_size(at, vec2(ICON_SIZE, ICON_SIZE));
    paint(ui, Icon::Triangle, triangle, palette.amber);
    let left = egui::Align2::LEFT_CENTER;
    let at = pos2(triangle.right() + 4.0, rect.center().y);
    let number = (place + 1).to_string();
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

/// Draws why the flaw counts that is pointed at or selected.
fn why_ui(ui: &mut Ui, place: Option<usize>, flaw: Option<&Flaw>) -> Response {
    let room = ui.allocate_ui(vec2(ui.available_width(), WHY_HEIGHT), |ui| {
        ui.set_min_size(vec2(ui.available_width(), WHY_HEIGHT));
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.add_space(SPACE[0]);
        let (Some(place), Some(flaw)) = (place, flaw) else {
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
            let words = match flaw.quote.as_str() {
                "" => "Missing from the answer".to_owned(),
                quote => format!("\u{201c}{quote}\u{201d}"),
            };
            let head = format!("{}  {words}", place + 1);
            ui.label(theme::strong(head, BODY).color(amber));
        });
        paragraph_ui(ui, &flaw.because);
    });
    room.response
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
