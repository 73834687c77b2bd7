//! The program is killed (SIGKILL) in every phase of a practice, in real time. Whatever it was at: the
//! next start finds the take, at most a second of it is lost, and what was there before is untouched.
#![cfg(unix)]
#![allow(clippy::expect_used, reason = "a test that fails may panic")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use common::process::Program;
use common::{STARLING, clip, documents, run, starling, take_files, wait_until};
use starling::app::{Config, Controller};
use starling::domain::take::{Take, TakeId};
use starling::practice::session::Stage;
use starling::storage::{Store, TakeStatus};

/// What a kill may cost.
const LOST_AT_MOST: f64 = 1.0;
/// Below this nothing is offered.
const OFFERED_FROM: f64 = 1.0;
/// So many die at the same time: each listens while it records.
const AT_ONCE: usize = 2;
const PATIENCE: Duration = Duration::from_secs(120);

/// What the program is at when it is killed.
#[derive(Debug, Clone, Copy)]
enum Phase {
    Loading,
    CountIn,
    /// So many seconds of the answer.
    Recording(f64),
    /// Enter was pressed a moment ago.
    Stop,
    Decoding,
    /// The log of the journal grows: a row is on its way to the disk.
    WritingTheRow,
    After,
}

const PHASES: [Phase; 10] = [
    Phase::Stop,
    Phase::Decoding,
    Phase::WritingTheRow,
    Phase::After,
    Phase::Recording(5.3),
    Phase::Recording(2.6),
    Phase::Recording(1.1),
    Phase::Recording(0.2),
    Phase::CountIn,
    Phase::Loading,
];

/// What was told before the end.
struct Killed {
    phase: Phase,
    /// Of the answer, at the least.
    spoken: Option<f64>,
}

#[test]
fn whenever_it_is_killed_the_take_is_found_and_the_old_ones_stay() {
    let before = Before::new();
    let left = Mutex::new(PHASES.to_vec()); // handed out to the threads below
    let next = || left.lock().expect("no thread failed").pop();
    std::thread::scope(|scope| {
        let one_after_the_other = || {
            while let Some(phase) = next() {
                let data = before.copy();
                let killed = kill(phase, data.path());
                check(&killed, data.path(), &before);
            }
        };
        let threads: Vec<_> = (0..AT_ONCE)
            .map(|_| scope.spawn(one_after_the_other))
            .collect();
        for thread in threads {
            if let Err(why) = thread.join() {
                std::panic::resume_unwind(why);
            }
        }
    });
}

/// A data folder with a take that was practised to its end.
struct Before {
    data: tempfile::TempDir,
    take: Take,
    wav: Vec<u8>,
}

impl Before {
    fn new() -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let mut command = starling(data.path());
        let file = format!("wav:{}", clip("strong_task_joe.flac").display());
        command.args(["rehearse", "--section", "task", "--fast", "--mic", &file]);
        run(&mut command).succeeds();
        let wav = take_files(data.path(), "wav").pop().expect("a take");
        Self {
            take: known(data.path(), &name(&wav)),
            wav: fs::read(wav).expect("there"),
            data,
        }
    }

    fn copy(&self) -> tempfile::TempDir {
        let copy = tempfile::tempdir().expect("a folder");
        fs::create_dir(copy.path().join("takes")).expect("room");
        for file in [
            "journal.db".to_owned(),
            format!("takes/{}.wav", self.take.id),
        ] {
            fs::copy(self.data.path().join(&file), copy.path().join(&file)).expect("room");
        }
        copy
    }
}

