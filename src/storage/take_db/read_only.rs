//! Reads takes beside the owner of the journal, on another thread: it never writes.

use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::open as opening;
use super::row_mapping as rows;
use super::row_mapping::Found;
use crate::domain::take::{Take, TakeId};
use crate::storage::{Store, StoreError, validated};

/// How long somebody who has the journal for himself is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// A journal that somebody else opened, to be read only.
#[derive(Debug)]
pub struct ReadOnlyDb {
    store: Store,
    connection: Connection,
}

impl Store {
    /// A reader of the journal, which was opened before.
    pub fn read_only(&self) -> Result<ReadOnlyDb, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = || -> rusqlite::Result<Connection> {
            let connection = Connection::open_with_flags(self.database(), flags)?;
            connection.busy_timeout(PATIENCE)?;
            // Nothing spoken goes to temporary files.
            connection.pragma_update(None, "temp_store", "memory")?;
            // The file itself is opened with the first question.
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
            Ok(connection)
        };
        let connection = open().or_else(|why| {
            opening::connect_where_nothing_is_written(self).ok_or_else(|| StoreError::Database {
                path: self.database(),
                why,
            })
        })?;
        Ok(ReadOnlyDb {
            store: self.clone(),
            connection,
        })
    }
}

impl ReadOnlyDb {
    /// What is known of a take; `None` where there is no such take, or only its sound is known.
    pub fn take(&self, id: &TakeId) -> Result<Option<Take>, StoreError> {
        match rows::get(&self.connection, id) {
            Ok(Some(Found::Take(take))) => validated(*take).map(Some),
            Ok(Some(Found::Sound) | None) => Ok(None),
            Err(why) => Err(StoreError::Database {
                path: self.store.database(),
                why,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::take::TakeId;
    use crate::storage::tests::{heard_take, in_a_folder};

    #[test]
    fn a_reader_sees_what_is_written_and_hinders_no_erasing() {
        let (_folder, store) = in_a_folder();
        let mut journal = store.open_take_db().expect("room").db;
        let reader = store.read_only().expect("a journal");
        let take = heard_take("2026-11-23T18-04-09.120-task", "there was no ticket");
        std::fs::write(store.wav(&take.id), "sound").expect("room");
        journal.save(&take).expect("room");
        assert_eq!(reader.take(&take.id).expect("read"), Some(take.clone()));
        let sound = TakeId("2026-11-23T19-00-00.000-task".to_owned());
        journal.save_audio_only(&sound).expect("room");
        assert_eq!(reader.take(&sound).expect("read"), None);
        let erased = journal.erase(&take.id).expect("erased");
        assert_eq!(erased.residual, None);
        assert_eq!(reader.take(&take.id).expect("read"), None);
    }

    #[test]
    fn without_a_journal_there_is_no_reader() {
        let (_folder, store) = in_a_folder();
        let said = store.read_only().expect_err("none").to_string();
        assert!(said.contains("journal.db"), "{said}");
        assert!(!store.has_takes());
    }
}
