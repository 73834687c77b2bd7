//! The order of takes: by when they were recorded, not by their names or by any clock.

use std::fs;

use jiff::Timestamp;

use super::{downgrade_to_version_2, listed, save_takes};
use crate::domain::start_time::StartTime;
use crate::domain::take::{Take, TakeId};
use crate::storage::Store;
use crate::storage::take_db::database::{TakeDb, TakeFilter};
use crate::storage::take_db::open::OpenedDb;
use crate::storage::test_support::{temp_store, transcribed_take};

/// Names whose order is not that of these takes, oldest first: an hour that came twice, a flight west, a clock
/// that was set back by a year.
const TAKES: [&str; 4] = [
    "2024-11-03T01-50-00.000-task",
    "2024-11-03T01-10-00.000-result",
    "2024-11-02T22-30-00.000-task",
    "2023-11-02T22-30-00.000-all",
];

fn newest_first(opened: &OpenedDb) -> Vec<String> {
    listed(opened).into_iter().map(|(name, _)| name).collect()
}

fn reversed() -> Vec<&'static str> {
    TAKES.iter().rev().copied().collect()
}

#[test]
fn takes_are_ordered_as_they_were_saved() {
    let (_folder, store) = temp_store();
    save_takes(&store, &TAKES);
    let opened = store.open_take_db().expect("it exists");
    assert_eq!(newest_first(&opened), reversed());
    let db = opened.db;
    assert_eq!(db.newest().expect("read").expect("one").id.0, TAKES[3]);
    assert_eq!(db.ids_with_prefix("last").expect("read")[0].0, TAKES[3]);
    let of_a_day = db.ids_with_prefix("2024-11").expect("read");
    let of_a_day: Vec<&str> = of_a_day.iter().map(|id| id.0.as_str()).collect();
    assert_eq!(of_a_day, [TAKES[2], TAKES[1], TAKES[0]]);
    let by_story = TakeFilter {
        story: Some("webhook-drop".to_owned()),
        part: None,
    };
    let list = db.list(&by_story).expect("read");
    assert!(list.iter().map(|take| take.id.0.as_str()).eq(reversed()));
    assert!(list.is_sorted_by(|newer, older| newer.sequence > older.sequence));
}

#[test]
fn saving_again_changes_neither_order_nor_start() {
    let (_folder, store) = temp_store();
    let mut db = store.open_take_db().expect("writable").db;
    let started = StartTime {
        at: Timestamp::from_millisecond(1_730_613_000_120).expect("a moment"),
        offset: jiff::tz::offset(-4),
        zone: Some("America/New_York".to_owned()),
    };
    for name in TAKES {
        let mut take = transcribed_take(name, "so");
        fs::write(store.wav(&take.id), "sound").expect("writable");
        take.started = Some(started.clone());
        db.save(&take).expect("writable");
    }
    // Transcribed again by a command that knows nothing of its start.
    let again = transcribed_take(TAKES[0], "so it went");
    db.save(&again).expect("writable");
    let read = db.take(&again.id).expect("saved");
    assert_eq!(
        read,
        Take {
            started: Some(started.clone()),
            ..again
        }
    );
    let list = db.list(&TakeFilter::default()).expect("read");
    assert!(list.iter().map(|take| take.id.0.as_str()).eq(reversed()));
    assert!(
        list.iter()
            .all(|take| take.started.as_ref() == Some(&started))
    );
}

#[test]
fn restored_take_returns_to_its_place_and_no_number_is_used_twice() {
    let (_folder, store) = temp_store();
    save_takes(&store, &TAKES);
    let mut db = store.open_take_db().expect("it exists").db;
    let last = TakeId(TAKES[3].to_owned());
    let (place, take) = erase(&mut db, &last);
    // Another take is recorded before the erase is undone.
    let newer = transcribed_take("2022-01-01T00-00-00.000-task", "so");
    fs::write(store.wav(&newer.id), "sound").expect("writable");
    db.save(&newer).expect("writable");
    for take in [Some(&take), None] {
        fs::write(store.wav(&last), "sound").expect("writable");
        db.restore(&place, take).expect("writable");
        let list = db.list(&TakeFilter::default()).expect("read");
        let names = list.iter().map(|take| take.id.0.as_str());
        assert!(names.eq(std::iter::once(newer.id.0.as_str()).chain(reversed())));
        assert_eq!(list[1].sequence, place.sequence);
        db.erase(&last).expect("erased");
    }
}

