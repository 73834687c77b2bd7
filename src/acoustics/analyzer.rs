//! Measures a take while it is being recorded.
//!
//! Spectra, pitch and levels are computed as audio arrives. Values that depend on the whole take, such as
//! the noise floor, are computed on request. The result does not depend on the size of the blocks.

use super::endpointing::{self, NoiseFloor};
use super::filled_pause_candidates::{self, Contour};
use super::frame::{HOP, HOP_SECS};
use super::frame_buffer::FrameBuffer;
use super::loudness::StepLevels;
use super::pitch::{self, VoicedFrame};
use super::sample_tail::SampleTail;
use super::spectrum::{self, Bands, SpectrumAnalyzer};
use crate::domain::time::{Secs, Span};
use crate::domain::voice::Voice;

/// Audio further after the last word is not analyzed. So the result does not depend on how long the user
/// waits before stopping, and can be computed in advance.
const ANALYZED_TAIL: Secs = 0.2;
/// Samples processed at a time: half a second, so that a whole file is not copied at once.
const BLOCK: usize = 8_000;

/// Incremental analysis of a take. It stores about 35 kB per second of audio, but only the last few
/// samples.
pub struct VoiceAnalyzer {
    tail: SampleTail,
    spectrum: SpectrumAnalyzer,
    bands: FrameBuffer<Bands>,
    contours: FrameBuffer<Contour>,
    track: FrameBuffer<Option<VoicedFrame>>,
    levels: StepLevels,
}

impl VoiceAnalyzer {
    /// Creates an analyzer without audio.
    pub fn new() -> Self {
        Self {
            tail: SampleTail::default(),
            spectrum: SpectrumAnalyzer::new(),
            bands: FrameBuffer::new(),
            contours: FrameBuffer::new(),
            track: FrameBuffer::new(),
            levels: StepLevels::default(),
        }
    }

    /// Appends 16 kHz mono samples (-1 to 1), in blocks of any size. Takes about half a millisecond per
    /// second of audio.
    pub fn push(&mut self, samples: &[f32]) {
        for block in samples.chunks(BLOCK) {
            self.levels.push(block);
            self.tail.push(block);
            self.update_frames();
        }
    }

    /// Measurements of all audio so far. `coarse` are the approximate speech spans. More audio may be
    /// appended later; a silence of at least a quarter of a second does not change the result.
    pub fn measure(&self, coarse: &[Span]) -> Voice {
        let end = coarse.last().map_or(0.0, |last| last.end + ANALYZED_TAIL);
        let count = ((end / HOP_SECS) as usize).min(self.bands.as_slice().len());
        let bands = &self.bands.as_slice()[..count];
        let floor = NoiseFloor::estimate(bands, coarse);
        let audible = endpointing::audible_frames(bands, floor.as_ref());
        let speech = endpointing::refine(&audible, coarse, floor.as_ref());
        let keep_if = |(voiced, keep): (&Option<VoicedFrame>, bool)| voiced.filter(|_| keep);
        let track: Vec<Option<VoicedFrame>> = self.track.as_slice()[..count]
            .iter()
            .zip(audible)
            .map(keep_if)
            .collect();
        let is_speech = endpointing::frames_within(count, &speech, 0.0);
        let speech_track: Vec<_> = track.iter().zip(is_speech).map(keep_if).collect();
        let loud = floor.map_or(0.0, |floor| floor.loud);
        Voice {
            speech_dbfs: self.levels.speech_dbfs(&speech),
            loudness_range_db: self.levels.range_db(&speech),
            pitch: pitch::summarize(&speech_track),
            filled_pause_candidates: filled_pause_candidates::find_candidates(
                bands,
                &self.contours.as_slice()[..count],
                &track,
                &speech,
                loud,
            ),
            speech,
        }
    }

    /// Computes the values of new frames and discards the samples that are no longer needed.
    fn update_frames(&mut self) {
        let Self {
            tail,
            spectrum,
            bands,
            contours,
            track,
            ..
        } = self;
        let end = tail.end();
        let count = end / HOP;
        bands.grow(count, spectrum::settled(end), |frame| {
            spectrum.bands(tail, frame)
        });
        let settled_contours = filled_pause_candidates::settled(bands.settled());
        let band_values = bands.as_slice();
        contours.grow(count, settled_contours, |frame| {
            filled_pause_candidates::contour(band_values, frame)
        });
        track.grow(count, pitch::settled(end), |frame| {
            pitch::pitch_at(tail, frame)
        });
        let needed = spectrum::first_sample(bands.settled());
        tail.discard_before(needed.min(pitch::first_sample(track.settled())));
    }
}

