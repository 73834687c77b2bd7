//! Whatever the size of the window: all buttons of the bottom bar are visible as a whole, none covers another, and
//! nothing is cut off at the side.

use egui::{Key, Rect, Role, Vec2, vec2};
use egui_kittest::Node;
use egui_kittest::kittest::NodeT;
use starling::domain::story::SectionKind;
use starling::gui::FOLDED_SIZE;
use starling::storage::{Cues, Settings};

use crate::common::builders::webhook_story;
use crate::harness::{Setup, Window, is_answering, text_of};
use crate::past;

/// Pixels per point, and sizes of the window in pixels: small laptops, large and portrait monitors, halves and
/// corners of a screen, without the bars of a desktop.
const WINDOWS: [(f32, [[f32; 2]; 6]); 4] = [
    (
        1.0,
        [
            FOLDED_SIZE,
            [480.0, 360.0],
            [899.0, 599.0],
            [1024.0, 552.0],
            [1080.0, 1860.0],
            [5120.0, 2800.0],
        ],
    ),
    (
        1.25,
        [
            [600.0, 450.0],
            [683.0, 700.0],
            [1024.0, 536.0],
            [1125.0, 750.0],
            [1366.0, 680.0],
            [2560.0, 1340.0],
        ],
    ),
    (
        1.75,
        [
            [841.0, 631.0],
            [1000.0, 1500.0],
            [1366.0, 700.0],
            [1574.0, 1049.0],
            [1575.0, 640.0],
            [2880.0, 1700.0],
        ],
    ),
    (
        3.0,
        [
            [1440.0, 1080.0],
            [1441.0, 2000.0],
            [1920.0, 1000.0],
            [2560.0, 1500.0],
            [2699.0, 1799.0],
            [3840.0, 2080.0],
        ],
    ),
];
/// The bar has at most this share of the window.
const MAX_BAR_SHARE: f32 = 0.6;
/// The height of the header of a low window.
const HEADER: f32 = 44.0;

/// The current screen is usable in all windows. `bar` are the buttons of its bottom bar.
#[track_caller]
fn expect_usable<const N: usize>(window: &mut Window, screen: &str, bar: [&str; N]) {
    let mut problems = Vec::new();
    for (scale, sizes) in WINDOWS {
        for size in sizes {
            let size = Vec2::from(size) / scale;
            window.resize_scaled(size, scale);
            let found = bar_problems(window, &bar, size);
            let found = found.into_iter().chain(side_problems(window, size));
            problems.extend(found.map(|problem| format!("{size:?} at {scale}: {problem}")));
        }
    }
    window.resize_scaled(vec2(900.0, 600.0), 1.0);
    assert!(problems.is_empty(), "{screen}:\n{}", problems.join("\n"));
}

/// What is wrong with the buttons of the bottom bar.
fn bar_problems(window: &Window, labels: &[&str], size: Vec2) -> Vec<String> {
    let view = Rect::from_min_size(egui::Pos2::ZERO, size).expand(0.5);
    let top = size.y * (1.0 - MAX_BAR_SHARE);
    let mut problems = Vec::new();
    let mut buttons: Vec<(String, Rect)> = Vec::new();
    for label in labels {
        let found = window.all_exact(label);
        let rects = found
            .iter()
            .filter(|node| node.accesskit_node().role() == Role::Button)
            .map(Node::rect);
        // The page may have a button of the same name.
        let lowest = rects.max_by(|a, b| a.bottom().total_cmp(&b.bottom()));
        let Some(rect) = lowest else {
            problems.push(format!("there is no \"{label}\""));
            continue;
        };
        if !view.contains_rect(rect) || rect.top() < top {
            problems.push(format!("\"{label}\" is not in the bar: {rect:?}"));
        }
        if rect.width() < 30.0 || rect.height() < 30.0 {
            problems.push(format!("\"{label}\" is too small: {rect:?}"));
        }
        problems.extend(covered(label, rect, &buttons));
        buttons.push(((*label).to_owned(), rect));
    }
    problems
}