/// Erases a take and returns what is needed to restore it.
fn erase(db: &mut TakeDb, id: &TakeId) -> (crate::storage::TakeSummary, Take) {
    let place = db.summary(id).expect("read").expect("it exists");
    let take = db.take(id).expect("it exists");
    db.erase(id).expect("erased");
    (place, take)
}

#[test]
fn database_of_version_2_keeps_the_order_of_its_rows() {
    let (_folder, store) = temp_store();
    save_takes(&store, &TAKES);
    downgrade_to_version_2(&store);
    let opened = store.open_take_db().expect("migrated");
    assert_eq!(opened.notices, [""; 0]);
    assert_eq!(newest_first(&opened), reversed());
    let list = opened.db.list(&TakeFilter::default()).expect("read");
    assert!(list.iter().all(|take| take.started.is_some()));
    drop(opened);
    // The next take follows them.
    save_takes(&store, &["2020-01-01T00-00-00.000-task"]);
    let opened = store.open_take_db().expect("it exists");
    assert_eq!(newest_first(&opened)[0], "2020-01-01T00-00-00.000-task");
    assert_eq!(newest_first(&opened)[1..], reversed());
}

/// The process died between the migration and the numbering of its rows, or an older Starling that had the
/// database open has added a take.
#[test]
fn half_migrated_database_is_completed() {
    let (_folder, store) = temp_store();
    save_takes(&store, &TAKES);
    let connection = rusqlite::Connection::open(store.database()).expect("it exists");
    let undo = "UPDATE takes SET sequence = NULL; UPDATE take_counter SET last = 0;
        INSERT INTO takes (id, story, part, level) VALUES ('2021-older', 'a', 'task', 'mid')";
    connection.execute_batch(undo).expect("writable");
    drop(connection);
    let opened = store.open_take_db().expect("completed");
    assert_eq!(newest_first(&opened)[0], "2021-older");
    assert_eq!(newest_first(&opened)[1..], reversed());
    let list = opened.db.list(&TakeFilter::default()).expect("read");
    assert!(list.is_sorted_by(|newer, older| newer.sequence > older.sequence));
}

#[test]
fn salvaged_takes_keep_their_order() {
    for is_older in [false, true] {
        let (_folder, store) = temp_store();
        save_takes(&store, &TAKES);
        if is_older {
            downgrade_to_version_2(&store);
        }
        let connection = rusqlite::Connection::open(store.database()).expect("it exists");
        connection
            .pragma_update(None, "user_version", -7)
            .expect("writable");
        drop(connection);
        let opened = store.open_take_db().expect("salvaged");
        assert_eq!(opened.notices.len(), 1, "{:?}", opened.notices);
        assert_eq!(newest_first(&opened), reversed(), "older: {is_older}");
    }
}

/// Audio that somebody copies into the folder, and JSON files of versions before the database.
#[test]
fn imported_takes_go_where_their_time_belongs() {
    let (_folder, store) = temp_store();
    let names = [
        "2024-07-01T10-00-00.000-task",
        "2024-07-05T10-00-00.000-task",
    ];
    save_takes(&store, &names);
    let connection = rusqlite::Connection::open(store.database()).expect("it exists");
    for (name, at) in std::iter::zip(names, ["2024-07-01T10:00:00Z", "2024-07-05T10:00:00Z"]) {
        let at: Timestamp = at.parse().expect("a moment");
        connection
            .execute(
                "UPDATE takes SET started_ms = ?1, utc_offset_s = 0 WHERE id = ?2",
                rusqlite::params![at.as_millisecond(), name],
            )
            .expect("writable");
    }
    drop(connection);
    let json = |store: &Store, name: &str| {
        let path = store.takes().join(format!("{name}.json"));
        let take = serde_json::to_vec(&transcribed_take(name, "so")).expect("JSON");
        fs::write(path, take).expect("writable");
    };
    json(&store, "2024-07-03T10-00-00.000-result");
    json(&store, "2024-06-30T10-00-00.000-result");
    json(&store, "of an unknown time");
    let copied = store.wav(&TakeId("2024-07-04T10-00-00.000-all".to_owned()));
    fs::write(&copied, "sound").expect("writable");
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
    let file = fs::File::options().append(true).open(&copied);
    file.and_then(|file| file.set_modified(long_ago))
        .expect("own file");
    let opened = store.open_take_db().expect("imported");
    assert_eq!(
        newest_first(&opened),
        [
            "2024-07-05T10-00-00.000-task",
            "2024-07-04T10-00-00.000-all",
            "2024-07-03T10-00-00.000-result",
            "2024-07-01T10-00-00.000-task",
            "2024-06-30T10-00-00.000-result",
            "of an unknown time",
        ]
    );
}
