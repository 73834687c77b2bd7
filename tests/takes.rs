//! Take after take in one process: what is cancelled stays away, nothing waits for it, nothing is left
//! behind by it.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]

mod common;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use common::clip;
use starling::audio::{self, Pace, Source};
use starling::coach::session::{Input, Stage};
use starling::coach::story::Part;
use starling::coach::take::TakeId;
use starling::runtime::{Config, ModelState, News, Runtime};

const RATE_HZ: usize = 16_000;
const SHORT_SECONDS: usize = 3;
/// Hearing this takes many times as long as anything that is waited for here.
const LONG_SECONDS: usize = 900;
const TURN: Duration = Duration::from_millis(5);
/// Nothing here takes longer.
const PATIENCE: Duration = Duration::from_secs(300);

/// The memory is the whole process's.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn a_cancelled_take_stays_away_and_the_next_one_is_heard_at_once() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let speaks = folder.path().join("speaks.wav");
    let mut practice = Practice::of(&speaks, folder.path());

    speak_for(SHORT_SECONDS, &speaks);
    let began = Instant::now();
    let first = practice.take();
    let took = began.elapsed();

    speak_for(LONG_SECONDS, &speaks);
    let cancelled = practice.until_it_hears();
    practice.runtime.handle(Input::Cancel);
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
    let store = practice.runtime.store();
    let journal = practice.runtime.journal().expect("it is open");
    let words = |take: &TakeId| {
        let heard = journal.take(take).expect("it is kept").heard;
        heard.map(|heard| heard.transcript.text())
    };
    assert_eq!(words(&cancelled), None);
    assert_eq!(words(&first), words(&second));
    // Its sound is all there.
    let kept = audio::read(&store.wav(&cancelled)).expect("it is kept");
    assert_eq!(kept.samples.len(), LONG_SECONDS * RATE_HZ);
}

#[test]
fn who_closes_in_the_middle_of_hearing_does_not_wait_for_it() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let speaks = folder.path().join("speaks.wav");
    speak_for(LONG_SECONDS, &speaks);
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
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let speaks = folder.path().join("speaks.wav");
    speak_for(SHORT_SECONDS, &speaks);
    let mut practice = Practice::of(&speaks, folder.path());
    let mut resident = |takes: usize| {
        for _ in 0..takes {
            practice.take();
        }
        resident_mb()
    };
    let before = resident(10);
    let after = resident(30);
    // A decoding state is 5 MB at the least: thirty of them would be three times this.
    assert!(after < before + 50.0, "{before:.0} MB, then {after:.0} MB");
}

/// The program without window and command line, in front of a file that speaks.
struct Practice {
    runtime: Runtime,
    /// The takes with feedback, in the order in which it came.
    heard: Vec<TakeId>,
}

impl Practice {
    fn of(speaks: &Path, folder: &Path) -> Self {
        let config = Config {
            data: Some(folder.join("data")),
            source: Some(Source::File(PathBuf::from(speaks), Pace::Fast)),
            model: None,
        };
        let mut runtime = Runtime::start(config, || {}).expect("a data folder");
        while *runtime.model() == ModelState::Loading {
            runtime.wait(TURN);
        }
        let story = runtime.stories()[0].clone();
        let (part, level) = (Part::Whole, story.level);
        runtime.practise(story, vec![part], level);
        Self {
            runtime,
            heard: Vec::new(),
        }
    }

    /// A take, to its feedback.
    fn take(&mut self) -> TakeId {
        let known = self.heard.len();
        self.runtime.start_take();
        let end = Instant::now() + PATIENCE;
        while self.heard.len() == known {
            assert!(Instant::now() < end, "no feedback came");
            self.turn();
        }
        self.heard[known].clone()
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
        for news in self.runtime.take_news() {
            match news {
                News::FeedbackReady(take, _) => self.heard.push(take),
                News::Problem(what) => panic!("{what}"),
                _ => {}
            }
        }
    }
}

/// Writes a file in which somebody speaks for so long, in place of the one that was there.
fn speak_for(seconds: usize, wav: &Path) {
    let said = audio::read(&clip("strong_task_joe.flac"))
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

/// What the process has in memory.
#[cfg(target_os = "linux")]
fn resident_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kb = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kb.and_then(|kb| kb.trim().parse::<f64>().ok())
        .expect("a figure")
        / 1024.0
}
