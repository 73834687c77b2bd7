//! What the program remembers from one start to the next. A text of its own and no table of the
//! journal: who is locked out by a wrong setting can read and mend it, and it outlives the journal.

use std::io;

use serde::{Deserialize, Serialize};

use super::fs::{create_private, read_toml, write_whole};
use super::{Store, StoreError};
use crate::domain::profile::Profile;
use crate::domain::story::Level;

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
    /// Size of everything that is written, in percent; what is kept by hand may be out of reach.
    pub text_percent: u16,
    /// Whether things glide.
    pub motion: Motion,
    /// Whether a soft sound marks a target.
    pub cue_sounds: bool,
    /// Whether the questions of an interview are said aloud, where the system has a voice.
    pub questions_aloud: bool,
    /// What is seen of the plan while an answer is spoken.
    pub cues: Cues,
    /// Whether an answer runs against the clock.
    pub timed: bool,
    /// The level that is rehearsed for; `None` for each story's own.
    pub level: Option<Level>,
    /// The principle a story is told for; `None`, and where a story lacks it, for its own.
    pub principle: Option<String>,
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
            text_percent: 100,
            motion: Motion::default(),
            cue_sounds: false,
            questions_aloud: true,
            cues: Cues::default(),
            timed: true,
            level: None,
            principle: None,
            play_speed: 1.0,
        }
    }
}

impl Settings {
    /// Text of less or more than this in percent is not offered: a page has to hold some of it.
    pub const TEXT_PERCENT: [u16; 2] = [80, 200];

    /// By how much everything is drawn larger than it is designed.
    pub fn text_scale(&self) -> f32 {
        let [least, most] = Self::TEXT_PERCENT;
        f32::from(self.text_percent.clamp(least, most)) / 100.0
    }
}

/// Whether things glide, or are where they go at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Motion {
    /// As the desktop says.
    #[default]
    System,
    /// They are there at once.
    Reduced,
    /// They glide.
    Full,
}

/// What is seen of the plan while an answer is spoken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cues {
    /// The strong example, word for word.
    Full,
    /// The planned phrases.
    #[default]
    Phrases,
    /// Nothing, as in an interview.
    Nothing,
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
    pub fn save_settings(&self, settings: &Settings) -> Result<(), StoreError> {
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

    /// Changes the user's expectations, and leaves all else in `profile.toml` as it is written there.
    pub fn change_profile(&self, change: impl Fn(&mut Profile)) -> Result<Profile, StoreError> {
        let path = self.folder.join("profile.toml");
        let is = self.profile()?;
        let mut wanted = is.clone();
        change(&mut wanted);
        let failed = |why| StoreError::Write {
            path: path.clone(),
            why,
        };
        let mut text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(why) if why.kind() == io::ErrorKind::NotFound => String::new(),
            Err(why) => return Err(failed(why)),
        };
        let lines = |profile: &Profile| {
            let table = toml::Table::try_from(profile);
            table.map_err(|why| failed(io::Error::other(why)))
        };
        let before = lines(&is)?;
        for (key, value) in lines(&wanted)? {
            if before.get(&key) != Some(&value) {
                text = with_line(&text, &key, &value.to_string());
            }
        }
        // A line that only looks like the one that is meant is not touched.
        if toml::from_str::<Profile>(&text).ok().as_ref() != Some(&wanted) {
            return Err(StoreError::Read {
                path,
                why: "a line of it that would have to change is written in an unusual way"
                    .to_owned(),
            });
        }
        create_private(&self.folder)
            .and_then(|()| write_whole(&path, text.as_bytes()))
            .map_err(failed)?;
        Ok(wanted)
    }
}

