//! Take after take in one process: what is cancelled stays away, nothing waits for it, nothing is left
//! behind by it.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]

mod common;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use common::machine::{recognisers, resident_mb, serial_lock, signal, wait_until};
use common::{STARLING, clip};
use starling::app::{Config, Controller, ModelState, Notification};
use starling::asr::{Engine, Isolation};
use starling::audio;
use starling::audio::{AudioSource, FilePacing};
use starling::domain::story::Part;
use starling::domain::take::TakeId;
use starling::practice::session::{SessionRequest, Stage};

const RATE_HZ: usize = 16_000;
const SHORT_SECONDS: usize = 3;
const MIDDLING_SECONDS: usize = 50;
/// Hearing this takes many times as long as anything that is waited for here.
const LONG_SECONDS: usize = 400;
const TURN: Duration = Duration::from_millis(5);
/// Nothing here takes longer.
const PATIENCE: Duration = Duration::from_secs(300);

#[test]
fn a_cancelled_take_stays_away_and_the_next_one_is_heard_at_once() {
    let _alone = serial_lock();
    let folder = tempfile::tempdir().expect("a folder");
    let speaks = folder.path().join("speaks.wav");
    let mut practice = Practice::of(&speaks, folder.path());

    speak_for(SHORT_SECONDS, &speaks);
    let began = Instant::now();
    let first = practice.take();
    let took = began.elapsed();

    speak_for(LONG_SECONDS, &speaks);
    let cancelled = practice.until_it_hears();
    practice.runtime.request(SessionRequest::Cancel);
    speak_for(SHORT_SECONDS, &speaks);
    let began = Instant::now();
    let second = practice.take();
    // To hear the long one out takes ten times as long, on any machine.
    let at_most = 20 * took + Duration::from_secs(5);
    assert!(began.elapsed() < at_most, "{:?}", began.elapsed());

    // Nothing of the cancelled one comes after all.
    practice.pump_for(Duration::from_secs(1));
    assert_eq!(practice.heard, [first.clone(), second.clone()]);
    let session = practice.runtime.session().expect("it goes on");
    let reviewed = session.reviewed(0).expect("there is feedback");
    assert_eq!(reviewed.take.id, second);
    let store = practice.runtime.store().clone();
    assert_eq!(practice.words(&cancelled), None);
    assert_eq!(practice.words(&first), practice.words(&second));
    // Its sound is all there.
    let kept = audio::decode_file(&store.wav(&cancelled)).expect("it is kept");
    assert_eq!(kept.samples.len(), LONG_SECONDS * RATE_HZ);
}

#[test]
fn who_closes_in_the_middle_of_hearing_does_not_wait_for_it() {
    let _alone = serial_lock();
    let folder = tempfile::tempdir().expect("a folder");
    let speaks = folder.path().join("speaks.wav");
    speak_for(LONG_SECONDS / 2, &speaks);
    let mut practice = Practice::of(&speaks, folder.path());
    practice.until_it_hears();
    let began = Instant::now();
    drop(practice);
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
}

#[cfg(target_os = "linux")]
#[test]
fn take_after_take_the_memory_stays_the_same() {
    let _alone = serial_lock();
    let folder = tempfile::tempdir().expect("a folder");
    let speaks = folder.path().join("speaks.wav");
    speak_for(SHORT_SECONDS, &speaks);
    let mut practice = Practice::of(&speaks, folder.path());
    // The most of some takes: a second look has memory of its own, which is given back at some time.
    let mut resident = |takes: usize| {
        let each = (0..takes).map(|_| {
            practice.take();
            resident_mb(std::process::id())
        });
        each.fold(0.0, f64::max)
    };
    let before = resident(6);
    let after = resident(20);
    // A decoding state is 5 MB at the least: twenty of them would be twice this.
    assert!(after < before + 50.0, "{before:.0} MB, then {after:.0} MB");
}

