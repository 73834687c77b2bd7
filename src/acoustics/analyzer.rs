//! Measures a take while it is being spoken. What a stretch of sound is by itself, its spectra, its
//! pitch, its level, is worked out as it comes in; what depends on the whole, such as the noise that
//! lies under it, when it is asked for. However the sound came in, the result is the same.

use super::endpointing;
use super::filled_pause_candidates as sounds;
use super::filled_pause_candidates::Contour;
use super::frame_buffer::FrameBuffer;
use super::loudness::Levels;
use super::pitch;
use super::pitch::Voiced;
use super::spectrum as frames;
use super::spectrum::{Bands, HOP, Spectrum};
use crate::domain::time::{Secs, Span};
use crate::domain::voice::Voice;

/// What lies behind the last word by more than this is not looked at: the same is measured, then, however
/// long somebody waits before the end, and can be measured before it.
const REST: Secs = 0.2;
/// Samples taken in at a time: half a second, so that a whole file needs no second copy of itself.
const BLOCK: usize = 8_000;

/// The sound of a take so far: about 35 kB a second. Of the samples only the last few are kept.
pub struct VoiceAnalyzer {
    tail: SampleTail,
    spectrum: Spectrum,
    frames: FrameBuffer<Bands>,
    contours: FrameBuffer<Contour>,
    track: FrameBuffer<Option<Voiced>>,
    levels: Levels,
}

impl VoiceAnalyzer {
    /// Before the first sample.
    pub fn new() -> Self {
        Self {
            tail: SampleTail::default(),
            spectrum: Spectrum::new(),
            frames: FrameBuffer::new(),
            contours: FrameBuffer::new(),
            track: FrameBuffer::new(),
            levels: Levels::default(),
        }
    }

    /// Takes in what follows, in parts of any length: 16 kHz, mono, -1 to 1. Half a millisecond of
    /// work for a second of sound.
    pub fn push(&mut self, samples: &[f32]) {
        for block in samples.chunks(BLOCK) {
            self.levels.push(block);
            self.tail.samples.extend_from_slice(block);
            self.grow();
        }
    }

    /// Facts of all that was pushed, where `coarse` says about when someone speaks. More may be
    /// pushed afterwards; a silence, from a quarter of a second on, changes nothing.
    pub fn voice(&self, coarse: &[Span]) -> Voice {
        let spoken = coarse.last().map_or(0.0, |last| last.end + REST);
        let count = ((spoken / frames::HOP_SECS) as usize).min(self.frames.as_slice().len());
        let frames = &self.frames.as_slice()[..count];
        let floor = endpointing::NoiseFloor::learn(frames, coarse);
        let audible = endpointing::audible(frames, floor.as_ref());
        let speech = endpointing::refine(&audible, coarse, floor.as_ref());
        let heard = |(voiced, audible): (&Option<Voiced>, bool)| voiced.filter(|_| audible);
        let track: Vec<Option<Voiced>> = self.track.as_slice()[..count]
            .iter()
            .zip(audible)
            .map(heard)
            .collect();
        let spoken = endpointing::within(frames.len(), &speech, 0.0);
        let of_speech: Vec<_> = track.iter().zip(spoken).map(heard).collect();
        let loud = floor.map_or(0.0, |floor| floor.loud);
        Voice {
            speech_dbfs: self.levels.of_speech(&speech),
            loudness_range_db: self.levels.range_db(&speech),
            pitch: pitch::movement(&of_speech),
            sounds: sounds::find(
                frames,
                &self.contours.as_slice()[..count],
                &track,
                &speech,
                loud,
            ),
            speech,
        }
    }

    fn grow(&mut self) {
        let Self {
            tail,
            spectrum,
            frames,
            contours,
            track,
            ..
        } = self;
        let heard = tail.end();
        let count = heard / HOP;
        frames.grow(count, frames::settled(heard), |frame| {
            spectrum.bands(tail, frame)
        });
        let known = frames.as_slice();
        contours.grow(count, sounds::settled(frames.settled()), |frame| {
            sounds::contour(known, frame)
        });
        track.grow(count, pitch::settled(heard), |frame| pitch::at(tail, frame));
        let next = frames::first_sample(frames.settled());
        tail.forget(next.min(pitch::first_sample(track.settled())));
    }
}

impl Default for VoiceAnalyzer {
    fn default() -> Self {
        Self::new()
    }
}

