//! Pitch tracking with YIN (de Cheveigné & Kawahara 2002, JASA 111:1917) on frames of 10 ms.
//!
//! Own code: the crates for it analyze a whole recording at once. This one continues as audio arrives, so nothing is
//! left to compute when the answer ends.

use super::frame::HOP;
use super::sample_tail::SampleTail;
use crate::domain::voice::{ANALYSIS_RATE_HZ, Pitch};

/// Range of tracked pitch. Adult speech seldom leaves it; a child's voice may.
const LOWEST_HZ: f64 = 60.0;
const HIGHEST_HZ: f64 = 420.0;
/// YIN's threshold: the first period with a lower normalized difference is taken.
const APERIODIC: f32 = 0.15;
/// Above this difference a frame is unvoiced ...
const VOICELESS: f32 = 0.55;
/// ... and up to this difference its pitch is exact.
const EXACT: f32 = 0.35;
/// Analyzing every second sample is enough for a voice and takes a quarter of the time.
const STRIDE: usize = 2;
const RATE_HZ: f64 = ANALYSIS_RATE_HZ as f64 / STRIDE as f64;
/// Samples (at the lower rate) compared with those one period later: 25 ms.
const WINDOW: usize = 200;
/// The longest period, in samples at the lower rate.
const MAX_PERIOD: usize = (RATE_HZ / LOWEST_HZ) as usize + 1;
/// Samples (at the lower rate) needed by a frame.
const FRAME_SPAN: usize = WINDOW + MAX_PERIOD;
/// Samples (at the full rate) on both sides that contribute to one at the lower rate.
const REACH: usize = 2;
/// Lags computed together, one SIMD lane each: four times as fast as one by one.
const BLOCK: usize = 16;
/// Buffer length: whole blocks of lags, and lag 0.
const LAGS: usize = 1 + MAX_PERIOD.div_ceil(BLOCK) * BLOCK;
/// Minimum number of voiced frames for pitch statistics.
const MIN_VOICED_FRAMES: usize = 50;
/// Pitch further from the median is an octave error: people stay within this range.
const OCTAVE_GUARD_SEMITONES: f64 = 10.0;
/// Maximum change of a voice's pitch from one frame to the next.
const STEADY_SEMITONES: f64 = 1.0;

/// Interval from `base` to `hz`, in semitones.
pub fn semitones(hz: f64, base: f64) -> f64 {
    12.0 * (hz / base).log2()
}

/// Pitch of one voiced frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VoicedFrame {
    pub hz: f64,
    /// YIN's normalized difference, 0 for a perfectly periodic signal.
    pub aperiodicity: f32,
}

/// Pitch statistics of a pitch track; `None` if there are too few voiced frames.
pub fn summarize(track: &[Option<VoicedFrame>]) -> Option<Pitch> {
    let exact = |voiced: &Option<VoicedFrame>| {
        let exact = voiced.filter(|voiced| voiced.aperiodicity <= EXACT);
        exact.map(|voiced| voiced.hz)
    };
    let track: Vec<Option<f64>> = track.iter().map(exact).collect();
    // A frame that its neighbors do not confirm is noise.
    let close =
        |a: Option<f64>, b: f64| a.is_some_and(|a| semitones(a, b).abs() < STEADY_SEMITONES);
    let mut voiced: Vec<f64> = track
        .windows(3)
        .filter_map(|three| three[1].filter(|hz| close(three[0], *hz) && close(three[2], *hz)))
        .collect();
    if voiced.len() < MIN_VOICED_FRAMES {
        return None;
    }
    let median = |values: &mut Vec<f64>| {
        let middle = values.len() / 2;
        *values.select_nth_unstable_by(middle, f64::total_cmp).1
    };
    let rough = median(&mut voiced);
    voiced.retain(|hz| semitones(*hz, rough).abs() <= OCTAVE_GUARD_SEMITONES);
    let median_hz = median(&mut voiced);
    let squares = voiced.iter().map(|hz| semitones(*hz, median_hz).powi(2));
    Some(Pitch {
        median_hz,
        sd_semitones: (squares.sum::<f64>() / voiced.len() as f64).sqrt(),
    })
}

/// The first sample needed by frames from `frame` on.
pub fn first_sample(frame: usize) -> usize {
    let middle = (frame * HOP + HOP / 2) / STRIDE;
    (middle.saturating_sub(FRAME_SPAN / 2) * STRIDE).saturating_sub(REACH)
}

/// Number of frames that are completely covered by the first `samples` samples.
pub fn settled(samples: usize) -> usize {
    // Samples needed after the start of a frame's hop.
    let after = (HOP / 2 / STRIDE + FRAME_SPAN - FRAME_SPAN / 2 - 1) * STRIDE + REACH + 1;
    (samples + HOP).saturating_sub(after) / HOP
}

/// Pitch of a frame; `None` if it is unvoiced, or if not enough audio surrounds it.
pub fn pitch_at(tail: &SampleTail, frame: usize) -> Option<VoicedFrame> {
    let middle = (frame * HOP + HOP / 2) / STRIDE;
    let start = middle.checked_sub(FRAME_SPAN / 2)?;
    if start + FRAME_SPAN > tail.end().div_ceil(STRIDE) {
        return None;
    }
    let mut window = [0.0; STRIDE * FRAME_SPAN + 2 * REACH];
    tail.copy((start * STRIDE) as isize - REACH as isize, &mut window);
    yin(&downsample(&window))
}

/// Low-pass filters the signal and keeps every second sample. The rest of the buffer is silence.
fn downsample(samples: &[f32; STRIDE * FRAME_SPAN + 2 * REACH]) -> [f32; WINDOW + LAGS] {
    let mut halved = [0.0; WINDOW + LAGS];
    for (i, halved) in halved[..FRAME_SPAN].iter_mut().enumerate() {
        let [a, b, c, d, e] = std::array::from_fn(|at| samples[STRIDE * i + at]);
        *halved = ((a + e) + 4.0 * (b + d) + 6.0 * c) / 16.0;
    }
    halved
}

