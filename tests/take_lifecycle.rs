//! Takes in sequence in one process, without window and command line: cancelled takes, a recognizer that
//! crashes or hangs, closing during a transcription, and memory.
#![allow(clippy::expect_used, reason = "a failed test panics")]

mod common;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use common::process::{recognizer_pids, resident_mb, send_signal};
use common::scheduling::serial_lock;
use common::{STARLING, clip, temp_folder, wait_until};
use starling::app::{Config, Controller, ModelState, Notification};
use starling::asr::{Engine, Isolation};
use starling::audio;
use starling::audio::{AudioSource, FilePacing};
use starling::domain::story::Part;
use starling::domain::take::TakeId;
use starling::practice::session::{SessionRequest, Stage};

const RATE_HZ: usize = 16_000;
const SHORT_SECS: usize = 3;
const MEDIUM_SECS: usize = 50;
/// Transcribing this takes many times as long as any limit below.
const LONG_SECS: usize = 400;
const POLL: Duration = Duration::from_millis(5);
/// Longest wait for anything, also on a slow machine.
const TIMEOUT: Duration = Duration::from_secs(300);
/// Longest time that closing may take.
const CLOSES_WITHIN: Duration = Duration::from_secs(5);
/// How long the program is watched for something that must not happen.
const WATCH: Duration = Duration::from_secs(1);

#[test]
fn cancelled_take_stays_untranscribed_and_the_next_one_is_transcribed_immediately() {
    let _lock = serial_lock();
    let mut practice = Practice::start(SHORT_SECS);
    let started = Instant::now();
    let first = practice.complete_take();
    let short_take = started.elapsed();

    practice.speak(LONG_SECS);
    let cancelled = practice.start_take_until_transcribing();
    practice.controller.request(SessionRequest::Cancel);
    practice.speak(SHORT_SECS);
    let started = Instant::now();
    let second = practice.complete_take();
    // Transcribing the long take to its end takes at least ten times as long, on any machine.
    let limit = 20 * short_take + Duration::from_secs(5);
    let elapsed = started.elapsed();
    assert!(
        elapsed < limit,
        "the take after a cancelled one took {elapsed:?}; limit: {limit:?}"
    );

    practice.run_for(WATCH);
    assert_eq!(practice.with_feedback, [first.clone(), second.clone()]);
    let session = practice.controller.session().expect("a session");
    let reviewed = session.reviewed(0).expect("feedback");
    assert_eq!(reviewed.take.id, second);
    assert_eq!(
        practice.text(&cancelled),
        None,
        "text of the cancelled take"
    );
    assert_eq!(practice.text(&first), practice.text(&second));
    let wav = practice.controller.store().wav(&cancelled);
    let saved = audio::decode_file(&wav).expect("audio of the cancelled take");
    assert_eq!(saved.samples.len(), LONG_SECS * RATE_HZ);
}

#[test]
fn closing_during_a_transcription_does_not_wait_for_it() {
    let _lock = serial_lock();
    let mut practice = Practice::start(LONG_SECS / 2);
    practice.start_take_until_transcribing();
    practice.close_in_time();
}

#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_from_take_to_take() {
    let _lock = serial_lock();
    let mut practice = Practice::start(SHORT_SECS);
    // The highest of several takes: a second pass needs memory that is returned some time later.
    let mut highest_mb = |takes: usize| {
        let each = (0..takes).map(|_| {
            practice.complete_take();
            resident_mb(std::process::id())
        });
        each.fold(0.0, f64::max)
    };
    let before = highest_mb(6);
    let after = highest_mb(20);
    // A decoding state has at least 5 MB. Twenty leaked ones would exceed the limit twice.
    assert!(
        after < before + 50.0,
        "memory grew from {before:.0} MB to {after:.0} MB"
    );
}

/// For example if ggml aborts, an instruction is not supported or memory runs out.
#[cfg(target_os = "linux")]
#[test]
fn take_is_transcribed_although_the_recognizer_crashes() {
    let _lock = serial_lock();
    let mut practice = Practice::start(MEDIUM_SECS);
    let undisturbed = practice.complete_take();
    for signal in ["ABRT", "ILL", "KILL"] {
        let take = practice.start_take_until_transcribing();
        let first = recognizer_pid();
        send_signal(first, signal);
        practice.wait_for_feedback(2);
        assert_eq!(practice.with_feedback.pop(), Some(take.clone()), "{signal}");
        assert_eq!(
            practice.text(&take),
            practice.text(&undisturbed),
            "text after {signal}"
        );
        assert_ne!(recognizer_pid(), first, "recognizer survived {signal}");
    }
    drop(practice);
    wait_until("the end of the recognizer", TIMEOUT, || {
        recognizer_pids(std::process::id()).is_empty().then_some(())
    });
}

