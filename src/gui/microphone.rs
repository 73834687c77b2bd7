//! Whether the microphone is open, in words and by a shape, wherever one is in the window.

use egui::Ui;

use super::theme::{self, SMALL, SPACE};
use super::widgets::icon::{Icon, line_icon_ui};
use crate::audio::{Hearing, Source};
use crate::runtime::Runtime;

/// A small sign: open or closed. None where a file plays the microphone's part.
pub fn sign_ui(ui: &mut Ui, runtime: &Runtime) {
    if matches!(runtime.source(), Source::File(..)) {
        return;
    }
    let palette = theme::palette(ui);
    let (icon, color, says) = match runtime.listening() {
        true => (Icon::Disc, palette.voice, "Microphone open"),
        false => (Icon::Circle, palette.dim, "Microphone closed"),
    };
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[0];
        line_icon_ui(ui, icon, SMALL, color, "microphone");
        ui.label(theme::dim(ui, says, SMALL));
    });
}

/// What may spoil the take, in a row; false where all is well.
pub fn trouble_ui(ui: &mut Ui, hearing: Hearing) -> bool {
    if hearing == Hearing::Sound {
        return false;
    }
    let amber = theme::palette(ui).amber;
    line_icon_ui(ui, Icon::Triangle, SMALL, amber, "problem");
    ui.label(theme::text(theme::sentence(&hearing.to_string()), SMALL));
    true
}
