//! A one-time task on its own thread, such as slow work on the disk.

use std::io;
use std::thread::JoinHandle;

/// A running task. Dropping it waits for its end, so that what it writes is complete.
pub(super) struct BackgroundTask {
    thread: Option<JoinHandle<()>>,
}

impl BackgroundTask {
    /// Runs `work` on a thread with this name.
    pub(super) fn start(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<Self> {
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
            // An error means that the task panicked, which the panic hook has reported.
            let _ = thread.join();
        }
    }
}
