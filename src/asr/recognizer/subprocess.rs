//! The recogniser in a process of its own, as the program has it: what ggml aborts on, and an
//! instruction that the processor does not know, end that process, and a new one reads the window
//! again. Nor does anybody wait for what nobody wants any more.

use std::io::{self, BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};

use super::protocol::{Request, Response, receive, send};
use super::{DecodeParams, EngineError, Recognizer, Segment};

/// Between two questions whether a window is still wanted.
const POLL_INTERVAL: Duration = Duration::from_millis(10);
/// How often a window is given to a process, before it is to blame.
const MAX_ATTEMPTS: usize = 2;
/// A process that says nothing for so long hangs: it tells every second that it is at work, but for
/// passes of an encoder, and none of those takes nearly as long.
const HANG_TIMEOUT: Duration = Duration::from_secs(120);
/// ... and so does one that does not give up in time what nobody wants any more. To be wrong costs
/// loading the model.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(5);

/// A recogniser in another process.
pub struct SubprocessRecognizer {
    program: PathBuf,
    model: PathBuf,
    threads: u32,
    name: String,
    /// `None` once it ended, until it is needed.
    process: Option<Process>,
    /// Windows asked for so far.
    requests_sent: u64,
    elsewhere: Duration,
}

/// Why a process gave no answer.
enum NoReply {
    Cancelled,
    /// It ended; how, where that is known.
    Exited(String),
}

impl SubprocessRecognizer {
    /// Starts it, and waits until it has loaded the model.
    pub fn start(program: &Path, model: &Path, threads: u32) -> Result<Self, EngineError> {
        let process = Process::start(program, model, threads)?;
        let Ok(Response::Ready(name)) = process.responses.recv() else {
            // A file in which no check found a fault can still end whisper.cpp.
            return Err(EngineError::Model(model.to_owned()));
        };
        Ok(Self {
            program: program.to_owned(),
            model: model.to_owned(),
            threads,
            name,
            process: Some(process),
            requests_sent: 0,
            elsewhere: Duration::ZERO,
        })
    }

    /// Asks for a window, and waits for its tokens.
    fn request(
        &mut self,
        samples: &[f32],
        manner: DecodeParams,
        wanted: &mut dyn FnMut() -> bool,
    ) -> Result<Result<Vec<Segment>, NoReply>, EngineError> {
        self.requests_sent += 1;
        let number = self.requests_sent;
        let process = match &mut self.process {
            Some(process) => process,
            gone => gone.insert(Process::start(&self.program, &self.model, self.threads)?),
        };
        let question = Request::Decode {
            number,
            samples: samples.to_owned(),
            audio_context: manner.audio_context,
            beam_size: manner.beam_size,
            prompt: manner.prompt.to_owned(),
        };
        if process.requests.send(question).is_err() {
            return Ok(Err(NoReply::Exited(process.kill())));
        }
        loop {
            if !wanted() {
                process.cancel(number);
                return Ok(Err(NoReply::Cancelled));
            }
            let told = process.responses.recv_timeout(POLL_INTERVAL);
            if told.is_ok() {
                process.silent_for = Duration::ZERO;
            }
            match told {
                Ok(Response::Decoded(of, decoded, cpu)) => {
                    self.elsewhere += cpu;
                    process.cancelled.take_if(|forgotten| *forgotten <= of);
                    // Others were given up before.
                    if of == number {
                        return decoded.map(Ok);
                    }
                }
                Ok(Response::Ready(_) | Response::Heartbeat) => {}
                Ok(Response::LoadFailed) => return Err(EngineError::Model(self.model.clone())),
                Err(RecvTimeoutError::Timeout) if process.is_hung() => {
                    process.kill();
                    let how = "it no longer answered".to_owned();
                    return Ok(Err(NoReply::Exited(how)));
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Ok(Err(NoReply::Exited(process.kill())));
                }
            }
        }
    }
}

impl Recognizer for SubprocessRecognizer {
    fn model(&self) -> &str {
        &self.name
    }

    fn threads(&self) -> u32 {
        self.threads
    }

