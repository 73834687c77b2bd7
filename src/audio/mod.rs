//! Sound in and out: microphones, recordings, files, loudspeaker. Everything that leaves this module as samples
//! is 16 kHz, one channel, -1 to 1. Knows nothing of stories, sessions or words.

pub mod aloud;
mod arrivals;
mod cue;
pub mod downmix;
mod intake;
pub mod mic;
pub mod mishaps;
mod opening;
pub mod playback;
#[cfg(target_os = "linux")]
mod pulse_cookie;
pub mod read;
pub mod recorder;
mod recording;
pub mod resample;
pub mod speaker;
pub mod stretch;
pub mod take_file;
mod writing;

pub use aloud::Aloud;
pub use cue::cue;
pub use mic::{MicError, Microphone, Pace, Source, microphones};
pub use mishaps::{Hearing, Mishaps};
pub use playback::{Played, Player, SPEEDS};
pub use read::{ReadError, Recording, read};
pub use recorder::{Happened, RecordError, Recorder};
pub use speaker::PlayError;
pub use take_file::mend_take;
