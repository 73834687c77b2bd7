//! What a machine does to a program: its disk fills up, its home may not be written, it is asked for
//! twice, it is stopped and goes on, its model is pulled from under it. Each is really made to happen.
//! Linux only, as namespaces are Linux's.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]
#![cfg(target_os = "linux")]

mod common;
#[path = "common/history_fixture.rs"]
mod history_fixture;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use common::process::{Program, recognizer_pids, send_signal, tool};
use common::scheduling::{retry_if_stalled, serial_lock};
use common::sound_server::{MIC, SoundServer};
use common::x_server::Screen;
use common::{
    STARLING, add_long_answer_story, clip, documents, reference_signal, run, starling, take_files,
    wait_until,
};
use egui::{Key, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use starling::app::{Config, Controller, Notification};
use starling::asr::Isolation;
use starling::audio::capture::wav_writer::WavWriter;
use starling::audio::{AudioSource, FilePacing};
use starling::domain::story::{Part, SectionKind};
use starling::domain::take::TakeId;
use starling::gui;
use starling::practice::session::Stage;
use starling::storage::{Store, TakeStatus};

const PATIENCE: Duration = Duration::from_secs(120);
/// Set for a copy of this test program: where its disk is to be.
const DISK: &str = "STARLING_TEST_DISK";

/// Another program takes all the room while somebody speaks.
#[test]
fn a_disk_that_fills_up_ends_the_take_and_keeps_it() {
    on_a_disk(
        "a_disk_that_fills_up_ends_the_take_and_keeps_it",
        12,
        |disk| {
            let data = disk.join("data");
            practise_fast(&data);
            let before = take_files(&data, "wav").pop().expect("a take");
            let sound = fs::read(&before).expect("there");

            let mut program = Program::start(&mut telling(&data, &[]));
            program.wait_for("recording");
            std::thread::sleep(Duration::from_secs(4));
            let filler = fill(disk);
            let saved = program.wait_for("take_saved");
            let heard = program.wait_for("feedback");
            let (status, events, complaints) = program.wait_for_exit();
            assert_eq!(status.code(), Some(1));
            assert_eq!(complaints.len(), 1, "{complaints:?}");
            for part in ["No space left", "Free disk space", "is saved"] {
                assert!(complaints[0].contains(part), "{complaints:?}");
            }
            let problems = events.iter().filter(|e| e["event"] == "problem");
            assert_eq!(problems.count(), 1, "{events:#?}");
            let words = heard["report"]["transcript"]["words"].as_array();
            assert!(words.expect("words").len() >= 5, "{heard:#}");

            // What is there plays to its last sample.
            let wav = PathBuf::from(saved["file"].as_str().expect("a file"));
            let reader = hound::WavReader::open(&wav).expect("a WAV");
            let bytes = fs::metadata(&wav).expect("there").len();
            assert_eq!(u64::from(reader.duration()), (bytes - 44) / 2);
            assert!(bytes > 2 * 32_000, "{bytes}");

            // Neither is anything lost nor is anything begun for which there is no room.
            let ran = run(starling(&data).args(["history", "--json"]));
            let list = documents(&ran.out).pop().expect("a list");
            assert_eq!(list[0]["state"], "interrupted", "{list:#}");
            assert_eq!(list[0]["section"], "task");
            assert_eq!(list[1]["state"], "transcribed");
            assert!(fs::read(&before).expect("there") == sound);
            let mut refused = starling(&data);
            let refused = refused.args(["rehearse", "--section", "task", "--fast", "--mic"]);
            let ran = run(refused.arg(mic()));
            assert_eq!(ran.code, 1);
            ran.has_one_message("the disk is full: free some space for");
            assert_eq!(take_files(&data, "wav").len(), 2);

            // Not even a file without sound is left where there is no room for it.
            fs::remove_file(filler).expect("there");
            let filler = fill(disk);
            let empty = disk.join("empty.wav");
            assert!(WavWriter::create(&empty).is_err());
            assert!(!empty.exists());

            // With room it is offered, and the next one works.
            fs::remove_file(filler).expect("there");
            let runtime = start(&data, Some("no-such-model"));
            let offered = runtime.recoverable_take().expect("it is worth hearing");
            let name = format!("{}.wav", offered.id);
            assert_eq!(wav.file_name().and_then(|n| n.to_str()), Some(&*name));
            drop(runtime);
            practise_fast(&data);
            assert_eq!(take_files(&data, "wav").len(), 3);
        },
    );
}

/// What was heard while there was no room is written down once there is.
#[test]
fn words_wait_for_room() {
    on_a_disk("words_wait_for_room", 12, |disk| {
        let data = disk.join("data");
        practise_fast(&data);
        let mut runtime = start(&data, None);
        answer(&mut runtime);
        poll_until(
            &mut runtime,
            "an answer",
            |runtime| matches!(stage(runtime), Some(Stage::Answering { elapsed, .. }) if *elapsed > 3.0),
        );
        let filler = fill(disk);
        poll_until(&mut runtime, "feedback", |runtime| {
            matches!(stage(runtime), Some(Stage::Review))
        });
        let told = problems(&mut runtime);
        assert_eq!(told.len(), 1, "{told:?}");
        let state = |runtime: &mut Controller| runtime.history().expect("a list")[0].state;
        assert_eq!(state(&mut runtime), TakeStatus::Interrupted);
        fs::remove_file(filler).expect("there");
        assert_eq!(state(&mut runtime), TakeStatus::Transcribed);
        assert_eq!(problems(&mut runtime), [""; 0]);
        assert_eq!(runtime.recoverable_take(), None);
    });
}

/// A window that was started on a full disk does not keep the journal to itself.
#[test]
fn a_journal_that_was_opened_without_room_is_let_go() {
    let name = "a_journal_that_was_opened_without_room_is_let_go";
    on_a_disk(name, 4, |disk| {
        let data = disk.join("data");
        let store = Store::at(Some(data.clone())).expect("named");
        let mut journal = store.open_take_db().expect("room").db;
        let id = TakeId("2026-11-23T18-04-09.120-task".to_owned());
        fs::write(store.wav(&id), "sound").expect("room");
        journal.save_audio_only(&id).expect("room");
        drop(journal);
        let filler = fill(disk);
        let mut runtime = start(&data, Some("no-such-model"));
        assert!(runtime.take_db().expect("it is open").is_exclusive());
        assert_eq!(runtime.history().expect("a list").len(), 1);
        runtime.poll();
        run(starling(&data).args(["history", "--json"])).succeeds();
        fs::remove_file(filler).expect("there");
        assert_eq!(runtime.history().expect("a list").len(), 1);
        assert!(!runtime.take_db().expect("it is open").is_exclusive());
    });
}

#[test]
fn where_room_is_short_that_is_told_before_anybody_speaks() {
    on_a_disk(
        "where_room_is_short_that_is_told_before_anybody_speaks",
        4,
        |disk| {
            let data = disk.join("data");
            practise_fast(&data);
            let room = Store::at(Some(data.clone())).and_then(|store| {
                store.prepare()?;
                Ok(store.free_space().expect("it can be asked"))
            });
            // A megabyte stays free, and some nine seconds of speech.
            let filler = vec![7; room.expect("a folder") as usize - (1 << 20) - 300_000];
            fs::write(disk.join("filler"), filler).expect("room");
            let mut runtime = start(&data, Some("no-such-model"));
            problems(&mut runtime);
            answer(&mut runtime);
            let told = problems(&mut runtime);
            let short = told.iter().find(|told| told.contains("of recording fits"));
            let short = short.unwrap_or_else(|| panic!("{told:?}"));
            assert!(short.contains("only 0:0"), "{short}");
        },
    );
}

/// Neither the target nor anything else is left where an export has no room.
#[test]
fn an_export_without_room_leaves_no_half_file() {
    on_a_disk("an_export_without_room_leaves_no_half_file", 1, |disk| {
        let data = tempfile::tempdir().expect("a folder");
        practise_fast(data.path());
        let out = disk.join("take.html");
        fs::write(&out, "before").expect("room");
        fill(disk);
        let ran = run(starling(data.path())
            .args(["export", "last", "--to"])
            .arg(&out));
        ran.fails(
            1,
            "No space left on device (os error 28). Free disk space, or choose another place",
        );
        assert_eq!(fs::read_to_string(&out).expect("there"), "before");
        let mut names: Vec<_> = fs::read_dir(disk)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        names.sort();
        assert_eq!(names, ["filler", "take.html"]);
    });
}

/// A program that dies in the middle of an export leaves what was there, or all of the new.
#[test]
fn an_export_that_is_killed_leaves_no_half_file() {
    let data = tempfile::tempdir().expect("a folder");
    practise_fast(data.path());
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("take.html");
    run(starling(data.path())
        .args(["export", "last", "--to"])
        .arg(&out))
    .succeeds();
    let whole = fs::read(&out).expect("there");
    // At each of the calls in which it writes: before anything is there, and over what is.
    let mut died = 0;
    let writes = (1..=6).map(|number| format!("write:signal=KILL:when={number}"));
    let others = [
        "fsync:signal=KILL",
        "linkat:signal=KILL",
        "/^rename:signal=KILL",
    ];
    for fault in writes.chain(others.map(str::to_owned)) {
        for before in [None, Some("before")] {
            // Where it cannot be removed, it is not there.
            let _ = fs::remove_file(&out);
            if let Some(text) = before {
                fs::write(&out, text).expect("room");
            }
            let mut command = tool("strace");
            command
                .args(["-f", "-qq", "-o", "/dev/null", "-e"])
                .arg(format!("inject={fault}"))
                .arg(STARLING)
                .args(["export", "last", "--to"])
                .arg(&out)
                .env("STARLING_DATA", data.path());
            let ran = command.output().expect("strace starts");
            died += usize::from(ran.status.signal() == Some(9));
            for entry in fs::read_dir(folder.path()).expect("a folder") {
                let path = entry.expect("an entry").path();
                let bytes = fs::read(&path).expect("there");
                let old = path == out && before.is_some_and(|text| bytes == text.as_bytes());
                let (there, name) = (bytes.len(), path.display());
                assert!(
                    old || bytes == whole,
                    "{fault}, {before:?}: {name}, {there} bytes"
                );
                if path != out {
                    fs::remove_file(path).expect("there");
                }
            }
        }
    }
    assert!(died >= 7, "it was killed {died} times only");
}

/// A program that dies while it erases: after the next start each take is wholly there, or wholly gone.
#[test]
fn an_erase_that_is_killed_is_finished_at_the_next_start() {
    const CALLS: &str = "pwrite64,write,ftruncate,fsync,fdatasync,/^rename,/^unlink";
    // Of each of these so many, evenly.
    const EACH: usize = 10;
    let names = ["one", "two", "three"];
    let secret = |name: &str| format!("secret{name}q");
    let before = tempfile::tempdir().expect("a folder");
    let store = Store::at(Some(before.path().to_owned())).expect("named");
    let mut journal = store.open_take_db().expect("room").db;
    // Heard again and again, as uneven as life makes it: so their words lie on many pages.
    for turn in 0..9 {
        let name = names[turn * 2 % 3];
        let words = vec![secret(name); 40 + turn * 71 % 200];
        let take = history_fixture::take_with_words(TakeId(name.to_owned()), &words);
        fs::write(store.wav(&take.id), secret(name).repeat(20_000)).expect("room");
        journal.save(&take).expect("room");
    }
    drop(journal);
    let sound = |data: &Path, name: &str| fs::read(data.join(format!("takes/{name}.wav")));
    for erased in [vec!["two"], vec!["--all"]] {
        let erase = |with: &str| {
            let data = tempfile::tempdir().expect("a folder");
            copy(before.path(), data.path());
            let log = data.path().join("calls");
            let mut command = tool("strace");
            command.args(["-qq", "-o"]).arg(&log).args(["-e", with]);
            command
                .arg(STARLING)
                .arg("erase")
                .args(&erased)
                .arg("--yes");
            let ran = command.env("STARLING_DATA", data.path()).output();
            let ran = ran.expect("strace starts");
            let calls = fs::read_to_string(&log).expect("a log");
            fs::remove_file(log).expect("there");
            (data, ran.status, calls)
        };
        let (_, status, calls) = erase(&format!("trace={CALLS}"));
        assert!(status.success());
        // strace counts each call by itself.
        let mut counts = BTreeMap::new();
        for line in calls.lines() {
            let (call, _) = line.split_once('(').expect("a call");
            *counts.entry(call).or_insert(0) += 1;
        }
        let faults = counts.iter().flat_map(|(call, count): (_, &usize)| {
            let numbers = (1..=*count).step_by(count.div_ceil(EACH));
            numbers.map(move |number| format!("inject={call}:signal=KILL:when={number}"))
        });
        let (mut there, mut gone) = (0, 0);
        for fault in faults {
            let (data, status, _) = erase(&fault);
            assert_eq!(status.signal(), Some(9), "{erased:?}, {fault}");
            let data = data.path();
            let list = run(starling(data).args(["history", "--json"]));
            let list = list.succeeds().documents().pop().expect("a list");
            for name in names {
                let row = list.as_array().expect("a list").iter();
                let row = row.filter(|row| row["take"] == name).count();
                let said = format!("{erased:?}, {fault}: {name}");
                if row == 1 {
                    there += 1;
                    assert!(
                        sound(data, name).ok() == sound(before.path(), name).ok(),
                        "{said}"
                    );
                    let store = Store::at(Some(data.to_owned())).expect("named");
                    let journal = store.open_take_db().expect("there").db;
                    let take = journal.take(&TakeId(name.to_owned())).expect("kept");
                    assert!(take.transcription.is_some(), "{said}");
                } else {
                    gone += 1;
                    assert!(erased == ["--all"] || erased == [name], "{said}");
                    assert_eq!(holding(data, secret(name).as_bytes()), [""; 0], "{said}");
                    assert_eq!(holding_name(data, name), [""; 0], "{said}");
                }
            }
        }
        assert!(
            there > 0 && gone > 10,
            "{erased:?}: {there} there, {gone} gone"
        );
    }
}

/// As over NFS where its server has no locks; and where it has, only a file that is open for writing can be
/// locked for one alone.
#[test]
fn a_home_without_locks_is_used_all_the_same() {
    let data = tempfile::tempdir().expect("a folder");
    practise_fast(data.path());
    let log = data.path().join("calls");
    for _ in 0..2 {
        let mut command = tool("strace");
        command
            .args(["-f", "-qq", "-e", "trace=flock,openat", "-e"])
            .args(["inject=flock:error=ENOLCK", "-o"])
            .arg(&log)
            .arg(STARLING)
            .args(["history", "--json"])
            .env("STARLING_DATA", data.path());
        let ran = command.output().expect("strace starts");
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success() && said.is_empty(), "{said}");
        let list: serde_json::Value = serde_json::from_slice(&ran.stdout).expect("a list");
        assert_eq!(list[0]["state"], "transcribed", "{list:#}");
    }
    let calls = fs::read_to_string(log).expect("a log");
    assert!(calls.contains("ENOLCK"), "{calls}");
    for name in ["journal.lock", "journal.open"] {
        let opened = calls.lines().filter(|line| line.contains(name));
        let opened: Vec<&str> = opened.collect();
        assert!(!opened.is_empty(), "{calls}");
        let to_write = |line: &&str| line.contains("O_RDWR") || line.contains("O_WRONLY");
        assert!(opened.iter().all(to_write), "{opened:#?}");
    }
}