/// Controls and texts that do not end within the window, also those that are scrolled out of view vertically, and
/// controls of the header that cover each other.
fn side_problems(window: &Window, size: Vec2) -> Vec<String> {
    let mut problems = Vec::new();
    let mut header: Vec<(String, Rect)> = Vec::new();
    let root = window.root();
    for node in root.children_recursive() {
        let text = text_of(&node);
        let has_rect = node.accesskit_node().bounding_box().is_some();
        if text.is_empty() || !has_rect || node.accesskit_node().is_hidden() {
            continue;
        }
        let (role, rect) = (node.accesskit_node().role(), node.rect());
        if rect.left() < -0.5 || rect.right() > size.x + 0.5 {
            problems.push(format!("{role:?} \"{text}\" is cut off: {rect:?}"));
        }
        let is_control = matches!(role, Role::Button | Role::ComboBox | Role::Meter);
        if is_control && rect.top() >= 0.0 && rect.bottom() <= HEADER {
            problems.extend(covered(&text, rect, &header));
            header.push((text, rect));
        }
    }
    problems
}

/// The others that a control covers.
fn covered(text: &str, rect: Rect, others: &[(String, Rect)]) -> Vec<String> {
    let covered = others
        .iter()
        .filter(|(_, other)| rect.shrink(0.5).intersects(*other));
    covered
        .map(|(other, at)| format!("\"{text}\" {rect:?} covers \"{other}\" {at:?}"))
        .collect()
}

fn two_takes() -> Setup {
    let strong = &webhook_story().sections[0].strong;
    let take = |minute| past::transcribed(minute, SectionKind::Situation, strong);
    let setup = Setup::new().real_time_clip("strong_situation_joe.flac");
    setup.past_takes([take(0), take(1)]).scrolling_pages()
}

#[test]
fn home_settings_and_privacy_fit_every_window() {
    let mut window = two_takes().open();
    window.wait_for_text("Speech model ready");
    expect_usable(&mut window, "home", ["History", "Privacy & data"]);
    window.press(Key::Questionmark);
    expect_usable(&mut window, "shortcuts", ["Close"]);
    window.press_all([Key::Escape, Key::Comma]);
    expect_usable(&mut window, "settings", ["Privacy & data", "Done"]);
    window.press(Key::K);
    expect_usable(&mut window, "privacy", ["Back"]);
}

#[test]
fn pages_of_a_story_fit_every_window() {
    let mut window = two_takes().open();
    window.press(Key::L);
    expect_usable(
        &mut window,
        "overview",
        ["Next: Situation", "Practice whole answer", "Home"],
    );
    for (key, page) in [(Key::Num4, "action"), (Key::Num9, "follow-ups")] {
        window.press(key);
        expect_usable(&mut window, page, ["Home"]);
    }
    for (key, page) in [
        (Key::Num7, "levels"),
        (Key::Num8, "principles"),
        (Key::Num0, "weak"),
    ] {
        window.press(key);
        expect_usable(&mut window, page, ["Home"]);
    }
    window.press(Key::Q);
    expect_usable(&mut window, "quiz", ["Home"]);
    window.press(Key::B);
    expect_usable(&mut window, "answered quiz", ["Next question", "Home"]);
}

#[test]
fn history_and_its_dialogs_fit_every_window() {
    let mut window = two_takes().open();
    window.press(Key::H);
    expect_usable(
        &mut window,
        "history",
        ["Open", "Export", "Erase", "Erase all", "Home"],
    );
    window.press(Key::Delete);
    expect_usable(&mut window, "question", ["Erase take", "Cancel"]);
    window.press(Key::Escape);
    window.press(Key::X);
    expect_usable(&mut window, "export", ["Export", "Back"]);
    window.press(Key::Escape);
    window.press(Key::A);
    expect_usable(&mut window, "erase all", ["Erase everything", "Cancel"]);
    window.press(Key::Escape);
    window.press(Key::T);
    window.wait_for_text("Best Situation: ");
    expect_usable(&mut window, "trends", ["Open", "Previous take", "Takes"]);
    window.press(Key::Enter);
    window.wait_for_text("What to do next");
    let bar = [
        "Next: Task",
        "Again",
        "Compare with take 1",
        "Strong example",
        "History",
    ];
    expect_usable(&mut window, "review", bar);
    window.press(Key::C);
    window.wait_for_text("Transcripts");
    expect_usable(
        &mut window,
        "comparison",
        ["Again", "Feedback", "Next: Task", "Back"],
    );
}

