//! Work on the disk that is asked for once and may take a while, on a thread of its own.

use std::io;
use std::thread::JoinHandle;

/// A thread that ends with its work. Dropping it waits for that: what it writes is whole then.
pub(super) struct BackgroundTask {
    thread: Option<JoinHandle<()>>,
}

impl BackgroundTask {
    /// Begins it.
    pub(super) fn start(
        name: &str,
        work: impl FnOnce() + Send + 'static,
    ) -> Result<Self, io::Error> {
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(work)?;
        Ok(Self {
            thread: Some(thread),
        })
    }
}

impl Drop for BackgroundTask {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            // It told all it had to tell; a panic has printed itself.
            let _ = thread.join();
        }
    }
}
