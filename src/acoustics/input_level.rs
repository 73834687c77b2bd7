//! Rates the microphone level from a few seconds of audio.

use std::fmt;

use super::loudness::rms_dbfs;
use crate::domain::voice::ANALYSIS_RATE_HZ;

/// Minimum number of levels: one second.
const MIN_LEVELS: usize = 10;
/// Lower levels than a whisper: the microphone is muted, or nobody speaks.
const SILENT_DBFS: f64 = -65.0;
/// Peaks of a voice are some 12 dB above its level in a tenth of a second. Above this level they clip.
const TOO_LOUD_DBFS: f64 = -10.0;
/// A level this far below the loudest is a pause.
const PAUSE_DB: f64 = 20.0;

/// Rating of the microphone level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputLevel {
    /// No voice.
    Silent,
    /// Too quiet for reliable measurements.
    TooQuiet,
    /// Neither too quiet nor too loud.
    Good,
    /// The loudest parts clip.
    TooLoud,
}

impl InputLevel {
    /// Rates levels of a tenth of a second each, in dBFS. `quiet_speech_dbfs` is the profile's limit for
    /// quiet speech. Pauses do not count. `None` for less than a second.
    pub fn from_levels(tenths_dbfs: &[f64], quiet_speech_dbfs: f64) -> Option<Self> {
        if tenths_dbfs.len() < MIN_LEVELS {
            return None;
        }
        let loudest = tenths_dbfs.iter().copied().fold(f64::MIN, f64::max);
        let spoken = tenths_dbfs
            .iter()
            .filter(|level| **level > loudest - PAUSE_DB);
        let powers: Vec<f64> = spoken.map(|level| 10f64.powf(level / 10.0)).collect();
        let voice = 10.0 * (powers.iter().sum::<f64>() / powers.len().max(1) as f64).log10();
        Some(match voice {
            voice if voice < SILENT_DBFS => InputLevel::Silent,
            voice if voice < quiet_speech_dbfs => InputLevel::TooQuiet,
            _ if loudest > TOO_LOUD_DBFS => InputLevel::TooLoud,
            _ => InputLevel::Good,
        })
    }

    /// Rates 16 kHz samples.
    pub fn from_samples(samples: &[f32], quiet_speech_dbfs: f64) -> Option<Self> {
        let tenth = ANALYSIS_RATE_HZ as usize / 10;
        let tenths: Vec<f64> = samples.chunks_exact(tenth).map(rms_dbfs).collect();
        Self::from_levels(&tenths, quiet_speech_dbfs)
    }
}

impl fmt::Display for InputLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            InputLevel::Silent => {
                "No signal: check that the microphone is not muted, and say a sentence."
            }
            InputLevel::TooQuiet => "Too quiet: move closer, or turn the microphone up.",
            InputLevel::Good => "Loud enough.",
            InputLevel::TooLoud => "Too loud: move back a little, or turn the microphone down.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_do_not_affect_the_rating() {
        use InputLevel::*;
        let level = |spoken: f64, pause: f64| {
            let tenths = [[spoken; 12], [pause; 12]].concat();
            InputLevel::from_levels(&tenths, -45.0)
        };
        for (spoken, pause, expected) in [
            (-90.0, -120.0, Silent),
            (-66.0, -90.0, Silent),
            (-64.0, -90.0, TooQuiet),
            (-46.0, -90.0, TooQuiet),
            (-44.0, -90.0, Good),
            (-20.0, -60.0, Good),
            (-11.0, -60.0, Good),
            (-9.0, -60.0, TooLoud),
        ] {
            assert_eq!(level(spoken, pause), Some(expected), "{spoken}");
        }
        assert_eq!(InputLevel::from_levels(&[-20.0; 9], -45.0), None);
        assert_eq!(InputLevel::from_levels(&[-40.0; 30], -30.0), Some(TooQuiet));
    }

    #[test]
    fn samples_are_rated_like_levels() {
        let tone: Vec<f32> = (0..32_000)
            .map(|i| if i % 2 == 0 { 0.05 } else { -0.05 })
            .collect();
        assert_eq!(
            InputLevel::from_samples(&tone, -45.0),
            Some(InputLevel::Good)
        );
        assert_eq!(InputLevel::from_samples(&tone[..8_000], -45.0), None);
    }
}
