//! What is left behind when the program breaks: where it did, never what was said. The text of a panic
//! quotes the values it came upon, and a core dump is all of the memory: both may hold words of somebody.

use std::panic;

use super::complain_of;

/// From now on a panic says where it happened. Who sets RUST_BACKTRACE looks for a defect, and gets all
/// there is.
pub fn install_panic_hook() {
    if std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0") {
        return;
    }
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(
            || "a place that is not known".to_owned(),
            |at| format!("{}:{}", at.file(), at.line()),
        );
        complain_of(&format!(
            "panicked at {place}: this is a defect of Starling. Takes stay as they are; report the place, \
             please. With RUST_BACKTRACE=1 more is said, which may quote words of yours"
        ));
    }));
}

/// From now on neither this process nor any that it starts leaves a core dump. A limit of 0 keeps none
/// from being piped to a program, as systemd-coredump; of 1, which is too small for a file as well, Linux
/// takes as "no dump at all" (fs/coredump.c).
pub fn disable_core_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = |bytes| Rlimit {
            current: Some(bytes),
            maximum: Some(bytes),
        };
        // Where a lower limit was set before, there was none already.
        let _ = setrlimit(Resource::Core, none(1)).or_else(|_| setrlimit(Resource::Core, none(0)));
    }
}
