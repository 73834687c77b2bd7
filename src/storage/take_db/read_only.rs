//! A second, read-only connection to the take database, for use on another thread than its owner's.

use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::database::validated;
use super::open::connect_read_only;
use super::row_mapping::{self, Found};
use crate::domain::take::{Take, TakeId};
use crate::storage::error::StoreError;
use crate::storage::store::Store;

/// How long to wait for a process that has locked the database.
const BUSY_TIMEOUT: Duration = Duration::from_secs(1);

/// A read-only connection to the take database.
#[derive(Debug)]
pub struct ReadOnlyDb {
    store: Store,
    connection: Connection,
}

impl Store {
    /// Opens a read-only connection. The database must have been opened before.
    pub fn read_only(&self) -> Result<ReadOnlyDb, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = || -> rusqlite::Result<Connection> {
            let connection = Connection::open_with_flags(self.database(), flags)?;
            connection.busy_timeout(BUSY_TIMEOUT)?;
            // No speech in temporary files.
            connection.pragma_update(None, "temp_store", "memory")?;
            // SQLite opens the file on the first query.
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
            Ok(connection)
        };
        let connection = open().or_else(|why| {
            connect_read_only(self).ok_or_else(|| StoreError::Database {
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
    /// A take with everything known about it; `None` if there is none, or if only its audio is known.
    pub fn take(&self, id: &TakeId) -> Result<Option<Take>, StoreError> {
        match row_mapping::get(&self.connection, id) {
            Ok(Some(Found::Take(take))) => validated(*take).map(Some),
            Ok(Some(Found::AudioOnly) | None) => Ok(None),
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
    use crate::storage::test_support::{temp_store, transcribed_take};

    #[test]
    fn reader_sees_saved_takes_and_does_not_block_erasing() {
        let (_folder, store) = temp_store();
        let mut db = store.open_take_db().expect("writable").db;
        let reader = store.read_only().expect("a database");
        let take = transcribed_take("2026-11-23T18-04-09.120-task", "there was no ticket");
        std::fs::write(store.wav(&take.id), "sound").expect("writable");
        db.save(&take).expect("writable");
        assert_eq!(reader.take(&take.id).expect("read"), Some(take.clone()));
        let audio_only = TakeId("2026-11-23T19-00-00.000-task".to_owned());
        db.save_audio_only(&audio_only).expect("writable");
        assert_eq!(reader.take(&audio_only).expect("read"), None);
        let erased = db.erase(&take.id).expect("erased");
        assert_eq!(erased.residual, None);
        assert_eq!(reader.take(&take.id).expect("read"), None);
    }

    #[test]
    fn reader_needs_a_database() {
        let (_folder, store) = temp_store();
        let message = store.read_only().expect_err("none").to_string();
        assert!(message.contains("journal.db"), "{message}");
        assert!(!store.has_takes());
    }
}
