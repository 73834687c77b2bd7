//! Facts about the audio of a take: plain data, measured by `acoustics`. Pauses come from these facts and
//! never from word times, which a recognizer stretches over silence.

use serde::{Deserialize, Serialize};

use super::time::{Secs, Span};

/// The rate of everything that is analysed, in samples a second, one channel.
pub const ANALYSIS_RATE_HZ: u32 = 16_000;

/// Silences shorter than this are articulation, not pauses (Hincks 2005; Goldman-Eisler 1968).
pub const SHORTEST_PAUSE: Secs = 0.25;

/// Facts about the audio of a take.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Voice {
    /// Where someone speaks, in order, without overlap; what lies between is silent.
    pub speech: Vec<Span>,
    /// Root mean square over the speech, in dB below full scale; `None` without speech.
    pub speech_dbfs: Option<f64>,
    /// How far the level of the speech moves, in dB; `None` for too little speech.
    #[serde(default)]
    pub loudness_range_db: Option<f64>,
    /// How the pitch moves; `None` for too little voice.
    #[serde(default)]
    pub pitch: Option<Pitch>,
    /// What may be a hesitation, in order of their starts.
    #[serde(default)]
    pub sounds: Vec<FilledPauseCandidate>,
}

/// How the voice moved over a take.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pitch {
    /// Median of the voiced frames.
    pub median_hz: f64,
    /// Standard deviation of the voiced frames about the median, in semitones (Hincks 2005).
    pub sd_semitones: f64,
}

/// A stretch that may be a hesitation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FilledPauseCandidate {
    /// Where it begins.
    pub start: Secs,
    /// Where it ends.
    pub end: Secs,
    /// What makes it one.
    pub shape: CandidateKind,
    /// Median of its pitch; `None` where it has no voice.
    pub pitch_hz: Option<f64>,
    /// Standard deviation of its pitch, in semitones.
    pub pitch_sd_semitones: f64,
    /// Its median level against the loud frames of the voice.
    pub level_db: f64,
    /// Share of its time that is voiced.
    pub voiced: f64,
    /// Share of its time that is murmured, as an "m" is.
    pub murmur: f64,
    /// Share of its second half that is murmured: it ends in an "m".
    pub closing: f64,
    /// Where it is not murmured: share of its energy at 465-1640 Hz, as in a vowel at rest.
    pub vowel: f64,
    /// Share of its energy above 2380 Hz, as in an "s".
    pub hiss: f64,
}

/// What makes a stretch stand out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CandidateKind {
    /// It stands still.
    Steady,
    /// It is short, between two silences.
    Alone,
}

impl FilledPauseCandidate {
    /// When it is.
    pub fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }
}

/// The silences of at least `at_least` seconds between stretches of speech.
pub fn pauses(speech: &[Span], at_least: Secs) -> Vec<Span> {
    speech
        .windows(2)
        .map(|pair| Span::new(pair[0].end, pair[1].start))
        .filter(|pause| pause.len() >= at_least)
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
