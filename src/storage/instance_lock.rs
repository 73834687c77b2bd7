//! Allows one window per data folder: two would overwrite each other's settings. The lock ends with its
//! process. Terminal commands do not need it, because they write no settings.

use std::fs::{File, TryLockError};
use std::path::PathBuf;

use super::error::StoreError;
use super::file_ops;
use super::store::Store;

/// Exclusive right of a window to its data folder, until dropped.
#[derive(Debug)]
pub struct InstanceLock {
    _lock: File,
}

impl Store {
    /// Locks the data folder for a window, and creates it if necessary. `None` if another window has the
    /// lock.
    pub fn lock_instance(&self) -> Result<Option<InstanceLock>, StoreError> {
        let path = self.folder().join("window.lock");
        let open = || {
            file_ops::create_private(self.folder())?;
            file_ops::open_lock(&path)
        };
        let failed = |why| StoreError::Write {
            path: self.folder().to_owned(),
            why,
        };
        let lock = open().map_err(failed)?;
        // Checked before the write test: a full disk must not allow a second window.
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => return Ok(None),
            // A file system without locks is used without them.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        // The folder must be writable for settings.
        tempfile::tempfile_in(self.folder())
            .map_err(file_ops::without_path)
            .map_err(failed)?;
        Ok(Some(InstanceLock { _lock: lock }))
    }

    /// Socket on which the window with the lock is asked to come to the front.
    pub fn activation_socket(&self) -> PathBuf {
        self.folder().join("window.door")
    }
}

#[cfg(test)]
mod tests {
    use crate::storage::Store;

    #[test]
    fn folder_is_locked_by_one_window_at_a_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::at(Some(folder.path().join("data"))).expect("chosen folder");
        let first = store.lock_instance().expect("writable").expect("unlocked");
        assert!(store.lock_instance().expect("writable").is_none());
        // Takes and their database are not affected by the lock.
        store.prepare().expect("writable");
        drop(store.open_take_db().expect("writable"));
        drop(first);
        assert!(store.lock_instance().expect("writable").is_some());
    }

    #[test]
    fn unwritable_folder_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        std::fs::write(&file, "").expect("writable");
        let store = Store::at(Some(file.join("data"))).expect("chosen folder");
        let message = store.lock_instance().expect_err("no folder").to_string();
        assert!(message.contains("file/data"), "{message}");
    }
}
