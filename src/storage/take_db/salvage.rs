//! Reads what is left of a damaged take database.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::quarantine::is_nonempty;
use super::take_files::files_of_takes;
use super::{row_mapping, schema};
use crate::domain::take::Take;
use crate::practice::quiz::QuizAnswer;
use crate::storage::store::Store;

/// What could be read from a damaged database.
#[derive(Debug, Default)]
pub struct Salvaged {
    /// Takes whose audio exists, in the order in which they were recorded.
    pub takes: Vec<Take>,
    /// Quiz answers, oldest first.
    pub quiz_answers: Vec<QuizAnswer>,
}

/// Reads what is still readable in the damaged database at `path`. Returns nothing if it is not ours.
pub(super) fn salvage(store: &Store, path: &Path) -> Salvaged {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let read = || -> rusqlite::Result<Salvaged> {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        connection.pragma_update(None, "query_only", "on")?;
        let application: i32 =
            connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        if application != schema::APPLICATION_ID {
            return Ok(Salvaged::default());
        }
        let recordings = files_of_takes(&store.takes(), "wav").into_iter();
        let takes = recordings.filter_map(|(id, _)| row_mapping::salvage(&connection, &id));
        let mut takes: Vec<Take> = takes.collect();
        takes.sort_by_cached_key(|take| row_mapping::salvage_sequence(&connection, &take.id));
        Ok(Salvaged {
            takes,
            quiz_answers: row_mapping::salvage_quiz_answers(&connection),
        })
    };
    // What cannot be read is the damaged part. If the file is empty, SQLite would delete the log.
    match is_nonempty(path) {
        true => read().unwrap_or_default(),
        false => Salvaged::default(),
    }
}
