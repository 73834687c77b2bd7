//! The question whether to leave a mock interview.

use egui::{Key, Ui};

use super::state::{LeaveTarget, MockInterviewAction};
use crate::gui::bottom_bar::Question;
use crate::gui::command::Command;

/// The two answers.
pub fn leave_commands(target: LeaveTarget) -> Vec<Command<MockInterviewAction>> {
    vec![
        Command::plain("Leave", Key::Y, MockInterviewAction::Leave(target)),
        Command::primary("Stay", Key::Escape, MockInterviewAction::Stay),
    ]
}

/// The height of the question in the bottom bar.
pub fn leave_height(ui: &Ui, target: LeaveTarget) -> f32 {
    let (text, commands) = (text(target), leave_commands(target));
    let answers: Vec<_> = commands.iter().collect();
    Question::new(ui, &text, &answers).height()
}

/// Draws the question, for the bottom bar.
pub fn leave_ui(ui: &mut Ui, target: LeaveTarget) -> Option<MockInterviewAction> {
    let (text, commands) = (text(target), leave_commands(target));
    let answers: Vec<_> = commands.iter().collect();
    Question::new(ui, &text, &answers).ui(ui)
}

fn text(target: LeaveTarget) -> String {
    let question = match target {
        LeaveTarget::Back => "Leave the interview?",
        LeaveTarget::AnotherInterview => "Leave this interview and start another?",
    };
    format!("{question} Your answers stay in the history, but the verdict is not saved.")
}
