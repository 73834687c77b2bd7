//! Words of the speaker, with their times.

use serde::Serialize;

use crate::domain::time::{Secs, Span};
use crate::domain::transcript::Transcript;

/// Words of the speaker, with their times.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quote {
    /// The words as the transcript has them.
    #[serde(rename = "said")]
    pub text: String,
    /// Start of the first word.
    pub start: Secs,
    /// End of the last word.
    pub end: Secs,
}

impl Quote {
    /// Quotes the words from `first` to `last`, both included.
    pub fn from_words(transcript: &Transcript, first: usize, last: usize) -> Self {
        let (said, span) = transcript.quote(first, last);
        Self {
            text: said,
            start: span.start,
            end: span.end,
        }
    }

    /// When the words were said.
    pub fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }
}