#[test]
fn practice_fits_every_window() {
    let setup = Setup::new().real_time_clip("strong_task_joe.flac");
    let mut window = setup.stop_events_when(is_answering).open();
    window.press(Key::Enter);
    expect_usable(
        &mut window,
        "prepare",
        ["Start", "Strong example", "Next: Task", "Home"],
    );
    window.press(Key::Space);
    window.expect_text("starts in");
    window.wait_for_text("left of 0:30");
    window.send_caption("Nobody owned this hook", "and there was no");
    let bar = ["Stop", "Start over", "Hide captions", "Leave"];
    for cues in [Key::Num2, Key::Num1] {
        window.press(cues);
        expect_usable(&mut window, "recording", bar);
    }
    window.send_recorded(95.0);
    expect_usable(&mut window, "over time", bar);
    window.send_problem("the microphone was unplugged: plug it in again");
    expect_usable(&mut window, "recording with a problem", bar);
}

#[test]
fn overview_and_failed_transcription_fit_every_window() {
    let mut window = Setup::new().missing_model().open();
    window.press(Key::Enter);
    window.press(Key::Space);
    window.wait_for_text("transcription failed");
    expect_usable(
        &mut window,
        "failed",
        ["Try again", "New take", "Next: Task", "Home"],
    );
    window.press(Key::Num5);
    for _ in 0..5 {
        window.press(Key::N);
    }
    window.wait_for_text("sections practiced");
    expect_usable(
        &mut window,
        "overview",
        ["Practice Situation", "Practice whole answer", "Home"],
    );
}

#[test]
fn mock_interview_fits_every_window() {
    let setup = Setup::new().real_time_clip("strong_situation_joe.flac");
    let mut window = setup.open();
    window.press(Key::I);
    expect_usable(&mut window, "setup", ["Start", "Home"]);
    window.press(Key::Enter);
    expect_usable(&mut window, "question", ["Answer", "Home"]);
    window.press(Key::Space);
    window.wait_for_text("next section in");
    expect_usable(&mut window, "answer", ["Stop", "Start over", "Leave"]);
    window.wait_for_answer_of(3.0);
    window.press(Key::Space);
    window.wait_for_text("Question 2 of 3");
    window.press(Key::E);
    window.wait_for_text("Likely hiring decision");
    expect_usable(&mut window, "verdict", ["Again", "Home"]);
    window.press(Key::Escape);
    expect_usable(&mut window, "leaving", ["Leave", "Stay"]);
}

#[test]
fn large_text_never_pushes_the_buttons_out_of_a_small_window() {
    for (text_percent, size) in [
        (200, [1024.0, 552.0]),
        (200, [800.0, 440.0]),
        (170, [480.0, 360.0]),
    ] {
        let settings = Settings {
            text_percent,
            cues: Cues::Full,
            ..Settings::default()
        };
        let setup = Setup::new().settings(&settings).size(size.into());
        let mut window = setup.open();
        window.resize_native(size.into());
        let zoom = window.ctx().zoom_factor();
        let room = Vec2::from(size) / zoom;
        assert!(
            room.x >= FOLDED_SIZE[0] - 1.0 && room.y >= FOLDED_SIZE[1] - 1.0,
            "{text_percent} % in {size:?} is shown at {zoom}, which leaves {room:?}"
        );
        window.press(Key::Enter);
        let problems = bar_problems(&window, &["Start", "Next: Task", "Home"], room);
        assert!(problems.is_empty(), "{problems:?}");
        window.press_all([Key::Escape, Key::Comma]);
        let limited = zoom < f32::from(text_percent) / 100.0;
        assert_eq!(window.shows("This window has room for"), limited);
        // The setting is kept for a larger window.
        window.resize_native(vec2(1920.0, 1080.0));
        let zoom = window.ctx().zoom_factor();
        assert!((zoom - f32::from(text_percent) / 100.0).abs() < 0.001);
    }
}
