//! Quarantines an unusable database: it is renamed, never deleted.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::storage::store::Store;
use crate::storage::{clock, file_ops};

/// Why a database is not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuarantineReason {
    /// It was written by a newer Starling.
    Newer,
    /// It is damaged or not ours, and how that was detected.
    Broken(String),
}

/// The files of a database by suffix, in the order in which they are renamed: SQLite would mistake a
/// remaining log for that of the next database.
const FILE_SUFFIXES: [&str; 3] = ["-wal", "-shm", ""];

impl QuarantineReason {
    fn label(&self) -> &'static str {
        match self {
            QuarantineReason::Newer => "newer",
            QuarantineReason::Broken(_) => "broken",
        }
    }

    /// Message for the user. `name` is the new name of the database; the new database starts with `known`
    /// takes with facts, and `audio_only` takes without.
    pub fn message(&self, folder: &Path, name: &Path, known: usize, audio_only: usize) -> String {
        let log = with_suffix(&folder.join(name), "-wal");
        let (folder, name) = (folder.display(), name.display());
        let takes = |n: usize| match n {
            1 => "1 take".to_owned(),
            n => format!("{n} takes"),
        };
        let created = match (known, audio_only) {
            (0, 0) => "a new one was created".to_owned(),
            (0, n) => format!("a new one was created with the audio of {}", takes(n)),
            (n, 0) => format!("a new one was created with {}", takes(n)),
            (n, m) => format!(
                "a new one was created with {}, and the audio of {m} more",
                takes(n)
            ),
        };
        // The latest writes may be in the log only.
        let (log, log_again) = match is_nonempty(&log) {
            true => (
                format!(", together with {name}-wal"),
                format!(" (and {name}-wal to journal.db-wal)"),
            ),
            false => (String::new(), String::new()),
        };
        match self {
            QuarantineReason::Newer => format!(
                "the take database in {folder} was written by a newer Starling: it was quarantined as {name}{log}, and {created}. \
                 To use the old one, update Starling and rename it to journal.db{log_again}"
            ),
            QuarantineReason::Broken(why) => format!(
                "the take database in {folder} cannot be read ({why}): it was quarantined as {name}{log}, and {created}. Nothing was deleted"
            ),
        }
    }
}

impl Store {
    /// Whether anything was ever stored here. If not, nothing needs to be opened.
    pub fn has_takes(&self) -> bool {
        self.is_in_use() || !quarantined_files(self).is_empty()
    }

    /// Number of quarantined databases.
    pub fn quarantined(&self) -> usize {
        let files = quarantined_files(self);
        let is_sidecar = |path: &&PathBuf| {
            let name = path.to_string_lossy();
            name.ends_with("-wal") || name.ends_with("-shm")
        };
        files.len() - files.iter().filter(is_sidecar).count()
    }
}

/// Renames the database and its sidecar files, and returns its new name in the folder. Never overwrites a
/// file.
pub fn quarantine(store: &Store, reason: &QuarantineReason) -> io::Result<PathBuf> {
    let (folder, old) = (store.folder(), store.database());
    let name = half_quarantined(store).unwrap_or_else(|| free_name(folder, reason.label()));
    for suffix in FILE_SUFFIXES {
        let (from, to) = (
            with_suffix(&old, suffix),
            with_suffix(&folder.join(&name), suffix),
        );
        let moved = match to.try_exists()? {
            // The renamed log already exists: this one was created since and is empty.
            true => file_ops::remove(&from),
            false => fs::rename(from, to),
        };
        match moved {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(name)
}

/// The files of all quarantined databases.
pub fn quarantined_files(store: &Store) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(store.folder())
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| {
                name.starts_with("journal.db.newer-") || name.starts_with("journal.db.broken-")
            })
        })
        .collect();
    files.sort();
    files
}

