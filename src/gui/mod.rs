//! The window. Screens draw and return what was asked for; `app` turns that into calls of the
//! runtime. Targets, bands and sentences all come from `coach`.

use anyhow::bail;
use eframe::{CreationContext, NativeOptions};
use egui::{Color32, ViewportBuilder, Visuals};

use crate::runtime::{Config, Runtime};

mod app;
mod history;
mod home;
mod offer;
mod practice;
mod review;
mod summary;
pub mod theme;
mod trends;
mod widgets;

pub use app::{Action, App};

/// The smallest window in which nothing is cut off.
pub const MIN_SIZE: [f32; 2] = [900.0, 600.0];
/// Fits a small laptop's screen, with the desktop's own bars.
const START_SIZE: [f32; 2] = [1180.0, 700.0];

/// Opens the window, with a story chosen where one is named, and returns when it is closed.
pub fn open(config: Config, story: Option<String>) -> anyhow::Result<()> {
    if no_display() {
        bail!(
            "the window cannot open: no display was found. Run it on a desktop, or use `starling rehearse`"
        );
    }
    let options = NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title("Starling")
            .with_app_id("starling")
            .with_inner_size(START_SIZE)
            .with_min_inner_size(MIN_SIZE),
        ..NativeOptions::default()
    };
    let create = |context: &CreationContext| {
        theme::install(&context.egui_ctx);
        let ctx = context.egui_ctx.clone();
        let runtime = Runtime::start(config, move || ctx.request_repaint())?;
        Ok(Box::new(Window(App::new(runtime, story))) as Box<dyn eframe::App>)
    };
    match eframe::run_native("Starling", options, Box::new(create)) {
        Ok(()) => Ok(()),
        Err(eframe::Error::AppCreation(error)) => bail!("{error}"),
        Err(eframe::Error::Winit(_) | eframe::Error::WinitEventLoop(_)) => bail!(
            "the window cannot open: the display does not answer. Run it on a desktop, or use `starling rehearse`"
        ),
        Err(error) => bail!(
            "the window cannot open: {error}. Check the graphics driver, or use `starling rehearse`"
        ),
    }
}

fn no_display() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(target_os = "linux") && !set("DISPLAY") && !set("WAYLAND_DISPLAY")
}

struct Window(App);

impl eframe::App for Window {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.0.pump(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.0.ui(ui);
    }

    fn clear_color(&self, visuals: &Visuals) -> [f32; 4] {
        let ground: Color32 = visuals.panel_fill;
        ground.to_normalized_gamma_f32()
    }
}
