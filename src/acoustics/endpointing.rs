//! Where speech begins and ends, to 40 ms. A neural detector says where someone speaks, robustly but
//! by and by (it lets go late); the energy of the sound shows exactly where, but drowns in noise.
//! Here the two are weighed against each other by how far the noise lies below the voice.
//!
//! Every threshold stands relative to the voice of the take, so that its volume changes nothing, and
//! what is far from speech is not looked at, so that a wait before the first word changes nothing.
//! The noise's floor is a low percentile of each band, as in minimum statistics (Martin 2001, IEEE
//! TSAP 9:5); bands are weighed by their noise, so that a hum or a hiss hides only its own.

use super::spectrum::{BANDS, Bands, HOP_SECS};
use crate::domain::time::{Secs, Span};

/// A sound this far below the voice's loud frames is silence. Phoneticians' usual 25 dB cut is
/// relative to the whole utterance; soft final consonants lie lower.
const SILENCE_DB: f64 = -34.0;
/// What is loud for a voice: this share of its frames is softer.
const LOUD: f64 = 0.95;
/// In this share of the frames nobody speaks in a band: pauses, closures, other sounds' bands ...
const FLOOR: f64 = 0.15;
/// ... and as a low percentile lies below the noise's mean, that is this much more.
const FLOOR_BIAS: f64 = 1.5;
/// The energy of noise in one frame and band seldom passes this many times its mean.
const NOISE_PEAK: f32 = 2.0;
/// How near to the detector's speech a sound must be to be part of it.
const REACH: Secs = 0.15;
/// How near to speech the noise is learned.
const NEIGHBOURHOOD: Secs = 1.0;
/// Silero lets go this late (median over the ends of 169 pauses; 0.045 to 0.122 at 5 and 95 %).
/// It takes hold in time.
const LATE: Secs = 0.08;
/// An edge by energy and one by the detector mean the same event up to here.
const SAME_EDGE: Secs = 0.2;
/// Gaps shorter than this are closures of stops (up to 0.18 s in slow speech), not silences.
const SHORTEST_GAP: Secs = 0.2;
/// A click is shorter, the shortest word is not.
const SHORTEST_SPEECH: Secs = 0.06;

/// Refines `coarse`, the detector's spans of speech, in order, by which frames are `audible`: above the
/// floor. The gaps between the spans that come back are silences of at least 0.2 s.
pub fn refine(audible: &[bool], coarse: &[Span], floor: Option<&NoiseFloor>) -> Vec<Span> {
    let (Some(first), Some(last)) = (coarse.first(), coarse.last()) else {
        return Vec::new();
    };
    let heard = floor.map_or_else(AudibleRun::default, |floor| {
        by_energy(audible, coarse, floor)
    });
    let whole = first.join(*last);
    let begin = heard.spans.first().unwrap_or(&whole);
    let end = heard.spans.last().unwrap_or(&whole);
    let weigh = |energy: Secs, detector: Secs| heard.weigh(energy, detector);
    let start = weigh(begin.start, first.start);
    let end = weigh(end.end, last.end - LATE).max(start);
    let mut speech = vec![Span::new(start, end)];
    for gap in gaps(&heard, coarse) {
        let Some(rest) = speech.last_mut() else { break };
        if gap.start > rest.start && gap.end < rest.end && gap.len() >= SHORTEST_GAP {
            let after = Span::new(gap.end, rest.end);
            rest.end = gap.start;
            speech.push(after);
        }
    }
    speech
}

/// Speech by energy alone, and how far that is to be trusted: not at all where there is none.
#[derive(Default)]
struct AudibleRun {
    spans: Vec<Span>,
    /// 1 where the noise lies far below what counts as silence, 0 far above it.
    trust: f64,
}

impl AudibleRun {
    /// One edge out of two; where they are of different events, the more trusted one.
    fn weigh(&self, energy: Secs, detector: Secs) -> Secs {
        match (energy - detector).abs() < SAME_EDGE {
            true => self.trust * energy + (1.0 - self.trust) * detector,
            false if self.trust > 0.5 => energy,
            false => detector,
        }
    }
}

