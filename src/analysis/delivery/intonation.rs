//! Intonation: how much the pitch varied, compared with the speaker's other takes. There is no agreed
//! measure of a lively voice (Hincks 2005), so speakers are compared with themselves only.

use serde::Serialize;

use crate::analysis::finding::{Finding, FindingKind, Severity};
use crate::domain::profile::Profile;
use crate::domain::transcript::Transcript;
use crate::domain::voice::Voice;

/// Less than this share of the usual variation is flat. Takes of one speaker differ by a fifth.
const FLAT: f64 = 0.6;

/// Pitch and loudness; `None` for too little voice.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Intonation {
    /// Median of the voiced frames.
    pub pitch_median_hz: Option<f64>,
    /// Standard deviation of the voiced frames around the median.
    pub pitch_sd_semitones: Option<f64>,
    /// 95th minus 10th percentile of the speech level in windows of 0.1 s.
    pub loudness_range_db: Option<f64>,
}

/// The intonation of a voice.
pub fn measure(voice: &Voice) -> Intonation {
    Intonation {
        pitch_median_hz: voice.pitch.map(|pitch| pitch.median_hz),
        pitch_sd_semitones: voice.pitch.map(|pitch| pitch.sd_semitones),
        loudness_range_db: voice.loudness_range_db,
    }
}

/// A finding if the voice is much flatter than usual.
pub fn findings(
    intonation: &Intonation,
    transcript: &Transcript,
    profile: &Profile,
) -> Vec<Finding> {
    let usual = profile.baseline.map(|usual| usual.pitch_sd_semitones);
    let variation = intonation
        .pitch_sd_semitones
        .zip(usual)
        .zip(transcript.span());
    variation
        .filter(|((semitones, usual), _)| *semitones < FLAT * usual)
        .map(|((semitones, usual), whole)| {
            Finding::new(
                FindingKind::FlatIntonation { semitones, usual },
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
    use crate::domain::builders::transcript;
    use crate::domain::profile::Baseline;

    #[test]
    fn voice_is_flat_only_against_its_own_baseline() {
        let intonation = Intonation {
            pitch_sd_semitones: Some(1.4),
            ..Intonation::default()
        };
        let transcript = transcript("so");
        let found = |usual: Option<f64>| {
            let baseline = usual.map(|pitch_sd_semitones| Baseline { pitch_sd_semitones });
            let profile = Profile {
                baseline,
                ..Profile::default()
            };
            findings(&intonation, &transcript, &profile).len()
        };
        assert_eq!([found(None), found(Some(2.0)), found(Some(3.0))], [0, 0, 1]);
    }
}
