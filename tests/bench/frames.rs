//! How long the window's own work for a frame takes: what the app thinks, lays out and turns into
//! triangles, without the painting, which is the graphics driver's. `cargo run --release --example
//! frames`, with `past 5000` behind it for nothing but the history, of so many takes; prints a line a screen: `frames SCREEN p50_ms p99_ms cpu p50_ms p99_ms`, by the clock on
//! the wall and by that of the thread, which does not run while others have the processor.
//!
//! Everything is the real thing but the screen: somebody speaks clips into the recorder at the pace
//! of speech while the frames of the speaking screen are measured, so that recording, levels and
//! decoding go on beside them. The words are those of a three-minute answer, handed in as a
//! recogniser would: a few more with each caption. Of the history a line `past` tells the milliseconds to
//! open the journal, from the key to the list, and from the key to the whole chart.
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

#[path = "../common/history_fixture.rs"]
mod history_fixture;

/// As often as levels and captions come while somebody speaks.
const PAUSE: Duration = Duration::from_millis(33);
/// Between two frames where nobody does.
const SHORT_PAUSE: Duration = Duration::from_millis(4);
const FRAMES: usize = 500;
/// Three minutes at a lively pace.
const WORDS: usize = 450;
/// What `audio::read` gives.
const RATE_HZ: u32 = 16_000;
/// A new caption in so many frames.
const CAPTION_EVERY: usize = 10;
/// In the history, where no other number is asked for.
const TAKES: usize = 1000;

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    match &asked[..] {
        [past, takes] if past == "past" => history(takes.parse().expect("a number")),
        _ => {
            practice();
            history(TAKES);
        }
    }
}

/// The takes of the past, and their trends from the first reading to the last.
fn history(takes: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::at(Some(folder.path().join("data"))).expect("a folder");
    let (stories, _) = starling::storage::story_library::stories(Path::new("/nonexistent"));
    let ids = history_fixture::practised(&store, &stories[0], takes, 9);
    let ms = |since: Instant| 1000.0 * since.elapsed().as_secs_f64();

    let began = Instant::now();
    drop(store.open_take_db().expect("a journal"));
    let open_ms = ms(began);
    let mut window = Window::open(folder.path(), PathBuf::from("nothing is played.wav"));
    window.until(|app| *app.controller().model() != ModelState::Loading);
    let began = Instant::now();
    window.press(Key::H);
    window.frame();
    let list_ms = ms(began);
    window.measure("history", SHORT_PAUSE, |_, _| {});
    let (began, mut filling) = (Instant::now(), Vec::new());
    window.press(Key::T);
    let unread = |app: &App| {
        let known = ids.iter().map(|id| app.controller().metrics_of(id));
        known
            .filter(|known| matches!(known, Loaded::Pending))
            .count()
    };
    while unread(&window.app) > 0 {
        assert!(ms(began) < 600_000.0, "it never came");
        std::thread::sleep(SHORT_PAUSE);
        filling.push(window.frame());
    }
    let chart_ms = ms(began);
    tell("trends-filling", &filling);
    window.measure("trends", SHORT_PAUSE, |_, _| {});
    println!("past {takes} open {open_ms:.0} list {list_ms:.0} chart {chart_ms:.0}");
}

