//! Planned phrases: to come, heard or missed, each with what it proves.

use egui::{Role, Ui, WidgetInfo};

use super::icon::{Icon, line_icon_ui};
use crate::coach::analysis::phrases::PhraseReading;
use crate::coach::story::Phrase;
use crate::coach::time::clock;
use crate::gui::theme::{self, BODY, LARGE, SMALL, SPACE};

/// The phrases to say; what each proves, where there is time to read it.
pub fn planned_ui(ui: &mut Ui, phrases: &[&Phrase], proves: bool) {
    let palette = theme::palette(ui);
    for phrase in phrases {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE[2];
            line_icon_ui(ui, Icon::Diamond, BODY, palette.accent, "planned");
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                let size = if proves { BODY } else { LARGE };
                ui.label(theme::strong(&phrase.say, size));
                if proves {
                    ui.label(theme::dim(ui, &phrase.proves, SMALL));
                }
            });
        });
        ui.add_space(SPACE[0]);
    }
}

/// What became of the phrases.
pub fn heard_ui(ui: &mut Ui, phrases: &[PhraseReading]) {
    let palette = theme::palette(ui);
    for phrase in phrases {
        let (icon, color, word) = match phrase.heard {
            true => (Icon::Check, palette.good, "heard"),
            false => (Icon::Triangle, palette.amber, "missed"),
        };
        let row = ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE[2];
            line_icon_ui(ui, icon, BODY, color, word);
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                ui.spacing_mut().interact_size.y = 0.0;
                ui.horizontal_wrapped(|ui| {
                    ui.label(theme::strong(&phrase.phrase, BODY));
                    let when = match phrase.start {
                        Some(start) => format!("{word} at {}", clock(start)),
                        None => word.to_owned(),
                    };
                    ui.label(theme::text(when, SMALL).color(color));
                });
                ui.label(theme::dim(ui, &phrase.proves, SMALL));
            });
        });
        let says = format!("{}: {word}", phrase.phrase);
        row.response
            .widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &says));
        ui.add_space(SPACE[0]);
    }
}
