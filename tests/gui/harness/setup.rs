//! What the window starts with: data folder, microphone, model, story and size.

use egui::Vec2;
use egui_kittest::Harness;
use starling::app::{Config, Controller};
use starling::asr::Isolation;
use starling::audio::{AudioSource, FilePacing};
use starling::domain::take::Take;
use starling::gui::{App, FULL_SIZE, theme};
use starling::storage::{Settings, Store};
use tempfile::TempDir;

use super::{FRAME_SECS, Window};
use crate::common::{clip, temp_folder};

/// Everything that is decided before the window opens.
pub struct Setup {
    data: TempDir,
    source: Option<AudioSource>,
    model: Option<String>,
    story: Option<String>,
    size: Vec2,
    pub(super) pages_scroll: bool,
    stop_events: fn(&App) -> bool,
}

impl Setup {
    /// The smallest window that does not fold, on an empty data folder, with a clip of a task as its microphone.
    pub fn new() -> Self {
        Self {
            data: temp_folder(),
            source: None,
            model: None,
            story: None,
            size: Vec2::from(FULL_SIZE),
            pages_scroll: false,
            stop_events: |_| false,
        }
        .clip("strong_task_joe.flac")
    }

    /// Uses a clip of `tests/audio` as the microphone; a take of it lasts only as long as decoding it.
    pub fn clip(self, name: &str) -> Self {
        self.microphone(AudioSource::File(clip(name), FilePacing::Unthrottled))
    }

    /// As [`Setup::clip`], at the pace of speech.
    pub fn real_time_clip(self, name: &str) -> Self {
        self.microphone(AudioSource::File(clip(name), FilePacing::RealTime))
    }

    /// Uses this microphone.
    pub fn microphone(mut self, source: AudioSource) -> Self {
        self.source = Some(source);
        self
    }

    /// Uses the microphone of this computer, if it has one.
    pub fn default_microphone(mut self) -> Self {
        self.source = None;
        self
    }

    /// Asks for a speech model that does not exist: takes are recorded but not transcribed.
    pub fn missing_model(mut self) -> Self {
        self.model = Some("no-such-model".to_owned());
        self
    }

    /// Selects a story, as the command line does.
    pub fn story(mut self, id: &str) -> Self {
        self.story = Some(id.to_owned());
        self
    }

    /// Opens the window in this size, in points.
    pub fn size(mut self, size: Vec2) -> Self {
        self.size = size;
        self
    }

    /// Allows controls to be scrolled out of view vertically.
    pub fn scrolling_pages(mut self) -> Self {
        self.pages_scroll = true;
        self
    }

    /// From when `condition` holds, the window handles only events that the test sends.
    pub fn stop_events_when(mut self, condition: fn(&App) -> bool) -> Self {
        self.stop_events = condition;
        self
    }

    /// Saves settings, such as the theme or the size of the text.
    pub fn settings(self, settings: &Settings) -> Self {
        self.prepare(|store| store.save_settings(settings).expect("settings are saved"))
    }

    /// Saves takes of the past, with a file in place of their audio.
    pub fn past_takes(self, takes: impl IntoIterator<Item = Take>) -> Self {
        self.prepare(|store| {
            let mut database = store.open_take_db().expect("a take database").db;
            for take in takes {
                std::fs::write(store.wav(&take.id), "no audio").expect("a file is written");
                database.save(&take).expect("a take is saved");
            }
        })
    }

    /// Writes something else into the data folder.
    pub fn prepare(self, write: impl FnOnce(&Store)) -> Self {
        write(&self.store());
        self
    }

    /// The data folder.
    pub fn store(&self) -> Store {
        Store::at(Some(self.data.path().to_owned())).expect("a data folder")
    }

    /// Opens the window.
    pub fn open(self) -> Window {
        let config = Config {
            data: Some(self.data.path().to_owned()),
            source: self.source.clone(),
            model: self.model.clone().map(Into::into),
            channel: None,
            isolation: Isolation::InProcess,
        };
        let controller = Controller::start(config, || {}).expect("the data folder can be opened");
        let stop_events = self.stop_events;
        let harness = Harness::builder()
            .with_size(self.size)
            .with_step_dt(FRAME_SECS)
            .with_context_setup(theme::install)
            .build_ui_state(
                move |ui, app: &mut App| {
                    if !stop_events(app) {
                        app.pump(ui.ctx());
                    }
                    app.ui(ui);
                },
                App::new(controller, self.story.clone()),
            );
        let mut window = Window {
            harness,
            setup: self,
        };
        window.settle();
        window
    }
}
