//! Only the owner can read takes and databases.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::{files_with_prefix, save_takes};
use crate::storage::Store;
use crate::storage::take_db::quarantine::with_suffix;
use crate::storage::test_support::{temp_store, transcribed_take};

#[test]
fn database_is_private() {
    let (_folder, store) = temp_store();
    let mode = |path: &Path| fs::metadata(path).expect("it exists").permissions().mode() & 0o777;
    save_takes(&store, &["mine"]);
    // As restored from a backup.
    let open = fs::Permissions::from_mode(0o644);
    fs::set_permissions(store.database(), open).expect("own file");
    let mut opened = store.open_take_db().expect("it exists");
    opened
        .db
        .save(&transcribed_take("mine", "once more"))
        .expect("writable");
    assert_eq!(mode(store.folder()), 0o700);
    for end in ["", "-wal", "-shm"] {
        let path = with_suffix(&store.database(), end);
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn own_folders_are_made_private() {
    let (folder, store) = temp_store();
    let mode = |path: &Path| {
        let there = path.metadata().expect("it exists");
        there.permissions().mode() & 0o7777
    };
    let open = |path: &Path, mode| {
        fs::create_dir_all(path).expect("writable");
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("own file");
    };
    open(store.folder(), 0o755);
    open(&store.takes(), 0o775);
    drop(store.open_take_db().expect("writable"));
    assert_eq!((mode(store.folder()), mode(&store.takes())), (0o700, 0o700));
    // A folder with other files is not restricted, neither the first time nor later; our files in it are.
    let documents = folder.path().join("documents");
    open(&documents, 0o755);
    fs::write(documents.join("letter.txt"), "dear").expect("writable");
    let old = documents.join("journal.db.broken-2026-11-23T18-04-09");
    fs::write(&old, "words").expect("writable");
    fs::set_permissions(&old, fs::Permissions::from_mode(0o644)).expect("own file");
    let chosen_store = Store::at(Some(documents.clone())).expect("chosen folder");
    for _ in 0..2 {
        save_takes(&chosen_store, &["mine"]);
        assert_eq!(mode(&documents), 0o755);
        assert_eq!(mode(&chosen_store.takes()), 0o700);
        for path in files_with_prefix(&chosen_store, "journal.") {
            assert_eq!(mode(&path) & 0o777, 0o600, "{}", path.display());
        }
        assert_eq!(mode(&documents.join("letter.txt")) & 0o400, 0o400);
    }
    // A folder for everybody is not restricted; our files in it are.
    open(folder.path(), 0o1777);
    let store = Store::at(Some(folder.path().to_owned())).expect("chosen folder");
    store.prepare().expect("writable");
    assert_eq!((mode(folder.path()), mode(&store.takes())), (0o1777, 0o700));
}
