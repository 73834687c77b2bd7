//! Loudness of the speech and its range.

use crate::domain::time::{Secs, Span};
use crate::domain::voice::ANALYSIS_RATE_HZ;

/// Samples per step: 1 ms.
const STEP: usize = ANALYSIS_RATE_HZ as usize / 1000;
/// Steps per short-term level: about half a syllable, so that stress is visible.
const WINDOW: usize = ANALYSIS_RATE_HZ as usize / 10 / STEP;
/// Minimum number of windows for a range: two seconds of speech.
const MIN_WINDOWS: usize = 20;
/// Percentiles of the windows that count as loud and soft. They exclude plosives and closures.
const LOUD_PERCENTILE: f64 = 0.95;
const SOFT_PERCENTILE: f64 = 0.10;

/// RMS level of the samples in dBFS, at least -120. A DC offset, which some microphones add, is inaudible
/// and does not count.
pub fn rms_dbfs(samples: &[f32]) -> f64 {
    let count = samples.len().max(1) as f64;
    let offset = samples.iter().map(|s| f64::from(*s)).sum::<f64>() / count;
    let energy = samples.iter().map(|s| (f64::from(*s) - offset).powi(2));
    (10.0 * (energy.sum::<f64>() / count).log10()).max(-120.0)
}

/// Levels of a growing take in steps of 1 ms, finer than the 40 ms accuracy of speech boundaries.
#[derive(Debug, Default)]
pub struct StepLevels {
    steps: Vec<Sums>,
    /// The incomplete last step and its number of samples.
    partial: Sums,
    partial_samples: usize,
}

/// Sums over some samples.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    sum: f64,
    squares: f64,
}

impl StepLevels {
    /// Appends samples.
    pub fn push(&mut self, samples: &[f32]) {
        for sample in samples {
            let sample = f64::from(*sample);
            self.partial.sum += sample;
            self.partial.squares += sample * sample;
            self.partial_samples += 1;
            if self.partial_samples == STEP {
                self.steps.push(std::mem::take(&mut self.partial));
                self.partial_samples = 0;
            }
        }
    }

    /// RMS level over all speech; `None` without speech.
    pub fn speech_dbfs(&self, speech: &[Span]) -> Option<f64> {
        let steps = || self.steps_in(speech);
        let count: usize = steps().map(<[Sums]>::len).sum();
        (count > 0).then(|| dbfs(steps().flatten(), count))
    }

    /// Loudness range of the speech in dB: the 95th minus the 10th percentile of the levels in windows of
    /// 0.1 s. `None` for less than two seconds of speech.
    pub fn range_db(&self, speech: &[Span]) -> Option<f64> {
        let mut levels: Vec<f64> = self
            .steps_in(speech)
            .flat_map(|steps| steps.chunks_exact(WINDOW))
            .map(|window| dbfs(window.iter(), WINDOW))
            .collect();
        if levels.len() < MIN_WINDOWS {
            return None;
        }
        levels.sort_by(f64::total_cmp);
        let at = |share: f64| levels[(share * (levels.len() - 1) as f64).round() as usize];
        Some(at(LOUD_PERCENTILE) - at(SOFT_PERCENTILE))
    }

    fn steps_in<'a>(&'a self, speech: &'a [Span]) -> impl Iterator<Item = &'a [Sums]> {
        let steps_per_second = f64::from(ANALYSIS_RATE_HZ) / STEP as f64;
        let index = move |at: Secs| ((at * steps_per_second) as usize).min(self.steps.len());
        speech
            .iter()
            .map(move |span| &self.steps[index(span.start)..index(span.end)])
    }
}

/// Level of `count` steps, computed like [`rms_dbfs`].
fn dbfs<'a>(steps: impl Iterator<Item = &'a Sums>, count: usize) -> f64 {
    let (mut sum, mut squares) = (0.0, 0.0);
    for step in steps {
        sum += step.sum;
        squares += step.squares;
    }
    let count = (count * STEP) as f64;
    let energy = squares / count - (sum / count).powi(2);
    (10.0 * energy.max(0.0).log10()).max(-120.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_full_scale_is_six_decibels_down() {
        assert!((rms_dbfs(&[0.5, -0.5]) + 6.02).abs() < 0.01);
        assert_eq!(rms_dbfs(&[]), -120.0);
    }

    fn levels(samples: &[f32]) -> StepLevels {
        let mut levels = StepLevels::default();
        samples.chunks(77).for_each(|block| levels.push(block));
        levels
    }

    #[test]
    fn range_of_a_drop_to_a_tenth_is_twenty_decibels() {
        let tone = |level: f32| (0..32_000).map(move |i| if i % 2 == 0 { level } else { -level });
        let mut samples: Vec<f32> = tone(0.5).chain(tone(0.05)).collect();
        samples.extend(vec![0.0; 32_000]);
        let spoken = [Span::new(0.0, 4.0)];
        let range = levels(&samples).range_db(&spoken).expect("four seconds");
        assert!((range - 20.0).abs() < 0.01, "{range}");
        let louder: Vec<f32> = samples.iter().map(|s| 2.0 * s).collect();
        let same = levels(&louder).range_db(&spoken).expect("four seconds");
        assert!((same - range).abs() < 1e-6);
        assert_eq!(levels(&samples).range_db(&[Span::new(0.0, 1.0)]), None);
        assert!(
            levels(&samples)
                .speech_dbfs(&spoken)
                .is_some_and(|db| (db + 8.99).abs() < 0.1)
        );
        assert_eq!(levels(&samples).speech_dbfs(&[]), None);
        // A DC offset does not count.
        let offset: Vec<f32> = samples.iter().map(|s| s + 0.2).collect();
        let same = levels(&offset).range_db(&spoken).expect("four seconds");
        assert!((same - range).abs() < 1e-3, "{same}");
    }
}
