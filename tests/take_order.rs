//! Takes keep the order in which they were recorded and the right times, whatever clocks and time zones do.
//! The commands run with the variables `TZ` and `STARLING_CLOCK`.
#![allow(clippy::expect_used, reason = "a failed test panics")]

mod common;

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use assert_cmd::Command;
use common::builders::TakeBuilder;
use common::{CommandOutput, fast_rehearsal, run, starling, temp_folder};
use serde_json::Value;
use starling::domain::take::TakeId;
use starling::storage::Store;

/// Too short for words, so that a rehearsal takes no longer than it must.
const CLIP: &str = "edge_tiny_0.2s.wav";

/// Where and when takes are recorded, in this order: the computer's clock and time zone, and the local time
/// in the name of the take.
const RECORDED: [(&str, &str, &str); 14] = [
    // Leap day and the day after.
    (
        "2028-02-29T04:59:00Z",
        "America/New_York",
        "2028-02-28T23-59",
    ),
    (
        "2028-02-29T05:01:00Z",
        "America/New_York",
        "2028-02-29T00-01",
    ),
    (
        "2028-03-01T05:01:00Z",
        "America/New_York",
        "2028-03-01T00-01",
    ),
    // The clocks are set forward, and an hour is left out.
    (
        "2028-03-12T06:59:00Z",
        "America/New_York",
        "2028-03-12T01-59",
    ),
    (
        "2028-03-12T07:01:00Z",
        "America/New_York",
        "2028-03-12T03-01",
    ),
    // They are set back, and an hour comes twice.
    (
        "2028-11-05T05:50:00Z",
        "America/New_York",
        "2028-11-05T01-50",
    ),
    (
        "2028-11-05T06:10:00Z",
        "America/New_York",
        "2028-11-05T01-10",
    ),
    // South of the equator it is the other way round, by half an hour.
    (
        "2029-03-31T14:50:00Z",
        "Australia/Lord_Howe",
        "2029-04-01T01-50",
    ),
    (
        "2029-03-31T15:05:00Z",
        "Australia/Lord_Howe",
        "2029-04-01T01-35",
    ),
    // A flight over the date line, into the day before; then New Year.
    (
        "2029-04-01T01:00:00Z",
        "Pacific/Honolulu",
        "2029-03-31T15-00",
    ),
    ("2030-01-01T00:30:00Z", "Asia/Tokyo", "2030-01-01T09-30"),
    (
        "2030-01-01T00:40:00Z",
        "America/Los_Angeles",
        "2029-12-31T16-40",
    ),
    // The clock is found to be five years ahead and corrected, then once more.
    ("2025-06-01T10:00:00Z", "UTC", "2025-06-01T10-00"),
    ("2025-06-01T09:00:00Z", "UTC", "2025-06-01T09-00"),
];

#[test]
fn last_take_is_the_one_recorded_last() {
    let data = temp_folder();
    let mut ids: Vec<String> = Vec::new();
    for (clock, zone, local) in RECORDED {
        let id = rehearse(data.path(), clock, zone);
        assert!(id.starts_with(local), "{clock} in {zone}: {id}");
        ids.insert(0, id);
        assert_eq!(history_ids(data.path()), ids, "after {clock} in {zone}");
    }
    let history = history(data.path(), "UTC");
    let sequence: Vec<i64> = history
        .iter()
        .filter_map(|take| take["sequence"].as_i64())
        .collect();
    assert!(
        sequence.is_sorted_by(|newer, older| newer > older),
        "{sequence:?}"
    );
    for (take, (clock, zone, _)) in history.iter().rev().zip(RECORDED) {
        let started = take["started"].as_str().expect("a moment");
        assert_eq!(started[..16], clock[..16], "{take}");
        assert_eq!(take["zone"].as_str().expect("a zone"), zone, "{take}");
    }
    // An erased take is always the one that `last` names.
    for (count, id) in ids.iter().enumerate() {
        let export = data.path().join("last.wav");
        let wav = data.path().join(format!("takes/{id}.wav"));
        run(starling(data.path())
            .args(["export", "last", "--to"])
            .arg(&export))
        .succeeds();
        assert!(
            fs::read(&export).ok() == fs::read(&wav).ok(),
            "{id} is not the last take"
        );
        run(starling(data.path()).args(["erase", "last", "--yes"])).succeeds();
        assert!(!wav.exists(), "{id} is not erased");
        assert_eq!(history_ids(data.path()), ids[count + 1..], "without {id}");
    }
}

#[test]
fn history_shows_local_time_where_it_differs_from_the_name() {
    let data = temp_folder();
    rehearse(data.path(), "2028-07-01T16:04:00Z", "America/New_York");
    rehearse(data.path(), "2028-11-05T05:50:00Z", "America/New_York");
    rehearse(data.path(), "2028-11-05T06:10:00Z", "America/New_York");
    let check = |zone: &str, expected: [&str; 3]| {
        let ran = run(starling(data.path()).env("TZ", zone).arg("history"));
        for (line, expected) in ran.succeeds().out.lines().zip(expected) {
            let (_, note) = line.split_once("0 words").expect("a number of words");
            assert_eq!(note.trim(), expected, "from {zone}: {line}");
        }
    };
    check(
        "America/New_York",
        ["2028-11-05 01:10 EST", "2028-11-05 01:50 EDT", ""],
    );
    // Another place with the same time.
    check(
        "America/Toronto",
        ["2028-11-05 01:10 EST", "2028-11-05 01:50 EDT", ""],
    );
    check(
        "Asia/Tokyo",
        [
            "2028-11-05 15:10 (01:10 in America/New_York)",
            "2028-11-05 14:50 (01:50 in America/New_York)",
            "2028-07-02 01:04 (2028-07-01 12:04 in America/New_York)",
        ],
    );
    // The report of an export shows the same time.
    let file = data.path().join("take.md");
    let id = history_ids(data.path()).pop().expect("a take");
    let mut export = starling(data.path());
    export.env("TZ", "Asia/Tokyo").args(["export", &id, "--to"]);
    run(export.arg(&file)).succeeds();
    let page = fs::read_to_string(file).expect("a report");
    assert!(
        page.contains("2028-07-02 01:04 (2028-07-01 12:04 in America/New"),
        "{page}"
    );
}

