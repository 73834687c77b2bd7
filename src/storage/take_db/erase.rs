//! Erases takes: row, transcript and audio, so that no text remains in the database's files.
//!
//! The process may die at any time. So the audio of a take is first renamed to its tombstone, `.ex-TAKE`.
//! This name appears in no list, and remains until nothing of the take is left in the database, not even in
//! freed pages. The next start, or the next erase, finishes what a tombstone stands for.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction};

use super::take_files::{files_of_takes, is_being_recorded};
use super::{quarantine, sqlite};
use crate::domain::take::TakeId;
use crate::storage::error::StoreError;
use crate::storage::file_ops;
use crate::storage::store::Store;

/// Prefix of a tombstone. It is as long as the replaced extension, so that every take can be renamed.
const TOMBSTONE_PREFIX: &str = ".ex-";
/// Name of the tombstone of all quiz answers; no take id begins with a dot.
const QUIZ: &str = ".quiz";

/// Result of an erase.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Number of erased takes.
    pub takes: usize,
    /// Remaining files of quarantined databases, which may contain text of the take.
    pub quarantined: Vec<PathBuf>,
    /// Why text may remain in the database's own files.
    pub residual: Option<ResidualData>,
}

/// Why text may remain in the database's own files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResidualData {
    /// Another process reads the log: the text remains until that process closes it.
    InUse,
    /// The disk is too full to compact the database. Retried at the next start or erase.
    DiskFull,
    /// Another process writes to the database. Retried at the next start or erase.
    Busy,
}

impl ResidualData {
    /// Message for the user.
    pub(super) fn message(self) -> &'static str {
        match self {
            ResidualData::InUse => {
                "another Starling is open: erased text remains in the log of the take database until it closes"
            }
            ResidualData::DiskFull => {
                "the disk is too full to compact the take database: erased text may remain in it until the next start with enough space"
            }
            ResidualData::Busy => {
                "another program is writing to the take database: erased text may remain in it until the next start"
            }
        }
    }
}

impl Erased {
    /// Messages about remaining text.
    pub fn messages(&self) -> Vec<String> {
        let quarantined = self.quarantined.first().map(|first| {
            format!(
                "erased text may also be in quarantined take databases, such as {}: delete them, or run `starling erase --all`",
                first.display()
            )
        });
        let residual = self.residual.map(|residual| residual.message().to_owned());
        quarantined.into_iter().chain(residual).collect()
    }
}

/// Erases a take.
pub(super) fn erase(
    connection: &mut Connection,
    store: &Store,
    id: &TakeId,
) -> Result<Erased, StoreError> {
    let ids = || all_ids(connection).map_err(|why| database_error(store, why));
    if !id.is_file_name() || !ids()?.contains(id) {
        return Err(StoreError::Unknown(id.clone()));
    }
    // Its recorder would continue, and write the row again.
    if is_being_recorded(&store.wav(id)) {
        return Err(StoreError::BeingRecorded(id.clone()));
    }
    mark_for_erasure(store, [id])?;
    Ok(Erased {
        takes: 1,
        quarantined: quarantine::quarantined_files(store),
        residual: finish(connection, store)?,
    })
}

/// Erases every take, all quiz answers and every quarantined database. Settings, stories and models stay;
/// so does a take that is started meanwhile.
pub(super) fn erase_all(connection: &mut Connection, store: &Store) -> Result<Erased, StoreError> {
    let folder = store.takes();
    // Rows are listed before files: a row without a file in the second list has no audio.
    let mut takes = all_ids(connection).map_err(|why| database_error(store, why))?;
    let rows = takes.len();
    takes.extend(files_of_takes(&folder, "wav").into_iter().map(|(id, _)| id));
    let invalid_ids: Vec<TakeId> = takes.extract_if(.., |id| !id.is_file_name()).collect();
    let recorded = |id: &&TakeId| is_being_recorded(&store.wav(id));
    if let Some(id) = takes.iter().find(recorded) {
        return Err(StoreError::BeingRecorded(id.clone()));
    }
    let mut files_with_text = quarantine::quarantined_files(store);
    files_with_text.extend(file_ops::orphaned_temp_files(&folder));
    let legacy_json = files_of_takes(&folder, "json").into_iter();
    files_with_text.extend(legacy_json.map(|(_, path)| path));
    for path in files_with_text {
        erase_file(&path)?;
    }
    mark_for_erasure(store, &takes)?;
    let quiz = tombstone_path(store, QUIZ);
    file_ops::ensure_private(&quiz).map_err(|why| StoreError::Write { path: quiz, why })?;
    // Rows whose ids are not valid file names have no audio here.
    if !invalid_ids.is_empty() {
        sqlite::write(connection, |tx| {
            delete(tx, invalid_ids.iter().map(|id| &id.0))
        })
        .map_err(|why| database_error(store, why))?;
    }
    Ok(Erased {
        takes: rows,
        quarantined: Vec::new(),
        residual: finish(connection, store)?,
    })
}