/// What could not be erased for want of room goes at the next start.
#[test]
fn words_that_no_room_was_left_to_erase_go_at_the_next_start() {
    let name = "words_that_no_room_was_left_to_erase_go_at_the_next_start";
    on_a_disk(name, 12, |disk| {
        let data = disk.join("data");
        let store = Store::at(Some(data.clone())).expect("named");
        let mut journal = store.open_take_db().expect("room").db;
        for (name, said) in [("one", 200), ("two", 16_000)] {
            let words = vec![format!("secret{name}q"); said];
            let take = history_fixture::take_with_words(TakeId(name.to_owned()), &words);
            fs::write(store.wav(&take.id), "sound").expect("room");
            journal.save(&take).expect("room");
        }
        drop(journal);
        let filler = fill(disk);
        // The row's going fits into this, the whole journal does not.
        let file = fs::File::options().write(true).open(&filler).expect("ours");
        let length = file.metadata().expect("there").len();
        file.set_len(length - 300_000).expect("shorter");
        // What is open has its room still.
        drop(file);
        let ran = run(starling(&data).args(["erase", "one", "--yes"]));
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.has_one_message("the disk is too full to compact the take database");
        fs::remove_file(filler).expect("there");
        run(starling(&data).args(["history", "--json"])).succeeds();
        assert_eq!(holding(&data, b"secretoneq"), [""; 0]);
        assert_eq!(holding_name(&data, "one"), [""; 0]);
        assert!(!holding(&data, b"secrettwoq").is_empty());
    });
}

