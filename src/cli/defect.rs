//! What is printed when the program panics: where, never what. The text of a panic quotes the values it
//! came upon, and these may be words that somebody said here.

use std::panic;

use super::complain_of;

/// From now on a panic says where it happened. Who sets RUST_BACKTRACE looks for a defect, and gets all
/// there is.
pub fn keep_words_out_of_panics() {
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