/// Takes of Starling 0.2.0, whose database knew only names.
#[test]
fn database_of_an_older_version_keeps_the_order_of_recording() {
    let data = temp_folder();
    let store = Store::at(Some(data.path().to_owned())).expect("a data folder");
    let mut names = [
        "2024-03-10T01-59-00.000-task",
        "2024-03-10T03-01-00.000-task",
        "2024-11-03T01-50-00.000-task",
        "2024-11-03T01-10-00.000-task",
        "2024-11-02T20-15-00.000-task",
    ];
    let mut db = store.open_take_db().expect("writable").db;
    for name in names {
        fs::write(store.wav(&TakeId(name.to_owned())), "sound").expect("writable");
        db.save(&TakeBuilder::new(name).build()).expect("writable");
    }
    drop(db);
    let older = rusqlite::Connection::open(data.path().join("journal.db")).expect("a database");
    older
        .execute_batch(include_str!("data/take_db_version_2.sql"))
        .expect("a database of the current version");
    drop(older);
    names.reverse();
    assert_eq!(history_ids(data.path()), names);
    run(starling(data.path()).args(["erase", "last", "--yes"])).succeeds();
    assert_eq!(history_ids(data.path()), names[1..]);
    let next = rehearse(data.path(), "2020-01-01T00:00:00Z", "UTC");
    assert_eq!(history_ids(data.path())[0], next);
}

/// If the database is lost, or there never was one, names and files tell when takes were recorded.
#[test]
fn takes_without_a_database_are_ordered_by_the_times_of_their_files() {
    let takes = [
        ("2024-11-03T01-50-00.000-task", "2024-11-03T05:50:04Z"),
        ("2024-11-03T01-10-00.000-task", "2024-11-03T06:10:04Z"),
        // In Honolulu.
        ("2024-11-02T20-40-00.000-task", "2024-11-03T06:40:04Z"),
        // Copied later; its time is that of New York.
        ("2024-11-03T03-00-00.000-task", "2025-01-01T00:00:00Z"),
    ];
    for is_json in [false, true] {
        let data = temp_folder();
        let folder = data.path().join("takes");
        fs::create_dir(&folder).expect("writable");
        for (name, changed) in takes {
            let wav = folder.join(format!("{name}.wav"));
            fs::write(&wav, [0; 44 + 3 * 32_000]).expect("writable");
            let changed: jiff::Timestamp = changed.parse().expect("a moment");
            let began =
                SystemTime::UNIX_EPOCH + Duration::from_millis(changed.as_millisecond() as u64);
            let file = fs::File::options().append(true).open(&wav);
            let ended = began + Duration::from_secs(3);
            file.and_then(|file| file.set_modified(ended))
                .expect("own file");
            if is_json {
                let take = serde_json::to_vec(&TakeBuilder::new(name).build()).expect("JSON");
                fs::write(wav.with_extension("json"), take).expect("writable");
            }
        }
        let list = history(data.path(), "America/New_York");
        let newest_first = takes.iter().rev().map(|(name, _)| *name);
        assert!(
            list.iter()
                .filter_map(|take| take["take"].as_str())
                .eq(newest_first),
            "{list:?}"
        );
        assert_eq!(list[1]["started"], "2024-11-03T06:40:00.000Z");
        assert_eq!(list[1]["zone"], "UTC-10:00");
        let ran = run(starling(data.path())
            .env("TZ", "America/New_York")
            .arg("history"));
        assert!(
            ran.out
                .contains("2024-11-03 01:40 EST (2024-11-02 20:40 in UTC-10:00)"),
            "{}",
            ran.out
        );
    }
}

#[test]
fn impossible_clock_is_named() {
    let data = temp_folder();
    for clock in ["yesterday", "2028-02-30T00:00:00Z", "2028-02-29"] {
        let ran = run(starling(data.path())
            .env("STARLING_CLOCK", clock)
            .arg("history"));
        ran.fails(
            2,
            &format!("STARLING_CLOCK is `{clock}`, not a moment such as"),
        );
    }
}

/// Records a take at this moment by the program's clock, and returns its id.
fn rehearse(data: &Path, clock: &str, zone: &str) -> String {
    let mut command: Command = starling(data);
    command.env("TZ", zone).env("STARLING_CLOCK", clock);
    let before = history_ids(data);
    let ran: CommandOutput = run(command.args(fast_rehearsal("task", CLIP)));
    assert_eq!(ran.code, 0, "{clock} in {zone}: {}", ran.err);
    let after = history_ids(data).into_iter();
    let mut new = after.filter(|id| !before.contains(id));
    new.next().expect("a new take")
}

/// The entries of `history --json` for a viewer in this time zone, newest first.
fn history(data: &Path, zone: &str) -> Vec<Value> {
    let mut command = starling(data);
    let ran = run(command.env("TZ", zone).args(["history", "--json"]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let list = ran.documents().remove(0);
    list.as_array().expect("a list").clone()
}

fn history_ids(data: &Path) -> Vec<String> {
    let list = history(data, "UTC").into_iter();
    list.map(|take| take["take"].as_str().expect("a name").to_owned())
        .collect()
}