#[cfg(target_os = "linux")]
#[test]
fn recognizer_that_keeps_crashing_is_reported_and_the_audio_is_kept() {
    let _lock = serial_lock();
    let mut practice = Practice::start(MEDIUM_SECS);
    let take = practice.start_take_until_transcribing();
    let why = practice.run_until("a report of the crashes", |practice| {
        for pid in recognizer_pids(std::process::id()) {
            send_signal(pid, "ABRT");
        }
        match practice.stage() {
            Stage::Untranscribed { take: left, why } if left.id == take => Some(why.clone()),
            Stage::Untranscribed { take: left, .. } => panic!("another take failed: {}", left.id),
            _ => None,
        }
    });
    assert!(why.contains("crashed (signal: 6"), "{why}");
    // After the crashes end, the same take can be transcribed.
    practice.controller.request(SessionRequest::Retry);
    practice.wait_for_feedback(1);
    assert_eq!(practice.with_feedback, std::slice::from_ref(&take));
    let text = practice.text(&take).expect("a transcript");
    assert!(text.len() > 60, "transcript after a retry: {text}");
}

#[cfg(target_os = "linux")]
#[test]
fn closing_does_not_wait_for_a_hung_recognizer() {
    let _lock = serial_lock();
    let mut practice = Practice::start(MEDIUM_SECS);
    practice.start_take_until_transcribing();
    let hung = recognizer_pid();
    send_signal(hung, "STOP");
    practice.run_for(WATCH);
    // The user cancels and starts the next take immediately. Its first window does not fit into the pipe, so
    // the thread that sends it blocks; nothing shows when.
    practice.controller.request(SessionRequest::Cancel);
    practice.controller.start_take();
    practice.run_for(WATCH);
    practice.close_in_time();
    // The thread that kills the process is not waited for either.
    let process = PathBuf::from(format!("/proc/{hung}"));
    wait_until("the end of the hung recognizer", TIMEOUT, || {
        (!process.exists()).then_some(())
    });
}

#[cfg(target_os = "linux")]
#[test]
fn hung_recognizer_is_replaced_for_the_next_take() {
    let _lock = serial_lock();
    let mut practice = Practice::start(MEDIUM_SECS);
    let cancelled = practice.start_take_until_transcribing();
    let hung = recognizer_pid();
    send_signal(hung, "STOP");
    practice.run_for(WATCH);
    practice.controller.request(SessionRequest::Cancel);
    practice.speak(SHORT_SECS);
    let next = practice.complete_take();
    let text = practice.text(&next).expect("a transcript");
    assert!(
        !text.is_empty(),
        "the take after a hung recognizer is empty"
    );
    assert_eq!(
        practice.text(&cancelled),
        None,
        "text of the cancelled take"
    );
    assert_ne!(recognizer_pid(), hung, "the recognizer was not replaced");
}

/// The file passes all checks of this program, and ggml aborts on it.
#[test]
fn model_file_that_aborts_the_recognizer_is_named() {
    let _lock = serial_lock();
    let folder = temp_folder();
    let model = folder.path().join("ggml-junk.bin");
    // The magic number of a ggml file, and 0x55 in all numbers that follow.
    let mut junk = b"lmgg".to_vec();
    junk.resize(1 << 20, 0x55);
    std::fs::write(&model, junk).expect("a model file");
    let vad = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/ggml-silero-v6.2.0.bin");
    let loaded = Engine::load(
        &model.as_path().into(),
        &vad.as_path().into(),
        1,
        &Isolation::Subprocess(STARLING.into()),
    );
    let why = loaded.err().expect("an error").to_string();
    assert!(
        why.starts_with("cannot load speech model") && why.contains("ggml-junk.bin"),
        "{why}"
    );
}

/// The only recognizer process of this test program.
#[cfg(target_os = "linux")]
fn recognizer_pid() -> u32 {
    let pids = recognizer_pids(std::process::id());
    assert_eq!(pids.len(), 1, "recognizer processes: {pids:?}");
    pids[0]
}

