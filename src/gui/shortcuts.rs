//! The overlay that lists the keyboard shortcuts of the current screen.

use egui::{Grid, Id, Key, Modal, ScrollArea, Ui};

use super::command::{Command, key_name};
use super::layout;
use super::theme;
use super::theme::{BODY, SPACE, TITLE};
use super::widgets::button::{ButtonStyle, key_button_ui};

/// The widths of the two columns, in points.
const KEY_WIDTH: f32 = 80.0;
const TEXT_WIDTH: f32 = 460.0;

/// Shortcuts that work on every screen, beside its commands.
const GENERAL: [(&str, &str); 7] = [
    ("\u{2191} \u{2193}", "Scroll, unless listed above"),
    ("page up", "Scroll one page up; page down scrolls down"),
    ("home, end", "Scroll to the top or the end"),
    (
        "ctrl + \u{2191}",
        "Scroll up, also where the arrow keys select; ctrl + \u{2193} scrolls down",
    ),
    (
        "space",
        "Activate the focused control; stop while recording",
    ),
    ("tab", "Next control; with shift, the previous one"),
    ("ctrl + -", "Larger or smaller text; ctrl + 0 resets it"),
];

/// The commands while the overlay is open: Escape and `?` close it, the other keys work as usual.
pub fn commands_while_open<A: Clone>(commands: &[Command<A>], close: &A) -> Vec<Command<A>> {
    let close_keys = [Key::Escape, Key::Questionmark];
    let others = commands
        .iter()
        .filter(|command| !close_keys.contains(&command.key));
    let close = close_keys.map(|key| Command::plain("Close", key, close.clone()));
    others.cloned().chain(close).collect()
}

/// Draws the overlay. Returns `close` if the user closes it.
pub fn shortcuts_ui<A: Clone>(ui: &Ui, commands: &[Command<A>], close: &A) -> Option<A> {
    let mut closed = false;
    // In a small window the text is wrapped, and the margin is smaller.
    let window = ui.ctx().content_rect();
    let margin = if window.width() < 600.0 {
        SPACE[2]
    } else {
        SPACE[4]
    };
    let frame = theme::card(ui).inner_margin(margin);
    let max_width = window.width() - 2.0 * (margin + SPACE[2]);
    let modal = Modal::new(Id::unique("keys"))
        .frame(frame)
        .show(ui.ctx(), |ui| {
            ui.spacing_mut().item_spacing.y = SPACE[1];
            ui.label(theme::strong("Keyboard shortcuts", TITLE));
            ui.set_max_width(max_width);
            let max_height = (window.height() - 220.0).max(90.0);
            ScrollArea::vertical()
                .max_height(max_height)
                .show(ui, |ui| {
                    layout::scroll_by_keys(ui);
                    table_ui(ui, commands, max_width);
                });
            closed = key_button_ui(ui, "Close", "esc", ButtonStyle::Plain).clicked();
        });
    closed |= modal.backdrop_response.clicked();
    closed.then(|| close.clone())
}

fn table_ui<A>(ui: &mut Ui, commands: &[Command<A>], max_width: f32) {
    let row_ui = |ui: &mut Ui, key: &str, text: &str| {
        ui.label(theme::strong(key, BODY));
        ui.label(theme::text(text, BODY));
        ui.end_row();
    };
    Grid::new("keys")
        .num_columns(2)
        .max_col_width((max_width - KEY_WIDTH - SPACE[4]).min(TEXT_WIDTH))
        .min_row_height(BODY * 1.4)
        .spacing([SPACE[4], SPACE[1]])
        .show(ui, |ui| {
            for command in commands {
                row_ui(ui, key_name(command.key), &command.label);
            }
            for (key, text) in GENERAL {
                row_ui(ui, key, text);
            }
        });
}