fn practice() {
    let folder = tempfile::tempdir().expect("a folder");
    let speech = folder.path().join("speech.wav");
    write_speech(&speech, PAUSE.as_secs_f64() * FRAMES as f64 * 2.0 + 10.0);
    let mut window = Window::open(folder.path(), speech);

    window.until(|app| *app.controller().model() == starling::app::ModelState::Ready);
    window.measure("home", SHORT_PAUSE, |_, _| {});
    window.press(Key::Enter);
    window.measure("ready", SHORT_PAUSE, |_, _| {});
    window.press(Key::Space);
    window.until(|app| matches!(stage(app), Some(Stage::Answering { .. })));
    let take = window.take();
    window.measure("answering", PAUSE, |_, _| {});
    // From here on it is told what happens, and takes in nothing else.
    window.pumps = false;
    window.measure("answering-at-3-min", PAUSE, |app, frame| {
        app.handle(SessionEvent::Recorded(
            take.clone(),
            180.0 + frame as f64 / 30.0,
        ));
        if frame.is_multiple_of(CAPTION_EVERY) {
            let heard = WORDS + frame / CAPTION_EVERY;
            app.handle(SessionEvent::Captioned(take.clone(), caption(heard)));
        }
    });
    // The review of that answer.
    window.press(Key::Space);
    let app = &mut window.app;
    app.handle(SessionEvent::RecordingSaved(take.clone(), Audio::default()));
    window.measure("transcribing", SHORT_PAUSE, |app, frame| {
        let share = frame as f32 / FRAMES as f32;
        app.handle(SessionEvent::Progressed(take.clone(), share));
    });
    let heard = Transcription {
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
    window
        .app
        .handle(SessionEvent::Transcribed(take.clone(), Box::new(heard)));
    window.measure("review", SHORT_PAUSE, |_, _| {});
    window.app.request(SessionRequest::Finish);
    window.measure("overview", SHORT_PAUSE, |_, _| {});
}

/// What a frame took.
struct Took {
    wall: Duration,
    cpu: Duration,
}

/// The 50th and the 99th, in milliseconds.
fn percentiles(mut times: Vec<Duration>) -> [f64; 2] {
    times.sort();
    [0.50, 0.99].map(|share| {
        let place = ((times.len() - 1) as f64 * share).round() as usize;
        times[place].as_secs_f64() * 1000.0
    })
}

fn tell(screen: &str, took: &[Took]) {
    let [wall_50, wall_99] = percentiles(took.iter().map(|took| took.wall).collect());
    let [cpu_50, cpu_99] = percentiles(took.iter().map(|took| took.cpu).collect());
    println!("frames {screen} {wall_50:.2} {wall_99:.2} cpu {cpu_50:.2} {cpu_99:.2}");
}

/// The app with a context of its own.
struct Window {
    ctx: Context,
    app: App,
    began: Instant,
    pumps: bool,
    events: Vec<Event>,
}

impl Window {
    fn open(folder: &Path, speech: PathBuf) -> Self {
        let config = Config {
            data: Some(folder.join("data")),
            source: Some(AudioSource::File(speech, FilePacing::RealTime)),
            model: None,
            isolation: Isolation::InProcess,
        };
        let ctx = Context::default();
        theme::install(&ctx);
        let runtime = Controller::start(config, || {}).expect("a data folder");
        Self {
            ctx,
            app: App::new(runtime, None),
            began: Instant::now(),
            pumps: true,
            events: Vec::new(),
        }
    }

    /// One frame, and what it took.
    fn frame(&mut self) -> Took {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(1280.0, 800.0))),
            time: Some(self.began.elapsed().as_secs_f64()),
            focused: true,
            events: std::mem::take(&mut self.events),
            ..RawInput::default()
        };
        let (begun, worked) = (Instant::now(), ThreadTime::now());
        let mut output = self.ctx.run_ui(input, |ui| {
            if self.pumps {
                self.app.pump(ui.ctx());
            }
            self.app.ui(ui);
        });
        // Nobody paints.
        output.textures_delta.clear();
        let drawn = self.ctx.tessellate(output.shapes, output.pixels_per_point);
        let took = Took {
            wall: begun.elapsed(),
            cpu: worked.elapsed(),
        };
        assert!(!drawn.is_empty(), "nothing was drawn");
        assert!(output.viewport_output.contains_key(&ViewportId::ROOT));
        took
    }

    /// Draws frames, each after `happens`, and prints what they took.
    fn measure(&mut self, screen: &str, pause: Duration, mut happens: impl FnMut(&mut App, usize)) {
        let took: Vec<Took> = (0..FRAMES)
            .map(|frame| {
                std::thread::sleep(pause);
                happens(&mut self.app, frame);
                self.frame()
            })
            .collect();
        tell(screen, &took);
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

    fn until(&mut self, enough: impl Fn(&App) -> bool) {
        let patience = Instant::now() + Duration::from_secs(60);
        while !enough(&self.app) {
            assert!(Instant::now() < patience, "it never came");
            std::thread::sleep(PAUSE);
            self.frame();
        }
    }

    fn take(&self) -> TakeId {
        match stage(&self.app) {
            Some(Stage::Answering { take, .. }) => take.id.clone(),
            stage => panic!("nobody answers: {stage:?}"),
        }
    }
}

fn stage(app: &App) -> Option<&Stage> {
    app.controller().session().map(Session::stage)
}

/// A caption of so many words, the newest of which may change.
fn caption(heard: usize) -> Caption {
    let mut firm = words(heard);
    let open = firm.split_off(heard.saturating_sub(6));
    let open: Vec<String> = open.into_iter().map(|word| word.text).collect();
    Caption {
        confirmed: firm,
        tentative: open.join(" "),
    }
}

/// So many words of a story, at 150 a minute, said as often as it takes.
fn words(count: usize) -> Vec<Word> {
    let (stories, _) = starling::storage::story_library::stories(Path::new("/nonexistent"));
    let story = &stories[0];
    let parts = SectionKind::ALL.map(Part::Section);
    let briefs = parts
        .iter()
        .filter_map(|part| story.brief(*part, story.level));
    let said: Vec<_> = briefs.map(|brief| brief.strong).collect();
    let said = said.join(" ");
    let word = |(at, text): (usize, &str)| Word {
        text: text.to_owned(),
        start: at as f64 * 0.4,
        end: at as f64 * 0.4 + 0.3,
        confidence: 0.9,
    };
    let texts = said.split_whitespace().cycle().take(count);
    texts.enumerate().map(word).collect()
}

/// The clips of the tests one after the other, for `secs` at least.
fn write_speech(path: &Path, secs: f64) {
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
    let mut wav = hound::WavWriter::create(path, format).expect("room");
    let mut left = (secs * f64::from(RATE_HZ)) as i64;
    for sample in clips.iter().cycle().flatten() {
        let sample = (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16;
        wav.write_sample(sample).expect("room");
        left -= 1;
        if left == 0 {
            break;
        }
    }
    wav.finalize().expect("room");
}
