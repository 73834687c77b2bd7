//! Compares arriving audio with the clock: finds dropouts, and measures the device's actual sample rate.
//! Pure: the caller passes times in.

use std::collections::VecDeque;

use crate::domain::time::Secs;

/// A longer gap between arrivals may be a loss instead of a delay.
const DROPOUT_MIN: Secs = 0.3;
/// Audio that was only delayed arrives within this time after a dropout.
const RESOLVE_TIMEOUT: Secs = 0.5;
/// More audio than this at once right after a dropout is a backlog: it was recorded before the missing
/// part.
const BURST_MIN: Secs = 0.3;
/// Arrival times vary by this much without any loss.
const JITTER: Secs = 0.1;
/// Window of the usual delay. Clocks that differ by 0.5% drift by 10 ms in it.
const RECENT: Secs = 2.0;
/// Shortest time over which a rate is measured.
const RATE_MIN_DURATION: Secs = 2.5;
/// After this time, the measurement restarts.
const RATE_MAX_DURATION: Secs = 20.0;
/// Largest residual of the line through the arrivals. A larger one means a busy machine.
const FIT_RESIDUAL: Secs = 0.03;
/// Relative tolerance within which a measured rate counts as a usual one.
const SAME_RATE: f64 = 0.02;
/// Sample rates of common devices.
const USUAL_HZ: [u32; 12] = [
    8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000,
];

/// Timing of one stream's audio.
#[derive(Debug)]
pub struct StreamClock {
    rate_hz: u32,
    /// Received audio plus known losses.
    accounted: Secs,
    /// Recent arrival times, each with the delay of the audio received until then.
    recent: VecDeque<(Secs, Secs)>,
    last_arrival: Option<Secs>,
    dropout: Option<Dropout>,
    rate_estimate: RateEstimate,
}

/// A gap in the stream that is not resolved yet.
#[derive(Debug)]
struct Dropout {
    /// When audio arrived again; infinite until then.
    resumed_at: Secs,
    /// Delay of the audio before.
    usual_delay: Secs,
    /// Smallest delay since.
    min_delay: Secs,
    /// Audio received since.
    received: Secs,
    /// Whether the stream was reopened in between.
    reopened: bool,
}

impl Dropout {
    fn has_resumed(&self) -> bool {
        self.resumed_at.is_finite()
    }
}

impl StreamClock {
    /// For a stream with the nominal rate `rate_hz`.
    pub fn new(rate_hz: u32) -> Self {
        Self {
            rate_hz,
            accounted: 0.0,
            recent: VecDeque::new(),
            last_arrival: None,
            dropout: None,
            rate_estimate: RateEstimate::default(),
        }
    }

    /// The stream was reopened with this rate. The time in between counts as a dropout.
    pub fn reopened(&mut self, rate_hz: u32) {
        self.rate_hz = rate_hz;
        self.rate_estimate = RateEstimate::default();
        if let (None, Some(last)) = (&self.dropout, self.last_arrival) {
            self.dropout = Some(Dropout {
                resumed_at: f64::INFINITY,
                usual_delay: self.usual_delay(last),
                min_delay: f64::INFINITY,
                received: 0.0,
                reopened: true,
            });
        }
    }

    /// Whether audio arriving at `at` (seconds) ends a dropout that is not being tracked yet.
    pub fn ends_new_dropout(&self, at: Secs) -> bool {
        let waiting = self
            .dropout
            .as_ref()
            .is_some_and(|dropout| !dropout.has_resumed());
        !waiting
            && self
                .last_arrival
                .is_some_and(|last| at - last > DROPOUT_MIN)
    }

