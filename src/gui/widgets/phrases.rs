//! Planned phrases: planned, said or missed, each with what it proves.

use egui::{Align, Layout, Role, Ui, WidgetInfo};

use super::icon::{Icon, line_icon_ui};
use super::play_button::play_ui;
use crate::analysis::phrases::planned_phrases::PhraseResult;
use crate::domain::story::Phrase;
use crate::domain::time::{Span, clock};
use crate::gui::theme;
use crate::gui::theme::{BODY, LARGE, SMALL, SPACE};

/// Draws the phrases to say, each with what it proves.
pub fn planned_phrases_ui(ui: &mut Ui, phrases: &[&Phrase]) {
    let accent = theme::palette(ui).accent;
    for phrase in phrases {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE[2];
            line_icon_ui(ui, Icon::Diamond, BODY, accent, "planned");
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                ui.label(theme::strong(&phrase.say, BODY));
                ui.label(theme::dim(ui, &phrase.proves, SMALL));
            });
        });
        ui.add_space(SPACE[0]);
    }
}

/// Draws the phrases while the user is recording. Those that were `said` light up; nothing moves when they do. A
/// phrase beyond the end of `said` was not said yet.
pub fn phrase_cues_ui(ui: &mut Ui, phrases: &[&Phrase], said: &[bool]) {
    let accent = theme::palette(ui).accent;
    let said_height = ui.fonts_mut(|fonts| fonts.row_height(&theme::regular(SMALL)));
    for (index, phrase) in phrases.iter().enumerate() {
        let is_said = said.get(index).copied().unwrap_or(false);
        let (icon, word) = match is_said {
            true => (Icon::DiamondFull, "said"),
            false => (Icon::Diamond, "planned"),
        };
        let row = ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE[2];
            line_icon_ui(ui, icon, LARGE, accent, word);
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.label(theme::strong(&phrase.say, LARGE));
                match is_said {
                    true => {
                        ui.label(theme::text(word, SMALL).color(accent));
                    }
                    false => ui.add_space(said_height),
                }
            });
        });
        let label = format!("{}: {word}", phrase.say);
        row.response
            .widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &label));
    }
}

/// Draws which phrases were said. Returns the passage to play.
pub fn phrase_results_ui(ui: &mut Ui, phrases: &[PhraseResult]) -> Option<Span> {
    let palette = theme::palette(ui);
    let mut passage = None;
    for phrase in phrases {
        let (icon, color, word) = match phrase.is_said {
            true => (Icon::Check, palette.good, "said"),
            false => (Icon::Triangle, palette.amber, "missed"),
        };
        let row = ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE[2];
            line_icon_ui(ui, icon, BODY, color, word);
            ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                if let (Some(start), Some(end)) = (phrase.start, phrase.end)
                    && play_ui(ui, &format!("Play the phrase {}", phrase.phrase)).clicked()
                {
                    passage = Some(Span::new(start, end));
                }
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
        });
        let label = format!("{}: {word}", phrase.phrase);
        row.response
            .widget_info(|| WidgetInfo::labeled(Role::ListItem, true, &label));
        ui.add_space(SPACE[0]);
    }
    passage
}
