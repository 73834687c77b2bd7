//! Endpointing: refines speech boundaries to 40 ms.
//!
//! A neural detector finds speech robustly but imprecisely: it releases late. The energy of the signal
//! shows boundaries exactly, but noise hides them. This module weighs the two by the distance between noise
//! and voice.
//!
//! All thresholds are relative to the voice of the take, so its volume does not matter. Only audio near
//! speech counts, so silence before the first word does not matter.
//!
//! The noise floor is a low percentile of each band, as in minimum statistics (Martin 2001, IEEE TSAP 9:5).
//! Bands are weighted by their noise, so a hum or hiss only hides sounds in its own bands.

use super::frame::HOP_SECS;
use super::spectrum::{BANDS, Bands};
use crate::domain::time::{Secs, Span};

/// Sounds this far below the loud frames of the voice are silence. The usual limit of 25 dB is relative to
/// the whole utterance; soft final consonants are quieter.
const SILENCE_DB: f64 = -34.0;
/// Percentile of the frame energies that counts as loud.
const LOUD_PERCENTILE: f64 = 0.95;
/// Percentile of the energies of a band that is noise: at least this share of frames are pauses, closures
/// or have their energy in other bands.
const FLOOR_PERCENTILE: f64 = 0.15;
/// A low percentile is below the mean of the noise, by about this factor.
const FLOOR_BIAS: f64 = 1.5;
/// Noise in one frame and band seldom exceeds its mean by this factor.
const NOISE_PEAK: f32 = 2.0;
/// Sounds within this distance of the detected speech may be part of it.
const REACH: Secs = 0.15;
/// The noise floor is estimated within this distance of speech.
const NOISE_RANGE: Secs = 1.0;
/// How late Silero's speech ends are (median over 169 pauses; 0.045 to 0.122 at 5 and 95 %). Its speech
/// starts are on time.
const DETECTOR_RELEASE: Secs = 0.08;
/// Boundaries by energy and by the detector up to this far apart belong to the same event.
const SAME_EDGE: Secs = 0.2;
/// Shorter gaps are closures of plosives (up to 0.18 s in slow speech), not silence.
const MIN_GAP: Secs = 0.2;
/// Longer than a click, shorter than the shortest word.
const MIN_SPEECH: Secs = 0.06;

/// Refines `coarse`, the detector's speech spans in order. `audible` holds for each frame whether it is
/// above the noise floor. The gaps between the returned spans are at least 0.2 s long.
pub fn refine(audible: &[bool], coarse: &[Span], floor: Option<&NoiseFloor>) -> Vec<Span> {
    let (Some(first), Some(last)) = (coarse.first(), coarse.last()) else {
        return Vec::new();
    };
    let energy = floor.map_or_else(EnergySpeech::default, |floor| {
        speech_by_energy(audible, coarse, floor)
    });
    let whole = first.join(*last);
    let begin = energy.spans.first().unwrap_or(&whole);
    let end = energy.spans.last().unwrap_or(&whole);
    let start = energy.combine(begin.start, first.start);
    let end = energy
        .combine(end.end, last.end - DETECTOR_RELEASE)
        .max(start);
    let mut speech = vec![Span::new(start, end)];
    for gap in gaps(&energy, coarse) {
        let Some(rest) = speech.last_mut() else { break };
        if gap.start > rest.start && gap.end < rest.end && gap.len() >= MIN_GAP {
            let after = Span::new(gap.end, rest.end);
            rest.end = gap.start;
            speech.push(after);
        }
    }
    speech
}

/// Speech spans by energy alone and their reliability. The default has neither.
#[derive(Default)]
struct EnergySpeech {
    spans: Vec<Span>,
    /// 1 if the noise is far below the silence threshold, 0 if it is far above.
    trust: f64,
}

impl EnergySpeech {
    /// Combines two boundaries. If they belong to different events, the more reliable one is taken.
    fn combine(&self, energy: Secs, detector: Secs) -> Secs {
        match (energy - detector).abs() < SAME_EDGE {
            true => self.trust * energy + (1.0 - self.trust) * detector,
            false if self.trust > 0.5 => energy,
            false => detector,
        }
    }
}

