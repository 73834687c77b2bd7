//! Practice from home to the overview, the privacy page, and a window that is idle.

use std::time::Duration;

use egui::Key;
use starling::storage::{NoticeItem, privacy_notice};

use crate::harness::{Setup, Window, is_answering};
use crate::recording::start_first_answer;

#[test]
fn story_is_practiced_from_home_to_the_overview() {
    let mut window = Window::open();
    window.expect_texts([
        "Input: strong_task_joe.flac (file)",
        "The webhook nobody owned",
    ]);
    window.wait_for_text("Speech model ready");
    preparation_shows_the_section(&mut window);

    window.press(Key::Space);
    window.wait_for_text("What to do next");
    window.expect_texts([
        "take ownership",
        "Phrases: 4 of 4, all said",
        "of 0:20, short",
        "All 4 planned phrases were said.",
        "Take saved as",
    ]);
    window.expect_no_text("Saved as");

    window.press(Key::R);
    window.wait_for_text("What to do next");
    for section in ["Section 3 of 5", "Section 4 of 5", "Section 5 of 5"] {
        window.press(Key::N);
        window.expect_text(section);
    }
    window.press(Key::Space);
    window.wait_for_text("What to do next");
    window.expect_text("missed");
    window.press(Key::N);
    overview_leads_to_reviews_and_back(&mut window);
}

fn preparation_shows_the_section(window: &mut Window) {
    window.press(Key::Enter);
    window.expect_texts([
        "Section 1 of 5",
        "Say what was wrong, and that it was not yours.",
        "Nothing in a queue told you to do it.",
    ]);
    window.press(Key::E);
    window.expect_text("Example answer");
    window.press(Key::N);
    window.expect_text("Section 2 of 5");
    window.expect_no_text("Example answer");
}

fn overview_leads_to_reviews_and_back(window: &mut Window) {
    window.expect_texts([
        "2 of 5 sections practiced",
        "not practiced yet, 1:30 planned",
    ]);
    window.press(Key::Num2);
    window.expect_text("What to do next");
    window.click("Go to Overview");
    window.press(Key::Space);
    window.expect_text("Section 1 of 5");
    window.press(Key::Escape);
    window.expect_text("Five sections, 2:55 in total");
}

#[test]
fn whole_answer_practice_marks_the_current_section_and_shows_planned_phrases() {
    let mut window = Setup::new()
        .real_time_clip("strong_task_joe.flac")
        .stop_events_when(is_answering)
        .open();
    window.press(Key::Enter);
    window.press(Key::W);
    window.press(Key::Space);
    window.wait_for_text("recording");
    window.expect_texts(["Situation, now", "Planned phrases", "Tell me about a time"]);
    window.send_recorded(31.0);
    window.expect_text("Task, now");
    // Fifteen seconds more are shared out among the sections.
    window.press(Key::L);
    window.expect_texts(["Situation, now", "next section in 0:01"]);
    window.press(Key::Z);
    window.expect_text("next section in 0:3");
    window.press(Key::T);
    window.expect_no_text("next section in");
    window.expect_controls_in_view();
}

#[test]
fn canceled_take_is_saved() {
    let mut window = Setup::new().real_time_clip("strong_task_joe.flac").open();
    start_first_answer(&mut window);
    window.wait_for_answer_of(1.0);
    window.expect_text("Cues");
    window.expect_no_text("Situation \u{b7} 0:30");
    window.press(Key::Escape);
    window.wait_for_text("Saved as");
    assert_eq!(window.saved_takes(), 1);
    window.expect_text("Section 1 of 5");
}

/// Space works as in every other window as long as nobody speaks.
#[test]
fn space_presses_the_focused_button_before_an_answer() {
    let mut window = Window::open();
    window.press(Key::Enter);
    window.focus("Home");
    window.press(Key::Space);
    window.expect_text("Five sections");
}

#[test]
fn privacy_page_shows_the_notice_of_the_command_line() {
    let mut window = Window::open();
    window.press(Key::K);
    let store = window.controller().store().clone();
    for section in privacy_notice(&store) {
        window.expect_text(section.title);
        for item in section.items {
            match &item {
                NoticeItem::Text(text) => window.expect_text(text),
                NoticeItem::Path(text) | NoticeItem::Warning(text) => window.expect_text(text),
                NoticeItem::Entry(name, text) => window.expect_texts([*name, *text]),
            }
        }
    }
}

#[test]
fn privacy_page_returns_to_where_it_was_opened() {
    let mut window = Setup::new().scrolling_pages().open();
    window.press(Key::K);
    window.press(Key::Escape);
    window.expect_text("Five sections");
    window.press(Key::Comma);
    window.press(Key::K);
    window.expect_text("What never happens");
    window.press(Key::Escape);
    window.expect_text("Appearance");
}

#[test]
fn idle_window_draws_no_frames() {
    let mut window = Window::open();
    window.wait_for_text("Speech model ready");
    assert_eq!(window.repaint_delay(), Duration::MAX);
}