/// `path` with a suffix.
pub fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The name of a half-finished quarantine: the log was renamed, but the process died before the database
/// was. A database with a log of its own is a different one.
fn half_quarantined(store: &Store) -> Option<PathBuf> {
    if is_nonempty(&with_suffix(&store.database(), "-wal")) {
        return None;
    }
    let files = quarantined_files(store);
    let mut without_database = files.iter().filter_map(|log| {
        let name = log.file_name()?.to_str()?.strip_suffix("-wal")?;
        let database = log.with_file_name(name);
        (!database.exists()).then(|| database.file_name().map(PathBuf::from))?
    });
    // If there are two, it is unknown which one belongs to the database.
    without_database
        .next()
        .filter(|_| without_database.next().is_none())
}

/// Whether the file exists and is not empty.
pub fn is_nonempty(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| meta.len() > 0)
}

fn free_name(folder: &Path, label: &str) -> PathBuf {
    let now = clock::now().strftime("%Y-%m-%dT%H-%M-%S");
    let first = PathBuf::from(format!("journal.db.{label}-{now}"));
    let more = (2..).map(|n| with_suffix(&first, &format!(".{n}")));
    let mut names = std::iter::once(first.clone()).chain(more);
    let free = |name: &PathBuf| {
        let taken = |suffix: &str| with_suffix(&folder.join(name), suffix).exists();
        !FILE_SUFFIXES.into_iter().any(taken)
    };
    names.find(free).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::test_support::temp_store;

    #[test]
    fn log_and_database_stay_together_wherever_the_process_dies() {
        let (_folder, store) = temp_store();
        store.prepare().expect("writable");
        let write = |suffix: &str| {
            fs::write(with_suffix(&store.database(), suffix), suffix).expect("writable");
        };
        let reason = QuarantineReason::Broken("test".to_owned());
        write("");
        write("-wal");
        let first = quarantine(&store, &reason).expect("writable");
        // The process dies after renaming the log, before renaming the database.
        fs::rename(store.folder().join(&first), store.database()).expect("writable");
        let again = quarantine(&store, &reason).expect("writable");
        assert_eq!(again, first);
        // The next database is a different one.
        write("");
        assert_ne!(quarantine(&store, &reason).expect("writable"), first);
        assert_eq!(quarantined_files(&store).len(), 3);
    }

    #[test]
    fn quarantined_log_is_never_overwritten() {
        let (_folder, store) = temp_store();
        store.prepare().expect("writable");
        let write = |suffix: &str, text: &str| {
            fs::write(with_suffix(&store.database(), suffix), text).expect("writable");
        };
        let read = |name: &Path, suffix: &str| {
            let path = with_suffix(&store.folder().join(name), suffix);
            fs::read_to_string(path).expect("it exists")
        };
        write("", "the first");
        write("-wal", "its log");
        write("-shm", "its memory");
        let first = quarantine(&store, &QuarantineReason::Newer).expect("writable");
        let message = QuarantineReason::Newer.message(store.folder(), &first, 0, 0);
        let log = format!("{}-wal", first.display());
        assert_eq!(message.matches(&log).count(), 2, "{message}");
        // The user renames the database back, but forgets the log.
        fs::rename(store.folder().join(&first), store.database()).expect("own file");
        // SQLite starts another log.
        write("-wal", "another log");
        let second = quarantine(&store, &QuarantineReason::Newer).expect("writable");
        assert_ne!(second, first);
        assert_eq!(read(&second, "-wal"), "another log");
        assert_eq!(read(&second, ""), "the first");
        assert_eq!(read(&first, "-wal"), "its log");
        // A database with only an empty log belongs to the remaining log.
        fs::rename(store.folder().join(&second), store.database()).expect("own file");
        fs::remove_file(with_suffix(&store.folder().join(&second), "-wal")).expect("own file");
        write("-wal", "");
        write("-shm", "created again");
        assert_eq!(
            quarantine(&store, &QuarantineReason::Newer).expect("writable"),
            first
        );
        assert_eq!(read(&first, "-wal"), "its log");
        assert_eq!(read(&first, ""), "the first");
        assert_eq!(quarantined_files(&store).len(), 3);
        let left =
            ["", "-wal", "-shm"].map(|suffix| with_suffix(&store.database(), suffix).exists());
        assert_eq!(left, [false; 3]);
    }
}
