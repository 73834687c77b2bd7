//! Detects that the computer was suspended, and decides what that means for a session. What was said
//! before is a take; what is said after the computer wakes, perhaps to somebody else, is not.

use std::time::Duration;

use crate::domain::time::clock;
use crate::practice::session::{SessionRequest, Stage};

/// Shorter times are the delay between reading two clocks.
const MIN_SUSPENSION: Duration = Duration::from_secs(1);

/// Measures how long the computer is suspended.
pub(super) struct SuspendDetector {
    /// Total time suspended since boot, when last checked.
    suspended: Duration,
    /// Reads that total.
    clock: fn() -> Duration,
}

impl SuspendDetector {
    /// Detects suspensions from now on.
    pub(super) fn new() -> Self {
        Self {
            suspended: suspended_since_boot(),
            clock: suspended_since_boot,
        }
    }

    /// How long the computer was suspended since the last call, if it was.
    pub(super) fn take_suspended(&mut self) -> Option<Duration> {
        self.take_suspended_until((self.clock)())
    }

    fn take_suspended_until(&mut self, suspended: Duration) -> Option<Duration> {
        let since_last = suspended
            .checked_sub(self.suspended)
            .filter(|duration| *duration >= MIN_SUSPENSION)?;
        self.suspended = suspended;
        Some(since_last)
    }

    /// A detector that reads `clock` and starts from a total of zero.
    #[cfg(test)]
    pub(super) fn with_clock(clock: fn() -> Duration) -> Self {
        Self {
            suspended: Duration::ZERO,
            clock,
        }
    }
}

/// Total time suspended since boot. Only Linux reports it.
fn suspended_since_boot() -> Duration {
    #[cfg(target_os = "linux")]
    {
        use rustix::time::{ClockId, clock_gettime};
        let read = |clock| Duration::try_from(clock_gettime(clock)).unwrap_or_default();
        let running = read(ClockId::Monotonic);
        read(ClockId::Boottime).saturating_sub(running)
    }
    #[cfg(not(target_os = "linux"))]
    Duration::ZERO
}

/// What to do in a stage that was interrupted by a suspension, and what to tell the user: an answer ends
/// where it was interrupted, a count-in is cancelled.
pub(super) fn reaction(stage: &Stage, suspended: Duration) -> Option<(SessionRequest, String)> {
    let suspended = clock(suspended.as_secs_f64());
    match stage {
        Stage::CountIn { .. } => Some((
            SessionRequest::Cancel,
            format!("the computer was suspended for {suspended} during the count-in: start again"),
        )),
        Stage::Answering { .. } => Some((
            SessionRequest::Stop,
            format!(
                "the computer was suspended for {suspended} during the answer: the take ends there; the recording so far is saved"
            ),
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suspension_is_reported_once_and_clock_delay_is_ignored() {
        let seconds = Duration::from_secs_f64;
        let mut detector = SuspendDetector {
            suspended: seconds(100.0),
            clock: suspended_since_boot,
        };
        assert_eq!(detector.take_suspended_until(seconds(100.4)), None);
        assert_eq!(detector.take_suspended_until(seconds(99.0)), None);
        assert_eq!(
            detector.take_suspended_until(seconds(130.0)),
            Some(seconds(30.0))
        );
        assert_eq!(detector.take_suspended_until(seconds(130.2)), None);
        assert_eq!(SuspendDetector::new().take_suspended(), None);
    }
}