/// The last samples of a take, by their place in all of it; silence lies around them.
#[derive(Debug, Default)]
pub struct SampleTail {
    /// Place of the first one that is still known.
    start: usize,
    samples: Vec<f32>,
}

impl SampleTail {
    /// As many samples as the take has.
    pub fn end(&self) -> usize {
        self.start + self.samples.len()
    }

    /// Fills `window` with the samples from place `first` on.
    pub fn copy(&self, first: isize, window: &mut [f32]) {
        window.fill(0.0);
        let from = first - self.start as isize;
        let skipped = from.min(0).unsigned_abs().min(window.len());
        let known = self.samples.get(from.max(0) as usize..).unwrap_or(&[]);
        let window = &mut window[skipped..];
        let count = known.len().min(window.len());
        window[..count].copy_from_slice(&known[..count]);
    }

    /// Nobody will ask for what lies before `first`.
    fn forget(&mut self, first: usize) {
        let count = first.saturating_sub(self.start).min(self.samples.len());
        self.samples.drain(..count);
        self.start += count;
    }
}

impl From<&[f32]> for SampleTail {
    fn from(samples: &[f32]) -> Self {
        Self {
            start: 0,
            samples: samples.to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Syllables of a gliding voice with pauses between, over a little noise.
    fn sound(seconds: usize) -> Vec<f32> {
        let (mut a, mut b, mut phase, mut state) = (0.0f32, 0.0f32, 0.0f64, 1u32);
        (0..seconds * 16_000)
            .map(|i| {
                let at = i as f64 / 16_000.0;
                phase += (110.0 + 20.0 * at.sin()) / 16_000.0;
                let speaks = at % 1.7 < 1.2;
                let pulse = if phase >= 1.0 && speaks { 0.2 } else { 0.0 };
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
    fn however_the_sound_comes_in_it_is_measured_the_same() {
        let samples = sound(5);
        let whole = crate::acoustics::measure_voice(&samples, coarse(&samples));
        assert!(
            whole.speech.len() == 3 && whole.pitch.is_some(),
            "{whole:?}"
        );
        assert!(!whole.sounds.is_empty() && whole.loudness_range_db.is_some());
        for block in [1, 7, 159, 160, 161, 320, 512, 4_001, 79_999] {
            let mut meter = VoiceAnalyzer::new();
            samples.chunks(block).for_each(|block| meter.push(block));
            assert_eq!(meter.voice(&coarse(&samples)), whole, "blocks of {block}");
        }
    }

    #[test]
    fn asked_on_the_way_it_tells_of_what_there_is() {
        let samples = sound(4);
        for block in [333, 1_600, 9_000] {
            let mut meter = VoiceAnalyzer::new();
            for (i, part) in samples.chunks(block).enumerate() {
                meter.push(part);
                let known = &samples[..i * block + part.len()];
                // Not at each one, so that what is provisional has to last.
                if i % 3 == 0 {
                    let fresh = crate::acoustics::measure_voice(known, coarse(known));
                    assert_eq!(
                        meter.voice(&coarse(known)),
                        fresh,
                        "{} samples",
                        known.len()
                    );
                }
            }
        }
    }

    #[test]
    fn how_long_somebody_waits_before_the_end_changes_nothing() {
        let samples = sound(8);
        let coarse = coarse(&samples[..16_000 * 6]);
        let end = coarse.last().expect("speech").end;
        let told = |rest: f64| {
            let mut meter = VoiceAnalyzer::new();
            meter.push(&samples[..((end + rest) * 16_000.0) as usize]);
            meter.voice(&coarse)
        };
        let at_once = told(0.3);
        assert!(at_once.speech.len() > 2 && at_once.pitch.is_some());
        for rest in [0.35, 0.7, 1.5] {
            assert_eq!(told(rest), at_once, "{rest} s");
        }
    }

    #[test]
    fn every_frame_is_what_it_is_in_the_whole_sound() {
        let samples = sound(2);
        let mut meter = VoiceAnalyzer::new();
        samples.chunks(100).for_each(|block| meter.push(block));
        assert_eq!(meter.frames.as_slice(), frames::frames(&samples));
        assert_eq!(meter.track.as_slice(), pitch::track(&samples));
        assert!(
            meter.tail.samples.len() < 1_000,
            "{}",
            meter.tail.samples.len()
        );
    }
}
