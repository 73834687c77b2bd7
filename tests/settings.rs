//! What is set is seen and remembered, by the keyboard alone.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use egui::accesskit::Toggled;
use egui::{Key, Modifiers, Role, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use starling::audio::{Pace, Source};
use starling::coach::profile::OwnershipStyle;
use starling::gui::{App, MIN_SIZE, theme};
use starling::runtime::{Config, Runtime};
use starling::speech::Place;
use starling::store::{Cues, Motion, Settings, Store, Theme};

/// The window over a data folder that outlives it.
struct Window {
    harness: Harness<'static, App>,
    data: PathBuf,
}

impl Window {
    fn open(data: &Path) -> Self {
        Self::of_size(data, Vec2::from(MIN_SIZE))
    }

    fn of_size(data: &Path, size: Vec2) -> Self {
        let clip =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/audio/strong_task_joe.flac");
        let config = Config {
            data: Some(data.to_owned()),
            source: Some(Source::File(clip, Pace::RealTime)),
            model: None,
            place: Place::Within,
        };
        let runtime = Runtime::start(config, || {}).expect("a data folder");
        let mut harness = Harness::builder()
            .with_size(size)
            .with_step_dt(0.1)
            .with_context_setup(theme::install)
            .build_ui_state(
                |ui, app: &mut App| {
                    app.pump(ui.ctx());
                    app.ui(ui);
                },
                App::new(runtime, None),
            );
        harness.run_steps(3);
        Self {
            harness,
            data: data.to_owned(),
        }
    }

    fn press(&mut self, key: Key) {
        self.harness.key_press(key);
        self.harness.run_steps(3);
    }

    fn says(&self, what: &str) -> bool {
        let mut found = self.harness.query_all_by_label_contains(what);
        found.next().is_some()
    }

    #[track_caller]
    fn wait_for(&mut self, what: &str) {
        let end = Instant::now() + Duration::from_secs(60);
        while !self.says(what) {
            assert!(
                Instant::now() < end,
                "never said: {what}\n{:#?}",
                self.harness.root()
            );
            std::thread::sleep(Duration::from_millis(20));
            self.harness.run_steps(1);
        }
    }

    /// Whether this one of several is on.
    #[track_caller]
    fn is_on(&self, label: &str) -> bool {
        let choice = self.harness.get_by_role_and_label(Role::RadioButton, label);
        choice.accesskit_node().toggled() == Some(Toggled::True)
    }

    fn kept(&self) -> Settings {
        let store = Store::at(Some(self.data.clone())).expect("named");
        store.settings().expect("kept")
    }

    /// The window is closed, and opened anew.
    fn reopened(self) -> Self {
        let data = self.data.clone();
        drop(self);
        Self::open(&data)
    }

    /// Goes on with the tab key until a control has the keyboard; its name.
    #[track_caller]
    fn tab_to(&mut self, label: &str) {
        for _ in 0..60 {
            self.harness.key_press(Key::Tab);
            self.harness.run_steps(2);
            let focused = self
                .harness
                .query_all_by_label(label)
                .any(|node| node.accesskit_node().is_focused());
            if focused {
                // It glides to where it can be seen.
                self.harness.run_steps(8);
                return;
            }
        }
        panic!(
            "{label} cannot be reached by the tab key\n{:#?}",
            self.harness.root()
        );
    }
}

#[test]
fn everything_is_set_by_its_key_and_remembered() {
    let data = tempfile::tempdir().expect("a folder");
    let mut window = Window::open(data.path());
    window.press(Key::Comma);
    assert!(window.says("How it looks") && window.is_on("Theme: System"));
    window.press(Key::T);
    assert!(window.is_on("Theme: Light"));
    assert!(!window.harness.ctx.global_style().visuals.dark_mode);
    window.press(Key::R);
    assert!(window.is_on("Motion: Reduced"));
    assert_eq!(window.harness.ctx.global_style().animation_time, 0.0);
    for key in [Key::C, Key::S, Key::U, Key::L, Key::P] {
        window.press(key);
    }
    for label in [
        "Captions: Off",
        "Cue sounds: On",
        "Cues: Nothing",
        "Time limit: Off",
        "Profile: Collaborative",
    ] {
        assert!(window.is_on(label), "{label}");
    }
    assert!(window.says("\u{201c}We\u{201d} is fine everywhere."));
    assert!(window.says("Pace: 110 to 165 words a minute"));
    window.press(Key::Plus);
    window.press(Key::Plus);
    assert!(window.says("120 %"));

    let mut window = window.reopened();
    let kept = window.kept();
    let expected = Settings {
        theme: Theme::Light,
        motion: Motion::Reduced,
        captions: false,
        cue_sounds: true,
        cues: Cues::Nothing,
        timed: false,
        text_percent: 120,
        ..Settings::default()
    };
    assert_eq!(kept, expected);
    let runtime = window.harness.state().runtime();
    assert_eq!(runtime.profile().ownership, OwnershipStyle::Collaborative);
    assert!((window.harness.ctx.zoom_factor() - 1.2).abs() < 1e-4);
    assert!(!window.harness.ctx.global_style().visuals.dark_mode);
    assert_eq!(window.harness.ctx.global_style().animation_time, 0.0);
    window.press(Key::Comma);
    assert!(window.is_on("Cues: Nothing") && window.is_on("Profile: Collaborative"));
    window.press(Key::Escape);
    assert!(window.says("five sections"));
}

#[test]
fn every_choice_is_reached_by_the_tab_key() {
    let data = tempfile::tempdir().expect("a folder");
    let mut window = Window::open(data.path());
    window.press(Key::Comma);
    window.tab_to("Theme: Dark");
    window.press(Key::Space);
    assert_eq!(window.kept().theme, Theme::Dark);
    window.tab_to("Cues: Full text");
    window.press(Key::Enter);
    assert_eq!(window.kept().cues, Cues::Full);
    window.tab_to("Profile: Collaborative");
    // It is where it can be seen.
    let rect = window.harness.get_by_label("Profile: Collaborative").rect();
    assert!(
        rect.top() > 56.0 && rect.bottom() < MIN_SIZE[1] - 60.0,
        "{rect:?}"
    );
    window.press(Key::Space);
    assert!(window.is_on("Profile: Collaborative"));
}

#[test]
fn a_test_recording_is_judged_and_not_kept() {
    let data = tempfile::tempdir().expect("a folder");
    let mut window = Window::open(data.path());
    window.press(Key::Comma);
    assert!(!window.says("Loud enough."));
    window.press(Key::M);
    assert!(window.says("Speak now"));
    window.wait_for("Test the microphone");
    assert!(!window.says("Speak now") && window.says("Loud enough."));
    assert_eq!(window.harness.state().runtime().trial().len(), 48_000);
    window.press(Key::Escape);
    assert!(window.harness.state().runtime().trial().is_empty());
    assert!(!data.path().join("takes").exists());
}

#[test]
fn another_model_waits_for_the_next_start() {
    let data = tempfile::tempdir().expect("a folder");
    let models = data.path().join("models");
    std::fs::create_dir_all(&models).expect("a folder");
    std::fs::write(models.join("ggml-mine.bin"), "no model").expect("room");
    let mut window = Window::open(data.path());
    window.press(Key::Comma);
    window.tab_to("Speech model");
    window.press(Key::Space);
    window.harness.get_by_label("mine").focus();
    window.harness.run_steps(2);
    window.press(Key::Enter);
    assert!(window.says("Start Starling again to use it. Until then it is tiny.en-q8_0."));
    assert_eq!(window.kept().model.as_deref(), Some("mine"));
    let mut window = window.reopened();
    window.wait_for("Speech model cannot be used");
}

#[test]
fn every_key_of_a_screen_is_shown() {
    let data = tempfile::tempdir().expect("a folder");
    let mut window = Window::open(data.path());
    // As it is typed on many keyboards.
    window
        .harness
        .key_press_modifiers(Modifiers::SHIFT, Key::Questionmark);
    window.harness.run_steps(3);
    assert!(window.says("Keys on this screen") && window.says("To the next control"));
    window.press(Key::Escape);
    assert!(!window.says("Keys on this screen"));
    window.press(Key::Enter);
    window.press(Key::Questionmark);
    assert!(window.says("Keys on this screen") && window.says("Settings"));
    // The keys do what they say meanwhile.
    window.press(Key::N);
    assert!(window.says("Section 2 of 5") && !window.says("Keys on this screen"));
    window.press(Key::Comma);
    assert!(window.says("How it looks"));
    window.press(Key::Escape);
    assert!(window.says("Section 2 of 5"));
}

#[test]
fn twice_as_large_it_scrolls() {
    let data = tempfile::tempdir().expect("a folder");
    let store = Store::at(Some(data.path().to_owned())).expect("named");
    let settings = Settings {
        text_percent: 200,
        ..Settings::default()
    };
    store.keep_settings(&settings).expect("room");
    // 1280 by 800, in points of twice the size.
    let mut window = Window::of_size(data.path(), vec2(640.0, 400.0));
    window.harness.set_size(vec2(640.0, 400.0));
    window.harness.run_steps(3);
    let seen = |window: &Window, label: &str| {
        let rect = window.harness.get_by_label(label).rect();
        rect.min.x >= 0.0 && rect.min.y >= 0.0 && rect.max.x <= 640.0 && rect.max.y <= 400.0
    };
    assert!(!seen(&window, "History"));
    window.tab_to("History");
    assert!(seen(&window, "History"));
    window.press(Key::Enter);
    window.press(Key::Escape);
    window.press(Key::Enter);
    assert!(window.says("Section 1 of 5"));
    assert!(!seen(&window, "Start"));
    for _ in 0..4 {
        window
            .harness
            .key_press_modifiers(Modifiers::CTRL, Key::ArrowDown);
        window.harness.run_steps(8);
    }
    assert!(seen(&window, "Start"));
}
