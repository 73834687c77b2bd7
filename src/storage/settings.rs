//! Settings that persist between starts. They are a text file instead of a table in the take database, so
//! that a user who is locked out by a wrong setting can fix it, and so that they survive a damaged database.

use std::collections::BTreeMap;
use std::io;

use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::file_ops::{create_private, read_toml, read_toml_text, write_whole};
use super::store::Store;
use crate::domain::profile::Profile;
use crate::domain::story::Level;

/// The user's settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The microphone; `None` for the system's default.
    pub microphone: Option<MicrophoneSetting>,
    /// The channels that were chosen, from 1, by the id of the microphone. Without one, the sound decides.
    pub microphone_channels: BTreeMap<String, u16>,
    /// The speech model's name; `None` for the included one.
    pub model: Option<String>,
    /// Id of the story practised last.
    pub story: Option<String>,
    /// Light or dark.
    pub theme: Theme,
    /// Whether captions are shown while speaking. If off, they are not computed either.
    pub captions: bool,
    /// Text size in percent. A value edited by hand may be out of range.
    pub text_percent: u16,
    /// Whether animations are shown.
    pub motion: Motion,
    /// Whether a chime marks a target.
    pub cue_sounds: bool,
    /// Whether interview questions are read aloud, if the system has speech output.
    pub questions_aloud: bool,
    /// What is shown of the plan while speaking.
    pub cues: Cues,
    /// Whether answers have a time limit.
    pub timed: bool,
    /// The target level; `None` for each story's own.
    pub level: Option<Level>,
    /// The leadership principle to practise; `None`, or one a story lacks, for the story's own.
    pub principle: Option<String>,
    /// Playback speed; 1 is normal.
    pub play_speed: f64,
    /// Where the window was closed; `None` before that. The last field, because it is a table.
    pub window: Option<WindowPlace>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            microphone: None,
            microphone_channels: BTreeMap::new(),
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
            window: None,
        }
    }
}

/// Where a window was. A value edited by hand may be anything.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowPlace {
    /// The outer top left corner, in pixels of the desktop; `None` if the desktop does not tell.
    #[serde(default)]
    pub position: Option<[i32; 2]>,
    /// The inner size, in points at a text size of 100 %.
    pub size: [f32; 2],
    /// Whether the window filled its monitor. Position and size are those from before.
    #[serde(default)]
    pub maximized: bool,
}

impl Settings {
    /// Range of `text_percent`. Beyond it, pages become unusable.
    pub const TEXT_PERCENT: [u16; 2] = [80, 200];

    /// Scale factor of the user interface.
    pub fn text_scale(&self) -> f32 {
        let [min, max] = Self::TEXT_PERCENT;
        f32::from(self.text_percent.clamp(min, max)) / 100.0
    }
}

/// The microphone that the user chose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredMicrophone")]
pub struct MicrophoneSetting {
    /// The system's id; empty if only the name is known.
    pub id: String,
    /// The name that the system gave it.
    pub name: String,
    /// Where it was plugged in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// A microphone as it stands in the file.
#[derive(Deserialize)]
#[serde(untagged, expecting = "the name of a microphone, or its id and name")]
enum StoredMicrophone {
    /// Versions up to 0.2, or the user, wrote the name only.
    Name(String),
    Full {
        #[serde(default)]
        id: String,
        #[serde(default)]
        name: String,
        place: Option<String>,
    },
}

impl From<StoredMicrophone> for MicrophoneSetting {
    fn from(stored: StoredMicrophone) -> Self {
        match stored {
            StoredMicrophone::Name(name) => Self {
                name,
                ..Self::default()
            },
            StoredMicrophone::Full { id, name, place } => Self { id, name, place },
        }
    }
}

/// Whether animations are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Motion {
    /// Follow the desktop's setting.
    #[default]
    System,
    /// No animations.
    Reduced,
    /// Animations.
    Full,
}

