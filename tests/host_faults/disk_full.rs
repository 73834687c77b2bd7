//! A disk that is full, or nearly full: during a take, an export, an erase, and at start.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use starling::app::{Controller, Notification};
use starling::audio::capture::wav_writer::WavWriter;
use starling::domain::story::{Part, SectionKind};
use starling::domain::take::TakeId;
use starling::practice::session::{Session, Stage};
use starling::storage::{Store, TakeStatus};

use crate::common::builders::{TakeBuilder, words};
use crate::common::process::Program;
use crate::common::{documents, run, starling, take_files};
use crate::{
    BYTES_PER_SECOND, STEP_TIMEOUT, files_containing, files_of_take, fill_disk, mic_argument,
    rehearse_command, rehearse_fast, start_controller, wait_for_audio, with_small_disk,
};

/// No model has this name, so nothing is transcribed.
const NO_MODEL: Option<&str> = Some("no-such-model");

/// Another program takes all the free space while the user speaks.
#[test]
fn disk_that_fills_up_during_take_ends_take_and_keeps_audio() {
    let name = "disk_full::disk_that_fills_up_during_take_ends_take_and_keeps_audio";
    with_small_disk(name, 12, |disk| {
        let data = disk.join("data");
        rehearse_fast(&data);
        let earlier = take_files(&data, "wav").pop().expect("a take");
        let earlier_audio = fs::read(&earlier).expect("its audio");

        let (cut_short, filler) = record_until_disk_is_full(disk, &data);
        header_matches_file(&cut_short);
        assert_take_is_listed_as_interrupted(&data);
        assert!(
            fs::read(&earlier).expect("its audio") == earlier_audio,
            "the earlier take has changed"
        );
        assert_full_disk_refuses_take(&data);

        fs::remove_file(filler).expect("the filler");
        let filler = fill_disk(disk);
        let empty = disk.join("empty.wav");
        assert!(WavWriter::create(&empty).is_err());
        assert!(!empty.exists(), "a WAV without audio was left");

        // With space, the cut take is offered for transcription, and the next one works.
        fs::remove_file(filler).expect("the filler");
        let controller = start_controller(&data, NO_MODEL);
        let offered = controller
            .recoverable_take()
            .expect("the take that was cut short");
        let offered = format!("{}.wav", offered.id);
        assert_eq!(
            cut_short.file_name().and_then(|name| name.to_str()),
            Some(&*offered)
        );
        drop(controller);
        rehearse_fast(&data);
        assert_eq!(take_files(&data, "wav").len(), 3);
    });
}

/// Fills the disk during a take. Returns the take's WAV file and the file that fills the disk.
fn record_until_disk_is_full(disk: &Path, data: &Path) -> (PathBuf, PathBuf) {
    let mut program = Program::start(&mut rehearse_command(data, &[]));
    program.wait_for("recording");
    wait_for_audio(data, 1, 4);
    let filler = fill_disk(disk);
    let saved = program.wait_for("take_saved");
    let feedback = program.wait_for("feedback");
    let (status, events, errors) = program.wait_for_exit();
    assert_eq!(status.code(), Some(1));
    assert_eq!(errors.len(), 1, "expected one error: {errors:?}");
    for part in ["No space left", "Free disk space", "is saved"] {
        assert!(errors[0].contains(part), "no {part:?} in {errors:?}");
    }
    let problems = events.iter().filter(|event| event["event"] == "problem");
    assert_eq!(problems.count(), 1, "expected one problem: {events:#?}");
    let words = feedback["report"]["transcript"]["words"].as_array();
    assert!(words.expect("words").len() >= 5, "{feedback:#}");
    (
        PathBuf::from(saved["file"].as_str().expect("a path")),
        filler,
    )
}

/// The header of the WAV states its true length, so every sample can be played.
fn header_matches_file(wav: &Path) {
    let reader = hound::WavReader::open(wav).expect("a WAV");
    let bytes = fs::metadata(wav).expect("a file").len();
    assert_eq!(u64::from(reader.duration()), (bytes - 44) / 2);
    assert!(bytes > 2 * BYTES_PER_SECOND, "only {bytes} bytes");
}

