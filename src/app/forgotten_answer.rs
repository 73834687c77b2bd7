//! Ends an answer that the user has forgotten to stop. It would go on until the disk is full.

use crate::domain::time::Secs;
use crate::practice::session::Stage;

/// Six times the longest target of a story.
pub(super) const LONGEST_ANSWER: Secs = 3600.0;

/// What to tell the user if the answer must end now.
pub(super) fn reason_to_stop(stage: &Stage) -> Option<String> {
    match stage {
        Stage::Answering { elapsed, .. } if *elapsed >= LONGEST_ANSWER => {
            Some("the answer was stopped after an hour; the recording is saved".to_owned())
        }
        _ => None,
    }
}