impl Default for VoiceAnalyzer {
    fn default() -> Self {
        Self::new()
    }
}

/// Measures the voice in `samples` (16 kHz, mono, -1 to 1). `coarse` are the approximate speech spans. A
/// [`VoiceAnalyzer`] that gets the same samples in blocks of any size returns the same result.
pub fn measure_voice(samples: &[f32], coarse: Vec<Span>) -> Voice {
    let mut analyzer = VoiceAnalyzer::new();
    analyzer.push(samples);
    analyzer.measure(&coarse)
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

    /// Syllables of a gliding voice with pauses, over a little noise.
    fn synthesize(seconds: usize) -> Vec<f32> {
        let (mut a, mut b, mut phase, mut state) = (0.0f32, 0.0f32, 0.0f64, 1u32);
        (0..seconds * 16_000)
            .map(|i| {
                let at = i as f64 / 16_000.0;
                phase += (110.0 + 20.0 * at.sin()) / 16_000.0;
                let is_voiced = at % 1.7 < 1.2;
                let pulse = if phase >= 1.0 && is_voiced { 0.2 } else { 0.0 };
                phase = phase.fract();
                let next = pulse + 1.7 * a - 0.82 * b;
                (a, b) = (next, a);
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                next + (state >> 8) as f32 / (1 << 24) as f32 * 0.004
            })
            .collect()
    }

    fn coarse(samples: &[f32]) -> Vec<Span> {
        let end = samples.len() as f64 / 16_000.0;
        let starts = (0..).map(|i| f64::from(i) * 1.7);
        starts
            .take_while(|start| *start < end)
            .map(|start| Span::new(start, (start + 1.25).min(end)))
            .collect()
    }

    #[test]
    fn block_size_does_not_change_the_result() {
        let samples = synthesize(5);
        let whole = measure_voice(&samples, coarse(&samples));
        assert!(
            whole.speech.len() == 3 && whole.pitch.is_some(),
            "{whole:?}"
        );
        assert!(!whole.filled_pause_candidates.is_empty() && whole.loudness_range_db.is_some());
        for block in [1, 7, 159, 160, 161, 320, 512, 4_001, 79_999] {
            let mut analyzer = VoiceAnalyzer::new();
            samples.chunks(block).for_each(|block| analyzer.push(block));
            assert_eq!(
                analyzer.measure(&coarse(&samples)),
                whole,
                "blocks of {block}"
            );
        }
    }

    #[test]
    fn partial_take_is_measured_like_a_take_of_that_length() {
        let samples = synthesize(4);
        for block in [333, 1_600, 9_000] {
            let mut analyzer = VoiceAnalyzer::new();
            for (i, part) in samples.chunks(block).enumerate() {
                analyzer.push(part);
                let so_far = &samples[..i * block + part.len()];
                // Not at every block, so that provisional values have to survive some.
                if i % 3 == 0 {
                    let fresh = measure_voice(so_far, coarse(so_far));
                    assert_eq!(
                        analyzer.measure(&coarse(so_far)),
                        fresh,
                        "{} samples",
                        so_far.len()
                    );
                }
            }
        }
    }

    #[test]
    fn trailing_silence_does_not_change_the_result() {
        let samples = synthesize(8);
        let coarse = coarse(&samples[..16_000 * 6]);
        let end = coarse.last().expect("speech").end;
        let measure = |rest: f64| {
            let mut analyzer = VoiceAnalyzer::new();
            analyzer.push(&samples[..((end + rest) * 16_000.0) as usize]);
            analyzer.measure(&coarse)
        };
        let short = measure(0.3);
        assert!(short.speech.len() > 2 && short.pitch.is_some());
        for rest in [0.35, 0.7, 1.5] {
            assert_eq!(measure(rest), short, "{rest} s");
        }
    }

    #[test]
    fn incremental_frames_equal_those_of_the_whole_take() {
        let samples = synthesize(2);
        let mut analyzer = VoiceAnalyzer::new();
        samples.chunks(100).for_each(|block| analyzer.push(block));
        assert_eq!(analyzer.bands.as_slice(), spectrum::frames(&samples));
        assert_eq!(analyzer.track.as_slice(), pitch::track(&samples));
        assert!(
            analyzer.tail.stored_len() < 1_000,
            "{}",
            analyzer.tail.stored_len()
        );
    }
}
