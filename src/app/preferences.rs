//! Owns the settings and the profile, and the choices of the command line that override them.

use std::path::PathBuf;

use super::context::Context;
use crate::audio::{
    AudioSource, ChannelRule, FilePacing, InputRequest, KnownMicrophone, NewVoiceDetector, SPEEDS,
};
use crate::domain::profile::Profile;
use crate::storage::Settings;

/// Settings and profile.
pub(super) struct Preferences {
    settings: Settings,
    /// False if the settings file is invalid. Then it is left to the user to correct, never overwritten.
    is_file_valid: bool,
    /// Whether the last attempt to save the settings failed.
    has_unsaved_changes: bool,
    profile: Profile,
    /// The audio source of the command line.
    fixed_source: Option<AudioSource>,
    /// The channel of the command line, from 1.
    fixed_channel: Option<u16>,
    /// The speech model of the command line.
    fixed_model: Option<PathBuf>,
}

impl Preferences {
    /// Reads both from the data folder. Reports a file that is invalid and uses the defaults instead.
    pub(super) fn load(
        fixed_source: Option<AudioSource>,
        fixed_channel: Option<u16>,
        fixed_model: Option<PathBuf>,
        context: &mut Context,
    ) -> Self {
        let settings = context.store.settings();
        let is_file_valid = settings.is_ok();
        let settings = settings.unwrap_or_else(|error| {
            context.problem(error);
            Settings::default()
        });
        let profile = context.store.profile().unwrap_or_else(|error| {
            context.problem(error);
            Profile::default()
        });
        Self {
            settings,
            is_file_valid,
            has_unsaved_changes: false,
            profile,
            fixed_source,
            fixed_channel,
            fixed_model,
        }
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(super) fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The audio source from the command line, else from the settings.
    pub(super) fn source(&self) -> AudioSource {
        match (&self.fixed_source, &self.settings.microphone) {
            (Some(source), _) => source.clone(),
            (None, Some(chosen)) => AudioSource::Chosen(KnownMicrophone {
                id: chosen.id.clone(),
                name: chosen.name.clone(),
                place: chosen.place.clone(),
            }),
            (None, None) => AudioSource::Default,
        }
    }

    /// The audio source and which of its channels are recorded.
    pub(super) fn request(&self, detector: NewVoiceDetector) -> InputRequest {
        InputRequest {
            source: self.source(),
            channels: ChannelRule {
                fixed: self.fixed_channel,
                stored: self.settings.microphone_channels.clone(),
                detector: Some(detector),
            },
        }
    }

    pub(super) fn is_channel_fixed(&self) -> bool {
        self.fixed_channel.is_some()
    }

    pub(super) fn is_source_fixed(&self) -> bool {
        self.fixed_source.is_some()
    }

    /// Whether the audio source is a file, not a microphone.
    pub(super) fn is_source_file(&self) -> bool {
        matches!(self.source(), AudioSource::File(..))
    }

    /// Whether the audio source is a file that is read as fast as possible. Then no user is waiting or
    /// reading captions.
    pub(super) fn is_source_unthrottled(&self) -> bool {
        matches!(self.source(), AudioSource::File(_, FilePacing::Unthrottled))
    }

    /// The speech model from the command line, else from the settings, else the default.
    pub(super) fn model(&self) -> Option<PathBuf> {
        let fixed = self.fixed_model.clone();
        fixed.or_else(|| self.settings.model.as_ref().map(PathBuf::from))
    }

    pub(super) fn is_model_fixed(&self) -> bool {
        self.fixed_model.is_some()
    }

    /// Whether captions are shown during a take.
    pub(super) fn shows_captions(&self) -> bool {
        self.settings.captions && !self.is_source_unthrottled()
    }

    /// The supported playback speed closest to the one in the settings.
    pub(super) fn play_speed(&self) -> f64 {
        let wanted = self.settings.play_speed;
        let distance = |speed: &f64| (speed - wanted).abs();
        let nearest = SPEEDS
            .into_iter()
            .min_by(|a, b| distance(a).total_cmp(&distance(b)));
        nearest.unwrap_or(1.0)
    }

    /// Changes the settings in memory and returns what they were before.
    pub(super) fn change_settings(&mut self, change: impl Fn(&mut Settings)) -> Settings {
        let before = self.settings.clone();
        change(&mut self.settings);
        before
    }

    /// Applies the same change to the settings file. If that fails, the change lasts until the program
    /// ends, which is reported once.
    pub(super) fn save_settings(&mut self, change: impl Fn(&mut Settings), context: &mut Context) {
        if !self.is_file_valid {
            return;
        }
        // Starts from the file, which the user may have edited or broken since it was last read.
        let stored = context.store.settings().map(|mut stored| {
            if self.has_unsaved_changes {
                self.settings.clone()
            } else {
                change(&mut stored);
                stored
            }
        });
        let error = stored
            .and_then(|stored| context.store.save_settings(&stored))
            .err();
        let reported = std::mem::replace(&mut self.has_unsaved_changes, error.is_some());
        if let Some(error) = error.filter(|_| !reported) {
            context.problem(format!(
                "{error}. Your changes last until you close Starling"
            ));
        }
    }

    /// Changes the profile and saves it. Returns whether that succeeded, and reports why not.
    pub(super) fn change_profile(
        &mut self,
        change: impl Fn(&mut Profile),
        context: &mut Context,
    ) -> bool {
        match context.store.change_profile(change) {
            Ok(profile) => {
                self.profile = profile;
                true
            }
            Err(error) => {
                context.problem(error);
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::app::test_support::Fixture;
    use crate::storage::Theme;

    fn change(preferences: &mut Preferences, theme: Theme, context: &mut Context) {
        preferences.change_settings(|settings| settings.theme = theme);
        preferences.save_settings(|settings| settings.theme = theme, context);
    }

    #[test]
    fn changing_a_setting_keeps_manual_edits_of_the_file() {
        let mut fixture = Fixture::new();
        let context = &mut fixture.context;
        let mut preferences = Preferences::load(None, None, None, context);
        let file = fixture.data.path().join("settings.toml");
        fs::write(&file, "microphone = \"Headset\"\n").expect("room");
        change(&mut preferences, Theme::Dark, context);
        let stored = context.store.settings().expect("a valid file");
        assert_eq!(
            stored.microphone.map(|one| one.name).as_deref(),
            Some("Headset")
        );
        assert_eq!(stored.theme, Theme::Dark);
        // An invalid file is not overwritten, and is reported once.
        let broken = "theme = \"pink\"\n";
        fs::write(&file, broken).expect("room");
        context.take_notifications();
        for theme in [Theme::Light, Theme::System] {
            change(&mut preferences, theme, context);
            assert_eq!(fs::read_to_string(&file).expect("there"), broken);
        }
        let problems = fixture.problems();
        let reports = problems.iter().filter(|text| text.contains("line 1"));
        assert_eq!(reports.count(), 1);
    }
}