/// Squared difference between the window and the signal `lag` samples later, for [`BLOCK`] lags from `lag`
/// on.
fn squared_differences(signal: &[f32; WINDOW + LAGS], lag: usize) -> [f32; BLOCK] {
    let mut squares = [0.0; BLOCK];
    for (here, there) in signal[..WINDOW].iter().zip(signal[lag..].windows(BLOCK)) {
        for (sum, there) in squares.iter_mut().zip(there) {
            *sum += (here - there) * (here - there);
        }
    }
    squares
}

fn yin(signal: &[f32; WINDOW + LAGS]) -> Option<VoicedFrame> {
    let here = &signal[..WINDOW];
    let mean = here.iter().sum::<f32>() / WINDOW as f32;
    if here.iter().all(|sample| *sample == mean) {
        return None;
    }
    let mut sum = 0.0;
    let mut difference = [1.0; LAGS];
    for first in (1..=MAX_PERIOD).step_by(BLOCK) {
        for (lag, squares) in (first..=MAX_PERIOD).zip(squared_differences(signal, first)) {
            sum += squares;
            difference[lag] = match sum > 0.0 {
                true => squares * lag as f32 / sum,
                false => 1.0,
            };
        }
    }
    let shortest = (RATE_HZ / HIGHEST_HZ) as usize;
    let lowest = |lags: std::ops::Range<usize>| {
        lags.min_by(|a, b| difference[*a].total_cmp(&difference[*b]))
    };
    let mut lag = match (shortest..MAX_PERIOD).find(|lag| difference[*lag] < APERIODIC) {
        Some(lag) => lag,
        None => lowest(shortest..MAX_PERIOD)?,
    };
    while lag + 1 < MAX_PERIOD && difference[lag + 1] < difference[lag] {
        lag += 1;
    }
    if difference[lag] > VOICELESS || lag <= shortest {
        return None;
    }
    let (a, b, c) = (difference[lag - 1], difference[lag], difference[lag + 1]);
    let bend = a - 2.0 * b + c;
    let shift = match bend > 0.0 {
        true => f64::from((a - c) / (2.0 * bend)).clamp(-0.5, 0.5),
        false => 0.0,
    };
    Some(VoicedFrame {
        hz: RATE_HZ / (lag as f64 + shift),
        aperiodicity: b,
    })
}

/// Pitch of all frames.
#[cfg(test)]
pub fn track(samples: &[f32]) -> Vec<Option<VoicedFrame>> {
    let tail = SampleTail::from(samples);
    let frames = 0..samples.len() / HOP;
    frames.map(|frame| pitch_at(&tail, frame)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pulses at `hz(seconds)`, through a resonance at about 600 Hz.
    fn pulses(seconds: f64, hz: impl Fn(f64) -> f64) -> Vec<f32> {
        let (mut a, mut b, mut phase) = (0.0f32, 0.0f32, 0.0f64);
        (0..(seconds * 16_000.0) as usize)
            .map(|i| {
                phase += hz(i as f64 / 16_000.0) / 16_000.0;
                let pulse = match phase >= 1.0 {
                    true => 0.3,
                    false => 0.0,
                };
                phase = phase.fract();
                let next = pulse + 1.85 * a - 0.9 * b;
                (a, b) = (next, a);
                next
            })
            .collect()
    }

    fn statistics(samples: &[f32]) -> Option<Pitch> {
        summarize(&track(samples))
    }

    #[test]
    fn pulse_train_has_its_pitch() {
        for hz in [80.0, 120.0, 200.0, 300.0] {
            let pitch = statistics(&pulses(2.0, |_| hz)).expect("voice");
            assert!((pitch.median_hz - hz).abs() < hz / 120.0, "{hz}: {pitch:?}");
            assert!(pitch.sd_semitones < 0.1, "{hz}: {pitch:?}");
        }
    }

    #[test]
    fn octave_sweep_has_its_standard_deviation() {
        // Uniform over 12 semitones: the standard deviation is 12 / sqrt(12).
        let sweep = pulses(4.0, |at| 100.0 * 2f64.powf(at / 4.0));
        let pitch = statistics(&sweep).expect("voice");
        assert!((pitch.median_hz - 141.4).abs() < 2.0, "{pitch:?}");
        assert!((pitch.sd_semitones - 3.46).abs() < 0.1, "{pitch:?}");
    }

    #[test]
    fn octave_errors_are_ignored() {
        let voice = |hz: f64| {
            Some(VoicedFrame {
                hz,
                aperiodicity: 0.1,
            })
        };
        let mut track = vec![voice(120.0); 200];
        track.extend([voice(60.0); 20]);
        track.extend([voice(240.0); 20]);
        let pitch = summarize(&track).expect("voice");
        assert_eq!((pitch.median_hz, pitch.sd_semitones), (120.0, 0.0));
    }

    #[test]
    fn pitch_ignores_volume_and_noise_has_none() {
        let voice = pulses(1.0, |at| 110.0 + 20.0 * at);
        let louder: Vec<f32> = voice.iter().map(|s| 2.0 * s).collect();
        assert_eq!(statistics(&voice), statistics(&louder));
        let mut state = 7u32;
        let hiss: Vec<f32> = (0..32_000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / (1 << 24) as f32 - 0.5
            })
            .collect();
        assert_eq!(statistics(&hiss), None);
        assert_eq!(statistics(&[0.0; 32_000]), None);
        assert_eq!(statistics(&[]), None);
    }
}