/// The silences found by either method, in order. A silence found by energy alone may be a soft sound under
/// noise.
fn gaps(energy: &EnergySpeech, coarse: &[Span]) -> Vec<Span> {
    let detected: Vec<Span> = coarse
        .windows(2)
        .map(|pair| Span::new(pair[0].end - DETECTOR_RELEASE, pair[1].start))
        .collect();
    let mut used = vec![false; detected.len()];
    let mut gaps = Vec::new();
    for pair in energy.spans.windows(2) {
        let gap = Span::new(pair[0].end, pair[1].start);
        let overlaps = |other: &Span| gap.end.min(other.end) > gap.start.max(other.start);
        let mut matching: Option<Span> = None;
        for (other, used) in detected.iter().zip(&mut used) {
            if overlaps(other) {
                *used = true;
                matching = Some(matching.map_or(*other, |m| m.join(*other)));
            }
        }
        match matching {
            Some(other) => gaps.push(Span::new(
                energy.combine(gap.start, other.start),
                energy.combine(gap.end, other.end),
            )),
            None if energy.trust > 0.5 => gaps.push(gap),
            None => {}
        }
    }
    let missed_by_energy = detected.iter().zip(used).filter(|(_, used)| !used);
    gaps.extend(missed_by_energy.map(|(gap, _)| *gap));
    gaps.sort_by(|a, b| a.start.total_cmp(&b.start));
    gaps
}

fn speech_by_energy(audible: &[bool], coarse: &[Span], floor: &NoiseFloor) -> EnergySpeech {
    let near = frames_within(audible.len(), coarse, REACH);
    let both = near.iter().zip(audible);
    let loud: Vec<bool> = both.map(|(near, audible)| *near && *audible).collect();
    EnergySpeech {
        spans: spans_of(&loud),
        trust: f64::from(floor.silence / (floor.silence + floor.noise.iter().sum::<f32>())),
    }
}

/// The level that audible frames must exceed.
pub struct NoiseFloor {
    /// Energy of the loud frames of the voice.
    pub loud: f32,
    /// Energy below which a sound is silence.
    silence: f32,
    /// Mean noise energy in each band.
    noise: Bands,
}

impl NoiseFloor {
    /// Estimates the floor from the frames in and around `coarse`; `None` without a voice.
    pub fn estimate(frames: &[Bands], coarse: &[Span]) -> Option<Self> {
        let (first, last) = (coarse.first()?, coarse.last()?);
        let total = |bands: &Bands| bands.iter().sum::<f32>();
        let voice = selected(frames, &frames_within(frames.len(), coarse, 0.0))
            .map(total)
            .collect();
        let loud = percentile(voice, LOUD_PERCENTILE).filter(|loud| *loud > 0.0)?;

        // Digital silence between words, from a noise gate, is the true floor. Before the first and after
        // the last word it may be padding.
        let smooth = smoothed(frames);
        let between_first_and_last = frames_within(frames.len(), &[first.join(*last)], 0.0);
        let is_relevant: Vec<bool> = frames_within(frames.len(), coarse, NOISE_RANGE)
            .iter()
            .zip(frames.iter().zip(between_first_and_last))
            .map(|(near, (bands, between_words))| {
                *near && (between_words || total(bands) > loud * 1e-8)
            })
            .collect();
        let mut noise = [0.0; BANDS];
        for (band, noise) in noise.iter_mut().enumerate() {
            let energies = selected(&smooth, &is_relevant)
                .map(|bands| bands[band])
                .collect();
            *noise = FLOOR_BIAS as f32 * percentile(energies, FLOOR_PERCENTILE)?;
        }
        Some(Self {
            loud,
            silence: loud * 10f32.powf(SILENCE_DB as f32 / 10.0),
            noise,
        })
    }

    /// Whether a frame is above the floor.
    fn is_audible(&self, bands: &Bands) -> bool {
        let excess = bands.iter().zip(&self.noise);
        let sum: f32 = excess
            .map(|(energy, noise)| (energy - NOISE_PEAK * noise).max(0.0) / (noise + self.silence))
            .sum();
        sum > 1.0
    }
}

