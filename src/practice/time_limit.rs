//! The time limit of an answer. The user can extend or restart it (WCAG 2.2.1). It changes only the clock
//! on the screen; feedback uses the planned times.

use crate::domain::time::{Secs, clock};

/// One extension adds this much.
pub const STEP: Secs = 15.0;
/// Screen readers announce once that this much time is left ...
const ANNOUNCED_LEFT: Secs = 10.0;
/// ... or this much, if the limit is at most [`SHORT_LIMIT`].
const ANNOUNCED_LEFT_OF_SHORT: Secs = 5.0;
const SHORT_LIMIT: Secs = 12.0;
/// How long the announcement stays up, so that no frame misses it.
const ANNOUNCED_FOR: Secs = 3.0;

/// The user's changes to the planned time of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TimeLimit {
    extra: Secs,
    /// When the clock started, in seconds of the answer.
    started_at: Secs,
}

/// A change to the limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// Adds [`STEP`].
    Extend,
    /// Restarts the clock at this moment of the answer.
    Restart(Secs),
}

/// What the clock shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClockView {
    /// The limit.
    pub limit: Secs,
    /// How much of it is used. Exceeds `limit` in overtime.
    pub used: Secs,
}

impl TimeLimit {
    /// Applies a change.
    pub fn change(&mut self, change: Change) {
        match change {
            Change::Extend => self.extra += STEP,
            Change::Restart(at) => self.started_at = at.max(0.0),
        }
    }

    /// The limit for the next take of the same part. Extensions stay.
    pub fn for_next_take(self) -> Self {
        Self {
            started_at: 0.0,
            ..self
        }
    }

    /// The clock of a part with this planned time, `elapsed` seconds into the answer.
    pub fn clock_view(self, planned: Secs, elapsed: Secs) -> ClockView {
        ClockView {
            limit: planned + self.extra,
            used: (elapsed - self.started_at).max(0.0),
        }
    }

    /// Maps `at`, a moment in the planned time of a part, to seconds of the answer. Extensions are spread
    /// evenly over the part.
    pub fn deadline(self, at: Secs, planned: Secs) -> Secs {
        self.started_at + at * (1.0 + self.extra / planned.max(1.0))
    }

    /// The planned time and the extensions: `0:30`, `0:30 + 0:15`.
    pub fn label(self, planned: Secs) -> String {
        match self.extra > 0.0 {
            true => format!("{} + {}", clock(planned), clock(self.extra)),
            false => clock(planned),
        }
    }
}

/// Whether a target lies between two moments of an answer, excluding `after` and including `by`.
pub fn is_met(targets: &[Secs], after: Secs, by: Secs) -> bool {
    targets
        .iter()
        .any(|target| after < *target && *target <= by)
}

impl ClockView {
    /// The number of seconds left to announce, if their announcement is due: ten, or five of a short limit.
    pub fn last_seconds(self) -> Option<u32> {
        let announced = match self.limit > SHORT_LIMIT {
            true => ANNOUNCED_LEFT,
            false => ANNOUNCED_LEFT_OF_SHORT,
        };
        let left = self.limit - self.used;
        (left <= announced && left > announced - ANNOUNCED_FOR).then_some(announced as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limit_is_extended_and_restarted() {
        let mut limit = TimeLimit::default();
        let clock = |limit: TimeLimit, elapsed| {
            let view = limit.clock_view(30.0, elapsed);
            (view.limit, view.used)
        };
        assert_eq!(clock(limit, 12.0), (30.0, 12.0));
        limit.change(Change::Extend);
        limit.change(Change::Extend);
        assert_eq!(clock(limit, 12.0), (60.0, 12.0));
        assert_eq!(limit.label(30.0), "0:30 + 0:30");
        limit.change(Change::Restart(40.0));
        assert_eq!(clock(limit, 45.0), (60.0, 5.0));
        assert_eq!(clock(limit, 120.0), (60.0, 80.0));
        assert_eq!(clock(limit.for_next_take(), 5.0), (60.0, 5.0));
    }

    #[test]
    fn target_is_met_once() {
        let targets = [30.0, 50.0];
        let moments = [0.0, 0.5, 29.9, 30.0, 30.1, 49.0, 51.0, 60.0];
        let met: Vec<Secs> = moments
            .windows(2)
            .filter(|pair| is_met(&targets, pair[0], pair[1]))
            .map(|pair| pair[1])
            .collect();
        assert_eq!(met, [30.0, 51.0]);
        let mut limit = TimeLimit::default();
        limit.change(Change::Extend);
        limit.change(Change::Restart(40.0));
        assert_eq!(limit.deadline(30.0, 30.0), 85.0);
    }

    #[test]
    fn last_seconds_are_announced_when_they_begin() {
        let limit = TimeLimit::default();
        let announced = |planned| -> Vec<(u32, u32)> {
            let announced_at = |elapsed: u32| {
                let view = limit.clock_view(planned, f64::from(elapsed));
                Some((elapsed, view.last_seconds()?))
            };
            (0..40).filter_map(announced_at).collect()
        };
        assert_eq!(announced(30.0), [(20, 10), (21, 10), (22, 10)]);
        assert_eq!(announced(15.0), [(5, 10), (6, 10), (7, 10)]);
        assert_eq!(announced(12.0), [(7, 5), (8, 5), (9, 5)]);
    }

    #[test]
    fn extensions_are_spread_over_the_part() {
        let mut limit = TimeLimit::default();
        for _ in 0..4 {
            limit.change(Change::Extend);
        }
        limit.change(Change::Restart(10.0));
        assert_eq!(limit.deadline(60.0, 120.0), 100.0);
        assert_eq!(limit.deadline(120.0, 120.0), 190.0);
    }
}
