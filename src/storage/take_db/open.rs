//! Opens the journal, whatever state it is in: absent, older, newer, broken, or beside files that it
//! does not know yet. One process at a time opens; many may have it open.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use rusqlite_migration;

use super::import::Salvaged;
use super::quarantine as aside;
use super::quarantine::{QuarantineReason, holds_something};
use super::{erase, import as found, row_mapping, schema};
use crate::storage::{Store, StoreError, TakeDb, fs as files, take_db as journal};

/// How long another process may write before this one gives up.
const PATIENCE: Duration = Duration::from_secs(5);
/// Opening takes longer: thousands of older takes may be taken in.
const LONG_PATIENCE: Duration = Duration::from_secs(30);
const TURN: Duration = Duration::from_millis(20);

/// A journal that was opened.
#[derive(Debug)]
pub struct OpenedDb {
    /// The journal.
    pub db: TakeDb,
    /// What the user is to be told of it, a sentence each.
    pub notices: Vec<String>,
}

/// Opens the journal of a data folder; creates what is missing. Where nothing may be written, it can be
/// read all the same.
pub fn open(store: &Store) -> Result<OpenedDb, StoreError> {
    open_to_write(store).or_else(|error| match may_not_write(&error) {
        true => open_to_read(store).ok_or(error),
        false => Err(error),
    })
}

/// A journal of this version that was closed as it should be, without a word about those that are not.
fn open_to_read(store: &Store) -> Option<OpenedDb> {
    let connection = connect_where_nothing_is_written(store)?;
    let version = connection.pragma_query_value(None, "user_version", |row| row.get::<_, i32>(0));
    let sound = version == Ok(schema::VERSION) && matches!(unusable(&connection), Ok(None));
    sound.then(|| OpenedDb {
        // Nobody may rename it either.
        db: TakeDb::new(store.clone(), connection, false, None),
        notices: Vec::new(),
    })
}

/// A connection to a journal that was closed as it should be, in a folder that may not be written.
pub(crate) fn connect_where_nothing_is_written(store: &Store) -> Option<Connection> {
    let path = store.database();
    // Its end would not be seen.
    if holds_something(&aside::with_end(&path, "-wal")) {
        return None;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let escaped = path
        .to_str()?
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23");
    Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags).ok()
}

fn may_not_write(error: &StoreError) -> bool {
    let kinds = [
        io::ErrorKind::ReadOnlyFilesystem,
        io::ErrorKind::PermissionDenied,
    ];
    let codes = [
        ErrorCode::CannotOpen,
        ErrorCode::ReadOnly,
        ErrorCode::PermissionDenied,
    ];
    match error {
        StoreError::Write { why, .. } => kinds.contains(&why.kind()),
        StoreError::Database { why, .. } => why
            .sqlite_error_code()
            .is_some_and(|code| codes.contains(&code)),
        _ => false,
    }
}

