//! A small window with one sentence, for who started Starling where nobody reads stderr, and cannot have
//! the window itself.

use eframe::NativeOptions;
use egui::{CentralPanel, Frame, Key, Margin, Ui, ViewportBuilder, ViewportCommand};

use super::theme;
use super::theme::{BODY, SPACE};

const SIZE: [f32; 2] = [460.0, 190.0];

/// Shows `why` until it is closed. Where no window can be opened, nothing is shown.
pub fn show(why: &str) {
    let options = NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title("Starling cannot open")
            .with_app_id("starling")
            .with_inner_size(SIZE)
            .with_resizable(false),
        ..NativeOptions::default()
    };
    let refused = StartupError(why.to_owned());
    // The caller says the same on stderr.
    let _ = eframe::run_native(
        "Starling",
        options,
        Box::new(|context| {
            theme::install(&context.egui_ctx);
            Ok(Box::new(refused))
        }),
    );
}

struct StartupError(String);

impl eframe::App for StartupError {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        if refused_ui(ui, &self.0) {
            ui.ctx().send_viewport_cmd(ViewportCommand::Close);
        }
    }
}

/// The sentence, and whether it was read.
fn refused_ui(ui: &mut Ui, why: &str) -> bool {
    let frame = Frame::new().inner_margin(Margin::same(24));
    CentralPanel::default()
        .frame(frame)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = SPACE[3];
            ui.label(theme::text(why, BODY));
            let close = ui.button("Close").clicked();
            close
                || ui.input(|input| input.key_pressed(Key::Enter) || input.key_pressed(Key::Escape))
        })
        .inner
}
