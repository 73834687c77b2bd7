//! The settings screen: appearance, recording, microphone and analysis.

use egui::{ComboBox, Context, Key, Label, Role, Ui, WidgetInfo};

use super::change::{
    CUES, MOTIONS, OWNERSHIP_STYLES, ProfileChange, SWITCH, SettingChange, THEMES, next_option,
};
use super::rows::{heading_ui, options_ui, row_ui};
use crate::acoustics::InputLevel;
use crate::app::{Controller, ModelState};
use crate::domain::profile::{OwnershipStyle, Profile};
use crate::domain::thresholds::Threshold;
use crate::gui::command::{Command, button_ui};
use crate::gui::layout;
use crate::gui::layout::Page;
use crate::gui::microphone::{
    MicrophoneAction, channels_ui, choice_ui as microphone_ui, has_channels,
};
use crate::gui::privacy;
use crate::gui::screen::Screen;
use crate::gui::theme;
use crate::gui::theme::{BODY, SPACE};
use crate::gui::widgets::icon::{Icon, line_icon_ui};
use crate::gui::widgets::level_meter::level_ui;
use crate::gui::widgets::spin_button::spin_ui;
use crate::storage::Settings;

/// The text size changes by this many percent.
const TEXT_STEP: u16 = 10;

/// What the user can ask for on this screen.
#[derive(Debug, Clone, PartialEq)]
pub enum SettingsAction {
    /// Change a setting.
    Set(SettingChange),
    /// Change the profile.
    SetProfile(ProfileChange),
    /// Use another microphone.
    Microphone(MicrophoneAction),
    /// Record three seconds to test the microphone.
    TestMicrophone,
    /// Play the microphone test, or stop playing it.
    PlayTest,
    /// Show the privacy page.
    ShowPrivacy,
    /// Leave the settings.
    Close,
}

/// What the screen shows besides the settings. It is looked up when the screen opens.
#[derive(Debug, Default)]
pub struct SettingsState {
    /// The names of the installed speech models.
    pub models: Vec<String>,
    /// Whether the system can read text aloud.
    pub has_voice: bool,
}

/// The settings screen.
pub struct SettingsScreen<'a> {
    /// Its settings and profile are shown.
    pub controller: &'a Controller,
    /// What else is shown.
    pub state: &'a SettingsState,
}

impl Screen for SettingsScreen<'_> {
    type Action = SettingsAction;

    fn title(&self) -> Option<String> {
        Some("Settings".to_owned())
    }

    fn commands(&self, _ctx: &Context) -> Vec<Command<SettingsAction>> {
        let controller = self.controller;
        let profile = controller.profile();
        let mut commands = setting_commands(controller.settings());
        let next_style = next_option(&OWNERSHIP_STYLES, profile.ownership);
        let set_style = SettingsAction::SetProfile(ProfileChange::Ownership(next_style));
        commands.push(Command::plain("Profile", Key::P, set_style));
        if !controller.is_testing_mic() {
            let test = SettingsAction::TestMicrophone;
            commands.push(Command::plain("Test microphone", Key::M, test));
        }
        if !controller.mic_test_samples().is_empty() {
            let label = match controller.is_playing_mic_test() {
                true => "Stop",
                false => "Play test",
            };
            commands.push(Command::plain(label, Key::H, SettingsAction::PlayTest));
        }
        if *profile != profile.with_default_thresholds() {
            let restore = SettingsAction::SetProfile(ProfileChange::RestoreDefaults);
            commands.push(Command::plain("Restore default ranges", Key::D, restore));
        }
        let privacy = SettingsAction::ShowPrivacy;
        commands.push(Command::plain(privacy::TITLE_TEXT, Key::K, privacy));
        commands.push(Command::plain("Done", Key::Escape, SettingsAction::Close));
        commands
    }

    fn page(&self) -> Page {
        Page::full_width("settings")
    }

    fn is_in_bar(&self, command: &Command<SettingsAction>) -> bool {
        matches!(command.key, Key::Escape | Key::K)
    }

    fn content_ui(
        &self,
        ui: &mut Ui,
        commands: &[Command<SettingsAction>],
    ) -> Option<SettingsAction> {
        let settings = self.controller.settings();
        layout::text_page_ui(ui, "settings", |ui| {
            ui.spacing_mut().item_spacing.y = SPACE[2];
            ui.add_space(SPACE[0]);
            let action = appearance_ui(ui, settings, commands);
            let changed = recording_ui(ui, settings, self.state);
            let action = action.or(changed.map(SettingsAction::Set));
            let action = action.or(sound_ui(ui, self.controller, commands));
            let action = action.or(analysis_ui(ui, self.controller, self.state, commands));
            ui.add_space(SPACE[3]);
            action
        })
    }
}

