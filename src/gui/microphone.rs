//! The microphone: which, and whether it is open, in words and by a shape, wherever one is in the window.

use egui::{ComboBox, Label, Role, Ui, WidgetInfo};

use super::theme;
use super::theme::{BODY, SMALL, SPACE};
use super::widgets::icon::{Icon, line_icon_ui};
use crate::app::Controller;
use crate::audio::{AudioSource, InputSignal};

/// The user's choice of a microphone, by its name; `None` is the system's default.
#[derive(Debug, Clone, PartialEq)]
pub struct MicrophoneChoice(pub Option<String>);

/// A small sign: open or closed. None where a file plays the microphone's part.
pub fn sign_ui(ui: &mut Ui, runtime: &Controller) {
    if matches!(runtime.source(), AudioSource::File(..)) {
        return;
    }
    let palette = theme::palette(ui);
    let (icon, color, says) = match runtime.is_listening() {
        true => (Icon::Disc, palette.voice, "Microphone open"),
        false => (Icon::Circle, palette.dim, "Microphone closed"),
    };
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[0];
        line_icon_ui(ui, icon, SMALL, color, "microphone");
        ui.label(theme::dim(ui, says, SMALL));
    });
}

/// Which microphone is used; none to choose where one was named at the start.
pub fn choice_ui(ui: &mut Ui, runtime: &Controller) -> Option<MicrophoneChoice> {
    if runtime.is_source_fixed() {
        let says = match runtime.source() {
            AudioSource::File(path, _) => {
                let name = path.file_name().unwrap_or(path.as_os_str());
                format!("{} plays the microphone", name.display())
            }
            AudioSource::Device(name) => name,
            AudioSource::Default => "System default".to_owned(),
        };
        ui.add(Label::new(theme::dim(ui, says, BODY)).truncate());
        return None;
    }
    let chosen = runtime.settings().microphone.clone();
    let shown = chosen.clone().unwrap_or("System default".to_owned());
    let mut asked = None;
    let combo = ComboBox::from_id_salt("microphone")
        .width(220.0)
        .truncate()
        .selected_text(shown)
        .show_ui(ui, |ui| {
            ui.set_min_width(280.0);
            if ui
                .selectable_label(chosen.is_none(), "System default")
                .clicked()
            {
                asked = Some(MicrophoneChoice(None));
            }
            let found = runtime.microphones().and_then(|found| found.as_ref().ok());
            for microphone in found.into_iter().flatten() {
                let on = chosen.as_ref() == Some(&microphone.name);
                if ui.selectable_label(on, &microphone.name).clicked() {
                    asked = Some(MicrophoneChoice(Some(microphone.name.clone())));
                }
            }
        });
    combo
        .response
        .widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, "Microphone"));
    asked
}

/// What may spoil the take, in a row; false where all is well.
pub fn trouble_ui(ui: &mut Ui, hearing: InputSignal) -> bool {
    if hearing == InputSignal::Present {
        return false;
    }
    let amber = theme::palette(ui).amber;
    line_icon_ui(ui, Icon::Triangle, SMALL, amber, "problem");
    ui.label(theme::text(theme::sentence(&hearing.to_string()), SMALL));
    true
}
