//! What the caller asks the recorder to record: a microphone or a file, and which of its channels.

use std::path::PathBuf;

use crate::audio::channels::rule::ChannelRule;
use crate::audio::microphones::device::KnownMicrophone;

/// Where the audio of an answer comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AudioSource {
    /// The system's default microphone.
    Default,
    /// A microphone by its id, its name, or a part of one that only one microphone has.
    Device(String),
    /// A microphone that was chosen earlier.
    Chosen(KnownMicrophone),
    /// A file instead of a microphone, from its start at each take.
    File(PathBuf, FilePacing),
}

/// How fast a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilePacing {
    /// At its own speed.
    RealTime,
    /// As fast as the capture thread can process it.
    Unthrottled,
}

/// A source and which of its channels are recorded.
#[derive(Debug, Clone)]
pub struct InputRequest {
    /// The microphone or the file.
    pub source: AudioSource,
    /// Its channels.
    pub channels: ChannelRule,
}

impl From<AudioSource> for InputRequest {
    fn from(source: AudioSource) -> Self {
        Self {
            source,
            channels: ChannelRule::default(),
        }
    }
}

/// Which microphone to open.
#[derive(Debug, Clone)]
pub(super) enum DeviceChoice {
    Default,
    Named(String),
    Known(KnownMicrophone),
}
