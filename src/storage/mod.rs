//! What is kept, and where: the data folder with its takes and their journal, settings, and the
//! user's own stories and models. Everything in it is for its owner's eyes only.

mod fs;
mod instance_lock;
pub mod model_files;
mod privacy_notice;
mod settings;
pub mod story_library;
mod take_db;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};

use crate::domain::story::Part;
use crate::domain::take::{Take, TakeId};

pub use instance_lock::InstanceLock;
pub use privacy_notice::{NoticeItem, NoticeSection, privacy_notice, privacy_notice_text};
pub use settings::{Cues, Motion, Settings, Theme};
pub use take_db::erase::{Erased, ResidualData};
pub use take_db::open::OpenedDb;
pub use take_db::read_only::ReadOnlyDb;
pub use take_db::{TakeDb, TakeFilter, TakeStatus, TakeSummary};

/// The data folder.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
    /// Whether somebody named it: it may be a folder of other things as well.
    named: bool,
}

/// Why something cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no home to put a data folder into.
    #[error("there is no home folder to keep takes in: name a folder with --data")]
    NoHomeDir,
    /// The folder or a file in it cannot be written.
    #[error("cannot write to {path}: {why}. {}, or name another folder with --data", advice(why), path = path.display())]
    Write {
        /// What was to be written.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
    /// The system gives no thread to work on.
    #[error("the system gives this program no room to work ({0}): close other programs")]
    ThreadSpawn(io::Error),
    /// A file is not what this program writes.
    #[error("cannot read {path}: {why}. It was left as it is; correct it or move it away", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The journal cannot be used.
    #[error("cannot use the journal {path}: {why}. {advice}", path = path.display(), advice = take_db::advice(why))]
    Database {
        /// Its database.
        path: PathBuf,
        /// What SQLite says.
        why: rusqlite::Error,
    },
    /// Another Starling does not let go of the journal.
    #[error("another Starling has the journal {path} open: close it, and try again", path = .0.display())]
    Locked(PathBuf),
    /// There is no such take.
    #[error("there is no take `{0}`: `starling history` lists those there are")]
    Unknown(TakeId),
    /// A take that cannot be erased yet.
    #[error("take {0} is being recorded: end it, then erase it")]
    BeingRecorded(TakeId),
    /// Nothing but its sound is known of a take.
    #[error(
        "of take {0} only the sound is left: `starling analyze --section KIND --take {0}` hears it"
    )]
    AudioOnly(TakeId),
    /// The journal is damaged where it tells of a take, in a way that SQLite does not see.
    #[error(
        "what the journal says of take {take} cannot be true: {why}. Its sound is kept: `starling analyze --take {take}` hears it anew"
    )]
    Inconsistent {
        /// The take.
        take: TakeId,
        /// What cannot be.
        why: &'static str,
    },
    /// A take whose sound was erased meanwhile.
    #[error("the sound of take {0} was erased: what was heard in it is not kept either")]
    NoSound(TakeId),
}

impl StoreError {
    /// Whether it is of the disk or of another program, and not of what was to be written.
    pub fn is_transient(&self) -> bool {
        match self {
            StoreError::Write { .. } | StoreError::Locked(_) => true,
            StoreError::Database { why, .. } => take_db::is_transient(why),
            _ => false,
        }
    }
}

/// What can be done about a file that cannot be written.
pub fn advice(why: &io::Error) -> &'static str {
    match why.kind() {
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
            "Make it one that you may write to"
        }
        _ => "Make room",
    }
}

impl Store {
    /// The data folder: `chosen`, or the system's place for such things. Nothing is created yet.
    pub fn at(chosen: Option<PathBuf>) -> Result<Self, StoreError> {
        let usual =
            || directories::ProjectDirs::from("", "", "starling").map(|d| d.data_dir().to_owned());
        let named = chosen.is_some();
        let folder = chosen.or_else(usual).ok_or(StoreError::NoHomeDir)?;
        Ok(Self { folder, named })
    }

    /// The data folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where users put stories of their own.
    pub fn stories(&self) -> PathBuf {
        self.folder.join("stories")
    }

    /// Where users put speech models of their own.
    pub fn models(&self) -> PathBuf {
        self.folder.join("models")
    }

    /// The sound of a take.
    pub fn wav(&self, take: &TakeId) -> PathBuf {
        self.takes().join(format!("{take}.wav"))
    }