/// A command for each setting, which switches it to its next value.
fn setting_commands(settings: &Settings) -> Vec<Command<SettingsAction>> {
    let percent = settings.text_percent;
    [
        (
            "Theme",
            Key::T,
            SettingChange::Theme(next_option(&THEMES, settings.theme)),
        ),
        (
            "Larger text",
            Key::Plus,
            SettingChange::TextPercent(percent + TEXT_STEP),
        ),
        (
            "Smaller text",
            Key::Minus,
            SettingChange::TextPercent(percent.saturating_sub(TEXT_STEP)),
        ),
        (
            "Motion",
            Key::R,
            SettingChange::Motion(next_option(&MOTIONS, settings.motion)),
        ),
        (
            "Captions",
            Key::C,
            SettingChange::Captions(!settings.captions),
        ),
        (
            "Cue sounds",
            Key::S,
            SettingChange::CueSounds(!settings.cue_sounds),
        ),
        (
            "Questions aloud",
            Key::Q,
            SettingChange::QuestionsAloud(!settings.questions_aloud),
        ),
        (
            "Cues",
            Key::U,
            SettingChange::Cues(next_option(&CUES, settings.cues)),
        ),
        ("Time limit", Key::L, SettingChange::Timed(!settings.timed)),
    ]
    .into_iter()
    .map(|(label, key, change)| Command::plain(label, key, SettingsAction::Set(change)))
    .collect()
}

fn appearance_ui(
    ui: &mut Ui,
    settings: &Settings,
    commands: &[Command<SettingsAction>],
) -> Option<SettingsAction> {
    heading_ui(ui, "Appearance");
    let theme = row_ui(ui, "Theme", "T", "", |ui| {
        options_ui(ui, "Theme", &THEMES, settings.theme)
    });
    let [least, most] = Settings::TEXT_PERCENT;
    let shown = (100.0 * ui.ctx().zoom_factor()).round();
    let note = match shown < f32::from(settings.text_percent) {
        true => format!("From {least} to {most} %. This window has room for {shown} %."),
        false => format!("From {least} to {most} %."),
    };
    let text_size = row_ui(ui, "Text size", "", &note, |ui| {
        let smaller = button_ui(ui, commands, Key::Minus);
        ui.label(theme::strong(format!("{} %", settings.text_percent), BODY));
        smaller.or(button_ui(ui, commands, Key::Plus))
    });
    let note = "Reduced: no animations. System: follows the desktop if it has such a setting; GNOME's is not read.";
    let motion = row_ui(ui, "Motion", "R", note, |ui| {
        options_ui(ui, "Motion", &MOTIONS, settings.motion)
    });
    let theme = theme.map(|theme| SettingsAction::Set(SettingChange::Theme(theme)));
    let motion = motion.map(|motion| SettingsAction::Set(SettingChange::Motion(motion)));
    theme.or(text_size).or(motion)
}

fn recording_ui(ui: &mut Ui, settings: &Settings, state: &SettingsState) -> Option<SettingChange> {
    heading_ui(ui, "While you speak");
    let note = "Live transcription while you speak.";
    let captions = row_ui(ui, "Captions", "C", note, |ui| {
        options_ui(ui, "Captions", &SWITCH, settings.captions)
    });
    let note = "A chime at each target. Use headphones, or the microphone picks it up.";
    let cue_sounds = row_ui(ui, "Cue sounds", "S", note, |ui| {
        options_ui(ui, "Cue sounds", &SWITCH, settings.cue_sounds)
    });
    let note = match state.has_voice {
        true => "Reads mock interview questions aloud.",
        false => {
            "No system voice: speech-dispatcher is not running. Questions are shown on the screen."
        }
    };
    let questions_aloud = row_ui(ui, "Questions aloud", "Q", note, |ui| {
        options_ui(ui, "Questions aloud", &SWITCH, settings.questions_aloud)
    });
    let note = "How much of your plan is shown while you answer.";
    let cues = row_ui(ui, "Cues", "U", note, |ui| {
        options_ui(ui, "Cues", &CUES, settings.cues)
    });
    let note = "Off: the clock counts up. Feedback still uses the planned times.";
    let timed = row_ui(ui, "Time limit", "L", note, |ui| {
        options_ui(ui, "Time limit", &SWITCH, settings.timed)
    });
    let changes = [
        captions.map(SettingChange::Captions),
        cue_sounds.map(SettingChange::CueSounds),
        questions_aloud.map(SettingChange::QuestionsAloud),
        cues.map(SettingChange::Cues),
        timed.map(SettingChange::Timed),
    ];
    changes.into_iter().flatten().next()
}

fn sound_ui(
    ui: &mut Ui,
    controller: &Controller,
    commands: &[Command<SettingsAction>],
) -> Option<SettingsAction> {
    heading_ui(ui, "Microphone");
    let choice = row_ui(ui, "Microphone", "", "", |ui| microphone_ui(ui, controller));
    let channel = has_channels(controller).then(|| {
        let note =
            "Automatic: records the channels with a voice. The meters show which one is yours.";
        row_ui(ui, "Channel", "", note, |ui| channels_ui(ui, controller))
    });
    let choice = channel.flatten().or(choice);
    let note = "Records 3 seconds, never saved. Speak as you would in the interview.";
    let test = row_ui(ui, "Test", "", note, |ui| {
        if controller.is_testing_mic() {
            ui.label(theme::strong("Speak now", BODY));
        }
        let test = button_ui(ui, commands, Key::M);
        level_ui(ui, controller.level_dbfs(), 120.0);
        let play = button_ui(ui, commands, Key::H);
        level_advice_ui(ui, controller);
        test.or(play)
    });
    choice.map(SettingsAction::Microphone).or(test)
}

