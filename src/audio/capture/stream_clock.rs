//! What the clock says of the sound that arrives: whether some of it is missing, and how fast the
//! microphone really runs. Values in, values out: knows no clock and no stream.

use std::collections::VecDeque;

use crate::domain::time::Secs;

/// Sound that stays away for longer may be lost, and not only late.
const DROPOUT_MIN: Secs = 0.3;
/// What is only late comes within this time after a hole.
const SETTLES_WITHIN: Secs = 0.5;
/// So much sound at once, right behind a hole, has waited somewhere: what is missing lies behind it.
const BURST_MIN: Secs = 0.3;
/// Sound arrives this unevenly without any of it being lost.
const JITTER: Secs = 0.1;
/// How far back "as late as usual" reaches: clocks that run apart by half a per cent move by 10 ms.
const RECENT: Secs = 2.0;
/// For so long a rate is measured.
const MEASURED_OVER: Secs = 2.5;
/// ... and anew after this.
const MEASURED_ANEW: Secs = 20.0;
/// The line through the arrivals may miss them by this much: more is a busy machine, not a rate.
const FIT_RESIDUAL: Secs = 0.03;
/// A rate this close to a usual one is that.
const SAME_RATE: f64 = 0.02;
/// Rates that devices run at.
const USUAL_HZ: [u32; 12] = [
    8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000,
];

/// The sound of one stream, as it arrives.
#[derive(Debug)]
pub struct StreamClock {
    rate_hz: u32,
    /// What arrived, and what is known to be missing.
    sound: Secs,
    /// When something arrived lately, and how far all that arrived was behind the clock then.
    recent: VecDeque<(Secs, Secs)>,
    last: Option<Secs>,
    hole: Option<Dropout>,
    fit: RateEstimate,
}

/// Sound that stayed away.
#[derive(Debug)]
struct Dropout {
    /// When sound arrived again.
    ended: Secs,
    /// How late sound was before.
    usual: Secs,
    /// The least that it was late since.
    least: Secs,
    /// What arrived since.
    sound: Secs,
    /// Whether that is of another stream than what came before.
    reopened: bool,
}

impl Dropout {
    /// Whether sound came since.
    fn has_ended(&self) -> bool {
        self.ended.is_finite()
    }
}

impl StreamClock {
    /// Of a stream that promises `rate_hz`.
    pub fn new(rate_hz: u32) -> Self {
        Self {
            rate_hz,
            sound: 0.0,
            recent: VecDeque::new(),
            last: None,
            hole: None,
            fit: RateEstimate::default(),
        }
    }

    /// The stream was opened anew, with this rate: what was missed in between is a hole.
    pub fn reopened(&mut self, rate_hz: u32) {
        self.rate_hz = rate_hz;
        self.fit = RateEstimate::default();
        if let (None, Some(last)) = (&self.hole, self.last) {
            self.hole = Some(Dropout {
                ended: f64::INFINITY,
                usual: self.usual(last),
                least: f64::INFINITY,
                sound: 0.0,
                reopened: true,
            });
        }
    }

    /// Whether sound that arrives at `at`, in seconds, ends a hole that was not known of.
    pub fn ends_a_hole(&self, at: Secs) -> bool {
        let known = self.hole.as_ref().is_some_and(|hole| !hole.has_ended());
        !known && self.last.is_some_and(|last| at - last > DROPOUT_MIN)
    }

    /// `frames` arrived at `at`.
    pub fn arrived(&mut self, at: Secs, frames: usize) {
        if self.ends_a_hole(at) {
            self.fit = RateEstimate::default();
            let usual = self.usual(at);
            self.hole.get_or_insert(Dropout {
                ended: at,
                usual,
                least: f64::INFINITY,
                sound: 0.0,
                reopened: false,
            });
        }
        let seconds = frames as f64 / f64::from(self.rate_hz);
        self.sound += seconds;
        self.last = Some(at);
        self.fit.add(at, frames);
        let late = at - self.sound;
        match &mut self.hole {
            Some(hole) => {
                hole.ended = hole.ended.min(at);
                hole.least = hole.least.min(late);
                hole.sound += seconds;
            }
            None => {
                self.recent.push_back((at, late));
                while self.recent.front().is_some_and(|(t, _)| at - t > RECENT) {
                    self.recent.pop_front();
                }
            }
        }
    }

    /// Whether it is not known yet if what stayed away is late or lost.
    pub fn unsure(&self) -> bool {
        self.hole.is_some()
    }

    /// Whether what has arrived since the hole, up to `at`, is older than what is missing: a pipe or a
    /// queue that is full keeps what it has. A stream that was just opened has nothing old.
    pub fn waited(&self, at: Secs) -> bool {
        let same = self.hole.as_ref().filter(|hole| !hole.reopened);
        same.is_some_and(|hole| at - hole.ended < JITTER && hole.sound > BURST_MIN)
    }