    /// Adds `frames` that arrived at `at`.
    pub fn add_frames(&mut self, at: Secs, frames: usize) {
        if self.ends_new_dropout(at) {
            self.rate_estimate = RateEstimate::default();
            let usual_delay = self.usual_delay(at);
            self.dropout.get_or_insert(Dropout {
                resumed_at: at,
                usual_delay,
                min_delay: f64::INFINITY,
                received: 0.0,
                reopened: false,
            });
        }
        let seconds = frames as f64 / f64::from(self.rate_hz);
        self.accounted += seconds;
        self.last_arrival = Some(at);
        self.rate_estimate.add(at, frames);
        let delay = at - self.accounted;
        match &mut self.dropout {
            Some(dropout) => {
                dropout.resumed_at = dropout.resumed_at.min(at);
                dropout.min_delay = dropout.min_delay.min(delay);
                dropout.received += seconds;
            }
            None => {
                self.recent.push_back((at, delay));
                while self.recent.front().is_some_and(|(t, _)| at - t > RECENT) {
                    self.recent.pop_front();
                }
            }
        }
    }

    /// Whether a dropout is unresolved: the missing audio may be late or lost.
    pub fn in_dropout(&self) -> bool {
        self.dropout.is_some()
    }

    /// Whether the audio received since the dropout, up to `at`, was recorded before the missing part: a
    /// full pipe or queue keeps its oldest data. A reopened stream has no backlog.
    pub fn is_backlog(&self, at: Secs) -> bool {
        let same_stream = self.dropout.as_ref().filter(|dropout| !dropout.reopened);
        same_stream
            .is_some_and(|dropout| at - dropout.resumed_at < JITTER && dropout.received > BURST_MIN)
    }

    /// The loss of the dropout, if it is certain at `at`. The loss then counts as accounted for.
    pub fn poll_dropout(&mut self, at: Secs) -> Option<Secs> {
        let dropout = self.dropout.as_ref()?;
        let excess_delay = dropout.min_delay - dropout.usual_delay;
        match excess_delay < JITTER || at - dropout.resumed_at >= RESOLVE_TIMEOUT {
            true => self.resolve_dropout(),
            false => None,
        }
    }

    /// Like [`Self::poll_dropout`], but decides with what has been received so far.
    pub fn resolve_dropout(&mut self) -> Option<Secs> {
        let dropout = self.dropout.take()?;
        let excess_delay = dropout.min_delay - dropout.usual_delay;
        let lost = if excess_delay.is_finite() && excess_delay >= JITTER {
            excess_delay
        } else {
            0.0
        };
        self.accounted += lost;
        Some(lost)
    }

    /// Adds a loss that was detected elsewhere.
    pub fn add_loss(&mut self, seconds: Secs) {
        self.accounted += seconds;
    }

    /// The stream's actual rate, if it is a usual one that differs from the nominal rate.
    pub fn actual_rate_hz(&self) -> Option<u32> {
        let measured_hz = self.rate_estimate.rate_hz()?;
        let off = |rate_hz: u32| (measured_hz / f64::from(rate_hz) - 1.0).abs();
        let nearest = USUAL_HZ
            .into_iter()
            .min_by(|a, b| off(*a).total_cmp(&off(*b)))?;
        let is_different = off(nearest) < SAME_RATE && off(self.rate_hz) > 2.0 * SAME_RATE;
        (is_different && nearest != self.rate_hz).then_some(nearest)
    }

    /// Smallest delay in the last two seconds: that audio arrived as early as possible.
    fn usual_delay(&self, at: Secs) -> Secs {
        let min_delay = self
            .recent
            .iter()
            .map(|(_, delay)| *delay)
            .fold(f64::INFINITY, f64::min);
        match min_delay.is_finite() {
            true => min_delay,
            false => at - self.accounted,
        }
    }
}

/// Least-squares line through arrival times and total frame counts.
#[derive(Debug, Default)]
struct RateEstimate {
    started: Option<Secs>,
    frames: f64,
    count: f64,
    mean_time: f64,
    mean_frames: f64,
    time_time: f64,
    time_frames: f64,
    frames_frames: f64,
    duration: Secs,
}

