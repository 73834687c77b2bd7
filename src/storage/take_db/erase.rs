//! Erasing: the row, the words and the sound, so that no word is left in the database's files.
//!
//! The process may die at any instant of it. So the sound of a take that is to go is renamed first, to
//! `.ex-TAKE`: a name that is in no list, and that stays until nothing of the take is left in the journal,
//! not even in what it freed. Who finds such a name, at the next start or when the next take is erased,
//! finishes what it stands for.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, Transaction};

use super::{import, open as opening, quarantine};
use crate::domain::take::TakeId;
use crate::storage::{Store, StoreError, TakeDb, fs as files, take_db as journal};

/// What the sound of a take is called that is being erased: as long as its ending was, so that every take
/// can be.
const TOMBSTONE_PREFIX: &str = ".ex-";
/// Stands for what was chosen in quizzes; no take's name begins with a dot.
const QUIZ: &str = ".quiz";

/// What was erased, and where traces are left.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// How many takes.
    pub takes: usize,
    /// Databases that were kept aside and are still there; words may be in them.
    pub quarantined: Vec<PathBuf>,
    /// Why words may still be in the journal's own files.
    pub residual: Option<ResidualData>,
}

/// Why words may still be in the journal's own files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResidualData {
    /// Another process reads its log: they go when that closes.
    InUse,
    /// The disk has no room to write it anew: they go at the next start with room, or when the next take
    /// is erased.
    NoRoom,
    /// Another process writes in it: likewise.
    Busy,
}

impl ResidualData {
    /// What the user is told of them.
    pub(crate) fn message(self) -> &'static str {
        match self {
            ResidualData::InUse => {
                "another Starling is open: words stay in the journal's log until it is closed, and go then"
            }
            ResidualData::NoRoom => {
                "the disk has no room to write the journal anew: words of what was erased may stay in it until Starling is started again with room"
            }
            ResidualData::Busy => {
                "another program writes in the journal: words of what was erased may stay in it until Starling is started again"
            }
        }
    }
}

impl Erased {
    /// What the user is told of traces that are left, a sentence each.
    pub fn messages(&self) -> Vec<String> {
        let aside = self.quarantined.first().map(|first| {
            format!(
                "words of it may also be in the journals that were kept aside, such as {}: delete them, or `starling erase --all`",
                first.display()
            )
        });
        let traces = self.residual.map(|traces| traces.message().to_owned());
        aside.into_iter().chain(traces).collect()
    }
}

impl TakeDb {
    /// Erases a take.
    pub fn erase(&mut self, id: &TakeId) -> Result<Erased, StoreError> {
        if !id.is_file_name() || self.ids_with_prefix(&id.0)? != [id.clone()] {
            return Err(StoreError::Unknown(id.clone()));
        }
        // Its recorder would go on, and write its row again.
        if import::being_recorded(&self.store.wav(id)) {
            return Err(StoreError::BeingRecorded(id.clone()));
        }
        mark_for_erasure(&self.store, [id])?;
        Ok(Erased {
            takes: 1,
            quarantined: quarantine::kept_aside(&self.store),
            residual: finish(&mut self.connection, &self.store)?,
        })
    }

    /// Erases every take, what was chosen in quizzes, and every database that was kept aside. Settings,
    /// stories and models stay, and a take that is begun meanwhile.
    pub fn erase_all(&mut self) -> Result<Erased, StoreError> {
        let folder = self.store.takes();
        // The rows before the sound: so each that has no sound here has none.
        let mut takes: BTreeSet<TakeId> = self.ids_with_prefix("")?.into_iter().collect();
        let rows = takes.len();
        takes.extend(import::named(&folder, "wav").into_iter().map(|(id, _)| id));
        let strange: Vec<TakeId> = takes.extract_if(.., |id| !id.is_file_name()).collect();
        let recorded = |id: &&TakeId| import::being_recorded(&self.store.wav(id));
        if let Some(id) = takes.iter().find(recorded) {
            return Err(StoreError::BeingRecorded(id.clone()));
        }
        let mut spoken = quarantine::kept_aside(&self.store);
        spoken.extend(files::orphaned_temp_files(&folder));
        let older = import::named(&folder, "json").into_iter();
        spoken.extend(older.map(|(_, path)| path));
        for path in spoken {
            erase_file(&path)?;
        }
        mark_for_erasure(&self.store, &takes)?;
        let quiz = tombstone_path(&self.store, QUIZ);
        files::ensure_private(&quiz).map_err(|why| StoreError::Write { path: quiz, why })?;
        // Rows whose names lead elsewhere have no sound here.
        if !strange.is_empty() {
            self.write(|tx| delete(tx, strange.iter().map(|id| &id.0)))?;
        }
        Ok(Erased {
            takes: rows,
            quarantined: Vec::new(),
            residual: finish(&mut self.connection, &self.store)?,
        })
    }
}