/// A program that dies while it brings an older journal up to date leaves the old one or the new one.
#[test]
fn a_migration_that_is_killed_loses_nothing() {
    let before = tempfile::tempdir().expect("a folder");
    practise_fast(before.path());
    let older = rusqlite::Connection::open(before.path().join("journal.db")).expect("there");
    older
        .execute_batch("DROP TABLE quiz; PRAGMA user_version = 1")
        .expect("room");
    drop(older);
    let mut died = 0;
    // The calls with which SQLite writes, one after the other.
    for number in 1..=14 {
        let data = tempfile::tempdir().expect("a folder");
        fs::create_dir(data.path().join("takes")).expect("room");
        let sounds = take_files(before.path(), "wav");
        for file in sounds.into_iter().chain([before.path().join("journal.db")]) {
            let name = file.strip_prefix(before.path()).expect("inside");
            fs::copy(&file, data.path().join(name)).expect("room");
        }
        let mut command = tool("strace");
        command
            .args(["-f", "-qq", "-o", "/dev/null", "-e"])
            .arg(format!(
                "inject=pwrite64,ftruncate:signal=KILL:when={number}"
            ))
            .arg(STARLING)
            .args(["history", "--json"])
            .env("STARLING_DATA", data.path());
        let ran = command.output().expect("strace starts");
        died += usize::from(ran.status.signal() == Some(9));
        let list = run(starling(data.path()).args(["history", "--json"]));
        let list = list.succeeds().documents().pop().expect("a list");
        assert_eq!(list.as_array().map(Vec::len), Some(1), "{number}");
        assert_eq!(list[0]["state"], "transcribed", "{number}");
    }
    assert!(died >= 5, "it was killed {died} times only");
}

