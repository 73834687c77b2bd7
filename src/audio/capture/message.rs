//! Owns what the capture thread and its handle exchange: commands, events and errors. Knows nothing of
//! threads and streams.

use std::io;
use std::path::PathBuf;
use std::time::Instant;

use super::capture_report::{CaptureReport, InputSignal};
use crate::audio::channels::note::ChannelNote;
use crate::audio::channels::rule::NoSuchChannel;
use crate::audio::decode::DecodeError;
use crate::audio::microphones::device::{KnownMicrophone, Microphone};
use crate::audio::microphones::error::MicError;
use crate::audio::resample::RateError;
use crate::domain::take::Audio;
use crate::domain::time::Secs;

/// Receives every sample of a take as it is written to the file. Dropped after the last one.
pub type SampleSink = Box<dyn FnMut(&[f32]) + Send>;

/// A request to the capture thread.
pub(super) enum Command {
    /// Start a take: write it to this file and pass its samples to the sink.
    Begin(PathBuf, SampleSink),
    /// Pass samples to the sink without a take; nothing is written.
    Monitor(SampleSink),
    /// End the take and the thread.
    End,
}

/// A microphone that was opened.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenedMicrophone {
    /// What the system says about it.
    pub microphone: Microphone,
    /// Its number of channels.
    pub channels: u16,
    /// The chosen channel, from 1; `None` if the sound decides.
    pub channel: Option<u16>,
    /// The microphone that was chosen earlier, if this is another one or has another id now.
    pub replaces: Option<KnownMicrophone>,
}

/// What happened on the capture thread.
#[derive(Debug)]
pub enum RecorderEvent {
    /// A microphone was opened.
    Opened(Box<OpenedMicrophone>),
    /// The first audio arrived.
    Listening,
    /// Level of the last 0.1 s, in dBFS.
    Level(f64),
    /// Level of each of several channels in the last 0.1 s, in dBFS.
    ChannelLevels(Vec<f64>),
    /// The channels carry different sound. Reported once.
    ChannelsDiffer(ChannelNote),
    /// Length of the take written so far.
    Recorded(Secs),
    /// During a take, the input signal was lost, went silent or came back.
    SignalChanged(InputSignal),
    /// The take is complete on disk. This is the last event.
    Saved {
        /// Facts about the recorded audio.
        audio: Audio,
        /// When the last sample arrived.
        ended: Instant,
        /// Why the take ended early; `None` if it ended on request.
        cut_short: Option<RecordError>,
        /// Problems of the microphone during the take.
        report: CaptureReport,
    },
    /// No take was recorded. This is the last event.
    Failed(RecordError),
}

/// Why a recording ended early or never started.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The microphone failed.
    #[error(transparent)]
    Mic(#[from] MicError),
    /// The file that replaces the microphone cannot be read.
    #[error(transparent)]
    File(#[from] DecodeError),
    /// A channel was chosen that the input does not have.
    #[error(transparent)]
    Channel(#[from] NoSuchChannel),
    /// The microphone's sample rate is not supported.
    #[error("cannot use the microphone: {0}")]
    Rate(#[from] RateError),
    /// The capture thread panicked.
    #[error("internal recorder error; the recording so far is saved. Please report this")]
    ThreadPanicked,
    /// The take cannot be written.
    #[error("cannot write take {path}: {why}. Free disk space, or choose another folder with --data", path = path.display())]
    Disk {
        /// The take's file.
        path: PathBuf,
        /// The system's error.
        why: io::Error,
    },
}
