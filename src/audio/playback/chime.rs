//! The soft sound that marks a target.

use std::f64::consts::TAU;

use crate::acoustics::ANALYSIS_RATE_HZ;

const SECONDS: f64 = 0.35;
/// A5, high enough for small loudspeakers, with its octave.
const PITCH_HZ: f64 = 880.0;
/// -30 dB of the loudest that can be.
const PEAK: f64 = 0.032;

/// 16 kHz: a tone that swells quickly and fades away.
pub fn chime() -> Vec<f32> {
    let rate = f64::from(ANALYSIS_RATE_HZ);
    let count = (SECONDS * rate) as usize;
    let sample = |at: usize| {
        let time = at as f64 / rate;
        let swell = (time / 0.02).min(1.0);
        let fade = (1.0 - time / SECONDS).powi(2);
        let tone = 0.8 * (TAU * PITCH_HZ * time).sin() + 0.2 * (2.0 * TAU * PITCH_HZ * time).sin();
        (PEAK * swell * fade * tone) as f32
    };
    (0..count).map(sample).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_soft_and_begins_and_ends_in_silence() {
        let cue = chime();
        let loudest = cue
            .iter()
            .fold(0.0, |most: f32, sample| most.max(sample.abs()));
        assert!((0.02..0.032).contains(&loudest), "{loudest}");
        assert!(cue[0].abs() < 1e-4 && cue[cue.len() - 1].abs() < 1e-4);
    }
}
