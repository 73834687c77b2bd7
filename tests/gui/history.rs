//! The history: opening takes, searching them, erasing one or all.

use std::path::Path;

use egui::accesskit::Toggled;
use egui::{Key, Role};
use egui_kittest::kittest::NodeT;
use starling::domain::story::{Part, SectionKind};
use starling::gui::FULL_SIZE;

use crate::harness::{STORY, Setup, Window};
use crate::past;

/// Row of the take that [`with_one_take`] records.
const TASK_ROW: &str = "The webhook nobody owned, Task, 0:1";

/// Records a take of the task, and goes back home.
fn with_one_take() -> Window {
    let mut window = Window::open();
    window.press_all([Key::Enter, Key::N, Key::Space]);
    window.wait_for_text("What to do next");
    window.press(Key::Escape);
    window.expect_text("Five sections");
    window
}

#[test]
fn take_is_opened_from_the_history_and_practice_continues_there() {
    let mut window = Window::open();
    window.press(Key::H);
    window.expect_text("No takes yet");
    drop(window);

    let mut window = with_one_take();
    window.press(Key::H);
    window.expect_texts(["1 take", TASK_ROW]);
    window.press(Key::Enter);
    window.expect_texts(["What to do next", "Phrases: 4 of 4, all said"]);
    window.press(Key::N);
    window.expect_text("Section 3 of 5");
    window.press(Key::P);
    window.expect_text("What to do next");
    window.press(Key::Escape);
    window.expect_text("1 take");

    search_field_takes_letters_and_escape_clears_it(&mut window);
    window.press(Key::F);
    window.type_text("webhook TASK");
    window.press(Key::Enter);
    window.expect_text("Phrases: 4 of 4, all said");
    window.press(Key::Escape);
    window.press(Key::Escape);
    window.expect_text("1 take");
}

fn search_field_takes_letters_and_escape_clears_it(window: &mut Window) {
    window.press(Key::F);
    window.type_text("result");
    window.expect_texts(["No matching takes", "0 of 1 takes"]);
    window.press(Key::U);
    window.press(Key::Escape);
    window.expect_text("1 take");
    window.expect_no_text("No matching takes");
}

#[test]
fn take_is_erased_only_after_confirmation_and_can_be_restored() {
    let mut window = with_one_take();
    window.press(Key::H);
    let wav = window.newest_recording();
    let audio = std::fs::read(&wav).expect("the recording can be read");
    erase_is_canceled_by_escape_and_by_the_search_field(&mut window, &wav);

    window.click("The webhook nobody owned, Task");
    window.press(Key::Delete);
    window.expect_no_text("was erased.");
    window.press(Key::Y);
    window.expect_text("No takes yet");
    window.expect_announcement("was erased. You can undo this.");
    assert!(!wav.exists(), "the recording should be erased");
    assert_eq!(window.saved_takes(), 0);

    window.press(Key::U);
    window.expect_text(TASK_ROW);
    window.expect_announcement("was restored.");
    let restored = std::fs::read(&wav).expect("the restored recording can be read");
    assert!(
        restored == audio,
        "the restored recording should be the same"
    );
    window.press(Key::Enter);
    window.expect_text("Phrases: 4 of 4, all said");
    window.press(Key::Escape);
    window.press(Key::Escape);
    window.expect_text("Five sections");
}

fn erase_is_canceled_by_escape_and_by_the_search_field(window: &mut Window, wav: &Path) {
    window.press(Key::Delete);
    window.expect_text("Erase Task of ");
    window.press(Key::Escape);
    window.expect_text("1 take");
    assert!(wav.exists(), "Escape should cancel the erase");
    // In the search field, Y is a letter.
    window.press(Key::Delete);
    window.focus_only(Role::TextInput);
    window.press(Key::Y);
    window.press(Key::Escape);
    window.expect_text("1 take");
    assert!(wav.exists(), "searching should cancel the erase");
}

/// 300 interrupted takes of two sections; the last 20 belong to a story that does not exist any more.
fn with_300_takes() -> Window {
    let take = |number: usize| {
        let section = [SectionKind::Task, SectionKind::Result][number % 2];
        let time = format!("2026-11-{:02}T08-00-00.{number:03}", 1 + number % 28);
        let story = [STORY, "gone"][number / 280];
        past::untranscribed(&time, story, Part::Section(section))
    };
    let mut window = Setup::new().past_takes((0..300).map(take)).open();
    window.expect_no_text("Get feedback");
    window.press(Key::H);
    window.expect_text("300 takes");
    window
}

#[test]
fn long_history_draws_only_visible_rows_and_scrolls_to_the_selected_one() {
    let mut window = with_300_takes();
    let rows = window.count(", interrupted");
    assert!(
        (5..40).contains(&rows),
        "only visible rows should be drawn, not {rows}"
    );
    for _ in 0..30 {
        window.press(Key::ArrowDown);
    }
    let rows = window.all(", interrupted");
    let selected = rows
        .iter()
        .find(|row| row.accesskit_node().toggled() == Some(Toggled::True));
    let selected = selected.expect("the selected take should be drawn").rect();
    assert!(
        selected.bottom() <= FULL_SIZE[1] - 60.0,
        "the selected take should be above the bottom bar: {selected:?}"
    );
}

#[test]
fn takes_are_found_by_words_story_and_section() {
    let mut window = with_300_takes();
    for (typed, found) in [
        ("2026-11-28", "10 of 300 takes"),
        (" TASK", "No matching takes"),
    ] {
        window.press(Key::F);
        window.type_text(typed);
        window.expect_text(found);
    }
    window.press(Key::Escape);
    window.choose("Story", "gone");
    window.expect_text("20 of 300 takes");
    window.choose("Section", "Result");
    window.expect_text("10 of 300 takes");
    window.press(Key::Enter);
    window.wait_for_text("is missing: restore it to");
}

#[test]
fn all_takes_are_erased_after_listing_what_is_erased_and_kept() {
    let mut window = past::with_takes(7).open();
    let story = window.controller().stories()[0].id.clone();
    window.press(Key::H);
    window.press(Key::A);
    window.expect_texts([
        "Erase all 7 takes?",
        "Your quiz answers",
        "Your own stories and speech models",
    ]);
    window.press(Key::Escape);
    window.expect_text("7 takes");
    // A take that could be restored cannot be restored afterwards.
    window.press(Key::Delete);
    window.press(Key::Y);
    window.expect_texts(["6 takes", "Undo erase"]);
    window.press(Key::A);
    window.expect_text("Erase all 6 takes?");
    window.press(Key::Y);
    window.wait_for_text("6 takes were erased.");
    window.expect_announcement("6 takes were erased.");
    window.expect_text("No takes yet");
    window.expect_no_text("Undo erase");

    assert_eq!(window.saved_takes(), 0);
    let folder = window.controller().store().folder().join("takes");
    let recordings = std::fs::read_dir(folder).expect("the folder of the takes");
    assert_eq!(recordings.count(), 0, "every recording should be erased");
    window.press(Key::Escape);
    window.expect_text("You have not practiced this story yet");
    assert_eq!(window.controller().stories()[0].id, story);
}