/// The silences by both, in order. One that only the energy shows may be a soft sound under noise.
fn gaps(heard: &AudibleRun, coarse: &[Span]) -> Vec<Span> {
    let detected: Vec<Span> = coarse
        .windows(2)
        .map(|pair| Span::new(pair[0].end - LATE, pair[1].start))
        .collect();
    let mut used = vec![false; detected.len()];
    let mut gaps = Vec::new();
    for pair in heard.spans.windows(2) {
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
                heard.weigh(gap.start, other.start),
                heard.weigh(gap.end, other.end),
            )),
            None if heard.trust > 0.5 => gaps.push(gap),
            None => {}
        }
    }
    let unseen = detected.iter().zip(used).filter(|(_, used)| !used);
    gaps.extend(unseen.map(|(gap, _)| *gap));
    gaps.sort_by(|a, b| a.start.total_cmp(&b.start));
    gaps
}

fn by_energy(audible: &[bool], coarse: &[Span], floor: &NoiseFloor) -> AudibleRun {
    let near = within(audible.len(), coarse, REACH);
    let both = near.iter().zip(audible);
    let loud: Vec<bool> = both.map(|(near, audible)| *near && *audible).collect();
    AudibleRun {
        spans: joined(&loud),
        trust: f64::from(floor.silence / (floor.silence + floor.noise.iter().sum::<f32>())),
    }
}

/// What sound must rise above to be heard in a take.
pub struct NoiseFloor {
    /// The energy of the voice's loud frames.
    pub loud: f32,
    /// What is too soft to be speech.
    silence: f32,
    /// Mean energy of the noise in each band.
    noise: Bands,
}

impl NoiseFloor {
    /// Learned from the frames in and around `coarse`; `None` without a voice in it.
    pub fn learn(frames: &[Bands], coarse: &[Span]) -> Option<Self> {
        let (first, last) = (coarse.first()?, coarse.last()?);
        let total = |bands: &Bands| bands.iter().sum::<f32>();
        let voice = chosen(frames, &within(frames.len(), coarse, 0.0))
            .map(total)
            .collect();
        let loud = percentile(voice, LOUD).filter(|loud| *loud > 0.0)?;

        // A gate's digital silence between words is the true floor; that before the first or after
        // the last word may have been put there.
        let smooth = smoothed(frames);
        let told = within(frames.len(), &[first.join(*last)], 0.0);
        let telling: Vec<bool> = within(frames.len(), coarse, NEIGHBOURHOOD)
            .iter()
            .zip(frames.iter().zip(told))
            .map(|(near, (bands, told))| *near && (told || total(bands) > loud * 1e-8))
            .collect();
        let mut noise = [0.0; BANDS];
        for (band, noise) in noise.iter_mut().enumerate() {
            let energies = chosen(&smooth, &telling).map(|bands| bands[band]).collect();
            *noise = FLOOR_BIAS as f32 * percentile(energies, FLOOR)?;
        }
        Some(Self {
            loud,
            silence: loud * 10f32.powf(SILENCE_DB as f32 / 10.0),
            noise,
        })
    }

    /// Whether a frame rises above it.
    fn is_below(&self, bands: &Bands) -> bool {
        let excess = bands.iter().zip(&self.noise);
        let sum: f32 = excess
            .map(|(energy, noise)| (energy - NOISE_PEAK * noise).max(0.0) / (noise + self.silence))
            .sum();
        sum > 1.0
    }
}

/// Which frames rise above the floor; none where there is none.
pub fn audible(frames: &[Bands], floor: Option<&NoiseFloor>) -> Vec<bool> {
    match floor {
        Some(floor) => frames.iter().map(|bands| floor.is_below(bands)).collect(),
        None => vec![false; frames.len()],
    }
}

/// Spans of frames that are loud, a lone frame outvoted by its neighbours.
fn joined(loud: &[bool]) -> Vec<Span> {
    let at = |i: usize| usize::from(loud[i.min(loud.len() - 1)]);
    let mut spans: Vec<Span> = Vec::new();
    for i in 0..loud.len() {
        if at(i.saturating_sub(1)) + at(i) + at(i + 1) < 2 {
            continue;
        }
        let frame = Span::new(i as f64 * HOP_SECS, (i + 1) as f64 * HOP_SECS);
        match spans.last_mut() {
            Some(last) if frame.start - last.end < SHORTEST_GAP => last.end = frame.end,
            _ => spans.push(frame),
        }
    }
    spans.retain(|span| span.len() >= SHORTEST_SPEECH);
    spans
}

