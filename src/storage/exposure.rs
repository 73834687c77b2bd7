//! Whether others can read the takes although their folder is meant for its owner only. It states what the file
//! system reports; it does not know what a file server permits.

use std::path::{Path, PathBuf};

use super::store::Store;

/// Who else may read the takes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Exposure {
    /// Other users of this computer: the permissions of the folder could not be restricted.
    #[error(
        "other users of this computer can read {path}: its permissions cannot be restricted, as on an exFAT or FAT \
         disk. Choose a folder on another disk with --data",
        path = .0.display()
    )]
    Unrestricted(PathBuf),
    /// Another user, who owns the folder, and those whom the owner lets in.
    #[error(
        "other users of this computer can read {path}: it belongs to another user. Choose a folder of your own with \
         --data",
        path = .0.display()
    )]
    Foreign(PathBuf),
    /// Whoever the file server lets in.
    #[error(
        "{path} is on a file server, which decides who can read it",
        path = .0.display()
    )]
    FileServer(PathBuf),
}

impl Store {
    /// Who else may read the takes; `None` if nobody else can, or if there is no folder for takes yet.
    pub fn exposure(&self) -> Option<Exposure> {
        of_folder(&self.takes())
    }
}

#[cfg(unix)]
fn of_folder(folder: &Path) -> Option<Exposure> {
    use std::os::unix::fs::MetadataExt;
    let folder = folder.canonicalize().ok()?;
    let meta = folder.metadata().ok()?;
    let lets_others_in =
        |folder: &Path| folder.metadata().is_ok_and(|meta| meta.mode() & 0o077 != 0);
    // A folder above it that is closed to others keeps them out.
    if folder.ancestors().all(lets_others_in) {
        return Some(match meta.uid() == rustix::process::getuid().as_raw() {
            true => Exposure::Unrestricted(folder),
            false => Exposure::Foreign(folder),
        });
    }
    is_on_file_server(&folder).then_some(Exposure::FileServer(folder))
}

#[cfg(not(unix))]
fn of_folder(_folder: &Path) -> Option<Exposure> {
    // The folder inherits the permissions of its parent, which in a home folder is the user's own.
    None
}

/// Whether the file system is NFS, SMB, 9P, AFS, Ceph or Coda (the numbers are those of `linux/magic.h`).
#[cfg(target_os = "linux")]
fn is_on_file_server(folder: &Path) -> bool {
    const TYPES: [u32; 8] = [
        0x6969,
        0x517b,
        0xff53_4d42,
        0xfe53_4d42,
        0x0102_1997,
        0x5346_414f,
        0x00c3_6400,
        0x7375_7245,
    ];
    // The type is signed on some processors, and has 32 bits.
    rustix::fs::statfs(folder).is_ok_and(|stat| TYPES.contains(&(stat.f_type as u32)))
}

#[cfg(all(unix, not(target_os = "linux")))]
fn is_on_file_server(_folder: &Path) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn folder_is_exposed_if_it_and_all_folders_above_let_others_in() {
        // Not in a folder that `tempfile` creates, which is closed to others.
        let root = tempfile::tempdir().expect("a folder");
        let takes = root.path().join("data/takes");
        fs::create_dir_all(&takes).expect("writable");
        let set = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("own file");
        };
        let data = root.path().join("data");
        for (root_mode, data_mode, takes_mode, is_exposed) in [
            (0o755, 0o755, 0o755, true),
            (0o755, 0o711, 0o770, true),
            (0o755, 0o755, 0o700, false),
            (0o755, 0o700, 0o755, false),
            (0o700, 0o777, 0o777, false),
        ] {
            set(&takes, takes_mode);
            set(&data, data_mode);
            set(root.path(), root_mode);
            let exposure = of_folder(&takes);
            assert_eq!(
                exposure.is_some(),
                is_exposed,
                "{root_mode:o} {data_mode:o} {takes_mode:o}"
            );
            if let Some(exposure) = exposure {
                let text = exposure.to_string();
                assert!(text.contains("cannot be restricted"), "{text}");
            }
        }
        assert_eq!(of_folder(&root.path().join("absent")), None);
    }
}
