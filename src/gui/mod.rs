//! The window.
//!
//! Each screen draws some state and returns what the user asked for; it changes nothing. `app` decides which
//! screen is shown, and performs the actions on the controller. Targets, ranges and the wording of feedback come
//! from `analysis` and `practice`.

mod app;
mod command;
mod erase_all;
mod export;
mod history;
mod home;
mod layout;
mod learn;
mod microphone;
mod microphone_menu;
mod mock_interview;
mod practice;
mod privacy;
mod prompter;
mod review;
mod screen;
mod settings;
mod shortcuts;
mod single_instance;
mod startup_error;
mod summary;
mod text;
pub mod theme;
mod trends;
mod widgets;

use anyhow::bail;
use eframe::{CreationContext, NativeOptions};
use egui::{Color32, ViewportBuilder, Visuals};

use crate::app::{Config, Controller};
use crate::storage::{Store, StoreError};

pub use app::App;
pub use layout::MIN_SIZE;

/// Fits the screen of a small laptop, beside the bars of the desktop.
const START_SIZE: [f32; 2] = [1180.0, 700.0];

/// Opens the window, with the story of this id selected, and returns when it is closed.
///
/// If another process has this data folder open, its window comes to the front instead.
pub fn open(config: Config, story: Option<String>) -> anyhow::Result<()> {
    if no_display() {
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
            .with_min_inner_size(MIN_SIZE),
        ..NativeOptions::default()
    };
    let create = |context: &CreationContext| {
        theme::install(&context.egui_ctx);
        let ctx = context.egui_ctx.clone();
        let wake = move || ctx.request_repaint();
        let app = app(config, story, unwritable, wake)?;
        Ok(Box::new(Window {
            app,
            #[cfg(unix)]
            _activation: is_first
                .then(|| listen_for_activation(&store, &context.egui_ctx))
                .flatten(),
        }) as Box<dyn eframe::App>)
    };
    match eframe::run_native("Starling", options, Box::new(create)) {
        Ok(()) => Ok(()),
        Err(eframe::Error::AppCreation(error)) => bail!("{error}"),
        Err(eframe::Error::Winit(_) | eframe::Error::WinitEventLoop(_)) => bail!(
            "cannot open the window: the display does not answer. Start Starling on a desktop, or use `starling rehearse`"
        ),
        Err(error) => bail!(
            "cannot open the window: {error}. Check the graphics driver, or use `starling rehearse`"
        ),
    }
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

fn no_display() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(target_os = "linux") && !is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY")
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
}

impl eframe::App for Window {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.app.pump(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.app.ui(ui);
    }

    fn clear_color(&self, visuals: &Visuals) -> [f32; 4] {
        let background: Color32 = visuals.panel_fill;
        background.to_normalized_gamma_f32()
    }
}
