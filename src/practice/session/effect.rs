//! What a session asks the controller to do.

use crate::domain::take::{Take, TakeId};

/// A job for the controller.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Open the microphone for this take.
    OpenMicrophone(TakeId),
    /// Start writing the recording.
    BeginRecording(TakeId),
    /// End the recording, if there is one, and close the microphone.
    EndRecording(TakeId),
    /// Save the take in the take database.
    SaveTake(Box<Take>),
    /// Transcribe the take.
    Transcribe(TakeId),
    /// Cancel the transcription of the take.
    CancelTranscription(TakeId),
}
