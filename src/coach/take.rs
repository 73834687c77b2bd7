//! A take: one recording of one part of a story. Facts are kept here; what is judged of them is
//! computed anew each time, so that a better rule improves every take there is.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::story::{Level, Part};
use super::time::Secs;
use super::transcript::Transcript;
use super::voice::Voice;

/// Names a take and its files, such as `2026-11-23T18-04-09.120-situation`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TakeId(pub String);

/// What is known of a take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Take {
    /// Its name.
    pub id: TakeId,
    /// The story it belongs to.
    pub story: String,
    /// The part of the story that it answers.
    pub part: Part,
    /// The level it is judged at.
    pub level: Level,
    /// What the recorder or the file says of the audio.
    pub audio: Audio,
    /// What was heard in it; `None` until it was transcribed.
    pub heard: Option<Heard>,
}

/// What the recorder or the file says of the audio.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Audio {
    /// Its length.
    pub seconds: Secs,
    /// As it came in, before resampling.
    pub sample_rate_hz: u32,
    /// As it came in, before they were mixed to one.
    pub channels: u16,
    /// Frames at full scale, as they came in.
    pub clipped_samples: u64,
    /// Frames that the machine was too slow to take.
    pub lost_samples: u64,
}

/// What was heard in a take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    /// What the audio says by itself.
    pub voice: Voice,
    /// The words.
    pub transcript: Transcript,
    /// Who transcribed it, and at what cost.
    pub engine: EngineRun,
}

/// What a transcription took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EngineRun {
    /// Name of the model.
    pub model: String,
    /// Threads it ran on.
    pub threads: u32,
    /// Processor time of those threads; `None` where the system does not tell.
    pub cpu_seconds: Option<Secs>,
    /// Time on the clock.
    pub wall_seconds: Secs,
}

impl fmt::Display for TakeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
