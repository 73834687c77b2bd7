//! A weak answer: its flaws marked in the text, why each counts, and how a bar raiser reads it.

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

/// Room for the longest reason, so that nothing jumps from one to the next.
const WHY_HEIGHT: f32 = 72.0;
const ROW: f32 = 32.0;
/// Before the words of a flaw: room for a triangle, then its number.
const SIGN_BLANKS: &str = "\u{a0}\u{a0}\u{a0}\u{a0}";
const SIGN: f32 = 12.0;

/// To the flaws before and after.
pub fn offers(opened: &Opened) -> Vec<Command<LearnAction>> {
    let ask = |place: usize| LearnAction::Flaw(place);
    let count = opened.flaws.len();
    let mut offers = Vec::new();
    if let Some(before) = opened.flaw.and_then(|flaw| flaw.checked_sub(1)) {
        let before = ask(before);
        offers.push(Command::plain("Flaw before", Key::ArrowLeft, before));
    }
    match opened.flaw.map_or(0, |flaw| flaw + 1) {
        0 if count > 0 => offers.push(Command::primary("First flaw", Key::ArrowRight, ask(0))),
        after if after < count => {
            offers.push(Command::primary("Flaw after", Key::ArrowRight, ask(after)));
        }
        _ => {}
    }
    offers
}

/// The page of the weak answer.
pub fn weak_ui(ui: &mut Ui, opened: &Opened) -> Option<LearnAction> {
    let answer = &opened.story.weak_answer;
    ui.label(theme::strong("A weak answer", DISPLAY));
    let says = "Each mark is a flaw. Point at one, or go from one to the next, to see why.";
    ui.label(theme::dim(ui, says, BODY));
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
    // Not what the pointer is at: that would move away from under it.
    if turned && opened.flaw.is_some() {
        let still = egui::style::ScrollAnimation::none();
        ui.scroll_to_rect_animation(why.rect, None, still);
    }
    theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(theme::strong("How a bar raiser reads it", BODY));
        paragraph_ui(ui, &answer.verdict);
    });
    clicked.map(|(place, _)| LearnAction::Flaw(*place))
}

/// Whether the pointer is where it was when the keyboard went to a flaw: then it means nothing.
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

/// The flaws that have no words in the text.
fn missing(opened: &Opened) -> impl Iterator<Item = (usize, &Flaw)> {
    let flaws = opened.story.weak_answer.flaws.iter().enumerate();
    flaws.filter(|(place, _)| opened.flaws[*place].is_none())
}

/// The text, and its flaws by their places: each once, its first line.
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
        let number = format!("{SIGN_BLANKS}{}\u{a0}", place + 1);
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
        // What reaches into further lines is pointed at there, too.
        let rest = whole[1..]
            .iter()
            .enumerate()
            .map(|(line, piece)| ui.interact(*piece, flaw_id(place).with(line), Sense::hover()));
        let on = rest.fold(response, |all, line| all | line);
        if let Some(number) = pieces(&galley, rect.min, sign).first() {
            let at = pos2(number.left() + 2.0, number.center().y - SIGN / 2.0);
            let triangle = Rect::from_min_size(at, vec2(SIGN, SIGN));
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

/// What can be pointed at or gone to, and is called by its words and its reason.
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

/// A flaw that no words show.
fn missing_ui(ui: &mut Ui, place: usize, opened: &Opened, flaw: &Flaw) -> Response {
    let palette = theme::palette(ui);
    let size = vec2(ui.available_width(), ROW);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let response = mark_ui(ui, rect, place, opened, flaw);
    let at = pos2(rect.left() + 2.0, rect.center().y - SIGN / 2.0);
    let triangle = Rect::from_min_size(at, vec2(SIGN, SIGN));
    paint(ui, Icon::Triangle, triangle, palette.amber);
    let left = egui::Align2::LEFT_CENTER;
    let at = pos2(triangle.right() + 4.0, rect.center().y);
    let number = (place + 1).to_string();
    let number = ui
        .painter()
        .text(at, left, number, theme::semibold(SMALL), palette.amber);
    let says = match flaw.quote.as_str() {
        "" => "Something that was never said".to_owned(),
        quote => format!("\u{201c}{quote}\u{201d}"),
    };
    let at = pos2(number.right() + SPACE[1], rect.center().y);
    ui.painter()
        .text(at, left, says, theme::regular(BODY), palette.text);
    response
}

/// Why the flaw that is pointed at counts.
fn why_ui(ui: &mut Ui, place: Option<usize>, flaw: Option<&Flaw>) -> Response {
    let room = ui.allocate_ui(vec2(ui.available_width(), WHY_HEIGHT), |ui| {
        ui.set_min_size(vec2(ui.available_width(), WHY_HEIGHT));
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.add_space(SPACE[0]);
        let (Some(place), Some(flaw)) = (place, flaw) else {
            ui.label(theme::dim(
                ui,
                "Which flaws do you find? Read it once by yourself.",
                BODY,
            ));
            return;
        };
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE[1];
            let amber = theme::palette(ui).amber;
            line_icon_ui(ui, Icon::Triangle, BODY, amber, "flaw");
            let words = match flaw.quote.as_str() {
                "" => "Something that was never said".to_owned(),
                quote => format!("\u{201c}{quote}\u{201d}"),
            };
            let head = format!("{}  {words}", place + 1);
            ui.label(theme::strong(head, BODY).color(amber));
        });
        paragraph_ui(ui, &flaw.because);
    });
    room.response
}

/// Short strokes: not the line of a planned phrase, not the dots of a filler.
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
