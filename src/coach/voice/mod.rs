//! What the audio says by itself, before any word is known: where speech is, how loud, what was cut
//! off. Pauses come from here and never from word times, which a recogniser stretches over silence.

use serde::{Deserialize, Serialize};

use super::time::{Secs, Span};

mod edges;
mod frames;

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
}

impl Voice {
    /// Facts of `samples` (16 kHz, mono, -1 to 1), where `coarse` says about when someone speaks.
    pub fn measure(samples: &[f32], coarse: Vec<Span>) -> Self {
        let frames = frames::frames(samples);
        let speech = edges::refine(&frames, &coarse);
        let speech_dbfs = speech_dbfs(samples, &speech);
        Self {
            speech,
            speech_dbfs,
        }
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

/// Level of the samples in dB below full scale, -120 at the least.
pub fn rms_dbfs(samples: &[f32]) -> f64 {
    let energy: f64 = samples.iter().map(|s| f64::from(*s).powi(2)).sum();
    let mean = energy / samples.len().max(1) as f64;
    (10.0 * mean.log10()).max(-120.0)
}

fn speech_dbfs(samples: &[f32], speech: &[Span]) -> Option<f64> {
    let index = |at: Secs| ((at * f64::from(ANALYSIS_RATE_HZ)) as usize).min(samples.len());
    let voiced: Vec<f32> = speech
        .iter()
        .flat_map(|span| &samples[index(span.start)..index(span.end)])
        .copied()
        .collect();
    (!voiced.is_empty()).then(|| rms_dbfs(&voiced))
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

    #[test]
    fn half_of_full_scale_is_six_decibels_down() {
        assert!((rms_dbfs(&[0.5, -0.5]) + 6.02).abs() < 0.01);
        assert_eq!(rms_dbfs(&[]), -120.0);
    }
}
