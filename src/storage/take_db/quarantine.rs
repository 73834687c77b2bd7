//! A database that cannot be used is kept under another name: nothing is ever deleted.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::storage::{Store, fs as files};

/// Why a database is not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuarantineReason {
    /// A later Starling wrote it.
    Newer,
    /// It is damaged or something else: how that shows.
    Broken(String),
}

/// What SQLite puts behind a database's name, in the order in which they can go: a log that stayed
/// would be taken for that of the next database.
const SIDECAR_SUFFIXES: [&str; 3] = ["-wal", "-shm", ""];

impl QuarantineReason {
    fn word(&self) -> &'static str {
        match self {
            QuarantineReason::Newer => "newer",
            QuarantineReason::Broken(_) => "broken",
        }
    }

    /// What the user is told; `name` is what it is kept as, the new one begins with so many takes that are
    /// `told` and so many of which there are only `sounds`.
    pub fn sentence(&self, folder: &Path, name: &Path, told: usize, sounds: usize) -> String {
        let log = with_end(&folder.join(name), "-wal");
        let (folder, name) = (folder.display(), name.display());
        let takes = |n: usize| match n {
            1 => "1 take".to_owned(),
            n => format!("{n} takes"),
        };
        let begun = match (told, sounds) {
            (0, 0) => "a new one was begun".to_owned(),
            (0, n) => format!("a new one was begun with the sound of {}", takes(n)),
            (n, 0) => format!("a new one was begun with {}", takes(n)),
            (n, m) => format!(
                "a new one was begun with {}, and the sound of {m} more",
                takes(n)
            ),
        };
        // What was written last may stand in the log alone.
        let (log, log_again) = match holds_something(&log) {
            true => (
                format!(", with {name}-wal beside it"),
                format!(" (and {name}-wal journal.db-wal)"),
            ),
            false => (String::new(), String::new()),
        };
        match self {
            QuarantineReason::Newer => format!(
                "the journal in {folder} is of a newer Starling: it was kept as {name}{log}, and {begun}. \
                 To use the old one, update Starling and name it journal.db again{log_again}"
            ),
            QuarantineReason::Broken(why) => format!(
                "the journal in {folder} cannot be read ({why}): it was kept as {name}{log}, and {begun}. Nothing was deleted"
            ),
        }
    }
}

/// Renames the database and what belongs to it; gives its new name within the folder. Never in place of
/// another file.
pub fn quarantine(store: &Store, unusable: &QuarantineReason) -> io::Result<PathBuf> {
    let (folder, old) = (store.folder(), store.database());
    let name = half_moved(store).unwrap_or_else(|| free_name(folder, unusable.word()));
    for end in SIDECAR_SUFFIXES {
        let (from, to) = (with_end(&old, end), with_end(&folder.join(&name), end));
        let moved = match to.try_exists()? {
            // The log that was moved already is there: the one that was made since is empty.
            true => files::remove(&from),
            false => fs::rename(from, to),
        };
        match moved {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(name)
}

/// The files of every database that was kept aside.
pub fn kept_aside(store: &Store) -> Vec<PathBuf> {
    let mut kept: Vec<PathBuf> = fs::read_dir(store.folder())
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
    kept.sort();
    kept
}

/// `PATH` with something behind it.
pub fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// The name under which only a log lies: the process died before its database followed. One that has a
/// log of its own is another one.
fn half_moved(store: &Store) -> Option<PathBuf> {
    if holds_something(&with_end(&store.database(), "-wal")) {
        return None;
    }
    let kept = kept_aside(store);
    let mut alone = kept.iter().filter_map(|log| {
        let database = PathBuf::from(log.to_str()?.strip_suffix("-wal")?);
        (!database.exists()).then(|| database.file_name().map(PathBuf::from))?
    });
    // Of two nobody can tell which.
    alone.next().filter(|_| alone.next().is_none())
}

/// Whether there is a file, and anything in it.
pub fn holds_something(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| meta.len() > 0)
}

fn free_name(folder: &Path, word: &str) -> PathBuf {
    let now = jiff::Zoned::now().strftime("%Y-%m-%dT%H-%M-%S");
    let first = PathBuf::from(format!("journal.db.{word}-{now}"));
    let more = (2..).map(|n| with_end(&first, &format!(".{n}")));
    let mut names = std::iter::once(first.clone()).chain(more);
    let free = |name: &PathBuf| {
        let taken = |end: &str| with_end(&folder.join(name), end).exists();
        !SIDECAR_SUFFIXES.into_iter().any(taken)
    };
    names.find(free).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::tests::in_a_folder;

    #[test]
    fn a_log_and_its_database_stay_together_whenever_the_process_dies() {
        let (_folder, store) = in_a_folder();
        store.prepare().expect("room");
        let write = |end: &str| {
            fs::write(with_end(&store.database(), end), end).expect("room");
        };
        let unusable = QuarantineReason::Broken("test".to_owned());
        write("");
        write("-wal");
        let first = quarantine(&store, &unusable).expect("room");
        // It dies with the log moved, and the database not yet.
        fs::rename(store.folder().join(&first), store.database()).expect("room");
        let again = quarantine(&store, &unusable).expect("room");
        assert_eq!(again, first);
        // The next one is another one.
        write("");
        assert_ne!(quarantine(&store, &unusable).expect("room"), first);
        assert_eq!(kept_aside(&store).len(), 3);
    }

    #[test]
    fn a_log_that_is_kept_is_never_written_over() {
        let (_folder, store) = in_a_folder();
        store.prepare().expect("room");
        let write = |end: &str, text: &str| {
            fs::write(with_end(&store.database(), end), text).expect("room");
        };
        let read = |name: &Path, end: &str| {
            let path = with_end(&store.folder().join(name), end);
            fs::read_to_string(path).expect("there")
        };
        write("", "the first");
        write("-wal", "its log");
        write("-shm", "its memory");
        let first = quarantine(&store, &QuarantineReason::Newer).expect("room");
        let said = QuarantineReason::Newer.sentence(store.folder(), &first, 0, 0);
        let log = format!("{}-wal", first.display());
        assert_eq!(said.matches(&log).count(), 2, "{said}");
        // Somebody names the database again, and forgets the log.
        fs::rename(store.folder().join(&first), store.database()).expect("ours");
        // Its program begins another log.
        write("-wal", "another log");
        let second = quarantine(&store, &QuarantineReason::Newer).expect("room");
        assert_ne!(second, first);
        assert_eq!(read(&second, "-wal"), "another log");
        assert_eq!(read(&second, ""), "the first");
        assert_eq!(read(&first, "-wal"), "its log");
        // One without a log, which SQLite made an empty one for, belongs to the log that waits.
        fs::rename(store.folder().join(&second), store.database()).expect("ours");
        fs::remove_file(with_end(&store.folder().join(&second), "-wal")).expect("ours");
        write("-wal", "");
        write("-shm", "made anew");
        assert_eq!(
            quarantine(&store, &QuarantineReason::Newer).expect("room"),
            first
        );
        assert_eq!(read(&first, "-wal"), "its log");
        assert_eq!(read(&first, ""), "the first");
        assert_eq!(kept_aside(&store).len(), 3);
        let left = ["", "-wal", "-shm"].map(|end| with_end(&store.database(), end).exists());
        assert_eq!(left, [false; 3]);
    }
}
