//! Impact: a metric's change, what it meant for the business, what followed from it.
//! Not measured yet.

use serde::Serialize;

use crate::coach::time::Secs;

/// The three checks of a Result; `None` where it was not said, or is not measured yet.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Impact {
    /// A metric and how it changed.
    pub metric: Option<Quote>,
    /// What that was worth.
    pub business: Option<Quote>,
    /// What others took over from it.
    pub second_order: Option<Quote>,
}

/// One of the three checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// A metric's change.
    Metric,
    /// Its business translation.
    Business,
    /// A second-order effect.
    SecondOrder,
}

/// Words of the speaker, with where they were said.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quote {
    /// As they were said.
    pub said: String,
    /// Where they begin.
    pub start: Secs,
    /// Where they end.
    pub end: Secs,
}
