//! The window beside a real sound server: when it opens the microphone, and says so.

use std::time::{Duration, Instant};

use egui::{Key, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use starling::app::{Config, Controller};
use starling::asr::Isolation;
use starling::gui::{App, MIN_SIZE, theme};
use starling::practice::session::{Session, Stage};

use crate::common::machine::{SoundServer, wait_until};

const PATIENCE: Duration = Duration::from_secs(90);

struct Window {
    harness: Harness<'static, App>,
    _data: tempfile::TempDir,
}

impl Window {
    fn open() -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let config = Config {
            data: Some(data.path().to_owned()),
            isolation: Isolation::InProcess,
            ..Config::default()
        };
        let runtime = Controller::start(config, || {}).expect("a data folder");
        let harness = Harness::builder()
            .with_size(vec2(MIN_SIZE[0], MIN_SIZE[1]))
            .with_step_dt(0.1)
            .with_context_setup(theme::install)
            .build_ui_state(
                |ui, app: &mut App| {
                    app.pump(ui.ctx());
                    app.ui(ui);
                },
                App::new(runtime, None),
            );
        let _data = data;
        Self { harness, _data }
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
        let end = Instant::now() + PATIENCE;
        while !self.says(what) {
            assert!(Instant::now() < end, "never said: {what}");
            std::thread::sleep(Duration::from_millis(20));
            self.harness.run_steps(1);
        }
    }

    /// Somebody has answered for so long.
    #[track_caller]
    fn wait_until_told(&mut self, seconds: f64) {
        let end = Instant::now() + PATIENCE;
        let told = |window: &Self| {
            let session = window.harness.state().controller().session();
            let stage = session.map(Session::stage);
            matches!(stage, Some(Stage::Answering { elapsed, .. }) if *elapsed >= seconds)
        };
        while !told(self) {
            assert!(Instant::now() < end, "nobody answers");
            std::thread::sleep(Duration::from_millis(20));
            self.harness.run_steps(1);
        }
    }

    /// The microphone is open, or not, and the window says so.
    #[track_caller]
    fn wait_until_open(&mut self, open: bool, sound: &SoundServer) {
        let (sign, other) = match open {
            true => ("Microphone on", "Microphone off"),
            false => ("Microphone off", "Microphone on"),
        };
        self.wait_for(sign);
        assert!(!self.says(other));
        wait_until(sign, PATIENCE, || {
            (sound.listeners() == usize::from(open)).then_some(())
        });
    }
}

#[test]
#[ignore = "needs a sound server of its own: capture_faults/main.rs runs it in a process that has one"]
fn in_a_process_of_its_own() {
    let sound = SoundServer::here();
    sound.add_ear();
    let mut window = Window::open();
    // Home shows the level.
    window.wait_for("Microphone on, nothing is recorded");
    window.wait_for("Microphone level");
    assert_eq!(sound.listeners(), 1);
    window.press(Key::H);
    window.wait_until_open(false, &sound);
    window.press(Key::Escape);
    window.press(Key::Enter);
    assert!(window.says("Section 1 of 5"));
    window.wait_until_open(false, &sound);

    window.press(Key::Space);
    window.wait_until_open(true, &sound);
    window.wait_for("left of 0:30");
    window.wait_until_open(true, &sound);
    window.wait_for("No signal: is the microphone muted?");
    window.press(Key::Space);
    window.wait_for("What to do next");
    window.wait_until_open(false, &sound);
    assert!(
        window.says("delivered only silence")
            && window.says("Nothing was said: the recording has no speech.")
    );

    // The server dies and comes back, and dies for good: the next take needs no other window.
    window.press(Key::R);
    window.wait_for("left of 0:30");
    window.wait_until_told(1.0);
    sound.kill();
    window.wait_for("No audio arrives: waiting for the microphone");
    sound.restart();
    sound.add_ear();
    let end = Instant::now() + PATIENCE;
    while window.says("No audio arrives") {
        assert!(Instant::now() < end, "it never came back");
        window.harness.run_steps(1);
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(window.says("recording"));
    sound.kill();
    window.wait_for("The recording so far is saved.");
    window.wait_for("What to do next");
    assert!(window.says("Microphone off") && window.says("the take is silent there"));
    sound.restart();
    sound.add_ear();
    window.press(Key::R);
    window.wait_for("left of 0:30");
    window.wait_until_open(true, &sound);
    window.press(Key::Escape);
    window.wait_until_open(false, &sound);
}