/// What was practised can be looked at; that nothing new can be kept is said once, in the window.
#[test]
fn a_home_that_may_not_be_written_is_told_once() {
    on_a_disk("a_home_that_may_not_be_written_is_told_once", 12, |disk| {
        let old = disk.join("old");
        practise_fast(&old);
        let mut mount = tool("mount");
        mount.args(["-o", "remount,bind,ro"]).arg(disk);
        assert!(mount.status().expect("mount starts").success());
        for (data, takes_there) in [(&old, 1), (&disk.join("new"), 0)] {
            let list = run(starling(data).args(["history", "--json"]));
            let list = list.succeeds().documents().pop().expect("a list");
            assert_eq!(list.as_array().map(Vec::len), Some(takes_there));

            let store = Store::at(Some(data.clone())).expect("named");
            let unwritable = store.lock_instance().expect_err("read-only");
            // Trends read beside the owner.
            assert_eq!(store.read_only().is_ok(), takes_there > 0);
            let app = gui::app(
                config(data, Some("no-such")),
                None,
                Some(&unwritable),
                || {},
            );
            let mut window = Harness::builder()
                .with_size(vec2(gui::MIN_SIZE[0], gui::MIN_SIZE[1]))
                .with_step_dt(0.1)
                .with_context_setup(gui::theme::install)
                .build_ui_state(
                    |ui, app: &mut gui::App| {
                        app.pump(ui.ctx());
                        app.ui(ui);
                    },
                    app.expect("a window"),
                );
            window.run_steps(3);
            // The button that takes a notice away is called after it.
            let said = |window: &Harness<gui::App>, what: &str| {
                let all = window.query_all_by_label_contains(what);
                let labels = all.filter(|node| {
                    let label = node.accesskit_node().label().unwrap_or_default();
                    !label.starts_with("Dismiss")
                });
                labels.count()
            };
            assert_eq!(said(&window, "Recordings and settings cannot be saved"), 1);
            assert_eq!(
                said(&window, "Make it writable, or choose another folder"),
                1
            );
            // It is said of settings once, and of each take that is tried.
            window.key_press(Key::Comma);
            window.run_steps(3);
            for theme in ["Theme: Dark", "Theme: Light", "Theme: System"] {
                window.get_by_label(theme).click();
                window.run_steps(3);
            }
            window.key_press(Key::Escape);
            window.run_steps(3);
            assert_eq!(said(&window, "Your changes last until"), 1);
            window.key_press(Key::Enter);
            window.run_steps(3);
            window.key_press(Key::Space);
            window.run_steps(3);
            assert_eq!(said(&window, "Cannot write to"), 2, "{:#?}", window.root());
            let stage = window.state().controller().session().map(|s| s.stage());
            assert_eq!(stage, Some(&Stage::Ready));
            window.key_press(Key::Escape);
            window.run_steps(3);
            window.key_press(Key::H);
            window.run_steps(3);
            let row = said(&window, "The webhook nobody owned");
            assert_eq!(row > 0, takes_there > 0, "{:#?}", window.root());
        }
    });
}

