//! The quiz: one question at a time, each with an explanation after the answer, and the score.

use egui::{
    Align2, Key, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, accesskit, pos2, vec2,
};

use super::pages::{paragraph_ui, sign_ui};
use super::state::{LearnAction, Opened};
use crate::domain::story::{Question, Story};
use crate::gui::command::{Command, key_name};
use crate::gui::theme;
use crate::gui::theme::{BODY, DISPLAY, LARGE, SMALL, SPACE, TITLE};
use crate::gui::widgets::button::focus_ring;
use crate::gui::widgets::icon::{Icon, paint};
use crate::gui::widgets::live_region::announce_ui;
use crate::practice::quiz::{Round, score};

const KEYS: [Key; 4] = [Key::A, Key::B, Key::C, Key::D];
const ICON_SIZE: f32 = 15.0;
/// The space at the right of an option for the word that says whether it is right.
const WORD_WIDTH: f32 = 110.0;

/// The commands of the quiz.
pub fn commands(opened: &Opened) -> Vec<Command<LearnAction>> {
    let on = opened.quiz.on();
    let Some(question) = opened.story.quiz.get(on) else {
        return vec![Command::primary("Start again", Key::R, LearnAction::Again)];
    };
    if opened.quiz.given(on).is_some() {
        let label = match on + 1 < opened.story.quiz.len() {
            true => "Next question",
            false => "Score",
        };
        return vec![Command::primary(
            label,
            Key::Enter,
            LearnAction::NextQuestion,
        )];
    }
    let options = KEYS.into_iter().zip(question.options.iter().enumerate());
    options
        .map(|(key, (place, option))| Command::plain(option, key, LearnAction::Choose(place)))
        .collect()
}

/// Draws the current question, or the score.
pub fn quiz_ui(ui: &mut Ui, opened: &Opened) -> Option<LearnAction> {
    let on = opened.quiz.on();
    match opened.story.quiz.get(on) {
        Some(question) => question_ui(ui, opened, on, question),
        None => {
            score_ui(ui, opened);
            None
        }
    }
}

fn question_ui(
    ui: &mut Ui,
    opened: &Opened,
    on: usize,
    question: &Question,
) -> Option<LearnAction> {
    let palette = theme::palette(ui);
    let count = opened.story.quiz.len();
    let place = format!("Question {} of {count}", on + 1);
    ui.label(theme::dim(ui, place, BODY));
    ui.label(theme::strong(&question.ask, TITLE));
    ui.add_space(SPACE[1]);
    let given = opened.quiz.given(on);
    let mut action = None;
    for (option, text) in question.options.iter().enumerate() {
        let state = match given {
            None => State::Open,
            Some(_) if option == question.answer => State::Right,
            Some(given) if option == given => State::Chosen,
            Some(_) => State::Other,
        };
        if option_ui(ui, option, text, state) {
            action = Some(LearnAction::Choose(option));
        }
    }
    announce_ui(ui, "answer", &announcement(question, given));
    let Some(given) = given else {
        return action;
    };
    ui.add_space(SPACE[1]);
    let (icon, color) = match given == question.answer {
        true => (Icon::Check, palette.good),
        false => (Icon::Triangle, palette.amber),
    };
    let head = answer_head(question, given);
    sign_ui(ui, icon, color, head, |ui| {
        ui.label(theme::strong(head, LARGE).color(color));
        paragraph_ui(ui, &question.because);
    });
    action
}

fn answer_head(question: &Question, given: usize) -> &'static str {
    match given == question.answer {
        true => "Correct.",
        false => "Not quite.",
    }
}

/// What a screen reader announces after the answer: whether it is right, and why.
fn announcement(question: &Question, given: Option<usize>) -> String {
    let Some(given) = given else {
        return String::new();
    };
    let head = answer_head(question, given);
    let right = question.options.get(question.answer);
    let better = right.filter(|_| given != question.answer);
    let better = better.map_or(String::new(), |right| {
        let right = right.trim_end_matches('.');
        format!(" Better: {right}.")
    });
    format!("{head}{better} {}", question.because.trim())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// The question is not answered yet.
    Open,
    /// The right option.
    Right,
    /// The option that was chosen, and is wrong.
    Chosen,
    /// Any other option of an answered question.
    Other,
}

