//! The window, driven by its labels and keys, without a screen.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use egui::{Key, Role, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use starling::audio::{Pace, Source};
use starling::gui::{App, MIN_SIZE, theme};
use starling::runtime::{Config, Runtime};

/// The window with a data folder of its own.
struct Window {
    harness: Harness<'static, App>,
    _data: tempfile::TempDir,
}

fn file(name: &str) -> Option<Source> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/audio")
        .join(name);
    Some(Source::File(path, Pace::Fast))
}

impl Window {
    fn open(source: Option<Source>, model: Option<&str>) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let config = Config {
            data: Some(data.path().to_owned()),
            source,
            model: model.map(str::to_owned),
        };
        let runtime = Runtime::start(config, || {}).expect("a data folder");
        let harness = Harness::builder()
            .with_size(vec2(MIN_SIZE[0], MIN_SIZE[1]))
            .with_context_setup(theme::install)
            .build_ui_state(
                |ui, app: &mut App| {
                    app.pump(ui.ctx());
                    app.ui(ui);
                },
                App::new(runtime, None),
            );
        Self {
            harness,
            _data: data,
        }
    }

    fn press(&mut self, key: Key) {
        self.harness.key_press(key);
        self.harness.run_steps(3);
        self.nothing_is_cut_off();
    }

    /// Whether the window says so, anywhere.
    fn says(&self, what: &str) -> bool {
        self.harness
            .query_all_by_label_contains(what)
            .next()
            .is_some()
    }

    fn wait_for(&mut self, what: &str) {
        let patience = Instant::now() + Duration::from_secs(60);
        while !self.says(what) {
            assert!(
                Instant::now() < patience,
                "never said: {what}\n{:#?}",
                self.harness.root()
            );
            std::thread::sleep(Duration::from_millis(20));
            self.harness.run_steps(1);
        }
        self.nothing_is_cut_off();
    }

    /// Every button is whole on the screen; a list that scrolls may hide some below its end.
    fn nothing_is_cut_off(&self) {
        for role in [
            Role::Button,
            Role::ComboBox,
            Role::Tab,
            Role::Timer,
            Role::Meter,
        ] {
            for node in self.harness.query_all_by_role(role) {
                let rect = node.rect();
                let name = node.accesskit_node().label().unwrap_or_default();
                assert!(
                    rect.left() >= 0.0 && rect.top() >= 0.0 && rect.right() <= MIN_SIZE[0],
                    "{name} is cut off: {rect:?}"
                );
                assert!(
                    role == Role::Button || rect.bottom() <= MIN_SIZE[1],
                    "{name} is below the window: {rect:?}"
                );
            }
        }
    }
}

#[test]
fn a_story_is_practised_from_home_to_the_overview() {
    let mut window = Window::open(file("strong_task_joe.flac"), None);
    window.harness.run_steps(2);
    assert!(window.says("strong_task_joe.flac plays the microphone"));
    assert!(window.says("The webhook nobody owned"));
    window.wait_for("Speech model is ready");

    window.press(Key::Enter);
    assert!(window.says("Section 1 of 5"));
    assert!(window.says("Say what was wrong, and that it was not yours."));
    assert!(window.says("Nothing in a queue told you to do it."));
    window.press(Key::E);
    assert!(window.says("How it may sound"));
    window.press(Key::N);
    assert!(window.says("Section 2 of 5"));
    assert!(!window.says("How it may sound"));

    window.press(Key::Space);
    window.wait_for("What to do next");
    assert!(window.says("take ownership"));
    assert!(window.says("Phrases: 4 of 4, all heard"));
    assert!(window.says("of 0:20, short"));
    assert!(window.says("All 4 planned phrases were said."));
    assert!(window.says("Take saved as"));

    window.press(Key::R);
    window.wait_for("What to do next");
    for section in ["Section 3 of 5", "Section 4 of 5", "Section 5 of 5"] {
        window.press(Key::N);
        assert!(window.says(section));
    }
    window.press(Key::Space);
    window.wait_for("What to do next");
    assert!(window.says("missed"));
    window.press(Key::N);
    assert!(window.says("2 of 5 sections practised"));
    assert!(window.says("not tried yet, 1:30 planned"));

    window.press(Key::Num2);
    assert!(window.says("What to do next"));
    window.harness.get_by_label("Go to Overview").click();
    window.harness.run_steps(3);
    window.press(Key::Space);
    assert!(window.says("Section 1 of 5"));
    window.press(Key::Escape);
    assert!(window.says("five sections, 2:55 in all"));
}

