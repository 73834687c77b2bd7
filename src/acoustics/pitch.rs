//! The pitch of the voice: YIN (de Cheveigne & Kawahara 2002, JASA 111:1917) on frames of 10 ms.

use super::ANALYSIS_RATE_HZ;
use super::analyzer::SampleTail;
use super::spectrum::HOP;
use crate::domain::voice::Pitch;

/// What the voice is tracked between. Speech seldom leaves it; a child's voice may.
const LOWEST_HZ: f64 = 60.0;
const HIGHEST_HZ: f64 = 420.0;
/// YIN's threshold: the first period whose normalised difference is below it is taken.
const APERIODIC: f32 = 0.15;
/// Above this no period is a voice ...
const VOICELESS: f32 = 0.55;
/// ... and up to this its pitch is exact.
const EXACT: f32 = 0.35;
/// Every second sample is enough for a voice and costs a quarter.
const STRIDE: usize = 2;
const RATE_HZ: f64 = ANALYSIS_RATE_HZ as f64 / STRIDE as f64;
/// Samples (at the lower rate) that are compared with those a period on: 25 ms.
const WINDOW: usize = 200;
/// The longest period, in samples at the lower rate.
const LONGEST: usize = (RATE_HZ / LOWEST_HZ) as usize + 1;
/// Samples (at the lower rate) that a frame looks at.
const SPAN: usize = WINDOW + LONGEST;
/// Samples (at the full rate) to both sides that one at the lower rate is made of.
const REACH: usize = 2;
/// Lags that are looked at together, each in a lane of its own: four times as fast as one by one.
const BLOCK: usize = 16;
/// Room for whole blocks of lags, and lag 0.
const LAGS: usize = 1 + LONGEST.div_ceil(BLOCK) * BLOCK;
/// Fewer voiced frames than this are no movement.
const FEWEST_FRAMES: usize = 50;
/// Pitch further than this from the median is a mistaken octave: people stay within.
const OCTAVE_GUARD_SEMITONES: f64 = 10.0;
/// A voice goes no further than this from one frame to the next.
const STEADY_SEMITONES: f64 = 1.0;

/// Semitones from `base` up to `hz`.
pub fn semitones(hz: f64, base: f64) -> f64 {
    12.0 * (hz / base).log2()
}

/// The voice in one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Voiced {
    pub hz: f64,
    /// YIN's normalised difference, from 0 for a perfect period.
    pub aperiodicity: f32,
}

