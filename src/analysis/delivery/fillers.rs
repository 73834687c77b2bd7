//! Fillers of an answer: hesitation sounds, and words that only fill.

use serde::Serialize;

use super::filler_words::WordContext;
use crate::analysis::finding::{Finding, FindingKind, Severity};
use crate::domain::profile::{Profile, Rating};
use crate::domain::time::Secs;
use crate::domain::transcript::Transcript;

/// Fewer fillers than this do not give a finding.
const MIN_FILLERS: usize = 3;

/// A filler word or a filled pause.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Filler {
    /// The filler as transcribed, or how it sounds.
    pub text: String,
    /// Start.
    pub start: Secs,
    /// End.
    pub end: Secs,
    /// Where it was found.
    pub from: Origin,
    /// Confidence, 0 to 1.
    pub confidence: f32,
}

/// Where a filler was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// In the transcript.
    Word,
    /// In the audio only.
    Sound,
}

/// Finds the fillers in the transcript.
pub fn find(transcript: &Transcript) -> Vec<Filler> {
    let words = WordContext::new(transcript);
    let mut fillers = Vec::new();
    let mut at = 0;
    while at < transcript.words.len() {
        let Some(length) = words.filler_at(at) else {
            at += 1;
            continue;
        };
        let (text, span) = transcript.quote(at, at + length - 1);
        let confidence = transcript.words[at..at + length]
            .iter()
            .map(|w| w.confidence)
            .fold(1.0, f32::min);
        fillers.push(Filler {
            text,
            start: span.start,
            end: span.end,
            from: Origin::Word,
            confidence,
        });
        at += length;
    }
    fillers
}

/// A finding about the number of fillers, if there are too many.
pub fn findings(fillers: &[Filler], transcript: &Transcript, profile: &Profile) -> Vec<Finding> {
    let Some(whole) = transcript.span() else {
        return Vec::new();
    };
    let count = fillers.len();
    let per_minute = per_minute(count, whole.len());
    let quiet = [0.0, profile.fillers_ok_per_minute];
    let red = [0.0, profile.fillers_red_per_minute];
    match Rating::from_ranges(per_minute, quiet, red) {
        // One or two fillers in a short take do not give a meaningful rate.
        Rating::Ok => Vec::new(),
        _ if count < MIN_FILLERS => Vec::new(),
        rating => vec![Finding::new(
            FindingKind::Fillers { count, per_minute },
            Severity::from_rating(rating),
            whole,
        )],
    }
}

/// Fillers per minute. Times under a second count as one second.
pub fn per_minute(count: usize, time: Secs) -> f64 {
    60.0 * count as f64 / time.max(1.0)
}
