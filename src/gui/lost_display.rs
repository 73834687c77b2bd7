//! Explains why the program ends when the X server does. Xlib then ends the process, in whatever it was doing.

use std::ffi::c_int;
use std::time::Duration;

use x11_dl::xlib::{Display, Xlib};

use super::stderr::{LOST, print};

/// The header of a recording is updated within this time, so that it covers all of it.
const HEADER_UPDATED: Duration = Duration::from_millis(600);

/// From now on, the process ends with a sentence when the connection to the X server breaks.
#[allow(unsafe_code)]
pub fn explain_exit() {
    if std::env::var_os("WAYLAND_DISPLAY").is_some_and(|name| !name.is_empty()) {
        return;
    }
    // Without Xlib there is no such connection.
    if let Ok(xlib) = Xlib::open() {
        // SAFETY: the function has this type, and stores the pointer to a function that always exists.
        unsafe { (xlib.XSetIOErrorHandler)(Some(on_io_error)) };
    }
}

/// Xlib calls this on the thread that uses the connection, which is the window's, and would end the process when it
/// returned. The other threads continue until then.
#[allow(unsafe_code)]
unsafe extern "C" fn on_io_error(_display: *mut Display) -> c_int {
    std::thread::sleep(HEADER_UPDATED);
    print(LOST);
    std::process::exit(1)
}