impl RateEstimate {
    fn add(&mut self, at: Secs, frames: usize) {
        if self.duration > RATE_MAX_DURATION {
            *self = RateEstimate::default();
        }
        let Some(started) = self.started else {
            // The recording time of the first frames is unknown: the line starts after them.
            self.started = Some(at);
            return;
        };
        self.frames += frames as f64;
        self.duration = at - started;
        self.count += 1.0;
        let (d_time, d_frames) = (
            self.duration - self.mean_time,
            self.frames - self.mean_frames,
        );
        self.mean_time += d_time / self.count;
        self.mean_frames += d_frames / self.count;
        self.time_time += d_time * (self.duration - self.mean_time);
        self.time_frames += d_time * (self.frames - self.mean_frames);
        self.frames_frames += d_frames * (self.frames - self.mean_frames);
    }

    /// Frames per second; `None` while the estimate is uncertain.
    fn rate_hz(&self) -> Option<f64> {
        let is_measurable = self.duration >= RATE_MIN_DURATION && self.time_time > 0.0;
        let rate_hz = is_measurable.then(|| self.time_frames / self.time_time)?;
        let residual = (self.frames_frames - self.time_frames * self.time_frames / self.time_time)
            .max(0.0)
            / self.count;
        (rate_hz > 0.0 && residual.sqrt() / rate_hz < FIT_RESIDUAL).then_some(rate_hz)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds blocks of 0.1 s of the device's clock, which runs at `speed`, from `from` to `to`.
    /// `late(at)` is each block's delay.
    fn stream(
        clock: &mut StreamClock,
        [from, to]: [f64; 2],
        speed: f64,
        late: impl Fn(f64) -> f64,
    ) -> Vec<f64> {
        let mut lost = Vec::new();
        let block = 0.1 / speed;
        let mut at = from + block;
        while at <= to {
            let now = at + late(at);
            if clock.in_dropout() && clock.ends_new_dropout(now) {
                lost.extend(clock.resolve_dropout());
            }
            clock.add_frames(now, 4_800);
            lost.extend(clock.poll_dropout(now));
            at += block;
        }
        lost
    }

    fn rounded(lost: &[f64]) -> Vec<f64> {
        lost.iter().map(|s| (s * 100.0).round() / 100.0).collect()
    }

    #[test]
    fn lost_audio_is_measured_at_its_place() {
        let mut clock = StreamClock::new(48_000);
        let on_time = |_: f64| 0.0;
        let mut lost = stream(&mut clock, [0.0, 5.0], 1.0, on_time);
        assert_eq!(lost, Vec::<f64>::new());
        lost.extend(stream(&mut clock, [7.0, 12.0], 1.0, on_time));
        lost.extend(stream(&mut clock, [12.7, 20.0], 1.0, on_time));
        assert_eq!(rounded(&lost), [2.0, 0.7]);
    }

    #[test]
    fn delayed_audio_is_not_lost() {
        let mut clock = StreamClock::new(48_000);
        // Nothing for a second, then all of it at once. After that, 90 ms of jitter.
        let late = |at: f64| match at {
            at if (4.0..5.0).contains(&at) => 5.0 - at,
            at => 0.09 * (at * 7.0).sin().abs(),
        };
        let lost = stream(&mut clock, [0.0, 30.0], 1.0, late);
        assert_eq!(rounded(&lost), [0.0]);
        assert!(!clock.in_dropout());
        assert_eq!(clock.actual_rate_hz(), None);
    }

    #[test]
    fn backlog_after_dropout_is_not_counted_as_lost() {
        let mut clock = StreamClock::new(48_000);
        stream(&mut clock, [0.0, 5.0], 1.0, |_| 0.0);
        // A gap of three seconds, of which the first 0.4 were queued.
        clock.add_frames(8.0, 4 * 4_800);
        assert!(clock.in_dropout() && clock.is_backlog(8.0));
        assert!(!clock.is_backlog(8.2));
        let lost = stream(&mut clock, [8.0, 12.0], 1.0, |_| 0.0);
        assert_eq!(rounded(&lost), [2.6]);
    }

    #[test]
    fn clock_drift_is_not_a_loss() {
        for speed in [0.995, 1.005, 0.98] {
            let mut clock = StreamClock::new(48_000);
            let jitter = |at: f64| 0.02 * (at * 5.0).sin().abs();
            let mut lost = stream(&mut clock, [0.0, 600.0], speed, jitter);
            assert_eq!(lost, Vec::<f64>::new(), "{speed}");
            assert_eq!(clock.actual_rate_hz(), None, "{speed}");
            // A loss after ten minutes is still measured correctly.
            lost.extend(stream(&mut clock, [601.0, 603.0], speed, jitter));
            assert_eq!(lost.len(), 1, "{speed}");
            assert!((lost[0] - 1.0).abs() < 0.06, "{speed}: {lost:?}");
        }
    }

    #[test]
    fn actual_rate_is_detected_if_it_differs_from_nominal() {
        for (nominal_hz, actual_hz) in [
            (48_000, Some(44_100)),
            (44_100, Some(48_000)),
            (48_000, Some(16_000)),
            (16_000, Some(48_000)),
            (48_000, None),
        ] {
            let speed = f64::from(actual_hz.unwrap_or(nominal_hz)) / f64::from(nominal_hz);
            let mut clock = StreamClock::new(nominal_hz);
            for i in 0..190_u32 {
                // Polled every 20 ms like the capture loop.
                let at = (f64::from(i) / 10.0 / 0.02).ceil() * 0.02;
                let frames = 0.1 * speed * f64::from(nominal_hz);
                clock.add_frames(at, frames.round() as usize);
                if at > 3.0 {
                    assert_eq!(clock.actual_rate_hz(), actual_hz, "{nominal_hz} at {at}");
                } else if at < 2.0 {
                    assert_eq!(clock.actual_rate_hz(), None);
                }
            }
        }
    }

    #[test]
    fn busy_machine_does_not_change_the_rate() {
        let mut clock = StreamClock::new(48_000);
        // Blocks that are increasingly delayed, then arrive all at once.
        for i in 0..200 {
            let at = f64::from(i) / 10.0;
            let now = (at / 1.3).ceil() * 1.3;
            clock.add_frames(now, 4_800);
            assert_eq!(clock.actual_rate_hz(), None, "at {at}");
        }
    }

    #[test]
    fn time_until_reopening_counts_as_lost() {
        let mut clock = StreamClock::new(48_000);
        stream(&mut clock, [0.0, 5.0], 1.0, |_| 0.0);
        clock.reopened(16_000);
        for i in 0..20 {
            let at = 7.4 + f64::from(i) / 10.0;
            assert!(
                !clock.ends_new_dropout(at),
                "the capture loop would resolve it"
            );
            clock.add_frames(at, 1_600);
            assert!(!clock.is_backlog(at));
            if let Some(lost) = clock.poll_dropout(at) {
                assert!((lost - 2.3).abs() < 1e-6, "{lost}");
                assert!((7.85..8.05).contains(&at), "{at}");
            }
        }
        assert!(!clock.in_dropout());
    }

    #[test]
    fn reopened_stream_has_no_backlog() {
        let mut clock = StreamClock::new(48_000);
        stream(&mut clock, [0.0, 5.0], 1.0, |_| 0.0);
        clock.reopened(48_000);
        // A server that was just started had filled its queue before.
        assert!(!clock.ends_new_dropout(7.5));
        clock.add_frames(7.5, 24_000);
        assert!(clock.in_dropout() && !clock.is_backlog(7.5));
        let lost = stream(&mut clock, [7.5, 9.0], 1.0, |_| 0.0);
        assert_eq!(rounded(&lost), [2.0]);
    }
}
