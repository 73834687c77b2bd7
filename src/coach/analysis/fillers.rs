//! Fillers among the words. Those the recogniser leaves out are not found yet.

use serde::Serialize;

use super::finding::{Finding, Noticed, Severity};
use crate::coach::profile::{Band, Profile};
use crate::coach::time::Secs;
use crate::coach::transcript::Transcript;

/// Sounds that are never words.
const SOUNDS: [&str; 12] = [
    "um", "umm", "uhm", "uh", "uhh", "er", "err", "erm", "hmm", "mm", "ah", "ahh",
];
/// Words that fill wherever they stand.
const WORDS: [&[&str]; 6] = [
    &["you", "know"],
    &["sort", "of"],
    &["kind", "of"],
    &["i", "mean"],
    &["basically"],
    &["actually"],
];

/// A word or sound that only fills.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Filler {
    /// As it was said.
    pub text: String,
    /// Where it begins.
    pub start: Secs,
    /// Where it ends.
    pub end: Secs,
    /// Whether a word or the sound itself shows it.
    pub from: Origin,
    /// How sure the reading is, 0 to 1.
    pub confidence: f32,
}

/// What shows a filler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The recogniser wrote it.
    Word,
    /// It was found in the audio.
    Sound,
}

/// Finds the fillers among the words.
pub fn read(transcript: &Transcript) -> Vec<Filler> {
    let plain: Vec<String> = transcript.words.iter().map(|w| w.plain()).collect();
    let mut fillers = Vec::new();
    let mut at = 0;
    while at < plain.len() {
        let length = match length_at(&plain[at..]) {
            Some(length) => length,
            None if fills_as_like(transcript, at) => 1,
            None => {
                at += 1;
                continue;
            }
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

/// What is worth saying about how many there are.
pub fn findings(fillers: &[Filler], transcript: &Transcript, profile: &Profile) -> Vec<Finding> {
    let Some(whole) = transcript.span() else {
        return Vec::new();
    };
    let count = fillers.len();
    let per_minute = 60.0 * count as f64 / whole.len().max(1.0);
    let quiet = [0.0, profile.fillers_quiet_per_minute];
    let red = [0.0, profile.fillers_red_per_minute];
    match Band::of(per_minute, quiet, red) {
        // One or two in a short take are a rate by arithmetic only.
        Band::Quiet => Vec::new(),
        _ if count < 3 => Vec::new(),
        band => vec![Finding::new(
            Noticed::Fillers { count, per_minute },
            Severity::of(band),
            whole,
        )],
    }
}

fn length_at(plain: &[String]) -> Option<usize> {
    if SOUNDS.contains(&plain[0].as_str()) {
        return Some(1);
    }
    WORDS
        .iter()
        .find(|words| plain.len() >= words.len() && words.iter().zip(plain).all(|(a, b)| a == b))
        .map(|words| words.len())
}

/// "like" fills where it is set off by commas; elsewhere it is most often a word.
fn fills_as_like(transcript: &Transcript, at: usize) -> bool {
    let comma_before = at > 0 && transcript.words[at - 1].text.ends_with(',');
    transcript.words[at].plain() == "like"
        && comma_before
        && transcript.words[at].text.ends_with(',')
}
