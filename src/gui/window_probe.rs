//! Opens an invisible window for `starling doctor`, and reports what the display, OpenGL and the fonts can do.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{Sender, channel};

use eframe::{CreationContext, NativeOptions, glow};
use egui::{Context, FontId, Ui, ViewportBuilder, ViewportCommand};
use glow::HasContext;

use super::fallback_fonts::{FallbackFonts, missing_fonts};
use super::native_window::{self, WindowError, no_display};
use super::script::script_of;
use super::theme;
use crate::app::WindowReport;
use crate::storage::{Store, story_library};

/// Opens the window, and returns when it has been examined. The data folder has the user's stories.
pub fn examine_window(data: Option<PathBuf>) -> anyhow::Result<WindowReport> {
    if no_display() {
        return Err(WindowError::Display.into());
    }
    let characters = foreign_characters(&Store::at(data)?);
    let options = NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title("Starling")
            .with_visible(false)
            .with_inner_size([64.0, 64.0]),
        system_font_fallback: false,
        ..NativeOptions::default()
    };
    let (reports, report) = channel();
    let create = |context: &CreationContext| {
        theme::install(&context.egui_ctx);
        let fonts = FallbackFonts::install(&context.egui_ctx);
        let opengl = context.gl.as_deref().map(opengl_name).unwrap_or_default();
        Ok(Box::new(Probe {
            characters,
            fonts,
            opengl,
            frames: 0,
            reports,
        }) as Box<dyn eframe::App>)
    };
    native_window::run(options, Box::new(create))?;
    report.recv().map_err(|_| WindowError::Lost.into())
}

/// The characters of the user's stories that Inter lacks.
fn foreign_characters(store: &Store) -> BTreeSet<char> {
    let (stories, _) = story_library::stories(&store.stories());
    let texts = stories.iter().map(|story| format!("{story:?}"));
    let characters: BTreeSet<char> = texts
        .flat_map(|text| text.chars().collect::<Vec<_>>())
        .collect();
    characters
        .into_iter()
        .filter(|c| script_of(*c).is_some())
        .collect()
}

#[allow(unsafe_code)]
fn opengl_name(gl: &glow::Context) -> String {
    // SAFETY: the context is current while the app is created, and these parameters are strings.
    let [version, renderer] =
        [glow::VERSION, glow::RENDERER].map(|name| unsafe { gl.get_parameter_string(name) });
    format!("{version}, {renderer}")
}

struct Probe {
    characters: BTreeSet<char>,
    fonts: FallbackFonts,
    opengl: String,
    frames: usize,
    reports: Sender<WindowReport>,
}

impl Probe {
    /// The report, once the display and the fonts have answered.
    fn report(&self, ctx: &Context) -> Option<WindowReport> {
        // The first frame knows neither the screen nor the fonts.
        if self.frames < 3 {
            return None;
        }
        let font = FontId::proportional(theme::BODY);
        let is_drawn: Vec<bool> = ctx.fonts_mut(|fonts| {
            let characters = self.characters.iter();
            characters.map(|c| fonts.has_glyph(&font, *c)).collect()
        });
        let missing = self.fonts.missing_scripts()?;
        let is_complete = is_drawn.iter().all(|is_drawn| *is_drawn) || !missing.is_empty();
        is_complete.then(|| WindowReport {
            opengl: self.opengl.clone(),
            screen: ctx.input(|input| input.viewport().monitor_size.map(Into::into)),
            scale: ctx.pixels_per_point(),
            missing_fonts: (!missing.is_empty()).then(|| missing_fonts(&missing)),
        })
    }
}

impl eframe::App for Probe {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.frames += 1;
        if let Some(report) = self.report(ctx) {
            // The receiver waits until the window is closed.
            let _ = self.reports.send(report);
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
        ctx.request_repaint_after(std::time::Duration::from_millis(20));
    }

    fn ui(&mut self, _ui: &mut Ui, _frame: &mut eframe::Frame) {}
}
