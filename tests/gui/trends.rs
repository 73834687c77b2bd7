//! The chart of one measurement over all takes of a section.

use egui::{Key, Rect, Role, pos2};

use crate::harness::{Window, text_of};
use crate::past;

/// The trends, with the chart of the pace.
fn with_takes(count: usize) -> Window {
    let mut window = past::with_takes(count).open();
    window.press(Key::H);
    window.press(Key::T);
    window
}

/// Position of the chart, whatever it shows.
fn chart(window: &Window) -> Rect {
    let images = window.all_of(Role::Image);
    let chart = images.iter().find(|image| {
        let text = text_of(image);
        text.contains("over ") || text.contains("takes analyzed")
    });
    chart.expect("a chart should be on screen").rect()
}

#[test]
fn chart_appears_in_place_and_shows_the_chosen_measurement() {
    let mut window = past::with_takes(20).open();
    window.press(Key::H);
    window.expect_text("20 takes");
    window.press(Key::T);
    let empty = chart(&window);
    window.wait_for_text("Pace: from ");
    assert_eq!(
        chart(&window),
        empty,
        "the chart moved when its measurements arrived"
    );
    window.expect_texts([
        "words/min over 4 takes",
        "5 days in a row",
        "Take 4, ",
        "Best Reflection: ",
    ]);

    window.press(Key::Num5);
    window.expect_text("Verdict: from ");
    window.expect_no_text("Pace: from ");
    window.expect_toggled(Role::Tab, "Verdict");
    window.click_role(Role::Tab, "Time used");
    window.expect_text("Time used: from ");
}

#[test]
fn selected_take_is_opened_and_the_chart_is_as_it_was_left() {
    let mut window = with_takes(20);
    window.wait_for_text("Pace: from ");
    window.click_role(Role::Tab, "Time used");
    window.press(Key::ArrowLeft);
    window.expect_text("Take 3, ");
    window.expect_no_text("Take 4, ");
    window.press(Key::Enter);
    window.expect_texts(["What to do next", "Go to Reflection, current"]);
    window.press(Key::Escape);
    window.expect_texts(["Take 3, ", "Time used: from "]);
}

#[test]
fn unpracticed_section_is_chosen_by_keyboard_and_the_best_take_is_opened() {
    let mut window = with_takes(20);
    window.wait_for_text("Pace: from ");
    window.focus_role(Role::ComboBox, "Section");
    window.press(Key::Space);
    window.focus("Whole answer");
    window.press(Key::Enter);
    window.expect_texts([
        "No takes of this section yet.",
        "Record a second take to see a trend",
    ]);

    window.wait_for("the best takes", |window| !window.shows("being analyzed"));
    window.click("Best Task: ");
    window.expect_texts(["What to do next", "Go to Task, current"]);
    window.press(Key::Escape);
    window.press(Key::Escape);
    window.expect_text("20 takes");
    window.press(Key::Escape);
    window.expect_text("Five sections");
}

#[test]
fn point_of_the_chart_opens_its_take() {
    let mut window = past::with_takes(25).open();
    window.press(Key::H);
    window.click_role(Role::Tab, "Trends");
    window.wait_for_text("over 5 takes");
    let chart = chart(&window);
    // The third of five points is in the middle, at an unknown height.
    let mut y = chart.top();
    while y < chart.bottom() && !window.shows("What to do next") {
        window.click_at(pos2(chart.center().x, y));
        y += 12.0;
    }
    window.expect_text("What to do next");
}

#[test]
fn trends_need_transcribed_takes() {
    let mut window = Window::open();
    window.press(Key::H);
    window.click_role(Role::Tab, "Trends");
    window.expect_text("No trends yet");
    window.press(Key::Escape);
    window.expect_text("No takes yet");
}

#[test]
fn trend_needs_a_second_take() {
    let mut window = with_takes(1);
    window.wait_for_text("Record a second take to see a trend");
    assert!(
        window.shows("No takes of this section yet.") || window.shows("Take 1, "),
        "either the section has no take, or its only take is shown"
    );
}