fn assert_take_is_listed_as_interrupted(data: &Path) {
    let history = run(starling(data).args(["history", "--json"]));
    let list = documents(&history.out).pop().expect("a list");
    assert_eq!(list[0]["state"], "interrupted", "{list:#}");
    assert_eq!(list[0]["section"], "task");
    assert_eq!(list[1]["state"], "transcribed");
}

fn assert_full_disk_refuses_take(data: &Path) {
    let mut rehearse = starling(data);
    let rehearse = rehearse.args(["rehearse", "--section", "task", "--fast", "--mic"]);
    let refused = run(rehearse.arg(mic_argument()));
    assert_eq!(refused.code, 1);
    refused.has_one_message("the disk is full: free some space for");
    assert_eq!(take_files(data, "wav").len(), 2);
}

/// A transcript that could not be written is written as soon as there is space.
#[test]
fn transcript_is_saved_once_disk_has_space() {
    let name = "disk_full::transcript_is_saved_once_disk_has_space";
    with_small_disk(name, 12, |disk| {
        let data = disk.join("data");
        rehearse_fast(&data);
        let mut controller = start_controller(&data, None);
        start_take(&mut controller);
        poll_until(
            &mut controller,
            "three seconds of the answer",
            |controller| matches!(stage(controller), Some(Stage::Answering { elapsed, .. }) if *elapsed > 3.0),
        );
        let filler = fill_disk(disk);
        poll_until(&mut controller, "feedback", |controller| {
            matches!(stage(controller), Some(Stage::Review))
        });
        let reported = problems(&mut controller);
        assert_eq!(reported.len(), 1, "expected one problem: {reported:?}");
        let state = |controller: &mut Controller| controller.history().expect("a list")[0].state;
        assert_eq!(state(&mut controller), TakeStatus::Interrupted);
        fs::remove_file(filler).expect("the filler");
        assert_eq!(state(&mut controller), TakeStatus::Transcribed);
        assert_eq!(problems(&mut controller), [""; 0]);
        assert_eq!(controller.recoverable_take(), None);
    });
}

/// A window that was started on a full disk lets other processes use the take database.
#[test]
fn take_database_opened_on_full_disk_is_not_locked_for_others() {
    let name = "disk_full::take_database_opened_on_full_disk_is_not_locked_for_others";
    with_small_disk(name, 4, |disk| {
        let data = disk.join("data");
        let store = Store::at(Some(data.clone())).expect("a data folder");
        let mut take_db = store.open_take_db().expect("a take database").db;
        let id = TakeId("2026-11-23T18-04-09.120-task".to_owned());
        fs::write(store.wav(&id), "sound").expect("space");
        take_db.save_audio_only(&id).expect("space");
        drop(take_db);
        let filler = fill_disk(disk);
        let mut controller = start_controller(&data, NO_MODEL);
        assert!(
            controller
                .take_db()
                .expect("an open database")
                .is_exclusive()
        );
        assert_eq!(controller.history().expect("a list").len(), 1);
        controller.poll();
        run(starling(&data).args(["history", "--json"])).succeeds();
        fs::remove_file(filler).expect("the filler");
        assert_eq!(controller.history().expect("a list").len(), 1);
        assert!(
            !controller
                .take_db()
                .expect("an open database")
                .is_exclusive()
        );
    });
}

#[test]
fn low_disk_space_is_reported_before_recording() {
    let name = "disk_full::low_disk_space_is_reported_before_recording";
    with_small_disk(name, 4, |disk| {
        let data = disk.join("data");
        rehearse_fast(&data);
        let free = Store::at(Some(data.clone())).and_then(|store| {
            store.prepare()?;
            Ok(store.free_space().expect("the free space"))
        });
        // Leaves the reserve of a megabyte, and about nine seconds of audio.
        let filler = vec![7; free.expect("a data folder") as usize - (1 << 20) - 300_000];
        fs::write(disk.join("filler"), filler).expect("space");
        let mut controller = start_controller(&data, NO_MODEL);
        problems(&mut controller);
        start_take(&mut controller);
        let reported = problems(&mut controller);
        let warning = reported
            .iter()
            .find(|problem| problem.contains("of recording fits"));
        let warning = warning.unwrap_or_else(|| panic!("no warning in {reported:?}"));
        assert!(warning.contains("only 0:0"), "{warning}");
    });
}

