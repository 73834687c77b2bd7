//! Files dropped onto the window: a recording becomes a take of the part that the user is on, everything else is
//! named with what to do, and a running answer is never disturbed.

use std::fs;
use std::path::{Path, PathBuf};

use egui::Key;
use starling::domain::story::{Part, SectionKind};
use starling::practice::session::Stage;

use crate::common::{clip, temp_folder};
use crate::harness::{Setup, Window, is_answering};
use crate::past;

const ASKED: &str = "Which part does this recording answer?";

/// The part of the take that is reviewed.
fn reviewed_part(window: &Window) -> Part {
    let session = window.session();
    let reviewed = session.reviewed(session.current());
    reviewed.expect("a reviewed take").take.part
}

/// The audio files of all takes.
fn recordings(window: &Window) -> Vec<PathBuf> {
    let folder = window.controller().store().folder().join("takes");
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths
        .filter(|path| path.extension().is_some_and(|end| end == "wav"))
        .collect()
}

#[test]
fn recording_is_analyzed_as_the_section_that_the_user_prepares() {
    let folder = temp_folder();
    let memo = folder.path().join("voice memo \u{e9}.FLAC");
    fs::copy(clip("strong_task_am_michael.flac"), &memo).expect("a copy");
    let before = fs::read(&memo).expect("a file");
    let mut window = Window::open();
    window.press_all([Key::Enter, Key::N]);
    window.expect_text("Section 2 of 5");
    window.drop_files([&memo]);
    window.expect_no_text(ASKED);
    window.wait_for_text("What to do next");
    assert_eq!(reviewed_part(&window), Part::Section(SectionKind::Task));
    window.expect_text("Take saved as");
    assert_eq!((window.saved_takes(), recordings(&window).len()), (1, 1));
    assert_eq!(fs::read(&memo).expect("a file"), before, "it is only read");
    // The next one is compared with it.
    window.drop_files([&clip("strong_task_joe.flac")]);
    window.wait_for_text("Compare with take 1");
    assert_eq!(window.saved_takes(), 2);
    window.press_all([Key::Escape, Key::H]);
    window.expect_text("2 takes");
}

#[test]
fn recording_is_analyzed_as_the_page_that_the_user_reads() {
    let mut window = Window::open();
    window.press_all([Key::L, Key::Num5]);
    window.drop_files([&clip("strong_result_joe.flac")]);
    window.wait_for_text("What to do next");
    assert_eq!(reviewed_part(&window), Part::Section(SectionKind::Result));
    window.press(Key::Escape);
    window.expect_text("Practice this section");
}

#[test]
fn user_is_asked_for_the_part_where_none_is_chosen() {
    let mut window = Setup::new().scrolling_pages().open();
    window.press(Key::Comma);
    window.drop_files([&clip("strong_situation_joe.flac")]);
    window.expect_announcement(ASKED);
    window.expect_texts(["strong_situation_joe.flac", "The webhook nobody owned"]);
    window.press(Key::Escape);
    window.expect_no_text(ASKED);
    window.expect_text("Five sections");
    assert_eq!(recordings(&window), Vec::<PathBuf>::new());

    window.drop_files([&clip("strong_situation_joe.flac")]);
    // Keys of the page below do nothing meanwhile.
    window.press(Key::H);
    window.expect_text(ASKED);
    window.press(Key::Num1);
    window.wait_for_text("What to do next");
    let situation = Part::Section(SectionKind::Situation);
    assert_eq!(reviewed_part(&window), situation);
    window.press(Key::Escape);
    window.drop_files([&clip("strong_situation_joe.flac")]);
    window.press(Key::W);
    window.wait_for_text("What to do next");
    assert_eq!(reviewed_part(&window), Part::Whole);
}

#[test]
fn running_answer_is_not_disturbed() {
    let setup = Setup::new().real_time_clip("strong_task_joe.flac");
    let mut window = setup.stop_events_when(is_answering).open();
    window.press_all([Key::Enter, Key::Space]);
    window.wait_for_text("left of 0:30");
    let take = window.current_take();
    window.drop_files([&clip("strong_result_joe.flac")]);
    window.expect_text("an answer is being recorded");
    window.expect_text("strong_result_joe.flac was not opened");
    assert_eq!(window.current_take(), take);
    assert_eq!(window.saved_takes(), 0);
    window.hover_files([&clip("strong_result_joe.flac")]);
    window.expect_text("Not now: an answer is being recorded.");
}

