//! Databases of older and newer versions, and databases that other processes use.

use std::fs;
use std::path::PathBuf;

use rusqlite::Connection;

use super::{downgrade_to_version_2, files_with_prefix, listed, save_takes};
use crate::storage::Store;
use crate::storage::take_db::schema;
use crate::storage::test_support::temp_store;

#[test]
fn newer_database_is_quarantined_and_older_one_is_migrated() {
    let (_folder, store) = temp_store();
    save_takes(&store, &["mine"]);
    let set_version = |store: &Store, version: i32| {
        let connection = Connection::open(store.database()).expect("it exists");
        let set = connection.pragma_update(None, "user_version", version);
        set.expect("writable");
    };
    set_version(&store, schema::VERSION + 1);
    let opened = store.open_take_db().expect("a new one");
    assert_eq!(listed(&opened), [("mine".to_owned(), None)]);
    assert!(opened.notices[0].contains("newer Starling"));
    assert_eq!(opened.notices.len(), 1, "{:?}", opened.notices);
    drop(opened);

    // The user goes back to the old database, as the notice explains.
    let files = files_with_prefix(&store, "journal.db.newer-");
    fs::rename(&files[0], store.database()).expect("writable");
    downgrade_to_version_2(&store);
    let older = Connection::open(store.database()).expect("it exists");
    older
        .execute_batch("DROP TABLE quiz; PRAGMA user_version = 1")
        .expect("writable");
    drop(older);
    let opened = store.open_take_db().expect("migrated");
    assert_eq!(listed(&opened), [("mine".to_owned(), Some(1))]);
    assert_eq!(opened.notices, [""; 0]);
    assert_eq!(opened.db.quiz_answers("webhook-drop").expect("a table"), []);
}

#[test]
fn failed_migration_leaves_the_old_database_unchanged() {
    let (_folder, store) = temp_store();
    save_takes(&store, &["mine"]);
    downgrade_to_version_2(&store);
    let older = Connection::open(store.database()).expect("it exists");
    // The migration fails, because its table exists with other columns.
    older
        .execute_batch("DROP TABLE quiz; CREATE TABLE quiz (x); PRAGMA user_version = 1")
        .expect("writable");
    drop(older);
    let opened = store.open_take_db().expect("a new one");
    assert_eq!(listed(&opened), [("mine".to_owned(), Some(1))]);
    let files = files_with_prefix(&store, "journal.db.broken-");
    let old = Connection::open(&files[0]).expect("saved");
    let count = |table: &str| -> i64 {
        let query = format!("SELECT count(*) FROM {table}");
        old.query_row(&query, [], |row| row.get(0)).expect("rows")
    };
    assert_eq!((count("takes"), count("words"), count("quiz")), (1, 1, 0));
}

/// A running Starling would continue to write to the renamed file.
#[test]
fn database_in_use_is_not_quarantined() {
    let (_folder, store) = temp_store();
    let opened = store.open_take_db().expect("writable");
    let other = Connection::open(store.database()).expect("it exists");
    other
        .pragma_update(None, "user_version", schema::VERSION + 1)
        .expect("writable");
    drop(other);
    let message = store.open_take_db().expect_err("it is open").to_string();
    assert!(message.contains("close it"), "{message}");
    assert_eq!(
        files_with_prefix(&store, "journal.db.newer"),
        [""; 0].map(PathBuf::from)
    );
    drop(opened);
    let notices = store.open_take_db().expect("writable").notices;
    assert!(notices[0].contains("by a newer Starling"), "{notices:?}");
}

#[test]
fn several_processes_can_open_and_write_at_once() {
    let (_folder, store) = temp_store();
    let work = |thread: usize| {
        let store = store.clone();
        move || {
            for number in 0..10 {
                let name = format!("{thread}-{number}");
                save_takes(&store, &[name.as_str()]);
            }
        }
    };
    let threads: Vec<_> = (0..4).map(|n| std::thread::spawn(work(n))).collect();
    for thread in threads {
        thread.join().expect("every take is saved");
    }
    let opened = store.open_take_db().expect("it exists");
    assert_eq!(opened.notices, [""; 0]);
    let list = listed(&opened);
    assert_eq!(list.len(), 40);
    assert!(list.iter().all(|(_, words)| *words == Some(1)));
}