    fn remote_cpu_time(&self) -> Duration {
        self.elsewhere
    }

    fn decode(
        &mut self,
        samples: &[f32],
        manner: DecodeParams,
        wanted: &mut dyn FnMut() -> bool,
    ) -> Result<Vec<Segment>, EngineError> {
        let mut how = String::new();
        for _ in 0..MAX_ATTEMPTS {
            match self.request(samples, manner, wanted)? {
                Ok(pieces) => return Ok(pieces),
                Err(NoReply::Cancelled) => return Err(EngineError::Cancelled),
                Err(NoReply::Exited(status)) => {
                    self.process = None;
                    how = status;
                }
            }
        }
        Err(EngineError::Crashed(how))
    }
}

/// A running process. Dropping it ends it at once: it has nothing to lose.
struct Process {
    process: Child,
    /// A window is more than a pipe holds, and a process that hangs reads no further: whoever asks does
    /// not write himself.
    requests: Sender<Request>,
    responses: Receiver<Response>,
    /// The last window that was given up, until that is answered.
    cancelled: Option<u64>,
    /// How long it was asked without a word from it: in turns, as both may have been stopped.
    silent_for: Duration,
    threads: Vec<JoinHandle<()>>,
}

impl Process {
    fn start(program: &Path, model: &Path, threads: u32) -> Result<Self, EngineError> {
        Self::spawn(program, model, threads)
            .map_err(|why| EngineError::SpawnFailed(program.to_owned(), why.to_string()))
    }

    fn spawn(program: &Path, model: &Path, threads: u32) -> io::Result<Self> {
        let mut command = Command::new(program);
        command
            .arg("recogniser")
            .arg(model)
            .arg(threads.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // What ggml says when it aborts is of no use to who practises; nor may it start a
            // debugger, which writes where the answers are read and takes seconds.
            .stderr(Stdio::null())
            .env("GGML_NO_BACKTRACE", "1");
        // Ctrl-C in a terminal is for the program, which still has words to ask for then.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut process = command.spawn()?;
        let pipes = (process.stdin.take(), process.stdout.take());
        let (Some(ear), Some(mouth)) = pipes else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let (questions, to_ask) = unbounded();
        let (tell, answers) = unbounded();
        let mut started = Self {
            process,
            requests: questions,
            responses: answers,
            cancelled: None,
            silent_for: Duration::ZERO,
            threads: Vec::new(),
        };
        started.spawn_thread("questions", move || {
            let mut ear = BufWriter::new(ear);
            for asked in to_ask {
                if send(&mut ear, &asked).is_err() {
                    return;
                }
            }
        })?;
        started.spawn_thread("answers", move || {
            let mut mouth = BufReader::new(mouth);
            while let Ok(told) = receive(&mut mouth) {
                if tell.send(told).is_err() {
                    return;
                }
            }
        })?;
        Ok(started)
    }

    fn spawn_thread(&mut self, name: &str, run: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let thread = std::thread::Builder::new().name(name.to_owned());
        self.threads.push(thread.spawn(run)?);
        Ok(())
    }

    /// Gives up a window, and those before it.
    fn cancel(&mut self, number: u64) {
        // If it has ended meanwhile, the next window finds out.
        let _ = self.requests.send(Request::Cancel(number));
        if self.cancelled.replace(number).is_none() {
            self.silent_for = Duration::ZERO;
        }
    }

    /// Whether it is to answer no more, after another turn without a word from it.
    fn is_hung(&mut self) -> bool {
        self.silent_for += POLL_INTERVAL;
        let patience = match self.cancelled {
            Some(_) => CANCEL_TIMEOUT,
            None => HANG_TIMEOUT,
        };
        self.silent_for > patience
    }

    /// Ends it, and tells how it had ended.
    fn kill(&mut self) -> String {
        // It closes its pipes a moment before it can be asked.
        let _ = self.process.kill();
        match self.process.wait() {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        // Nobody asks any more: the one thread has nothing to wait for, the other nothing to read.
        self.requests = unbounded().0;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
