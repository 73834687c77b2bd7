//! The pitch of the voice: YIN (de Cheveigne & Kawahara 2002, JASA 111:1917) on frames of 10 ms.

use serde::{Deserialize, Serialize};

use super::ANALYSIS_RATE_HZ;
use super::frames::HOP;

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
/// Fewer voiced frames than this are no movement.
const FEWEST_FRAMES: usize = 50;
/// Pitch further than this from the median is a mistaken octave: people stay within.
const OCTAVE_GUARD_SEMITONES: f64 = 10.0;
/// A voice goes no further than this from one frame to the next.
const STEADY_SEMITONES: f64 = 1.0;

/// How the voice moved over a take.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pitch {
    /// Median of the voiced frames.
    pub median_hz: f64,
    /// Standard deviation of the voiced frames about the median, in semitones (Hincks 2005).
    pub sd_semitones: f64,
}

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

/// The voice in each frame in which `asked` is set; `None` elsewhere and where none is.
pub fn track(samples: &[f32], asked: &[bool]) -> Vec<Option<Voiced>> {
    let halved = halved(samples);
    let mut difference = vec![0.0; (RATE_HZ / LOWEST_HZ) as usize + 2];
    asked
        .iter()
        .enumerate()
        .map(|(frame, asked)| {
            asked
                .then(|| pitch_at(&halved, frame, &mut difference))
                .flatten()
        })
        .collect()
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

/// Every second sample of what is left below a quarter of the rate.
fn halved(samples: &[f32]) -> Vec<f32> {
    let at = |i: usize, offset: isize| {
        let sample = i.checked_add_signed(offset).and_then(|at| samples.get(at));
        sample.copied().unwrap_or(0.0)
    };
    (0..samples.len())
        .step_by(STRIDE)
        .map(|i| {
            let outer = at(i, -2) + at(i, 2);
            let inner = at(i, -1) + at(i, 1);
            (outer + 4.0 * inner + 6.0 * samples[i]) / 16.0
        })
        .collect()
}

/// One frame; `difference` is its working memory, one cell a lag.
fn pitch_at(halved: &[f32], frame: usize, difference: &mut [f32]) -> Option<Voiced> {
    let longest = difference.len() - 1;
    let middle = (frame * HOP + HOP / 2) / STRIDE;
    let start = middle.checked_sub((WINDOW + longest) / 2)?;
    let heard = halved.get(start..start + WINDOW + longest)?;
    let here = &heard[..WINDOW];
    let mean = here.iter().sum::<f32>() / WINDOW as f32;
    if here.iter().all(|sample| *sample == mean) {
        return None;
    }
    let mut sum = 0.0;
    difference[0] = 1.0;
    for lag in 1..=longest {
        let there = &heard[lag..lag + WINDOW];
        let pairs = here.iter().zip(there);
        let squares: f32 = pairs.map(|(a, b)| (a - b) * (a - b)).sum();
        sum += squares;
        difference[lag] = match sum > 0.0 {
            true => squares * lag as f32 / sum,
            false => 1.0,
        };
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
        movement(&track(samples, &vec![true; samples.len() / HOP]))
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