#[test]
fn export_to_full_disk_leaves_no_partial_file() {
    let name = "disk_full::export_to_full_disk_leaves_no_partial_file";
    with_small_disk(name, 1, |disk| {
        let data = tempfile::tempdir().expect("a folder");
        rehearse_fast(data.path());
        let target = disk.join("take.html");
        fs::write(&target, "before").expect("space");
        fill_disk(disk);
        let export = run(starling(data.path())
            .args(["export", "last", "--to"])
            .arg(&target));
        export.fails(
            1,
            "No space left on device (os error 28). Free disk space, or choose another place",
        );
        assert_eq!(
            fs::read_to_string(&target).expect("the earlier file"),
            "before"
        );
        let mut names: Vec<_> = fs::read_dir(disk)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        names.sort();
        assert_eq!(names, ["filler", "take.html"]);
    });
}

/// If the take database cannot be compacted after an erase, the next start with enough space does it.
#[test]
fn erased_text_is_removed_at_next_start_with_space() {
    let name = "disk_full::erased_text_is_removed_at_next_start_with_space";
    with_small_disk(name, 12, |disk| {
        let data = disk.join("data");
        let store = Store::at(Some(data.clone())).expect("a data folder");
        let mut take_db = store.open_take_db().expect("a take database").db;
        for (name, count) in [("one", 200), ("two", 16_000)] {
            let text = vec![format!("secret{name}q"); count].join(" ");
            let take = TakeBuilder::new(name).words(words(&text)).build();
            fs::write(store.wav(&take.id), "sound").expect("space");
            take_db.save(&take).expect("space");
        }
        drop(take_db);
        let filler = fill_disk(disk);
        // Enough space to delete the row, but not to write the whole database again.
        let file = fs::File::options()
            .write(true)
            .open(&filler)
            .expect("the filler");
        let length = file.metadata().expect("its length").len();
        file.set_len(length - 300_000).expect("a shorter filler");
        // Closed now: the space of an open file may not be freed.
        drop(file);
        let erase = run(starling(&data).args(["erase", "one", "--yes"]));
        assert_eq!(erase.code, 0, "{}", erase.err);
        erase.has_one_message("the disk is too full to compact the take database");
        fs::remove_file(filler).expect("the filler");
        run(starling(&data).args(["history", "--json"])).succeeds();
        assert_eq!(files_containing(&data, b"secretoneq"), [""; 0]);
        assert_eq!(files_of_take(&data, "one"), [""; 0]);
        assert!(
            !files_containing(&data, b"secrettwoq").is_empty(),
            "the other take is gone, too"
        );
    });
}

/// Starts a take of the task of the first story.
fn start_take(controller: &mut Controller) {
    let story = controller.stories()[0].clone();
    let level = story.level;
    controller.start_practice(story, vec![Part::Section(SectionKind::Task)], level);
    controller.start_take();
}

fn stage(controller: &Controller) -> Option<&Stage> {
    controller.session().map(Session::stage)
}

#[track_caller]
fn poll_until(controller: &mut Controller, what: &str, is_done: impl Fn(&Controller) -> bool) {
    let deadline = Instant::now() + STEP_TIMEOUT;
    while !is_done(controller) {
        let stage = stage(controller);
        assert!(
            Instant::now() < deadline,
            "timed out waiting for {what}: {stage:?}"
        );
        controller.wait(Duration::from_millis(20));
    }
}

/// The problems that were reported since the last call.
fn problems(controller: &mut Controller) -> Vec<String> {
    let notifications = controller.take_notifications().into_iter();
    notifications
        .filter_map(|notification| match notification {
            Notification::Problem(text) => Some(text),
            _ => None,
        })
        .collect()
}
