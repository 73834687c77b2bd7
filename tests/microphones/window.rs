//! The window with microphones of equal names and an interface with four channels: the menu, the channels, and what
//! happens when a microphone is unplugged.

use std::time::{Duration, Instant};

use egui::accesskit::Toggled;
use egui::{Key, Role, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use starling::app::{Config, Controller};
use starling::asr::Isolation;
use starling::gui::{App, FULL_SIZE, theme};
use starling::storage::Store;

use crate::common::scheduling::retry_if_stalled;
use crate::common::sound_server::{self, SoundServer};
use crate::common::temp_folder;
use crate::{add_microphone, play, samples, unplug, write_channels};

const TIMEOUT: Duration = Duration::from_secs(30);

/// cpal reads from the environment which sound server to use, so the test runs in a process of its own.
#[test]
fn window_offers_microphones_and_channels() {
    retry_if_stalled(|| {
        sound_server::run_in_own_process("window::microphone_and_channel_are_chosen_by_keyboard")
    });
}

#[test]
#[ignore = "window_offers_microphones_and_channels runs it with its own sound server"]
fn microphone_and_channel_are_chosen_by_keyboard() {
    let sound = SoundServer::in_current_environment();
    let first = add_microphone(&sound, "usb-Pod-00.mono", "Pod", 1, "");
    add_microphone(&sound, "usb-Pod-00.mono.2", "Pod", 1, "");
    add_microphone(&sound, "box", "Box", 4, "");
    let default = ["set-default-source", "usb-Pod-00.mono"];
    sound.pactl(&default).expect("a default");

    let mut window = Window::open();
    window.press(Key::Comma);
    default_is_followed_while_the_menu_is_open(&mut window, &sound);
    second_of_two_is_chosen(&mut window);
    list_follows_while_the_menu_is_open(&mut window, &sound);
    vanished_microphone_stays_chosen(&mut window, &sound, &first);
    channel_is_chosen_for_its_microphone(&mut window, &sound);
}

fn default_is_followed_while_the_menu_is_open(window: &mut Window, sound: &SoundServer) {
    let default = "System default: Pod (usb-Pod-00.mono)";
    window.open_menu();
    window.choose(default);
    window.open_menu();
    for id in ["usb-Pod-00.mono.2", "usb-Pod-00.mono"] {
        sound.pactl(&["set-default-source", id]).expect("a default");
        window.step_until(id, |window| window.opens(id));
    }
    window.wait_for(default);
    window.choose(default);
}

fn second_of_two_is_chosen(window: &mut Window) {
    window.open_menu();
    window.expect_only_tick("System default: Pod (usb-Pod-00.mono)");
    window.choose("Pod (usb-Pod-00.mono.2)");
    window.open_menu();
    window.expect_only_tick("Pod (usb-Pod-00.mono.2)");
    let stored = window.store().settings().expect("valid").microphone;
    let stored = stored.expect("a microphone");
    assert_eq!(
        (stored.id.as_str(), stored.name.as_str()),
        ("pulseaudio:usb-Pod-00.mono.2", "Pod")
    );
    window.step_until("the second one to be open", |window| {
        window.opens("usb-Pod-00.mono.2")
    });
}

fn list_follows_while_the_menu_is_open(window: &mut Window, sound: &SoundServer) {
    let added = add_microphone(sound, "late", "Late arrival", 1, "");
    window.wait_for("Late arrival");
    window.expect_only_tick("Pod (usb-Pod-00.mono.2)");
    unplug(sound, &added);
    window.step_until("the list without it", |window| {
        !window.shows("Late arrival")
    });
    window.choose("Pod (usb-Pod-00.mono.2)");
}

fn vanished_microphone_stays_chosen(window: &mut Window, sound: &SoundServer, first: &[String]) {
    // With only one of its kind left, the choice is still clear.
    window.open_menu();
    unplug(sound, first);
    window.step_until("the list without the first one", |window| {
        !window.shows("Pod (usb-Pod-00")
    });
    window.expect_only_tick("Pod");
    window.choose("Pod");
}

fn channel_is_chosen_for_its_microphone(window: &mut Window, sound: &SoundServer) {
    window.open_menu();
    window.choose("Box");
    window.wait_for("Channel: Automatic");
    assert_eq!(
        window.ticked(Role::RadioButton, "Channel: "),
        ["Channel: Automatic"]
    );
    let folder = temp_folder();
    let voice = samples("strong_task_joe.flac", 0.5);
    let file = write_channels(&folder.path().join("a.wav"), &[&[], &[], &voice, &[]]);
    let player = play(sound, "box-sink", &file);
    window.wait_for("Channel 3 level -");
    window.wait_for("Channel 1 level -120 dB");
    drop(player);
    window.focus(Role::RadioButton, "Channel: 3");
    window.press(Key::Space);
    window.wait_for("Channel: 3");
    window.step_until("the channel to be used", |window| {
        window.ticked(Role::RadioButton, "Channel: ") == ["Channel: 3"]
    });
    let stored = window.store().settings().expect("valid");
    let channels: Vec<_> = stored.microphone_channels.into_iter().collect();
    assert_eq!(channels, [("pulseaudio:box".to_owned(), 3)]);
    // Another microphone has no such choice.
    window.open_menu();
    window.choose("Pod");
    window.step_until("a microphone of one channel", |window| {
        !window.shows("Channel: 3")
    });
}

struct Window {
    harness: Harness<'static, App>,
    data: tempfile::TempDir,
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
            .with_size(vec2(FULL_SIZE[0], 2_000.0))
            .with_step_dt(0.1)
            .with_context_setup(theme::install)
            .build_ui_state(
                |ui, app: &mut App| {
                    app.pump(ui.ctx());
                    app.ui(ui);
                },
                App::new(controller, None),
            );
        let mut window = Self { harness, data };
        window.harness.run_steps(5);
        window
    }

    fn store(&self) -> Store {
        Store::at(Some(self.data.path().to_owned())).expect("a data folder")
    }

    fn press(&mut self, key: Key) {
        self.harness.key_press(key);
        self.harness.run_steps(4);
    }

    #[track_caller]
    fn focus(&mut self, role: Role, label: &str) {
        self.harness.get_by_role_and_label(role, label).focus();
        self.harness.run_steps(4);
    }

    /// Opens the menu of microphones by keyboard.
    #[track_caller]
    fn open_menu(&mut self) {
        self.focus(Role::ComboBox, "Microphone");
        self.press(Key::Space);
        self.wait_for("Monitor of");
    }

    /// Chooses an entry of the open menu by keyboard.
    #[track_caller]
    fn choose(&mut self, entry: &str) {
        self.harness.get_by_label(entry).focus();
        self.harness.run_steps(4);
        self.press(Key::Enter);
    }

    /// The labels of the controls of this role that are on.
    fn ticked(&self, role: Role, start: &str) -> Vec<String> {
        let controls = self.harness.query_all_by_role(role);
        controls
            .filter(|control| control.accesskit_node().toggled() == Some(Toggled::True))
            .filter_map(|control| control.accesskit_node().label())
            .filter(|label| label.starts_with(start))
            .collect()
    }

    /// Exactly one entry of the open menu is chosen.
    #[track_caller]
    fn expect_only_tick(&self, entry: &str) {
        assert_eq!(self.ticked(Role::Button, ""), [entry]);
    }

    /// Whether the microphone with this id was opened last.
    fn opens(&self, id: &str) -> bool {
        let opened = self.harness.state().controller().opened_microphone();
        opened.is_some_and(|opened| opened.microphone.id == format!("pulseaudio:{id}"))
    }

    /// The labels on screen.
    fn labels(&self) -> Vec<String> {
        let nodes = self.harness.query_all_by_label_contains("");
        nodes
            .filter_map(|node| node.accesskit_node().label())
            .collect()
    }

    fn shows(&self, text: &str) -> bool {
        let mut nodes = self.harness.query_all_by_label_contains(text);
        nodes.next().is_some()
    }

    #[track_caller]
    fn wait_for(&mut self, text: &str) {
        self.step_until(text, |window| window.shows(text));
    }

    #[track_caller]
    fn step_until(&mut self, what: &str, is_done: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + TIMEOUT;
        while !is_done(self) {
            assert!(
                Instant::now() < deadline,
                "timed out waiting for {what}: {:?}",
                self.labels()
            );
            std::thread::sleep(Duration::from_millis(20));
            self.harness.run_steps(1);
        }
    }
}
