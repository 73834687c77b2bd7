//! The data folder: its layout, its permissions and the ids of new takes.

use std::io;
use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::file_ops;
use crate::domain::story::Part;
use crate::domain::take::TakeId;

/// The data folder.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
    /// Whether the user chose the folder. It may then contain files of other programs.
    chosen: bool,
}

impl Store {
    /// The folder `chosen` by the user, or the system's default. Nothing is created yet. `~` is the home folder.
    pub fn at(chosen: Option<PathBuf>) -> Result<Self, StoreError> {
        let default =
            || directories::ProjectDirs::from("", "", "starling").map(|d| d.data_dir().to_owned());
        let is_chosen = chosen.is_some();
        let chosen = chosen.map(|folder| file_ops::expand_home(&folder));
        let folder = chosen.or_else(default).ok_or(StoreError::NoHomeDir)?;
        Ok(Self {
            folder,
            chosen: is_chosen,
        })
    }

    /// Path of the data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Folder for the user's own stories.
    pub fn stories(&self) -> PathBuf {
        self.folder.join("stories")
    }

    /// Folder for the user's own speech models.
    pub fn models(&self) -> PathBuf {
        self.folder.join("models")
    }

    /// Audio file of a take.
    pub fn wav(&self, take: &TakeId) -> PathBuf {
        self.takes().join(format!("{take}.wav"))
    }

    /// Whether a file, or the one that a link names, is in the folder of the takes, where only takes may be
    /// written.
    pub fn is_among_takes(&self, file: &Path) -> bool {
        let Ok(file) = file_ops::linked_file(file) else {
            return false;
        };
        let folder = file.parent().filter(|folder| *folder != Path::new(""));
        let folder = folder.unwrap_or(Path::new(".")).canonicalize();
        match (folder, self.takes().canonicalize()) {
            (Ok(folder), Ok(takes)) => folder.starts_with(takes),
            // A folder that does not exist contains nothing.
            _ => false,
        }
    }

    /// Id of a new take of `part`, from its start time. If the id is taken (clocks can be set back), the
    /// next free millisecond is used: a take never overwrites another.
    pub fn new_take_id(&self, mut started: jiff::Zoned, part: Part) -> TakeId {
        loop {
            let time = started.strftime("%Y-%m-%dT%H-%M-%S%.3f");
            let take = TakeId::new(&time.to_string(), part);
            if !self.wav(&take).exists() {
                return take;
            }
            started = started.saturating_add(jiff::SignedDuration::from_millis(1));
        }
    }

    /// Creates the folders, and checks that takes can be written.
    pub fn prepare(&self) -> Result<(), StoreError> {
        self.make_folders()?;
        let takes = self.takes();
        tempfile::tempfile_in(&takes)
            .map(|_| ())
            .map_err(file_ops::without_path)
            .map_err(|why| StoreError::Write { path: takes, why })
    }

    /// Creates the folders and restricts them to their owner. If the user chose a folder with other files,
    /// only the takes and the databases in it are restricted.
    pub(in crate::storage) fn make_folders(&self) -> Result<(), StoreError> {
        let takes = self.takes();
        let is_ours = !self.chosen || self.is_in_use() && self.has_only_our_files();
        let made = file_ops::create_private(&takes);
        made.map_err(|why| StoreError::Write {
            path: takes.clone(),
            why,
        })?;
        file_ops::restrict_permissions(&takes);
        if is_ours {
            file_ops::restrict_permissions(&self.folder);
        }
        for database in file_ops::with_prefix(&self.folder, "journal.db") {
            // If this fails, the file belongs to another user.
            let _ = file_ops::ensure_private(&database);
        }
        Ok(())
    }

    /// Whether the data folder contains only files of Starling.
    fn has_only_our_files(&self) -> bool {
        let is_ours = |name: &str| {
            let has_prefix = |prefix| name.starts_with(prefix);
            ["journal.", "window."].into_iter().any(has_prefix)
                || [
                    "takes",
                    "stories",
                    "models",
                    "settings.toml",
                    "profile.toml",
                ]
                .contains(&name)
        };
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten();
        let mut names = entries.flatten().map(|entry| entry.file_name());
        names.all(|name| name.to_str().is_some_and(is_ours))
    }

    /// Free space in bytes. An error if the file system does not report it.
    pub fn free_space(&self) -> io::Result<u64> {
        let disk = fs4::statvfs(&self.folder)?;
        match disk.total_space() {
            0 => Err(io::ErrorKind::Unsupported.into()),
            _ => Ok(disk.available_space()),
        }
    }

    /// Whether takes were ever stored here.
    pub(in crate::storage) fn is_in_use(&self) -> bool {
        self.takes().exists() || self.database().exists()
    }

    /// Whether there is a take database.
    pub fn has_database(&self) -> bool {
        self.database().exists()
    }

    /// Folder of the takes' audio.
    pub(in crate::storage) fn takes(&self) -> PathBuf {
        self.folder.join("takes")
    }

    /// File of the take database.
    pub(in crate::storage) fn database(&self) -> PathBuf {
        self.folder.join("journal.db")
    }
}

/// Replaces a file atomically.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    file_ops::write_whole(path, bytes).map_err(|why| StoreError::Write {
        path: path.to_owned(),
        why,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::test_support::temp_store;

    #[test]
    fn new_take_id_is_unique() {
        let (_folder, store) = temp_store();
        store.prepare().expect("writable");
        let moment: jiff::Timestamp = "2026-11-23T18:04:09.9989Z".parse().expect("a moment");
        let started = moment.to_zoned(jiff::tz::TimeZone::UTC);
        for (part, name) in [
            (Part::Whole, "2026-11-23T18-04-09.998-all"),
            (Part::Whole, "2026-11-23T18-04-09.999-all"),
            (Part::Whole, "2026-11-23T18-04-10.000-all"),
            (Part::FollowUp(2), "2026-11-23T18-04-09.998-followup2"),
        ] {
            let take = store.new_take_id(started.clone(), part);
            assert_eq!(take.0, name);
            std::fs::write(store.wav(&take), "sound").expect("writable");
        }
    }
}
