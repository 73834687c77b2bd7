//! Runs the recognizer in a subprocess. If ggml aborts or hits an illegal instruction, only that process
//! ends, and a new one decodes the window again. Cancelled windows are not awaited.

use std::io::{self, BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};

use super::protocol::{Request, Response, receive, send};
use super::{DecodeParams, EngineError, Recognizer, Segment};
use crate::domain::model_source::ModelSource;

/// How often a waiting call polls `keep_going`.
const POLL_INTERVAL: Duration = Duration::from_millis(10);
/// Attempts per window before the window is considered the cause of the crash.
const MAX_ATTEMPTS: usize = 2;
/// A process without a response for this long hangs. It sends a heartbeat every second, except during an
/// encoder pass, which is much shorter than this.
const HANG_TIMEOUT: Duration = Duration::from_secs(120);
/// A process that does not stop a cancelled window within this time hangs, too. A wrong guess only costs
/// loading the model.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(5);

/// A recognizer in another process.
pub struct SubprocessRecognizer {
    program: PathBuf,
    model: ModelSource,
    threads: u32,
    name: String,
    /// `None` after it exited, until it is needed again.
    process: Option<Process>,
    /// Number of windows requested so far.
    requests_sent: u64,
    remote_cpu_time: Duration,
}

/// Why a process returned no result.
enum NoReply {
    Cancelled,
    /// It exited: exit status or reason.
    Exited(String),
}

impl SubprocessRecognizer {
    /// Starts the process and waits until it has loaded the model.
    pub fn start(program: &Path, model: &ModelSource, threads: u32) -> Result<Self, EngineError> {
        let process = Process::start(program, model, threads)?;
        let Ok(Response::Ready(name)) = process.responses.recv() else {
            // A file that passes all checks can still crash whisper.cpp.
            return Err(EngineError::Model(model.path().to_owned()));
        };
        Ok(Self {
            program: program.to_owned(),
            model: model.clone(),
            threads,
            name,
            process: Some(process),
            requests_sent: 0,
            remote_cpu_time: Duration::ZERO,
        })
    }

