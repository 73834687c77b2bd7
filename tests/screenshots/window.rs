//! The window with a fixed history, driven to its main screens.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use egui::{Key, Vec2};
use egui_kittest::kittest::Queryable;
use egui_kittest::{Harness, SnapshotOptions};
use starling::app::{Config, Controller};
use starling::asr::Isolation;
use starling::audio;
use starling::audio::{AudioSource, FilePacing};
use starling::domain::caption::Caption;
use starling::domain::story::{Part, SectionKind};
use starling::domain::take::{Take, TakeId};
use starling::domain::time::Span;
use starling::gui::{App, theme};
use starling::practice::progress::Loaded;
use starling::practice::session::{Session, SessionEvent, Stage};
use starling::storage::Store;

use crate::common::builders::{TakeBuilder, webhook_story, words_from};
use crate::common::clip;
use crate::software_renderer::SoftwareRenderer;

/// The reference images.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/screenshots");
/// No single step takes longer, even on a slow machine.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Color difference of a pixel that counts as none: that of rounding in the rasterizer of the font.
const COLOR_TOLERANCE: f32 = 0.6;
/// Pixels that may differ by more, of a million. The smallest change of a text changes more than twenty.
const MAX_FAILED_PIXELS: usize = 5;
/// The answer of the take that is reviewed, and the clip with its audio.
const REVIEWED_TEXT: &str = "The service was not mine, so the bug was not either. There was no ticket, and nobody had \
    asked. I decided to take ownership: find the cause, um, hand the platform team a fix they could ship, and make sure \
    the drops stopped.";
const REVIEWED_CLIP: &str = "strong_task_joe.flac";
/// The takes of the history, oldest first: when each began, its section, and which part of the example answer it has.
///
/// They are old enough for all dates to be shown as dates, and not relative to today.
const TAKES: [(&str, SectionKind, f64); 8] = [
    ("2025-03-03T18-04-09.120", SectionKind::Situation, 0.4),
    ("2025-03-03T18-09-30.000", SectionKind::Task, 0.5),
    ("2025-03-03T18-15-02.500", SectionKind::Action, 0.3),
    ("2025-03-04T07-40-00.000", SectionKind::Situation, 0.8),
    ("2025-03-04T07-46-10.250", SectionKind::Task, 0.7),
    ("2025-03-05T20-01-00.000", SectionKind::Task, 0.9),
    ("2025-03-05T20-05-00.000", SectionKind::Result, 0.9),
    ("2025-03-06T20-02-00.000", SectionKind::Task, 1.0),
];

/// The window, drawn by the software renderer.
pub struct Window {
    harness: Harness<'static, App>,
}

impl Window {
    /// Opens home with the fixed history. The model is loaded and the microphone is off, so nothing moves.
    pub fn open(theme_name: &str, size: Vec2) -> Self {
        Self::open_scaled(theme_name, size, 1.0)
    }

    /// As [`Window::open`], on a monitor with this many pixels per point.
    pub fn open_scaled(theme_name: &str, size: Vec2, scale: f32) -> Self {
        // The path is shown on screens, so it is short, relative, and the same on every machine.
        let data = PathBuf::from(format!("target/screenshots/{theme_name}-{}", size.x));
        // It is there if the test ran before.
        let _ = std::fs::remove_dir_all(&data);
        write_history(&data);
        let settings = format!("theme = \"{theme_name}\"\nmotion = \"reduced\"\n");
        std::fs::write(data.join("settings.toml"), settings).expect("space");
        let silence = clip("edge_silence_30s.flac");
        let config = Config {
            data: Some(data),
            source: Some(AudioSource::File(silence, FilePacing::RealTime)),
            model: None,
            channel: None,
            isolation: Isolation::InProcess,
        };
        let controller = Controller::start(config, || {}).expect("a data folder");
        let harness = Harness::builder()
            .with_size(size)
            .with_pixels_per_point(scale)
            .with_step_dt(0.1)
            .with_options(snapshot_options(FOLDER))
            .with_context_setup(theme::install)
            .renderer(SoftwareRenderer::default())
            .build_ui_state(
                |ui, app: &mut App| {
                    // An answer stands still.
                    if !is_answering(app) {
                        app.pump(ui.ctx());
                    }
                    app.ui(ui);
                },
                App::new(controller, Some("webhook-drop".to_owned())),
            );
        let mut window = Self { harness };
        window.wait_for("the speech model", |window| {
            window.shows("Speech model ready")
        });
        window.wait_for("the recommendation", |window| {
            !window.shows("Analyzing your latest takes")
        });
        if window.shows("Turn off") {
            window.press(&[Key::M]);
        }
        window
    }

    /// Presses keys one after the other.
    pub fn press(&mut self, keys: &[Key]) {
        for key in keys {
            self.harness.key_press(*key);
            self.harness.run_steps(3);
        }
    }

    /// Waits until everything that is loaded in the background is shown, and compares the window with its reference.
    pub fn compare(&mut self, name: &str) {
        if name.starts_with("trends") {
            self.wait_for("metrics of all takes", Self::is_analyzed);
        }
        self.wait_for("the waveform", Self::has_waveform);
        self.harness.run_steps(5);
        self.harness.snapshot(name);
    }

