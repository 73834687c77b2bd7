//! A small window with an error message, in case the main window cannot open. A user who starts Starling from the
//! desktop does not see stderr.

use eframe::NativeOptions;
use egui::{CentralPanel, Frame, Key, Margin, Ui, ViewportBuilder, ViewportCommand};

use super::theme;
use super::theme::{BODY, SPACE};

const SIZE: [f32; 2] = [460.0, 190.0];

/// Shows the message until the user closes the window. If no window can be opened, nothing is shown.
pub fn show(message: &str) {
    let options = NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title("Starling cannot open")
            .with_app_id("starling")
            .with_inner_size(SIZE)
            .with_resizable(false),
        ..NativeOptions::default()
    };
    let error = StartupError(message.to_owned());
    // The caller prints the same message to stderr.
    let _ = eframe::run_native(
        "Starling",
        options,
        Box::new(|context| {
            theme::install(&context.egui_ctx);
            Ok(Box::new(error))
        }),
    );
}

struct StartupError(String);

impl eframe::App for StartupError {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        if error_ui(ui, &self.0) {
            ui.ctx().send_viewport_cmd(ViewportCommand::Close);
        }
    }
}

/// Draws the message. Returns whether the user closes the window.
fn error_ui(ui: &mut Ui, message: &str) -> bool {
    let frame = Frame::new().inner_margin(Margin::same(24));
    CentralPanel::default()
        .frame(frame)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = SPACE[3];
            ui.label(theme::text(message, BODY));
            let close = ui.button("Close").clicked();
            close
                || ui.input(|input| input.key_pressed(Key::Enter) || input.key_pressed(Key::Escape))
        })
        .inner
}
