//! One window per data folder. A second process exits after it has asked the first one to bring its window to the
//! front. It asks through a socket in the data folder. If there is no socket or no answer, it shows an error.

use std::path::Path;

#[cfg(unix)]
pub use unix::ActivationListener;

/// Asks the window that listens at `path` to come to the front. Returns whether it answered.
pub fn activate_running_instance(path: &Path) -> bool {
    #[cfg(unix)]
    return unix::activate_running_instance(path);
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

#[cfg(unix)]
mod unix {
    use std::fs::{self, Permissions};
    use std::io::{self, Read, Write};
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::net::{UnixListener, UnixStream};
    use std::path::{Path, PathBuf};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::{Duration, Instant};

    /// The first process may be busy, or still starting.
    const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);
    const ANSWER: [u8; 1] = *b"!";

    /// Answers other processes until it is dropped.
    pub struct ActivationListener {
        path: PathBuf,
        closing: Arc<AtomicBool>,
    }

    impl ActivationListener {
        /// Listens at `path`, and removes the socket of a process that has crashed. `on_activate` is called on the
        /// thread of the listener. Only the process that has locked the data folder may call this.
        pub fn open(path: PathBuf, on_activate: impl Fn() + Send + 'static) -> io::Result<Self> {
            if path.exists() {
                fs::remove_file(&path)?;
            }
            let listener = UnixListener::bind(&path)?;
            fs::set_permissions(&path, Permissions::from_mode(0o600))?;
            let closing = Arc::new(AtomicBool::new(false));
            let closed = Arc::clone(&closing);
            let listen = move || {
                for caller in listener.incoming() {
                    if closed.load(Ordering::Relaxed) {
                        break;
                    }
                    if let Ok(mut caller) = caller {
                        on_activate();
                        // The other process may have exited.
                        let _ = caller.write_all(&ANSWER);
                    }
                }
            };
            let thread = std::thread::Builder::new().name("activation".to_owned());
            // Never joined: nothing wakes it if its socket was removed. It ends with the process.
            thread.spawn(listen)?;
            Ok(Self { path, closing })
        }
    }

    impl Drop for ActivationListener {
        fn drop(&mut self) {
            self.closing.store(true, Ordering::Relaxed);
            // Wakes the thread.
            let _ = UnixStream::connect(&self.path);
            let _ = fs::remove_file(&self.path);
        }
    }

    pub fn activate_running_instance(path: &Path) -> bool {
        let end = Instant::now() + ANSWER_TIMEOUT;
        let is_answered = || -> io::Result<bool> {
            let mut window = UnixStream::connect(path)?;
            window.set_read_timeout(Some(ANSWER_TIMEOUT))?;
            let mut answer = [0];
            window.read_exact(&mut answer)?;
            Ok(answer == ANSWER)
        };
        while Instant::now() < end {
            if let Ok(true) = is_answered() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        false
    }

    #[cfg(test)]
    mod tests {
        use std::sync::atomic::AtomicUsize;

        use super::*;

        #[test]
        fn activation_is_answered_until_the_listener_is_dropped() {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("activation");
            // A process that was killed leaves its socket behind.
            drop(UnixListener::bind(&path).expect("a socket"));
            assert!(path.exists());
            let calls = Arc::new(AtomicUsize::new(0));
            let called = Arc::clone(&calls);
            let on_activate = move || {
                called.fetch_add(1, Ordering::Relaxed);
            };
            let listener = ActivationListener::open(path.clone(), on_activate).expect("a socket");
            assert!(activate_running_instance(&path) && activate_running_instance(&path));
            assert_eq!(calls.load(Ordering::Relaxed), 2);
            drop(listener);
            assert!(!path.exists());
        }
    }
}
