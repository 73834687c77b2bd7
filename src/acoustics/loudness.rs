//! How loud the voice is, and how far that moves.

use super::ANALYSIS_RATE_HZ;
use crate::domain::time::{Secs, Span};

/// Samples in a step: 1 ms.
const STEP: usize = ANALYSIS_RATE_HZ as usize / 1000;
/// Length of one short-term level, in steps: about a syllable's half, so that stress shows.
const WINDOW: usize = ANALYSIS_RATE_HZ as usize / 10 / STEP;
/// Fewer windows than this have no range: two seconds of speech.
const FEWEST_WINDOWS: usize = 20;
/// Loud and soft, as shares of the windows: a plosive or a closure is neither.
const LOUD: f64 = 0.95;
const SOFT: f64 = 0.10;

/// Level of the samples in dB below full scale, -120 at the least; a constant offset, which some
/// microphones add, is not heard and does not count.
pub fn rms_dbfs(samples: &[f32]) -> f64 {
    let count = samples.len().max(1) as f64;
    let offset = samples.iter().map(|s| f64::from(*s)).sum::<f64>() / count;
    let energy = samples.iter().map(|s| (f64::from(*s) - offset).powi(2));
    (10.0 * (energy.sum::<f64>() / count).log10()).max(-120.0)
}

/// The level of a take in steps of a millisecond, as it comes in: an edge of speech is known to 40.
#[derive(Debug, Default)]
pub struct Levels {
    steps: Vec<Sums>,
    /// The step that is not whole yet, and how many samples it has.
    open: Sums,
    filled: usize,
}

/// Of some samples.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    sum: f64,
    squares: f64,
}

impl Levels {
    /// Takes in what follows.
    pub fn push(&mut self, samples: &[f32]) {
        for sample in samples {
            let sample = f64::from(*sample);
            self.open.sum += sample;
            self.open.squares += sample * sample;
            self.filled += 1;
            if self.filled == STEP {
                self.steps.push(std::mem::take(&mut self.open));
                self.filled = 0;
            }
        }
    }

    /// Level over all of the speech; `None` without any.
    pub fn of_speech(&self, speech: &[Span]) -> Option<f64> {
        let spoken = || self.stretches(speech);
        let count: usize = spoken().map(<[Sums]>::len).sum();
        (count > 0).then(|| dbfs(spoken().flatten(), count))
    }

    /// From soft to loud: the levels of the speech in windows of 0.1 s, their 95th percentile over
    /// their 10th, in dB; `None` for less than two seconds of speech.
    pub fn range_db(&self, speech: &[Span]) -> Option<f64> {
        let mut levels: Vec<f64> = self
            .stretches(speech)
            .flat_map(|stretch| stretch.chunks_exact(WINDOW))
            .map(|window| dbfs(window.iter(), WINDOW))
            .collect();
        if levels.len() < FEWEST_WINDOWS {
            return None;
        }
        levels.sort_by(f64::total_cmp);
        let at = |share: f64| levels[(share * (levels.len() - 1) as f64).round() as usize];
        Some(at(LOUD) - at(SOFT))
    }

    fn stretches<'a>(&'a self, speech: &'a [Span]) -> impl Iterator<Item = &'a [Sums]> {
        let steps_a_second = f64::from(ANALYSIS_RATE_HZ) / STEP as f64;
        let index = move |at: Secs| ((at * steps_a_second) as usize).min(self.steps.len());
        speech
            .iter()
            .map(move |span| &self.steps[index(span.start)..index(span.end)])
    }
}

/// Level of `count` steps, as [`rms_dbfs`] has it.
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

    fn levels(samples: &[f32]) -> Levels {
        let mut levels = Levels::default();
        samples.chunks(77).for_each(|block| levels.push(block));
        levels
    }

    #[test]
    fn a_voice_that_drops_to_a_tenth_ranges_over_twenty_decibels() {
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
                .of_speech(&spoken)
                .is_some_and(|db| (db + 8.99).abs() < 0.1)
        );
        assert_eq!(levels(&samples).of_speech(&[]), None);
        // An offset is not heard.
        let offset: Vec<f32> = samples.iter().map(|s| s + 0.2).collect();
        let same = levels(&offset).range_db(&spoken).expect("four seconds");
        assert!((same - range).abs() < 1e-3, "{same}");
    }
}