    /// How much was lost in the hole, once that is known at `at`; it counts as arrived from then on.
    pub fn settled(&mut self, at: Secs) -> Option<Secs> {
        let hole = self.hole.as_ref()?;
        let late = hole.least - hole.usual;
        match late < JITTER || at - hole.ended >= SETTLES_WITHIN {
            true => self.settle(),
            false => None,
        }
    }

    /// As [`Arrivals::settled`], by what is known so far.
    pub fn settle(&mut self) -> Option<Secs> {
        let hole = self.hole.take()?;
        let late = hole.least - hole.usual;
        let lost = if late.is_finite() && late >= JITTER {
            late
        } else {
            0.0
        };
        self.sound += lost;
        Some(lost)
    }

    /// `seconds` were lost that were counted where they were.
    pub fn lost(&mut self, seconds: Secs) {
        self.sound += seconds;
    }

    /// The rate that the stream runs at, where that is a usual one but not the one it promised.
    pub fn true_rate_hz(&self) -> Option<u32> {
        let measured_hz = self.fit.rate_hz()?;
        let off = |rate_hz: u32| (measured_hz / f64::from(rate_hz) - 1.0).abs();
        let nearest = USUAL_HZ
            .into_iter()
            .min_by(|a, b| off(*a).total_cmp(&off(*b)))?;
        let is_another = off(nearest) < SAME_RATE && off(self.rate_hz) > 2.0 * SAME_RATE;
        (is_another && nearest != self.rate_hz).then_some(nearest)
    }

    /// The least that sound was late in the last two seconds: some of it came as soon as it could.
    fn usual(&self, at: Secs) -> Secs {
        let least = self
            .recent
            .iter()
            .map(|(_, late)| *late)
            .fold(f64::INFINITY, f64::min);
        match least.is_finite() {
            true => least,
            false => at - self.sound,
        }
    }
}

/// The straight line through when frames arrived and how many those were in all (least squares).
#[derive(Debug, Default)]
struct RateEstimate {
    began: Option<Secs>,
    frames: f64,
    count: f64,
    mean_t: f64,
    mean_n: f64,
    tt: f64,
    tn: f64,
    nn: f64,
    lasted: Secs,
}

impl RateEstimate {
    fn add(&mut self, at: Secs, frames: usize) {
        if self.lasted > MEASURED_ANEW {
            *self = RateEstimate::default();
        }
        let Some(began) = self.began else {
            // When the first frames were recorded is not known: the line begins behind them.
            self.began = Some(at);
            return;
        };
        self.frames += frames as f64;
        self.lasted = at - began;
        self.count += 1.0;
        let (dt, dn) = (self.lasted - self.mean_t, self.frames - self.mean_n);
        self.mean_t += dt / self.count;
        self.mean_n += dn / self.count;
        self.tt += dt * (self.lasted - self.mean_t);
        self.tn += dt * (self.frames - self.mean_n);
        self.nn += dn * (self.frames - self.mean_n);
    }