/// Finishes all pending erasures, including those of a process that died. Returns why text may remain in
/// the database's own files; the tombstones stay then.
pub(super) fn finish(
    connection: &mut Connection,
    store: &Store,
) -> Result<Option<ResidualData>, StoreError> {
    let mut pending = pending_erasures(store);
    if pending.is_empty() {
        return Ok(None);
    }
    // The audio first: on a full disk this frees the space to erase the rest.
    for name in &pending {
        file_ops::overwrite(&tombstone_path(store, name));
    }
    let takes = || {
        let takes = pending.iter().filter(|name| *name != QUIZ);
        // If the audio exists again, the erase was undone.
        takes.filter(|name| !exists(&store.wav(&TakeId((*name).clone()))))
    };
    for name in takes() {
        erase_file(&store.takes().join(format!("{name}.json")))?;
    }
    let quiz = pending.iter().any(|name| name == QUIZ);
    let rows = sqlite::write(connection, |tx| {
        delete(tx, takes())?;
        match quiz {
            true => tx.execute("DELETE FROM quiz", []).map(drop),
            false => Ok(()),
        }
    });
    rows.map_err(|why| database_error(store, why))?;
    // Answers given from now on must not be erased by a retry.
    if quiz {
        erase_file(&tombstone_path(store, QUIZ))?;
        pending.retain(|name| name != QUIZ);
    }
    let residual = compact(connection).map_err(|why| database_error(store, why))?;
    if residual.is_none() {
        for name in &pending {
            erase_file(&tombstone_path(store, name))?;
        }
    }
    Ok(residual)
}

fn database_error(store: &Store, why: rusqlite::Error) -> StoreError {
    StoreError::Database {
        path: store.database(),
        why,
    }
}

fn all_ids(connection: &Connection) -> rusqlite::Result<BTreeSet<TakeId>> {
    connection
        .prepare("SELECT id FROM takes")?
        .query_map([], |row| Ok(TakeId(row.get(0)?)))?
        .collect()
}

fn delete<'a>(tx: &Transaction, names: impl Iterator<Item = &'a String>) -> rusqlite::Result<()> {
    for name in names {
        tx.execute("DELETE FROM takes WHERE id = ?1", [name])?;
    }
    Ok(())
}

