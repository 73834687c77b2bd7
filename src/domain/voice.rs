//! Voice measurements of a take, as plain data. `acoustics` computes them.
//!
//! Pauses come from these measurements and never from word times, because a recognizer stretches words over
//! silence.

use serde::{Deserialize, Serialize};

use super::time::{Secs, Span};

/// Sample rate of all analyzed audio (mono).
pub const ANALYSIS_RATE_HZ: u32 = 16_000;

/// Shorter silences are articulation, not pauses (Hincks 2005; Goldman-Eisler 1968).
pub const SHORTEST_PAUSE: Secs = 0.25;

/// Voice measurements of a take.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Voice {
    /// Spans of speech, in order and without overlap; everything between them is silence.
    pub speech: Vec<Span>,
    /// RMS level over the speech, in dBFS; `None` without speech.
    pub speech_dbfs: Option<f64>,
    /// Difference between loud and soft speech, in dB; `None` if there is too little speech.
    #[serde(default)]
    pub loudness_range_db: Option<f64>,
    /// Pitch statistics; `None` if there is too little voiced speech.
    #[serde(default)]
    pub pitch: Option<Pitch>,
    /// Possible filled pauses, ordered by start.
    #[serde(default, rename = "sounds")]
    pub filled_pause_candidates: Vec<FilledPauseCandidate>,
}

/// Pitch statistics of a take.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pitch {
    /// Median of the voiced frames.
    pub median_hz: f64,
    /// Standard deviation of the voiced frames around the median, in semitones (Hincks 2005).
    pub sd_semitones: f64,
}

/// A stretch of audio that may be a filled pause.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FilledPauseCandidate {
    /// Start in the take.
    pub start: Secs,
    /// End in the take.
    pub end: Secs,
    /// Why it is a candidate.
    #[serde(rename = "shape")]
    pub kind: CandidateKind,
    /// Median pitch; `None` if no frame is voiced.
    pub pitch_hz: Option<f64>,
    /// Standard deviation of the pitch, in semitones.
    pub pitch_sd_semitones: f64,
    /// Median level relative to the loud frames of the voice.
    pub level_db: f64,
    /// Share of its frames that are voiced.
    pub voiced: f64,
    /// Share of its frames that are a murmur, as in an "m".
    pub murmur: f64,
    /// Share of its second half that is a murmur: high if it ends in an "m".
    pub closing: f64,
    /// Share of the energy of the other frames at 465-1640 Hz, as in a neutral vowel.
    pub vowel: f64,
    /// Share of the energy above 2380 Hz, as in an "s".
    pub hiss: f64,
}

/// Why a stretch is a filled-pause candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CandidateKind {
    /// Pitch and spectrum hardly change.
    #[serde(rename = "steady")]
    Sustained,
    /// A short sound between two silences.
    #[serde(rename = "alone")]
    Isolated,
}

impl FilledPauseCandidate {
    /// The span in the take.
    pub fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }
}

/// Silences of at least `min` seconds between the spans of `speech`.
pub fn pauses(speech: &[Span], min: Secs) -> Vec<Span> {
    speech
        .windows(2)
        .map(|pair| Span::new(pair[0].end, pair[1].start))
        .filter(|pause| pause.len() >= min)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_the_long_gaps_between_speech() {
        let speech = [(0.5, 2.0), (2.1, 3.0), (4.5, 5.0)].map(|(a, b)| Span::new(a, b));
        assert_eq!(pauses(&speech, 0.25), [Span::new(3.0, 4.5)]);
        assert_eq!(pauses(&[], 0.25), []);
    }
}