/// Finishes what was begun to be erased, here or by a process that died; nothing is done where that is
/// nothing. Gives why words may still be in the journal's own files: what stands for them stays then.
pub(crate) fn finish(
    connection: &mut Connection,
    store: &Store,
) -> Result<Option<ResidualData>, StoreError> {
    let mut condemned = pending_erasures(store);
    if condemned.is_empty() {
        return Ok(None);
    }
    let failed = |why| StoreError::Database {
        path: store.database(),
        why,
    };
    // The sound first: on a full disk that makes the room to erase the rest.
    for name in &condemned {
        files::overwrite(&tombstone_path(store, name));
    }
    let takes = || {
        let takes = condemned.iter().filter(|name| *name != QUIZ);
        // One whose sound is there again was brought back meanwhile.
        takes.filter(|name| !there(&store.wav(&TakeId((*name).clone()))))
    };
    for name in takes() {
        erase_file(&store.takes().join(format!("{name}.json")))?;
    }
    let quiz = condemned.iter().any(|name| name == QUIZ);
    let rows = journal::written(connection, |tx| {
        delete(tx, takes())?;
        match quiz {
            true => tx.execute("DELETE FROM quiz", []).map(drop),
            false => Ok(()),
        }
    });
    rows.map_err(failed)?;
    // What is chosen from now on is not among what was to go.
    if quiz {
        erase_file(&tombstone_path(store, QUIZ))?;
        condemned.retain(|name| name != QUIZ);
    }
    let traces = wipe(connection).map_err(failed)?;
    if traces.is_none() {
        for name in &condemned {
            erase_file(&tombstone_path(store, name))?;
        }
    }
    Ok(traces)
}

fn delete<'a>(tx: &Transaction, names: impl Iterator<Item = &'a String>) -> rusqlite::Result<()> {
    for name in names {
        tx.execute("DELETE FROM takes WHERE id = ?1", [name])?;
    }
    Ok(())
}