/// Says whether the level of the test was good, and what to do if not. Screen readers announce it.
fn level_advice_ui(ui: &mut Ui, controller: &Controller) {
    let Some(level) = controller.input_level() else {
        return;
    };
    let palette = theme::palette(ui);
    let (icon, color, icon_name) = match level {
        InputLevel::Good => (Icon::Check, palette.good, "good"),
        _ => (Icon::Triangle, palette.amber, "problem"),
    };
    line_icon_ui(ui, icon, BODY, color, icon_name);
    let text = theme::text(level.to_string(), BODY);
    let label = ui.add(Label::new(text).wrap());
    theme::announce(ui, &label);
}

fn analysis_ui(
    ui: &mut Ui,
    controller: &Controller,
    state: &SettingsState,
    commands: &[Command<SettingsAction>],
) -> Option<SettingsAction> {
    heading_ui(ui, "Analysis");
    let note = match (controller.is_model_fixed(), controller.model()) {
        (true, _) => "Set on the command line.".to_owned(),
        (false, ModelState::Loading) => "Loading.".to_owned(),
        (false, ModelState::Unusable(_)) => {
            "Unusable: takes are saved but not transcribed. Choose another model.".to_owned()
        }
        (false, ModelState::Ready) => {
            let folder = controller.store().models();
            format!("To add models, copy them to {}.", folder.display())
        }
    };
    let model = row_ui(ui, "Speech model", "", &note, |ui| {
        model_ui(ui, controller, state)
    });
    let profile = controller.profile();
    let note = match profile.ownership {
        OwnershipStyle::Amazon => {
            "\u{201c}We\u{201d} in the Action is pointed out: say what you did."
        }
        OwnershipStyle::Collaborative => "\u{201c}We\u{201d} is fine everywhere.",
    };
    let style = row_ui(ui, "Profile", "P", note, |ui| {
        options_ui(ui, "Profile", &OWNERSHIP_STYLES, profile.ownership)
    });
    let model = model.map(|model| SettingsAction::Set(SettingChange::Model(Some(model))));
    let style = style.map(|style| SettingsAction::SetProfile(ProfileChange::Ownership(style)));
    model.or(style).or(ranges_ui(ui, controller, commands))
}

/// Each threshold with two buttons to change it, the button that restores the defaults, and the ranges that can
/// only be changed in the file.
fn ranges_ui(
    ui: &mut Ui,
    controller: &Controller,
    commands: &[Command<SettingsAction>],
) -> Option<SettingsAction> {
    let profile = controller.profile();
    let file = controller.store().folder().join("profile.toml");
    let note = format!("Applied immediately; saved in {}.", file.display());
    let action = row_ui(ui, "Ranges", "", &note, |ui| {
        let mut action = None;
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = SPACE[0];
            for threshold in Threshold::ALL {
                let up = spin_ui(
                    ui,
                    &threshold.to_string(),
                    &threshold.label(profile),
                    [false, true].map(|up| threshold.adjusted(profile, up).is_some()),
                );
                let step = up.map(|up| ProfileChange::Step(threshold, up));
                action = action.take().or(step.map(SettingsAction::SetProfile));
            }
            action = action.take().or(button_ui(ui, commands, Key::D));
        });
        action
    });
    let note = "Edit that file for the remaining settings.";
    row_ui::<()>(ui, "Other ranges", "", note, |ui| {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = SPACE[0];
            for text in other_ranges(profile) {
                ui.add(Label::new(theme::text(text, BODY)).wrap());
            }
        });
        None
    });
    action
}

/// Returns the name of the model that was chosen.
fn model_ui(ui: &mut Ui, controller: &Controller, state: &SettingsState) -> Option<String> {
    let selected = controller.model_name();
    if controller.is_model_fixed() {
        ui.label(theme::text(selected, BODY));
        return None;
    }
    let mut chosen = None;
    let combo = ComboBox::from_id_salt("model")
        .width(260.0)
        .truncate()
        .selected_text(selected)
        .show_ui(ui, |ui| {
            for name in &state.models {
                if ui.selectable_label(name == selected, name).clicked() {
                    chosen = Some(name.clone());
                }
            }
        });
    combo
        .response
        .widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, "Speech model"));
    chosen
}

/// The ranges that cannot be changed on this screen, as a sentence each.
fn other_ranges(profile: &Profile) -> [String; 2] {
    let percent = |shares: [f64; 2]| shares.map(|share| 100.0 * share);
    let ([short, long], [too_short, too_long]) =
        (percent(profile.time_ok), percent(profile.time_red));
    [
        format!(
            "Time: {short:.0} to {long:.0} % of the plan is fine; under {too_short:.0} % or over {too_long:.0} % is a problem."
        ),
        format!(
            "Level: a voice under {:.0} dB is too quiet for reliable measurements.",
            profile.quiet_speech_dbfs
        ),
    ]
}