/// Practises in real time until `phase`, and dies there.
fn kill(phase: Phase, data: &Path) -> Killed {
    let mut command = std::process::Command::new(STARLING);
    let file = format!("wav:{}", clip("strong_task_joe.flac").display());
    command
        .args(["rehearse", "--section", "task", "--json", "--mic", &file])
        .env("STARLING_DATA", data)
        .env("HOME", data)
        .env("PULSE_SERVER", "unix:/nonexistent")
        .env("ALSA_CONFIG_PATH", "/dev/null");
    let mut program = Program::start(&mut command);
    let killed = |spoken| Killed { phase, spoken };
    if let Phase::Loading = phase {
        // Its journal is open: it is at the model now.
        wait_until("the journal", PATIENCE, || log_bytes(data));
        drop(program);
        return killed(None);
    }
    program.wait_for("count_in");
    if let Phase::CountIn = phase {
        std::thread::sleep(Duration::from_secs(1));
        drop(program);
        return killed(None);
    }
    program.wait_for("recording");
    let began = Instant::now();
    let spoken = || Some(began.elapsed().as_secs_f64());
    if let Phase::Recording(seconds) = phase {
        std::thread::sleep(Duration::from_secs_f64(seconds));
        let spoken = spoken();
        drop(program);
        return killed(spoken);
    }
    std::thread::sleep(Duration::from_secs_f64(3.7));
    let row = log_bytes(data);
    let spoken = spoken();
    program.press_enter();
    match phase {
        Phase::WritingTheRow => {
            let end = Instant::now() + PATIENCE;
            while log_bytes(data) == row {
                assert!(Instant::now() < end, "no row was written");
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        Phase::Decoding => {
            program.wait_for("take_saved");
        }
        Phase::After => {
            program.wait_for("feedback");
        }
        _ => {
            program.wait_for("stopped");
        }
    }
    drop(program);
    killed(spoken)
}

/// Everything that is to hold at the next start.
fn check(killed: &Killed, data: &Path, before: &Before) {
    let Killed { phase, spoken } = killed;
    // The next start, on the command line.
    let ran = run(starling(data).args(["history", "--json"]));
    assert_eq!(ran.code, 0, "{phase:?}: {}", ran.err);
    let list = documents(&ran.out).pop().expect("a list");
    let list = list.as_array().expect("a list").clone();
    let old = list.last().expect("the old take");
    assert_eq!(old["take"], before.take.id.0.as_str(), "{phase:?}");
    assert_eq!(old["state"], "transcribed", "{phase:?}");
    assert_eq!(known(data, &before.take.id), before.take, "{phase:?}");
    let old = data.join(format!("takes/{}.wav", before.take.id));
    assert!(fs::read(old).expect("there") == before.wav, "{phase:?}");

    let Some(spoken) = spoken else {
        assert_eq!(list.len(), 1, "{phase:?}: {list:#?}");
        assert_eq!(take_files(data, "wav").len(), 1, "{phase:?}");
        return;
    };
    assert_eq!(list.len(), 2, "{phase:?}: {list:#?}");
    let (row, wav) = (
        &list[0],
        take_files(data, "wav").pop().expect("the new take"),
    );
    let id = name(&wav);
    assert_eq!(row["take"], id.0.as_str(), "{phase:?}");
    let reader = hound::WavReader::open(&wav).expect("a WAV");
    let seconds = f64::from(reader.duration()) / 16_000.0;
    let bytes = fs::metadata(&wav).expect("there").len();
    assert_eq!(u64::from(reader.duration()), (bytes - 44) / 2, "{phase:?}");
    assert!(
        seconds >= spoken - LOST_AT_MOST,
        "{phase:?}: {spoken:.2} s were spoken, {seconds:.2} s are left"
    );
    assert!(seconds < spoken + 10.0, "{phase:?}: {seconds:.2} s");
    let told = row["seconds"].as_f64().expect("its length");
    assert!((told - seconds).abs() < 0.01, "{phase:?}: {told} s");
    let states: &[TakeStatus] = match phase {
        Phase::Recording(_) => &[TakeStatus::Interrupted],
        Phase::After => &[TakeStatus::Transcribed],
        _ => &[
            TakeStatus::Interrupted,
            TakeStatus::Recorded,
            TakeStatus::Transcribed,
        ],
    };
    let state = row["state"].as_str().expect("a state");
    assert!(
        states.iter().any(|s| s.to_string() == state),
        "{phase:?}: {state}"
    );
    let sound = data.join("out.wav");
    run(starling(data).args(["export", "last", "--to"]).arg(&sound)).succeeds();
    assert!(fs::read(&sound).expect("there") == fs::read(&wav).expect("there"));

    // The next start of the window.
    let mut runtime = next_start(data, Some("no-such-model"));
    let offered = runtime.recoverable_take().map(|past| past.id.clone());
    match state == TakeStatus::Transcribed.to_string() {
        true => assert_eq!(offered, None, "{phase:?}"),
        false if seconds < OFFERED_FROM => assert_eq!(offered, None, "{phase:?}"),
        false => assert_eq!(offered, Some(id.clone()), "{phase:?}"),
    }
    let past = runtime.history().expect("a list");
    assert_eq!((past.len(), &past[0].id), (2, &id), "{phase:?}");
    runtime.dismiss_recoverable();
    assert_eq!(runtime.recoverable_take(), None, "{phase:?}");
    drop(runtime);
    if let Phase::Recording(seconds) = phase
        && *seconds > 4.0
    {
        heard_after_all(data, &id, &wav);
    }
}

/// The words of a take whose program died come with the next one.
fn heard_after_all(data: &Path, id: &TakeId, wav: &Path) {
    let mut analyze = starling(data);
    let analyze = analyze.args(["analyze", "--section", "task", "--json"]);
    let ran = run(analyze.arg(wav));
    let report = ran.succeeds().documents().pop().expect("a report");
    let words = common::plain_words(&report);
    assert!(words.split(' ').count() >= 5, "{words}");

    let mut runtime = next_start(data, None);
    assert!(runtime.open_take(id), "{:?}", runtime.take_notifications());
    let end = Instant::now() + PATIENCE;
    while !matches!(runtime.session().map(|s| s.stage()), Some(Stage::Review)) {
        assert!(
            Instant::now() < end,
            "no feedback: {:?}",
            runtime.take_notifications()
        );
        runtime.wait(Duration::from_millis(20));
    }
    drop(runtime);
    let heard = known(data, id).transcription.expect("its words are kept");
    assert_eq!(common::plain(&heard.transcript.text()), words);
    let runtime = next_start(data, Some("no-such-model"));
    assert_eq!(runtime.recoverable_take(), None);
}

fn next_start(data: &Path, model: Option<&str>) -> Controller {
    let config = Config {
        data: Some(data.to_owned()),
        model: model.map(str::to_owned),
        ..Config::default()
    };
    Controller::start(config, || {}).expect("a data folder")
}

fn known(data: &Path, id: &TakeId) -> Take {
    let store = Store::at(Some(data.to_owned())).expect("a folder");
    let opened = store.open_take_db().expect("it opens");
    opened.db.take(id).expect("it is known")
}

fn name(wav: &Path) -> TakeId {
    let name = wav.file_stem().expect("a name").to_str().expect("UTF-8");
    TakeId(name.to_owned())
}

fn log_bytes(data: &Path) -> Option<u64> {
    let log: PathBuf = data.join("journal.db-wal");
    fs::metadata(log).ok().map(|meta| meta.len())
}
