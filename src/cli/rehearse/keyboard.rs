//! Watches stdin for Enter, and the process for Ctrl-C.

use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::cli::failure::Failure;

pub struct Keyboard {
    is_terminal: bool,
    /// Number of lines read since they were last taken.
    enters: Arc<AtomicUsize>,
    interrupted: Arc<AtomicBool>,
}

impl Keyboard {
    pub fn watch() -> Result<Self, Failure> {
        let keyboard = Self {
            is_terminal: io::stdin().is_terminal(),
            enters: Arc::default(),
            interrupted: Arc::default(),
        };
        let enters = Arc::clone(&keyboard.enters);
        // Not joined: it blocks in a read of stdin until the process ends.
        std::thread::Builder::new()
            .name("keys".to_owned())
            .spawn(move || {
                // Lines of bytes: not every terminal sends UTF-8.
                for _ in io::stdin().lock().split(b'\n').map_while(Result::ok) {
                    enters.fetch_add(1, Ordering::Relaxed);
                }
            })?;
        let interrupted = Arc::clone(&keyboard.interrupted);
        ctrlc::set_handler(move || {
            // The first Ctrl-C ends the take, the second one the process. The recording is on disk.
            if interrupted.swap(true, Ordering::Relaxed) {
                std::process::exit(1);
            }
        })
        .map_err(anyhow::Error::from)?;
        Ok(keyboard)
    }

    /// Whether stdin is a terminal, so that the user can press Enter.
    pub fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// Whether Enter was pressed since the last call.
    pub fn take_enter(&self) -> bool {
        self.enters.swap(0, Ordering::Relaxed) > 0
    }

    /// Whether Ctrl-C was pressed.
    pub fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Waits for Enter or Ctrl-C. Returns immediately if stdin is not a terminal.
    pub fn wait_for_enter(&self, poll_interval: Duration) {
        self.take_enter();
        if !self.is_terminal {
            return;
        }
        // A closed stderr does not prevent the practice.
        let _ = writeln!(io::stderr(), "Press Enter to continue");
        while !self.take_enter() && !self.interrupted() {
            std::thread::sleep(poll_interval);
        }
    }
}
