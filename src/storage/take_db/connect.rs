//! Connects to a database file: checks that it is ours and undamaged, sets it up and migrates it. Knows
//! nothing of the data folder.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::quarantine::{QuarantineReason, is_nonempty, with_suffix};
use super::{database, row_mapping, schema, sqlite};
use crate::storage::error::StoreError;
use crate::storage::file_ops;

/// How long to wait for another process to finish a write.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection to a database of the current version.
pub(super) struct Connected {
    pub(super) connection: Connection,
    /// Whether the database was just created.
    pub(super) is_new: bool,
    pub(super) locking: Locking,
}

/// Connects to the database at `path` and migrates it to the current version, or returns why it must be
/// quarantined.
pub(super) fn connect(path: &Path) -> Result<Result<Connected, QuarantineReason>, OpenError> {
    file_ops::ensure_private(path).map_err(|why| {
        OpenError::File(StoreError::Write {
            path: path.to_owned(),
            why,
        })
    })?;
    // SQLite would delete the log.
    if !is_nonempty(path) && is_nonempty(&with_suffix(path, "-wal")) {
        return Ok(Err(QuarantineReason::Broken(
            "the file is empty".to_owned(),
        )));
    }
    let connected = connect_locked(path, Locking::Shared).or_else(|error| match error {
        // A full disk has no space for the shared-memory file. Takes can still be listed and erased.
        error if sqlite::is_full(&error) => connect_locked(path, Locking::Exclusive),
        error => Err(error),
    });
    match connected {
        Ok(connected) => Ok(connected),
        Err(error) => match describe_damage(&error) {
            Some(why) => Ok(Err(QuarantineReason::Broken(why))),
            None => Err(OpenError::Database(error)),
        },
    }
}

/// Why a database cannot be opened, although it need not be quarantined.
pub(super) enum OpenError {
    /// SQLite's error.
    Database(rusqlite::Error),
    /// Its file cannot be created.
    File(StoreError),
}

impl OpenError {
    /// Converts SQLite's error with `database_error`.
    pub(super) fn into_store_error(
        self,
        database_error: impl FnOnce(rusqlite::Error) -> StoreError,
    ) -> StoreError {
        match self {
            OpenError::Database(error) => database_error(error),
            OpenError::File(error) => error,
        }
    }
}

/// Whether other processes can use the database at the same time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Locking {
    Shared,
    Exclusive,
}

fn connect_locked(
    path: &Path,
    locking: Locking,
) -> rusqlite::Result<Result<Connected, QuarantineReason>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    if locking == Locking::Exclusive {
        connection.pragma_update(None, "locking_mode", "exclusive")?;
    }
    // An unusable database is not changed, not even by a checkpoint on closing.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    if let Some(reason) = unusable_reason(&connection)? {
        return Ok(Err(reason));
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    let version = connection.pragma_query_value(None, "user_version", |row| row.get(0));
    let is_new = version == Ok(0);
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if !mode.eq_ignore_ascii_case("wal") {
        // For a file system without shared memory: slower, but as safe.
        connection.pragma_update(None, "journal_mode", "truncate")?;
    }
    for (name, value) in [
        // A take that was reported as saved must survive a power failure.
        ("synchronous", "full"),
        ("foreign_keys", "on"),
        // Overwrite what is erased.
        ("secure_delete", "on"),
        // No speech in temporary files.
        ("temp_store", "memory"),
        ("trusted_schema", "off"),
    ] {
        connection.pragma_update(None, name, value)?;
    }
    match schema::MIGRATIONS.to_latest(&mut connection) {
        Ok(()) => {}
        Err(rusqlite_migration::Error::RusqliteError { err, .. }) => return Err(err),
        Err(other) => return Ok(Err(QuarantineReason::Broken(other.to_string()))),
    }
    row_mapping::probe(&connection)?;
    database::probe(&connection)?;
    Ok(Ok(Connected {
        connection,
        is_new,
        locking,
    }))
}

/// Why a database must be quarantined; `None` if it is usable.
pub(super) fn unusable_reason(
    connection: &Connection,
) -> rusqlite::Result<Option<QuarantineReason>> {
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let (application, version) = (number("application_id")?, number("user_version")?);
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 && version == 0 {
        return Ok(None);
    }
    if application != schema::APPLICATION_ID {
        let why = "it belongs to another program".to_owned();
        return Ok(Some(QuarantineReason::Broken(why)));
    }
    if version > schema::VERSION {
        return Ok(Some(QuarantineReason::Newer));
    }
    // A quick check of everything, and whether the table of takes agrees with its indexes.
    for check in ["PRAGMA quick_check(1)", "PRAGMA integrity_check(takes)"] {
        let result: String = connection.query_row(check, [], |row| row.get(0))?;
        if result != "ok" {
            let line = result.lines().last().unwrap_or_default();
            return Ok(Some(QuarantineReason::Broken(line.to_owned())));
        }
    }
    Ok(None)
}

/// Describes the damage if an error means that the database itself is damaged.
fn describe_damage(error: &rusqlite::Error) -> Option<String> {
    use rusqlite::Error::{
        FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, SqlInputError,
        SqliteFailure, Utf8Error,
    };
    let (code, message) = match error {
        // SQLite's message may quote the damaged schema, which may contain speech.
        SqliteFailure(error, _) if error.code == ErrorCode::DatabaseCorrupt => {
            return Some(error.to_string());
        }
        SqliteFailure(error, message) => (error.code, message.clone().unwrap_or(error.to_string())),
        // A table or a column is missing, or exists already.
        SqlInputError { error, msg, .. } => (error.code, msg.clone()),
        FromSqlConversionFailure(..)
        | IntegralValueOutOfRange(..)
        | InvalidColumnType(..)
        | Utf8Error(..) => return Some(error.to_string()),
        _ => return None,
    };
    let damage_codes = [
        ErrorCode::DatabaseCorrupt,
        ErrorCode::NotADatabase,
        ErrorCode::Unknown,
    ];
    damage_codes.contains(&code).then_some(message)
}