/// A practice of the whole answer, with a file as the microphone.
struct Practice {
    controller: Controller,
    /// Takes with feedback, in the order of the notifications.
    with_feedback: Vec<TakeId>,
    microphone: PathBuf,
    _folder: tempfile::TempDir,
}

impl Practice {
    /// Starts a practice whose microphone speaks for `secs`.
    fn start(secs: usize) -> Self {
        let folder = temp_folder();
        let microphone = folder.path().join("microphone.wav");
        write_speech(secs, &microphone);
        let config = Config {
            data: Some(folder.path().join("data")),
            source: Some(AudioSource::File(
                microphone.clone(),
                FilePacing::Unthrottled,
            )),
            model: None,
            channel: None,
            isolation: Isolation::Subprocess(STARLING.into()),
        };
        let mut controller = Controller::start(config, || {}).expect("a data folder");
        while *controller.model() == ModelState::Loading {
            controller.wait(POLL);
        }
        let story = controller.stories()[0].clone();
        let level = story.level;
        controller.start_practice(story, vec![Part::Whole], level);
        Self {
            controller,
            with_feedback: Vec::new(),
            microphone,
            _folder: folder,
        }
    }

    /// Makes the microphone speak for `secs` in the next take.
    fn speak(&self, secs: usize) {
        write_speech(secs, &self.microphone);
    }

    /// Records a take and waits for its feedback.
    fn complete_take(&mut self) -> TakeId {
        let count = self.with_feedback.len();
        self.controller.start_take();
        self.wait_for_feedback(count + 1);
        self.with_feedback[count].clone()
    }

    /// Starts a take and waits until a part of it is transcribed.
    fn start_take_until_transcribing(&mut self) -> TakeId {
        self.controller.start_take();
        self.run_until("the start of a transcription", |practice| {
            let Stage::Transcribing {
                take,
                progress: Some(progress),
            } = practice.stage()
            else {
                return None;
            };
            assert!(*progress < 0.9, "already transcribed: {progress}");
            (*progress > 0.0).then(|| take.id.clone())
        })
    }

    fn wait_for_feedback(&mut self, takes: usize) {
        self.run_until("feedback", |practice| {
            (practice.with_feedback.len() >= takes).then_some(())
        });
    }

    /// Transcript of a take in the take database, which is written after the feedback is shown.
    fn text(&mut self, take: &TakeId) -> Option<String> {
        self.run_once();
        let take_db = self.controller.take_db().expect("an open take database");
        let transcription = take_db.take(take).expect("a stored take").transcription;
        transcription.map(|transcription| transcription.transcript.text())
    }

    fn stage(&self) -> &Stage {
        self.controller.session().expect("a session").stage()
    }

    /// Handles events until `check` returns a value.
    fn run_until<T>(&mut self, what: &str, check: impl Fn(&Self) -> Option<T>) -> T {
        let end = Instant::now() + TIMEOUT;
        loop {
            self.run_once();
            if let Some(value) = check(self) {
                return value;
            }
            assert!(Instant::now() < end, "waited {TIMEOUT:?} for {what}");
        }
    }

    fn run_for(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while Instant::now() < end {
            self.run_once();
        }
    }

    fn run_once(&mut self) {
        self.controller.wait(POLL);
        for notification in self.controller.take_notifications() {
            match notification {
                Notification::FeedbackReady(take, _) => self.with_feedback.push(take),
                Notification::Problem(message) => panic!("{message}"),
                _ => {}
            }
        }
    }

    fn close_in_time(self) {
        let started = Instant::now();
        drop(self);
        let elapsed = started.elapsed();
        assert!(elapsed < CLOSES_WITHIN, "closing took {elapsed:?}");
    }
}

/// Replaces `wav` with `secs` of speech.
fn write_speech(secs: usize, wav: &Path) {
    let speech = audio::decode_file(&clip("strong_task_joe.flac")).expect("a clip");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: RATE_HZ as u32,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let temporary = wav.with_extension("new");
    let mut out = hound::WavWriter::create(&temporary, spec).expect("a WAV file");
    for sample in speech.samples.iter().cycle().take(secs * RATE_HZ) {
        let sample = sample * f32::from(i16::MAX);
        out.write_sample(sample as i16).expect("a sample on disk");
    }
    out.finalize().expect("a complete WAV file");
    std::fs::rename(&temporary, wav).expect("the file is replaced");
}
