//! Names a library that the window needs and the system lacks. The libraries of the window load them at run time, and
//! their own messages do not help users.

use libloading::Library;

const X11: [&str; 5] = [
    "libX11.so.6",
    "libX11-xcb.so.1",
    "libXcursor.so.1",
    "libXi.so.6",
    "libxkbcommon-x11.so.0",
];
const WAYLAND: [&str; 3] = [
    "libwayland-client.so.0",
    "libwayland-egl.so.1",
    "libxkbcommon.so.0",
];
/// One of them is enough.
const OPENGL: [&str; 2] = ["libEGL.so.1", "libGL.so.1"];

/// The first missing library.
pub fn missing() -> Option<&'static str> {
    let is_wayland = std::env::var_os("WAYLAND_DISPLAY").is_some_and(|name| !name.is_empty());
    let needed: &[&str] = if is_wayland { &WAYLAND } else { &X11 };
    let lacks_opengl = !OPENGL.into_iter().any(is_present);
    let mut needed = needed.iter().copied();
    needed
        .find(|name| !is_present(name))
        .or_else(|| lacks_opengl.then_some(OPENGL[0]))
}

#[allow(unsafe_code)]
fn is_present(name: &str) -> bool {
    // SAFETY: these libraries run nothing but their initialization, which opening the window runs, too.
    unsafe { Library::new(name) }.is_ok()
}
