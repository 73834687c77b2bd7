//! The time limit of an answer: more time, a new start, and none at all.

use egui::Key;

use crate::harness::{Setup, Window, is_answering};

fn open() -> Window {
    Setup::new()
        .real_time_clip("strong_situation_joe.flac")
        .scrolling_pages()
        .stop_events_when(is_answering)
        .open()
}

#[test]
fn time_limit_is_extended_restarted_and_turned_off() {
    let mut window = open();
    window.press(Key::Enter);
    window.press(Key::L);
    window.expect_text("0:30 + 0:15");
    window.press(Key::Space);
    window.wait_for_text("left of 0:45");
    window.press(Key::L);
    window.expect_text("left of 1:00");

    window.send_recorded(45.0);
    window.expect_text("0:15 left of 1:00");
    window.expect_no_text("Ten seconds left");
    window.send_recorded(51.0);
    window.expect_text("0:09 left of 1:00");
    window.expect_announcement("Ten seconds left");
    window.send_recorded(55.0);
    window.expect_no_text("Ten seconds left");

    window.press(Key::Z);
    window.expect_text("1:00 left of 1:00");
    window.send_recorded(120.0);
    window.expect_text("over by 0:05");
    window.press(Key::T);
    window.expect_text("2:00, no limit");
    window.expect_no_text("over by");
    window.expect_no_text("Restart clock");
    window.press(Key::Escape);
    window.expect_text("0:30, no limit");
}

#[test]
fn turned_off_time_limit_is_remembered_and_extra_time_is_not() {
    let mut window = open();
    window.press(Key::Enter);
    window.press(Key::L);
    window.press(Key::T);
    let mut window = window.reopen();
    window.press(Key::Enter);
    window.expect_text("0:30, no limit");
    window.press(Key::T);
    window.expect_no_text("no limit");
    assert!(window.saved_settings().timed);
    window.expect_text("0:30");
    window.expect_no_text("0:30 + ");
}
