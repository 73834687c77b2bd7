//! The window with a real sound server: when it opens the microphone, and whether it shows that.

use std::time::{Duration, Instant};

use egui::{Key, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use starling::app::{Config, Controller};
use starling::asr::Isolation;
use starling::gui::{App, FULL_SIZE, theme};
use starling::practice::session::{Session, Stage};

use crate::common::scheduling::retry_if_stalled;
use crate::common::sound_server::{self, SoundServer};
use crate::common::{temp_folder, wait_until};

const TIMEOUT: Duration = Duration::from_secs(90);

/// cpal reads from the environment which sound server to use, so the test runs in a process of its own.
#[test]
fn window_opens_microphone_only_while_it_is_needed() {
    retry_if_stalled(|| {
        sound_server::run_in_own_process(
            "mic_indicator::microphone_is_open_only_while_it_is_needed",
        )
    });
}

#[test]
#[ignore = "window_opens_microphone_only_while_it_is_needed runs it with its own sound server"]
fn microphone_is_open_only_while_it_is_needed() {
    let sound = SoundServer::in_current_environment();
    sound.add_microphone();
    let mut window = Window::open();
    microphone_is_open_on_home_and_during_takes(&mut window, &sound);
    sound_server_restart_continues_take(&mut window, &sound);
    killed_sound_server_ends_take(&mut window, &sound);
    next_take_uses_restarted_sound_server(&mut window, &sound);
}

fn microphone_is_open_on_home_and_during_takes(window: &mut Window, sound: &SoundServer) {
    window.wait_for("Microphone on, nothing is recorded");
    window.wait_for("Microphone level");
    assert_eq!(sound.recording_streams(), 1);
    window.press(Key::H);
    window.wait_for_microphone(false, sound);
    window.press(Key::Escape);
    window.press(Key::Enter);
    assert!(window.shows("Section 1 of 5"));
    window.wait_for_microphone(false, sound);

    window.press(Key::Space);
    window.wait_for_microphone(true, sound);
    window.wait_for("left of 0:30");
    window.wait_for_microphone(true, sound);
    window.wait_for("No signal: is the microphone muted?");
    window.press(Key::Space);
    window.wait_for("What to do next");
    window.wait_for_microphone(false, sound);
    assert!(
        window.shows("delivered only silence")
            && window.shows("Nothing was said: the recording has no speech.")
    );
}

fn sound_server_restart_continues_take(window: &mut Window, sound: &SoundServer) {
    window.press(Key::R);
    window.wait_for("left of 0:30");
    window.wait_until_answered_for(1.0);
    sound.kill();
    window.wait_for("No audio arrives: waiting for the microphone");
    sound.restart();
    sound.add_microphone();
    window.step_until("the microphone to return", |window| {
        !window.shows("No audio arrives")
    });
    assert!(window.shows("recording"));
}

fn killed_sound_server_ends_take(window: &mut Window, sound: &SoundServer) {
    sound.kill();
    window.wait_for("The recording so far is saved.");
    window.wait_for("What to do next");
    assert!(window.shows("Microphone off") && window.shows("the take is silent there"));
}

fn next_take_uses_restarted_sound_server(window: &mut Window, sound: &SoundServer) {
    sound.restart();
    sound.add_microphone();
    window.press(Key::R);
    window.wait_for("left of 0:30");
    window.wait_for_microphone(true, sound);
    window.press(Key::Escape);
    window.wait_for_microphone(false, sound);
}

struct Window {
    harness: Harness<'static, App>,
    _data: tempfile::TempDir,
}

impl Window {
    fn open() -> Self {
        let data = temp_folder();
        let config = Config {
            data: Some(data.path().to_owned()),
            isolation: Isolation::InProcess,
            ..Config::default()
        };
        let controller = Controller::start(config, || {}).expect("a data folder");
        let harness = Harness::builder()
            .with_size(vec2(FULL_SIZE[0], FULL_SIZE[1]))
            .with_step_dt(0.1)
            .with_context_setup(theme::install)
            .build_ui_state(
                |ui, app: &mut App| {
                    app.pump(ui.ctx());
                    app.ui(ui);
                },
                App::new(controller, None),
            );
        Self {
            harness,
            _data: data,
        }
    }

    fn press(&mut self, key: Key) {
        self.harness.key_press(key);
        self.harness.run_steps(3);
    }

    fn shows(&self, text: &str) -> bool {
        let mut nodes = self.harness.query_all_by_label_contains(text);
        nodes.next().is_some()
    }

    #[track_caller]
    fn wait_for(&mut self, text: &str) {
        self.step_until(text, |window| window.shows(text));
    }

    /// Waits until the answer lasts this long.
    #[track_caller]
    fn wait_until_answered_for(&mut self, seconds: f64) {
        self.step_until("the answer", |window| {
            let session = window.harness.state().controller().session();
            let stage = session.map(Session::stage);
            matches!(stage, Some(Stage::Answering { elapsed, .. }) if *elapsed >= seconds)
        });
    }

    /// Waits until the microphone is open or closed. The window must agree with the sound server.
    #[track_caller]
    fn wait_for_microphone(&mut self, is_open: bool, sound: &SoundServer) {
        let (expected, other) = match is_open {
            true => ("Microphone on", "Microphone off"),
            false => ("Microphone off", "Microphone on"),
        };
        self.wait_for(expected);
        assert!(!self.shows(other), "the window also shows {other:?}");
        wait_until(expected, TIMEOUT, || {
            (sound.recording_streams() == usize::from(is_open)).then_some(())
        });
    }

    #[track_caller]
    fn step_until(&mut self, what: &str, is_done: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + TIMEOUT;
        while !is_done(self) {
            assert!(Instant::now() < deadline, "timed out waiting for {what}");
            std::thread::sleep(Duration::from_millis(20));
            self.harness.run_steps(1);
        }
    }
}
