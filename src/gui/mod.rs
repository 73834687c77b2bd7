//! The window.
//!
//! Each screen draws some state and returns what the user asked for; it changes nothing. `app` decides which
//! screen is shown, and performs the actions on the controller. Targets, ranges and the wording of feedback come
//! from `analysis` and `practice`.

mod app;
mod bottom_bar;
mod command;
mod drop;
mod erase_all;
mod export;
mod fallback_fonts;
mod history;
mod home;
mod layout;
mod learn;
#[cfg(target_os = "linux")]
mod lost_display;
mod microphone;
mod microphone_menu;
mod mock_interview;
mod native_window;
mod practice;
mod privacy;
mod prompter;
mod review;
mod screen;
mod script;
mod settings;
mod shortcuts;
mod single_instance;
mod startup_error;
mod stderr;
mod summary;
#[cfg(target_os = "linux")]
mod system_libraries;
mod text;
pub mod theme;
mod trends;
mod widgets;
mod window_placement;
mod window_probe;

use anyhow::bail;
use eframe::{CreationContext, NativeOptions};
use egui::{Color32, Rect, ViewportBuilder, Visuals, pos2, vec2};

use crate::app::{Config, Controller};
use crate::storage::{Store, StoreError};
use window_placement::{Monitor, PlacedWindow, START_SIZE};

use fallback_fonts::FallbackFonts;

pub use app::App;
pub use layout::{FOLDED_SIZE, FULL_SIZE};
pub use window_probe::examine_window;

/// Opens the window, with the story of this id selected, and returns when it is closed.
///
/// If another process has this data folder open, its window comes to the front instead.
pub fn open(config: Config, story: Option<String>) -> anyhow::Result<()> {
    if native_window::no_display() {
        bail!(
            "cannot open the window: no display found. Start Starling on a desktop, or use `starling rehearse`"
        );
    }
    let show_error = |why: String| {
        startup_error::show(&why);
        anyhow::Error::msg(why)
    };
    let store = Store::at(config.data.clone()).map_err(|error| show_error(error.to_string()))?;
    // Held until the window is closed. A data folder that is not writable cannot be locked.
    let mut lock = store.lock_instance();
    if let Ok(None) = lock {
        if single_instance::activate_running_instance(&store.activation_socket()) {
            return Ok(());
        }
        // The other window may have been closing.
        lock = store.lock_instance();
    }
    if let Ok(None) = lock {
        return Err(show_error(format!(
            "Starling is already running with data folder {}: use that window, or close it first",
            store.folder().display()
        )));
    }
    let unwritable = lock.as_ref().err();
    #[cfg(unix)]
    let is_first = matches!(lock, Ok(Some(_)));
    let options = NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title("Starling")
            .with_app_id("starling")
            .with_inner_size(START_SIZE)
            .with_min_inner_size(FOLDED_SIZE),
        // Ours look for the system's fonts only when they are needed.
        system_font_fallback: false,
        ..NativeOptions::default()
    };
    let create = |context: &CreationContext| {
        theme::install(&context.egui_ctx);
        native_window::close_on_signals(&context.egui_ctx);
        let ctx = context.egui_ctx.clone();
        let wake = move || ctx.request_repaint();
        let app = app(config, story, unwritable, wake)?;
        Ok(Box::new(Window {
            app,
            fonts: FallbackFonts::install(&context.egui_ctx),
            placed: PlacedWindow::default(),
            #[cfg(unix)]
            _activation: is_first
                .then(|| listen_for_activation(&store, &context.egui_ctx))
                .flatten(),
        }) as Box<dyn eframe::App>)
    };
    Ok(native_window::run(options, Box::new(create))?)
}

/// Starts the controller, and returns the content of the window.
///
/// `unwritable` is the error of a data folder that cannot be written to; the window shows it.
pub fn app(
    config: Config,
    story: Option<String>,
    unwritable: Option<&StoreError>,
    wake: impl Fn() + Send + Sync + 'static,
) -> Result<App, StoreError> {
    let mut app = App::new(Controller::start(config, wake)?, story);
    if let Some(why) = unwritable {
        app.show_problem(format!("recordings and settings cannot be saved: {why}"));
    }
    Ok(app)
}

/// Brings the window to the front when Starling is started again. If this fails, the second process shows an
/// error.
#[cfg(unix)]
fn listen_for_activation(
    store: &Store,
    ctx: &egui::Context,
) -> Option<single_instance::ActivationListener> {
    use egui::{UserAttentionType, ViewportCommand};
    let ctx = ctx.clone();
    let bring_to_front = move || {
        ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
        ctx.send_viewport_cmd(ViewportCommand::Focus);
        // Some desktops do not let a window bring itself to the front. They mark it instead.
        let attention = UserAttentionType::Informational;
        ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(attention));
        ctx.request_repaint();
    };
    single_instance::ActivationListener::open(store.activation_socket(), bring_to_front).ok()
}

struct Window {
    /// Dropped first, so that a closing window is not activated.
    #[cfg(unix)]
    _activation: Option<single_instance::ActivationListener>,
    app: App,
    fonts: FallbackFonts,
    placed: PlacedWindow,
}

impl eframe::App for Window {
    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        if let Some(window) = frame.winit_window()
            && self.placed.needs_monitors(ctx)
        {
            let here = window.current_monitor().or(window.primary_monitor());
            let handles: Vec<_> = window.available_monitors().collect();
            let is_here = |handle| Some(handle) == here.as_ref();
            let current = handles.iter().position(is_here).unwrap_or(0);
            let monitors: Vec<Monitor> = handles
                .iter()
                .map(|handle| {
                    let (corner, size) = (handle.position(), handle.size());
                    let corner = pos2(corner.x as f32, corner.y as f32);
                    let size = vec2(size.width as f32, size.height as f32);
                    Monitor {
                        rect: Rect::from_min_size(corner, size),
                        scale: handle.scale_factor() as f32,
                    }
                })
                .collect();
            let saved = self.app.controller().settings().window;
            let placed = &mut self.placed;
            placed.follow(ctx, saved.as_ref(), &monitors, current);
        }
        self.placed.remember(ctx);
        self.app.pump(ctx);
        if let Some(problem) = self.fonts.take_problem() {
            self.app.show_problem(problem);
            ctx.request_repaint();
        }
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        if let Some(place) = self.placed.place() {
            self.app.remember_window(place);
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.app.ui(ui);
    }

    fn clear_color(&self, visuals: &Visuals) -> [f32; 4] {
        let background: Color32 = visuals.panel_fill;
        background.to_normalized_gamma_f32()
    }
}
