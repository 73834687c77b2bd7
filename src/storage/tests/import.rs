//! Import of takes that earlier versions saved as JSON files.

use std::fs;
use std::time::Duration;

use rusqlite::Connection;

use super::listed;
use crate::domain::take::{Take, TakeId};
use crate::storage::take_db::import::import;
use crate::storage::take_db::salvage::Salvaged;
use crate::storage::test_support::{temp_store, transcribed_take, untranscribed_take};

#[test]
fn legacy_files_are_imported_once_and_then_removed() {
    let (_folder, store) = temp_store();
    store.prepare().expect("writable");
    let json = |name: &str, take: &Take| {
        let path = store.takes().join(format!("{name}.json"));
        fs::write(path, serde_json::to_vec(take).expect("JSON")).expect("writable");
    };
    let exists = |name: &str| store.takes().join(format!("{name}.json")).exists();
    for name in ["a", "b", "c"] {
        fs::write(store.takes().join(format!("{name}.wav")), "sound").expect("writable");
    }
    json("a", &transcribed_take("a", "I traced it"));
    json("b", &untranscribed_take("b"));
    json("elsewhere", &transcribed_take("../b", "x"));
    fs::write(store.takes().join("half.json"), "{\"id\": \"half").expect("writable");
    let opened = store.open_take_db().expect("a database");
    assert_eq!(
        listed(&opened),
        [
            ("c".to_owned(), None),
            ("b".to_owned(), None),
            ("a".to_owned(), Some(3))
        ]
    );
    let a = TakeId("a".to_owned());
    let take = opened.db.take(&a).expect("saved");
    assert_eq!(take, transcribed_take("a", "I traced it"));
    assert_eq!(
        ["a", "b", "elsewhere", "half"].map(exists),
        [false, false, true, true]
    );
    let message = opened.notices.join("\n");
    assert!(
        message.contains("elsewhere.json: it describes another take"),
        "{message}"
    );
    assert!(message.contains("(and 1 more)"), "{message}");
    assert!(
        message.contains("found a recording without a database entry"),
        "{message}"
    );

    // Imported, but the process died before it removed the file: a newer transcript stays.
    let mut db = opened.db;
    db.save(&transcribed_take("a", "I traced it again"))
        .expect("writable");
    json("a", &transcribed_take("a", "I traced it"));
    drop(db);
    let opened = store.open_take_db().expect("a database");
    assert_eq!(listed(&opened)[2], ("a".to_owned(), Some(4)));
    assert!(!exists("a"));
}

#[test]
fn files_are_kept_if_the_import_fails() {
    let (_folder, store) = temp_store();
    drop(store.open_take_db().expect("writable"));
    let path = store.takes().join("a.json");
    let json = serde_json::to_vec(&transcribed_take("a", "I traced it")).expect("JSON");
    fs::write(&path, json).expect("writable");
    // Another process writes for longer than the timeout, which is zero here.
    let mut connection = Connection::open(store.database()).expect("it exists");
    let other = Connection::open(store.database()).expect("it exists");
    other.execute_batch("BEGIN IMMEDIATE").expect("locked");
    connection
        .busy_timeout(Duration::ZERO)
        .expect("pragma is set");
    assert!(import(&mut connection, &store, false, Salvaged::default()).is_err());
    assert!(path.exists());
    other.execute_batch("ROLLBACK").expect("locked");
    let imported = import(&mut connection, &store, false, Salvaged::default()).expect("writable");
    assert_eq!((imported.known, path.exists()), (1, false));
}
