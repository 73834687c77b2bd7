//! Time that the window itself needs per frame: input, layout and tessellation, without painting, which is the graphics
//! driver's work. `cargo run --release --example frames` prints a line per screen:
//! `frames SCREEN p50_ms p99_ms cpu p50_ms p99_ms`, in wall time and in CPU time of the thread.
//!
//! Everything but the screen is real: while the frames of the recording screen are measured, clips play into the recorder
//! at the pace of speech, so that recording, levels and decoding run at the same time. The captions are those of an answer
//! of three minutes, passed in as a recognizer would: a few more words each time.
//!
//! For the history, a line `past TAKES open MS list MS chart MS` states how long it takes to open the take database, from
//! the key to the list, and from the key to the complete chart. `cargo run --release --example frames past 5000` measures
//! only the history, with that many takes.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs
)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use egui::{Context, Event, Key, Modifiers, RawInput, Rect, ViewportId, pos2, vec2};
use starling::app::{Config, Controller, ModelState};
use starling::asr::Isolation;
use starling::audio;
use starling::audio::{AudioSource, FilePacing};
use starling::domain::caption::Caption;
use starling::domain::story::{Part, SectionKind};
use starling::domain::take::{Audio, TakeId, Transcription, TranscriptionStats};
use starling::domain::transcript::{Transcript, Word};
use starling::domain::voice::Voice;
use starling::gui::{App, theme};
use starling::practice::progress::Loaded;
use starling::practice::session::{Session, SessionEvent, SessionRequest, Stage};
use starling::storage::Store;

#[path = "../common/builders.rs"]
mod builders;
#[path = "../common/history_fixture.rs"]
mod history_fixture;

/// Time between two frames while the user speaks: levels and captions come this often.
const SPEAKING_INTERVAL: Duration = Duration::from_millis(33);
/// Time between two frames otherwise.
const IDLE_INTERVAL: Duration = Duration::from_millis(4);
const FRAMES: usize = 500;
/// Words of three minutes at a fast pace.
const WORDS: usize = 450;
/// Sample rate of decoded clips.
const RATE_HZ: u32 = 16_000;
/// Frames per caption.
const FRAMES_PER_CAPTION: usize = 10;
/// Takes in the history by default.
const DEFAULT_TAKES: usize = 1000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [past, takes] if past == "past" => measure_history(takes.parse().expect("a number")),
        _ => {
            measure_practice();
            measure_history(DEFAULT_TAKES);
        }
    }
}

/// Measures the list of takes, and the trends while takes are analyzed and afterwards.
fn measure_history(takes: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::at(Some(folder.path().join("data"))).expect("a folder");
    let (stories, _) = starling::storage::story_library::stories(Path::new("/nonexistent"));
    let ids = history_fixture::write_history(&store, &stories[0], takes, 9);
    let elapsed_ms = |since: Instant| 1000.0 * since.elapsed().as_secs_f64();

    let started = Instant::now();
    drop(store.open_take_db().expect("a take database"));
    let open_ms = elapsed_ms(started);
    let mut window = Window::open(folder.path(), PathBuf::from("no-input.wav"));
    window.draw_until(|app| *app.controller().model() != ModelState::Loading);
    let started = Instant::now();
    window.press(Key::H);
    window.frame();
    let list_ms = elapsed_ms(started);
    window.measure("history", IDLE_INTERVAL, |_, _| {});
    let (started, mut while_analyzing) = (Instant::now(), Vec::new());
    window.press(Key::T);
    let is_analyzing = |app: &App| {
        let mut metrics = ids.iter().map(|id| app.controller().metrics_of(id));
        metrics.any(|metrics| matches!(metrics, Loaded::Pending))
    };
    while is_analyzing(&window.app) {
        assert!(
            elapsed_ms(started) < 600_000.0,
            "the takes were not analyzed within ten minutes"
        );
        std::thread::sleep(IDLE_INTERVAL);
        while_analyzing.push(window.frame());
    }
    let chart_ms = elapsed_ms(started);
    print_times("trends-filling", &while_analyzing);
    window.measure("trends", IDLE_INTERVAL, |_, _| {});
    println!("past {takes} open {open_ms:.0} list {list_ms:.0} chart {chart_ms:.0}");
}

