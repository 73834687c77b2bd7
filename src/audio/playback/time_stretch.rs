//! Plays speech faster or slower at the same pitch with WSOLA (Verhelst and Roelands 1993): it overlaps
//! chunks, each taken from where it best continues the previous one.
//!
//! Own code: it is 130 lines, and the crates for it are a first release (`wsola` 0.1) or made for music
//! (`timestretch`).

use crate::acoustics::ANALYSIS_RATE_HZ;

/// Output samples per step, cross-faded between two positions of the input: 20 ms.
const HOP: usize = ANALYSIS_RATE_HZ as usize / 50;
/// Search range around the nominal position of a chunk: 10 ms either way, one period of the lowest voice.
const SEARCH: usize = ANALYSIS_RATE_HZ as usize / 100;

/// Changes the speed of one 16 kHz channel, over any number of calls. Output sample `n` comes from input
/// sample `n * rate`, within 10 ms.
pub struct TimeStretcher {
    rate: f64,
    pending: Vec<f32>,
    /// Input samples before `pending`.
    consumed: usize,
    /// Input position that directly continues the last output; `None` at the start.
    natural_continuation: Option<usize>,
    hops: usize,
    input_count: usize,
    output_count: usize,
}

impl TimeStretcher {
    /// For `rate` times the speed, clamped to 0.5 to 2.
    pub fn new(rate: f64) -> Self {
        let rate = if rate.is_finite() { rate } else { 1.0 };
        Self {
            rate: rate.clamp(0.5, 2.0),
            pending: Vec::new(),
            consumed: 0,
            natural_continuation: None,
            hops: 0,
            input_count: 0,
            output_count: 0,
        }
    }

    /// Processes `samples` and appends the available output to `out`.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        self.input_count += samples.len();
        if self.is_unchanged() {
            out.extend_from_slice(samples);
            return;
        }
        self.pending.extend_from_slice(samples);
        while self.needed_input() <= self.consumed + self.pending.len() {
            self.step(out);
        }
    }

    /// Appends the rest, so that the output is as long as the input divided by the rate.
    pub fn finish(&mut self, out: &mut Vec<f32>) {
        if self.is_unchanged() {
            return;
        }
        let due = (self.input_count as f64 / self.rate).round() as usize;
        while self.output_count < due {
            let missing = self
                .needed_input()
                .saturating_sub(self.consumed + self.pending.len());
            self.pending.resize(self.pending.len() + missing, 0.0);
            self.step(out);
        }
        out.truncate(out.len() - (self.output_count - due));
        self.output_count = due;
    }

    fn is_unchanged(&self) -> bool {
        (self.rate - 1.0).abs() < 1e-6
    }

    /// Nominal input position of the next chunk.
    fn nominal_position(&self) -> usize {
        (self.hops as f64 * HOP as f64 * self.rate).round() as usize
    }

    /// Input length needed for the next chunk.
    fn needed_input(&self) -> usize {
        let natural = self.natural_continuation.unwrap_or(0);
        (self.nominal_position() + SEARCH).max(natural) + HOP
    }

    fn step(&mut self, out: &mut Vec<f32>) {
        let due = self.nominal_position();
        let at = |position: usize| {
            &self.pending[position - self.consumed..position - self.consumed + HOP]
        };
        let position = match self.natural_continuation {
            None => {
                out.extend_from_slice(at(due));
                due
            }
            Some(natural) => {
                let before = at(natural);
                let positions = due.saturating_sub(SEARCH).max(self.consumed)..=due + SEARCH;
                let score = |position: &usize| similarity(before, at(*position));
                let best = positions.max_by(|a, b| score(a).total_cmp(&score(b)));
                let position = best.unwrap_or(due);
                let fade = before.iter().zip(at(position)).enumerate();
                out.extend(fade.map(|(i, (from, to))| {
                    // The flank of a Hann window: the two weights add up to 1.
                    let turn = std::f32::consts::PI * (i as f32 + 0.5) / HOP as f32;
                    let weight = 0.5 - 0.5 * turn.cos();
                    from + weight * (to - from)
                }));
                position
            }
        };
        self.output_count += HOP;
        self.hops += 1;
        self.natural_continuation = Some(position + HOP);
        let from = (position + HOP).min(self.nominal_position().saturating_sub(SEARCH));
        let excess = from.saturating_sub(self.consumed).min(self.pending.len());
        self.pending.drain(..excess);
        self.consumed += excess;
    }
}

