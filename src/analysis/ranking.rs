//! The order of findings, and the three to act on. A speaker cannot change more than three things
//! from one take to the next, so there is at most one per topic.

use std::cmp::Reverse;

use crate::analysis::finding::{Finding, FindingKind, Severity};

/// At most this many findings are to act on.
pub const MAX_TO_ACT_ON: usize = 3;

/// What a finding is about. Of equally urgent findings, the first topic comes first: a microphone
/// problem makes every other measurement doubtful, and content matters more than delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// The recording itself.
    Microphone,
    /// Red flags.
    RedFlags,
    /// Measured change, business impact and lasting effect.
    Impact,
    /// "I", "we" and the passive.
    Ownership,
    /// How soon the problem was mentioned.
    Opening,
    /// Planned phrases.
    Phrases,
    /// Time used.
    Time,
    /// Speech rate.
    Pace,
    /// Pauses.
    Pauses,
    /// Filler words and filled pauses.
    Fillers,
    /// Intonation.
    Voice,
}

impl Topic {
    /// The topic of a finding.
    pub fn from_finding(kind: &FindingKind) -> Self {
        match kind {
            FindingKind::NoWords(_)
            | FindingKind::TooQuiet { .. }
            | FindingKind::Clipped { .. }
            | FindingKind::LostAudio { .. } => Topic::Microphone,
            FindingKind::RedFlag { .. } => Topic::RedFlags,
            FindingKind::ImpactMissing { .. } | FindingKind::ImpactComplete => Topic::Impact,
            FindingKind::We { .. }
            | FindingKind::OwnActions { .. }
            | FindingKind::Passive { .. } => Topic::Ownership,
            FindingKind::LateProblem { .. } | FindingKind::NoProblem => Topic::Opening,
            FindingKind::PhraseMissed { .. } | FindingKind::AllPhrases { .. } => Topic::Phrases,
            FindingKind::OnTime(_) | FindingKind::OverTime(_) | FindingKind::UnderTime(_) => {
                Topic::Time
            }
            FindingKind::GoodPace { .. }
            | FindingKind::Rushed { .. }
            | FindingKind::FastStretch { .. }
            | FindingKind::Slow { .. } => Topic::Pace,
            FindingKind::LongPause { .. }
            | FindingKind::PauseInClause { .. }
            | FindingKind::GoodPauses { .. } => Topic::Pauses,
            FindingKind::Fillers { .. } => Topic::Fillers,
            FindingKind::FlatIntonation { .. } => Topic::Voice,
        }
    }
}

/// Sorts findings: first those to act on, at most [`MAX_TO_ACT_ON`] and one per topic, then the others. Each
/// group is sorted by severity, topic and time. Sets `act_on`.
pub fn rank(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|a, b| {
        let key = |finding: &Finding| {
            (
                Reverse(finding.severity),
                Topic::from_finding(&finding.kind),
            )
        };
        key(a)
            .cmp(&key(b))
            .then(start_millis(a).cmp(&start_millis(b)))
    });
    let mut topics: Vec<Topic> = Vec::new();
    for finding in &mut findings {
        let topic = Topic::from_finding(&finding.kind);
        finding.act_on = finding.severity >= Severity::Amber
            && topics.len() < MAX_TO_ACT_ON
            && !topics.contains(&topic);
        if finding.act_on {
            topics.push(topic);
        }
    }
    findings.sort_by_key(|finding| !finding.act_on);
    findings
}

/// Start of a finding, rounded so that tiny differences do not decide the order.
fn start_millis(finding: &Finding) -> i64 {
    (finding.span.start * 1000.0).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Span;

    #[test]
    fn at_most_three_findings_of_different_topics_are_to_act_on() {
        let missed = |phrase: &str| FindingKind::PhraseMissed {
            phrase: phrase.to_owned(),
            proves: String::new(),
        };
        let found = [
            (
                FindingKind::GoodPace {
                    words_per_minute: 140.0,
                },
                Severity::Good,
            ),
            (missed("I wrote"), Severity::Amber),
            (missed("I added"), Severity::Amber),
            (FindingKind::LongPause { seconds: 5.0 }, Severity::Red),
            (
                FindingKind::We {
                    said: vec!["we fixed it".to_owned()],
                    own_acts: 1,
                },
                Severity::Amber,
            ),
            (
                FindingKind::Fillers {
                    count: 9,
                    per_minute: 8.0,
                },
                Severity::Amber,
            ),
        ];
        let findings = found.into_iter().enumerate().map(|(at, (kind, severity))| {
            Finding::new(kind, severity, Span::new(at as f64, at as f64 + 1.0))
        });
        let ranked: Vec<String> = rank(findings.collect())
            .iter()
            .map(|f| format!("{}{}", f.kind.name(), if f.act_on { "!" } else { "" }))
            .collect();
        assert_eq!(
            ranked.join(" "),
            "long_pause! we! phrase_missed! phrase_missed fillers good_pace"
        );
        assert!(rank(Vec::new()).is_empty());
    }
}
