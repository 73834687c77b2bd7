//! The program is killed (SIGKILL) in each phase of a practice, in real time. The next start finds the
//! take, at most a second of it is lost, and earlier takes are unchanged.
#![cfg(unix)]
#![allow(clippy::expect_used, reason = "a failed test panics")]

mod common;

use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use common::process::Program;
use common::{
    STARLING, clip_as_mic, documents, fast_rehearsal, plain, plain_words, run, starling,
    take_files, temp_folder, wait_until,
};
use serde_json::Value;
use starling::app::{Config, Controller};
use starling::domain::take::{Take, TakeId};
use starling::practice::session::Stage;
use starling::storage::{Store, TakeStatus};
use tempfile::TempDir;

const TASK_CLIP: &str = "strong_task_joe.flac";
/// Seconds of audio that a kill may cost.
const MAX_LOST_SECS: f64 = 1.0;
/// Shorter takes are not offered for recovery.
const MIN_OFFERED_SECS: f64 = 1.0;
/// Practices at the same time. Each of them transcribes while it records.
const PARALLEL: usize = 2;
const TIMEOUT: Duration = Duration::from_secs(120);

/// When the program is killed.
#[derive(Debug, Clone, Copy)]
enum Phase {
    Loading,
    CountIn,
    /// After this many seconds of the answer.
    Recording(f64),
    /// Just after the user stopped.
    Stop,
    Decoding,
    /// While a row is written: the write-ahead log grows.
    WritingRow,
    AfterFeedback,
}

const PHASES: [Phase; 10] = [
    Phase::Stop,
    Phase::Decoding,
    Phase::WritingRow,
    Phase::AfterFeedback,
    Phase::Recording(5.3),
    Phase::Recording(2.6),
    Phase::Recording(1.1),
    Phase::Recording(0.2),
    Phase::CountIn,
    Phase::Loading,
];

