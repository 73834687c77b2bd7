//! Whether a microphone is loud enough for its speaker, from the levels of a few seconds.

use std::fmt;

use super::rms_dbfs;

/// Fewer tenths of a second than this tell nothing.
const FEWEST: usize = 10;
/// Below this even a whisper is not heard: the microphone is muted, or nobody speaks.
const NOTHING_DBFS: f64 = -65.0;
/// A voice's peaks stand some 12 dB above its level in a tenth of a second; above this they are cut off.
const TOO_LOUD_DBFS: f64 = -10.0;
/// A tenth so far below the loudest is a pause.
const PAUSE_DB: f64 = 20.0;

/// What to do about the microphone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputLevel {
    /// No voice came through.
    Nothing,
    /// Readings of so soft a voice cannot be trusted.
    TooQuiet,
    /// All is well.
    Good,
    /// Its loudest parts are cut off.
    TooLoud,
}

impl InputLevel {
    /// Judges levels of a tenth of a second each, in dB below full scale, by what a profile takes for too
    /// quiet; `None` for less than a second. The level of the voice is that of the tenths that are no pause.
    pub fn of(tenths_dbfs: &[f64], quiet_speech_dbfs: f64) -> Option<Self> {
        if tenths_dbfs.len() < FEWEST {
            return None;
        }
        let loudest = tenths_dbfs.iter().copied().fold(f64::MIN, f64::max);
        let spoken = tenths_dbfs
            .iter()
            .filter(|level| **level > loudest - PAUSE_DB);
        let powers: Vec<f64> = spoken.map(|level| 10f64.powf(level / 10.0)).collect();
        let voice = 10.0 * (powers.iter().sum::<f64>() / powers.len().max(1) as f64).log10();
        Some(match voice {
            voice if voice < NOTHING_DBFS => InputLevel::Nothing,
            voice if voice < quiet_speech_dbfs => InputLevel::TooQuiet,
            _ if loudest > TOO_LOUD_DBFS => InputLevel::TooLoud,
            _ => InputLevel::Good,
        })
    }

    /// The same of sound of 16 kHz.
    pub fn of_samples(samples: &[f32], quiet_speech_dbfs: f64) -> Option<Self> {
        let tenth = super::ANALYSIS_RATE_HZ as usize / 10;
        let tenths: Vec<f64> = samples.chunks_exact(tenth).map(rms_dbfs).collect();
        Self::of(&tenths, quiet_speech_dbfs)
    }
}

impl fmt::Display for InputLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            InputLevel::Nothing => {
                "Nothing is heard: say a sentence, and see that it is not muted."
            }
            InputLevel::TooQuiet => "Too quiet: move nearer, or turn the microphone up.",
            InputLevel::Good => "Loud enough.",
            InputLevel::TooLoud => "Too loud: move back a little, or turn the microphone down.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voice_is_judged_by_what_is_no_pause() {
        use InputLevel::*;
        let level = |spoken: f64, pause: f64| {
            let tenths = [[spoken; 12], [pause; 12]].concat();
            InputLevel::of(&tenths, -45.0)
        };
        for (spoken, pause, expected) in [
            (-90.0, -120.0, Nothing),
            (-66.0, -90.0, Nothing),
            (-64.0, -90.0, TooQuiet),
            (-46.0, -90.0, TooQuiet),
            (-44.0, -90.0, Good),
            (-20.0, -60.0, Good),
            (-11.0, -60.0, Good),
            (-9.0, -60.0, TooLoud),
        ] {
            assert_eq!(level(spoken, pause), Some(expected), "{spoken}");
        }
        assert_eq!(InputLevel::of(&[-20.0; 9], -45.0), None);
        assert_eq!(InputLevel::of(&[-40.0; 30], -30.0), Some(TooQuiet));
    }

    #[test]
    fn samples_are_judged_in_tenths() {
        let tone: Vec<f32> = (0..32_000)
            .map(|i| if i % 2 == 0 { 0.05 } else { -0.05 })
            .collect();
        assert_eq!(InputLevel::of_samples(&tone, -45.0), Some(InputLevel::Good));
        assert_eq!(InputLevel::of_samples(&tone[..8_000], -45.0), None);
    }
}