/// Draws an option with its key, equally large before and after the answer. Returns whether it was clicked.
fn option_ui(ui: &mut Ui, place: usize, text: &str, state: State) -> bool {
    let palette = theme::palette(ui);
    let open = state == State::Open;
    let ink = if state == State::Other {
        palette.dim
    } else {
        palette.text
    };
    let width = ui.available_width();
    let inner = width - SPACE[5] - WORD_WIDTH;
    let words = ui
        .painter()
        .layout(text.to_owned(), theme::regular(BODY), ink, inner);
    let height = words.size().y + 2.0 * SPACE[2];
    let sense = if open { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), sense);
    let key = KEYS.get(place).map_or("", |key| key_name(*key));
    let told = match state {
        State::Right => Some((Icon::Check, palette.good, "right")),
        State::Chosen => Some((Icon::Triangle, palette.amber, "your choice")),
        State::Open | State::Other => None,
    };
    let name = match told {
        Some((_, _, word)) => format!("{key}: {text} ({word})"),
        None => format!("{key}: {text}"),
    };
    response.widget_info(|| {
        let role = if open { Role::Button } else { Role::Label };
        WidgetInfo::labeled(role, true, &name)
    });
    let line = match told {
        Some((_, color, _)) => color,
        None if open && response.hovered() => palette.dim,
        None => palette.line,
    };
    let painter = ui.painter();
    let stroke = Stroke::new(if told.is_some() { 2.0 } else { 1.0 }, line);
    let fill = palette.surface;
    painter.rect(rect, theme::RADIUS, fill, stroke, StrokeKind::Inside);
    let y = rect.center().y;
    let at = pos2(rect.left() + SPACE[3], y);
    painter.text(
        at,
        Align2::LEFT_CENTER,
        key,
        theme::semibold(SMALL),
        palette.dim,
    );
    let at = pos2(rect.left() + SPACE[5], y - words.size().y / 2.0);
    painter.galley(at, words, ink);
    if let Some((icon, color, word)) = told {
        let at = pos2(rect.right() - WORD_WIDTH + SPACE[1], y);
        let sign = Rect::from_center_size(at, vec2(ICON_SIZE, ICON_SIZE));
        let after = pos2(sign.right() + 6.0, y);
        painter.text(
            after,
            Align2::LEFT_CENTER,
            word,
            theme::regular(SMALL),
            color,
        );
        paint(ui, icon, sign, color);
    }
    focus_ring(ui, &response);
    response.clicked()
}

fn score_ui(ui: &mut Ui, opened: &Opened) {
    let (story, quiz) = (&opened.story, &opened.quiz);
    let count = story.quiz.len();
    let Some(round) = quiz.round() else {
        return;
    };
    let palette = theme::palette(ui);
    let right = round.right(story);
    let text = format!("{right} of {count} right");
    let head = ui.label(theme::strong(text, DISPLAY));
    ui.ctx()
        .accesskit_node_builder(head.id, |node| node.set_live(accesskit::Live::Polite));
    if let Some(text) = before(quiz.before(), right, story) {
        ui.label(theme::text(text, LARGE));
        let (right, all) = score(quiz.chosen(), story);
        let text = format!("All time: {right} of {all} correct.");
        ui.label(theme::dim(ui, text, BODY));
    } else {
        let text = "Your answers are saved, so you can compare next time.";
        ui.label(theme::dim(ui, text, BODY));
    }
    ui.add_space(SPACE[1]);
    for (question, given) in story.quiz.iter().zip(&round.given) {
        let (icon, color, word) = match *given == Some(question.answer) {
            true => (Icon::Check, palette.good, "right"),
            false => (Icon::Triangle, palette.amber, "not right"),
        };
        sign_ui(ui, icon, color, word, |ui| {
            ui.label(theme::text(&question.ask, BODY));
            let answer = question.options.get(question.answer);
            let answer = answer.map_or("", |answer| answer.as_str());
            let text = format!("{word}: {answer}");
            let text = if word == "right" {
                text
            } else {
                format!("better: {answer}")
            };
            ui.label(theme::dim(ui, text, BODY));
        });
        ui.add_space(SPACE[0]);
    }
}

/// This round compared with the one before.
fn before(before: Option<&Round>, right: usize, story: &Story) -> Option<String> {
    let before = before?;
    let day = before.at.get(..10).unwrap_or(&before.at);
    let then = before.right(story);
    Some(match right.cmp(&then) {
        std::cmp::Ordering::Greater => format!("Up from {then} on {day}."),
        std::cmp::Ordering::Equal => format!("Same as on {day}."),
        std::cmp::Ordering::Less => {
            format!("Down from {then} on {day}. Read the explanations again.")
        }
    })
}