/// What was loaded is not touched by what becomes of its file; the next start says it.
#[test]
fn a_model_that_is_pulled_away_is_missed_at_the_next_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let model = folder.path().join("ggml-tiny.en-q8_0.bin");
    let whole = fs::read("models/ggml-tiny.en-q8_0.bin").expect("the model");
    let name = model.to_str().expect("UTF-8").to_owned();
    let half = whole[..whole.len() / 2].to_vec();
    let other = vec![0xa5; whole.len()];
    for (instead, expected) in [
        (Some(half), "is truncated: copy it again"),
        (Some(other), "is not a speech model"),
        (None, "is missing"),
    ] {
        fs::write(&model, &whole).expect("room");
        let mut program = Program::start(&mut telling(&data, &["--model", &name]));
        program.wait_for("recording");
        // In place: the file that was opened is another now.
        match &instead {
            Some(bytes) => fs::write(&model, bytes).expect("room"),
            None => fs::remove_file(&model).expect("there"),
        }
        std::thread::sleep(Duration::from_secs(3));
        program.press_enter();
        let heard = program.wait_for("feedback");
        let words = heard["report"]["transcript"]["words"].as_array();
        assert!(words.expect("words").len() >= 5, "{heard:#}");
        let (status, _, complaints) = program.wait_for_exit();
        assert!(status.success(), "{complaints:?}");

        let takes_before = take_files(&data, "wav").len();
        let mut next = starling(&data);
        let next = next.args(["rehearse", "--section", "task", "--fast", "--model", &name]);
        let ran = run(next.arg("--mic").arg(mic()));
        assert_eq!(ran.code, 1);
        ran.has_one_message(expected);
        assert_eq!(take_files(&data, "wav").len(), takes_before);
    }
}

