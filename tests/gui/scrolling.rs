//! Pages that are larger than the window scroll by keys.

use egui::{Key, Modifiers, Rect, Role, vec2};
use starling::domain::story::SectionKind;
use starling::gui::FULL_SIZE;
use starling::storage::Settings;

use crate::common::builders::webhook_story;
use crate::harness::{PAGE, Setup, Window};
use crate::past;

/// 1280 by 800 pixels, in points of twice the size.
const SIZE: egui::Vec2 = vec2(640.0, 400.0);

/// A window with text of twice the size.
fn double_text() -> Window {
    let settings = Settings {
        text_percent: 200,
        ..Settings::default()
    };
    let mut window = Setup::new()
        .real_time_clip("strong_situation_joe.flac")
        .settings(&settings)
        .size(SIZE)
        .open();
    // The text size changes the size of the window.
    window.resize(SIZE);
    window
}

/// Whether the control with exactly this label is completely inside the window of [`double_text`].
fn is_visible(window: &Window, label: &str) -> bool {
    let view = Rect::from_min_size(egui::Pos2::ZERO, SIZE);
    view.contains_rect(window.control(label).rect())
}

#[track_caller]
fn expect_visible(window: &Window, label: &str) {
    assert!(is_visible(window, label), "\"{label}\" should be in view");
}

#[track_caller]
fn expect_out_of_view(window: &Window, label: &str) {
    assert!(
        !is_visible(window, label),
        "\"{label}\" should be out of view"
    );
}

/// Scrolls by a key, to the end of the animation.
fn scroll(window: &mut Window, modifiers: Modifiers, key: Key, times: usize) {
    for _ in 0..times {
        window.press_with(modifiers, key);
        window.frames(8);
    }
}

#[test]
fn main_buttons_stay_visible_at_double_text_size_and_the_panel_stands_below() {
    let mut window = double_text();
    expect_visible(&window, "History");
    window.press(Key::Enter);
    window.expect_text("Section 1 of 5");
    expect_visible(&window, "Start");
    expect_out_of_view(&window, "Planned phrases");
    scroll(&mut window, Modifiers::NONE, Key::End, 1);
    expect_visible(&window, "Planned phrases");
    expect_visible(&window, "Start");
    window.press(Key::Space);
    window.wait_for_text("left of 0:30");
    expect_visible(&window, "Stop");
    scroll(&mut window, Modifiers::NONE, Key::PageDown, 1);
    expect_visible(&window, "Planned phrases");
    expect_visible(&window, "Stop");
    window.press(Key::Space);
    window.wait_for_text("What to do next");
}

#[test]
fn pages_start_unscrolled_at_double_text_size() {
    let mut window = double_text();
    let question = format!("\u{201c}{}\u{201d}", webhook_story().question);
    scroll(&mut window, Modifiers::NONE, Key::PageDown, 3);
    expect_out_of_view(&window, &question);
    window.press(Key::I);
    let headings = window.all_exact("Mock interview");
    assert!(!headings.is_empty(), "the interview should have a heading");
    for heading in headings {
        let rect = heading.rect();
        assert!(
            rect.left() >= 0.0 && rect.bottom() <= SIZE.y,
            "the heading should be in view: {rect:?}"
        );
    }
}

#[test]
fn text_wraps_at_double_text_size() {
    let mut window = double_text();
    window.press(Key::K);
    window.expect_text("Nothing is sent.");
    for node in window.all("Nothing is sent.") {
        let rect = node.rect();
        assert!(
            rect.right() <= SIZE.x,
            "the text should wrap at the edge of the window: {rect:?}"
        );
    }
}

/// The window with two takes of the action.
fn with_two_takes() -> Window {
    let take = |minute: usize| {
        let strong = &webhook_story().sections[2].strong;
        let text = format!("{strong} so that is number {minute}");
        past::transcribed(minute, SectionKind::Action, &text)
    };
    let setup = Setup::new().past_takes([take(0), take(1)]);
    setup.scrolling_pages().open()
}

#[test]
fn home_scrolls_by_keys_to_its_end() {
    let mut window = with_two_takes();
    let story = webhook_story();
    let last = story.takeaways.last().expect("a takeaway");
    window.expect_outside_page(last);
    window.press(Key::End);
    window.expect_within_page(last);
    window.press(Key::Home);
    window.expect_outside_page(last);
    window.expect_within_page(&story.question);
    window.press_all([Key::ArrowDown; 40]);
    window.expect_within_page(last);
}

#[test]
fn review_and_comparison_scroll_by_keys_to_their_end() {
    let mut window = with_two_takes();
    window.press_all([Key::H, Key::Enter]);
    window.wait_for_text("What to do next");
    window.expect_outside_page("Planned phrases");
    for _ in 0..10 {
        if window.is_within_page("Planned phrases") {
            break;
        }
        window.press(Key::ArrowDown);
    }
    window.expect_within_page("Planned phrases");

    window.press(Key::C);
    window.wait_for_text("Transcripts");
    comparison_scrolls_to_the_last_word(&mut window);
    window.press(Key::Escape);
    window.press(Key::Questionmark);
    window.expect_text("Scroll one page up");
}

fn comparison_scrolls_to_the_last_word(window: &mut Window) {
    let lowest = |window: &Window| {
        let labels = window.all_of(Role::Label);
        let rects = labels.iter().map(|label| label.rect());
        rects
            .filter(|rect| rect.right() < FULL_SIZE[0])
            .map(|rect| rect.bottom())
            .fold(0.0, f32::max)
    };
    let page_end = PAGE.max;
    assert!(
        lowest(window) > page_end,
        "the transcripts should be longer than the page: {}",
        lowest(window)
    );
    window.press(Key::PageDown);
    let after_page_down = lowest(window);
    window.press(Key::End);
    assert!(
        lowest(window) <= after_page_down && lowest(window) <= page_end + 1.0,
        "End should show the last word: {}, after Page Down {after_page_down}",
        lowest(window)
    );
}