/// What is shown of the plan while speaking.
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

/// Light or dark colors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// Follow the system's setting.
    #[default]
    System,
    /// Dark text on a light background.
    Light,
    /// Light text on a dark background.
    Dark,
}

impl Store {
    /// Reads the settings; the defaults if there are none. An invalid file is an error and stays unchanged.
    pub fn settings(&self) -> Result<Settings, StoreError> {
        read_toml(&self.folder().join("settings.toml"))
    }

    /// Saves the settings.
    pub fn save_settings(&self, settings: &Settings) -> Result<(), StoreError> {
        let path = self.folder().join("settings.toml");
        let write = || {
            let text = toml::to_string(settings).map_err(io::Error::other)?;
            create_private(self.folder())?;
            write_whole(&path, text.as_bytes())
        };
        write().map_err(|why| StoreError::Write {
            path: path.clone(),
            why,
        })
    }

    /// Reads the user's profile; the default if there is no `profile.toml`.
    pub fn profile(&self) -> Result<Profile, StoreError> {
        let path = self.folder().join("profile.toml");
        let profile: Profile = read_toml(&path)?;
        match profile.problem() {
            Some(why) => Err(StoreError::Read { path, why }),
            None => Ok(profile),
        }
    }

    /// Changes the user's profile. Everything else in `profile.toml` stays as written.
    pub fn change_profile(&self, change: impl Fn(&mut Profile)) -> Result<Profile, StoreError> {
        let path = self.folder().join("profile.toml");
        let current = self.profile()?;
        let mut changed = current.clone();
        change(&mut changed);
        let failed = |why| StoreError::Write {
            path: path.clone(),
            why,
        };
        let mut text = read_toml_text(&path)?;
        let to_table = |profile: &Profile| {
            let table = toml::Table::try_from(profile);
            table.map_err(|why| failed(io::Error::other(why)))
        };
        let before = to_table(&current)?;
        for (key, value) in to_table(&changed)? {
            if before.get(&key) != Some(&value) {
                text = set_line(&text, &key, &value.to_string());
            }
        }
        // If the file has an unexpected format, a wrong line may have been changed: do not write it.
        if toml::from_str::<Profile>(&text).ok().as_ref() != Some(&changed) {
            return Err(StoreError::Read {
                path,
                why: "the line to change has an unusual format; edit it by hand".to_owned(),
            });
        }
        create_private(self.folder())
            .and_then(|()| write_whole(&path, text.as_bytes()))
            .map_err(failed)?;
        Ok(changed)
    }
}