/// The program stands still while somebody speaks; the sound server does not, and drops what nobody
/// fetches. What is in the take lies where it was played, and what is missing is silence, and told.
#[test]
fn a_program_that_is_stopped_goes_on_and_counts_what_it_missed() {
    let _alone = serial_lock();
    retry_if_stalled(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let story = add_long_answer_story(&data);
        let played = folder.path().join("played.wav");
        let clips = ["strong_task_joe.flac", "strong_result_joe.flac"].map(clip);
        let clips = clips.each_ref().map(PathBuf::as_path);
        reference_signal::write(&played, &clips, 25);
        let sound = SoundServer::start();
        let mut command = Command::new(STARLING);
        command
            .args(["rehearse", "--section", "task", "--json", "--mic", MIC])
            .args(["--story", &story])
            .env("STARLING_DATA", &data);
        sound.set_environment(&mut command);
        let mut program = Program::start(&mut command);
        program.wait_for("count_in");
        let report = sound.play_while(&played, || {
            program.wait_for("recording");
            std::thread::sleep(Duration::from_secs(4));
            let all = || {
                recognizer_pids(program.pid())
                    .into_iter()
                    .chain([program.pid()])
            };
            all().for_each(|pid| send_signal(pid, "STOP"));
            std::thread::sleep(Duration::from_secs(7));
            all().for_each(|pid| send_signal(pid, "CONT"));
            std::thread::sleep(Duration::from_secs(5));
            if program.is_running() {
                program.press_enter();
            }
            program.wait_for("feedback")["report"].clone()
        });
        let (_, events, complaints) = program.wait_for_exit();
        let wav = take_files(&data, "wav").pop().expect("a take");
        let samples = starling::audio::decode_file(&wav).expect("a WAV").samples;
        let found = reference_signal::compare(&samples, &played);
        assert_eq!(complaints, [""; 0]);
        let moved: isize = found.jumps.iter().map(|(_, by)| by).sum();
        let told = report["audio"]["lost_samples"].as_u64().expect("a count") as usize;
        let shown = format!("{found:?}, {told} told, {events:#?}");
        assert!(
            moved.unsigned_abs() < reference_signal::RATE_HZ / 4,
            "{shown}"
        );
        assert!(
            (1..8).contains(&(told / reference_signal::RATE_HZ)),
            "{shown}"
        );
        // Silence is nothing that was played; a block is a quarter of a second.
        assert!(
            found.unmatched_blocks <= 4 * told / reference_signal::RATE_HZ + 3,
            "{shown}"
        );
        let seconds = report["audio"]["seconds"].as_f64().expect("seconds");
        assert!(
            (seconds - samples.len() as f64 / 16_000.0).abs() < 0.01,
            "{shown}"
        );
        assert!(seconds > 3.5, "{shown}");
    });
}