/// What `track` comes to; `None` where there is too little voice.
pub fn movement(track: &[Option<Voiced>]) -> Option<Pitch> {
    let exact = |voiced: &Option<Voiced>| {
        let exact = voiced.filter(|voiced| voiced.aperiodicity <= EXACT);
        exact.map(|voiced| voiced.hz)
    };
    let track: Vec<Option<f64>> = track.iter().map(exact).collect();
    // A frame that no neighbour confirms is noise.
    let close =
        |a: Option<f64>, b: f64| a.is_some_and(|a| semitones(a, b).abs() < STEADY_SEMITONES);
    let mut voiced: Vec<f64> = track
        .windows(3)
        .filter_map(|three| three[1].filter(|hz| close(three[0], *hz) && close(three[2], *hz)))
        .collect();
    if voiced.len() < FEWEST_FRAMES {
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

/// The first sample that frames from `frame` on look at.
pub fn first_sample(frame: usize) -> usize {
    let middle = (frame * HOP + HOP / 2) / STRIDE;
    (middle.saturating_sub(SPAN / 2) * STRIDE).saturating_sub(REACH)
}

/// How many frames see all they look at in the first `samples` samples.
pub fn settled(samples: usize) -> usize {
    // What lies after the beginning of a frame's hop.
    let after = (HOP / 2 / STRIDE + SPAN - SPAN / 2 - 1) * STRIDE + REACH + 1;
    (samples + HOP).saturating_sub(after) / HOP
}

/// The voice in a frame; `None` where there is none, or less sound around it than one must hear.
pub fn at(sound: &SampleTail, frame: usize) -> Option<Voiced> {
    let middle = (frame * HOP + HOP / 2) / STRIDE;
    let start = middle.checked_sub(SPAN / 2)?;
    if start + SPAN > sound.end().div_ceil(STRIDE) {
        return None;
    }
    let mut heard = [0.0; STRIDE * SPAN + 2 * REACH];
    sound.copy((start * STRIDE) as isize - REACH as isize, &mut heard);
    in_halved(&halved(&heard))
}

/// Every second sample of what is left below a quarter of the rate; then silence.
fn halved(heard: &[f32; STRIDE * SPAN + 2 * REACH]) -> [f32; WINDOW + LAGS] {
    let mut halved = [0.0; WINDOW + LAGS];
    for (i, halved) in halved[..SPAN].iter_mut().enumerate() {
        let [a, b, c, d, e] = std::array::from_fn(|at| heard[STRIDE * i + at]);
        *halved = ((a + e) + 4.0 * (b + d) + 6.0 * c) / 16.0;
    }
    halved
}

/// For each of the [`BLOCK`] lags from `lag` on, how far the window is from what lies so much later.
fn squares(heard: &[f32; WINDOW + LAGS], lag: usize) -> [f32; BLOCK] {
    let mut squares = [0.0; BLOCK];
    for (here, there) in heard[..WINDOW].iter().zip(heard[lag..].windows(BLOCK)) {
        for (sum, there) in squares.iter_mut().zip(there) {
            *sum += (here - there) * (here - there);
        }
    }
    squares
}

fn in_halved(heard: &[f32; WINDOW + LAGS]) -> Option<Voiced> {
    let longest = LONGEST;
    let here = &heard[..WINDOW];
    let mean = here.iter().sum::<f32>() / WINDOW as f32;
    if here.iter().all(|sample| *sample == mean) {
        return None;
    }
    let mut sum = 0.0;
    let mut difference = [1.0; LAGS];
    for first in (1..=longest).step_by(BLOCK) {
        for (lag, squares) in (first..=longest).zip(squares(heard, first)) {
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
    let mut lag = match (shortest..longest).find(|lag| difference[*lag] < APERIODIC) {
        Some(lag) => lag,
        None => lowest(shortest..longest)?,
    };
    while lag + 1 < longest && difference[lag + 1] < difference[lag] {
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
    Some(Voiced {
        hz: RATE_HZ / (lag as f64 + shift),
        aperiodicity: b,
    })
}

/// The voice in each frame of a whole sound.
#[cfg(test)]
pub fn track(samples: &[f32]) -> Vec<Option<Voiced>> {
    let sound = SampleTail::from(samples);
    let frames = 0..samples.len() / HOP;
    frames.map(|frame| at(&sound, frame)).collect()
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

    fn read(samples: &[f32]) -> Option<Pitch> {
        movement(&track(samples))
    }

    #[test]
    fn a_train_of_pulses_has_its_pitch() {
        for hz in [80.0, 120.0, 200.0, 300.0] {
            let pitch = read(&pulses(2.0, |_| hz)).expect("voice");
            assert!((pitch.median_hz - hz).abs() < hz / 120.0, "{hz}: {pitch:?}");
            assert!(pitch.sd_semitones < 0.1, "{hz}: {pitch:?}");
        }
    }

    #[test]
    fn a_sweep_over_an_octave_moves_by_its_spread() {
        // Evenly over 12 semitones: 12 / sqrt(12) about the middle.
        let sweep = pulses(4.0, |at| 100.0 * 2f64.powf(at / 4.0));
        let pitch = read(&sweep).expect("voice");
        assert!((pitch.median_hz - 141.4).abs() < 2.0, "{pitch:?}");
        assert!((pitch.sd_semitones - 3.46).abs() < 0.1, "{pitch:?}");
    }

    #[test]
    fn a_mistaken_octave_is_left_out() {
        let voice = |hz: f64| {
            Some(Voiced {
                hz,
                aperiodicity: 0.1,
            })
        };
        let mut track = vec![voice(120.0); 200];
        track.extend([voice(60.0); 20]);
        track.extend([voice(240.0); 20]);
        let pitch = movement(&track).expect("voice");
        assert_eq!((pitch.median_hz, pitch.sd_semitones), (120.0, 0.0));
    }

    #[test]
    fn volume_changes_nothing_and_noise_has_no_pitch() {
        let voice = pulses(1.0, |at| 110.0 + 20.0 * at);
        let louder: Vec<f32> = voice.iter().map(|s| 2.0 * s).collect();
        assert_eq!(read(&voice), read(&louder));
        let mut state = 7u32;
        let hiss: Vec<f32> = (0..32_000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / (1 << 24) as f32 - 0.5
            })
            .collect();
        assert_eq!(read(&hiss), None);
        assert_eq!(read(&[0.0; 32_000]), None);
        assert_eq!(read(&[]), None);
    }
}
