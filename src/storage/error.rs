//! Errors of the data folder, with advice for the user.

use std::io;
use std::path::PathBuf;

use super::take_db::sqlite;
use crate::domain::take::TakeId;

/// Why something cannot be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no home folder to create the data folder in.
    #[error("no home folder to store takes in: choose a folder with --data")]
    NoHomeDir,
    /// The folder or a file in it cannot be written.
    #[error("cannot write to {path}: {why}. {}, or choose another folder with --data", advice(why), path = path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        why: io::Error,
    },
    /// A background thread cannot be started.
    #[error("cannot start a thread ({0}): close other programs")]
    ThreadSpawn(io::Error),
    /// A file is not in the expected format.
    #[error("cannot read {path}: {why}. The file was not changed; correct it or move it away", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The take database cannot be used.
    #[error("cannot use the take database {path}: {why}. {advice}", path = path.display(), advice = sqlite::advice(why))]
    Database {
        /// The database file.
        path: PathBuf,
        /// SQLite's error.
        why: rusqlite::Error,
    },
    /// Another process keeps the take database locked.
    #[error("another Starling has the take database {path} open: close it, and try again", path = .0.display())]
    Locked(PathBuf),
    /// No take has this id.
    #[error("there is no take `{0}`: `starling history` lists the available takes")]
    Unknown(TakeId),
    /// The take cannot be erased while it is being recorded.
    #[error("take {0} is being recorded: stop it, then erase it")]
    BeingRecorded(TakeId),
    /// The database has no facts about the take, only its id.
    #[error(
        "only the audio of take {0} remains: `starling analyze --section KIND --take {0}` transcribes it"
    )]
    AudioOnly(TakeId),
    /// The database entry is damaged in a way that SQLite cannot detect.
    #[error(
        "the database entry of take {take} is inconsistent: {why}. Its audio is intact: `starling analyze --take {take}` transcribes it again"
    )]
    Inconsistent {
        /// The take.
        take: TakeId,
        /// What is inconsistent.
        why: &'static str,
    },
    /// The take's audio was erased in the meantime.
    #[error("the audio of take {0} was erased, so its transcript is not saved")]
    AudioErased(TakeId),
}

impl StoreError {
    /// Whether the same write may succeed later: the cause is the disk or another process.
    pub fn is_transient(&self) -> bool {
        match self {
            StoreError::Write { .. } | StoreError::Locked(_) => true,
            StoreError::Database { why, .. } => sqlite::is_transient(why),
            _ => false,
        }
    }
}

/// What the user can do about a file that cannot be written.
pub fn advice(why: &io::Error) -> &'static str {
    match why.kind() {
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => "Make it writable",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "Free disk space",
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "Check its name"
        }
        _ => "Check the disk",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_fits_the_error() {
        for (kind, expected) in [
            (io::ErrorKind::StorageFull, "Free disk space"),
            (io::ErrorKind::QuotaExceeded, "Free disk space"),
            (io::ErrorKind::ReadOnlyFilesystem, "Make it writable"),
            (io::ErrorKind::NotADirectory, "Check its name"),
            (io::ErrorKind::NotFound, "Check its name"),
            (io::ErrorKind::TimedOut, "Check the disk"),
        ] {
            assert_eq!(advice(&kind.into()), expected, "{kind}");
        }
    }
}
