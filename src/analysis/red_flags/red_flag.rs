//! A red flag with the words that raise it.

use serde::Serialize;

use crate::analysis::finding::RedFlagKind;
use crate::analysis::quote::Quote;
use crate::domain::time::Secs;

/// A red flag that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RedFlag {
    /// Its kind.
    #[serde(rename = "kind")]
    pub flag: RedFlagKind,
    /// The words that raise it.
    pub said: String,
    /// Whether it alone speaks against a hire.
    pub fatal: bool,
    /// Start of these words.
    pub start: Secs,
    /// End of these words.
    pub end: Secs,
}

impl RedFlag {
    /// A flag of this kind that does not decide by itself.
    pub(crate) fn new(flag: RedFlagKind, quote: Quote) -> Self {
        Self {
            flag,
            said: quote.text,
            fatal: false,
            start: quote.start,
            end: quote.end,
        }
    }

    /// The words that raise it.
    pub fn quote(&self) -> Quote {
        Quote {
            text: self.said.clone(),
            start: self.start,
            end: self.end,
        }
    }
}
