//! Digital signal processing on 16 kHz mono samples: spectrum, loudness, pitch, endpointing and filled-pause
//! candidates. It measures the audio and knows nothing about words.

pub(crate) mod analyzer;
mod endpointing;
pub(crate) mod filled_pause_candidates;
mod frame_buffer;
mod input_level;
mod loudness;
mod pitch;
mod spectrum;
pub mod waveform;

use crate::domain::time::Span;
use crate::domain::voice::Voice;

pub use crate::domain::voice::ANALYSIS_RATE_HZ;
pub use analyzer::VoiceAnalyzer;
pub use input_level::InputLevel;
pub use loudness::rms_dbfs;
pub use pitch::semitones;

/// Measures the voice in `samples` (16 kHz, mono, -1 to 1). `coarse` says roughly where someone speaks.
/// A [`Meter`] that gets the same samples in blocks of any size returns the same result.
pub fn measure_voice(samples: &[f32], coarse: Vec<Span>) -> Voice {
    let mut meter = VoiceAnalyzer::new();
    meter.push(samples);
    meter.voice(&coarse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_without_speech_spans_has_no_voice() {
        let noise: Vec<f32> = (0..48_000)
            .map(|i| ((i * 7919) % 97) as f32 / 970.0)
            .collect();
        assert_eq!(measure_voice(&noise, Vec::new()), Voice::default());
    }
}
