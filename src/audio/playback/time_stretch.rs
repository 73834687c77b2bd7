//! Speech faster or slower at the same pitch: overlapped pieces of it, each taken from where it goes on
//! best from the one before (WSOLA; Verhelst and Roelands 1993). Own code, since it is short: the one
//! crate that does just this is a first release.

use crate::acoustics::ANALYSIS_RATE_HZ;

/// How much is written at a time, faded over from one place of the sound to the next: 20 ms.
const HOP: usize = ANALYSIS_RATE_HZ as usize / 50;
/// How far from its due place a piece may be taken: 10 ms, two periods of the lowest voice either way.
const SEARCH: usize = ANALYSIS_RATE_HZ as usize / 100;

/// Changes the speed of one channel of 16 kHz, over any number of calls. Sample `n` of the output was
/// sample `n * rate` of the input, give or take 10 ms.
pub struct TimeStretcher {
    rate: f64,
    waiting: Vec<f32>,
    /// Samples of the input before `waiting`.
    consumed: usize,
    /// Where in the input the sound would go on from what was written last; `None` at the start.
    natural_continuation: Option<usize>,
    hops: usize,
    taken: usize,
    given: usize,
}

impl TimeStretcher {
    /// `rate` times as fast; within 0.5 and 2.
    pub fn new(rate: f64) -> Self {
        let rate = if rate.is_finite() { rate } else { 1.0 };
        Self {
            rate: rate.clamp(0.5, 2.0),
            waiting: Vec::new(),
            consumed: 0,
            natural_continuation: None,
            hops: 0,
            taken: 0,
            given: 0,
        }
    }

    /// Takes `samples` in and appends what is ready to `out`.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        self.taken += samples.len();
        if self.is_unchanged() {
            out.extend_from_slice(samples);
            return;
        }
        self.waiting.extend_from_slice(samples);
        while self.needs() <= self.consumed + self.waiting.len() {
            self.step(out);
        }
    }

    /// Appends what is left: the output is as long as the input, divided by the rate.
    pub fn finish(&mut self, out: &mut Vec<f32>) {
        if self.is_unchanged() {
            return;
        }
        let due = (self.taken as f64 / self.rate).round() as usize;
        while self.given < due {
            let missing = self
                .needs()
                .saturating_sub(self.consumed + self.waiting.len());
            self.waiting.resize(self.waiting.len() + missing, 0.0);
            self.step(out);
        }
        out.truncate(out.len() - (self.given - due));
        self.given = due;
    }

    fn is_unchanged(&self) -> bool {
        (self.rate - 1.0).abs() < 1e-6
    }

    /// Where in the input the next piece is due.
    fn due(&self) -> usize {
        (self.hops as f64 * HOP as f64 * self.rate).round() as usize
    }

    /// So much of the input is looked at for the next piece.
    fn needs(&self) -> usize {
        let natural = self.natural_continuation.unwrap_or(0);
        (self.due() + SEARCH).max(natural) + HOP
    }

    fn step(&mut self, out: &mut Vec<f32>) {
        let due = self.due();
        let at = |place: usize| &self.waiting[place - self.consumed..place - self.consumed + HOP];
        let place = match self.natural_continuation {
            None => {
                out.extend_from_slice(at(due));
                due
            }
            Some(natural) => {
                let before = at(natural);
                let places = due.saturating_sub(SEARCH).max(self.consumed)..=due + SEARCH;
                let likeness = |place: &usize| similarity(before, at(*place));
                let best = places.max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
                let place = best.unwrap_or(due);
                let fade = before.iter().zip(at(place)).enumerate();
                out.extend(fade.map(|(i, (from, to))| {
                    // A Hann window's flank: the two shares are 1 together.
                    let turn = std::f32::consts::PI * (i as f32 + 0.5) / HOP as f32;
                    let share = 0.5 - 0.5 * turn.cos();
                    from + share * (to - from)
                }));
                place
            }
        };
        self.given += HOP;
        self.hops += 1;
        self.natural_continuation = Some(place + HOP);
        let from = (place + HOP).min(self.due().saturating_sub(SEARCH));
        let over = from.saturating_sub(self.consumed).min(self.waiting.len());
        self.waiting.drain(..over);
        self.consumed += over;
    }
}

/// How well one stretch of sound goes on as another: their product, beside the loudness of the other.
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

    /// From the first to the last rise through zero, each found between two samples.
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
    fn the_length_changes_and_the_pitch_and_the_loudness_stay() {
        for hz in [95.0, 140.0, 233.0, 410.0] {
            let sound = sine(hz, 2.0);
            for rate in RATES {
                let out = stretched(&sound, rate, 1000);
                let wanted = sound.len() as f64 / rate;
                let long = out.len() as f64 / wanted;
                assert!((0.99..1.01).contains(&long), "{hz} Hz at {rate}: {long}");
                let heard = hz_of(&out[..out.len() * 9 / 10]) / hz;
                assert!((0.99..1.01).contains(&heard), "{hz} Hz at {rate}: {heard}");
                let loud = loudness(&out) / loudness(&sound);
                assert!((0.95..1.05).contains(&loud), "{hz} Hz at {rate}: {loud}");
            }
        }
    }

    #[test]
    fn what_happens_comes_when_it_is_due() {
        let mut sound = sine(120.0, 3.0);
        sound[..32_000].iter_mut().for_each(|sample| *sample = 0.0);
        for rate in RATES {
            let out = stretched(&sound, rate, 333);
            let begins = out.iter().position(|s| s.abs() > 0.05).expect("it comes");
            let off = begins as f64 * rate / f64::from(ANALYSIS_RATE_HZ) - 2.0;
            assert!(off.abs() < 0.03, "at {rate}: off by {off} s");
        }
    }

    #[test]
    fn pieces_make_no_difference_and_one_times_changes_nothing() {
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