/// The window, then a terminal beside it, then a second window, then one after the first was killed.
#[test]
fn a_second_window_calls_the_first_to_the_front() {
    let _alone = serial_lock();
    let data = tempfile::tempdir().expect("a folder");
    let data = data.path();
    let mut screen = Screen::start();
    let open = |screen: &Screen| {
        let mut command = Command::new(STARLING);
        command
            .args(["open", "--model", "no-such", "--mic"])
            .arg(mic())
            .env("STARLING_DATA", data)
            .env("DBUS_SESSION_BUS_ADDRESS", "disabled:");
        screen.set_environment(&mut command);
        Program::start(&mut command)
    };
    let mut first = open(&screen);
    screen.focus("Starling", &mut first);
    practise_fast(data);
    run(starling(data).args(["history", "--json"])).succeeds();

    screen.minimize();
    wait_until("an empty screen", PATIENCE, || {
        (!screen.is_focused("Starling")).then_some(())
    });
    let (status, _, complaints) = open(&screen).wait_for_exit();
    assert!(status.success(), "{complaints:?}");
    assert_eq!(complaints, [""; 0]);
    wait_until("the first window", PATIENCE, || {
        screen.is_focused("Starling").then_some(())
    });

    // One that does not answer is not gone: its settings are not written over.
    send_signal(first.pid(), "STOP");
    let mut second = open(&screen);
    screen.focus("Starling cannot open", &mut second);
    // It may not take keys yet.
    wait_until("its end", PATIENCE, || {
        screen.press("Return");
        std::thread::sleep(Duration::from_millis(500));
        (!second.is_running()).then_some(())
    });
    let (status, _, complaints) = second.wait_for_exit();
    assert_eq!(status.code(), Some(1));
    assert_eq!(complaints.len(), 1, "{complaints:?}");
    assert!(complaints[0].contains("already running"), "{complaints:?}");
    send_signal(first.pid(), "CONT");
    assert!(first.is_running());

    // One that was killed is gone, whatever it left.
    drop(first);
    assert!(data.join("window.door").exists());
    let mut third = open(&screen);
    screen.focus("Starling", &mut third);
    screen.press("alt+F4");
    let (status, _, complaints) = third.wait_for_exit();
    assert!(status.success(), "{complaints:?}");
    assert!(!data.join("window.door").exists());
}

/// Runs `work` on a disk of so many megabytes, which is a copy of this program's alone: in a namespace
/// of its own it may mount one.
fn on_a_disk(test: &str, megabytes: u32, work: impl FnOnce(&Path)) {
    if let Some(disk) = std::env::var_os(DISK).map(PathBuf::from) {
        let mut mount = tool("mount");
        let size = format!("size={megabytes}m");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&disk);
        assert!(mount.status().expect("mount starts").success());
        return work(&disk);
    }
    // As root of a container, or as anybody who may have a namespace of users.
    let allowed = [&["-m"][..], &["-r", "-m"]].into_iter().find(|with| {
        let mut probe = tool("unshare");
        let probe = probe
            .args(*with)
            .args(["mount", "-t", "tmpfs", "tmpfs", "/mnt"]);
        probe.output().is_ok_and(|ran| ran.status.success())
    });
    let Some(with) = allowed else {
        let _ = writeln!(
            std::io::stderr(),
            "tests/host_faults.rs: {test} was not run: no disk can be mounted here; in a container allow it \
             (docker run --cap-add=SYS_ADMIN --security-opt apparmor=unconfined), elsewhere allow \
             namespaces of users (sysctl kernel.unprivileged_userns_clone=1)"
        );
        return;
    };
    let disk = tempfile::tempdir().expect("a folder");
    let ran = tool("unshare")
        .args(with)
        .arg(std::env::current_exe().expect("this program"))
        .args(["--exact", test, "--nocapture"])
        .env(DISK, disk.path())
        .output()
        .expect("unshare starts");
    let told = String::from_utf8_lossy(&ran.stdout);
    assert!(
        ran.status.success() && told.contains("1 passed"),
        "{told}{}",
        String::from_utf8_lossy(&ran.stderr)
    );
}

