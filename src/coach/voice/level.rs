//! How loud the voice is, and how far that moves.

use super::ANALYSIS_RATE_HZ;
use crate::coach::time::{Secs, Span};

/// Length of one short-term level: about a syllable's half, so that stress shows.
const WINDOW: usize = ANALYSIS_RATE_HZ as usize / 10;
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

/// Level over all of the speech; `None` without any.
pub fn of_speech(samples: &[f32], speech: &[Span]) -> Option<f64> {
    let spoken: Vec<f32> = stretches(samples, speech).flatten().copied().collect();
    (!spoken.is_empty()).then(|| rms_dbfs(&spoken))
}

/// From soft to loud: the levels of the speech in windows of 0.1 s, their 95th percentile over their
/// 10th, in dB; `None` for less than two seconds of speech.
pub fn range_db(samples: &[f32], speech: &[Span]) -> Option<f64> {
    let mut levels: Vec<f64> = stretches(samples, speech)
        .flat_map(|stretch| stretch.chunks_exact(WINDOW))
        .map(rms_dbfs)
        .collect();
    if levels.len() < FEWEST_WINDOWS {
        return None;
    }
    levels.sort_by(f64::total_cmp);
    let at = |share: f64| levels[(share * (levels.len() - 1) as f64).round() as usize];
    Some(at(LOUD) - at(SOFT))
}

fn stretches<'a>(samples: &'a [f32], speech: &'a [Span]) -> impl Iterator<Item = &'a [f32]> {
    let index = |at: Secs| ((at * f64::from(ANALYSIS_RATE_HZ)) as usize).min(samples.len());
    speech
        .iter()
        .map(move |span| &samples[index(span.start)..index(span.end)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_full_scale_is_six_decibels_down() {
        assert!((rms_dbfs(&[0.5, -0.5]) + 6.02).abs() < 0.01);
        assert_eq!(rms_dbfs(&[]), -120.0);
    }

    #[test]
    fn a_voice_that_drops_to_a_tenth_ranges_over_twenty_decibels() {
        let tone = |level: f32| (0..32_000).map(move |i| if i % 2 == 0 { level } else { -level });
        let mut samples: Vec<f32> = tone(0.5).chain(tone(0.05)).collect();
        samples.extend(vec![0.0; 32_000]);
        let spoken = [Span::new(0.0, 4.0)];
        let range = range_db(&samples, &spoken).expect("four seconds");
        assert!((range - 20.0).abs() < 0.01, "{range}");
        let louder: Vec<f32> = samples.iter().map(|s| 2.0 * s).collect();
        let same = range_db(&louder, &spoken).expect("four seconds");
        assert!((same - range).abs() < 1e-6);
        assert_eq!(range_db(&samples, &[Span::new(0.0, 1.0)]), None);
        assert!(of_speech(&samples, &spoken).is_some_and(|db| (db + 8.99).abs() < 0.1));
        assert_eq!(of_speech(&samples, &[]), None);
        // An offset is not heard.
        let offset: Vec<f32> = samples.iter().map(|s| s + 0.2).collect();
        let same = range_db(&offset, &spoken).expect("four seconds");
        assert!((same - range).abs() < 1e-3, "{same}");
    }
}