/// Renames the audio of takes to their tombstones; creates an empty one if there is no audio.
fn mark_for_erasure<'a>(
    store: &Store,
    takes: impl IntoIterator<Item = &'a TakeId>,
) -> Result<(), StoreError> {
    for id in takes {
        let (wav, tombstone) = (store.wav(id), tombstone_path(store, &id.0));
        let renamed = match fs::rename(&wav, &tombstone) {
            Err(error) if file_ops::is_absent(&error) => file_ops::ensure_private(&tombstone),
            renamed => renamed,
        };
        renamed.map_err(|why| StoreError::Write { path: wav, why })?;
    }
    // The new names must be on the disk before anything else. Not every system can open a folder.
    if let Ok(folder) = fs::File::open(store.takes()) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// The names after the prefix of all tombstones.
fn pending_erasures(store: &Store) -> Vec<String> {
    let entries = fs::read_dir(store.takes()).into_iter().flatten();
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let names = names.filter_map(|name| Some(name.strip_prefix(TOMBSTONE_PREFIX)?.to_owned()));
    names
        .filter(|name| name == QUIZ || TakeId(name.clone()).is_file_name())
        .collect()
}

/// Path of a tombstone.
fn tombstone_path(store: &Store, name: &str) -> PathBuf {
    store.takes().join(format!("{TOMBSTONE_PREFIX}{name}"))
}

/// A path that cannot be examined counts as missing, so that its erasure is completed.
fn exists(path: &Path) -> bool {
    path.try_exists().unwrap_or(false)
}

fn erase_file(path: &Path) -> Result<(), StoreError> {
    file_ops::overwrite(path);
    file_ops::remove(path).map_err(|why| StoreError::Write {
        path: path.to_owned(),
        why,
    })
}

/// Compacts the database and empties its log. `secure_delete` alone left text in pages whose rows had been
/// moved, in two of three databases that were tested.
fn compact(connection: &Connection) -> rusqlite::Result<Option<ResidualData>> {
    let run = || {
        connection.execute_batch("VACUUM")?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
    };
    match run() {
        Ok(0) => Ok(None),
        Ok::<i64, _>(_) => Ok(Some(ResidualData::InUse)),
        Err(error) if sqlite::is_full(&error) => Ok(Some(ResidualData::DiskFull)),
        Err(error) if sqlite::is_busy(&error) => Ok(Some(ResidualData::Busy)),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::storage::take_db::database::{TakeDb, TakeFilter};
    use crate::storage::test_support::{temp_store, transcribed_take};

    /// A word that only this take contains.
    fn secret(number: usize) -> String {
        format!("secret{number:03}q")
    }

    /// A database of `takes` takes with only their secrets as words, as uneven as in practice: in random order,
    /// of all lengths, many of them transcribed twice.
    fn db_with_takes(store: &Store, takes: usize) -> TakeDb {
        let mut db = store.open_take_db().expect("writable").db;
        let mut random = 7_usize;
        let mut draw = |below: usize| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (random >> 33) % below
        };
        for round in 0..2 * takes {
            let number = if round < takes {
                round * 37 % takes
            } else {
                draw(takes)
            };
            let id = format!("take-{number:03}");
            let words = (0..1 + draw(150)).map(|i| format!("{}{i} ", secret(number)));
            let take = transcribed_take(&id, &words.collect::<String>());
            fs::write(store.wav(&take.id), secret(number)).expect("writable");
            db.save(&take).expect("writable");
        }
        db
    }

    /// Names of the files in the data folder that contain `text`.
    fn files_containing(store: &Store, text: &str) -> Vec<String> {
        let database = store.database();
        let mut files: Vec<PathBuf> = ["", "-wal", "-shm"]
            .map(|end| quarantine::with_suffix(&database, end))
            .to_vec();
        let takes = fs::read_dir(store.takes()).expect("a folder");
        files.extend(takes.map(|entry| entry.expect("an entry").path()));
        files.retain(|path| {
            let bytes = fs::read(path).unwrap_or_default();
            bytes.windows(text.len()).any(|w| w == text.as_bytes())
        });
        let name = |path: &PathBuf| {
            path.file_name()
                .expect("one")
                .to_string_lossy()
                .into_owned()
        };
        files.iter().map(name).collect()
    }

    #[test]
    fn erased_take_leaves_no_text() {
        let (_folder, store) = temp_store();
        let mut db = db_with_takes(&store, 100);
        for number in (3..100).step_by(7) {
            assert!(!files_containing(&store, &secret(number)).is_empty());
            let id = TakeId(format!("take-{number:03}"));
            let erased = db.erase(&id).expect("it exists");
            assert_eq!((erased.takes, erased.residual), (1, None));
            assert_eq!(files_containing(&store, &secret(number)), [""; 0]);
            assert!(db.take(&id).is_err());
        }
        assert!(!files_containing(&store, &secret(8)).is_empty());
        assert_eq!(db.list(&TakeFilter::default()).expect("a list").len(), 86);
        // Opening the database again does not bring anything back.
        drop(db);
        let opened = store.open_take_db().expect("it exists");
        assert_eq!(opened.notices, [""; 0]);
        assert_eq!(files_containing(&store, &secret(10)), [""; 0]);
    }

    #[test]
    fn erase_all_leaves_no_text_and_keeps_settings() {
        let (_folder, store) = temp_store();
        let mut db = db_with_takes(&store, 60);
        store
            .save_settings(&crate::storage::Settings::default())
            .expect("writable");
        fs::create_dir_all(store.stories()).expect("writable");
        fs::write(store.stories().join("mine.toml"), "secret").expect("writable");
        let old = store.folder().join("journal.db.broken-2026-11-23T18-04-09");
        fs::write(&old, "secret").expect("writable");
        fs::write(store.takes().join("half.json"), "secret").expect("writable");
        fs::write(store.takes().join(".tmpAbC123"), "secret").expect("writable");
        let erased = db.erase_all().expect("writable");
        assert_eq!((erased.takes, erased.residual), (60, None));
        assert_eq!(files_containing(&store, "secret"), [""; 0]);
        assert!(!old.exists());
        assert!(store.stories().join("mine.toml").exists());
        assert!(store.folder().join("settings.toml").exists());
        assert_eq!(db.erase_all().expect("writable").takes, 0);
    }

    #[test]
    fn reader_in_another_process_is_reported_as_residual_data() {
        let (_folder, store) = temp_store();
        let mut db = db_with_takes(&store, 2);
        db.connection_mut()
            .busy_timeout(std::time::Duration::ZERO)
            .expect("pragma is set");
        let other = rusqlite::Connection::open(store.database()).expect("it exists");
        other
            .execute_batch("BEGIN; SELECT * FROM words")
            .expect("a snapshot");
        let id = TakeId("take-001".to_owned());
        let erased = db.erase(&id).expect("it exists");
        assert_eq!(erased.residual, Some(ResidualData::InUse));
        other.execute_batch("COMMIT").expect("committed");
        drop(other);
        drop(db);
        assert_eq!(files_containing(&store, &secret(1)), [""; 0]);
    }

    #[test]
    fn writer_in_another_process_is_reported_as_residual_data() {
        let (_folder, store) = temp_store();
        let mut db = db_with_takes(&store, 1);
        db.connection_mut()
            .busy_timeout(std::time::Duration::ZERO)
            .expect("pragma is set");
        let other = rusqlite::Connection::open(store.database()).expect("it exists");
        // It starts after the row was deleted, before the database is compacted.
        other.execute_batch("BEGIN IMMEDIATE").expect("a write");
        assert_eq!(compact(db.connection_mut()), Ok(Some(ResidualData::Busy)));
        other.execute_batch("COMMIT").expect("committed");
        assert_eq!(compact(db.connection_mut()), Ok(None));
    }

    #[test]
    fn take_being_recorded_is_not_erased() {
        let (_folder, store) = temp_store();
        let mut db = db_with_takes(&store, 2);
        let id = TakeId("take-001".to_owned());
        let recorder = fs::File::open(store.wav(&id)).expect("it exists");
        recorder.lock().expect("a lock");
        for erased in [db.erase(&id), db.erase_all()] {
            let why = erased.expect_err("it is refused").to_string();
            assert!(why.contains("take take-001 is being recorded"), "{why}");
        }
        assert_eq!(db.list(&TakeFilter::default()).expect("a list").len(), 2);
        drop(recorder);
        assert_eq!(db.erase_all().expect("writable").takes, 2);
    }

    /// A take whose erase was undone meanwhile stays.
    #[test]
    fn interrupted_erase_is_finished_at_next_start() {
        let (_folder, store) = temp_store();
        drop(db_with_takes(&store, 4));
        let take = |number: usize| TakeId(format!("take-{number:03}"));
        let older = store.takes().join("take-001.json");
        fs::write(&older, secret(1)).expect("writable");
        mark_for_erasure(&store, [&take(1), &take(2)]).expect("writable");
        fs::write(store.wav(&take(2)), "it is back").expect("writable");
        let opened = store.open_take_db().expect("it opens");
        assert_eq!(opened.notices, [""; 0]);
        assert_eq!(files_containing(&store, &secret(1)), [""; 0]);
        let list = opened.db.list(&TakeFilter::default()).expect("a list");
        let list: Vec<String> = list.into_iter().map(|take| take.id.0).collect();
        assert_eq!(list, ["take-003", "take-002", "take-000"]);
        assert_eq!(pending_erasures(&store), [""; 0]);
    }

    /// A hard link may be the user's copy.
    #[cfg(unix)]
    #[test]
    fn file_is_overwritten_unless_it_has_a_hard_link() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, copy) = (folder.path().join("a"), folder.path().join("copy"));
        fs::write(&path, "secret").expect("writable");
        fs::hard_link(&path, &copy).expect("writable");
        file_ops::overwrite(&path);
        assert_eq!(fs::read_to_string(&copy).expect("it exists"), "secret");
        fs::remove_file(&copy).expect("own file");
        file_ops::overwrite(&path);
        assert_eq!(fs::read_to_string(&path).expect("it exists"), "");
    }

    #[test]
    fn take_started_during_erase_all_stays() {
        let (_folder, store) = temp_store();
        let mut db = db_with_takes(&store, 2);
        let rows = db.ids_with_prefix("").expect("a list");
        mark_for_erasure(&store, &rows).expect("writable");
        // It starts here; its row is written after its audio.
        let started = transcribed_take("take-009", "so");
        fs::write(store.wav(&started.id), "sound").expect("writable");
        db.save(&started).expect("writable");
        assert_eq!(finish(db.connection_mut(), &store).expect("writable"), None);
        let left = db.ids_with_prefix("").expect("a list");
        assert_eq!(left, std::slice::from_ref(&started.id));
        assert!(store.wav(&started.id).exists());
    }

    #[test]
    fn id_with_path_components_erases_nothing() {
        let (folder, store) = temp_store();
        let mut db = db_with_takes(&store, 1);
        let outside = folder.path().join("mine.wav");
        fs::write(&outside, "mine").expect("writable");
        let id = TakeId("../../mine".to_owned());
        db.save_audio_only(&id).expect("writable");
        assert!(db.erase(&id).is_err());
        assert!(outside.exists());
    }
}
