//! The time grid of analysis frames, shared by all measurements per frame.

use crate::domain::time::Secs;
use crate::domain::voice::ANALYSIS_RATE_HZ;

/// Samples between two frames: 10 ms.
pub const HOP: usize = 160;
/// Seconds between two frames.
pub const HOP_SECS: Secs = HOP as f64 / ANALYSIS_RATE_HZ as f64;
