//! The microphone on all screens: which one is used, whether it is on, and what is wrong with its signal.

use std::time::Duration;

use egui::{ComboBox, Label, Role, Ui, WidgetInfo};

use super::layout;
use super::microphone_menu::MicrophoneMenu;
use super::theme;
use super::theme::{BODY, SMALL, SPACE};
use super::widgets::icon::{Icon, line_icon_ui};
use super::widgets::level_meter::named_level_ui;
use super::widgets::radio::choice_ui as radio_ui;
use crate::app::Controller;
use crate::audio::{AudioSource, InputSignal, KnownMicrophone};

/// The width of the list of microphones, as far as there is room.
const WIDTH: f32 = 220.0;
const MIN_WIDTH: f32 = 60.0;

/// While the menu is open, the devices are asked for this often.
const REFRESH: Duration = Duration::from_secs(2);
/// Width of the level meter of a channel.
const CHANNEL_METER_WIDTH: f32 = 40.0;

/// What the user does with the microphone.
#[derive(Debug, Clone, PartialEq)]
pub enum MicrophoneAction {
    /// Use another one; `None` is the system's default.
    Choose(Option<KnownMicrophone>),
    /// Record only this channel, from 1, of the microphone with this id; `None` lets the sound decide.
    ChooseChannel(String, Option<u16>),
    /// Look for microphones, because the menu is open.
    Refresh,
}

/// Performs what the user does with the microphone.
pub fn update(controller: &mut Controller, action: &MicrophoneAction) {
    match action {
        MicrophoneAction::Choose(chosen) => controller.choose_microphone(chosen.as_ref()),
        MicrophoneAction::ChooseChannel(id, channel) => controller.choose_channel(id, *channel),
        MicrophoneAction::Refresh => controller.list_microphones(),
    }
}

/// Draws whether the microphone is on; in a narrow window, as an icon. Nothing is drawn if a file is used as input.
pub fn indicator_ui(ui: &mut Ui, controller: &Controller) {
    if matches!(controller.source(), AudioSource::File(..)) {
        return;
    }
    let palette = theme::palette(ui);
    let (icon, color, text) = match controller.is_listening() {
        true => (Icon::Disc, palette.voice, "Microphone on"),
        false => (Icon::Circle, palette.dim, "Microphone off"),
    };
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[0];
        if layout::is_narrow(ui.ctx()) {
            let icon = line_icon_ui(ui, icon, SMALL, color, text);
            icon.on_hover_text(text);
            return;
        }
        line_icon_ui(ui, icon, SMALL, color, "microphone");
        ui.label(theme::dim(ui, text, SMALL));
    });
}

/// Draws the choice of a microphone, or the input that was set on the command line.
pub fn choice_ui(ui: &mut Ui, controller: &Controller) -> Option<MicrophoneAction> {
    if controller.is_source_fixed() {
        let text = match controller.source() {
            AudioSource::File(path, _) => {
                let name = path.file_name().unwrap_or(path.as_os_str());
                format!("Input: {} (file)", name.display())
            }
            AudioSource::Device(name) => name,
            AudioSource::Chosen(known) => known.name,
            AudioSource::Default => "System default".to_owned(),
        };
        ui.add(Label::new(theme::dim(ui, text, BODY)).truncate());
        return None;
    }
    let chosen = match controller.source() {
        AudioSource::Chosen(known) => Some(known),
        _ => None,
    };
    let listed = controller.microphones();
    let connected = listed.and_then(|listed| listed.as_ref().ok());
    let connected = connected.map_or(&[][..], Vec::as_slice);
    // Until the list arrives, nobody knows whether the chosen one is connected.
    let menu = match (listed, &chosen) {
        (None, Some(known)) => MicrophoneMenu {
            entries: Vec::new(),
            text: known.name.clone(),
        },
        _ => MicrophoneMenu::new(chosen.as_ref(), connected),
    };
    let combo = ComboBox::from_id_salt("microphone")
        .width(ui.available_width().clamp(MIN_WIDTH, WIDTH))
        .truncate()
        .selected_text(&menu.text)
        .show_ui(ui, |ui| {
            ui.set_min_width(280.0);
            let is_old = controller.is_microphone_list_old();
            menu_ui(ui, &menu, connected.is_empty(), is_old)
        });
    combo.response.widget_info(|| WidgetInfo {
        current_text_value: Some(menu.text.clone()),
        ..WidgetInfo::labeled(Role::ComboBox, true, "Microphone")
    });
    combo.response.on_hover_text(&menu.text);
    combo.inner.flatten()
}

