//! Helpers for SQLite: write transactions, and what its errors mean. Knows nothing of takes.

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

/// Runs `work` in a transaction that takes the write lock at once. Two deferred transactions that read
/// before they write would block each other.
pub(crate) fn write<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = work(&tx)?;
    tx.commit()?;
    Ok(done)
}

/// Whether the same write may succeed later: the disk is full or missing, or others are writing.
pub(crate) fn is_transient(why: &rusqlite::Error) -> bool {
    let codes = [
        ErrorCode::DatabaseBusy,
        ErrorCode::DatabaseLocked,
        ErrorCode::DiskFull,
        ErrorCode::SystemIoFailure,
        ErrorCode::CannotOpen,
        ErrorCode::ReadOnly,
        ErrorCode::PermissionDenied,
    ];
    has_code(why, &codes)
}

/// Whether there was no disk space to write.
pub(crate) fn is_full(error: &rusqlite::Error) -> bool {
    has_code(error, &[ErrorCode::DiskFull, ErrorCode::SystemIoFailure])
}

/// Whether another connection holds a lock.
pub(crate) fn is_busy(error: &rusqlite::Error) -> bool {
    has_code(error, &[ErrorCode::DatabaseBusy, ErrorCode::DatabaseLocked])
}

/// Whether the database may not be written at all.
pub(crate) fn is_read_only(error: &rusqlite::Error) -> bool {
    let codes = [
        ErrorCode::CannotOpen,
        ErrorCode::ReadOnly,
        ErrorCode::PermissionDenied,
    ];
    has_code(error, &codes)
}

/// What the user can do if the take database cannot be used.
pub(crate) fn advice(why: &rusqlite::Error) -> &'static str {
    match why.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "Another program is writing to it: try again"
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            "Restart Starling: it will be quarantined, and a new one created"
        }
        Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure) => {
            "Free disk space, or choose another folder with --data"
        }
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            "Make its folder writable, or choose another with --data"
        }
        _ => "Move it away: a new one is then created from the recordings",
    }
}

fn has_code(error: &rusqlite::Error, codes: &[ErrorCode]) -> bool {
    error
        .sqlite_error_code()
        .is_some_and(|code| codes.contains(&code))
}
