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
    use std::fs::{self, File, Permissions};
    use std::io::{self, Read, Write};
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::net::{UnixListener, UnixStream};
    use std::path::{Path, PathBuf};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::{Duration, Instant};

    /// The first process may be busy, or still starting.
    const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);
    const ANSWER: [u8; 1] = *b"!";
    /// The address of a socket has room for so many bytes of a path on every system.
    const LONGEST_PATH: usize = 100;

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
            let listener = with_address(&path, |address| UnixListener::bind(address))?;
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
            let _ = with_address(&self.path, |address| UnixStream::connect(address));
            let _ = fs::remove_file(&self.path);
        }
    }

    pub fn activate_running_instance(path: &Path) -> bool {
        let end = Instant::now() + ANSWER_TIMEOUT;
        let is_answered = || -> io::Result<bool> {
            let mut window = with_address(path, |address| UnixStream::connect(address))?;
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

    /// Calls `work` with the address of a socket. On Linux, a path that is too long for it is shortened: the folder
    /// is opened, and named by its number.
    fn with_address<T>(path: &Path, work: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
        let names = path.parent().zip(path.file_name());
        match names.filter(|_| path.as_os_str().len() > LONGEST_PATH) {
            Some((folder, name)) => {
                let folder = File::open(folder)?;
                let number = folder.as_raw_fd();
                work(&Path::new(&format!("/proc/self/fd/{number}")).join(name))
            }
            None => work(path),
        }
    }

    #[cfg(test)]
    mod tests {
        use std::sync::atomic::AtomicUsize;

        use super::*;

        #[test]
        fn activation_is_answered_until_the_listener_is_dropped() {
            let folder = tempfile::tempdir().expect("a folder");
            let mut deep = folder.path().to_owned();
            check_activation(&deep.join("activation"));
            // The address of a socket holds 107 bytes on Linux.
            while cfg!(target_os = "linux") && deep.as_os_str().len() < 300 {
                deep.push("folder of Åsa");
                std::fs::create_dir(&deep).expect("a folder");
                check_activation(&deep.join("activation"));
            }
        }

        fn check_activation(path: &Path) {
            // A process that was killed leaves its socket behind.
            drop(with_address(path, |address| UnixListener::bind(address)).expect("a socket"));
            assert!(path.exists());
            let calls = Arc::new(AtomicUsize::new(0));
            let called = Arc::clone(&calls);
            let on_activate = move || {
                called.fetch_add(1, Ordering::Relaxed);
            };
            let listener = ActivationListener::open(path.to_owned(), on_activate);
            let listener = listener.expect("a socket");
            assert!(activate_running_instance(path) && activate_running_instance(path));
            assert_eq!(calls.load(Ordering::Relaxed), 2);
            drop(listener);
            assert!(!path.exists());
        }
    }
}
