//! Erasing: the row, the words and the sound, so that no word is left in the database's files.

use std::path::PathBuf;

use rusqlite::ErrorCode;

use super::{Journal, StoreError, aside, files, found, opening};
use crate::coach::take::TakeId;

/// What was erased, and where traces are left.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// How many takes.
    pub takes: usize,
    /// Databases that were kept aside and are still there; words may be in them.
    pub kept_aside: Vec<PathBuf>,
    /// Why words may still be in the journal's own files.
    pub traces: Option<Traces>,
}

/// Why words may still be in the journal's own files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traces {
    /// Another process reads its log: they go when that closes.
    InUse,
    /// The disk has no room to write it anew: they go when the next take is erased.
    NoRoom,
    /// Another process writes in it: likewise.
    Busy,
}

impl Erased {
    /// What the user is told of traces that are left, a sentence each.
    pub fn sentences(&self) -> Vec<String> {
        let aside = self.kept_aside.first().map(|first| {
            format!(
                "words of it may also be in the journals that were kept aside, such as {}: delete them, or `starling erase --all`",
                first.display()
            )
        });
        let traces = self.traces.map(|traces| match traces {
            Traces::InUse => "another Starling is open: words stay in the journal's log until it is closed, and go then".to_owned(),
            Traces::NoRoom => "the disk has no room to write the journal anew: words may stay in it until you erase another take, or all".to_owned(),
            Traces::Busy => "another program writes in the journal: words may stay in it until you erase another take, or all".to_owned(),
        });
        aside.into_iter().chain(traces).collect()
    }
}

impl Journal {
    /// Erases a take.
    pub fn erase(&mut self, id: &TakeId) -> Result<Erased, StoreError> {
        if !id.is_file_name() || self.named(&id.0)? != [id.clone()] {
            return Err(StoreError::Unknown(id.clone()));
        }
        let folder = self.store.takes();
        let files = ["wav", "json"].map(|kind| folder.join(format!("{id}.{kind}")));
        // Its recorder would go on, and write its row again.
        if found::being_recorded(&files[0]) {
            return Err(StoreError::BeingRecorded(id.clone()));
        }
        // The sound first: on a full disk that makes the room to erase the rest. A process that dies in
        // between leaves a take that is listed, and can be erased again.
        self.remove(&files)?;
        let takes = self.write(|tx| tx.execute("DELETE FROM takes WHERE id = ?1", [&id.0]))?;
        Ok(Erased {
            takes,
            kept_aside: aside::kept_aside(&self.store),
            traces: self.wipe()?,
        })
    }

    /// Erases every take, what was chosen in quizzes, and every database that was kept aside. Settings,
    /// stories and models stay.
    pub fn erase_all(&mut self) -> Result<Erased, StoreError> {
        let folder = self.store.takes();
        let mut spoken = aside::kept_aside(&self.store);
        spoken.extend(files::half_placed(&folder));
        for (id, wav) in found::named(&folder, "wav") {
            if found::being_recorded(&wav) {
                return Err(StoreError::BeingRecorded(id));
            }
        }
        for extension in ["wav", "json"] {
            let files = found::named(&folder, extension).into_iter();
            spoken.extend(files.map(|(_, path)| path));
        }
        self.remove(&spoken)?;
        let takes = self.write(|tx| {
            tx.execute("DELETE FROM quiz", [])?;
            tx.execute("DELETE FROM takes", [])
        })?;
        Ok(Erased {
            takes,
            kept_aside: Vec::new(),
            traces: self.wipe()?,
        })
    }

    fn remove(&self, paths: &[PathBuf]) -> Result<(), StoreError> {
        paths.iter().try_for_each(|path| {
            files::remove(path).map_err(|why| StoreError::Write {
                path: path.clone(),
                why,
            })
        })
    }

