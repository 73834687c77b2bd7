//! Seconds and spans of seconds, counted from the start of a take's audio.

use serde::{Deserialize, Serialize};

/// A length or a point in time, in seconds.
pub type Secs = f64;

/// A stretch of audio, `start <= end`, in seconds from the start of the take.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// Start.
    pub start: Secs,
    /// End.
    pub end: Secs,
}

impl Span {
    /// Whether the two spans share any time.
    pub fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Creates a span. If `end` is before `start`, the span is empty at `start`.
    pub fn new(start: Secs, end: Secs) -> Self {
        Self {
            start,
            end: end.max(start),
        }
    }

    /// Length in seconds.
    pub fn len(&self) -> Secs {
        self.end - self.start
    }

    /// Whether the length is zero.
    pub fn is_empty(&self) -> bool {
        self.len() <= 0.0
    }

    /// Extends both sides by `by` seconds, but not before the start of the take.
    pub fn widened(self, by: Secs) -> Span {
        Span::new((self.start - by).max(0.0), self.end + by)
    }

    /// The smallest span that contains both.
    pub fn join(self, other: Span) -> Span {
        Span::new(self.start.min(other.start), self.end.max(other.end))
    }
}

/// Formats seconds as `m:ss`: `0:07`, `2:55`. Negative and non-finite values give `0:00`.
pub fn clock(secs: Secs) -> String {
    let whole = if secs.is_finite() {
        secs.max(0.0).floor() as u64
    } else {
        0
    };
    format!("{}:{:02}", whole / 60, whole % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_shows_minutes_and_seconds() {
        let shown: Vec<String> = [0.0, 6.9, 59.999, 60.0, 175.0, -3.0, f64::NAN]
            .map(clock)
            .to_vec();
        assert_eq!(
            shown,
            ["0:00", "0:06", "0:59", "1:00", "2:55", "0:00", "0:00"]
        );
    }
}
