//! The question whether to leave a mock interview.

use egui::{Key, Ui};

use super::state::{LeaveTarget, MockInterviewAction};
use crate::gui::command::{Command, question_ui};

/// The two answers.
pub fn leave_commands(target: LeaveTarget) -> Vec<Command<MockInterviewAction>> {
    vec![
        Command::plain("Leave", Key::Y, MockInterviewAction::Leave(target)),
        Command::primary("Stay", Key::Escape, MockInterviewAction::Stay),
    ]
}

/// Draws the question, for the bottom bar.
pub fn leave_ui(ui: &mut Ui, target: LeaveTarget) -> Option<MockInterviewAction> {
    let question = match target {
        LeaveTarget::Back => "Leave the interview?",
        LeaveTarget::AnotherInterview => "Leave this interview and start another?",
    };
    let text =
        format!("{question} Your answers stay in the history, but the verdict is not saved.");
    let commands = leave_commands(target);
    let answers: Vec<_> = commands.iter().collect();
    question_ui(ui, &text, &answers)
}
