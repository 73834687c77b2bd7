//! What is remembered from one start to the next, and the microphone on trial.

use egui::{ComboBox, Key, Margin, Role, ScrollArea, Ui, WidgetInfo, vec2};

use super::Action;
use super::command as offer;
use super::command::Command;
use super::layout as canvas;
use super::layout::MinSize;
use super::microphone::choice_ui as microphone_ui;
use super::privacy as kept;
use super::theme;
use super::theme::{BODY, SMALL, SPACE, TITLE};
use super::widgets::icon::{Icon, line_icon_ui};
use super::widgets::level_meter::level_ui;
use super::widgets::radio::choice_ui;
use super::widgets::spin_button::spin_ui;
use crate::acoustics::InputLevel;
use crate::app::{Controller, ModelState};
use crate::domain::profile::{OwnershipStyle, Profile};
use crate::domain::story::Level;
use crate::domain::thresholds::Threshold;
use crate::storage::{Cues, Motion, Settings, Theme};

const WIDTH: f32 = 840.0;
const NAMES: f32 = 190.0;
/// Where less is seen, what is set stands below its name.
const NARROW: f32 = 660.0;
/// Text grows by so much in percent.
const STEP: u16 = 10;

/// What can be asked for here, and of settings elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub enum SettingsAction {
    /// Show the settings, or leave them.
    Show(bool),
    /// Show what each key does, or no longer.
    ShowKeys(bool),
    /// Remember something.
    Set(SettingChange),
    /// Expect something else of the speaker.
    Expect(ProfileChange),
    /// Listen for three seconds.
    Try,
    /// Play what was heard, or no more.
    Hear,
}

/// What is to be remembered.
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
    /// Puts it where it belongs.
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

/// What is to be expected.
#[derive(Debug, Clone, PartialEq)]
pub enum ProfileChange {
    /// See "we" in this way.
    Own(OwnershipStyle),
    /// A number a step higher, or lower.
    Step(Threshold, bool),
    /// Every band as it was delivered.
    AsDelivered,
}

impl ProfileChange {
    /// Puts it where it belongs.
    pub fn apply(&self, profile: &mut Profile) {
        match self {
            ProfileChange::Own(style) => profile.ownership = *style,
            ProfileChange::Step(bound, up) => {
                if let Some(stepped) = bound.adjusted(profile, *up) {
                    *profile = stepped;
                }
            }
            ProfileChange::AsDelivered => *profile = profile.with_default_thresholds(),
        }
    }
}

/// Asks for something to be remembered.
pub fn set(set: SettingChange) -> Action {
    Action::Settings(SettingsAction::Set(set))
}

/// What the screen shows besides what is remembered.
#[derive(Debug, Default)]
pub struct SettingsState {
    /// The speech models that are there.
    pub models: Vec<String>,
    /// Whether the system has a voice.
    pub voice: bool,
}

/// What can be done here.
pub fn offers(runtime: &Controller) -> Vec<Command> {
    let settings = runtime.settings();
    let percent = settings.text_percent;
    let next = |label: &str, key, to| Command::plain(label, key, set(to));
    let mut offers = vec![
        next(
            "Theme",
            Key::T,
            SettingChange::Theme(after(&THEMES, settings.theme)),
        ),
        next(
            "Larger text",
            Key::Plus,
            SettingChange::TextPercent(percent + STEP),
        ),
        next(
            "Smaller text",
            Key::Minus,
            SettingChange::TextPercent(percent.saturating_sub(STEP)),
        ),
        next(
            "Motion",
            Key::R,
            SettingChange::Motion(after(&MOTIONS, settings.motion)),
        ),
        next(
            "Captions",
            Key::C,
            SettingChange::Captions(!settings.captions),
        ),
        next(
            "Cue sounds",
            Key::S,
            SettingChange::CueSounds(!settings.cue_sounds),
        ),
        next(
            "Questions aloud",
            Key::Q,
            SettingChange::QuestionsAloud(!settings.questions_aloud),
        ),
        next(
            "Cues",
            Key::U,
            SettingChange::Cues(after(&CUES, settings.cues)),
        ),
        next("Time limit", Key::L, SettingChange::Timed(!settings.timed)),
        Command::plain(
            "Profile",
            Key::P,
            own(after(&STYLES, runtime.profile().ownership)),
        ),
    ];
    if !runtime.is_testing_mic() {
        offers.push(Command::plain(
            "Test the microphone",
            Key::M,
            Action::Settings(SettingsAction::Try),
        ));
    }
    if !runtime.mic_test_samples().is_empty() {
        let label = match runtime.is_playing_mic_test() {
            true => "Stop",
            false => "Hear it",
        };
        offers.push(Command::plain(
            label,
            Key::H,
            Action::Settings(SettingsAction::Hear),
        ));
    }
    let profile = runtime.profile();
    if *profile != profile.with_default_thresholds() {
        let back = expect(ProfileChange::AsDelivered);
        offers.push(Command::plain("Bands as delivered", Key::D, back));
    }
    offers.push(kept::offer());
    offers.push(Command::plain(
        "Done",
        Key::Escape,
        Action::Settings(SettingsAction::Show(false)),
    ));
    offers
}

