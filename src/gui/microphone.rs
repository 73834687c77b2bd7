//! The microphone on all screens: which one is used, whether it is on, and what is wrong with its signal.

use egui::{ComboBox, Label, Role, Ui, WidgetInfo};

use super::layout;
use super::theme;
use super::theme::{BODY, SMALL, SPACE};
use super::widgets::icon::{Icon, line_icon_ui};
use crate::app::Controller;
use crate::audio::{AudioSource, InputSignal};

/// The width of the list of microphones, as far as there is room.
const WIDTH: f32 = 220.0;
const MIN_WIDTH: f32 = 60.0;

/// The user's choice of a microphone, by its name; `None` is the system's default.
#[derive(Debug, Clone, PartialEq)]
pub struct MicrophoneChoice(pub Option<String>);

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
pub fn choice_ui(ui: &mut Ui, controller: &Controller) -> Option<MicrophoneChoice> {
    if controller.is_source_fixed() {
        let text = match controller.source() {
            AudioSource::File(path, _) => {
                let name = path.file_name().unwrap_or(path.as_os_str());
                format!("Input: {} (file)", name.display())
            }
            AudioSource::Device(name) => name,
            AudioSource::Default => "System default".to_owned(),
        };
        ui.add(Label::new(theme::dim(ui, text, BODY)).truncate());
        return None;
    }
    let selected = controller.settings().microphone.clone();
    let selected_text = selected.clone().unwrap_or("System default".to_owned());
    let mut choice = None;
    let combo = ComboBox::from_id_salt("microphone")
        .width(ui.available_width().clamp(MIN_WIDTH, WIDTH))
        .truncate()
        .selected_text(selected_text)
        .show_ui(ui, |ui| {
            ui.set_min_width(280.0);
            if ui
                .selectable_label(selected.is_none(), "System default")
                .clicked()
            {
                choice = Some(MicrophoneChoice(None));
            }
            let found = controller
                .microphones()
                .and_then(|found| found.as_ref().ok());
            for microphone in found.into_iter().flatten() {
                let is_selected = selected.as_ref() == Some(&microphone.name);
                if ui.selectable_label(is_selected, &microphone.name).clicked() {
                    choice = Some(MicrophoneChoice(Some(microphone.name.clone())));
                }
            }
        });
    combo
        .response
        .widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, "Microphone"));
    choice
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