fn measure_practice() {
    let folder = tempfile::tempdir().expect("a folder");
    let speech = folder.path().join("speech.wav");
    write_speech(
        &speech,
        SPEAKING_INTERVAL.as_secs_f64() * FRAMES as f64 * 2.0 + 10.0,
    );
    let mut window = Window::open(folder.path(), speech);

    window.draw_until(|app| *app.controller().model() == starling::app::ModelState::Ready);
    window.measure("home", IDLE_INTERVAL, |_, _| {});
    window.press(Key::Enter);
    window.measure("ready", IDLE_INTERVAL, |_, _| {});
    window.press(Key::Space);
    window.draw_until(|app| matches!(stage(app), Some(Stage::Answering { .. })));
    let take = window.take();
    window.measure("answering", SPEAKING_INTERVAL, |_, _| {});
    // From here on the window gets only the events of this program.
    window.pumps = false;
    window.measure("answering-at-3-min", SPEAKING_INTERVAL, |app, frame| {
        app.handle(SessionEvent::Recorded(
            take.clone(),
            180.0 + frame as f64 / 30.0,
        ));
        if frame.is_multiple_of(FRAMES_PER_CAPTION) {
            let word_count = WORDS + frame / FRAMES_PER_CAPTION;
            app.handle(SessionEvent::Captioned(take.clone(), caption(word_count)));
        }
    });
    window.press(Key::Space);
    let app = &mut window.app;
    app.handle(SessionEvent::RecordingSaved(take.clone(), Audio::default()));
    window.measure("transcribing", IDLE_INTERVAL, |app, frame| {
        let progress = frame as f32 / FRAMES as f32;
        app.handle(SessionEvent::Progressed(take.clone(), progress));
    });
    let transcription = Transcription {
        voice: Voice::default(),
        transcript: Transcript {
            words: words(WORDS),
        },
        engine: TranscriptionStats {
            model: "none".to_owned(),
            threads: 1,
            cpu_seconds: None,
            wall_seconds: 0.0,
        },
    };
    window.app.handle(SessionEvent::Transcribed(
        take.clone(),
        Box::new(transcription),
    ));
    window.measure("review", IDLE_INTERVAL, |_, _| {});
    window.app.request(SessionRequest::Finish);
    window.measure("overview", IDLE_INTERVAL, |_, _| {});
}

/// The time of a frame.
struct FrameTime {
    wall: Duration,
    cpu: Duration,
}

/// The 50th and the 99th percentile, in milliseconds.
fn percentiles(mut times: Vec<Duration>) -> [f64; 2] {
    times.sort();
    [0.50, 0.99].map(|share| {
        let index = ((times.len() - 1) as f64 * share).round() as usize;
        times[index].as_secs_f64() * 1000.0
    })
}

fn print_times(screen: &str, times: &[FrameTime]) {
    let [wall_50, wall_99] = percentiles(times.iter().map(|time| time.wall).collect());
    let [cpu_50, cpu_99] = percentiles(times.iter().map(|time| time.cpu).collect());
    println!("frames {screen} {wall_50:.2} {wall_99:.2} cpu {cpu_50:.2} {cpu_99:.2}");
}

/// The content of the window, with an egui context of its own.
struct Window {
    ctx: Context,
    app: App,
    started: Instant,
    /// Whether the window handles what happens in the background.
    pumps: bool,
    events: Vec<Event>,
}

impl Window {
    fn open(folder: &Path, speech: PathBuf) -> Self {
        let config = Config {
            data: Some(folder.join("data")),
            source: Some(AudioSource::File(speech, FilePacing::RealTime)),
            model: None,
            channel: None,
            isolation: Isolation::InProcess,
        };
        let ctx = Context::default();
        theme::install(&ctx);
        let controller = Controller::start(config, || {}).expect("a data folder");
        Self {
            ctx,
            app: App::new(controller, None),
            started: Instant::now(),
            pumps: true,
            events: Vec::new(),
        }
    }