    /// Writes the database anew, and empties its log: `secure_delete` alone leaves words in pages whose
    /// rows had been moved to others, in two of three journals that were tried.
    fn wipe(&mut self) -> Result<Option<Traces>, StoreError> {
        let wipe = || {
            self.connection.execute_batch("VACUUM")?;
            self.connection
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
        };
        match wipe() {
            Ok(0) => Ok(None),
            Ok::<i64, _>(_) => Ok(Some(Traces::InUse)),
            Err(error) if opening::is_full(&error) => Ok(Some(Traces::NoRoom)),
            Err(error) if is_busy(&error) => Ok(Some(Traces::Busy)),
            Err(error) => Err(self.error(error)),
        }
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
    use crate::store::tests::{heard_take, in_a_folder};
    use crate::store::{Store, Wanted};

    /// A word that no other take says.
    fn secret(number: usize) -> String {
        format!("secret{number:03}q")
    }

    /// A journal of so many takes that say nothing but their secrets, as uneven as life makes it: in no
    /// order, of all lengths, many of them heard again.
    fn written(store: &Store, takes: usize) -> Journal {
        let mut journal = store.journal().expect("room").journal;
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
            journal.keep(&take).expect("room");
        }
        journal
    }

    /// The files under the data folder in which `text` stands.
    fn holding(store: &Store, text: &str) -> Vec<String> {
        let database = store.database();
        let mut files: Vec<PathBuf> = ["", "-wal", "-shm"]
            .map(|end| aside::with_end(&database, end))
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
            assert_eq!((erased.takes, erased.traces), (1, None));
            assert_eq!(holding(&store, &secret(number)), [""; 0]);
            assert!(journal.take(&id).is_err());
        }
        assert!(!holding(&store, &secret(8)).is_empty());
        assert_eq!(journal.list(&Wanted::default()).expect("a list").len(), 86);
        // Nothing of it comes back.
        drop(journal);
        let opened = store.journal().expect("there");
        assert_eq!(opened.notices, [""; 0]);
        assert_eq!(holding(&store, &secret(10)), [""; 0]);
    }

    #[test]
    fn of_all_takes_no_word_is_left_and_settings_stay() {
        let (_folder, store) = in_a_folder();
        let mut journal = written(&store, 60);
        store
            .keep_settings(&crate::store::Settings::default())
            .expect("room");
        fs::create_dir_all(store.stories()).expect("room");
        fs::write(store.stories().join("mine.toml"), "secret").expect("room");
        let old = store.folder().join("journal.db.broken-2026-11-23T18-04-09");
        fs::write(&old, "secret").expect("room");
        fs::write(store.takes().join("half.json"), "secret").expect("room");
        fs::write(store.takes().join(".tmpAbC123"), "secret").expect("room");
        let erased = journal.erase_all().expect("room");
        assert_eq!((erased.takes, erased.traces), (60, None));
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
        assert_eq!(erased.traces, Some(Traces::InUse));
        other.execute_batch("COMMIT").expect("over");
        drop(other);
        drop(journal);
        assert_eq!(holding(&store, &secret(1)), [""; 0]);
    }

    #[test]
    fn a_writer_elsewhere_is_told_and_the_take_is_gone() {
        let (_folder, store) = in_a_folder();
        let mut journal = written(&store, 1);
        journal
            .connection
            .busy_timeout(std::time::Duration::ZERO)
            .expect("set");
        let other = rusqlite::Connection::open(store.database()).expect("there");
        // It begins between the row's going and the rest.
        other.execute_batch("BEGIN IMMEDIATE").expect("a write");
        assert_eq!(journal.wipe().expect("no error"), Some(Traces::Busy));
        other.execute_batch("COMMIT").expect("over");
        assert_eq!(journal.wipe().expect("no error"), None);
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
        assert_eq!(journal.list(&Wanted::default()).expect("a list").len(), 2);
        drop(recorder);
        assert_eq!(journal.erase_all().expect("room").takes, 2);
    }

    #[test]
    fn a_name_that_leads_elsewhere_erases_nothing() {
        let (folder, store) = in_a_folder();
        let mut journal = written(&store, 1);
        let outside = folder.path().join("mine.wav");
        fs::write(&outside, "mine").expect("room");
        let id = TakeId("../../mine".to_owned());
        journal
            .write(|tx| crate::store::rows::put_sound(tx, &id))
            .expect("room");
        assert!(journal.erase(&id).is_err());
        assert!(outside.exists());
    }
}