fn open_to_write(store: &Store) -> Result<OpenedDb, StoreError> {
    store.make_folders()?;
    // Held until the journal is as it should be.
    let _alone = lock(store)?;
    let path = store.database();
    let mut put_aside = None;
    let Connected {
        mut connection,
        new,
        sharing,
    } = loop {
        let failed = |why| StoreError::Database {
            path: path.clone(),
            why,
        };
        let unusable = match ready(&path).map_err(|error| error.or(failed))? {
            Ok(ready) => break ready,
            Err(unusable) => unusable,
        };
        if put_aside.is_some() {
            // It was made a moment ago.
            let why = format!("{unusable:?}");
            return Err(StoreError::Read { path, why });
        }
        // Who has it open would go on to write into what was renamed.
        let file = in_use(store)?;
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return Err(StoreError::Locked(path));
        }
        let name = aside::quarantine(store, &unusable).map_err(|why| StoreError::Write {
            path: path.clone(),
            why,
        })?;
        drop(file);
        put_aside = Some((unusable, name));
    };
    let legible = match &put_aside {
        Some((QuarantineReason::Broken(_), name)) => salvage(store, &store.folder().join(name)),
        _ => Salvaged::default(),
    };
    // Before anything is taken in: of what is erased no older file comes back.
    let erased = erase::finish(&mut connection, store);
    let mut taken = found::import(&mut connection, store, new, legible)?;
    let mut notices = Vec::new();
    if let Some((unusable, name)) = put_aside {
        let sounds = std::mem::take(&mut taken.sounds);
        notices.push(unusable.sentence(store.folder(), &name, taken.told, sounds));
    }
    notices.extend(taken.sentences());
    match erased {
        Ok(traces) => notices.extend(traces.map(|traces| traces.message().to_owned())),
        Err(error) => notices.push(error.to_string()),
    }
    // Nobody has it for himself, or he would hold the other lock as well. A file system that has no locks,
    // or no room for one more file, is used all the same.
    let in_use = in_use(store).ok();
    let _ = in_use.as_ref().map(File::try_lock_shared);
    let alone = sharing == Locking::Exclusive;
    let journal = TakeDb::new(store.clone(), connection, alone, in_use);
    Ok(OpenedDb {
        db: journal,
        notices,
    })
}

/// Whoever has the journal open shares a lock of this; alone one may set it aside.
fn in_use(store: &Store) -> Result<File, StoreError> {
    lock_file(&store.folder().join("journal.open"))
}

fn lock_file(path: &Path) -> Result<File, StoreError> {
    files::open_lock(path).map_err(|why| StoreError::Write {
        path: path.to_owned(),
        why,
    })
}

/// One that opens may move, create and migrate; nobody else does meanwhile.
fn lock(store: &Store) -> Result<File, StoreError> {
    let file = lock_file(&store.folder().join("journal.lock"))?;
    let until = Instant::now() + LONG_PATIENCE;
    loop {
        match file.try_lock() {
            // A file system without locks is used all the same.
            Ok(()) | Err(TryLockError::Error(_)) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() > until => {
                return Err(StoreError::Locked(store.database()));
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(TURN),
        }
    }
}

enum OpenError {
    Database(rusqlite::Error),
    File(StoreError),
}

impl OpenError {
    fn or(self, otherwise: impl FnOnce(rusqlite::Error) -> StoreError) -> StoreError {
        match self {
            OpenError::Database(error) => otherwise(error),
            OpenError::File(error) => error,
        }
    }
}

/// A database of this version.
struct Connected {
    connection: Connection,
    /// Whether it was made just now.
    new: bool,
    sharing: Locking,
}

/// The database at `path`, brought up to this version; or why it is not to be used.
fn ready(path: &Path) -> Result<Result<Connected, QuarantineReason>, OpenError> {
    files::ensure_private(path).map_err(|why| {
        OpenError::File(StoreError::Write {
            path: path.to_owned(),
            why,
        })
    })?;
    // SQLite would throw the log away.
    if !holds_something(path) && holds_something(&aside::with_end(path, "-wal")) {
        return Ok(Err(QuarantineReason::Broken(
            "its file is empty".to_owned(),
        )));
    }
    let connected = connect(path, Locking::Shared).or_else(|error| match error {
        // A full disk has no room for the memory that is shared; one may still look and erase.
        error if is_full(&error) => connect(path, Locking::Exclusive),
        error => Err(error),
    });
    match connected {
        Ok(connected) => Ok(connected),
        Err(error) => match damage(&error) {
            Some(why) => Ok(Err(QuarantineReason::Broken(why))),
            None => Err(OpenError::Database(error)),
        },
    }
}

/// Whether other processes may have the journal open meanwhile.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Locking {
    Shared,
    Exclusive,
}