/// Draws the open menu. While it is open, the list of microphones is kept up to date.
fn menu_ui(
    ui: &mut Ui,
    menu: &MicrophoneMenu,
    is_empty: bool,
    is_old: bool,
) -> Option<MicrophoneAction> {
    let mut clicked = None;
    for entry in &menu.entries {
        // The entry under the pointer may change between pressing and releasing the button.
        let id = entry.microphone.as_ref().map(|one| (&one.id, &one.name));
        let response = ui.push_id(id, |ui| ui.selectable_label(entry.is_chosen, &entry.label));
        if response.inner.clicked() {
            clicked = Some(MicrophoneAction::Choose(entry.microphone.clone()));
            // A click closes the menu by itself, a key does not.
            ui.close();
        }
    }
    if is_empty {
        ui.label(theme::dim(ui, "No microphone found. Plug one in.", SMALL));
    }
    ui.ctx().request_repaint_after(REFRESH);
    clicked.or(is_old.then_some(MicrophoneAction::Refresh))
}

/// Draws the choice of a channel with the level of each, if the microphone has several.
pub fn channels_ui(ui: &mut Ui, controller: &Controller) -> Option<MicrophoneAction> {
    let opened = controller.opened_microphone()?;
    if controller.is_channel_fixed() {
        if let Some(channel) = opened.channel {
            let text = format!("Channel {channel}, set on the command line");
            ui.label(theme::dim(ui, text, BODY));
        }
        return None;
    }
    let id = &opened.microphone.id;
    let mut chosen = None;
    ui.vertical(|ui| {
        let automatic = radio_ui(ui, "Channel", "Automatic", "", opened.channel.is_none());
        if automatic.clicked() {
            chosen = Some(None);
        }
        ui.horizontal_wrapped(|ui| {
            for channel in 1..=opened.channels {
                let label = channel.to_string();
                let is_chosen = opened.channel == Some(channel);
                if radio_ui(ui, "Channel", &label, "", is_chosen).clicked() {
                    chosen = Some(Some(channel));
                }
                let levels = controller.channel_levels_dbfs();
                let level = levels.get(usize::from(channel) - 1).copied();
                named_level_ui(
                    ui,
                    &format!("Channel {channel}"),
                    level,
                    CHANNEL_METER_WIDTH,
                );
            }
        });
        if let (Some(note), None) = (controller.channel_note(), opened.channel) {
            ui.horizontal(|ui| {
                let amber = theme::palette(ui).amber;
                line_icon_ui(ui, Icon::Triangle, BODY, amber, "problem");
                let text = theme::sentence(&note.of_settings());
                let label = ui.add(Label::new(theme::text(text, BODY)).wrap());
                theme::announce(ui, &label);
            });
        }
    });
    chosen.map(|channel| MicrophoneAction::ChooseChannel(id.clone(), channel))
}

/// Whether the microphone that was opened last has channels to choose from.
pub fn has_channels(controller: &Controller) -> bool {
    let opened = controller.opened_microphone();
    opened.is_some_and(|opened| opened.channels > 1)
}

/// Draws what is wrong with the signal, if something is wrong.
pub fn signal_problem_ui(ui: &mut Ui, signal: InputSignal) {
    if signal == InputSignal::Present {
        return;
    }
    let amber = theme::palette(ui).amber;
    line_icon_ui(ui, Icon::Triangle, SMALL, amber, "problem");
    ui.label(theme::text(theme::sentence(&signal.to_string()), SMALL));
}
