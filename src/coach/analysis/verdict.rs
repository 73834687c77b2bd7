//! Where an interviewer would lean. As yet only whether there was enough to go by; the rules come
//! with the readings they rest on.

use serde::{Serialize, Serializer};

use crate::coach::transcript::Transcript;

/// Fewer words than this say nothing about the speaker.
const ENOUGH_WORDS: usize = 8;

/// A verdict with its reasons.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// `None` where it is not judged yet.
    pub lean: Option<Lean>,
    /// Why, in sentences.
    pub because: Vec<String>,
}

/// Where an interviewer would lean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lean {
    /// There was too little to go by.
    NotEnoughHeard,
}

impl Serialize for Lean {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Lean::NotEnoughHeard => "not enough heard",
        })
    }
}

/// Judges what was said.
pub fn read(transcript: &Transcript) -> Verdict {
    let words = transcript.words.len();
    if words >= ENOUGH_WORDS {
        return Verdict {
            lean: None,
            because: Vec::new(),
        };
    }
    Verdict {
        lean: Some(Lean::NotEnoughHeard),
        because: vec![match words {
            0 => "No speech was heard.".to_owned(),
            1 => "Only one word was heard.".to_owned(),
            _ => format!("Only {words} words were heard."),
        }],
    }
}
