//! What the window prints when it cannot show a message.

use std::io::{self, Write};

/// The display server ended the connection or destroyed the window.
pub const LOST: &str = "the window is gone: the display ended or closed it, or drawing failed. A take that was being recorded is \
    kept: start Starling again";

/// Prints a message to stderr.
pub fn print(message: &str) {
    // If stderr is closed, there is no other place to report to.
    let _ = writeln!(io::stderr(), "starling: {message}");
}