    /// Whether a file lies, or would lie, among the takes: nothing but takes is written there.
    pub fn is_among_takes(&self, file: &Path) -> bool {
        let folder = file.parent().filter(|folder| *folder != Path::new(""));
        let folder = folder.unwrap_or(Path::new(".")).canonicalize();
        match (folder, self.takes().canonicalize()) {
            (Ok(folder), Ok(takes)) => folder.starts_with(takes),
            // What is not there holds nothing.
            _ => false,
        }
    }

    /// The name of a take of `part` that begins at a moment: of the next millisecond that no take has, for
    /// a take never overwrites another, and clocks are set back.
    pub fn new_take_id(&self, mut began: jiff::Zoned, part: Part) -> TakeId {
        loop {
            let time = began.strftime("%Y-%m-%dT%H-%M-%S%.3f");
            let take = TakeId::new(&time.to_string(), part);
            if !self.wav(&take).exists() {
                return take;
            }
            began = began.saturating_add(jiff::SignedDuration::from_millis(1));
        }
    }

    /// Creates the folders, and proves that takes can be written.
    pub fn prepare(&self) -> Result<(), StoreError> {
        self.make_folders()?;
        let takes = self.takes();
        tempfile::tempfile_in(&takes)
            .map(|_| ())
            .map_err(fs::without_path)
            .map_err(|why| StoreError::Write { path: takes, why })
    }

    /// Creates the folders, and shuts them to others. A folder of other things, which somebody named, is
    /// left as open as it is: in it the takes are shut, and the journals.
    fn make_folders(&self) -> Result<(), StoreError> {
        let takes = self.takes();
        let ours = !self.named || self.has_begun() && self.is_ours_alone();
        let made = fs::create_private(&takes);
        made.map_err(|why| StoreError::Write {
            path: takes.clone(),
            why,
        })?;
        fs::restrict_permissions(&takes);
        if ours {
            fs::restrict_permissions(&self.folder);
        }
        for journal in fs::with_prefix(&self.folder, "journal.db") {
            // Where it cannot be shut, it is somebody else's.
            let _ = fs::ensure_private(&journal);
        }
        Ok(())
    }

    /// Whether nothing lies in the data folder but what Starling keeps there.
    fn is_ours_alone(&self) -> bool {
        let ours = |name: &str| {
            let begins = |beginning| name.starts_with(beginning);
            ["journal.", "window."].into_iter().any(begins)
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
        names.all(|name| name.to_str().is_some_and(ours))
    }

    /// How many bytes may still be written here. Not every file system tells.
    pub fn free_space(&self) -> io::Result<u64> {
        let disk = fs4::statvfs(&self.folder)?;
        match disk.total_space() {
            0 => Err(io::ErrorKind::Unsupported.into()),
            _ => Ok(disk.available_space()),
        }
    }

    /// Whether anything was ever kept here: where nothing was, nothing need be opened.
    pub fn has_takes(&self) -> bool {
        self.has_begun() || !take_db::quarantine::kept_aside(self).is_empty()
    }

    fn has_begun(&self) -> bool {
        self.takes().exists() || self.database().exists()
    }

    /// How many journals were kept aside.
    pub fn quarantined(&self) -> usize {
        let kept = take_db::quarantine::kept_aside(self);
        let logs = |path: &&PathBuf| {
            let name = path.to_string_lossy();
            name.ends_with("-wal") || name.ends_with("-shm")
        };
        kept.len() - kept.iter().filter(logs).count()
    }

    /// Opens the journal, whatever state it is in.
    pub fn open_take_db(&self) -> Result<OpenedDb, StoreError> {
        take_db::open::open(self)
    }

    fn takes(&self) -> PathBuf {
        self.folder.join("takes")
    }

    fn database(&self) -> PathBuf {
        self.folder.join("journal.db")
    }
}

/// Writes a file in place of what was there, whole or not at all.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    fs::write_whole(path, bytes).map_err(|why| StoreError::Write {
        path: path.to_owned(),
        why,
    })
}

/// A take as the journal tells it, unless that cannot be: whoever works with it would not come to an
/// end.
fn validated(take: Take) -> Result<Take, StoreError> {
    match take.problem() {
        None => Ok(take),
        Some(why) => Err(StoreError::Inconsistent { take: take.id, why }),
    }
}
