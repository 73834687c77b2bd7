//! Keeps the user's words out of panic messages and core dumps. A panic message quotes values, and a
//! core dump is the whole memory: both may contain what was said.

use std::panic;

use super::failure::print_message;

/// From now on a panic prints only its location. `RUST_BACKTRACE` restores the full message for debugging.
pub fn install_panic_hook() {
    if std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0") {
        return;
    }
    panic::set_hook(Box::new(|panic| {
        // The window explains why it is gone.
        let is_window = std::thread::current().name() == Some("main");
        if is_window
            && panic
                .location()
                .is_some_and(|at| is_of_the_window(at.file()))
        {
            return;
        }
        let location = panic.location().map_or_else(
            || "an unknown location".to_owned(),
            |at| format!("{}:{}", at.file(), at.line()),
        );
        print_message(&format!(
            "internal error: panicked at {location}. Your takes are safe. Please report this location. \
             RUST_BACKTRACE=1 shows details, which may quote your words"
        ));
    }));
}

/// Whether a source file belongs to a crate that draws the window or talks to the display.
fn is_of_the_window(file: &str) -> bool {
    const CRATES: [&str; 12] = [
        "accesskit",
        "calloop",
        "eframe",
        "egui",
        "glutin",
        "glow",
        "smithay",
        "wayland",
        "winit",
        "x11",
        "xkbcommon",
        "xkeysym",
    ];
    let folders = file.split(['/', '\\']);
    folders.into_iter().any(|folder| {
        // Folders of the registry end in a version.
        folder.contains(|c: char| c.is_ascii_digit())
            && CRATES.iter().any(|name| folder.starts_with(name))
    })
}

/// From now on neither this process nor its children leave a core dump. A limit of 0 does not stop Linux
/// from piping a dump to a program such as systemd-coredump. A limit of 1 does, and is too small for a
/// file as well (fs/coredump.c).
pub fn disable_core_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let limit = |bytes| Rlimit {
            current: Some(bytes),
            maximum: Some(bytes),
        };
        // Fails only if the hard limit is lower already, that is 0.
        let _ =
            setrlimit(Resource::Core, limit(1)).or_else(|_| setrlimit(Resource::Core, limit(0)));
    }
}
