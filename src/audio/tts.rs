//! Reads interview questions out loud with speech-dispatcher, which Linux desktops have for their screen
//! readers. Speaks SSIP, a text protocol, over the dispatcher's local socket:
//! <https://htmlpreview.github.io/?https://github.com/brailcom/speechd/blob/master/doc/ssip.html>. Nothing
//! the user said is ever sent there.
//!
//! Own code: the crate `ssip-client` can also connect over TCP, and Starling has no networking code. The crate
//! `tts` links the C library of speech-dispatcher.

use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Sender, unbounded};

/// Longest wait for speech to stop when the client is dropped.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_millis(50);

/// Client of the system's speech output, on a thread of its own. Dropping it stops the speech.
pub struct SpeechDispatcher {
    commands: Option<Sender<Command>>,
    thread: Option<JoinHandle<()>>,
}

enum Command {
    Speak(String),
    Stop,
}

impl SpeechDispatcher {
    /// Connects to the system's speech output; `None` if there is none.
    pub fn find() -> Option<Self> {
        Self::connect(socket()?)
    }

    fn connect(socket: PathBuf) -> Option<Self> {
        let (commands, inbox) = unbounded();
        let run = move || {
            let mut connection = None;
            for command in inbox {
                // If speech fails, it is dropped: the question is on the screen as well.
                if connection.is_none() {
                    connection = ssip::SsipConnection::open(&socket).ok();
                }
                let done = match (&mut connection, command) {
                    (Some(connection), Command::Speak(text)) => connection.speak(&text),
                    (Some(connection), Command::Stop) => connection.stop(),
                    (None, _) => Ok(()),
                };
                if done.is_err() {
                    connection = None;
                }
            }
            if let Some(mut connection) = connection {
                let _ = connection.stop();
            }
        };
        let thread = std::thread::Builder::new().name("speech-output".to_owned());
        Some(Self {
            commands: Some(commands),
            thread: Some(thread.spawn(run).ok()?),
        })
    }

    /// Speaks a text, and stops the previous one.
    pub fn speak(&self, text: &str) {
        self.send(Command::Stop);
        self.send(Command::Speak(text.to_owned()));
    }

    /// Stops speaking.
    pub fn stop(&self) {
        self.send(Command::Stop);
    }

    fn send(&self, command: Command) {
        if let Some(commands) = &self.commands {
            // The thread runs until this sender is dropped, so sending cannot fail.
            let _ = commands.send(command);
        }
    }
}