#[test]
fn interview_is_not_left_for_a_recording() {
    let mut window = Window::open();
    window.press_all([Key::I, Key::Enter]);
    window.drop_files([&clip("strong_result_joe.flac")]);
    window.expect_text("the interview is not over");
    assert_eq!(window.stage(), Some(&Stage::Ready));
    window.expect_text("Question 1 of 3");
}

#[test]
fn files_that_are_no_recordings_are_named_with_what_to_do() {
    let folder = temp_folder();
    let file = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, content).expect("space");
        path
    };
    let inner = folder.path().join("Recordings");
    fs::create_dir(&inner).expect("a folder");
    let mut window = Window::open();
    window.press(Key::Enter);
    for (path, problem) in [
        (
            file("MINE.Toml", b"title = 1"),
            "MINE.Toml is a text file, not a recording",
        ),
        (file("answer.txt", b"I led it."), "starling analyze --text"),
        (file("noise.ogg", b"these are not the bytes"), "noise.ogg"),
        (file("nothing.mp3", b""), "nothing.mp3"),
        (inner, "Recordings is a folder"),
        (
            folder.path().join("gone.wav"),
            "open gone.wav: the file does not",
        ),
    ] {
        window.drop_files([&path]);
        window.wait_for_text(problem);
        window.wait_for("the end of the import", |window| {
            window.controller().importing().is_none()
        });
        window.settle();
        assert_eq!(window.count(problem), 2, "{problem}: text and button");
        window.press(Key::Backspace);
        window.expect_no_text(problem);
        window.expect_text("Section 1 of 5");
    }
    assert_eq!(recordings(&window), Vec::<PathBuf>::new());
    assert_eq!(window.saved_takes(), 0);
}

#[test]
fn first_of_several_recordings_is_analyzed_and_the_others_are_named() {
    let folder = temp_folder();
    let story = folder.path().join("story.toml");
    fs::write(&story, "").expect("space");
    let mut window = past::with_takes(3).open();
    window.press(Key::Enter);
    let files = [
        "strong_situation_joe.flac",
        "strong_task_joe.flac",
        "strong_result_joe.flac",
    ];
    let [first, second, third] = files.map(clip);
    window.drop_files([story.as_path(), &first, &second, &third]);
    window.wait_for_text("What to do next");
    window.expect_text(
        "starting with strong_situation_joe.flac: afterwards, drop strong_task_joe.flac, strong_result_joe.flac again",
    );
    window.expect_text("story.toml is a text");
    assert_eq!(window.saved_takes(), 4);
}

#[test]
fn reading_is_shown_and_can_be_cancelled() {
    let setup = Setup::new().stop_events_when(|app| app.controller().importing().is_some());
    let mut window = setup.open();
    window.press(Key::Enter);
    window.drop_files([&clip("edge_silence_30s.flac")]);
    window.expect_announcement("Reading edge_silence_30s.flac");
    // Another file waits for the first.
    window.drop_files([&clip("strong_task_joe.flac")]);
    window.expect_text("edge_silence_30s.flac is still being read");
    window.press(Key::Escape);
    window.expect_no_text("Reading edge_silence_30s.flac");
    window.expect_text("Section 1 of 5");
    // Whatever the thread had done by then is undone.
    for _ in 0..20 {
        std::thread::sleep(std::time::Duration::from_millis(20));
        window.frames(2);
    }
    assert_eq!(recordings(&window), Vec::<PathBuf>::new());
    assert_eq!(window.saved_takes(), 0);
}

#[test]
fn what_dropping_does_is_shown_while_a_file_is_dragged() {
    let mut window = Window::open();
    window.hover_files([Path::new("memo.opus")]);
    window.expect_text("Drop a recording to analyze it.");
    window.hover_files::<&Path>([]);
    window.expect_no_text("Drop a recording");
    window.press_all([Key::Enter, Key::N, Key::N]);
    window.hover_files([Path::new("memo.opus")]);
    window.expect_announcement("Drop a recording to analyze it as Action.");
}

#[test]
fn dialog_fits_small_windows() {
    let mut window = Window::open();
    window.drop_files([&clip("strong_situation_joe.flac")]);
    for size in [
        [400.0, 240.0],
        [480.0, 360.0],
        [900.0, 600.0],
        [2560.0, 1400.0],
    ] {
        window.resize(size.into());
        let view = window.ctx().content_rect();
        for label in [ASKED, "Situation", "Whole answer"] {
            let lowest = window.all_exact(label).into_iter().map(|node| node.rect());
            let rect = lowest.last().expect("a label");
            assert!(
                view.x_range().contains(rect.left()) && view.x_range().contains(rect.right()),
                "{label} at {size:?}: {rect:?}"
            );
        }
    }
}
