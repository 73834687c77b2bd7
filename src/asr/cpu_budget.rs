//! Limits the share of a core that live decoding may use.

use std::time::{Duration, Instant};

/// Speculative decodes and previews may use at most one part in this many of a core.
const CPU_SHARE: u32 = 2;
/// A possible end of the answer may be decoded this long before the budget allows it. Otherwise a user who
/// hesitates and then stops would have to wait.
const ADVANCE: Duration = Duration::from_secs(1);

/// Limits decoding to one part in [`CPU_SHARE`] of a core.
pub struct CpuBudget {
    available_at: Instant,
}

impl CpuBudget {
    /// Creates a budget that is available from `now` on.
    pub fn new(now: Instant) -> Self {
        Self { available_at: now }
    }

    /// When the next decode may start.
    pub fn available_at(&self) -> Instant {
        self.available_at
    }

    /// Records work that started at `began` and used that much CPU time.
    pub fn spend(&mut self, began: Instant, cpu: Duration) {
        self.available_at = self.available_at.max(began) + CPU_SHARE * cpu;
    }

    /// When work may start that is allowed [`ADVANCE`] too early.
    pub fn available_with_advance(&self) -> Instant {
        self.available_at
            .checked_sub(ADVANCE)
            .unwrap_or(self.available_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// Simulates a minute of decodes that are requested every `every_ms` and take `cost_ms`. Returns their
    /// total time and the longest delay.
    fn simulate_a_minute(every_ms: u32, cost_ms: u32) -> (Duration, Duration) {
        let began = Instant::now();
        let mut budget = CpuBudget::new(began);
        let (mut now, mut spent, mut waited) = (began, Duration::ZERO, Duration::ZERO);
        while now - began < 60_000 * MS {
            let begins = now.max(budget.available_with_advance());
            waited = waited.max(begins - now);
            budget.spend(begins, cost_ms * MS);
            spent += cost_ms * MS;
            now = (now + every_ms * MS).max(begins + cost_ms * MS);
        }
        (spent, waited)
    }

    #[test]
    fn frequent_pauses_use_half_of_a_core() {
        for (every_ms, cost_ms) in [(400, 400), (500, 300), (700, 600), (900, 2_000)] {
            let (spent, waited) = simulate_a_minute(every_ms, cost_ms);
            assert!(spent <= 30_000 * MS + ADVANCE + cost_ms * MS, "{spent:?}");
            assert!(spent >= 29_000 * MS, "{spent:?}");
            // No longer than the previous decode took.
            assert!(waited <= cost_ms * MS, "{waited:?} for {cost_ms}");
        }
        // Rare pauses cause no delay.
        let (spent, waited) = simulate_a_minute(2_000, 800);
        assert_eq!((spent, waited), (24_000 * MS, Duration::ZERO));
    }
}
