//! One window at a time: a second one calls the first to the front, through a socket in the data folder,
//! and ends. Where there are no such sockets, or nobody answers, the second one only says so.

use std::path::Path;

#[cfg(unix)]
pub use unix::ActivationListener;

/// Calls the window that listens at `path`. Whether it answered.
pub fn knock(path: &Path) -> bool {
    #[cfg(unix)]
    return unix::knock(path);
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

    /// The first window may be starting still, or busy.
    const ANSWERS_WITHIN: Duration = Duration::from_secs(2);
    const ANSWER: [u8; 1] = *b"!";

    /// Hears others knock, until it is dropped.
    pub struct ActivationListener {
        path: PathBuf,
        closing: Arc<AtomicBool>,
    }

    impl ActivationListener {
        /// Listens at `path`, in place of a window that died; `come` is called on its thread. Only who
        /// has the data folder may do this.
        pub fn open(path: PathBuf, come: impl Fn() + Send + 'static) -> io::Result<Self> {
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
                        come();
                        // Who knocked may have left.
                        let _ = caller.write_all(&ANSWER);
                    }
                }
            };
            let thread = std::thread::Builder::new().name("door".to_owned());
            // Never joined: where its socket was removed, nothing wakes it, and it ends with the process.
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

    pub fn knock(path: &Path) -> bool {
        let end = Instant::now() + ANSWERS_WITHIN;
        let asked = || -> io::Result<bool> {
            let mut window = UnixStream::connect(path)?;
            window.set_read_timeout(Some(ANSWERS_WITHIN))?;
            let mut answer = [0];
            window.read_exact(&mut answer)?;
            Ok(answer == ANSWER)
        };
        while Instant::now() < end {
            if let Ok(true) = asked() {
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
        fn who_knocks_is_answered_while_the_door_is_there() {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("door");
            // A window that was killed leaves its socket.
            drop(UnixListener::bind(&path).expect("room"));
            assert!(path.exists());
            let calls = Arc::new(AtomicUsize::new(0));
            let called = Arc::clone(&calls);
            let come = move || {
                called.fetch_add(1, Ordering::Relaxed);
            };
            let door = ActivationListener::open(path.clone(), come).expect("a socket");
            assert!(knock(&path) && knock(&path));
            assert_eq!(calls.load(Ordering::Relaxed), 2);
            drop(door);
            assert!(!path.exists());
        }
    }
}
