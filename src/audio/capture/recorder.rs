//! Owns the capture thread: starts it, sends it commands and joins it. Knows nothing of sessions.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use super::capture_loop::CaptureLoop;
use super::input::InputSource;
use super::message::{Command, RecordError, RecorderEvent, SampleSink};
use super::source::InputRequest;

/// Handle of the capture thread. Dropping it completes the take being written, then closes the input.
pub struct Recorder {
    commands: Option<SyncSender<Command>>,
    thread: Option<JoinHandle<()>>,
}

impl Recorder {
    /// Opens an input. `emit` is called on the capture thread.
    pub fn open(
        request: impl Into<InputRequest>,
        emit: impl Fn(RecorderEvent) + Send + 'static,
    ) -> io::Result<Self> {
        let InputRequest { source, channels } = request.into();
        let (commands, inbox) = sync_channel(4);
        let thread = std::thread::Builder::new()
            .name("recorder".to_owned())
            .spawn(move || {
                let work = AssertUnwindSafe(|| match InputSource::open(&source) {
                    Ok(input) => CaptureLoop::new(input, channels, &emit).run(&inbox),
                    Err(error) => emit(RecorderEvent::Failed(error)),
                });
                // The session waits for a last event, even after a panic.
                if catch_unwind(work).is_err() {
                    emit(RecorderEvent::Failed(RecordError::ThreadPanicked));
                }
            })?;
        Ok(Self {
            commands: Some(commands),
            thread: Some(thread),
        })
    }

    /// Starts to write a take to `path`, including a short pre-roll, and passes its samples to `sink`.
    pub fn begin(&self, path: PathBuf, sink: SampleSink) {
        self.send(Command::Begin(path, sink));
    }

    /// Passes samples to `sink` without a take; nothing is written.
    pub fn monitor(&self, sink: SampleSink) {
        self.send(Command::Monitor(sink));
    }

    /// Ends the take: [`RecorderEvent::Saved`] follows, or nothing if no take was started.
    pub fn end(&self) {
        self.send(Command::End);
    }

    fn send(&self, command: Command) {
        // If the thread has ended, its last event has said why.
        if let Some(commands) = &self.commands {
            let _ = commands.send(command);
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
