//! The quiz of a story: its explanations, its score, and both after a restart.

use egui::{Key, Rect};

use crate::common::builders::webhook_story;
use crate::harness::Window;
use crate::learn;

const ANSWER_KEYS: [Key; 4] = [Key::A, Key::B, Key::C, Key::D];

fn open() -> Window {
    let mut window = learn::open();
    window.press_all([Key::L, Key::Q]);
    window
}

fn right_key(question: usize) -> Key {
    ANSWER_KEYS[webhook_story().quiz[question].answer]
}

fn wrong_key(question: usize) -> Key {
    ANSWER_KEYS[(webhook_story().quiz[question].answer + 1) % 4]
}

/// Positions of the four answers on screen.
fn answer_positions(window: &Window) -> [Rect; 4] {
    ["A: ", "B: ", "C: ", "D: "].map(|label| window.rect(label))
}

#[test]
fn quiz_explains_each_answer_and_ends_with_a_score() {
    let mut window = open();
    for (index, question) in webhook_story().quiz.iter().enumerate() {
        window.expect_text(&format!("Question {} of 3", index + 1));
        window.expect_text(&question.ask);
        window.expect_no_text(&question.because);
        let before = answer_positions(&window);
        let is_wrong = index == 1;
        window.press(match is_wrong {
            true => wrong_key(index),
            false => right_key(index),
        });
        window.expect_text(&question.because);

        let heading = if is_wrong { "Not quite." } else { "Correct." };
        let announced = window.expect_announcement(heading);
        assert!(
            announced.starts_with(heading) && announced.ends_with(question.because.trim()),
            "the explanation should be announced: {announced}"
        );
        let right_answer = question.options[question.answer].trim_end_matches('.');
        assert_eq!(
            announced.contains(right_answer),
            is_wrong,
            "only a wrong answer should be corrected: {announced}"
        );
        assert_eq!(answer_positions(&window), before, "an answer moved");
        // A second answer to the same question does not count.
        window.press_all([ANSWER_KEYS[3], Key::Enter]);
    }
    window.expect_texts(["2 of 3 correct", "Quiz, 2 of 3 correct"]);
}

#[test]
fn score_and_unfinished_quiz_are_remembered() {
    let mut window = open();
    for key in [right_key(0), wrong_key(1), right_key(2)] {
        window.press_all([key, Key::Enter]);
    }
    let mut window = window.reopen();
    window.press(Key::L);
    window.expect_text("Quiz, 2 of 3 correct");
    window.press(Key::Q);
    window.expect_text("2 of 3 correct");
    window.press(Key::R);
    window.expect_text("Question 1 of 3");
    window.press_all([right_key(0), Key::Enter]);

    let mut window = window.reopen();
    window.press_all([Key::L, Key::Q]);
    window.expect_text("Question 2 of 3");
    window.press_all([right_key(1), Key::Enter]);
    let last = &webhook_story().quiz[2];
    window.click(&last.options[last.answer]);
    window.expect_text("Correct.");
    window.press(Key::Enter);
    window.expect_texts([
        "3 of 3 correct",
        "Up from 2 on ",
        "All time: 5 of 6 correct.",
        "Quiz, 3 of 3 correct",
    ]);
}