/// Sets a top-level key in a TOML text. A missing key is added at the top; a comment behind it stays. Own code,
/// because `toml_edit` would be one more crate for one line; the caller checks the result.
fn set_line(text: &str, key: &str, value: &str) -> String {
    let line = format!("{key} = {value}");
    let mut is_set = false;
    let mut in_table = false;
    let mut lines: Vec<String> = Vec::new();
    for existing in text.lines() {
        in_table |= existing.trim_start().starts_with('[');
        let existing_key = existing.split('=').next().unwrap_or_default().trim();
        match existing_key == key && !is_set && !in_table {
            true => {
                is_set = true;
                let comment = existing.find('#').map_or("", |at| &existing[at..]);
                lines.push(format!("{line} {comment}").trim_end().to_owned());
            }
            false => lines.push(existing.to_owned()),
        }
    }
    if !is_set {
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
        let store = Store::at(Some(folder.path().join("data"))).expect("chosen folder");
        (folder, store)
    }

    #[test]
    fn saved_settings_are_read_back() {
        let (_folder, store) = store();
        assert_eq!(store.settings().expect("none"), Settings::default());
        let settings = Settings {
            microphone: Some(MicrophoneSetting {
                id: "pulseaudio:alsa_input.usb-1".to_owned(),
                name: "Headset \"2\"".to_owned(),
                place: Some("usb-2".to_owned()),
            }),
            microphone_channels: [("pulseaudio:a.b".to_owned(), 3)].into(),
            theme: Theme::Dark,
            captions: false,
            ..Settings::default()
        };
        store.save_settings(&settings).expect("writable");
        assert_eq!(store.settings().expect("some"), settings);
    }

    #[test]
    fn settings_of_older_version_are_read() {
        let (_folder, store) = store();
        store.prepare().expect("writable");
        let path = store.folder().join("settings.toml");
        let older = "microphone = \"Headset\"\ntheme = \"dark\"\ncaptions = false\n";
        fs::write(&path, older).expect("writable");
        let read = store.settings().expect("older");
        let expected = Settings {
            microphone: Some(MicrophoneSetting {
                name: "Headset".to_owned(),
                ..MicrophoneSetting::default()
            }),
            theme: Theme::Dark,
            captions: false,
            ..Settings::default()
        };
        assert_eq!(read, expected);
        fs::write(&path, "text_percent = 4000\n").expect("writable");
        assert_eq!(store.settings().expect("by hand").text_scale(), 2.0);
    }

    #[test]
    fn changing_a_profile_keeps_edits_by_hand() {
        let (_folder, store) = store();
        let path = store.folder().join("profile.toml");
        use crate::domain::profile::OwnershipStyle::{Amazon, Collaborative};
        let change = |style| store.change_profile(|profile| profile.ownership = style);
        let changed_text = |style| {
            change(style).expect("writable");
            fs::read_to_string(&path).expect("saved")
        };
        assert_eq!(
            changed_text(Collaborative),
            "ownership = \"collaborative\"\n"
        );
        let by_hand = "# mine\npause_red = 5.0 # slow\n\n[baseline]\npitch_sd_semitones = 2.0\n";
        fs::write(&path, by_hand).expect("writable");
        let text = changed_text(Collaborative);
        assert_eq!(text, format!("ownership = \"collaborative\"\n{by_hand}"));
        fs::write(&path, "ownership=\"collaborative\" # for now\n").expect("writable");
        assert_eq!(changed_text(Amazon), "ownership = \"amazon\" # for now\n");
        let odd = "\"ownership\" = \"collaborative\"\n";
        fs::write(&path, odd).expect("writable");
        let message = change(Amazon).expect_err("odd").to_string();
        assert!(message.contains("unusual format"), "{message}");
        assert_eq!(fs::read_to_string(&path).expect("it exists"), odd);
    }

    #[test]
    fn changed_ranges_replace_their_lines_and_comments_stay() {
        let (_folder, store) = store();
        store.prepare().expect("writable");
        let path = store.folder().join("profile.toml");
        let by_hand = "# mine\npace_quiet_wpm = [120, 150] # as my coach says\n\n[baseline]\npitch_sd_semitones = 2.0\n";
        fs::write(&path, by_hand).expect("writable");
        let changed = store.change_profile(|profile| {
            profile.pace_ok_wpm[1] = 155.0;
            profile.pause_red = 3.5;
        });
        assert_eq!(
            changed.expect("writable"),
            store.profile().expect("valid profile")
        );
        let text = fs::read_to_string(&path).expect("saved");
        let expected = "pause_red = 3.5\n# mine\npace_quiet_wpm = [120.0, 155.0] # as my coach says\n\n[baseline]\npitch_sd_semitones = 2.0\n";
        assert_eq!(text, expected);
        // Restoring the defaults resets the written values and removes nothing.
        let restored = store.change_profile(|profile| *profile = profile.with_default_thresholds());
        let restored = restored.expect("writable");
        assert_eq!(
            (restored.pause_red, restored.pace_ok_wpm),
            (4.0, [110.0, 165.0])
        );
        assert!(restored.baseline.is_some());
        // A list on several lines is the user's formatting: it is not changed.
        let odd = "pace_quiet_wpm = [\n  120,\n  150,\n]\n";
        fs::write(&path, odd).expect("writable");
        let result = store.change_profile(|profile| profile.pace_ok_wpm[1] = 155.0);
        assert!(result.is_err());
        assert_eq!(fs::read_to_string(&path).expect("it exists"), odd);
    }

    #[test]
    fn invalid_settings_are_reported_by_line_and_not_changed() {
        let (_folder, store) = store();
        store.prepare().expect("writable");
        let path = store.folder().join("settings.toml");
        fs::write(&path, "model = \"base\"\ncolour = \"red\"\n").expect("writable");
        let message = store.settings().expect_err("broken").to_string();
        assert!(
            message.contains("line 2: unknown field `colour`"),
            "{message}"
        );
        assert!(path.exists());
    }

    /// As word processors and other systems save them.
    #[test]
    fn settings_and_profile_in_any_encoding_are_read() {
        let (_folder, store) = store();
        store.prepare().expect("writable");
        let [settings, profile] =
            ["settings.toml", "profile.toml"].map(|name| store.folder().join(name));
        let text = "theme = \"dark\"\r\nmicrophone = \u{201c}Pfeifenköpfe\u{201d}\r\n";
        let utf16 = |text: &str, unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            let marked = format!("\u{feff}{text}");
            marked.encode_utf16().flat_map(unit).collect()
        };
        for bytes in [
            text.as_bytes().to_vec(),
            format!("\u{feff}{text}").into_bytes(),
            text.replace("\r\n", "\r").into_bytes(),
            utf16(text, u16::to_le_bytes),
            utf16(text, u16::to_be_bytes),
        ] {
            fs::write(&settings, &bytes).expect("writable");
            let read = store.settings().expect("readable");
            assert_eq!(read.theme, Theme::Dark);
            assert_eq!(
                read.microphone.as_ref().map(|chosen| chosen.name.as_str()),
                Some("Pfeifenköpfe")
            );
        }
        fs::write(
            &profile,
            utf16("# ours\r\npause_red = 5.0\r\n", u16::to_le_bytes),
        )
        .expect("writable");
        let changed = store.change_profile(|profile| profile.pause_red = 4.5);
        assert_eq!(changed.expect("writable").pause_red, 4.5);
        let text = fs::read_to_string(&profile).expect("UTF-8 now");
        assert_eq!(text, "# ours\npause_red = 4.5\n");
    }

    #[test]
    fn wrong_values_and_bytes_are_named_with_their_line() {
        let (_folder, store) = store();
        store.prepare().expect("writable");
        let path = store.folder().join("settings.toml");
        for (bytes, expected) in [
            (
                &b"captions = true\n\ntimed = 'yes'\n"[..],
                "line 3: invalid type: string",
            ),
            (
                b"text_percent = 1e3\n",
                "line 1: invalid type: floating point",
            ),
            (b"# mine\ncues = \"all\"\n", "line 2: unknown variant `all`"),
            (
                b"theme = \"dark\"\nmicrophone = \"K\xf6pfe\"\n",
                "line 2: not UTF-8",
            ),
            (b"theme = \"dark\ntimed = true\n", "line 1: "),
        ] {
            fs::write(&path, bytes).expect("writable");
            let message = store.settings().expect_err("broken").to_string();
            assert!(message.contains(expected), "{message}");
            assert!(!message.contains('\n'), "{message}");
            assert_eq!(fs::read(&path).expect("it exists"), bytes);
        }
    }

    #[cfg(unix)]
    #[test]
    fn stored_files_are_private() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, store) = store();
        store.prepare().expect("writable");
        store.save_settings(&Settings::default()).expect("writable");
        let mode =
            |path: &Path| fs::metadata(path).expect("it exists").permissions().mode() & 0o777;
        assert_eq!(mode(store.folder()), 0o700);
        assert_eq!(mode(&store.takes()), 0o700);
        assert_eq!(mode(&store.folder().join("settings.toml")), 0o600);
    }
}
