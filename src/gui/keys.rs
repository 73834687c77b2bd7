//! What each key does on the screen that is seen.

use egui::{Grid, Id, Key, Modal, ScrollArea, Ui};

use super::Action;
use super::offer::{Offer, key_name};
use super::settings::Ask;
use super::theme::{self, BODY, SPACE, TITLE};
use super::widgets::button::{Look, key_button_ui};

/// To have them shown.
pub fn offer() -> Offer {
    Offer::plain(
        "Keys",
        Key::Questionmark,
        Action::Settings(Ask::ShowKeys(true)),
    )
}

/// While they are shown, the two keys that close them do just that; all others do what they say.
pub fn while_shown(offers: &[Offer]) -> Vec<Offer> {
    let closes = [Key::Escape, Key::Questionmark];
    let others = offers.iter().filter(|offer| !closes.contains(&offer.key));
    let close =
        closes.map(|key| Offer::plain("Close", key, Action::Settings(Ask::ShowKeys(false))));
    others.cloned().chain(close).collect()
}

/// The keys of `offers`, over the screen.
pub fn keys_ui(ui: &Ui, offers: &[Offer]) -> Option<Action> {
    let mut asked = None;
    let frame = theme::card(ui).inner_margin(SPACE[4]);
    let modal = Modal::new(Id::unique("keys"))
        .frame(frame)
        .show(ui.ctx(), |ui| {
            ui.spacing_mut().item_spacing.y = SPACE[1];
            ui.label(theme::strong("Keys on this screen", TITLE));
            let high = (ui.ctx().content_rect().height() - 220.0).max(120.0);
            ScrollArea::vertical().max_height(high).show(ui, |ui| {
                Grid::new("keys")
                    .num_columns(2)
                    .min_row_height(BODY * 1.4)
                    .spacing([SPACE[4], SPACE[1]])
                    .show(ui, |ui| {
                        for offer in offers {
                            ui.label(theme::strong(key_name(offer.key), BODY));
                            ui.label(theme::text(&offer.label, BODY));
                            ui.end_row();
                        }
                        for (key, says) in [
                            ("tab", "To the next control, with shift to the one before"),
                            ("ctrl + -", "Larger, smaller text; ctrl 0 as designed"),
                        ] {
                            ui.label(theme::strong(key, BODY));
                            ui.label(theme::text(says, BODY));
                            ui.end_row();
                        }
                    });
            });
            if key_button_ui(ui, "Close", "esc", Look::Plain).clicked() {
                asked = Some(Action::Settings(Ask::ShowKeys(false)));
            }
        });
    asked.or(modal
        .backdrop_response
        .clicked()
        .then_some(Action::Settings(Ask::ShowKeys(false))))
}
