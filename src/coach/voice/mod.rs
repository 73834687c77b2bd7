//! What the audio says by itself, before any word is known: where speech is, how loud, what was cut
//! off. Pauses come from here and never from word times, which a recogniser stretches over silence.

use serde::{Deserialize, Serialize};

use super::time::{Secs, Span};

mod edges;
mod frames;
mod growing;
mod input_level;
mod level;
mod meter;
pub mod peaks;
mod pitch;
mod sounds;

pub use input_level::InputLevel;
pub use level::rms_dbfs;
pub use meter::Meter;
pub use pitch::{Pitch, semitones};
pub use sounds::{Shape, Sound};

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
    pub sounds: Vec<Sound>,
}

impl Voice {
    /// Facts of `samples` (16 kHz, mono, -1 to 1), where `coarse` says about when someone speaks. What is
    /// heard by and by is measured by a [`Meter`], with the same result.
    pub fn measure(samples: &[f32], coarse: Vec<Span>) -> Self {
        let mut meter = Meter::new();
        meter.push(samples);
        meter.voice(&coarse)
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
    fn where_nobody_speaks_there_is_no_voice() {
        let noise: Vec<f32> = (0..48_000)
            .map(|i| ((i * 7919) % 97) as f32 / 970.0)
            .collect();
        assert_eq!(Voice::measure(&noise, Vec::new()), Voice::default());
    }

    #[test]
    fn pauses_are_the_long_gaps_between_speech() {
        let speech = [(0.5, 2.0), (2.1, 3.0), (4.5, 5.0)].map(|(a, b)| Span::new(a, b));
        assert_eq!(pauses(&speech, 0.25), [Span::new(3.0, 4.5)]);
        assert_eq!(pauses(&[], 0.25), []);
    }
}