/// A text with the line of a key set; one that has none gets it on top. What is noted behind it stays.
fn with_line(text: &str, key: &str, value: &str) -> String {
    let line = format!("{key} = {value}");
    let mut set = false;
    let mut in_table = false;
    let mut lines: Vec<String> = Vec::new();
    for written in text.lines() {
        in_table |= written.trim_start().starts_with('[');
        let of = written.split('=').next().unwrap_or_default().trim();
        match of == key && !set && !in_table {
            true => {
                set = true;
                let note = written.find('#').map_or("", |at| &written[at..]);
                lines.push(format!("{line} {note}").trim_end().to_owned());
            }
            false => lines.push(written.to_owned()),
        }
    }
    if !set {
        lines.insert(0, line);
    }
    lines.join("\n") + "\n"
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
        store.save_settings(&settings).expect("room");
        assert_eq!(store.settings().expect("some"), settings);
    }

    #[test]
    fn settings_of_an_older_version_are_read() {
        let (_folder, store) = store();
        store.prepare().expect("room");
        let path = store.folder().join("settings.toml");
        let older = "microphone = \"Headset\"\ntheme = \"dark\"\ncaptions = false\n";
        fs::write(&path, older).expect("room");
        let read = store.settings().expect("older");
        let expected = Settings {
            microphone: Some("Headset".to_owned()),
            theme: Theme::Dark,
            captions: false,
            ..Settings::default()
        };
        assert_eq!(read, expected);
        fs::write(&path, "text_percent = 4000\n").expect("room");
        assert_eq!(store.settings().expect("by hand").text_scale(), 2.0);
    }

    #[test]
    fn a_profile_keeps_what_was_written_by_hand() {
        let (_folder, store) = store();
        let path = store.folder().join("profile.toml");
        use crate::domain::profile::OwnershipStyle::{Amazon, Collaborative};
        let keep = |style| store.change_profile(|profile| profile.ownership = style);
        let kept = |style| {
            keep(style).expect("room");
            fs::read_to_string(&path).expect("kept")
        };
        assert_eq!(kept(Collaborative), "ownership = \"collaborative\"\n");
        let by_hand = "# mine\npause_red = 5.0 # slow\n\n[baseline]\npitch_sd_semitones = 2.0\n";
        fs::write(&path, by_hand).expect("room");
        let text = kept(Collaborative);
        assert_eq!(text, format!("ownership = \"collaborative\"\n{by_hand}"));
        fs::write(&path, "ownership=\"collaborative\" # for now\n").expect("room");
        assert_eq!(kept(Amazon), "ownership = \"amazon\" # for now\n");
        let odd = "\"ownership\" = \"collaborative\"\n";
        fs::write(&path, odd).expect("room");
        let said = keep(Amazon).expect_err("odd").to_string();
        assert!(said.contains("unusual way"), "{said}");
        assert_eq!(fs::read_to_string(&path).expect("there"), odd);
    }

    #[test]
    fn bands_are_written_line_by_line_and_notes_stay() {
        let (_folder, store) = store();
        store.prepare().expect("room");
        let path = store.folder().join("profile.toml");
        let by_hand = "# mine\npace_quiet_wpm = [120, 150] # as my coach says\n\n[baseline]\npitch_sd_semitones = 2.0\n";
        fs::write(&path, by_hand).expect("room");
        let kept = store.change_profile(|profile| {
            profile.pace_ok_wpm[1] = 155.0;
            profile.pause_red = 3.5;
        });
        assert_eq!(kept.expect("room"), store.profile().expect("whole"));
        let text = fs::read_to_string(&path).expect("kept");
        let expected = "pause_red = 3.5\n# mine\npace_quiet_wpm = [120.0, 155.0] # as my coach says\n\n[baseline]\npitch_sd_semitones = 2.0\n";
        assert_eq!(text, expected);
        // As delivered: what is written is set back, nothing is taken away.
        let kept = store.change_profile(|profile| *profile = profile.with_default_thresholds());
        let kept = kept.expect("room");
        assert_eq!((kept.pause_red, kept.pace_ok_wpm), (4.0, [110.0, 165.0]));
        assert!(kept.baseline.is_some());
        // A list over several lines is somebody's own way to write it: it stays.
        let odd = "pace_quiet_wpm = [\n  120,\n  150,\n]\n";
        fs::write(&path, odd).expect("room");
        let said = store.change_profile(|profile| profile.pace_ok_wpm[1] = 155.0);
        assert!(said.is_err());
        assert_eq!(fs::read_to_string(&path).expect("there"), odd);
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
        store.save_settings(&Settings::default()).expect("room");
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(store.folder()), 0o700);
        assert_eq!(mode(&store.takes()), 0o700);
        assert_eq!(mode(&store.folder().join("settings.toml")), 0o600);
    }
}
