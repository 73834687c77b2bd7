//! A database that cannot be used is kept under another name: nothing is ever deleted.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Store;

/// Why a database is not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// A later Starling wrote it.
    Newer,
    /// It is damaged or something else: how that shows.
    Broken(String),
}

/// What SQLite puts behind a database's name, in the order in which they can go: a log that stayed
/// would be taken for that of the next database.
const BESIDE: [&str; 3] = ["-wal", "-shm", ""];

impl Unusable {
    fn word(&self) -> &'static str {
        match self {
            Unusable::Newer => "newer",
            Unusable::Broken(_) => "broken",
        }
    }

    /// What the user is told; `name` is what it is kept as, the new one begins with so many takes that are
    /// `told` and so many of which there are only `sounds`.
    pub fn sentence(&self, folder: &Path, name: &Path, told: usize, sounds: usize) -> String {
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
        match self {
            Unusable::Newer => format!(
                "the journal in {folder} is of a newer Starling: it was kept as {name}, and {begun}. \
                 To use the old one, update Starling and name it journal.db again"
            ),
            Unusable::Broken(why) => format!(
                "the journal in {folder} cannot be read ({why}): it was kept as {name}, and {begun}. Nothing was deleted"
            ),
        }
    }
}

/// Renames the database and what belongs to it; gives its new name within the folder.
pub fn set_aside(store: &Store, unusable: &Unusable) -> io::Result<PathBuf> {
    let (folder, old) = (store.folder(), store.database());
    let name = half_moved(store).unwrap_or_else(|| free_name(folder, unusable.word()));
    for end in BESIDE {
        match fs::rename(with_end(&old, end), with_end(&folder.join(&name), end)) {
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

/// The name under which only a log lies: the process died before its database followed.
fn half_moved(store: &Store) -> Option<PathBuf> {
    kept_aside(store).iter().find_map(|log| {
        let database = PathBuf::from(log.to_str()?.strip_suffix("-wal")?);
        (!database.exists()).then(|| database.file_name().map(PathBuf::from))?
    })
}

fn free_name(folder: &Path, word: &str) -> PathBuf {
    let now = jiff::Zoned::now().strftime("%Y-%m-%dT%H-%M-%S");
    let first = PathBuf::from(format!("journal.db.{word}-{now}"));
    let more = (2..).map(|n| with_end(&first, &format!(".{n}")));
    let mut names = std::iter::once(first.clone()).chain(more);
    let free = |name: &PathBuf| {
        let taken = |end: &str| with_end(&folder.join(name), end).exists();
        !BESIDE.into_iter().any(taken)
    };
    names.find(free).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::in_a_folder;

    #[test]
    fn a_log_and_its_database_stay_together_whenever_the_process_dies() {
        let (_folder, store) = in_a_folder();
        store.prepare().expect("room");
        let write = |end: &str| {
            fs::write(with_end(&store.database(), end), end).expect("room");
        };
        let unusable = Unusable::Broken("test".to_owned());
        write("");
        write("-wal");
        let first = set_aside(&store, &unusable).expect("room");
        // It dies with the log moved, and the database not yet.
        fs::rename(store.folder().join(&first), store.database()).expect("room");
        let again = set_aside(&store, &unusable).expect("room");
        assert_eq!(again, first);
        // The next one is another one.
        write("");
        assert_ne!(set_aside(&store, &unusable).expect("room"), first);
        assert_eq!(kept_aside(&store).len(), 3);
    }
}
