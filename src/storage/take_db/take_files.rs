//! Finds the files of takes, and recordings in progress.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::domain::take::TakeId;

/// On a file system without locks, a file changed within this time counts as being recorded. A recorder
/// writes the row of its take 0.1 s after the start.
const RECORDING_AGE_MAX: Duration = Duration::from_secs(2);

/// The takes that have a file with this extension, by id.
pub fn files_of_takes(folder: &Path, extension: &str) -> Vec<(TakeId, PathBuf)> {
    let mut found: Vec<(TakeId, PathBuf)> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_name()?.to_str()?.strip_suffix(extension)?;
            let id = TakeId(name.strip_suffix('.')?.to_owned());
            (id.is_file_name() && path.is_file()).then_some((id, path))
        })
        .collect();
    found.sort();
    found
}

/// Whether a recorder has locked the file. The lock ends with its process.
pub fn is_being_recorded(wav: &Path) -> bool {
    match File::open(wav).map(|file| file.try_lock_shared()) {
        Ok(Ok(())) => return false,
        Ok(Err(TryLockError::WouldBlock)) => return true,
        Ok(Err(TryLockError::Error(_))) | Err(_) => {}
    }
    let age = || wav.metadata().ok()?.modified().ok()?.elapsed().ok();
    age().is_some_and(|age| age < RECORDING_AGE_MAX)
}
