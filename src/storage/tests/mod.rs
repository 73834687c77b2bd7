//! Opens the take database in every state it may be in.

use std::fs;
use std::path::PathBuf;

use super::store::Store;
use super::take_db::database::TakeFilter;
use super::take_db::open::OpenedDb;
use super::test_support::transcribed_take;
use crate::domain::take::TakeId;

mod damage;
mod import;
mod order;
#[cfg(unix)]
mod permissions;
mod versions;

/// Saves takes with these ids; each contains its id as only word.
fn save_takes(store: &Store, ids: &[&str]) {
    let mut db = store.open_take_db().expect("writable").db;
    for name in ids {
        fs::write(store.wav(&TakeId((*name).to_owned())), "sound").expect("writable");
        db.save(&transcribed_take(name, name)).expect("writable");
    }
}

fn listed(opened: &OpenedDb) -> Vec<(String, Option<u32>)> {
    let list = opened.db.list(&TakeFilter::default()).expect("a list");
    list.into_iter().map(|t| (t.id.0, t.words)).collect()
}

/// Turns the database into one of version 2, which had no order of takes.
fn downgrade_to_version_2(store: &Store) {
    let connection = rusqlite::Connection::open(store.database()).expect("it exists");
    let sql = include_str!("../../../tests/data/take_db_version_2.sql");
    connection.execute_batch(sql).expect("the current version");
}

/// The files in the data folder whose names begin with `prefix`.
fn files_with_prefix(store: &Store, prefix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(store.folder()).expect("a folder");
    let mut paths: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    paths.retain(|path| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(prefix))
    });
    paths.sort();
    paths
}
