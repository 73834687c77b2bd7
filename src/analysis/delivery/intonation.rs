//! How the voice moved, beside how it usually does. There is no agreed measure of a lively voice
//! (Hincks 2005), so nobody is held to another's.

use serde::Serialize;

use crate::analysis::finding::{Finding, FindingKind, Severity};
use crate::domain::profile::Profile;
use crate::domain::transcript::Transcript;
use crate::domain::voice::Voice;

/// Less than this share of what is usual is heard as flat: takes of one speaker differ by a fifth.
const FLAT: f64 = 0.6;

/// How the voice moved; `None` where there is too little of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Intonation {
    /// Median of the voiced frames.
    pub pitch_median_hz: Option<f64>,
    /// Standard deviation of the voiced frames about the median.
    pub pitch_sd_semitones: Option<f64>,
    /// The level of speech in windows of 0.1 s: its 95th percentile over its 10th.
    pub loudness_range_db: Option<f64>,
}

/// Reads it from the facts.
pub fn read(voice: &Voice) -> Intonation {
    Intonation {
        pitch_median_hz: voice.pitch.map(|pitch| pitch.median_hz),
        pitch_sd_semitones: voice.pitch.map(|pitch| pitch.sd_semitones),
        loudness_range_db: voice.loudness_range_db,
    }
}

/// What is worth saying about it: that it is much flatter than it usually is.
pub fn findings(reading: &Intonation, transcript: &Transcript, profile: &Profile) -> Vec<Finding> {
    let usual = profile.baseline.map(|usual| usual.pitch_sd_semitones);
    let moved = reading.pitch_sd_semitones.zip(usual).zip(transcript.span());
    moved
        .filter(|((semitones, usual), _)| *semitones < FLAT * usual)
        .map(|((semitones, usual), whole)| {
            Finding::new(
                FindingKind::Flat { semitones, usual },
                Severity::Note,
                whole,
            )
        })
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::profile::Baseline;
    use crate::domain::transcript::Word;

    #[test]
    fn only_the_own_baseline_makes_a_voice_flat() {
        let reading = Intonation {
            pitch_sd_semitones: Some(1.4),
            ..Intonation::default()
        };
        let transcript = Transcript {
            words: vec![Word {
                text: "so".to_owned(),
                start: 0.0,
                end: 1.0,
                confidence: 1.0,
            }],
        };
        let found = |usual: Option<f64>| {
            let baseline = usual.map(|pitch_sd_semitones| Baseline { pitch_sd_semitones });
            let profile = Profile {
                baseline,
                ..Profile::default()
            };
            findings(&reading, &transcript, &profile).len()
        };
        assert_eq!([found(None), found(Some(2.0)), found(Some(3.0))], [0, 0, 1]);
    }
}
