//! Why a command failed, its exit code, and how messages reach stderr.

use std::io::{self, Write};

use super::terminal;

/// Why a command did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The work failed.
    #[error("{0:#}")]
    Work(anyhow::Error),
    /// An argument names something that does not exist or does not fit.
    #[error("{0}")]
    Arguments(String),
    /// The failure was printed where it happened.
    #[error("")]
    AlreadyReported,
    /// The reader of stdout closed it.
    #[error("")]
    BrokenPipe,
}

impl Failure {
    /// The exit code of the process.
    pub fn exit_code(&self) -> u8 {
        match self {
            Failure::Work(_) | Failure::AlreadyReported => 1,
            Failure::Arguments(_) => 2,
            Failure::BrokenPipe => 0,
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Failure::Work(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::BrokenPipe,
            _ => Failure::Work(error.into()),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        io::Error::from(error).into()
    }
}

/// Prints a failure to stderr, unless it was reported already.
pub fn print_error(failure: &Failure) {
    let text = failure.to_string();
    if !text.is_empty() {
        print_message(&text);
    }
}

/// Prints an error or a warning to stderr.
pub fn print_message(text: &str) {
    // If stderr is closed, there is no other place to report to.
    let _ = writeln!(io::stderr(), "starling: {}", terminal::printable(text));
}
