//! The recorder: an open source of sound on a thread of its own, and what it tells, in the past tense.
//! Knows nothing of sessions; `recording.rs` is what the thread does.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Instant;

use super::capture_loop::CaptureLoop;
use super::capture_report::{CaptureReport, InputSignal};
use super::input::InputSource;
use super::input_device::{AudioSource, MicError};
use crate::audio::decode::DecodeError;
use crate::audio::resample::RateError;
use crate::domain::take::Audio;
use crate::domain::time::Secs;

/// What a recorder tells.
#[derive(Debug)]
pub enum RecorderEvent {
    /// Sound arrives.
    Listening,
    /// The last tenth of a second, in dB below full scale.
    Level(f64),
    /// So much of the take is written.
    Recorded(Secs),
    /// In a take: what of the microphone is heard is another than before.
    SignalChanged(InputSignal),
    /// The take is whole on disk. Nothing follows.
    Saved {
        /// What it holds.
        audio: Audio,
        /// When its last sample arrived.
        ended: Instant,
        /// What ended it, where it was not asked to end.
        cut_short: Option<RecordError>,
        /// What befell the microphone, if anything.
        mishaps: CaptureReport,
    },
    /// There is no take. Nothing follows.
    Failed(RecordError),
}

/// Why a recording ended, or never began.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The microphone's fault.
    #[error(transparent)]
    Mic(#[from] MicError),
    /// The file that plays the microphone cannot be read.
    #[error(transparent)]
    File(#[from] DecodeError),
    /// The microphone's rate is out of reach.
    #[error("the microphone cannot be used: {0}")]
    Rate(#[from] RateError),
    /// Our own fault.
    #[error("the recorder broke: what was recorded is on the disk. Start again, and report it")]
    ThreadPanicked,
    /// The disk's fault.
    #[error("the take cannot be written to {path}: {why}. Make room or choose another folder with --data", path = path.display())]
    Disk {
        /// The take's file.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
}

/// An open source of sound on a thread of its own. Closes it when dropped; a take that is being
/// written is completed first.
pub struct Recorder {
    commands: Option<SyncSender<Command>>,
    thread: Option<JoinHandle<()>>,
}

/// Is handed every sample of a take, just as it is written; dropped behind the last one.
pub type SampleSink = Box<dyn FnMut(&[f32]) + Send>;

pub(crate) enum Command {
    Begin(PathBuf, SampleSink),
    Monitor(SampleSink),
    End,
}

impl Recorder {
    /// Opens `source`; `tell` is called on the recorder's thread.
    pub fn open(
        source: AudioSource,
        tell: impl Fn(RecorderEvent) + Send + 'static,
    ) -> io::Result<Self> {
        let (commands, inbox) = sync_channel(4);
        let thread = std::thread::Builder::new()
            .name("recorder".to_owned())
            .spawn(move || {
                let work = AssertUnwindSafe(|| match InputSource::open(&source) {
                    Ok(intake) => CaptureLoop::new(intake, &tell).run(&inbox),
                    Err(error) => tell(RecorderEvent::Failed(error)),
                });
                // A defect here must not leave a session that waits for ever.
                if catch_unwind(work).is_err() {
                    tell(RecorderEvent::Failed(RecordError::ThreadPanicked));
                }
            })?;
        Ok(Self {
            commands: Some(commands),
            thread: Some(thread),
        })
    }

    /// Begins to write a take to `path`, from a moment before now, with `ear` listening.
    pub fn begin(&self, path: PathBuf, ear: SampleSink) {
        self.command(Command::Begin(path, ear));
    }

    /// Lets `ear` hear what comes from now on without a take: nothing is written.
    pub fn monitor(&self, ear: SampleSink) {
        self.command(Command::Monitor(ear));
    }

    /// Ends the take: `Saved` follows, or nothing where none was begun.
    pub fn end(&self) {
        self.command(Command::End);
    }

    fn command(&self, command: Command) {
        // A recorder that is gone has said why.
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
