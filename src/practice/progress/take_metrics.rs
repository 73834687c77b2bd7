//! The numbers and facts of one take's feedback that are followed over takes.

use crate::analysis::Feedback;
use crate::analysis::delivery::fillers::per_minute;
use crate::analysis::finding::RedFlagKind;
use crate::analysis::verdict::{Criterion, Leaning, Reason};
use crate::domain::time::Secs;

/// The part of a take's feedback that is compared with other takes.
#[derive(Debug, Clone, PartialEq)]
pub struct TakeMetrics {
    /// `None` if there are too few words.
    pub words_per_minute: Option<f64>,
    /// Number of filler words and filled pauses.
    pub fillers: usize,
    /// `None` if there are no words.
    pub fillers_per_minute: Option<f64>,
    /// Number of planned phrases that were said.
    pub phrases_said: usize,
    /// Number of planned phrases.
    pub phrases_planned: usize,
    /// Time used.
    pub used: Secs,
    /// Time planned.
    pub target: Secs,
    /// The likely hiring decision.
    pub lean: Leaning,
    /// Red flags.
    pub flags: Vec<RedFlagKind>,
    /// Criteria that the answer does not meet, most important first.
    pub missing: Vec<Criterion>,
}

impl TakeMetrics {
    /// The metrics of a take's feedback.
    pub fn from_feedback(feedback: &Feedback) -> Self {
        let pacing = &feedback.pacing;
        let fillers = feedback.fillers.len();
        let because = &feedback.verdict.reasons;
        let flags = because.iter().filter_map(|reason| match reason {
            Reason::RedFlag(flag, _) => Some(*flag),
            _ => None,
        });
        let missing = because.iter().filter_map(|reason| match reason {
            Reason::Missing(criterion, _, _) => Some(*criterion),
            _ => None,
        });
        Self {
            words_per_minute: pacing.speech_rate_wpm,
            fillers,
            fillers_per_minute: (pacing.words > 0).then(|| per_minute(fillers, pacing.used_s)),
            phrases_said: feedback.phrases.iter().filter(|p| p.is_said).count(),
            phrases_planned: feedback.phrases.len(),
            used: pacing.used_s,
            target: pacing.target_s,
            lean: feedback.verdict.leaning,
            flags: flags.collect(),
            missing: missing.collect(),
        }
    }

    /// The share of the planned phrases that were said; `None` if no phrase is planned.
    pub fn phrases_share(&self) -> Option<f64> {
        let planned = self.phrases_planned;
        (planned > 0).then(|| self.phrases_said as f64 / planned as f64)
    }

    /// The time used as a share of the time planned.
    pub fn time_share(&self) -> Option<f64> {
        (self.used > 0.0 && self.target > 0.0).then(|| self.used / self.target)
    }

    /// The number of fillers in words: "no fillers", "1 filler", "2 fillers".
    pub fn filler_count(&self) -> String {
        match self.fillers {
            0 => "no fillers".to_owned(),
            1 => "1 filler".to_owned(),
            count => format!("{count} fillers"),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::take::TakeId;

    pub fn metrics(
        words_per_minute: f64,
        fillers: usize,
        phrases_said: usize,
        used: Secs,
        lean: Leaning,
    ) -> TakeMetrics {
        TakeMetrics {
            words_per_minute: Some(words_per_minute),
            fillers,
            fillers_per_minute: Some(per_minute(fillers, used)),
            phrases_said,
            phrases_planned: 4,
            used,
            target: 30.0,
            lean,
            flags: Vec::new(),
            missing: Vec::new(),
        }
    }

    /// The metrics of a take without speech.
    pub fn no_speech() -> TakeMetrics {
        TakeMetrics {
            words_per_minute: None,
            fillers_per_minute: None,
            ..metrics(0.0, 0, 0, 0.0, Leaning::NotEnoughSpeech)
        }
    }

    /// A take on this day of the month.
    pub fn id(day: usize) -> TakeId {
        TakeId(format!("2026-11-{day:02}T08-00-00.000-task"))
    }
}