/// For each frame, whether it is above the floor. Without a floor no frame is.
pub fn audible_frames(frames: &[Bands], floor: Option<&NoiseFloor>) -> Vec<bool> {
    match floor {
        Some(floor) => frames.iter().map(|bands| floor.is_audible(bands)).collect(),
        None => vec![false; frames.len()],
    }
}

/// Joins audible frames to spans. A single frame that differs from both neighbors is ignored.
fn spans_of(loud: &[bool]) -> Vec<Span> {
    let at = |i: usize| usize::from(loud[i.min(loud.len() - 1)]);
    let mut spans: Vec<Span> = Vec::new();
    for i in 0..loud.len() {
        if at(i.saturating_sub(1)) + at(i) + at(i + 1) < 2 {
            continue;
        }
        let frame = Span::new(i as f64 * HOP_SECS, (i + 1) as f64 * HOP_SECS);
        match spans.last_mut() {
            Some(last) if frame.start - last.end < MIN_GAP => last.end = frame.end,
            _ => spans.push(frame),
        }
    }
    spans.retain(|span| span.len() >= MIN_SPEECH);
    spans
}

/// For each of `count` frames, whether its middle is in one of the spans, extended by `reach` on both
/// sides.
pub fn frames_within(count: usize, spans: &[Span], reach: Secs) -> Vec<bool> {
    let mut inside = vec![false; count];
    for span in spans {
        let frame = |at: Secs| ((at / HOP_SECS + 0.5).max(0.0) as usize).min(count);
        let (from, to) = (frame(span.start - reach), frame(span.end + reach));
        inside[from..to.max(from)].fill(true);
    }
    inside
}

fn selected<'a>(frames: &'a [Bands], which: &'a [bool]) -> impl Iterator<Item = &'a Bands> {
    frames
        .iter()
        .zip(which)
        .filter(|(_, chosen)| **chosen)
        .map(|(bands, _)| bands)
}

/// Moving average over five frames.
fn smoothed(frames: &[Bands]) -> Vec<Bands> {
    (0..frames.len())
        .map(|i| {
            let around = &frames[i.saturating_sub(2)..(i + 3).min(frames.len())];
            let mut mean = [0.0; BANDS];
            for (band, mean) in mean.iter_mut().enumerate() {
                let sum: f32 = around.iter().map(|bands| bands[band]).sum();
                *mean = sum / around.len() as f32;
            }
            mean
        })
        .collect()
}

