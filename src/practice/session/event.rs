//! Inputs of a session: requests of the user, and facts from the recorder, the recognizer and the clock.

use crate::analysis::Measurements;
use crate::domain::caption::Caption;
use crate::domain::start_time::StartTime;
use crate::domain::take::{Audio, TakeId, Transcription};
use crate::domain::time::Secs;

/// A request of the user.
#[derive(Debug, Clone, PartialEq)]
pub enum SessionRequest {
    /// Start a take of the current part now; in a review, another take.
    Start(TakeId, Option<StartTime>),
    /// End the answer.
    Stop,
    /// Leave the count-in, the answer or the transcription. The recording is saved.
    Cancel,
    /// Try the transcription again.
    Retry,
    /// Go to the next part, or to the summary.
    Next,
    /// Go to a part, by its index in the session.
    GoTo(usize),
    /// Go to the summary.
    Finish,
}

/// Something that has happened. The session ignores an event that belongs to another take.
#[derive(Debug, Clone, PartialEq)]
pub enum SessionEvent {
    /// This much time passed. Only the count-in uses it.
    Ticked(Secs),
    /// The microphone is open.
    MicrophoneOpened(TakeId),
    /// This much of the answer is recorded.
    Recorded(TakeId, Secs),
    /// The live transcription of the answer so far.
    Captioned(TakeId, Caption),
    /// The measurements that the take would have if it ended now.
    Predicted(TakeId, Box<Measurements>),
    /// The recording is complete on disk.
    RecordingSaved(TakeId, Audio),
    /// There is no recording: the microphone could not be opened, or delivered no audio.
    RecordingFailed(TakeId),
    /// This share of the take is transcribed, from 0 to 1.
    Progressed(TakeId, f32),
    /// The take is transcribed.
    Transcribed(TakeId, Box<Transcription>),
    /// The take could not be transcribed, for this reason.
    TranscriptionFailed(TakeId, String),
}
