//! How takes of one part follow each other: one reading of each as a line, two of them side by side, the
//! best of them, the section that asks most to be practised, and the days on which somebody practised.

mod best;
pub mod compare;
mod metric;
mod recommendation;
mod relative_date;
mod streak;
mod trend;

use crate::analysis::Feedback;
use crate::analysis::delivery::fillers::per_minute;
use crate::analysis::finding::RedFlag;
use crate::analysis::verdict::{Criterion, Leaning, Reason};
use crate::domain::time::Secs;

pub use best::Best;
pub use metric::Metric;
pub use recommendation::{LOOKED_AT, Recommendation, Weakness};
pub use relative_date::{this_week, when};
pub use streak::{Streak, day};
pub use trend::{Loaded, Point, Trend};

/// What is kept in mind of a take's feedback, to set it beside others.
#[derive(Debug, Clone, PartialEq)]
pub struct TakeMetrics {
    /// Words a minute; `None` for too few words.
    pub words_per_minute: Option<f64>,
    /// Filler words and sounds.
    pub fillers: usize,
    /// ... a minute; `None` without a word.
    pub fillers_per_minute: Option<f64>,
    /// Planned phrases that were said.
    pub phrases_heard: usize,
    /// Planned phrases.
    pub phrases_planned: usize,
    /// Time used.
    pub used: Secs,
    /// Time planned.
    pub target: Secs,
    /// Where an interviewer would lean.
    pub lean: Leaning,
    /// What speaks against the speaker.
    pub flags: Vec<RedFlag>,
    /// What an interviewer would have missed, the weightiest first.
    pub missing: Vec<Criterion>,
}

impl TakeMetrics {
    /// What is kept of a take's feedback.
    pub fn of(feedback: &Feedback) -> Self {
        let pacing = &feedback.pacing;
        let fillers = feedback.fillers.len();
        let because = &feedback.verdict.because;
        let flags = because.iter().filter_map(|reason| match reason {
            Reason::Flag(flag, _) => Some(*flag),
            _ => None,
        });
        let missing = because.iter().filter_map(|reason| match reason {
            Reason::Missing(check, _, _) => Some(*check),
            _ => None,
        });
        Self {
            words_per_minute: pacing.speech_rate_wpm,
            fillers,
            fillers_per_minute: (pacing.words > 0).then(|| per_minute(fillers, pacing.used_s)),
            phrases_heard: feedback.phrases.iter().filter(|p| p.heard).count(),
            phrases_planned: feedback.phrases.len(),
            used: pacing.used_s,
            target: pacing.target_s,
            lean: feedback.verdict.lean,
            flags: flags.collect(),
            missing: missing.collect(),
        }
    }

    fn phrases_share(&self) -> Option<f64> {
        let planned = self.phrases_planned;
        (planned > 0).then(|| self.phrases_heard as f64 / planned as f64)
    }

    fn time_share(&self) -> Option<f64> {
        (self.used > 0.0 && self.target > 0.0).then(|| self.used / self.target)
    }
}

fn counted(count: usize, what: &str) -> String {
    match count {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::take::TakeId;

    pub fn mark(pace: f64, fillers: usize, heard: usize, used: Secs, lean: Leaning) -> TakeMetrics {
        TakeMetrics {
            words_per_minute: Some(pace),
            fillers,
            fillers_per_minute: Some(per_minute(fillers, used)),
            phrases_heard: heard,
            phrases_planned: 4,
            used,
            target: 30.0,
            lean,
            flags: Vec::new(),
            missing: Vec::new(),
        }
    }

    pub fn nothing() -> TakeMetrics {
        TakeMetrics {
            words_per_minute: None,
            fillers_per_minute: None,
            ..mark(0.0, 0, 0, 0.0, Leaning::NotEnoughHeard)
        }
    }

    pub fn id(number: usize) -> TakeId {
        TakeId(format!("2026-11-{number:02}T08-00-00.000-task"))
    }
}