/// Everything that can be set.
pub fn settings_ui(
    ui: &mut Ui,
    runtime: &Controller,
    page: &SettingsState,
    offers: &[Command],
) -> Option<Action> {
    let bar: Vec<Command> = offers
        .iter()
        .filter(|offer| matches!(offer.key, Key::Escape | Key::K))
        .cloned()
        .collect();
    let asked = canvas::bottom_ui(ui, |ui| offer::bar_ui(ui, &bar));
    let margin = Margin::symmetric(24, 0);
    let shown = canvas::page_ui(ui, "settings", MinSize::Little, margin, |ui| {
        let body = ScrollArea::vertical()
            .id_salt("settings")
            .auto_shrink([false, true]);
        body.show(ui, |ui| {
            canvas::scroll_by_keys(ui);
            ui.set_max_width(ui.available_width().min(WIDTH));
            ui.spacing_mut().item_spacing.y = SPACE[2];
            ui.add_space(SPACE[0]);
            let asked = look_ui(ui, runtime.settings(), offers);
            let asked = asked.or(speaking_ui(ui, runtime.settings(), page));
            let asked = asked.or(sound_ui(ui, runtime, offers));
            let asked = asked.or(reading_ui(ui, runtime, page, offers));
            ui.add_space(SPACE[3]);
            asked
        })
        .inner
    });
    asked.or(shown)
}

const THEMES: [(Theme, &str); 3] = [
    (Theme::System, "System"),
    (Theme::Light, "Light"),
    (Theme::Dark, "Dark"),
];
const MOTIONS: [(Motion, &str); 3] = [
    (Motion::System, "System"),
    (Motion::Reduced, "Reduced"),
    (Motion::Full, "Full"),
];
/// The three strengths of the cues.
pub const CUES: [(Cues, &str); 3] = [
    (Cues::Full, "Full text"),
    (Cues::Phrases, "Phrases"),
    (Cues::Nothing, "Nothing"),
];
const STYLES: [(OwnershipStyle, &str); 2] = [
    (OwnershipStyle::Amazon, "Amazon"),
    (OwnershipStyle::Collaborative, "Collaborative"),
];
const SWITCH: [(bool, &str); 2] = [(true, "On"), (false, "Off")];

fn own(style: OwnershipStyle) -> Action {
    expect(ProfileChange::Own(style))
}

fn expect(expected: ProfileChange) -> Action {
    Action::Settings(SettingsAction::Expect(expected))
}

/// The one after `on`, from the last to the first.
fn after<T: Copy + PartialEq>(all: &[(T, &str)], on: T) -> T {
    let at = all.iter().position(|(one, _)| *one == on).unwrap_or(0);
    all[(at + 1) % all.len()].0
}

fn look_ui(ui: &mut Ui, settings: &Settings, offers: &[Command]) -> Option<Action> {
    heading_ui(ui, "How it looks");
    let mut asked = row_ui(ui, "Theme", "T", "", |ui| {
        one_of_ui(ui, "Theme", &THEMES, settings.theme, |to| {
            set(SettingChange::Theme(to))
        })
    });
    let note =
        "From 80 to 200 %. Where a page is larger than the window, it scrolls: ctrl and an arrow.";
    asked = asked.or(row_ui(ui, "Text size", "", note, |ui| {
        let mut asked = None;
        for key in [Key::Minus, Key::Plus] {
            let offer = offers.iter().find(|offer| offer.key == key);
            asked = asked.or(offer.and_then(|offer| offer.ui(ui)));
            if key == Key::Minus {
                ui.label(theme::strong(format!("{} %", settings.text_percent), BODY));
            }
        }
        asked
    }));
    let note = "Reduced: nothing glides. System follows the desktop where its settings say so; GNOME's do not.";
    asked.or(row_ui(ui, "Motion", "R", note, |ui| {
        one_of_ui(ui, "Motion", &MOTIONS, settings.motion, |to| {
            set(SettingChange::Motion(to))
        })
    }))
}