impl Drop for SpeechDispatcher {
    fn drop(&mut self) {
        self.commands = None;
        let deadline = Instant::now() + SHUTDOWN_TIMEOUT;
        while self
            .thread
            .as_ref()
            .is_some_and(|thread| !thread.is_finished())
            && Instant::now() < deadline
        {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// The socket of the system's speech output: none on this platform.
#[cfg(not(unix))]
fn socket() -> Option<PathBuf> {
    None
}

/// The socket of the system's speech output: the configured address, or the default of newer and older
/// versions.
#[cfg(unix)]
fn socket() -> Option<PathBuf> {
    use std::env::var_os;
    if let Some(address) = var_os("SPEECHD_ADDRESS") {
        // A network address is ignored: Starling never uses the network.
        let address = address.into_string().ok()?;
        return Some(address.strip_prefix("unix_socket:")?.into())
            .filter(|at: &PathBuf| at.exists());
    }
    let folders = [
        var_os("XDG_RUNTIME_DIR").map(PathBuf::from),
        var_os("XDG_CACHE_HOME").map(PathBuf::from),
        var_os("HOME").map(|home| PathBuf::from(home).join(".cache")),
    ];
    let folders = folders.into_iter().flatten();
    folders
        .map(|folder| folder.join("speech-dispatcher/speechd.sock"))
        .find(|socket| socket.exists())
}

#[cfg(not(unix))]
mod ssip {
    use std::io;
    use std::path::Path;

    pub struct SsipConnection;

    impl SsipConnection {
        pub fn open(_: &Path) -> io::Result<Self> {
            Err(io::ErrorKind::Unsupported.into())
        }

        pub fn speak(&mut self, _: &str) -> io::Result<()> {
            Ok(())
        }

        pub fn stop(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
}

#[cfg(unix)]
mod ssip {
    use std::io::{self, BufRead, BufReader, Write};
    use std::os::unix::net::UnixStream;
    use std::path::Path;
    use std::time::Duration;

    /// Longest wait for a reply; longer in tests, which may run on a busy machine.
    const REPLY_TIMEOUT: Duration = Duration::from_millis(if cfg!(test) { 5_000 } else { 500 });

    pub struct SsipConnection {
        to: UnixStream,
        from: BufReader<UnixStream>,
    }

    impl SsipConnection {
        pub fn open(socket: &Path) -> io::Result<Self> {
            let to = UnixStream::connect(socket)?;
            to.set_read_timeout(Some(REPLY_TIMEOUT))?;
            to.set_write_timeout(Some(REPLY_TIMEOUT))?;
            let from = BufReader::new(to.try_clone()?);
            let mut connection = Self { to, from };
            connection.command("SET SELF CLIENT_NAME user:starling:interview")?;
            connection.command("SET SELF LANGUAGE en")?;
            Ok(connection)
        }

        pub fn speak(&mut self, text: &str) -> io::Result<()> {
            self.command("SPEAK")?;
            for line in text.lines() {
                // A line with only a dot ends the text, so leading dots are doubled.
                let dot = if line.starts_with('.') { "." } else { "" };
                write!(self.to, "{dot}{line}\r\n")?;
            }
            self.command(".")
        }

        pub fn stop(&mut self) -> io::Result<()> {
            self.command("STOP SELF")
        }

        /// Sends a command and reads its reply. The last line of a reply is three digits and a space; the
        /// first digit is 2 on success. A dash instead of the space announces more lines.
        fn command(&mut self, command: &str) -> io::Result<()> {
            write!(self.to, "{command}\r\n")?;
            loop {
                let mut reply = String::new();
                if self.from.read_line(&mut reply)? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                match (reply.starts_with('2'), reply.as_bytes().get(3)) {
                    (_, Some(b'-')) => {}
                    (true, _) => return Ok(()),
                    (false, _) => return Err(io::Error::other(reply)),
                }
            }
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn new_question_stops_the_previous_one() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("speechd.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let speech = SpeechDispatcher::connect(socket).unwrap();
        speech.speak("Why you?\n...and why then?");
        let (mut to, _) = listener.accept().unwrap();
        let from = BufReader::new(to.try_clone().unwrap());
        let mut received = Vec::new();
        let mut is_complete = false;
        // The replies of speech-dispatcher 0.11.4.
        for line in from.lines() {
            let line = line.unwrap();
            let reply = match line.as_str() {
                "SPEAK" => "230 OK RECEIVING DATA\r\n",
                "." => "225-1\r\n225 OK MESSAGE QUEUED\r\n",
                "STOP SELF" => "210 OK STOPPED\r\n",
                set if set.starts_with("SET SELF") => "208 OK CLIENT NAME SET\r\n",
                _ => "",
            };
            received.push(line);
            to.write_all(reply.as_bytes()).unwrap();
            if received.last().is_some_and(|line| line == ".") {
                is_complete = true;
                break;
            }
        }
        assert!(is_complete);
        assert_eq!(
            received[2..],
            ["STOP SELF", "SPEAK", "Why you?", "....and why then?", "."]
        );
    }

    #[test]
    fn unresponsive_speech_output_does_not_block() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("speechd.sock");
        let _silent = UnixListener::bind(&socket).unwrap();
        let speech = SpeechDispatcher::connect(socket).unwrap();
        speech.speak("Why you?");
        drop(speech);
    }
}
