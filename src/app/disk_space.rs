//! Checks whether the disk has room for a take before it begins.

use super::context::Context;
use crate::domain::time::{Secs, clock};

/// Growth of a take's file: 16 kHz, 16 bits, mono.
const BYTES_PER_SECOND: f64 = 32_000.0;
/// Below this no take begins. Enough for ten seconds of audio and the transcript of a long answer.
const MIN_BYTES: u64 = 1 << 20;
/// Answers often take twice their target time, so less room than that is reported.
const TARGETS_TO_FIT: f64 = 2.0;

/// Whether there is room to begin an answer with this target time; the error says why not. Reports a
/// problem if a long answer may not fit.
pub(super) fn check(target: Secs, context: &mut Context) -> Result<(), String> {
    // If the system does not say how much is free, assume that there is enough.
    let Ok(bytes) = context.store.free_space() else {
        return Ok(());
    };
    let folder = context.store.folder().display().to_string();
    if bytes < MIN_BYTES {
        return Err(format!(
            "the disk is full: free some space for {folder}, or choose another folder with --data"
        ));
    }
    let seconds: Secs = (bytes - MIN_BYTES) as f64 / BYTES_PER_SECOND;
    if seconds < TARGETS_TO_FIT * target {
        let left = clock(seconds);
        context.problem(format!(
            "only {left} of recording fits in {folder}: free disk space, or the take will be cut short"
        ));
    }
    Ok(())
}
