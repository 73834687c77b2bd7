//! What each key does on the screen that is seen.

use egui::{Grid, Id, Key, Modal, ScrollArea, Ui};

use super::Action;
use super::command::{Command, key_name};
use super::layout;
use super::settings::SettingsAction;
use super::theme;
use super::theme::{BODY, SPACE, TITLE};
use super::widgets::button::{ButtonStyle, key_button_ui};

/// The widest key, and the widest of what one does, in points.
const KEY_WIDTH: f32 = 80.0;
const SAYS_WIDTH: f32 = 460.0;

/// To have them shown.
pub fn offer() -> Command {
    Command::plain(
        "Keys",
        Key::Questionmark,
        Action::Settings(SettingsAction::ShowKeys(true)),
    )
}

/// While they are shown, the two keys that close them do just that; all others do what they say.
pub fn while_shown(offers: &[Command]) -> Vec<Command> {
    let closes = [Key::Escape, Key::Questionmark];
    let others = offers.iter().filter(|offer| !closes.contains(&offer.key));
    let close = closes.map(|key| {
        Command::plain(
            "Close",
            key,
            Action::Settings(SettingsAction::ShowKeys(false)),
        )
    });
    others.cloned().chain(close).collect()
}

/// The keys of `offers`, over the screen.
pub fn keys_ui(ui: &Ui, offers: &[Command]) -> Option<Action> {
    let mut asked = None;
    // In a small window its text is broken, and its margin narrower.
    let room = ui.ctx().content_rect();
    let margin = if room.width() < 600.0 {
        SPACE[2]
    } else {
        SPACE[4]
    };
    let frame = theme::card(ui).inner_margin(margin);
    let widest = room.width() - 2.0 * (margin + SPACE[2]);
    let modal = Modal::new(Id::unique("keys"))
        .frame(frame)
        .show(ui.ctx(), |ui| {
            ui.spacing_mut().item_spacing.y = SPACE[1];
            ui.label(theme::strong("Keys on this screen", TITLE));
            ui.set_max_width(widest);
            let high = (room.height() - 220.0).max(120.0);
            ScrollArea::vertical().max_height(high).show(ui, |ui| {
                layout::scroll_by_keys(ui);
                Grid::new("keys")
                    .num_columns(2)
                    .max_col_width((widest - KEY_WIDTH - SPACE[4]).min(SAYS_WIDTH))
                    .min_row_height(BODY * 1.4)
                    .spacing([SPACE[4], SPACE[1]])
                    .show(ui, |ui| {
                        for offer in offers {
                            ui.label(theme::strong(key_name(offer.key), BODY));
                            ui.label(theme::text(&offer.label, BODY));
                            ui.end_row();
                        }
                        for (key, says) in [
                            (
                                "\u{2191} \u{2193}",
                                "Through the page, where they do nothing else here",
                            ),
                            ("page up", "... page by page; page down likewise"),
                            ("home, end", "... to its top, to its end"),
                            (
                                "ctrl + \u{2190}",
                                "... and aside, where it is wider than the window",
                            ),
                            (
                                "space",
                                "Presses what has the focus; while you speak, stops",
                            ),
                            ("tab", "To the next control, with shift to the one before"),
                            ("ctrl + -", "Larger, smaller text; ctrl 0 as designed"),
                        ] {
                            ui.label(theme::strong(key, BODY));
                            ui.label(theme::text(says, BODY));
                            ui.end_row();
                        }
                    });
            });
            if key_button_ui(ui, "Close", "esc", ButtonStyle::Plain).clicked() {
                asked = Some(Action::Settings(SettingsAction::ShowKeys(false)));
            }
        });
    asked.or(modal
        .backdrop_response
        .clicked()
        .then_some(Action::Settings(SettingsAction::ShowKeys(false))))
}
