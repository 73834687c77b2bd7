//! The quiz: one question at a time, each with an explanation after the answer, and the score.

use egui::{
    Align2, Key, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, accesskit, pos2, vec2,
};

use super::pages::{icon_row_ui, paragraph_ui};
use super::state::{LearnAction, OpenStory};
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
/// The width reserved beside an option for the word that says whether it is correct.
const WORD_WIDTH: f32 = 110.0;

/// The commands of the quiz.
pub fn commands(open_story: &OpenStory) -> Vec<Command<LearnAction>> {
    let current = open_story.quiz.current_question();
    let Some(question) = open_story.story.quiz.get(current) else {
        return vec![Command::primary(
            "Start again",
            Key::R,
            LearnAction::RestartQuiz,
        )];
    };
    if open_story.quiz.chosen_option(current).is_some() {
        let label = match current + 1 < open_story.story.quiz.len() {
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
        .map(|(key, (index, option))| Command::plain(option, key, LearnAction::Choose(index)))
        .collect()
}

/// Draws the current question, or the score.
pub fn quiz_ui(ui: &mut Ui, open_story: &OpenStory) -> Option<LearnAction> {
    let current = open_story.quiz.current_question();
    match open_story.story.quiz.get(current) {
        Some(question) => question_ui(ui, open_story, current, question),
        None => {
            score_ui(ui, open_story);
            None
        }
    }
}

fn question_ui(
    ui: &mut Ui,
    open_story: &OpenStory,
    current: usize,
    question: &Question,
) -> Option<LearnAction> {
    let palette = theme::palette(ui);
    let count = open_story.story.quiz.len();
    let number = format!("Question {} of {count}", current + 1);
    ui.label(theme::dim(ui, number, BODY));
    ui.label(theme::strong(&question.ask, TITLE));
    ui.add_space(SPACE[1]);
    let answer = open_story.quiz.chosen_option(current);
    let mut action = None;
    for (option, text) in question.options.iter().enumerate() {
        let state = match answer {
            None => OptionState::Unanswered,
            Some(_) if option == question.answer => OptionState::Right,
            Some(answer) if option == answer => OptionState::Chosen,
            Some(_) => OptionState::Other,
        };
        if option_ui(ui, option, text, state) {
            action = Some(LearnAction::Choose(option));
        }
    }
    announce_ui(ui, "answer", &announcement(question, answer));
    let Some(answer) = answer else {
        return action;
    };
    ui.add_space(SPACE[1]);
    let (icon, color) = match answer == question.answer {
        true => (Icon::Check, palette.good),
        false => (Icon::Triangle, palette.amber),
    };
    let heading = answer_head(question, answer);
    icon_row_ui(ui, icon, color, heading, |ui| {
        ui.label(theme::strong(heading, LARGE).color(color));
        paragraph_ui(ui, &question.because);
    });
    action
}

fn answer_head(question: &Question, answer: usize) -> &'static str {
    match answer == question.answer {
        true => "Correct.",
        false => "Not quite.",
    }
}

/// What a screen reader announces after the answer: whether it is correct, and why.
fn announcement(question: &Question, answer: Option<usize>) -> String {
    let Some(answer) = answer else {
        return String::new();
    };
    let heading = answer_head(question, answer);
    let right = question.options.get(question.answer);
    let correction = right.filter(|_| answer != question.answer);
    let correction = correction.map_or(String::new(), |right| {
        let right = right.trim_end_matches('.');
        format!(" Correct answer: {right}.")
    });
    format!("{heading}{correction} {}", question.because.trim())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum OptionState {
    /// The question is not answered yet.
    Unanswered,
    /// The correct option.
    Right,
    /// The chosen option, which is wrong.
    Chosen,
    /// Any other option of an answered question.
    Other,
}

/// Draws an option with its key, equally large before and after the answer. Returns whether it was clicked.
fn option_ui(ui: &mut Ui, index: usize, text: &str, state: OptionState) -> bool {
    let palette = theme::palette(ui);
    let open = state == OptionState::Unanswered;
    let text_color = if state == OptionState::Other {
        palette.dim
    } else {
        palette.text
    };
    let width = ui.available_width();
    let inner = width - SPACE[5] - WORD_WIDTH;
    let text_galley = ui
        .painter()
        .layout(text.to_owned(), theme::regular(BODY), text_color, inner);
    let height = text_galley.size().y + 2.0 * SPACE[2];
    let sense = if open { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), sense);
    let key = KEYS.get(index).map_or("", |key| key_name(*key));
    let outcome = match state {
        OptionState::Right => Some((Icon::Check, palette.good, "correct")),
        OptionState::Chosen => Some((Icon::Triangle, palette.amber, "your choice")),
        OptionState::Unanswered | OptionState::Other => None,
    };
    let name = match outcome {
        Some((_, _, word)) => format!("{key}: {text} ({word})"),
        None => format!("{key}: {text}"),
    };
    response.widget_info(|| {
        let role = if open { Role::Button } else { Role::Label };
        WidgetInfo::labeled(role, true, &name)
    });
    let border_color = match outcome {
        Some((_, color, _)) => color,
        None if open && response.hovered() => palette.dim,
        None => palette.line,
    };
    let painter = ui.painter();
    let stroke = Stroke::new(if outcome.is_some() { 2.0 } else { 1.0 }, border_color);
    let fill = palette.surface;
    painter.rect(rect, theme::RADIUS, fill, stroke, StrokeKind::Inside);
    let y = rect.center().y;
    let position = pos2(rect.left() + SPACE[3], y);
    painter.text(
        position,
        Align2::LEFT_CENTER,
        key,
        theme::semibold(SMALL),
        palette.dim,
    );
    let position = pos2(rect.left() + SPACE[5], y - text_galley.size().y / 2.0);
    painter.galley(position, text_galley, text_color);
    if let Some((icon, color, word)) = outcome {
        let position = pos2(rect.right() - WORD_WIDTH + SPACE[1], y);
        let icon_rect = Rect::from_center_size(position, vec2(ICON_SIZE, ICON_SIZE));
        let word_position = pos2(icon_rect.right() + 6.0, y);
        painter.text(
            word_position,
            Align2::LEFT_CENTER,
            word,
            theme::regular(SMALL),
            color,
        );
        paint(ui, icon, icon_rect, color);
    }
    focus_ring(ui, &response);
    response.clicked()
}

fn score_ui(ui: &mut Ui, open_story: &OpenStory) {
    let (story, quiz) = (&open_story.story, &open_story.quiz);
    let count = story.quiz.len();
    let Some(round) = quiz.round() else {
        return;
    };
    let palette = theme::palette(ui);
    let right = round.right(story);
    let text = format!("{right} of {count} correct");
    let heading = ui.label(theme::strong(text, DISPLAY));
    ui.ctx()
        .accesskit_node_builder(heading.id, |node| node.set_live(accesskit::Live::Polite));
    if let Some(text) = previous_round(quiz.previous_complete_round(), right, story) {
        ui.label(theme::text(text, LARGE));
        let (right, all) = score(quiz.answers(), story);
        let text = format!("All time: {right} of {all} correct.");
        ui.label(theme::dim(ui, text, BODY));
    } else {
        let text = "Your answers are saved, so you can compare next time.";
        ui.label(theme::dim(ui, text, BODY));
    }
    ui.add_space(SPACE[1]);
    for (question, answer) in story.quiz.iter().zip(&round.chosen_options) {
        let (icon, color, word) = match *answer == Some(question.answer) {
            true => (Icon::Check, palette.good, "correct"),
            false => (Icon::Triangle, palette.amber, "not correct"),
        };
        icon_row_ui(ui, icon, color, word, |ui| {
            ui.label(theme::text(&question.ask, BODY));
            let answer = question.options.get(question.answer);
            let answer = answer.map_or("", |answer| answer.as_str());
            let text = format!("{word}: {answer}");
            let text = if word == "correct" {
                text
            } else {
                format!("correct answer: {answer}")
            };
            ui.label(theme::dim(ui, text, BODY));
        });
        ui.add_space(SPACE[0]);
    }
}

/// Compares this round with the previous one.
fn previous_round(previous_round: Option<&Round>, right: usize, story: &Story) -> Option<String> {
    let previous_round = previous_round?;
    let day = previous_round.at.get(..10).unwrap_or(&previous_round.at);
    let previous = previous_round.right(story);
    Some(match right.cmp(&previous) {
        std::cmp::Ordering::Greater => format!("Up from {previous} on {day}."),
        std::cmp::Ordering::Equal => format!("Same as on {day}."),
        std::cmp::Ordering::Less => {
            format!("Down from {previous} on {day}. Read the explanations again.")
        }
    })
}
