//! Home: level and leadership principle of a story, and what to practice next.

use egui::Key;
use starling::app::today;
use starling::domain::story::SectionKind;
use starling::domain::take::Take;
use starling::practice::progress::relative_date;

use crate::common::builders::webhook_story;
use crate::harness::{Setup, Window};
use crate::past;

fn open() -> Window {
    Setup::new().scrolling_pages().open()
}

#[test]
fn level_and_principle_are_chosen_on_home() {
    let mut window = open();
    window.expect_selected("Level: SDE 2");
    window.expect_text("Five sections, 2:55 in total");
    window.expect_selected("Principle: Ownership");
    window.expect_no_text("Lead with");
    window.press(Key::Num3);
    window.expect_texts([
        "Five sections, 3:00 in total",
        "2:30 to 3:00. The bar: Insight into the system",
    ]);
    window.press(Key::Num1);
    window.expect_texts([
        "Five sections, 2:00 in total",
        "Situation, 0:20",
        "2:00. The bar: Basic ownership",
    ]);
    window.press(Key::P);
    window.press(Key::P);
    window.expect_selected("Principle: Dive Deep");
    window.expect_texts([
        "Lead with",
        "Emphasize",
        "Downplay",
        "The investigation: how",
    ]);
}

#[test]
fn level_and_principle_are_remembered_and_used_everywhere() {
    let mut window = open();
    window.press_all([Key::Num1, Key::P, Key::P]);
    let mut window = window.reopen();
    window.expect_selected("Level: SDE 1");
    window.expect_selected("Principle: Dive Deep");
    window.press(Key::Enter);
    window.expect_texts([
        "Section 1 of 5",
        "0:20",
        "For Dive Deep: lead with the investigation: how a 0.3% figure",
    ]);
    window.press(Key::Escape);
    window.press(Key::L);
    window.expect_text("Ownership \u{b7} SDE 1 \u{b7} 2:00 in total");
    window.press(Key::Num2);
    window.expect_texts(["Say what was wrong", "0:20"]);
    window.press(Key::Escape);

    // After the last principle comes the story's own.
    window.press_all([Key::P, Key::P]);
    window.expect_selected("Principle: Ownership");
    assert_eq!(window.saved_settings().principle, None);
    window.press_all([Key::Num2, Key::Enter]);
    window.expect_text("0:30");
    window.expect_no_text("lead with");
    window.press_all([Key::Escape, Key::L, Key::Num1]);
    window.expect_text("Ownership \u{b7} SDE 2 \u{b7} 2:55 in total");
}

#[test]
fn home_recommends_the_first_section_of_a_new_story() {
    let window = open();
    window.expect_text("You have not practiced this story yet. Start with the Situation.");
    window.expect_no_text("Last practiced");
}

#[test]
fn home_shows_when_a_story_was_last_practiced_and_recommends_the_weakest_section() {
    let setup = Setup::new().past_takes(takes_with_a_weak_result());
    let mut window = setup.scrolling_pages().open();
    let when = relative_date("2026-11-23 18:07", today());
    window.expect_text(&format!("Last practiced: Result, {when}. This week: "));
    window.wait_for_text("Result: no number in the last two takes.");
    window.expect_texts([
        "Result, 0:20, practiced",
        "Reflection, 0:15, not practiced yet",
    ]);
    window.press(Key::S);
    window.expect_text("Section 4 of 5");
    window.press(Key::Escape);
    window.press(Key::G);
    window.expect_text("Section 4 of 5");
}

/// Two takes of each section but the reflection. Those of the result contain no number.
fn takes_with_a_weak_result() -> Vec<Take> {
    let without_number = "I shipped the retry and kept the alert on, and other teams took over the same pattern \
        for their own hooks afterwards";
    let mut takes = Vec::new();
    for _ in 0..2 {
        for section in &webhook_story().sections {
            let text = match section.kind {
                SectionKind::Reflection => continue,
                SectionKind::Result => without_number,
                _ => &section.strong,
            };
            takes.push(past::transcribed(takes.len(), section.kind, text));
        }
    }
    takes
}