#[test]
fn a_take_that_is_left_is_kept() {
    let slow = match file("strong_task_joe.flac") {
        Some(Source::File(path, _)) => Source::File(path, Pace::RealTime),
        _ => unreachable!(),
    };
    let mut window = Window::open(Some(slow), None);
    window.harness.run_steps(2);
    window.press(Key::Enter);
    window.press(Key::Space);
    assert!(window.says("starts in"));
    window.wait_for("left of 0:30");
    assert!(window.says("recording"));
    window.wait_for("0:01");
    window.press(Key::Escape);
    window.wait_for("The take was kept as");
    assert_eq!(
        window.harness.state().runtime().store().takes_kept().len(),
        1
    );
    assert!(window.says("Section 1 of 5"));
}

#[test]
fn space_never_presses_the_button_that_has_the_focus() {
    let mut window = Window::open(file("strong_task_joe.flac"), None);
    window.harness.run_steps(2);
    window.press(Key::Enter);
    window.harness.get_by_label("Home").focus();
    window.harness.run_steps(2);
    window.press(Key::Space);
    window.wait_for("What to do next");
}

#[test]
fn without_a_model_the_window_says_what_to_do() {
    let mut window = Window::open(file("strong_task_joe.flac"), Some("no-such-model"));
    window.wait_for("Speech model cannot be used");
    assert!(window.says("no-such-model"));
    window.harness.run_steps(2);
    window.harness.get_by_label_contains("Dismiss").click();
    window.harness.run_steps(3);
    assert!(!window.says("Dismiss"));

    window.press(Key::Enter);
    window.press(Key::Space);
    window.wait_for("The take is kept, but its words could not be had.");
    assert_eq!(
        window.harness.state().runtime().store().takes_kept().len(),
        1
    );
    window.press(Key::Escape);
    assert!(window.says("five sections"));
}

#[test]
fn a_microphone_that_is_not_there_is_a_sentence() {
    let nobody = Source::Device("Nobody's headset".to_owned());
    let mut window = Window::open(Some(nobody), None);
    window.wait_for("Dismiss");
    window.harness.run_steps(2);
    window.press(Key::Enter);
    window.press(Key::Space);
    window.wait_for("2 times");
    assert!(window.says("Section 1 of 5"));
}

#[test]
fn without_any_microphone_home_says_what_to_do() {
    if starling::audio::microphones().is_ok_and(|found| !found.is_empty()) {
        return; // this machine has one
    }
    let mut window = Window::open(None, None);
    window.wait_for("No microphone found: plug one in");
    window.harness.get_by_label("Look again").click();
    window.harness.run_steps(3);
    assert!(window.says("The webhook nobody owned"));
}

#[test]
fn the_theme_is_remembered() {
    let mut window = Window::open(file("strong_task_joe.flac"), None);
    window.harness.run_steps(2);
    window.harness.get_by_label("Light").click();
    window.harness.run_steps(3);
    assert!(!window.harness.ctx.global_style().visuals.dark_mode);
    let settings = window.harness.state().runtime().store().settings();
    assert_eq!(settings.expect("kept").theme, starling::store::Theme::Light);
}

#[test]
fn an_idle_window_draws_nothing() {
    let mut window = Window::open(file("strong_task_joe.flac"), None);
    window.wait_for("Speech model is ready");
    window.harness.run_steps(4);
    let delay = window.harness.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay;
    assert_eq!(delay, Duration::MAX);
}