    /// Requests a window and waits for its tokens.
    fn request(
        &mut self,
        samples: &[f32],
        params: DecodeParams,
        keep_going: &mut dyn FnMut() -> bool,
    ) -> Result<Result<Vec<Segment>, NoReply>, EngineError> {
        self.requests_sent += 1;
        let number = self.requests_sent;
        let process = match &mut self.process {
            Some(process) => process,
            none => none.insert(Process::start(&self.program, &self.model, self.threads)?),
        };
        let request = Request::Decode {
            number,
            samples: samples.to_owned(),
            audio_context: params.audio_context,
            beam_size: params.beam_size,
            prompt: params.prompt.to_owned(),
        };
        if process.requests.send(request).is_err() {
            return Ok(Err(NoReply::Exited(process.kill())));
        }
        loop {
            if !keep_going() {
                process.cancel(number);
                return Ok(Err(NoReply::Cancelled));
            }
            let response = process.responses.recv_timeout(POLL_INTERVAL);
            if response.is_ok() {
                process.silent_for = Duration::ZERO;
            }
            match response {
                Ok(Response::Decoded(answered, decoded, cpu)) => {
                    self.remote_cpu_time += cpu;
                    process
                        .cancelled
                        .take_if(|cancelled| *cancelled <= answered);
                    // Responses to cancelled windows are ignored.
                    if answered == number {
                        return decoded.map(Ok);
                    }
                }
                Ok(Response::Ready(_) | Response::Heartbeat) => {}
                Ok(Response::LoadFailed) => {
                    return Err(EngineError::Model(self.model.path().to_owned()));
                }
                Err(RecvTimeoutError::Timeout) if process.is_hung() => {
                    process.kill();
                    let reason = "no response".to_owned();
                    return Ok(Err(NoReply::Exited(reason)));
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
        self.remote_cpu_time
    }

    fn decode(
        &mut self,
        samples: &[f32],
        params: DecodeParams,
        keep_going: &mut dyn FnMut() -> bool,
    ) -> Result<Vec<Segment>, EngineError> {
        let mut last_status = String::new();
        for _ in 0..MAX_ATTEMPTS {
            match self.request(samples, params, keep_going)? {
                Ok(segments) => return Ok(segments),
                Err(NoReply::Cancelled) => return Err(EngineError::Cancelled),
                Err(NoReply::Exited(status)) => {
                    self.process = None;
                    last_status = status;
                }
            }
        }
        Err(EngineError::Crashed(last_status))
    }
}

/// A running process. Dropping it kills it: it has nothing to save.
struct Process {
    process: Child,
    /// A window exceeds the capacity of a pipe, and a hanging process does not read. So a separate thread
    /// writes requests.
    requests: Sender<Request>,
    responses: Receiver<Response>,
    /// The last cancelled window, until its response arrives.
    cancelled: Option<u64>,
    /// Time spent waiting since the last response. It counts polls, because both processes may have been
    /// suspended.
    silent_for: Duration,
    threads: Vec<JoinHandle<()>>,
}

impl Process {
    fn start(program: &Path, model: &ModelSource, threads: u32) -> Result<Self, EngineError> {
        Self::spawn(program, model, threads)
            .map_err(|why| EngineError::SpawnFailed(program.to_owned(), why.to_string()))
    }

    fn spawn(program: &Path, model: &ModelSource, threads: u32) -> io::Result<Self> {
        let mut command = Command::new(program);
        command
            .arg("recogniser")
            .arg(threads.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // ggml's abort message does not help users. It must also not start a debugger, which writes to
            // stdout and takes seconds.
            .stderr(Stdio::null())
            .env("GGML_NO_BACKTRACE", "1");
        // Without a path, it uses the model in the program, which is the same program.
        if let ModelSource::File(path) = model {
            command.arg(path);
        }
        // Ctrl-C in a terminal must only reach the program, which still needs the recognizer then.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut process = command.spawn()?;
        let pipes = (process.stdin.take(), process.stdout.take());
        let (Some(stdin), Some(stdout)) = pipes else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let (requests, pending_requests) = unbounded();
        let (response_sender, responses) = unbounded();
        let mut running = Self {
            process,
            requests,
            responses,
            cancelled: None,
            silent_for: Duration::ZERO,
            threads: Vec::new(),
        };
        running.spawn_thread("requests", move || {
            let mut stdin = BufWriter::new(stdin);
            for request in pending_requests {
                if send(&mut stdin, &request).is_err() {
                    return;
                }
            }
        })?;
        running.spawn_thread("responses", move || {
            let mut stdout = BufReader::new(stdout);
            while let Ok(response) = receive(&mut stdout) {
                if response_sender.send(response).is_err() {
                    return;
                }
            }
        })?;
        Ok(running)
    }

    fn spawn_thread(&mut self, name: &str, run: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let thread = std::thread::Builder::new().name(name.to_owned());
        self.threads.push(thread.spawn(run)?);
        Ok(())
    }

    /// Cancels a window and all before it.
    fn cancel(&mut self, number: u64) {
        // If the process has exited meanwhile, the next request finds out.
        let _ = self.requests.send(Request::Cancel(number));
        if self.cancelled.replace(number).is_none() {
            self.silent_for = Duration::ZERO;
        }
    }

    /// Records one poll without a response and returns whether the process hangs.
    fn is_hung(&mut self) -> bool {
        self.silent_for += POLL_INTERVAL;
        let timeout = match self.cancelled {
            Some(_) => CANCEL_TIMEOUT,
            None => HANG_TIMEOUT,
        };
        self.silent_for > timeout
    }

    /// Kills the process and returns its exit status.
    fn kill(&mut self) -> String {
        // An exiting process closes its pipes before its status is available.
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
        // Closes the channel, so that both threads end.
        self.requests = unbounded().0;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
