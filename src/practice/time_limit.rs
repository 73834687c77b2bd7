//! The clock that an answer runs against: as long as the plan has it, longer, begun anew, or none (WCAG
//! 2.2.1). It is the speaker's own; what is said of the time afterwards keeps to the plan.

use crate::domain::time::{Secs, clock};

/// A press makes the limit so much longer.
pub const STEP: Secs = 15.0;
/// Who cannot see the clock is told once when so much is left of a limit ...
const LAST: Secs = 10.0;
/// ... of at least this; of a shorter one ...
const LONG: Secs = 12.0;
/// ... when so much is left.
const LAST_OF_SHORT: Secs = 5.0;
/// It may be told within this: what is shown says so for as long.
const WITHIN: Secs = 3.0;

/// A speaker's own limit.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TimeLimit {
    extra: Secs,
    from: Secs,
}

/// What can be done to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// Fifteen seconds more.
    Extend,
    /// All of it again, from this point of the answer on.
    Restart(Secs),
}

/// What a clock shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClockView {
    /// The limit.
    pub limit: Secs,
    /// How much of it is used; more than all of it when the time is over.
    pub used: Secs,
}

impl TimeLimit {
    /// Changes it.
    pub fn change(&mut self, change: Change) {
        match change {
            Change::Extend => self.extra += STEP,
            Change::Restart(at) => self.from = at.max(0.0),
        }
    }

    /// As it is for the next take of the same part: what was added stays.
    pub fn for_next_take(self) -> Self {
        Self { from: 0.0, ..self }
    }

    /// What a clock shows for a part that is `planned` to take so long, `elapsed` after the answer began.
    pub fn clock_view(self, planned: Secs, elapsed: Secs) -> ClockView {
        ClockView {
            limit: planned + self.extra,
            used: (elapsed - self.from).max(0.0),
        }
    }

    /// When `at`, a moment of a part that is `planned` to take so long, comes on this clock, from the answer's
    /// beginning on. What was added is shared out over all of it.
    pub fn deadline(self, at: Secs, planned: Secs) -> Secs {
        self.from + at * (1.0 + self.extra / planned.max(1.0))
    }

    /// The plan, and what was added to it: `0:30`, `0:30 + 0:15`.
    pub fn label(self, planned: Secs) -> String {
        match self.extra > 0.0 {
            true => format!("{} + {}", clock(planned), clock(self.extra)),
            false => clock(planned),
        }
    }
}

/// Whether a target was met after one moment of an answer and by another.
pub fn is_met(targets: &[Secs], after: Secs, by: Secs) -> bool {
    targets
        .iter()
        .any(|target| after < *target && *target <= by)
}

impl ClockView {
    /// The last seconds, if they have just begun: ten, or five of a short limit.
    pub fn last_seconds(self) -> Option<u32> {
        let last = if self.limit > LONG {
            LAST
        } else {
            LAST_OF_SHORT
        };
        let left = self.limit - self.used;
        (left <= last && left > last - WITHIN).then_some(last as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_lengthened_and_begun_anew() {
        let mut limit = TimeLimit::default();
        let shown = |limit: TimeLimit, elapsed| {
            let shown = limit.clock_view(30.0, elapsed);
            (shown.limit, shown.used)
        };
        assert_eq!(shown(limit, 12.0), (30.0, 12.0));
        limit.change(Change::Extend);
        limit.change(Change::Extend);
        assert_eq!(shown(limit, 12.0), (60.0, 12.0));
        assert_eq!(limit.label(30.0), "0:30 + 0:30");
        limit.change(Change::Restart(40.0));
        assert_eq!(shown(limit, 45.0), (60.0, 5.0));
        assert_eq!(shown(limit, 120.0), (60.0, 80.0));
        assert_eq!(shown(limit.for_next_take(), 5.0), (60.0, 5.0));
    }

    #[test]
    fn a_target_is_met_once() {
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
    fn the_last_seconds_are_told_when_they_begin() {
        let limit = TimeLimit::default();
        let told = |planned| -> Vec<(u32, u32)> {
            let told = |elapsed: u32| {
                let shown = limit.clock_view(planned, f64::from(elapsed));
                Some((elapsed, shown.last_seconds()?))
            };
            (0..40).filter_map(told).collect()
        };
        assert_eq!(told(30.0), [(20, 10), (21, 10), (22, 10)]);
        assert_eq!(told(15.0), [(5, 10), (6, 10), (7, 10)]);
        assert_eq!(told(12.0), [(7, 5), (8, 5), (9, 5)]);
    }

    #[test]
    fn what_was_added_is_shared_out() {
        let mut limit = TimeLimit::default();
        for _ in 0..4 {
            limit.change(Change::Extend);
        }
        limit.change(Change::Restart(10.0));
        assert_eq!(limit.deadline(60.0, 120.0), 100.0);
        assert_eq!(limit.deadline(120.0, 120.0), 190.0);
    }
}
