//! Synthesizes the chime that marks a target.

use std::f64::consts::TAU;

use crate::acoustics::ANALYSIS_RATE_HZ;

const SECONDS: f64 = 0.35;
/// A5, high enough for small loudspeakers, with its octave.
const PITCH_HZ: f64 = 880.0;
/// -30 dBFS.
const PEAK: f64 = 0.032;

/// A 16 kHz tone with a quick attack and a slow decay.
pub fn chime() -> Vec<f32> {
    let rate = f64::from(ANALYSIS_RATE_HZ);
    let count = (SECONDS * rate) as usize;
    let sample = |at: usize| {
        let time = at as f64 / rate;
        let attack = (time / 0.02).min(1.0);
        let decay = (1.0 - time / SECONDS).powi(2);
        let tone = 0.8 * (TAU * PITCH_HZ * time).sin() + 0.2 * (2.0 * TAU * PITCH_HZ * time).sin();
        (PEAK * attack * decay * tone) as f32
    };
    (0..count).map(sample).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chime_is_soft_and_starts_and_ends_in_silence() {
        let chime_samples = chime();
        let loudest = chime_samples
            .iter()
            .fold(0.0, |peak: f32, sample| peak.max(sample.abs()));
        assert!((0.02..0.032).contains(&loudest), "{loudest}");
        assert!(
            chime_samples[0].abs() < 1e-4 && chime_samples[chime_samples.len() - 1].abs() < 1e-4
        );
    }
}