/// ggml aborts, the processor does not know an instruction, the memory is full: the process in which
/// speech is recognised ends, and nobody notices.
#[cfg(target_os = "linux")]
#[test]
fn however_the_recogniser_ends_the_take_is_heard() {
    let _alone = serial_lock();
    let folder = tempfile::tempdir().expect("a folder");
    let speaks = folder.path().join("speaks.wav");
    speak_for(MIDDLING_SECONDS, &speaks);
    let mut practice = Practice::of(&speaks, folder.path());
    let undisturbed = practice.take();
    for how in ["ABRT", "ILL", "KILL"] {
        let take = practice.until_it_hears();
        let first = the_recogniser();
        signal(first, how);
        practice.until_heard(2);
        assert_eq!(practice.heard.pop(), Some(take.clone()), "{how}");
        assert_eq!(practice.words(&take), practice.words(&undisturbed), "{how}");
        assert_ne!(the_recogniser(), first, "{how}: it did not end");
    }
    drop(practice);
    wait_until("the end of the recogniser", PATIENCE, || {
        recognisers(std::process::id()).is_empty().then_some(())
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_recogniser_that_ends_again_and_again_is_told_and_costs_no_sound() {
    let _alone = serial_lock();
    let folder = tempfile::tempdir().expect("a folder");
    let speaks = folder.path().join("speaks.wav");
    speak_for(MIDDLING_SECONDS, &speaks);
    let mut practice = Practice::of(&speaks, folder.path());
    let take = practice.until_it_hears();
    let end = Instant::now() + PATIENCE;
    let why = loop {
        assert!(Instant::now() < end, "nothing was told");
        for pid in recognisers(std::process::id()) {
            signal(pid, "ABRT");
        }
        practice.turn();
        let stage = practice.runtime.session().expect("a practice").stage();
        if let Stage::Untranscribed { take: left, why } = stage {
            assert_eq!(left.id, take);
            break why.clone();
        }
    };
    assert!(why.contains("crashed (signal: 6"), "{why}");
    // Once it no longer does, the same take is heard.
    practice.runtime.request(SessionRequest::Retry);
    practice.until_heard(1);
    assert_eq!(practice.heard, std::slice::from_ref(&take));
    assert!(practice.words(&take).is_some_and(|words| words.len() > 60));
}

#[cfg(target_os = "linux")]
#[test]
fn nobody_waits_for_a_recogniser_that_hangs() {
    let _alone = serial_lock();
    let folder = tempfile::tempdir().expect("a folder");
    let speaks = folder.path().join("speaks.wav");
    speak_for(MIDDLING_SECONDS, &speaks);
    let mut practice = Practice::of(&speaks, folder.path());
    practice.until_it_hears();
    let hangs = the_recogniser();
    signal(hangs, "STOP");
    practice.pump_for(Duration::from_secs(1));
    // Given up, and asked for the next take at once: a window is more than a pipe holds.
    practice.runtime.request(SessionRequest::Cancel);
    practice.runtime.start_take();
    practice.pump_for(Duration::from_secs(1));
    let began = Instant::now();
    drop(practice);
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
    // Its thread, which ends it, is not waited for either.
    let end = Instant::now() + PATIENCE;
    while Path::new(&format!("/proc/{hangs}")).exists() {
        assert!(Instant::now() < end, "it is left");
        std::thread::sleep(TURN);
    }
}

/// ... nor does the next take, which a new one hears.
#[cfg(target_os = "linux")]
#[test]
fn a_recogniser_that_hangs_is_replaced() {
    let _alone = serial_lock();
    let folder = tempfile::tempdir().expect("a folder");
    let speaks = folder.path().join("speaks.wav");
    speak_for(MIDDLING_SECONDS, &speaks);
    let mut practice = Practice::of(&speaks, folder.path());
    let cancelled = practice.until_it_hears();
    let hangs = the_recogniser();
    signal(hangs, "STOP");
    practice.pump_for(Duration::from_secs(1));
    practice.runtime.request(SessionRequest::Cancel);
    speak_for(SHORT_SECONDS, &speaks);
    let next = practice.take();
    assert!(practice.words(&next).is_some_and(|words| !words.is_empty()));
    assert_eq!(practice.words(&cancelled), None);
    assert_ne!(the_recogniser(), hangs, "it was not replaced");
}

/// A file that ggml aborts on, past every check of ours.
#[test]
fn a_file_that_ends_the_recogniser_is_named() {
    let _alone = serial_lock();
    let folder = tempfile::tempdir().expect("a folder");
    let model = folder.path().join("ggml-junk.bin");
    // A ggml file by its first bytes; 0x55 in all numbers that follow.
    let mut junk = b"lmgg".to_vec();
    junk.resize(1 << 20, 0x55);
    std::fs::write(&model, junk).expect("room");
    let vad = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/ggml-silero-v6.2.0.bin");
    let loaded = Engine::load(&model, &vad, 1, &Isolation::Subprocess(STARLING.into()));
    let why = loaded.err().expect("it is none").to_string();
    assert!(
        why.starts_with("cannot load speech model") && why.contains("ggml-junk.bin"),
        "{why}"
    );
}

/// The one process that recognises speech for this one.
#[cfg(target_os = "linux")]
fn the_recogniser() -> u32 {
    let all = recognisers(std::process::id());
    assert_eq!(all.len(), 1, "{all:?}");
    all[0]
}

/// The program without window and command line, in front of a file that speaks.
struct Practice {
    runtime: Controller,
    /// The takes with feedback, in the order in which it came.
    heard: Vec<TakeId>,
}

impl Practice {
    fn of(speaks: &Path, folder: &Path) -> Self {
        let config = Config {
            data: Some(folder.join("data")),
            source: Some(AudioSource::File(
                PathBuf::from(speaks),
                FilePacing::Unthrottled,
            )),
            model: None,
            isolation: Isolation::Subprocess(STARLING.into()),
        };
        let mut runtime = Controller::start(config, || {}).expect("a data folder");
        while *runtime.model() == ModelState::Loading {
            runtime.wait(TURN);
        }
        let story = runtime.stories()[0].clone();
        let (part, level) = (Part::Whole, story.level);
        runtime.start_practice(story, vec![part], level);
        Self {
            runtime,
            heard: Vec::new(),
        }
    }

    /// A take, to its feedback.
    fn take(&mut self) -> TakeId {
        let known = self.heard.len();
        self.runtime.start_take();
        self.until_heard(known + 1);
        self.heard[known].clone()
    }

    /// Waits until so many takes have feedback.
    fn until_heard(&mut self, takes: usize) {
        let end = Instant::now() + PATIENCE;
        while self.heard.len() < takes {
            assert!(Instant::now() < end, "no feedback came");
            self.turn();
        }
    }

    /// What was heard in a take; it is written down when it was shown.
    fn words(&mut self, take: &TakeId) -> Option<String> {
        self.turn();
        let journal = self.runtime.take_db().expect("it is open");
        let heard = journal.take(take).expect("it is kept").transcription;
        heard.map(|heard| heard.transcript.text())
    }

    /// Starts a take, and waits until it is recorded and part of it is heard.
    fn until_it_hears(&mut self) -> TakeId {
        self.runtime.start_take();
        let end = Instant::now() + PATIENCE;
        loop {
            assert!(Instant::now() < end, "no hearing began");
            self.turn();
            let stage = self.runtime.session().expect("a practice").stage();
            if let Stage::Transcribing {
                take,
                progress: Some(share),
            } = stage
                && *share > 0.0
            {
                assert!(*share < 0.9, "{share} of it is heard already");
                return take.id.clone();
            }
        }
    }

    fn pump_for(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while Instant::now() < end {
            self.turn();
        }
    }

    fn turn(&mut self) {
        self.runtime.wait(TURN);
        for news in self.runtime.take_notifications() {
            match news {
                Notification::FeedbackReady(take, _) => self.heard.push(take),
                Notification::Problem(what) => panic!("{what}"),
                _ => {}
            }
        }
    }
}

/// Writes a file in which somebody speaks for so long, in place of the one that was there.
fn speak_for(seconds: usize, wav: &Path) {
    let said = audio::decode_file(&clip("strong_task_joe.flac"))
        .expect("a clip")
        .samples;
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: RATE_HZ as u32,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let aside = wav.with_extension("aside");
    let mut out = hound::WavWriter::create(&aside, spec).expect("a place for it");
    for sample in said.iter().cycle().take(seconds * RATE_HZ) {
        let sample = sample * f32::from(i16::MAX);
        out.write_sample(sample as i16).expect("room on the disk");
    }
    out.finalize().expect("room on the disk");
    std::fs::rename(&aside, wav).expect("it can be replaced");
}