fn percentile(mut values: Vec<f32>, share: f64) -> Option<f32> {
    let last = values.len().checked_sub(1)?;
    let at = (share * last as f64).round() as usize;
    Some(*values.select_nth_unstable_by(at, f32::total_cmp).1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acoustics::spectrum::frames;

    /// 16 kHz syllables of a quarter of a second (pulses through a resonance), or silence.
    fn synthesize(parts: &[(&str, Secs)]) -> Vec<f32> {
        let mut samples = Vec::new();
        let (mut a, mut b) = (0.0f32, 0.0f32);
        for (what, seconds) in parts {
            for i in 0..(seconds * 16_000.0) as usize {
                let syllable = (std::f32::consts::TAU * i as f32 / 4_000.0).cos();
                let pulse = match *what == "voice" && i % 133 == 0 {
                    true => 0.15 * (1.05 + syllable),
                    false => 0.0,
                };
                let next = pulse + 1.7 * a - 0.82 * b;
                (a, b) = (next, a);
                samples.push(next);
            }
        }
        samples
    }

    /// Deterministic noise from a linear congruential generator.
    fn hiss(count: usize, level: f32) -> Vec<f32> {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        (0..count).map(|_| level * next()).collect()
    }

    /// Simulates the detector: 32 ms hops, late ends, no gaps under 0.3 s.
    fn coarse(spans: &[(Secs, Secs)]) -> Vec<Span> {
        let hop = |at: Secs| (at / 0.032).round() * 0.032;
        spans
            .iter()
            .map(|(start, end)| Span::new(hop(*start), hop(end + DETECTOR_RELEASE)))
            .collect()
    }

    fn refined(samples: &[f32], coarse: &[Span]) -> Vec<Span> {
        let frames = frames(samples);
        let floor = NoiseFloor::estimate(&frames, coarse);
        refine(
            &audible_frames(&frames, floor.as_ref()),
            coarse,
            floor.as_ref(),
        )
    }

    fn check(samples: &[f32], detected: &[(Secs, Secs)], expected: &[(Secs, Secs)]) {
        let speech = refined(samples, &coarse(detected));
        let close = speech.len() == expected.len()
            && speech.iter().zip(expected).all(|(span, (start, end))| {
                (span.start - start).abs() <= 0.04 && (span.end - end).abs() <= 0.04
            });
        assert!(close, "{speech:?} is not {expected:?}");
    }

    const PARTS: [(&str, Secs); 7] = [
        ("silence", 0.52),
        ("voice", 1.23),
        ("silence", 0.12), // a closure
        ("voice", 0.8),
        ("silence", 0.53),
        ("voice", 1.1),
        ("silence", 0.6),
    ];
    const SPEECH: [(Secs, Secs); 2] = [(0.52, 2.67), (3.2, 4.3)];

    #[test]
    fn boundaries_are_exact_although_the_detector_is_not() {
        check(&synthesize(&PARTS), &SPEECH, &SPEECH);
        // The gap is found even if the detector misses it.
        check(&synthesize(&PARTS), &[(0.52, 4.3)], &SPEECH);
    }

    #[test]
    fn noise_hum_and_offset_do_not_move_boundaries() {
        let voice = synthesize(&PARTS);
        let with =
            |other: Vec<f32>| -> Vec<f32> { voice.iter().zip(other).map(|(a, b)| a + b).collect() };
        let hum = |i: usize| 0.02 * (std::f32::consts::TAU * 50.0 * i as f32 / 16_000.0).sin();
        check(&with(hiss(voice.len(), 0.003)), &SPEECH, &SPEECH);
        check(&with(hiss(voice.len(), 0.05)), &SPEECH, &SPEECH);
        check(&with((0..voice.len()).map(hum).collect()), &SPEECH, &SPEECH);
        check(&with(vec![0.25; voice.len()]), &SPEECH, &SPEECH);
    }

    #[test]
    fn volume_and_leading_silence_change_nothing() {
        let mut samples = synthesize(&PARTS);
        let noise = hiss(samples.len(), 0.002);
        samples.iter_mut().zip(noise).for_each(|(s, n)| *s += n);
        let before = refined(&samples, &coarse(&SPEECH));
        let louder: Vec<f32> = samples.iter().map(|s| 2.0 * s).collect();
        assert_eq!(refined(&louder, &coarse(&SPEECH)), before);

        let mut later = vec![0.0; 48_000];
        later.extend(samples);
        let moved: Vec<(Secs, Secs)> = SPEECH.iter().map(|(a, b)| (a + 3.0, b + 3.0)).collect();
        let after = refined(&later, &coarse(&moved));
        assert_eq!(after.len(), before.len());
        for (a, b) in after.iter().zip(&before) {
            assert!(
                (a.start - b.start - 3.0).abs() < 0.011,
                "{after:?} {before:?}"
            );
            assert!((a.end - b.end - 3.0).abs() < 0.011, "{after:?} {before:?}");
        }
    }

    #[test]
    fn breath_away_from_speech_is_ignored() {
        let mut samples = synthesize(&[("voice", 1.0), ("silence", 2.0), ("voice", 1.0)]);
        let breath = hiss(8_000, 0.05);
        samples[20_000..28_000].copy_from_slice(&breath);
        check(
            &samples,
            &[(0.0, 1.0), (3.0, 4.0)],
            &[(0.0, 1.0), (3.0, 4.0)],
        );
    }

    #[test]
    fn silence_keeps_the_detected_spans() {
        assert!(refined(&[], &[]).is_empty());
        let spans = coarse(&[(0.5, 1.0)]);
        let detected = vec![Span::new(spans[0].start, spans[0].end - DETECTOR_RELEASE)];
        assert_eq!(refined(&[0.0; 32_000], &spans), detected);
        assert_eq!(refined(&[], &spans), detected);
    }
}
