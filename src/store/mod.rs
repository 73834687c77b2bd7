//! What is kept, and where: the data folder with its takes and their journal, settings, and the
//! user's own stories and models. Everything in it is for its owner's eyes only.

use std::io;
use std::path::{Path, PathBuf};

use crate::coach::take::TakeId;

mod aside;
mod claim;
mod erase;
mod files;
mod found;
mod journal;
mod opening;
mod page;
mod reader;
mod rows;
mod schema;
mod settings;
#[cfg(test)]
mod tests;

pub use claim::Claim;
pub use erase::{Erased, Traces};
pub use journal::{Journal, Listed, State, Wanted};
pub use opening::Opened;
pub use page::{Matter, Told, privacy, privacy_page};
pub use reader::Reader;
pub use settings::{Cues, Motion, Settings, Theme};

/// The data folder.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

/// Why something cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no home to put a data folder into.
    #[error("there is no home folder to keep takes in: name a folder with --data")]
    Homeless,
    /// The folder or a file in it cannot be written.
    #[error("cannot write to {path}: {why}. {}, or name another folder with --data", remedy(why), path = path.display())]
    Write {
        /// What was to be written.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
    /// The system gives no thread to work on.
    #[error("the system gives this program no room to work ({0}): close other programs")]
    Exhausted(io::Error),
    /// A file is not what this program writes.
    #[error("cannot read {path}: {why}. It was left as it is; correct it or move it away", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The journal cannot be used.
    #[error("cannot use the journal {path}: {why}. {advice}", path = path.display(), advice = journal::advice(why))]
    Journal {
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
    #[error("of take {take} only the sound is left: `starling analyze --section KIND {wav}` reads it", wav = wav.display())]
    OnlySound {
        /// The take.
        take: TakeId,
        /// Its sound.
        wav: PathBuf,
    },
    /// A take whose sound was erased meanwhile.
    #[error("the sound of take {0} was erased: what was heard in it is not kept either")]
    NoSound(TakeId),
}

impl StoreError {
    /// Whether it is of the disk or of another program, and not of what was to be written.
    pub fn may_pass(&self) -> bool {
        match self {
            StoreError::Write { .. } | StoreError::Locked(_) => true,
            StoreError::Journal { why, .. } => journal::may_pass(why),
            _ => false,
        }
    }
}

/// What can be done about a file that cannot be written.
pub fn remedy(why: &io::Error) -> &'static str {
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
        let folder = chosen.or_else(usual).ok_or(StoreError::Homeless)?;
        Ok(Self { folder })
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

    /// Creates the folders, and proves that takes can be written.
    pub fn prepare(&self) -> Result<(), StoreError> {
        self.make_folders()?;
        let takes = self.takes();
        tempfile::tempfile_in(&takes)
            .map(|_| ())
            .map_err(files::plain)
            .map_err(|why| StoreError::Write { path: takes, why })
    }

    /// Creates the folders, and shuts them to others.
    fn make_folders(&self) -> Result<(), StoreError> {
        let takes = self.takes();
        let made = files::create_private(&takes);
        made.map_err(|why| StoreError::Write {
            path: takes.clone(),
            why,
        })?;
        files::shut(&takes);
        files::shut(&self.folder);
        Ok(())
    }

    /// How many bytes may still be written here. Not every file system tells.
    pub fn room(&self) -> io::Result<u64> {
        let disk = fs4::statvfs(&self.folder)?;
        match disk.total_space() {
            0 => Err(io::ErrorKind::Unsupported.into()),
            _ => Ok(disk.available_space()),
        }
    }

    /// Whether anything was ever kept here: where nothing was, nothing need be opened.
    pub fn has_takes(&self) -> bool {
        self.takes().exists() || self.database().exists()
    }

    /// Opens the journal, whatever state it is in.
    pub fn journal(&self) -> Result<Opened, StoreError> {
        opening::open(self)
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
    files::write_whole(path, bytes).map_err(|why| StoreError::Write {
        path: path.to_owned(),
        why,
    })
}