#[test]
fn take_is_found_and_earlier_takes_are_unchanged_whenever_the_program_is_killed() {
    let earlier = EarlierTake::record();
    let phases = Mutex::new(PHASES.to_vec()); // the threads below share it
    let next = || phases.lock().expect("no thread panicked").pop();
    std::thread::scope(|scope| {
        let run_phases = || {
            while let Some(phase) = next() {
                let data = earlier.copy();
                let spoken_secs = practice_until_killed(phase, data.path());
                let start = NextStart {
                    phase,
                    data: data.path(),
                };
                start.check_earlier_take(&earlier);
                match spoken_secs {
                    None => start.check_that_nothing_was_recorded(),
                    Some(secs) => start.check_killed_take(secs),
                }
            }
        };
        let threads: Vec<_> = (0..PARALLEL).map(|_| scope.spawn(run_phases)).collect();
        for thread in threads {
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
}

/// A data folder with one complete take.
struct EarlierTake {
    data: TempDir,
    take: Take,
    wav: Vec<u8>,
}

impl EarlierTake {
    fn record() -> Self {
        let data = temp_folder();
        run(starling(data.path()).args(fast_rehearsal("task", TASK_CLIP))).succeeds();
        let wav = take_files(data.path(), "wav").pop().expect("a take");
        Self {
            take: stored_take(data.path(), &id_of(&wav)),
            wav: fs::read(wav).expect("audio"),
            data,
        }
    }

    fn wav_name(&self) -> String {
        format!("takes/{}.wav", self.take.id)
    }

    fn copy(&self) -> TempDir {
        let copy = temp_folder();
        fs::create_dir(copy.path().join("takes")).expect("a folder");
        for file in ["journal.db", &self.wav_name()] {
            fs::copy(self.data.path().join(file), copy.path().join(file)).expect("a copy");
        }
        copy
    }
}

/// Practices in real time and kills the program in `phase`. Returns how many seconds of the answer were
/// spoken at least; `None` if the answer had not begun.
fn practice_until_killed(phase: Phase, data: &Path) -> Option<f64> {
    let mut command = std::process::Command::new(STARLING);
    command
        .args(["rehearse", "--section", "task", "--json", "--mic"])
        .arg(clip_as_mic(TASK_CLIP))
        .env("STARLING_DATA", data)
        .env("HOME", data)
        .env("PULSE_SERVER", "unix:/nonexistent")
        .env("ALSA_CONFIG_PATH", "/dev/null");
    // Dropping the program kills it.
    let mut program = Program::start(&mut command);
    if let Phase::Loading = phase {
        // The program opens the database and then loads the model.
        wait_until("the database", TIMEOUT, || log_bytes(data));
        return None;
    }
    program.wait_for("count_in");
    if let Phase::CountIn = phase {
        std::thread::sleep(Duration::from_secs(1));
        return None;
    }
    program.wait_for("recording");
    let began = Instant::now();
    let spoken_secs = || Some(began.elapsed().as_secs_f64());
    if let Phase::Recording(seconds) = phase {
        std::thread::sleep(Duration::from_secs_f64(seconds));
        return spoken_secs();
    }
    std::thread::sleep(Duration::from_secs_f64(3.7));
    let bytes = log_bytes(data);
    let spoken_secs = spoken_secs();
    program.press_enter();
    match phase {
        Phase::WritingRow => {
            let end = Instant::now() + TIMEOUT;
            while log_bytes(data) == bytes {
                assert!(Instant::now() < end, "no row was written");
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        Phase::Decoding => {
            program.wait_for("take_saved");
        }
        Phase::AfterFeedback => {
            program.wait_for("feedback");
        }
        _ => {
            program.wait_for("stopped");
        }
    }
    spoken_secs
}

/// Checks of the data folder at the next start.
struct NextStart<'a> {
    phase: Phase,
    data: &'a Path,
}

impl NextStart<'_> {
    fn check_earlier_take(&self, earlier: &EarlierTake) {
        let phase = self.phase;
        let list = self.history();
        let listed = list.last().expect("the earlier take");
        assert_eq!(listed["take"], earlier.take.id.0.as_str(), "{phase:?}");
        assert_eq!(listed["state"], "transcribed", "{phase:?}");
        assert_eq!(
            stored_take(self.data, &earlier.take.id),
            earlier.take,
            "{phase:?}"
        );
        let wav = fs::read(self.data.join(earlier.wav_name())).expect("earlier audio");
        assert!(wav == earlier.wav, "{phase:?}: earlier audio changed");
    }

    fn check_that_nothing_was_recorded(&self) {
        let (phase, list) = (self.phase, self.history());
        assert_eq!(list.len(), 1, "{phase:?}: {list:#?}");
        assert_eq!(take_files(self.data, "wav").len(), 1, "{phase:?}");
    }

    fn check_killed_take(&self, spoken_secs: f64) {
        let (phase, list) = (self.phase, self.history());
        assert_eq!(list.len(), 2, "{phase:?}: {list:#?}");
        let wav = take_files(self.data, "wav").pop().expect("the killed take");
        let id = id_of(&wav);
        assert_eq!(list[0]["take"], id.0.as_str(), "{phase:?}");
        let seconds = self.check_audio(&wav, spoken_secs);
        let listed_secs = list[0]["seconds"].as_f64().expect("a length");
        assert!(
            (listed_secs - seconds).abs() < 0.01,
            "{phase:?}: {listed_secs} s are listed, the audio has {seconds} s"
        );
        let state = list[0]["state"].as_str().expect("a state");
        self.check_state(state);
        self.check_recovery_offer(&id, state, seconds);
        if matches!(phase, Phase::Recording(seconds) if seconds > 4.0) {
            check_recovery(self.data, &id, &wav);
        }
    }

    /// Checks length, header and export of the audio; returns its length.
    fn check_audio(&self, wav: &Path, spoken_secs: f64) -> f64 {
        let phase = self.phase;
        let samples = hound::WavReader::open(wav).expect("a WAV").duration();
        let seconds = f64::from(samples) / 16_000.0;
        let bytes = fs::metadata(wav).expect("a file").len();
        assert_eq!(
            u64::from(samples),
            (bytes - 44) / 2,
            "{phase:?}: samples according to the header"
        );
        assert!(
            seconds >= spoken_secs - MAX_LOST_SECS,
            "{phase:?}: {spoken_secs:.2} s were spoken, {seconds:.2} s are left"
        );
        assert!(seconds < spoken_secs + 10.0, "{phase:?}: {seconds:.2} s");
        let exported = self.data.join("out.wav");
        let mut export = starling(self.data);
        run(export.args(["export", "last", "--to"]).arg(&exported)).succeeds();
        let exported = fs::read(&exported).expect("exported audio");
        assert!(
            exported == fs::read(wav).expect("audio"),
            "{phase:?}: exported audio differs"
        );
        seconds
    }

    fn check_state(&self, state: &str) {
        let possible: &[TakeStatus] = match self.phase {
            Phase::Recording(_) => &[TakeStatus::Interrupted],
            Phase::AfterFeedback => &[TakeStatus::Transcribed],
            _ => &[
                TakeStatus::Interrupted,
                TakeStatus::Recorded,
                TakeStatus::Transcribed,
            ],
        };
        assert!(
            possible.iter().any(|status| status.to_string() == state),
            "{:?}: state {state}",
            self.phase
        );
    }

    /// The window offers to transcribe the take unless it is too short or has a transcript.
    fn check_recovery_offer(&self, id: &TakeId, state: &str, seconds: f64) {
        let phase = self.phase;
        let mut controller = start_controller(self.data, Some("no-such-model"));
        let offered = controller.recoverable_take().map(|take| take.id.clone());
        let is_transcribed = state == TakeStatus::Transcribed.to_string();
        let is_expected = !is_transcribed && seconds >= MIN_OFFERED_SECS;
        assert_eq!(offered, is_expected.then(|| id.clone()), "{phase:?}");
        let history = controller.history().expect("a list");
        assert_eq!((history.len(), &history[0].id), (2, id), "{phase:?}");
        controller.dismiss_recoverable();
        assert_eq!(controller.recoverable_take(), None, "{phase:?}");
    }

    /// What `history` lists, newest first.
    fn history(&self) -> Vec<Value> {
        let ran = run(starling(self.data).args(["history", "--json"]));
        assert_eq!(ran.code, 0, "{:?}: {}", self.phase, ran.err);
        let list = documents(&ran.out).pop().expect("a list");
        list.as_array().expect("a list").clone()
    }
}

/// Opening the take transcribes it as `analyze` does, and stores the transcript.
fn check_recovery(data: &Path, id: &TakeId, wav: &Path) {
    let mut analyze = starling(data);
    let analyze = analyze.args(["analyze", "--section", "task", "--json"]);
    let ran = run(analyze.arg(wav));
    let report = ran.succeeds().documents().pop().expect("a report");
    let words = plain_words(&report);
    assert!(words.split(' ').count() >= 5, "{words}");

    let mut controller = start_controller(data, None);
    assert!(
        controller.open_take(id),
        "cannot open the take: {:?}",
        controller.take_notifications()
    );
    let end = Instant::now() + TIMEOUT;
    while !matches!(controller.session().map(|s| s.stage()), Some(Stage::Review)) {
        assert!(
            Instant::now() < end,
            "no feedback: {:?}",
            controller.take_notifications()
        );
        controller.wait(Duration::from_millis(20));
    }
    drop(controller);
    let transcription = stored_take(data, id).transcription.expect("a transcript");
    assert_eq!(plain(&transcription.transcript.text()), words);
    let controller = start_controller(data, Some("no-such-model"));
    assert_eq!(controller.recoverable_take(), None);
}

fn start_controller(data: &Path, model: Option<&str>) -> Controller {
    let config = Config {
        data: Some(data.to_owned()),
        model: model.map(Into::into),
        ..Config::default()
    };
    Controller::start(config, || {}).expect("a data folder")
}

fn stored_take(data: &Path, id: &TakeId) -> Take {
    let store = Store::at(Some(data.to_owned())).expect("a data folder");
    let opened = store.open_take_db().expect("a take database");
    opened.db.take(id).expect("a stored take")
}

fn id_of(wav: &Path) -> TakeId {
    let name = wav.file_stem().expect("a name").to_str().expect("UTF-8");
    TakeId(name.to_owned())
}

/// Length of the write-ahead log; `None` before the database is open.
fn log_bytes(data: &Path) -> Option<u64> {
    let log = fs::metadata(data.join("journal.db-wal"));
    log.ok().map(|metadata| metadata.len())
}