/// Which of `count` frames have their middle in a span, made longer by `reach` on both sides.
pub fn within(count: usize, spans: &[Span], reach: Secs) -> Vec<bool> {
    let mut inside = vec![false; count];
    for span in spans {
        let frame = |at: Secs| ((at / HOP_SECS + 0.5).max(0.0) as usize).min(count);
        let (from, to) = (frame(span.start - reach), frame(span.end + reach));
        inside[from..to.max(from)].fill(true);
    }
    inside
}

fn chosen<'a>(frames: &'a [Bands], which: &'a [bool]) -> impl Iterator<Item = &'a Bands> {
    frames
        .iter()
        .zip(which)
        .filter(|(_, chosen)| **chosen)
        .map(|(bands, _)| bands)
}

/// Each frame as the mean of five.
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

    /// 16 kHz of syllables, a quarter of a second each (pulses through a resonance), or of nothing.
    fn sound(parts: &[(&str, Secs)]) -> Vec<f32> {
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

    /// Noise of a linear congruence, the same each time.
    fn hiss(count: usize, level: f32) -> Vec<f32> {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        (0..count).map(|_| level * next()).collect()
    }

    /// What the detector would say: hops of 32 ms, late ends, gaps under 0.3 s not seen.
    fn coarse(spans: &[(Secs, Secs)]) -> Vec<Span> {
        let hop = |at: Secs| (at / 0.032).round() * 0.032;
        spans
            .iter()
            .map(|(start, end)| Span::new(hop(*start), hop(end + LATE)))
            .collect()
    }

    fn refined(samples: &[f32], coarse: &[Span]) -> Vec<Span> {
        let frames = frames(samples);
        let floor = NoiseFloor::learn(&frames, coarse);
        refine(&audible(&frames, floor.as_ref()), coarse, floor.as_ref())
    }

    fn check(samples: &[f32], detected: &[(Secs, Secs)], expected: &[(Secs, Secs)]) {
        let speech = refined(samples, &coarse(detected));
        let close = speech.len() == expected.len()
            && speech.iter().zip(expected).all(|(span, (start, end))| {
                (span.start - start).abs() <= 0.04 && (span.end - end).abs() <= 0.04
            });
        assert!(close, "{speech:?} is not {expected:?}");
    }

    const TOLD: [(&str, Secs); 7] = [
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
    fn edges_are_exact_where_the_detector_is_not() {
        check(&sound(&TOLD), &SPEECH, &SPEECH);
        // Nor has it to see a gap at all.
        check(&sound(&TOLD), &[(0.52, 4.3)], &SPEECH);
    }

    #[test]
    fn noise_hum_and_offset_do_not_move_them() {
        let voice = sound(&TOLD);
        let with =
            |other: Vec<f32>| -> Vec<f32> { voice.iter().zip(other).map(|(a, b)| a + b).collect() };
        let hum = |i: usize| 0.02 * (std::f32::consts::TAU * 50.0 * i as f32 / 16_000.0).sin();
        check(&with(hiss(voice.len(), 0.003)), &SPEECH, &SPEECH);
        check(&with(hiss(voice.len(), 0.05)), &SPEECH, &SPEECH);
        check(&with((0..voice.len()).map(hum).collect()), &SPEECH, &SPEECH);
        check(&with(vec![0.25; voice.len()]), &SPEECH, &SPEECH);
    }

    #[test]
    fn volume_and_a_wait_change_nothing() {
        let mut samples = sound(&TOLD);
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
    fn a_breath_away_from_speech_is_none() {
        let mut samples = sound(&[("voice", 1.0), ("silence", 2.0), ("voice", 1.0)]);
        let breath = hiss(8_000, 0.05);
        samples[20_000..28_000].copy_from_slice(&breath);
        check(
            &samples,
            &[(0.0, 1.0), (3.0, 4.0)],
            &[(0.0, 1.0), (3.0, 4.0)],
        );
    }

    #[test]
    fn nothing_is_made_of_nothing() {
        assert!(refined(&[], &[]).is_empty());
        let spans = coarse(&[(0.5, 1.0)]);
        let detected = vec![Span::new(spans[0].start, spans[0].end - LATE)];
        assert_eq!(refined(&[0.0; 32_000], &spans), detected);
        assert_eq!(refined(&[], &spans), detected);
    }
}
