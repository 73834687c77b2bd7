//! Says a question aloud, where the system can speak: by speech-dispatcher, which Linux desktops have for
//! their screen reader, over its socket on this machine. The protocol is lines of text: SSIP,
//! <https://htmlpreview.github.io/?https://github.com/brailcom/speechd/blob/master/doc/ssip.html>. What
//! somebody said never goes there.

use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Sender, unbounded};

/// Who lets the voice go waits at most so long for its silence.
const GOODBYE: Duration = Duration::from_millis(50);

/// A voice that is not the program's own. Dropping it is silence.
pub struct SpeechDispatcher {
    orders: Option<Sender<Command>>,
    thread: Option<JoinHandle<()>>,
}

enum Command {
    Speak(String),
    Stop,
}

impl SpeechDispatcher {
    /// The system's voice; `None` where there is none.
    pub fn find() -> Option<Self> {
        Self::connect(socket()?)
    }

    fn connect(socket: PathBuf) -> Option<Self> {
        let (orders, inbox) = unbounded();
        let run = move || {
            let mut line = None;
            for order in inbox {
                // A voice that fails says nothing: the question is on the screen.
                if line.is_none() {
                    line = wire::Line::open(&socket).ok();
                }
                let done = match (&mut line, order) {
                    (Some(line), Command::Speak(text)) => line.say(&text),
                    (Some(line), Command::Stop) => line.hush(),
                    (None, _) => Ok(()),
                };
                if done.is_err() {
                    line = None;
                }
            }
            if let Some(mut line) = line {
                let _ = line.hush();
            }
        };
        let thread = std::thread::Builder::new().name("aloud".to_owned());
        Some(Self {
            orders: Some(orders),
            thread: Some(thread.spawn(run).ok()?),
        })
    }

    /// Says a text, and no more of the one before.
    pub fn speak(&self, text: &str) {
        self.send(Command::Stop);
        self.send(Command::Speak(text.to_owned()));
    }

    /// Says no more.
    pub fn stop(&self) {
        self.send(Command::Stop);
    }

    fn send(&self, order: Command) {
        if let Some(orders) = &self.orders {
            // The thread ends with this sender only.
            let _ = orders.send(order);
        }
    }
}

impl Drop for SpeechDispatcher {
    fn drop(&mut self) {
        self.orders = None;
        let until = Instant::now() + GOODBYE;
        while self
            .thread
            .as_ref()
            .is_some_and(|thread| !thread.is_finished())
            && Instant::now() < until
        {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// Where the system's voice listens.
#[cfg(not(unix))]
fn socket() -> Option<PathBuf> {
    None
}

/// Where the system's voice listens: an address that is set, or the places of newer and older versions.
#[cfg(unix)]
fn socket() -> Option<PathBuf> {
    use std::env::var_os;
    if let Some(address) = var_os("SPEECHD_ADDRESS") {
        // Not by the network, if somebody set that.
        let address = address.into_string().ok()?;
        return Some(address.strip_prefix("unix_socket:")?.into())
            .filter(|at: &PathBuf| at.exists());
    }
    let homes = [
        var_os("XDG_RUNTIME_DIR").map(PathBuf::from),
        var_os("XDG_CACHE_HOME").map(PathBuf::from),
        var_os("HOME").map(|home| PathBuf::from(home).join(".cache")),
    ];
    let places = homes.into_iter().flatten();
    places
        .map(|home| home.join("speech-dispatcher/speechd.sock"))
        .find(|socket| socket.exists())
}

#[cfg(not(unix))]
mod wire {
    use std::io;
    use std::path::Path;

    pub struct Line;

    impl Line {
        pub fn open(_: &Path) -> io::Result<Self> {
            Err(io::ErrorKind::Unsupported.into())
        }

        pub fn say(&mut self, _: &str) -> io::Result<()> {
            Ok(())
        }

        pub fn hush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
}

#[cfg(unix)]
mod wire {
    use std::io::{self, BufRead, BufReader, Write};
    use std::os::unix::net::UnixStream;
    use std::path::Path;
    use std::time::Duration;

    /// Who does not answer by then says nothing. A test answers when its turn comes.
    const ANSWERS_WITHIN: Duration = Duration::from_millis(if cfg!(test) { 5_000 } else { 500 });

    pub struct Line {
        to: UnixStream,
        from: BufReader<UnixStream>,
    }

    impl Line {
        pub fn open(socket: &Path) -> io::Result<Self> {
            let to = UnixStream::connect(socket)?;
            to.set_read_timeout(Some(ANSWERS_WITHIN))?;
            to.set_write_timeout(Some(ANSWERS_WITHIN))?;
            let from = BufReader::new(to.try_clone()?);
            let mut line = Self { to, from };
            line.order("SET SELF CLIENT_NAME user:starling:interview")?;
            line.order("SET SELF LANGUAGE en")?;
            Ok(line)
        }

        pub fn say(&mut self, text: &str) -> io::Result<()> {
            self.order("SPEAK")?;
            for line in text.lines() {
                // A dot alone ends the text.
                let dot = if line.starts_with('.') { "." } else { "" };
                write!(self.to, "{dot}{line}\r\n")?;
            }
            self.order(".")
        }

        pub fn hush(&mut self) -> io::Result<()> {
            self.order("STOP SELF")
        }

        /// Sends a line, and waits for the last of its answer: three digits and a space, the first of them 2
        /// where it was done. A dash in the space's place says that more is to come.
        fn order(&mut self, order: &str) -> io::Result<()> {
            write!(self.to, "{order}\r\n")?;
            loop {
                let mut answer = String::new();
                if self.from.read_line(&mut answer)? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                match (answer.starts_with('2'), answer.as_bytes().get(3)) {
                    (_, Some(b'-')) => {}
                    (true, _) => return Ok(()),
                    (false, _) => return Err(io::Error::other(answer)),
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
    fn a_question_is_said_and_the_one_before_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("speechd.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let aloud = SpeechDispatcher::connect(socket).unwrap();
        aloud.speak("Why you?\n...and why then?");
        let (mut to, _) = listener.accept().unwrap();
        let from = BufReader::new(to.try_clone().unwrap());
        let mut heard = Vec::new();
        let mut spoken = false;
        // As speech-dispatcher 0.11.4 answers.
        for line in from.lines() {
            let line = line.unwrap();
            let answer = match line.as_str() {
                "SPEAK" => "230 OK RECEIVING DATA\r\n",
                "." => "225-1\r\n225 OK MESSAGE QUEUED\r\n",
                "STOP SELF" => "210 OK STOPPED\r\n",
                set if set.starts_with("SET SELF") => "208 OK CLIENT NAME SET\r\n",
                _ => "",
            };
            heard.push(line);
            to.write_all(answer.as_bytes()).unwrap();
            if heard.last().is_some_and(|line| line == ".") {
                spoken = true;
                break;
            }
        }
        assert!(spoken);
        assert_eq!(
            heard[2..],
            ["STOP SELF", "SPEAK", "Why you?", "....and why then?", "."]
        );
    }

    #[test]
    fn a_voice_that_does_not_answer_holds_nobody_up() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("speechd.sock");
        let _silent = UnixListener::bind(&socket).unwrap();
        let aloud = SpeechDispatcher::connect(socket).unwrap();
        aloud.speak("Why you?");
        drop(aloud);
    }
}