fn connect(path: &Path, sharing: Locking) -> rusqlite::Result<Result<Connected, QuarantineReason>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    if sharing == Locking::Exclusive {
        connection.pragma_update(None, "locking_mode", "exclusive")?;
    }
    // What turns out to be of no use is not written to, not even tidied up.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    if let Some(unusable) = unusable(&connection)? {
        return Ok(Err(unusable));
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    let version = connection.pragma_query_value(None, "user_version", |row| row.get(0));
    let new = version == Ok(0);
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if !mode.eq_ignore_ascii_case("wal") {
        // A file system without shared memory: slower, and as safe.
        connection.pragma_update(None, "journal_mode", "truncate")?;
    }
    for (name, value) in [
        // A take that was said to be kept survives the power's going.
        ("synchronous", "full"),
        ("foreign_keys", "on"),
        // What is erased is overwritten.
        ("secure_delete", "on"),
        // Nothing spoken goes to temporary files.
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
    journal::probe(&connection)?;
    Ok(Ok(Connected {
        connection,
        new,
        sharing,
    }))
}

/// What a broken database of ours still tells: of takes whose sound is there, and of quizzes.
fn salvage(store: &Store, path: &Path) -> Salvaged {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let read = || -> rusqlite::Result<Salvaged> {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        connection.pragma_update(None, "query_only", "on")?;
        let program: i32 =
            connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        if program != schema::APPLICATION_ID {
            return Ok(Salvaged::default());
        }
        let with_sound = found::named(&store.takes(), "wav").into_iter();
        let takes = with_sound.filter_map(|(id, _)| row_mapping::get_legible(&connection, &id));
        Ok(Salvaged {
            takes: takes.collect(),
            chosen: row_mapping::legible_chosen(&connection),
        })
    };
    // What cannot be read is what is broken. Of an empty file SQLite would throw the log away.
    match holds_something(path) {
        true => read().unwrap_or_default(),
        false => Salvaged::default(),
    }
}

/// Why a database is not ours to use, if it is not.
fn unusable(connection: &Connection) -> rusqlite::Result<Option<QuarantineReason>> {
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let (program, version) = (number("application_id")?, number("user_version")?);
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 && version == 0 {
        return Ok(None);
    }
    if program != schema::APPLICATION_ID {
        let why = "it is another program's database".to_owned();
        return Ok(Some(QuarantineReason::Broken(why)));
    }
    if version > schema::VERSION {
        return Ok(Some(QuarantineReason::Newer));
    }
    // Quickly through everything; and whether the list of the takes agrees with its indexes.
    for check in ["PRAGMA quick_check(1)", "PRAGMA integrity_check(takes)"] {
        let said: String = connection.query_row(check, [], |row| row.get(0))?;
        if said != "ok" {
            let line = said.lines().last().unwrap_or_default();
            return Ok(Some(QuarantineReason::Broken(line.to_owned())));
        }
    }
    Ok(None)
}

/// What is wrong with the database itself, where an error says that something is.
fn damage(error: &rusqlite::Error) -> Option<String> {
    use rusqlite::Error::{
        FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, SqlInputError,
        SqliteFailure, Utf8Error,
    };
    let (code, told) = match error {
        // It may quote what stands where its tables should be told of, and that may have been spoken.
        SqliteFailure(error, _) if error.code == ErrorCode::DatabaseCorrupt => {
            return Some(error.to_string());
        }
        SqliteFailure(error, told) => (error.code, told.clone().unwrap_or(error.to_string())),
        // A table or a column that is missing, or there already.
        SqlInputError { error, msg, .. } => (error.code, msg.clone()),
        FromSqlConversionFailure(..)
        | IntegralValueOutOfRange(..)
        | InvalidColumnType(..)
        | Utf8Error(..) => return Some(error.to_string()),
        _ => return None,
    };
    let of_it = [
        ErrorCode::DatabaseCorrupt,
        ErrorCode::NotADatabase,
        ErrorCode::Unknown,
    ];
    of_it.contains(&code).then_some(told)
}

/// Whether there was no room to write.
pub fn is_full(error: &rusqlite::Error) -> bool {
    let full = [ErrorCode::DiskFull, ErrorCode::SystemIoFailure];
    error
        .sqlite_error_code()
        .is_some_and(|code| full.contains(&code))
}