    /// Draws a frame, and returns its time.
    fn frame(&mut self) -> FrameTime {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(1280.0, 800.0))),
            time: Some(self.started.elapsed().as_secs_f64()),
            focused: true,
            events: std::mem::take(&mut self.events),
            ..RawInput::default()
        };
        let (wall, cpu) = (Instant::now(), ThreadTime::now());
        let mut output = self.ctx.run_ui(input, |ui| {
            if self.pumps {
                self.app.pump(ui.ctx());
            }
            self.app.ui(ui);
        });
        // Nothing is painted.
        output.textures_delta.clear();
        let primitives = self.ctx.tessellate(output.shapes, output.pixels_per_point);
        let time = FrameTime {
            wall: wall.elapsed(),
            cpu: cpu.elapsed(),
        };
        assert!(!primitives.is_empty(), "nothing was drawn");
        assert!(output.viewport_output.contains_key(&ViewportId::ROOT));
        time
    }

    /// Draws frames, each after a call of `update`, and prints their times.
    fn measure(
        &mut self,
        screen: &str,
        interval: Duration,
        mut update: impl FnMut(&mut App, usize),
    ) {
        let times: Vec<FrameTime> = (0..FRAMES)
            .map(|frame| {
                std::thread::sleep(interval);
                update(&mut self.app, frame);
                self.frame()
            })
            .collect();
        print_times(screen, &times);
    }

    fn press(&mut self, key: Key) {
        self.events.push(Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::NONE,
        });
        self.frame();
    }

    fn draw_until(&mut self, is_done: impl Fn(&App) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while !is_done(&self.app) {
            assert!(
                Instant::now() < deadline,
                "timed out on the way to a screen"
            );
            std::thread::sleep(SPEAKING_INTERVAL);
            self.frame();
        }
    }

    fn take(&self) -> TakeId {
        match stage(&self.app) {
            Some(Stage::Answering { take, .. }) => take.id.clone(),
            stage => panic!("no answer is recorded: {stage:?}"),
        }
    }
}

fn stage(app: &App) -> Option<&Stage> {
    app.controller().session().map(Session::stage)
}

/// A caption of this many words, the last of which are tentative.
fn caption(word_count: usize) -> Caption {
    let mut confirmed = words(word_count);
    let tentative = confirmed.split_off(word_count.saturating_sub(6));
    let tentative: Vec<String> = tentative.into_iter().map(|word| word.text).collect();
    Caption {
        confirmed,
        tentative: tentative.join(" "),
    }
}

/// Words of a story, 150 per minute, repeated until there are `count`.
fn words(count: usize) -> Vec<Word> {
    let (stories, _) = starling::storage::story_library::stories(Path::new("/nonexistent"));
    let story = &stories[0];
    let parts = SectionKind::ALL.map(Part::Section);
    let briefs = parts
        .iter()
        .filter_map(|part| story.brief(*part, story.level));
    let examples: Vec<_> = briefs.map(|brief| brief.strong).collect();
    let text = examples.join(" ");
    let word = |(index, text): (usize, &str)| Word {
        text: text.to_owned(),
        start: index as f64 * 0.4,
        end: index as f64 * 0.4 + 0.3,
        confidence: 0.9,
    };
    let texts = text.split_whitespace().cycle().take(count);
    texts.enumerate().map(word).collect()
}

/// Writes clips of the tests one after the other until there are this many seconds.
fn write_speech(path: &Path, seconds: f64) {
    let clips = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/audio");
    let names = [
        "strong_task_joe",
        "strong_situation_joe",
        "strong_result_joe",
    ];
    let clips = names.map(|name| {
        let clip = clips.join(name).with_extension("flac");
        audio::decode_file(&clip).expect("a clip").samples
    });
    let format = hound::WavSpec {
        channels: 1,
        sample_rate: RATE_HZ,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(path, format).expect("space");
    let mut samples_left = (seconds * f64::from(RATE_HZ)) as i64;
    for sample in clips.iter().cycle().flatten() {
        let sample = (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16;
        wav.write_sample(sample).expect("space");
        samples_left -= 1;
        if samples_left == 0 {
            break;
        }
    }
    wav.finalize().expect("space");
}