/// Copies a data folder.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let copied = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            fs::create_dir_all(&copied).expect("room");
            copy(&path, &copied);
        } else {
            fs::copy(&path, copied).expect("room");
        }
    }
}

/// The files under a folder, in all depths.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => files(&path),
            false => vec![path],
        })
        .collect()
}

/// The files in which something stands.
fn holding(folder: &Path, what: &[u8]) -> Vec<String> {
    let mut found = files(folder);
    found.retain(|path| {
        let bytes = fs::read(path).expect("there");
        bytes.windows(what.len()).any(|window| window == what)
    });
    found
        .iter()
        .map(|path| path.display().to_string())
        .collect()
}

/// The files of a take.
fn holding_name(folder: &Path, take: &str) -> Vec<String> {
    let names = files(folder).into_iter();
    let names = names.map(|path| {
        path.strip_prefix(folder)
            .expect("inside")
            .display()
            .to_string()
    });
    names.filter(|name| name.contains(take)).collect()
}

/// Takes all the room that is left, and gives the file that has it.
fn fill(disk: &Path) -> PathBuf {
    let path = disk.join("filler");
    let mut file = fs::File::create(&path).expect("a file");
    for block in [1 << 16, 1 << 12, 1] {
        while file.write_all(&vec![7; block]).is_ok() {}
    }
    path
}

fn mic() -> String {
    format!("wav:{}", clip("strong_task_joe.flac").display())
}

fn practise_fast(data: &Path) {
    let mut command = starling(data);
    command.args(["rehearse", "--section", "task", "--fast", "--mic"]);
    run(command.arg(mic())).succeeds();
}

/// A task that is told in real time.
fn telling(data: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(STARLING);
    command
        .args(["rehearse", "--section", "task", "--json", "--mic"])
        .arg(mic())
        .args(more)
        .env("STARLING_DATA", data)
        .env("PULSE_SERVER", "unix:/nonexistent");
    command
}

fn config(data: &Path, model: Option<&str>) -> Config {
    let file = clip("strong_task_joe.flac");
    Config {
        data: Some(data.to_owned()),
        source: Some(AudioSource::File(file, FilePacing::RealTime)),
        model: model.map(str::to_owned),
        isolation: Isolation::Subprocess(STARLING.into()),
    }
}

fn start(data: &Path, model: Option<&str>) -> Controller {
    Controller::start(config(data, model), || {}).expect("a data folder")
}

/// Begins to tell the task of the first story.
fn answer(runtime: &mut Controller) {
    let story = runtime.stories()[0].clone();
    let level = story.level;
    runtime.start_practice(story, vec![Part::Section(SectionKind::Task)], level);
    runtime.start_take();
}

fn stage(runtime: &Controller) -> Option<&Stage> {
    runtime.session().map(|session| session.stage())
}

#[track_caller]
fn poll_until(runtime: &mut Controller, what: &str, there: impl Fn(&Controller) -> bool) {
    let end = Instant::now() + PATIENCE;
    while !there(runtime) {
        let at = stage(runtime);
        assert!(Instant::now() < end, "waited for {what}: {at:?}");
        runtime.wait(Duration::from_millis(20));
    }
}

/// What went wrong since this was asked last.
fn problems(runtime: &mut Controller) -> Vec<String> {
    let news = runtime.take_notifications().into_iter();
    news.filter_map(|news| match news {
        Notification::Problem(what) => Some(what),
        _ => None,
    })
    .collect()
}
