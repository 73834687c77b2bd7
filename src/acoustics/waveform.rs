//! How the sound of a take looks from afar: its loudest sample, stretch by stretch.

use super::ANALYSIS_RATE_HZ;
use crate::domain::time::Secs;

/// More stretches than a wide window has points for; of a short take fewer.
const MOST: usize = 2_400;
/// No stretch is shorter: two periods of a low voice.
const SHORTEST: usize = ANALYSIS_RATE_HZ as usize / 50;

/// The outline of a take.
#[derive(Debug, Clone, PartialEq)]
pub struct Waveform {
    /// How long the take is.
    pub seconds: Secs,
    /// How long each stretch is; the last may be shorter.
    pub step: Secs,
    /// The loudest sample of each, 0 to 1.
    pub heights: Vec<f32>,
}

/// The outline of 16 kHz sound.
pub fn peaks(samples: &[f32]) -> Waveform {
    let rate = f64::from(ANALYSIS_RATE_HZ);
    let length = samples.len().div_ceil(MOST).max(SHORTEST);
    let loudest = |stretch: &[f32]| {
        let heights = stretch.iter().map(|sample| sample.abs());
        heights.fold(0.0_f32, f32::max).min(1.0)
    };
    Waveform {
        seconds: samples.len() as f64 / rate,
        step: length as f64 / rate,
        heights: samples.chunks(length).map(loudest).collect(),
    }
}

impl Waveform {
    /// The loudest sample from one time to another; 0 where there is none.
    pub fn between(&self, from: Secs, to: Secs) -> f32 {
        let place = |at: Secs| (at / self.step).max(0.0);
        let first = (place(from).floor() as usize).min(self.heights.len());
        let end = (place(to).ceil() as usize).clamp(first, self.heights.len());
        self.heights[first..end].iter().copied().fold(0.0, f32::max)
    }

    /// The loudest of all.
    pub fn highest(&self) -> f32 {
        self.heights.iter().copied().fold(0.0, f32::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_loud_is_high_where_it_is() {
        let mut samples = vec![0.1; 16_000 * 3];
        samples[20_000] = -0.8;
        samples[47_999] = 1.5;
        let peaks = peaks(&samples);
        assert_eq!((peaks.seconds, peaks.step), (3.0, 0.02));
        assert_eq!(peaks.heights.len(), 150);
        assert_eq!(peaks.between(1.0, 1.5), 0.8);
        assert_eq!(peaks.between(1.3, 1.5), 0.1);
        assert_eq!((peaks.between(2.99, 9.0), peaks.highest()), (1.0, 1.0));
        assert_eq!(peaks.between(5.0, 9.0), 0.0);
        assert_eq!(peaks.between(-2.0, 0.01), 0.1);
    }

    #[test]
    fn an_hour_is_no_finer_than_a_window_and_nothing_is_nothing() {
        let hour = peaks(&vec![0.5; 16_000 * 600]);
        assert_eq!(hour.heights.len(), MOST);
        assert!((hour.step * MOST as f64 - 600.0).abs() < 0.01);
        let nothing = peaks(&[]);
        assert_eq!((nothing.heights.len(), nothing.between(0.0, 1.0)), (0, 0.0));
    }
}
