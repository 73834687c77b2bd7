//! The stages of a session, and what a take consists of after its review.

use crate::analysis::Feedback;
use crate::domain::caption::Caption;
use crate::domain::take::{Take, TakeId};
use crate::domain::time::Secs;

/// The stage that a session is in.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// The user has not started the current part.
    Ready,
    /// 3-2-1, while the microphone opens.
    CountIn {
        /// The take that follows.
        take: TakeId,
        /// Time left. Stays at zero until the microphone is open.
        left: Secs,
        /// Whether the microphone is open.
        microphone_open: bool,
    },
    /// The user speaks.
    Answering {
        /// The take so far.
        take: Take,
        /// Length of the recorded audio.
        elapsed: Secs,
        /// The live transcription so far. Its final words do not change.
        caption: Caption,
        /// Which of the planned phrases were recognized so far, in story order. Never cleared during a take.
        said: Vec<bool>,
    },
    /// The recording is over, the transcription is not.
    Transcribing {
        /// The take.
        take: Take,
        /// From 0 to 1; `None` until the recording is complete on disk.
        progress: Option<f32>,
    },
    /// The recording is saved, but the transcription failed.
    Untranscribed {
        /// The take.
        take: Take,
        /// The reason, in a sentence.
        why: String,
    },
    /// Feedback on the newest take of the current part.
    Review,
    /// All parts side by side.
    Summary,
}

/// The phase of a mock interview. There is no feedback while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InterviewPhase {
    /// Each answer is followed by the next question.
    Running,
    /// All questions were asked, or the user ended the interview. Further takes are practice.
    Finished,
}

/// A take and its feedback.
#[derive(Debug, Clone, PartialEq)]
pub struct Reviewed {
    /// The take.
    pub take: Take,
    /// The feedback on it.
    pub feedback: Feedback,
}
