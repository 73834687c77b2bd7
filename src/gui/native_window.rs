//! Runs the native window, and explains why it cannot open or went away. Does not know what it shows.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use eframe::{AppCreator, NativeOptions};
use egui::{Context, ViewportCommand};

use super::stderr::{LOST, print};

/// How long the window has to close when the process is asked to end. A take is saved within two seconds.
const CLOSING_TIMEOUT: Duration = Duration::from_secs(5);
/// Mesa renders in software if this is set. It is set for the second attempt to open the window, so that there is no
/// third.
#[cfg(target_os = "linux")]
const SOFTWARE_RENDERING: &str = "LIBGL_ALWAYS_SOFTWARE";
#[cfg(target_os = "linux")]
const INSTALL_OPENGL: &str = "and neither with software rendering. Install Mesa (libegl1 and libgl1-mesa-dri on Debian \
    and Ubuntu, mesa-libEGL and mesa-dri-drivers on Fedora, mesa on Arch)";
#[cfg(not(target_os = "linux"))]
const INSTALL_OPENGL: &str = "with the graphics driver of this computer. Update it";

/// Why there is no window, or no window any more. Each text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// A library of the system is missing.
    #[error("cannot open the window: {0} is missing. Install it, or use `starling rehearse`")]
    Library(&'static str),
    /// The display server refused the connection or does not answer.
    #[error(
        "cannot open the window: the display does not answer. Start Starling on a desktop, or use `starling rehearse`"
    )]
    Display,
    /// There is no OpenGL.
    #[error(
        "cannot open the window: OpenGL 2 does not work, {INSTALL_OPENGL}, or use `starling rehearse`"
    )]
    OpenGl,
    /// The display server ended the connection or destroyed the window.
    #[error("{LOST}")]
    Lost,
    /// The app could not be created: why.
    #[error("{0}")]
    App(Box<dyn std::error::Error + Send + Sync>),
}

/// Opens a window with the app that `create` returns, and returns when it is closed.
///
/// If OpenGL does not work, the program starts again in the same process, with software rendering.
pub fn run(options: NativeOptions, create: AppCreator<'_>) -> Result<(), WindowError> {
    #[cfg(target_os = "linux")]
    super::lost_display::explain_exit();
    let was_open = Arc::<AtomicBool>::default();
    let opened = Arc::clone(&was_open);
    let create: AppCreator = Box::new(move |context| {
        let app = create(context);
        opened.store(true, Ordering::Relaxed);
        app
    });
    // The libraries of the window panic if it is destroyed by others, or lack other libraries. The app is dropped while
    // the panic unwinds, which saves the take; nothing that the panic interrupted is used again.
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        eframe::run_native("Starling", options, create)
    }));
    let error = match outcome {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(eframe::Error::AppCreation(why))) => return Err(WindowError::App(why)),
        Ok(Err(error)) => Some(error),
        Err(_) => None,
    };
    if was_open.load(Ordering::Relaxed) {
        return Err(WindowError::Lost);
    }
    #[cfg(target_os = "linux")]
    if let Some(name) = super::system_libraries::missing() {
        return Err(WindowError::Library(name));
    }
    match error {
        None | Some(eframe::Error::Winit(_) | eframe::Error::WinitEventLoop(_)) => {
            Err(WindowError::Display)
        }
        Some(_) => {
            #[cfg(target_os = "linux")]
            retry_with_software_rendering();
            Err(WindowError::OpenGl)
        }
    }
}

/// Starts the program again in this process, unless this is the second attempt. Returns if that fails.
#[cfg(target_os = "linux")]
fn retry_with_software_rendering() {
    use std::os::unix::process::CommandExt;
    use std::process::Command;
    let Ok(program) = std::env::current_exe() else {
        return;
    };
    if std::env::var_os(SOFTWARE_RENDERING).is_some() {
        return;
    }
    print("OpenGL 2 does not work: trying software rendering");
    let mut again = Command::new(program);
    again
        .args(std::env::args_os().skip(1))
        .env(SOFTWARE_RENDERING, "1")
        // Mesa would print the same problems again.
        .env("LIBGL_DEBUG", "quiet")
        .env("EGL_LOG_LEVEL", "fatal");
    // It returns only if it fails. Then the first attempt counts.
    let _ = again.exec();
}

/// Closes the window when the process is asked to end (SIGTERM, SIGHUP, SIGINT), so that a take is saved. Started with
/// `nohup`, it keeps the usual reactions, since a handler of ours would be for all three.
pub fn close_on_signals(ctx: &Context) {
    if ignores_hangup() {
        return;
    }
    let ctx = ctx.clone();
    // Without a handler, the take remains as an interrupted one.
    let _ = ctrlc::set_handler(move || {
        ctx.send_viewport_cmd(ViewportCommand::Close);
        ctx.request_repaint();
        std::thread::sleep(CLOSING_TIMEOUT);
        print("ended before the window closed. A take that was being recorded is kept");
        std::process::exit(1);
    });
}

/// Whether this process was started so that it ignores SIGHUP, the first signal of the mask.
fn ignores_hangup() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & 1 == 1)
}

/// Whether there is no display to open a window on.
pub fn no_display() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(target_os = "linux") && !is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY")
}
