//! The mock interview: from its setup over the questions to the verdict, and leaving it.

use egui::Key;
use starling::domain::story::Part;
use starling::practice::session::Stage;

use crate::harness::{Setup, Window, is_answering};

/// Shown before an interview is left.
const LEAVE: &str =
    "Leave the interview? Your answers stay in the history, but the verdict is not saved.";

#[test]
fn setup_offers_number_of_questions_and_format() {
    let mut window = Window::open();
    window.press(Key::I);
    window.expect_texts(["Mock interview", "2 of"]);
    window.press(Key::Plus);
    window.expect_text("3 of");
    window.press(Key::Minus);
    window.expect_text("2 of");
    window.press(Key::Num2);
    window.expect_text("each with its own target");
}

#[test]
fn interview_asks_questions_without_feedback_and_ends_with_a_verdict() {
    let mut window = Setup::new().clip("strong_situation_joe.flac").open();
    window.press(Key::I);
    window.press(Key::Num1);
    window.press(Key::Enter);
    window.expect_text("Question 1 of 3");
    let question = window.session().story().question.clone();
    window.expect_text(&question);
    for answer in 1..=3 {
        window.wait_for_text(&format!("Question {answer} of 3"));
        window.expect_no_text("Planned phrases");
        assert_eq!(window.stage(), Some(&Stage::Ready));
        window.press(Key::Space);
    }
    window.wait_for_text("Likely hiring decision");
    window.expect_announcement("The interview is over. Verdict: ");
    window.expect_texts([
        "What to do next",
        "Whole answer",
        "Follow-up 1",
        "Follow-up 2",
    ]);
    assert_eq!(window.saved_takes(), 3);

    each_answer_has_a_review(&mut window);
    leaving_the_verdict_asks_for_confirmation(&mut window);
    next_interview_asks_other_follow_ups(&mut window);
}

fn each_answer_has_a_review(window: &mut Window) {
    window.press(Key::Num1);
    assert_eq!(window.stage(), Some(&Stage::Review));
    window.click("Overview");
    window.expect_text("Likely hiring decision");
    window.press(Key::Num1);
    window.press(Key::Escape);
    window.expect_text("Likely hiring decision");
}

/// The verdict is not saved, so one key must not discard it.
fn leaving_the_verdict_asks_for_confirmation(window: &mut Window) {
    for key in [Key::Escape, Key::R] {
        window.press(key);
        window
            .expect_announcement("Your answers stay in the history, but the verdict is not saved.");
        window.press(Key::Escape);
        window.expect_text("Likely hiring decision");
        window.expect_no_text("is not saved");
    }
}

fn next_interview_asks_other_follow_ups(window: &mut Window) {
    window.press(Key::R);
    window.press(Key::Y);
    window.press(Key::Enter);
    assert_eq!(window.session().parts()[1], Part::FollowUp(3));
    window.press(Key::Escape);
    window.expect_text("Practice");
}

#[test]
fn interview_without_answers_is_left_without_confirmation() {
    let mut window = Setup::new().missing_model().open();
    window.press(Key::I);
    window.press(Key::Enter);
    window.press(Key::Escape);
    window.expect_text("Five sections");
}

#[test]
fn interview_with_answers_is_left_only_after_confirmation() {
    let mut window = Setup::new().missing_model().open();
    window.press(Key::I);
    window.press(Key::Enter);
    window.press(Key::Space);
    window.wait_for_text("transcription failed");
    window.press(Key::Escape);
    window.expect_announcement(LEAVE);
    window.press(Key::Escape);
    window.expect_text("transcription failed");
    window.expect_no_text(LEAVE);

    window.press(Key::N);
    window.expect_text("Question 2 of 3");
    window.press(Key::Escape);
    window.expect_texts([LEAVE, "Question 2 of 3"]);
    // Any other action dismisses the question.
    window.click("Keys");
    window.press(Key::Escape);
    window.expect_text("Question 2 of 3");
    window.expect_no_text(LEAVE);

    window.press(Key::Escape);
    window.click("Leave");
    window.expect_text("Five sections");
    assert_eq!(window.saved_takes(), 1);
}

#[test]
fn interview_marks_the_current_section_and_hides_planned_phrases() {
    let mut window = Setup::new()
        .real_time_clip("strong_task_joe.flac")
        .stop_events_when(is_answering)
        .open();
    window.press(Key::I);
    window.press(Key::Enter);
    window.press(Key::Space);
    window.wait_for_text("recording");
    window.expect_texts(["next section in 0:", "Situation, now", "Task, upcoming"]);
    window.expect_no_text("Planned phrases");
    window.send_recorded(62.0);
    window.expect_texts(["Task, past", "Action, now"]);
    window.send_recorded(190.0);
    window.expect_text("time is up");
    window.expect_controls_in_view();
}

#[test]
fn interview_uses_the_level_selected_on_home_and_its_time_limit_can_be_turned_off() {
    let mut window = Setup::new()
        .real_time_clip("strong_situation_joe.flac")
        .scrolling_pages()
        .open();
    window.press(Key::Num1);
    window.press(Key::I);
    window.expect_texts(["SDE 1", "All five sections in 2:00"]);
    window.press(Key::Enter);
    window.expect_text("Answer in about 2:00.");
    window.press(Key::Space);
    window.wait_for_text("left of 2:00");
    window.expect_no_text("Cues: ");
    window.expect_no_text("Planned phrases");
    window.press(Key::L);
    window.expect_text("left of 2:15");
    window.press(Key::T);
    window.expect_texts(["2:00 planned", ", no limit"]);
    window.expect_no_text("left of");
    window.expect_no_text("next section in");
    window.press(Key::T);
    window.expect_text("next section in 0:");
}
