//! The window. Screens draw and return what was asked for; `app` turns that into calls of the
//! runtime. Targets, bands and sentences all come from `coach`.

mod app;
mod command;
mod erase_all;
mod export;
mod history;
mod home;
mod layout;
mod learn;
mod microphone;
mod mock_interview;
mod practice;
mod privacy;
mod prompter;
mod review;
pub mod settings;
mod shortcuts;
mod single_instance;
mod startup_error;
mod summary;
pub mod theme;
mod trends;
mod widgets;

use anyhow::bail;
use eframe::{CreationContext, NativeOptions};
use egui::{Color32, ViewportBuilder, Visuals};

use crate::app::{Config, Controller};
use crate::storage::{Store, StoreError};

pub use app::{Action, App};

/// The smallest window in which nothing is cut off.
pub const MIN_SIZE: [f32; 2] = [900.0, 600.0];
/// Fits a small laptop's screen, with the desktop's own bars.
const START_SIZE: [f32; 2] = [1180.0, 700.0];

/// Opens the window, with a story chosen where one is named, and returns when it is closed. Where one is
/// open already, that comes to the front instead.
pub fn open(config: Config, story: Option<String>) -> anyhow::Result<()> {
    if no_display() {
        bail!(
            "the window cannot open: no display was found. Run it on a desktop, or use `starling rehearse`"
        );
    }
    let refuse = |why: String| {
        startup_error::show(&why);
        anyhow::Error::msg(why)
    };
    let store = Store::at(config.data.clone()).map_err(|error| refuse(error.to_string()))?;
    // Held until the window is closed. Where nothing can be written, there is nothing to hold.
    let mut claimed = store.lock_instance();
    if let Ok(None) = claimed {
        if single_instance::knock(&store.activation_socket()) {
            return Ok(());
        }
        // It may have been closing.
        claimed = store.lock_instance();
    }
    if let Ok(None) = claimed {
        return Err(refuse(format!(
            "Starling is open already, with the takes in {}: go to its window, or close it first",
            store.folder().display()
        )));
    }
    let unwritable = claimed.as_ref().err();
    #[cfg(unix)]
    let is_first = matches!(claimed, Ok(Some(_)));
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
            _door: is_first
                .then(|| open_door(&store, &context.egui_ctx))
                .flatten(),
        }) as Box<dyn eframe::App>)
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

/// What is in the window; says so where the data folder is `unwritable`.
pub fn app(
    config: Config,
    story: Option<String>,
    unwritable: Option<&StoreError>,
    wake: impl Fn() + Send + Sync + 'static,
) -> Result<App, StoreError> {
    let mut app = App::new(Controller::start(config, wake)?, story);
    if let Some(why) = unwritable {
        app.tell(format!(
            "nothing can be recorded here, and no setting be kept: {why}"
        ));
    }
    Ok(app)
}

/// A sentence's beginning.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(chars).collect()
}

fn no_display() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(target_os = "linux") && !set("DISPLAY") && !set("WAYLAND_DISPLAY")
}

/// Comes to the front when another is started. Without it, that one says that this is open.
#[cfg(unix)]
fn open_door(store: &Store, ctx: &egui::Context) -> Option<single_instance::ActivationListener> {
    use egui::{UserAttentionType, ViewportCommand};
    let ctx = ctx.clone();
    let come = move || {
        ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
        ctx.send_viewport_cmd(ViewportCommand::Focus);
        // Where no window may put itself in front, the system marks it.
        let attention = UserAttentionType::Informational;
        ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(attention));
        ctx.request_repaint();
    };
    single_instance::ActivationListener::open(store.activation_socket(), come).ok()
}

struct Window {
    /// Shut first: who knocks at a window that closes would have none.
    #[cfg(unix)]
    _door: Option<single_instance::ActivationListener>,
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
        let ground: Color32 = visuals.panel_fill;
        ground.to_normalized_gamma_f32()
    }
}