fn speaking_ui(ui: &mut Ui, settings: &Settings, page: &SettingsState) -> Option<Action> {
    heading_ui(ui, "While you speak");
    let mut asked = row_ui(
        ui,
        "Captions",
        "C",
        "What is heard, as it is heard.",
        |ui| {
            one_of_ui(ui, "Captions", &SWITCH, settings.captions, |to| {
                set(SettingChange::Captions(to))
            })
        },
    );
    let note = "A soft sound at each target. With headphones: the microphone would hear it, too.";
    asked = asked.or(row_ui(ui, "Cue sounds", "S", note, |ui| {
        one_of_ui(ui, "Cue sounds", &SWITCH, settings.cue_sounds, |to| {
            set(SettingChange::CueSounds(to))
        })
    }));
    let note = match page.voice {
        true => "A mock interview asks by the system's voice, and on the screen.",
        false => {
            "No voice was found: speech-dispatcher is not running. The questions are on the screen."
        }
    };
    asked = asked.or(row_ui(ui, "Questions aloud", "Q", note, |ui| {
        one_of_ui(
            ui,
            "Questions aloud",
            &SWITCH,
            settings.questions_aloud,
            |to| set(SettingChange::QuestionsAloud(to)),
        )
    }));
    let note = "What you see of your plan while you answer.";
    asked = asked.or(row_ui(ui, "Cues", "U", note, |ui| {
        one_of_ui(ui, "Cues", &CUES, settings.cues, |to| {
            set(SettingChange::Cues(to))
        })
    }));
    let note = "Off: the time counts up, and nothing runs out. Feedback keeps to the plan.";
    asked.or(row_ui(ui, "Time limit", "L", note, |ui| {
        one_of_ui(ui, "Time limit", &SWITCH, settings.timed, |to| {
            set(SettingChange::Timed(to))
        })
    }))
}

fn sound_ui(ui: &mut Ui, runtime: &Controller, offers: &[Command]) -> Option<Action> {
    heading_ui(ui, "Microphone");
    let asked = row_ui(ui, "Microphone", "", "", |ui| microphone_ui(ui, runtime));
    let note = "Three seconds, kept nowhere: say a sentence as you would in the interview.";
    let tried = row_ui(ui, "Test", "", note, |ui| {
        let offer = offers.iter().find(|offer| offer.key == Key::M);
        let asked = match offer {
            Some(offer) => offer.ui(ui),
            None => {
                ui.label(theme::strong("Speak now", BODY));
                None
            }
        };
        level_ui(ui, runtime.level_dbfs(), 120.0);
        let hear = offers.iter().find(|offer| offer.key == Key::H);
        let asked = asked.or(hear.and_then(|offer| offer.ui(ui)));
        advice_ui(ui, runtime);
        asked
    });
    asked.or(tried)
}

/// What to do about the level; told to who cannot see it, too.
fn advice_ui(ui: &mut Ui, runtime: &Controller) {
    let palette = theme::palette(ui);
    let level = runtime.input_level();
    let (icon, color, word) = match level {
        None => return,
        Some(InputLevel::Good) => (Icon::Check, palette.good, "good"),
        Some(_) => (Icon::Triangle, palette.amber, "problem"),
    };
    line_icon_ui(ui, icon, BODY, color, word);
    let says = level.map(|level| level.to_string()).unwrap_or_default();
    let told = ui.add(egui::Label::new(theme::text(says, BODY)).wrap());
    theme::announce(ui, &told);
}

fn reading_ui(
    ui: &mut Ui,
    runtime: &Controller,
    page: &SettingsState,
    offers: &[Command],
) -> Option<Action> {
    heading_ui(ui, "How answers are read");
    let note = match (runtime.is_model_fixed(), runtime.model()) {
        (true, _) => "It was named when Starling was started.".to_owned(),
        (false, ModelState::Loading) => "It is being read.".to_owned(),
        (false, ModelState::Unusable(_)) => {
            "It cannot be used: takes are kept, but not read. Choose another one.".to_owned()
        }
        (false, ModelState::Ready) => {
            format!("Put others into {}.", runtime.store().models().display())
        }
    };
    let mut asked = row_ui(ui, "Speech model", "", &note, |ui| {
        model_ui(ui, runtime, page)
    });
    let profile = runtime.profile();
    let note = match profile.ownership {
        OwnershipStyle::Amazon => {
            "\u{201c}We\u{201d} in the Action is pointed out: say what you did."
        }
        OwnershipStyle::Collaborative => "\u{201c}We\u{201d} is fine everywhere.",
    };
    asked = asked.or(row_ui(ui, "Profile", "P", note, |ui| {
        one_of_ui(ui, "Profile", &STYLES, profile.ownership, own)
    }));
    asked.or(bands_ui(ui, runtime, offers))
}

