//! Opens the take database in whatever state it is: missing, older, newer, damaged, or beside files that
//! are not imported yet. One process opens it at a time; several may have it open.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use super::connect::{Connected, Locking, connect, unusable_reason};
use super::database::TakeDb;
use super::quarantine::{QuarantineReason, is_nonempty, quarantine, with_suffix};
use super::salvage::{Salvaged, salvage};
use super::{erase, import, schema, sqlite, take_order};
use crate::storage::error::StoreError;
use crate::storage::file_ops;
use crate::storage::store::Store;

/// How long to wait for another process to open the database: it may import thousands of older takes.
const OPEN_LOCK_TIMEOUT: Duration = Duration::from_secs(30);
const LOCK_POLL_INTERVAL: Duration = Duration::from_millis(20);

/// An opened take database.
#[derive(Debug)]
pub struct OpenedDb {
    /// The database.
    pub db: TakeDb,
    /// Messages for the user.
    pub notices: Vec<String>,
}

impl Store {
    /// Opens the take database and creates what is missing. A read-only folder can still be read.
    pub fn open_take_db(&self) -> Result<OpenedDb, StoreError> {
        open_to_write(self).or_else(|error| match is_read_only(&error) {
            true => open_to_read(self).ok_or(error),
            false => Err(error),
        })
    }
}

/// Opens a cleanly closed database of the current version; `None` for any other, without a message.
fn open_to_read(store: &Store) -> Option<OpenedDb> {
    let connection = connect_read_only(store)?;
    let version = connection.pragma_query_value(None, "user_version", |row| row.get::<_, i32>(0));
    let is_usable =
        version == Ok(schema::VERSION) && matches!(unusable_reason(&connection), Ok(None));
    is_usable.then(|| OpenedDb {
        // Without write permission nobody can rename it, so no lock is needed.
        db: TakeDb::new(store.clone(), connection, false, None),
        notices: Vec::new(),
    })
}

/// Opens a cleanly closed database in a read-only folder.
pub(super) fn connect_read_only(store: &Store) -> Option<Connection> {
    let path = store.database();
    // SQLite would ignore the log, and with it the latest writes.
    if is_nonempty(&with_suffix(&path, "-wal")) {
        return None;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(format!("file:{}?immutable=1", escaped(&path)?), flags).ok()
}

/// The path in a URI. It may have any bytes.
#[cfg(unix)]
fn escaped(path: &Path) -> Option<String> {
    let bytes = std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str());
    let escape = |byte: &u8| match byte {
        b'/' | b'.' | b'-' | b'_' => char::from(*byte).to_string(),
        byte if byte.is_ascii_alphanumeric() => char::from(*byte).to_string(),
        byte => format!("%{byte:02x}"),
    };
    Some(bytes.iter().map(escape).collect())
}

#[cfg(not(unix))]
fn escaped(path: &Path) -> Option<String> {
    let path = path.to_str()?.replace('%', "%25");
    Some(path.replace('?', "%3f").replace('#', "%23"))
}

fn is_read_only(error: &StoreError) -> bool {
    let kinds = [
        io::ErrorKind::ReadOnlyFilesystem,
        io::ErrorKind::PermissionDenied,
    ];
    match error {
        StoreError::Write { why, .. } => kinds.contains(&why.kind()),
        StoreError::Database { why, .. } => sqlite::is_read_only(why),
        _ => false,
    }
}

fn open_to_write(store: &Store) -> Result<OpenedDb, StoreError> {
    store.make_folders()?;
    // Held until the database is ready.
    let _open_lock = lock_for_opening(store)?;
    let path = store.database();
    let mut quarantined = None;
    let Connected {
        mut connection,
        is_new,
        locking,
    } = loop {
        let db_error = |why| StoreError::Database {
            path: path.clone(),
            why,
        };
        let connected = connect(&path).map_err(|error| error.into_store_error(db_error))?;
        let reason = match connected {
            Ok(connected) => break connected,
            Err(reason) => reason,
        };
        if quarantined.is_some() {
            // The unusable database was created a moment ago.
            let why = format!("{reason:?}");
            return Err(StoreError::Read { path, why });
        }
        // A process that has it open would continue to write to the renamed file.
        let file = usage_lock(store)?;
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return Err(StoreError::Locked(path));
        }
        let name = quarantine(store, &reason).map_err(|why| StoreError::Write {
            path: path.clone(),
            why,
        })?;
        drop(file);
        quarantined = Some((reason, name));
    };
    let salvaged = match &quarantined {
        Some((QuarantineReason::Broken(_), name)) => salvage(store, &store.folder().join(name)),
        _ => Salvaged::default(),
    };
    // Before the import: no older file may bring an erased take back.
    let erased = erase::finish(&mut connection, store);
    take_order::complete(&mut connection, store).map_err(|why| StoreError::Database {
        path: path.clone(),
        why,
    })?;
    let mut imported = import::import(&mut connection, store, is_new, salvaged)?;
    let mut notices = Vec::new();
    if let Some((reason, name)) = quarantined {
        let audio_only = std::mem::take(&mut imported.audio_only);
        notices.push(reason.message(store.folder(), &name, imported.known, audio_only));
    }
    notices.extend(imported.messages());
    match erased {
        Ok(residual) => notices.extend(residual.map(|residual| residual.message().to_owned())),
        Err(error) => notices.push(error.to_string()),
    }
    // Nobody holds this lock exclusively: that requires the other lock, which we hold. A file system without
    // locks or without space for one more file is used without it.
    let lock = usage_lock(store).ok();
    let _ = lock.as_ref().map(File::try_lock_shared);
    let is_exclusive = locking == Locking::Exclusive;
    let db = TakeDb::new(store.clone(), connection, is_exclusive, lock);
    Ok(OpenedDb { db, notices })
}

/// Locked as shared by every process that has the database open, and exclusively to quarantine it.
fn usage_lock(store: &Store) -> Result<File, StoreError> {
    lock_file(&store.folder().join("journal.open"))
}

fn lock_file(path: &Path) -> Result<File, StoreError> {
    file_ops::open_lock(path).map_err(|why| StoreError::Write {
        path: path.to_owned(),
        why,
    })
}

/// Locks out other processes while the database is moved, created or migrated.
fn lock_for_opening(store: &Store) -> Result<File, StoreError> {
    let file = lock_file(&store.folder().join("journal.lock"))?;
    let deadline = Instant::now() + OPEN_LOCK_TIMEOUT;
    loop {
        match file.try_lock() {
            // A file system without locks is used without them.
            Ok(()) | Err(TryLockError::Error(_)) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() > deadline => {
                return Err(StoreError::Locked(store.database()));
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_POLL_INTERVAL),
        }
    }
}

#[cfg(test)]
mod tests {
    /// Root may write to any folder, so that the commands cannot test this everywhere.
    #[cfg(target_os = "linux")]
    #[test]
    fn read_only_database_may_have_any_path() {
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().expect("a folder");
        let name = std::ffi::OsStr::from_bytes(b"caf\xe9 100%20?#\xff&a=b");
        let store = super::Store::at(Some(folder.path().join(name))).expect("chosen folder");
        drop(store.open_take_db().expect("writable"));
        let connection = super::connect_read_only(&store).expect("it opens");
        let takes = connection.query_row("SELECT count(*) FROM takes", [], |row| row.get(0));
        assert_eq!(takes, Ok(0));
    }
}
