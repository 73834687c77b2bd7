//! Waveform overview of a take: the peak of each step.

use crate::domain::time::Secs;
use crate::domain::voice::ANALYSIS_RATE_HZ;

/// Maximum number of steps: more than a wide window has points. Short takes have fewer.
const MAX_STEPS: usize = 2_400;
/// Minimum step: two periods of a low voice.
const MIN_STEP_SAMPLES: usize = ANALYSIS_RATE_HZ as usize / 50;

/// Waveform overview of a take.
#[derive(Debug, Clone, PartialEq)]
pub struct Waveform {
    /// Length of the take.
    pub seconds: Secs,
    /// Length of each step; the last one may be shorter.
    pub step: Secs,
    /// Peak of each step, 0 to 1.
    pub peaks: Vec<f32>,
}

impl Waveform {
    /// Computes the overview of 16 kHz samples.
    pub fn from_samples(samples: &[f32]) -> Self {
        let rate = f64::from(ANALYSIS_RATE_HZ);
        let step_samples = samples.len().div_ceil(MAX_STEPS).max(MIN_STEP_SAMPLES);
        let peak = |step: &[f32]| {
            let levels = step.iter().map(|sample| sample.abs());
            levels.fold(0.0_f32, f32::max).min(1.0)
        };
        Self {
            seconds: samples.len() as f64 / rate,
            step: step_samples as f64 / rate,
            peaks: samples.chunks(step_samples).map(peak).collect(),
        }
    }

    /// Peak between two times; 0 outside the take.
    pub fn peak_between(&self, from: Secs, to: Secs) -> f32 {
        let position = |at: Secs| (at / self.step).max(0.0);
        let first = (position(from).floor() as usize).min(self.peaks.len());
        let end = (position(to).ceil() as usize).clamp(first, self.peaks.len());
        self.peaks[first..end].iter().copied().fold(0.0, f32::max)
    }

    /// Peak of the whole take.
    pub fn max_peak(&self) -> f32 {
        self.peaks.iter().copied().fold(0.0, f32::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peaks_appear_at_their_time() {
        let mut samples = vec![0.1; 16_000 * 3];
        samples[20_000] = -0.8;
        samples[47_999] = 1.5;
        let overview = Waveform::from_samples(&samples);
        assert_eq!((overview.seconds, overview.step), (3.0, 0.02));
        assert_eq!(overview.peaks.len(), 150);
        assert_eq!(overview.peak_between(1.0, 1.5), 0.8);
        assert_eq!(overview.peak_between(1.3, 1.5), 0.1);
        assert_eq!(
            (overview.peak_between(2.99, 9.0), overview.max_peak()),
            (1.0, 1.0)
        );
        assert_eq!(overview.peak_between(5.0, 9.0), 0.0);
        assert_eq!(overview.peak_between(-2.0, 0.01), 0.1);
    }

    #[test]
    fn long_take_is_limited_and_empty_take_has_no_peaks() {
        let long = Waveform::from_samples(&vec![0.5; 16_000 * 600]);
        assert_eq!(long.peaks.len(), MAX_STEPS);
        assert!((long.step * MAX_STEPS as f64 - 600.0).abs() < 0.01);
        let empty = Waveform::from_samples(&[]);
        assert_eq!((empty.peaks.len(), empty.peak_between(0.0, 1.0)), (0, 0.0));
    }
}
