//! What is kept, and where: the data folder with its takes, settings and the user's own stories and
//! models. Files are for their owner's eyes only, and are written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::coach::profile::Profile;
use crate::coach::take::{Take, TakeId};

/// The data folder.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

/// What the program remembers from one start to the next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The microphone's name; `None` for the system's default.
    pub microphone: Option<String>,
    /// The speech model's name; `None` for the one that is shipped.
    pub model: Option<String>,
    /// The story that was practised last.
    pub story: Option<String>,
    /// Light or dark.
    pub theme: Theme,
    /// Whether words are shown while they are spoken. Off, nobody works for them either.
    pub captions: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            microphone: None,
            model: None,
            story: None,
            theme: Theme::default(),
            captions: true,
        }
    }
}

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system.
    #[default]
    System,
    /// Dark on paper.
    Light,
    /// Light on near-black.
    Dark,
}

/// Why something cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no home to put a data folder into.
    #[error("there is no home folder to keep takes in: name a folder with --data")]
    Homeless,
    /// The folder or a file in it cannot be written.
    #[error("cannot write to {path}: {why}. Make room, or name another folder with --data", path = path.display())]
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
        let takes = self.takes();
        create_private(&takes)
            .and_then(|()| tempfile::tempfile_in(&takes))
            .map(|_| ())
            .map_err(|why| StoreError::Write { path: takes, why })
    }

    /// Writes down what is known of a take, in place of what was known before.
    pub fn keep(&self, take: &Take) -> Result<(), StoreError> {
        let path = self.facts(&take.id);
        let write = || {
            let json = serde_json::to_vec_pretty(take)?;
            create_private(&self.takes())?;
            write_whole(&path, &json)
        };
        write().map_err(|why| StoreError::Write {
            path: path.clone(),
            why,
        })
    }

    /// What is known of a take.
    pub fn take(&self, id: &TakeId) -> Result<Take, StoreError> {
        let path = self.facts(id);
        let read = |why: String| StoreError::Read {
            path: path.clone(),
            why,
        };
        let json = fs::read(&path).map_err(|error| read(error.to_string()))?;
        serde_json::from_slice(&json).map_err(|error| read(error.to_string()))
    }

    /// The names of all takes, oldest first.
    pub fn takes_kept(&self) -> Vec<TakeId> {
        let mut ids: Vec<TakeId> = fs::read_dir(self.takes())
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                let name = entry.ok()?.file_name().into_string().ok()?;
                Some(TakeId(name.strip_suffix(".json")?.to_owned()))
            })
            .collect();
        ids.sort();
        ids
    }

    /// What was set; defaults where nothing was. A broken file is an error, and stays as it is.
    pub fn settings(&self) -> Result<Settings, StoreError> {
        read_toml(&self.folder.join("settings.toml"))
    }

    /// Remembers settings.
    pub fn keep_settings(&self, settings: &Settings) -> Result<(), StoreError> {
        let path = self.folder.join("settings.toml");
        let write = || {
            let text = toml::to_string(settings).map_err(io::Error::other)?;
            create_private(&self.folder)?;
            write_whole(&path, text.as_bytes())
        };
        write().map_err(|why| StoreError::Write {
            path: path.clone(),
            why,
        })
    }

    /// The user's expectations; defaults where there is no `profile.toml`.
    pub fn profile(&self) -> Result<Profile, StoreError> {
        let path = self.folder.join("profile.toml");
        let profile: Profile = read_toml(&path)?;
        match profile.problem() {
            Some(why) => Err(StoreError::Read { path, why }),
            None => Ok(profile),
        }
    }

    fn takes(&self) -> PathBuf {
        self.folder.join("takes")
    }

    fn facts(&self, take: &TakeId) -> PathBuf {
        self.takes().join(format!("{take}.json"))
    }
}

fn read_toml<T: Default + for<'de> Deserialize<'de>>(path: &Path) -> Result<T, StoreError> {
    let read = |why: String| StoreError::Read {
        path: path.to_owned(),
        why,
    };
    match fs::read_to_string(path) {
        Ok(text) => toml::from_str(&text).map_err(|error| {
            let before = &text[..error.span().map_or(0, |span| span.start)];
            let line = 1 + before.matches('\n').count();
            read(format!("line {line}: {}", error.message()))
        }),
        Err(error) if is_absent(&error) => Ok(T::default()),
        Err(error) => Err(read(error.to_string())),
    }
}

/// Nothing there; a folder that is a file holds nothing either, and says so once it is written to.
fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes beside, then renames: a reader finds the old file or the new one. `tempfile` makes it
/// readable by its owner only.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    let file: File = file.persist(path).map_err(|error| error.error)?;
    drop(file);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::at(Some(folder.path().join("data"))).expect("named");
        (folder, store)
    }

    #[test]
    fn settings_come_back_as_they_were_set() {
        let (_folder, store) = store();
        assert_eq!(store.settings().expect("none"), Settings::default());
        let settings = Settings {
            microphone: Some("Headset \"2\"".to_owned()),
            theme: Theme::Dark,
            captions: false,
            ..Settings::default()
        };
        store.keep_settings(&settings).expect("room");
        assert_eq!(store.settings().expect("some"), settings);
    }

    #[test]
    fn broken_settings_are_named_by_line_and_left_alone() {
        let (_folder, store) = store();
        store.prepare().expect("room");
        let path = store.folder().join("settings.toml");
        fs::write(&path, "model = \"base\"\ncolour = \"red\"\n").expect("room");
        let said = store.settings().expect_err("broken").to_string();
        assert!(said.contains("line 2: unknown field `colour`"), "{said}");
        assert!(path.exists());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_kept_is_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, store) = store();
        store.prepare().expect("room");
        store.keep_settings(&Settings::default()).expect("room");
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(store.folder()), 0o700);
        assert_eq!(mode(&store.takes()), 0o700);
        assert_eq!(mode(&store.folder().join("settings.toml")), 0o600);
    }
}
