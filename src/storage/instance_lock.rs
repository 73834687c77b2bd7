//! One window a data folder: two would write over each other's settings. A lock that dies with its
//! process; terminal commands need none, they write no settings.

use std::fs::{File, TryLockError};
use std::path::PathBuf;

use super::{Store, StoreError, fs as files};

/// A window's right to its data folder, until it is dropped.
#[derive(Debug)]
pub struct InstanceLock {
    _lock: File,
}

impl Store {
    /// Claims the data folder for a window, which creates it. `None` where another window has it.
    pub fn lock_instance(&self) -> Result<Option<InstanceLock>, StoreError> {
        let path = self.folder.join("window.lock");
        let open = || {
            files::create_private(&self.folder)?;
            files::open_lock(&path)
        };
        let failed = |why| StoreError::Write {
            path: self.folder.clone(),
            why,
        };
        let lock = open().map_err(failed)?;
        // Whether another has it comes first: a disk without room must not make two windows of one.
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => return Ok(None),
            // A file system without locks is used all the same.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        // As it is to be written to where settings are.
        tempfile::tempfile_in(&self.folder)
            .map_err(files::without_path)
            .map_err(failed)?;
        Ok(Some(InstanceLock { _lock: lock }))
    }

    /// Where the window that has the data folder is called to the front.
    pub fn activation_socket(&self) -> PathBuf {
        self.folder.join("window.door")
    }
}

#[cfg(test)]
mod tests {
    use crate::storage::Store;

    #[test]
    fn a_folder_is_claimed_by_one_at_a_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::at(Some(folder.path().join("data"))).expect("named");
        let first = store.lock_instance().expect("room").expect("nobody has it");
        assert!(store.lock_instance().expect("room").is_none());
        // Settings, takes and journal are open to others.
        store.prepare().expect("room");
        drop(store.open_take_db().expect("room"));
        drop(first);
        assert!(store.lock_instance().expect("room").is_some());
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        std::fs::write(&file, "").expect("room");
        let store = Store::at(Some(file.join("data"))).expect("named");
        let said = store.lock_instance().expect_err("no folder").to_string();
        assert!(said.contains("file/data"), "{said}");
    }
}
