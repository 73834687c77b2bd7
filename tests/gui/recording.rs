//! An answer while it is recorded: captions, cues, messages, keys, and the progress after it.

use egui::{Key, Rect, Role};
use egui_kittest::kittest::NodeT;
use starling::domain::take::Audio;
use starling::gui::FULL_SIZE;
use starling::practice::session::{SessionEvent, Stage};
use starling::storage::Cues;

use crate::harness::{Setup, Window, stage};

/// The first answer is being recorded, and only the test's events arrive from then on.
fn recording() -> Window {
    let mut window = Setup::new()
        .real_time_clip("strong_task_joe.flac")
        .stop_events_when(|app| {
            matches!(
                stage(app),
                Some(Stage::Answering { .. } | Stage::Transcribing { .. })
            )
        })
        .open();
    start_first_answer(&mut window);
    window
}

/// From home into the answer of the first section.
pub fn start_first_answer(window: &mut Window) {
    window.press(Key::Enter);
    window.press(Key::Space);
    window.expect_text("starts in");
    window.wait_for_text("left of 0:30");
    window.expect_text("recording");
}

#[test]
fn captions_follow_the_answer_and_planned_phrases_are_marked() {
    let mut window = recording();
    window.expect_text("no ticket: planned");
    window.send_caption("Nobody owned", "this hook");
    // Screen readers get only words that will not change.
    assert_eq!(captions(&window), "Captions: Nobody owned");

    let long = "so I wrote it down and asked the two teams beside it who would answer for it ";
    let long = format!("{}at last", long.repeat(4));
    window.send_caption(&long, "");
    window.expect_text("at last");
    let shown = captions(&window);
    assert!(
        shown.len() < long.len() / 2,
        "the oldest lines should be gone: {shown}"
    );
    captions_stay_below_the_countdown(&window);

    window.send_caption(&format!("{long} though there was no ticket for it"), "");
    window.expect_texts(["no ticket: said", "not my team: planned"]);
}

fn captions(window: &Window) -> String {
    let captions = window.control("Captions: ");
    captions.value().expect("captions have a text")
}

fn captions_stay_below_the_countdown(window: &Window) {
    let captions = window.rect("Captions: ");
    let countdown = window.only(Role::Timer).rect();
    assert!(
        captions.bottom() <= FULL_SIZE[1],
        "captions are below the window: {captions:?}"
    );
    let offset = captions.center().x - countdown.center().x;
    assert!(
        offset.abs() < 1.0 && captions.width() - countdown.width() < 200.0,
        "captions {captions:?} should be below the countdown {countdown:?}"
    );
}

#[test]
fn captions_are_turned_off_and_on_while_recording() {
    let mut window = recording();
    window.send_caption("there was no ticket", "");
    window.press(Key::C);
    window.expect_no_text("Captions: ");
    window.expect_text("Show captions");
    assert!(!window.saved_settings().captions);
    window.press(Key::C);
    window.expect_text("there was no ticket");
    assert!(window.saved_settings().captions);
}

#[test]
fn stopped_answer_shows_progress_only_after_a_delay() {
    let mut window = recording();
    window.send_caption("Nobody owned this", "");
    let take = window.current_take();
    window.press_for(Key::Space, 2);
    window.expect_texts(["recorded", "Nobody owned this"]);
    window.expect_no_text("Stop");
    window.expect_no_text("Saving the take");
    window.frames(3);
    window.expect_text("Saving the take");
    window.expect_no_text("Nobody owned this");

    window.send(SessionEvent::RecordingSaved(take.clone(), Audio::default()));
    window.send(SessionEvent::Progressed(take, 0.4));
    window.expect_texts(["Transcribing your answer", "40 %"]);
    let bar = window.only(Role::ProgressIndicator);
    let percent = bar.accesskit_node().numeric_value();
    assert!(
        percent.is_some_and(|percent| (percent - 40.0).abs() < 0.01),
        "the progress bar should be at 40 %: {percent:?}"
    );
    window.press(Key::Escape);
    window.expect_text("Section 1 of 5");
}

/// Nobody looks for the focus while speaking.
#[test]
fn space_stops_the_recording_whatever_has_the_focus() {
    let mut window = Setup::new().real_time_clip("strong_task_joe.flac").open();
    window.press(Key::Enter);
    window.press(Key::Space);
    // In the count-in there is nothing to stop yet, and Space must not cancel it either.
    window.focus("Cancel");
    window.press(Key::Space);
    window.wait_for_text("left of 0:30");
    window.focus("Leave");
    window.press(Key::Space);
    window.wait_for_text("What to do next");
}

#[test]
fn notification_moves_nothing_while_recording() {
    let mut window = recording();
    let countdown = |window: &Window| -> Rect { window.only(Role::Timer).rect() };
    let before = countdown(&window);
    window.send_problem("the microphone is far away");
    window.expect_announcement("The microphone is far away");
    assert_eq!(countdown(&window), before, "the countdown moved");
    let notification = window.control("Dismiss: ").rect();
    for label in ["Stop", "Start over"] {
        let button = window.control(label).rect();
        assert!(
            !notification.intersects(button),
            "the notification {notification:?} covers \"{label}\" {button:?}"
        );
    }
    assert!(
        notification.bottom() < before.top(),
        "the notification {notification:?} covers the countdown {before:?}"
    );
    window.press(Key::Backspace);
    window.expect_no_text("Dismiss");
    assert_eq!(countdown(&window), before, "the countdown moved");
}

#[test]
fn cues_are_a_text_phrases_or_nothing() {
    let mut window = Setup::new()
        .real_time_clip("strong_situation_joe.flac")
        .scrolling_pages()
        .open();
    window.press(Key::Enter);
    window.expect_selected("Cues: Phrases");
    window.press(Key::Space);
    window.wait_for_text("left of 0:30");
    window.expect_text("no ticket: planned");
    window.press(Key::Num1);
    window.expect_selected("Cues: Text");
    window.expect_text("Example answer");
    window.expect_no_text("no ticket: planned");
    window.press(Key::Num3);
    window.expect_selected("Cues: Nothing");
    window.expect_no_text("Example answer");
    window.expect_no_text("no ticket");
    window.press(Key::Space);
    window.wait_for_text("Feedback on Situation: ");
    window.expect_announcement("Feedback on Situation: ");
    assert_eq!(window.reopen().saved_settings().cues, Cues::Nothing);
}
