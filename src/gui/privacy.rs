//! The privacy page: which data is stored where, what never happens, and how to erase it.
//!
//! `starling privacy` prints the same text.

use egui::{Context, Key, Label, Ui};

use super::command::Command;
use super::layout;
use super::layout::Page;
use super::screen::Screen;
use super::theme;
use super::theme::{BODY, SPACE, TITLE};
use super::widgets::icon::{Icon, line_icon_ui};
use crate::storage::{NoticeItem, Store, privacy_notice};

/// The title of the page, and the label of the commands that open it.
pub const TITLE_TEXT: &str = "Privacy & data";
/// Fits the longest file name or command.
const NAME_WIDTH: f32 = 190.0;

/// What the user can ask for on this screen.
#[derive(Debug, Clone, PartialEq)]
pub enum PrivacyAction {
    /// Return to the screen below.
    Close,
}

/// The privacy page.
pub struct PrivacyScreen<'a> {
    /// Its data folder is shown.
    pub store: &'a Store,
}

impl Screen for PrivacyScreen<'_> {
    type Action = PrivacyAction;

    fn title(&self) -> Option<String> {
        Some(TITLE_TEXT.to_owned())
    }

    fn commands(&self, _ctx: &Context) -> Vec<Command<PrivacyAction>> {
        vec![Command::plain("Back", Key::Escape, PrivacyAction::Close)]
    }

    fn page(&self) -> Page {
        Page::full_width("privacy")
    }

    fn content_ui(
        &self,
        ui: &mut Ui,
        _commands: &[Command<PrivacyAction>],
    ) -> Option<PrivacyAction> {
        layout::text_page_ui(ui, "privacy", |ui| {
            ui.spacing_mut().item_spacing.y = SPACE[1];
            for section in privacy_notice(self.store) {
                ui.add_space(SPACE[2]);
                ui.label(theme::strong(section.title, TITLE));
                for item in section.items {
                    item_ui(ui, &item);
                }
            }
            ui.add_space(SPACE[3]);
        });
        None
    }
}

fn item_ui(ui: &mut Ui, item: &NoticeItem) {
    match item {
        NoticeItem::Text(text) => {
            ui.add(Label::new(theme::text(*text, BODY)).wrap());
        }
        NoticeItem::Warning(text) => {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = SPACE[1];
                let amber = theme::palette(ui).amber;
                line_icon_ui(ui, Icon::Triangle, BODY, amber, "warning");
                ui.add(Label::new(theme::text(text, BODY)).wrap());
            });
        }
        NoticeItem::Path(folder) => {
            ui.add(Label::new(theme::strong(folder, BODY)).wrap());
        }
        NoticeItem::Entry(name, text) => {
            if layout::is_narrow(ui.ctx()) {
                ui.label(theme::strong(*name, BODY));
                ui.add(Label::new(theme::text(*text, BODY)).wrap());
                return;
            }
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = SPACE[2];
                ui.allocate_ui(egui::vec2(NAME_WIDTH, 0.0), |ui| {
                    ui.set_min_width(NAME_WIDTH);
                    ui.label(theme::strong(*name, BODY));
                });
                ui.add(Label::new(theme::text(*text, BODY)).wrap());
            });
        }
    }
}