    /// Frames a second; `None` while that is not known well.
    fn rate_hz(&self) -> Option<f64> {
        let known = self.lasted >= MEASURED_OVER && self.tt > 0.0;
        let rate_hz = known.then(|| self.tn / self.tt)?;
        let missed = (self.nn - self.tn * self.tn / self.tt).max(0.0) / self.count;
        (rate_hz > 0.0 && missed.sqrt() / rate_hz < FIT_RESIDUAL).then_some(rate_hz)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream in blocks of a tenth of a second of its own clock, `speed` times as fast as promised,
    /// from `from` to `to`; `late(at)` is how late each block comes.
    fn stream(
        arrivals: &mut StreamClock,
        [from, to]: [f64; 2],
        speed: f64,
        late: impl Fn(f64) -> f64,
    ) -> Vec<f64> {
        let mut lost = Vec::new();
        let block = 0.1 / speed;
        let mut at = from + block;
        while at <= to {
            let now = at + late(at);
            if arrivals.unsure() && arrivals.ends_a_hole(now) {
                lost.extend(arrivals.settle());
            }
            arrivals.arrived(now, 4_800);
            lost.extend(arrivals.settled(now));
            at += block;
        }
        lost
    }

    fn rounded(lost: &[f64]) -> Vec<f64> {
        lost.iter().map(|s| (s * 100.0).round() / 100.0).collect()
    }

    #[test]
    fn sound_that_is_lost_is_measured_where_it_was() {
        let mut arrivals = StreamClock::new(48_000);
        let on_time = |_: f64| 0.0;
        let mut lost = stream(&mut arrivals, [0.0, 5.0], 1.0, on_time);
        assert_eq!(lost, Vec::<f64>::new());
        lost.extend(stream(&mut arrivals, [7.0, 12.0], 1.0, on_time));
        lost.extend(stream(&mut arrivals, [12.7, 20.0], 1.0, on_time));
        assert_eq!(rounded(&lost), [2.0, 0.7]);
    }

    #[test]
    fn sound_that_is_only_late_is_not_lost() {
        let mut arrivals = StreamClock::new(48_000);
        // Nothing for a second, then all of it at once; then jitter of 90 ms.
        let late = |at: f64| match at {
            at if (4.0..5.0).contains(&at) => 5.0 - at,
            at => 0.09 * (at * 7.0).sin().abs(),
        };
        let lost = stream(&mut arrivals, [0.0, 30.0], 1.0, late);
        assert_eq!(rounded(&lost), [0.0]);
        assert!(!arrivals.unsure());
        assert_eq!(arrivals.true_rate_hz(), None);
    }

    #[test]
    fn what_came_late_is_not_counted_as_lost_with_the_rest() {
        let mut arrivals = StreamClock::new(48_000);
        stream(&mut arrivals, [0.0, 5.0], 1.0, |_| 0.0);
        // Three seconds away, of which the first 0.4 had waited somewhere.
        arrivals.arrived(8.0, 4 * 4_800);
        assert!(arrivals.unsure() && arrivals.waited(8.0));
        assert!(!arrivals.waited(8.2));
        let lost = stream(&mut arrivals, [8.0, 12.0], 1.0, |_| 0.0);
        assert_eq!(rounded(&lost), [2.6]);
    }

    #[test]
    fn clocks_that_run_apart_lose_nothing() {
        for speed in [0.995, 1.005, 0.98] {
            let mut arrivals = StreamClock::new(48_000);
            let jitter = |at: f64| 0.02 * (at * 5.0).sin().abs();
            let mut lost = stream(&mut arrivals, [0.0, 600.0], speed, jitter);
            assert_eq!(lost, Vec::<f64>::new(), "{speed}");
            assert_eq!(arrivals.true_rate_hz(), None, "{speed}");
            // ... and what is lost after ten minutes is still measured right.
            lost.extend(stream(&mut arrivals, [601.0, 603.0], speed, jitter));
            assert_eq!(lost.len(), 1, "{speed}");
            assert!((lost[0] - 1.0).abs() < 0.06, "{speed}: {lost:?}");
        }
    }

    #[test]
    fn another_rate_than_promised_is_found_out() {
        for (promised_hz, true_hz) in [
            (48_000, Some(44_100)),
            (44_100, Some(48_000)),
            (48_000, Some(16_000)),
            (16_000, Some(48_000)),
            (48_000, None),
        ] {
            let speed = f64::from(true_hz.unwrap_or(promised_hz)) / f64::from(promised_hz);
            let mut arrivals = StreamClock::new(promised_hz);
            for i in 0..190_u32 {
                // Looked for every 20 ms, as the recorder does.
                let at = (f64::from(i) / 10.0 / 0.02).ceil() * 0.02;
                let frames = 0.1 * speed * f64::from(promised_hz);
                arrivals.arrived(at, frames.round() as usize);
                if at > 3.0 {
                    assert_eq!(arrivals.true_rate_hz(), true_hz, "{promised_hz} at {at}");
                } else if at < 2.0 {
                    assert_eq!(arrivals.true_rate_hz(), None);
                }
            }
        }
    }

    #[test]
    fn a_busy_machine_is_no_rate() {
        let mut arrivals = StreamClock::new(48_000);
        // Blocks that come later and later, until all are there at once.
        for i in 0..200 {
            let at = f64::from(i) / 10.0;
            let now = (at / 1.3).ceil() * 1.3;
            arrivals.arrived(now, 4_800);
            assert_eq!(arrivals.true_rate_hz(), None, "at {at}");
        }
    }

    #[test]
    fn a_stream_that_was_opened_anew_missed_what_was_in_between() {
        let mut arrivals = StreamClock::new(48_000);
        stream(&mut arrivals, [0.0, 5.0], 1.0, |_| 0.0);
        arrivals.reopened(16_000);
        for i in 0..20 {
            let at = 7.4 + f64::from(i) / 10.0;
            assert!(!arrivals.ends_a_hole(at), "the recorder would settle it");
            arrivals.arrived(at, 1_600);
            assert!(!arrivals.waited(at));
            if let Some(lost) = arrivals.settled(at) {
                assert!((lost - 2.3).abs() < 1e-6, "{lost}");
                assert!((7.85..8.05).contains(&at), "{at}");
            }
        }
        assert!(!arrivals.unsure());
    }

    #[test]
    fn what_a_new_stream_gives_at_once_is_not_older_than_what_is_missing() {
        let mut arrivals = StreamClock::new(48_000);
        stream(&mut arrivals, [0.0, 5.0], 1.0, |_| 0.0);
        arrivals.reopened(48_000);
        // A server that was just started had filled its queue before anybody listened.
        assert!(!arrivals.ends_a_hole(7.5));
        arrivals.arrived(7.5, 24_000);
        assert!(arrivals.unsure() && !arrivals.waited(7.5));
        let lost = stream(&mut arrivals, [7.5, 9.0], 1.0, |_| 0.0);
        assert_eq!(rounded(&lost), [2.0]);
    }
}