/// Takes the sound of takes out of every list; where there is none, something stands for it.
fn mark_for_erasure<'a>(
    store: &Store,
    takes: impl IntoIterator<Item = &'a TakeId>,
) -> Result<(), StoreError> {
    for id in takes {
        let (wav, gone) = (store.wav(id), tombstone_path(store, &id.0));
        let renamed = match fs::rename(&wav, &gone) {
            Err(error) if files::is_absent(&error) => files::ensure_private(&gone),
            renamed => renamed,
        };
        renamed.map_err(|why| StoreError::Write { path: wav, why })?;
    }
    // Their names are on the disk before anything else is. Not every system opens a folder.
    if let Ok(folder) = fs::File::open(store.takes()) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// The names of what is being erased.
fn pending_erasures(store: &Store) -> Vec<String> {
    let entries = fs::read_dir(store.takes()).into_iter().flatten();
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let names = names.filter_map(|name| Some(name.strip_prefix(TOMBSTONE_PREFIX)?.to_owned()));
    names
        .filter(|name| name == QUIZ || TakeId(name.clone()).is_file_name())
        .collect()
}

/// What stands for something that is being erased.
fn tombstone_path(store: &Store, name: &str) -> PathBuf {
    store.takes().join(format!("{TOMBSTONE_PREFIX}{name}"))
}

/// What cannot be looked at is not taken for brought back.
fn there(path: &Path) -> bool {
    path.try_exists().unwrap_or(false)
}

fn erase_file(path: &Path) -> Result<(), StoreError> {
    files::overwrite(path);
    files::remove(path).map_err(|why| StoreError::Write {
        path: path.to_owned(),
        why,
    })
}

/// Writes the database anew, and empties its log: `secure_delete` alone leaves words in pages whose
/// rows had been moved to others, in two of three journals that were tried.
fn wipe(connection: &Connection) -> rusqlite::Result<Option<ResidualData>> {
    let wipe = || {
        connection.execute_batch("VACUUM")?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
    };
    match wipe() {
        Ok(0) => Ok(None),
        Ok::<i64, _>(_) => Ok(Some(ResidualData::InUse)),
        Err(error) if opening::is_full(&error) => Ok(Some(ResidualData::NoRoom)),
        Err(error) if is_busy(&error) => Ok(Some(ResidualData::Busy)),
        Err(error) => Err(error),
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    let busy = [ErrorCode::DatabaseBusy, ErrorCode::DatabaseLocked];
    error
        .sqlite_error_code()
        .is_some_and(|code| busy.contains(&code))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::storage::tests::{heard_take, in_a_folder};
    use crate::storage::{Store, TakeFilter};

    /// A word that no other take says.
    fn secret(number: usize) -> String {
        format!("secret{number:03}q")
    }

    /// A journal of so many takes that say nothing but their secrets, as uneven as life makes it: in no
    /// order, of all lengths, many of them heard again.
    fn written(store: &Store, takes: usize) -> TakeDb {
        let mut journal = store.open_take_db().expect("room").db;
        let mut chance = 7_usize;
        let mut draw = |below: usize| {
            chance = chance
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (chance >> 33) % below
        };
        for turn in 0..2 * takes {
            let number = if turn < takes {
                turn * 37 % takes
            } else {
                draw(takes)
            };
            let id = format!("take-{number:03}");
            let words = (0..1 + draw(150)).map(|i| format!("{}{i} ", secret(number)));
            let take = heard_take(&id, &words.collect::<String>());
            fs::write(store.wav(&take.id), secret(number)).expect("room");
            journal.save(&take).expect("room");
        }
        journal
    }

    /// The files under the data folder in which `text` stands.
    fn holding(store: &Store, text: &str) -> Vec<String> {
        let database = store.database();
        let mut files: Vec<PathBuf> = ["", "-wal", "-shm"]
            .map(|end| quarantine::with_end(&database, end))
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
    fn of_an_erased_take_no_word_is_left() {
        let (_folder, store) = in_a_folder();
        let mut journal = written(&store, 100);
        for number in (3..100).step_by(7) {
            assert!(!holding(&store, &secret(number)).is_empty());
            let id = TakeId(format!("take-{number:03}"));
            let erased = journal.erase(&id).expect("there");
            assert_eq!((erased.takes, erased.residual), (1, None));
            assert_eq!(holding(&store, &secret(number)), [""; 0]);
            assert!(journal.take(&id).is_err());
        }
        assert!(!holding(&store, &secret(8)).is_empty());
        assert_eq!(
            journal.list(&TakeFilter::default()).expect("a list").len(),
            86
        );
        // Nothing of it comes back.
        drop(journal);
        let opened = store.open_take_db().expect("there");
        assert_eq!(opened.notices, [""; 0]);
        assert_eq!(holding(&store, &secret(10)), [""; 0]);
    }

    #[test]
    fn of_all_takes_no_word_is_left_and_settings_stay() {
        let (_folder, store) = in_a_folder();
        let mut journal = written(&store, 60);
        store
            .save_settings(&crate::storage::Settings::default())
            .expect("room");
        fs::create_dir_all(store.stories()).expect("room");
        fs::write(store.stories().join("mine.toml"), "secret").expect("room");
        let old = store.folder().join("journal.db.broken-2026-11-23T18-04-09");
        fs::write(&old, "secret").expect("room");
        fs::write(store.takes().join("half.json"), "secret").expect("room");
        fs::write(store.takes().join(".tmpAbC123"), "secret").expect("room");
        let erased = journal.erase_all().expect("room");
        assert_eq!((erased.takes, erased.residual), (60, None));
        assert_eq!(holding(&store, "secret"), [""; 0]);
        assert!(!old.exists());
        assert!(store.stories().join("mine.toml").exists());
        assert!(store.folder().join("settings.toml").exists());
        assert_eq!(journal.erase_all().expect("room").takes, 0);
    }

    #[test]
    fn a_reader_elsewhere_keeps_the_log_and_that_is_told() {
        let (_folder, store) = in_a_folder();
        let mut journal = written(&store, 2);
        journal
            .connection
            .busy_timeout(std::time::Duration::ZERO)
            .expect("set");
        let other = rusqlite::Connection::open(store.database()).expect("there");
        other
            .execute_batch("BEGIN; SELECT * FROM words")
            .expect("a snapshot");
        let id = TakeId("take-001".to_owned());
        let erased = journal.erase(&id).expect("there");
        assert_eq!(erased.residual, Some(ResidualData::InUse));
        other.execute_batch("COMMIT").expect("over");
        drop(other);
        drop(journal);
        assert_eq!(holding(&store, &secret(1)), [""; 0]);
    }

    #[test]
    fn a_writer_elsewhere_is_told_and_the_take_is_gone() {
        let (_folder, store) = in_a_folder();
        let journal = written(&store, 1);
        journal
            .connection
            .busy_timeout(std::time::Duration::ZERO)
            .expect("set");
        let other = rusqlite::Connection::open(store.database()).expect("there");
        // It begins between the row's going and the rest.
        other.execute_batch("BEGIN IMMEDIATE").expect("a write");
        assert_eq!(wipe(&journal.connection), Ok(Some(ResidualData::Busy)));
        other.execute_batch("COMMIT").expect("over");
        assert_eq!(wipe(&journal.connection), Ok(None));
    }

    #[test]
    fn a_take_that_is_being_recorded_is_not_erased() {
        let (_folder, store) = in_a_folder();
        let mut journal = written(&store, 2);
        let id = TakeId("take-001".to_owned());
        let recorder = fs::File::open(store.wav(&id)).expect("there");
        recorder.lock().expect("a lock");
        for erased in [journal.erase(&id), journal.erase_all()] {
            let why = erased.expect_err("it is refused").to_string();
            assert!(why.contains("take take-001 is being recorded"), "{why}");
        }
        assert_eq!(
            journal.list(&TakeFilter::default()).expect("a list").len(),
            2
        );
        drop(recorder);
        assert_eq!(journal.erase_all().expect("room").takes, 2);
    }

    /// What was begun to be erased is finished by whoever opens the journal next; what was brought back
    /// meanwhile stays.
    #[test]
    fn what_was_begun_to_be_erased_is_finished_at_the_next_start() {
        let (_folder, store) = in_a_folder();
        drop(written(&store, 4));
        let take = |number: usize| TakeId(format!("take-{number:03}"));
        let older = store.takes().join("take-001.json");
        fs::write(&older, secret(1)).expect("room");
        mark_for_erasure(&store, [&take(1), &take(2)]).expect("room");
        fs::write(store.wav(&take(2)), "it is back").expect("room");
        let opened = store.open_take_db().expect("it opens");
        assert_eq!(opened.notices, [""; 0]);
        assert_eq!(holding(&store, &secret(1)), [""; 0]);
        let list = opened.db.list(&TakeFilter::default()).expect("a list");
        let list: Vec<String> = list.into_iter().map(|take| take.id.0).collect();
        assert_eq!(list, ["take-003", "take-002", "take-000"]);
        assert_eq!(pending_erasures(&store), [""; 0]);
    }

    /// A hard link is somebody's copy.
    #[cfg(unix)]
    #[test]
    fn a_file_is_written_over_unless_it_has_another_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, copy) = (folder.path().join("a"), folder.path().join("copy"));
        fs::write(&path, "secret").expect("room");
        fs::hard_link(&path, &copy).expect("room");
        files::overwrite(&path);
        assert_eq!(fs::read_to_string(&copy).expect("there"), "secret");
        fs::remove_file(&copy).expect("ours");
        files::overwrite(&path);
        assert_eq!(fs::read_to_string(&path).expect("there"), "");
    }

    #[test]
    fn a_take_that_is_begun_while_all_are_erased_stays() {
        let (_folder, store) = in_a_folder();
        let mut journal = written(&store, 2);
        let rows = journal.ids_with_prefix("").expect("a list");
        mark_for_erasure(&store, &rows).expect("room");
        // It begins here, and its row follows its sound.
        let begun = heard_take("take-009", "so");
        fs::write(store.wav(&begun.id), "sound").expect("room");
        journal.save(&begun).expect("room");
        assert_eq!(finish(&mut journal.connection, &store).expect("room"), None);
        let left = journal.ids_with_prefix("").expect("a list");
        assert_eq!(left, std::slice::from_ref(&begun.id));
        assert!(store.wav(&begun.id).exists());
    }

    #[test]
    fn a_name_that_leads_elsewhere_erases_nothing() {
        let (folder, store) = in_a_folder();
        let mut journal = written(&store, 1);
        let outside = folder.path().join("mine.wav");
        fs::write(&outside, "mine").expect("room");
        let id = TakeId("../../mine".to_owned());
        journal
            .write(|tx| crate::storage::take_db::row_mapping::put_sound(tx, &id))
            .expect("room");
        assert!(journal.erase(&id).is_err());
        assert!(outside.exists());
    }
}