/// Each number of the bands with its two steps, and the way back.
fn bands_ui(ui: &mut Ui, runtime: &Controller, offers: &[Command]) -> Option<Action> {
    let profile = runtime.profile();
    let file = runtime.store().folder().join("profile.toml");
    let note = format!("They hold at once, and are kept in {}.", file.display());
    let mut asked = row_ui(ui, "Bands", "", &note, |ui| {
        let mut asked = None;
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = SPACE[0];
            for bound in Threshold::ALL {
                let stepped = spin_ui(
                    ui,
                    &bound.to_string(),
                    &bound.label(profile),
                    [false, true].map(|up| bound.adjusted(profile, up).is_some()),
                );
                let step = stepped.map(|up| expect(ProfileChange::Step(bound, up)));
                asked = asked.take().or(step);
            }
            let back = offers.iter().find(|offer| offer.key == Key::D);
            asked = asked.take().or(back.and_then(|offer| offer.ui(ui)));
        });
        asked
    });
    let note = "What is not set here can be written into the same file.";
    asked = asked.or(row_ui(ui, "Besides", "", note, |ui| {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = SPACE[0];
            for says in besides(profile) {
                ui.add(egui::Label::new(theme::text(says, BODY)).wrap());
            }
        });
        None
    }));
    asked
}

fn model_ui(ui: &mut Ui, runtime: &Controller, page: &SettingsState) -> Option<Action> {
    let on = runtime.model_name();
    if runtime.is_model_fixed() {
        ui.label(theme::text(on, BODY));
        return None;
    }
    let mut asked = None;
    let combo = ComboBox::from_id_salt("model")
        .width(260.0)
        .truncate()
        .selected_text(on)
        .show_ui(ui, |ui| {
            for name in &page.models {
                if ui.selectable_label(name == on, name).clicked() {
                    asked = Some(set(SettingChange::Model(Some(name.clone()))));
                }
            }
        });
    combo
        .response
        .widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, "Speech model"));
    asked
}

/// The bands that are only shown, a sentence each.
fn besides(profile: &Profile) -> [String; 2] {
    let percent = |shares: [f64; 2]| shares.map(|share| 100.0 * share);
    let ([short, long], [too_short, too_long]) =
        (percent(profile.time_ok), percent(profile.time_red));
    [
        format!(
            "Time: {short:.0} to {long:.0} % of the plan; outside {too_short:.0} to {too_long:.0} % it stands out."
        ),
        format!(
            "Level: a voice under {:.0} dB is too quiet to trust the readings.",
            profile.quiet_speech_dbfs
        ),
    ]
}

fn heading_ui(ui: &mut Ui, text: &str) {
    ui.add_space(SPACE[1]);
    ui.label(theme::strong(text, TITLE));
}

/// A name with its key, what is set beside it, or below it where there is no room, and a note.
fn row_ui(
    ui: &mut Ui,
    name: &str,
    key: &str,
    note: &str,
    add: impl FnOnce(&mut Ui) -> Option<Action>,
) -> Option<Action> {
    let named = |ui: &mut Ui| {
        let layout = egui::Layout::left_to_right(egui::Align::Center);
        ui.allocate_ui_with_layout(vec2(NAMES, 34.0), layout, |ui| {
            ui.set_min_width(NAMES);
            ui.label(theme::strong(name, BODY));
            ui.label(theme::dim(ui, key, SMALL));
        });
    };
    let set = |ui: &mut Ui| {
        ui.spacing_mut().item_spacing.y = SPACE[0];
        let asked = ui.horizontal(|ui| add(ui)).inner;
        if !note.is_empty() {
            ui.add(egui::Label::new(theme::dim(ui, note, SMALL)).wrap());
        }
        asked
    };
    if ui.available_width() < NARROW {
        return ui
            .vertical(|ui| {
                named(ui);
                set(ui)
            })
            .inner;
    }
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[1];
        named(ui);
        ui.vertical(set).inner
    })
    .inner
}

fn one_of_ui<T: Copy + PartialEq>(
    ui: &mut Ui,
    group: &str,
    all: &[(T, &str)],
    on: T,
    ask: impl Fn(T) -> Action,
) -> Option<Action> {
    let mut asked = None;
    for (one, label) in all {
        if choice_ui(ui, group, label, "", *one == on).clicked() {
            asked = Some(ask(*one));
        }
    }
    asked
}