    /// Waits until the answer begins, and moves on to a moment of it.
    pub fn answer(&mut self) {
        self.wait_for("the answer", |window| is_answering(window.harness.state()));
        let app = self.harness.state_mut();
        let session = app.controller().session().expect("a practice");
        let Stage::Answering { take, .. } = session.stage() else {
            panic!("an answer should be recorded");
        };
        let take = take.id.clone();
        let caption = Caption {
            confirmed: words_from(0.0, 0.5, 0.4, "I noticed that the service was"),
            tentative: "losing events".to_owned(),
        };
        app.handle(SessionEvent::Recorded(take.clone(), 12.0));
        app.handle(SessionEvent::Captioned(take, caption));
        self.harness.run_steps(3);
    }

    fn is_analyzed(&self) -> bool {
        let controller = self.harness.state().controller();
        let pending = |(began, kind, _): &(&str, SectionKind, f64)| {
            let id = TakeId::new(began, Part::Section(*kind));
            matches!(controller.metrics_of(&id), Loaded::Pending)
        };
        !TAKES.iter().any(pending)
    }

    /// Whether the waveform of the reviewed take is loaded, if a take is reviewed.
    fn has_waveform(&self) -> bool {
        let controller = self.harness.state().controller();
        let session = controller.session();
        let reviewed = session.and_then(|session: &Session| session.reviewed(session.current()));
        reviewed.is_none_or(|reviewed| controller.waveform(&reviewed.take.id).is_some())
    }

    fn shows(&self, text: &str) -> bool {
        let mut nodes = self.harness.query_all_by_label_contains(text);
        nodes.next().is_some()
    }

    #[track_caller]
    fn wait_for(&mut self, what: &str, is_done: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + TIMEOUT;
        while !is_done(self) {
            assert!(Instant::now() < deadline, "timed out waiting for {what}");
            std::thread::sleep(Duration::from_millis(10));
            self.harness.run_steps(1);
        }
    }
}

fn is_answering(app: &App) -> bool {
    let stage = app.controller().session().map(Session::stage);
    matches!(stage, Some(Stage::Answering { .. }))
}

/// How images are compared with the references in a folder.
pub fn snapshot_options(folder: impl AsRef<Path>) -> SnapshotOptions {
    SnapshotOptions::new()
        .output_path(folder.as_ref())
        .threshold(COLOR_TOLERANCE)
        .max_failed_pixels(MAX_FAILED_PIXELS)
}

fn write_history(data: &Path) {
    let store = Store::at(Some(data.to_owned())).expect("a data folder");
    let mut take_db = store.open_take_db().expect("a take database").db;
    for (index, (began, kind, share)) in TAKES.into_iter().enumerate() {
        let id = TakeId::new(began, Part::Section(kind));
        let take = match index == TAKES.len() - 1 {
            true => reviewed_take(&id, kind),
            false => partial_take(&id, kind, share),
        };
        write_audio(&store.wav(&id));
        take_db.save(&take).expect("space");
    }
}

/// A take with the beginning of the example answer.
fn partial_take(id: &TakeId, kind: SectionKind, share: f64) -> Take {
    let story = webhook_story();
    let brief = story.brief(Part::Section(kind), story.level);
    let brief = brief.expect("a section");
    let words: Vec<&str> = brief.strong.split_whitespace().collect();
    let count = (words.len() as f64 * share) as usize;
    let text = words[..count].join(" ");
    let words = words_from(0.5, 0.5 - 0.15 * share, 0.3, &text);
    let end = words.last().expect("words").end;
    TakeBuilder::new(&id.0)
        .section(kind)
        .words(words)
        .speech(vec![Span::new(0.5, end)])
        .seconds(end + 0.5)
        .build()
}

/// A take whose words fit the length of the clip.
fn reviewed_take(id: &TakeId, kind: SectionKind) -> Take {
    let mut words = words_from(0.3, 0.32, 0.28, REVIEWED_TEXT);
    // A pause after the second sentence.
    for word in &mut words[19..] {
        word.start += 1.2;
        word.end += 1.2;
    }
    let (pause_start, pause_end) = (words[18].end, words[19].start);
    let end = words.last().expect("words").end;
    TakeBuilder::new(&id.0)
        .section(kind)
        .words(words)
        .speech(vec![Span::new(0.3, pause_start), Span::new(pause_end, end)])
        .seconds(14.47)
        .build()
}

/// Writes the audio of the clip as the audio of a take.
fn write_audio(wav: &Path) {
    let samples = audio::decode_file(&clip(REVIEWED_CLIP))
        .expect("a clip")
        .samples;
    let format = hound::WavSpec {
        channels: 1,
        sample_rate: 16_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(wav, format).expect("a WAV");
    for sample in samples {
        let sample = (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16;
        writer.write_sample(sample).expect("space");
    }
    writer.finalize().expect("space");
}