/// Similarity of two stretches of audio: their dot product, normalized by the power of the second.
fn similarity(before: &[f32], there: &[f32]) -> f32 {
    let (mut both, mut power) = (0.0, 0.0);
    for (a, b) in before.iter().zip(there) {
        both += a * b;
        power += b * b;
    }
    both / (power + 1e-6).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATES: [f64; 4] = [0.75, 1.0, 1.25, 1.5];

    fn stretched(samples: &[f32], rate: f64, piece: usize) -> Vec<f32> {
        let mut stretch = TimeStretcher::new(rate);
        let mut out = Vec::new();
        for piece in samples.chunks(piece) {
            stretch.push(piece, &mut out);
        }
        stretch.finish(&mut out);
        out
    }

    fn sine(hz: f64, seconds: f64) -> Vec<f32> {
        let rate = f64::from(ANALYSIS_RATE_HZ);
        let count = (seconds * rate) as usize;
        let turn = |i: usize| std::f64::consts::TAU * hz * i as f64 / rate;
        (0..count).map(|i| 0.5 * turn(i).sin() as f32).collect()
    }

    fn loudness(samples: &[f32]) -> f32 {
        (samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32).sqrt()
    }

    /// Frequency from the first to the last upward zero crossing, interpolated between samples.
    fn hz_of(samples: &[f32]) -> f64 {
        let pairs = samples.windows(2).enumerate();
        let rises: Vec<f64> = pairs
            .filter(|(_, pair)| pair[0] < 0.0 && pair[1] >= 0.0)
            .map(|(i, pair)| i as f64 + f64::from(pair[0] / (pair[0] - pair[1])))
            .collect();
        let span = rises[rises.len() - 1] - rises[0];
        f64::from(ANALYSIS_RATE_HZ) * (rises.len() - 1) as f64 / span
    }

    #[test]
    fn length_changes_while_pitch_and_loudness_stay() {
        for hz in [95.0, 140.0, 233.0, 410.0] {
            let sound = sine(hz, 2.0);
            for rate in RATES {
                let out = stretched(&sound, rate, 1000);
                let expected = sound.len() as f64 / rate;
                let long = out.len() as f64 / expected;
                assert!((0.99..1.01).contains(&long), "{hz} Hz at {rate}: {long}");
                let pitch_ratio = hz_of(&out[..out.len() * 9 / 10]) / hz;
                assert!(
                    (0.99..1.01).contains(&pitch_ratio),
                    "{hz} Hz at {rate}: {pitch_ratio}"
                );
                let loud = loudness(&out) / loudness(&sound);
                assert!((0.95..1.05).contains(&loud), "{hz} Hz at {rate}: {loud}");
            }
        }
    }

    #[test]
    fn events_keep_their_relative_time() {
        let mut sound = sine(120.0, 3.0);
        sound[..32_000].iter_mut().for_each(|sample| *sample = 0.0);
        for rate in RATES {
            let out = stretched(&sound, rate, 333);
            let begins = out.iter().position(|s| s.abs() > 0.05).expect("an event");
            let off = begins as f64 * rate / f64::from(ANALYSIS_RATE_HZ) - 2.0;
            assert!(off.abs() < 0.03, "at {rate}: off by {off} s");
        }
    }

    #[test]
    fn chunk_size_does_not_matter_and_normal_speed_changes_nothing() {
        let sound = sine(177.0, 0.7);
        for rate in RATES {
            let whole = stretched(&sound, rate, sound.len());
            assert_eq!(stretched(&sound, rate, 7), whole);
        }
        assert_eq!(stretched(&sound, 1.0, 100), sound);
        assert!(stretched(&[], 1.5, 100).is_empty());
        assert_eq!(stretched(&sound[..3], 1.5, 100).len(), 2);
    }
}
