//! Changes of the settings and of the profile, and the values to choose from.

use crate::domain::profile::{OwnershipStyle, Profile};
use crate::domain::story::Level;
use crate::domain::thresholds::Threshold;
use crate::storage::{Cues, Motion, Settings, Theme};

/// The themes, with their labels.
pub const THEMES: [(Theme, &str); 3] = [
    (Theme::System, "System"),
    (Theme::Light, "Light"),
    (Theme::Dark, "Dark"),
];
/// The amounts of motion, with their labels.
pub const MOTIONS: [(Motion, &str); 3] = [
    (Motion::System, "System"),
    (Motion::Reduced, "Reduced"),
    (Motion::Full, "Full"),
];
/// How much of the plan is shown while recording, with labels.
pub const CUES: [(Cues, &str); 3] = [
    (Cues::Full, "Full text"),
    (Cues::Phrases, "Phrases"),
    (Cues::Nothing, "Nothing"),
];
/// The profiles, with their labels.
pub const OWNERSHIP_STYLES: [(OwnershipStyle, &str); 2] = [
    (OwnershipStyle::Amazon, "Amazon"),
    (OwnershipStyle::Collaborative, "Collaborative"),
];
/// The two states of a switch.
pub const SWITCH: [(bool, &str); 2] = [(true, "On"), (false, "Off")];

/// The option after `selected`; after the last one comes the first.
pub fn next_option<T: Copy + PartialEq>(options: &[(T, &str)], selected: T) -> T {
    let index = options.iter().position(|(option, _)| *option == selected);
    options[(index.unwrap_or(0) + 1) % options.len()].0
}

/// A new value of a setting.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)] // each is a field of the settings
pub enum SettingChange {
    Theme(Theme),
    TextPercent(u16),
    Motion(Motion),
    Captions(bool),
    CueSounds(bool),
    QuestionsAloud(bool),
    Cues(Cues),
    Timed(bool),
    Model(Option<String>),
    Level(Option<Level>),
    Principle(Option<String>),
}

impl SettingChange {
    /// Writes the value into the settings.
    pub fn apply(&self, settings: &mut Settings) {
        match self.clone() {
            SettingChange::Theme(theme) => settings.theme = theme,
            SettingChange::TextPercent(percent) => {
                let [least, most] = Settings::TEXT_PERCENT;
                settings.text_percent = percent.clamp(least, most);
            }
            SettingChange::Motion(motion) => settings.motion = motion,
            SettingChange::Captions(captions) => settings.captions = captions,
            SettingChange::CueSounds(sounds) => settings.cue_sounds = sounds,
            SettingChange::QuestionsAloud(aloud) => settings.questions_aloud = aloud,
            SettingChange::Cues(cues) => settings.cues = cues,
            SettingChange::Timed(timed) => settings.timed = timed,
            SettingChange::Model(model) => settings.model = model,
            SettingChange::Level(level) => settings.level = level,
            SettingChange::Principle(principle) => settings.principle = principle,
        }
    }
}

/// A change of the profile, which feedback is judged by.
#[derive(Debug, Clone, PartialEq)]
pub enum ProfileChange {
    /// How "we" is judged.
    Ownership(OwnershipStyle),
    /// Raises (`true`) or lowers a threshold by one step.
    Step(Threshold, bool),
    /// Restores all default ranges.
    RestoreDefaults,
}

impl ProfileChange {
    /// Writes the change into the profile.
    pub fn apply(&self, profile: &mut Profile) {
        match self {
            ProfileChange::Ownership(style) => profile.ownership = *style,
            ProfileChange::Step(threshold, up) => {
                if let Some(stepped) = threshold.adjusted(profile, *up) {
                    *profile = stepped;
                }
            }
            ProfileChange::RestoreDefaults => *profile = profile.with_default_thresholds(),
        }
    }
}
