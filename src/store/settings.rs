//! What the program remembers from one start to the next. A text of its own and no table of the
//! journal: who is locked out by a wrong setting can read and mend it, and it outlives the journal.

use std::io;

use serde::{Deserialize, Serialize};

use super::files::{create_private, read_toml, write_whole};
use super::{Store, StoreError};
use crate::coach::profile::Profile;

/// What the program remembers.
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
    /// How fast takes are played: 1 as they were spoken.
    pub play_speed: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            microphone: None,
            model: None,
            story: None,
            theme: Theme::default(),
            captions: true,
            play_speed: 1.0,
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

impl Store {
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
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

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
