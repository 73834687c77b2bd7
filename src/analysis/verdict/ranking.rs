//! Which findings come first, and the three to act on. Nobody changes more than that from one take to
//! the next, and three times the same is one thing: hence one a topic.

use std::cmp::Reverse;

use crate::analysis::finding::{Finding, FindingKind, Severity};

/// More than this at once are not acted on.
pub const TO_ACT_ON: usize = 3;

/// What a finding is about; the weightiest first, for findings that are equally urgent. A microphone
/// that fails makes every other reading doubtful; what disqualifies comes before what could be
/// smoother.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// What the microphone did.
    Microphone,
    /// What disqualifies.
    RedFlags,
    /// What came of it.
    Impact,
    /// Who did it.
    Ownership,
    /// How soon the point was made.
    Opening,
    /// What was planned.
    Phrases,
    /// How long it took.
    Time,
    /// How fast it was.
    Pace,
    /// Silences.
    Pauses,
    /// Words and sounds that only fill.
    Fillers,
    /// How the voice moved.
    Voice,
}

impl Topic {
    /// What `noticed` is about.
    pub fn of(noticed: &FindingKind) -> Self {
        match noticed {
            FindingKind::NoSpeech
            | FindingKind::TooQuiet { .. }
            | FindingKind::Clipped { .. }
            | FindingKind::Lost { .. } => Topic::Microphone,
            FindingKind::RedFlag { .. } => Topic::RedFlags,
            FindingKind::ImpactMissing { .. } | FindingKind::ImpactWhole => Topic::Impact,
            FindingKind::We { .. } | FindingKind::OwnActs { .. } | FindingKind::Passive { .. } => {
                Topic::Ownership
            }
            FindingKind::ProblemLate { .. } | FindingKind::ProblemNever => Topic::Opening,
            FindingKind::PhraseMissed { .. } | FindingKind::AllPhrases { .. } => Topic::Phrases,
            FindingKind::OnTime { .. }
            | FindingKind::OverTime { .. }
            | FindingKind::UnderTime { .. } => Topic::Time,
            FindingKind::GoodPace { .. }
            | FindingKind::Rushed { .. }
            | FindingKind::Raced { .. }
            | FindingKind::Slow { .. } => Topic::Pace,
            FindingKind::LongPause { .. }
            | FindingKind::BrokenClause { .. }
            | FindingKind::GoodPauses { .. } => Topic::Pauses,
            FindingKind::Fillers { .. } => Topic::Fillers,
            FindingKind::Flat { .. } => Topic::Voice,
        }
    }
}

/// The findings in the order of their weight: first those to act on, at most [`TO_ACT_ON`] and each of
/// another topic, then the others by urgency, topic and time. Each says whether it is to be acted on.
pub fn rank(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|a, b| {
        let key = |finding: &Finding| (Reverse(finding.severity), Topic::of(&finding.noticed));
        key(a).cmp(&key(b)).then(millis(a).cmp(&millis(b)))
    });
    let mut topics: Vec<Topic> = Vec::new();
    for finding in &mut findings {
        let topic = Topic::of(&finding.noticed);
        finding.act_on = finding.severity >= Severity::Amber
            && topics.len() < TO_ACT_ON
            && !topics.contains(&topic);
        if finding.act_on {
            topics.push(topic);
        }
    }
    findings.sort_by_key(|finding| !finding.act_on);
    findings
}

/// Where a finding begins: what begins at the same time is not put in order by rounding.
fn millis(finding: &Finding) -> i64 {
    (finding.span.start * 1000.0).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Span;

    #[test]
    fn at_most_three_are_to_be_acted_on_and_each_of_another_topic() {
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
            (FindingKind::We { count: 3, i: 1 }, Severity::Amber),
            (
                FindingKind::Fillers {
                    count: 9,
                    per_minute: 8.0,
                },
                Severity::Amber,
            ),
        ];
        let findings = found
            .into_iter()
            .enumerate()
            .map(|(at, (noticed, severity))| {
                Finding::new(noticed, severity, Span::new(at as f64, at as f64 + 1.0))
            });
        let ranked: Vec<String> = rank(findings.collect())
            .iter()
            .map(|f| format!("{}{}", f.noticed.kind(), if f.act_on { "!" } else { "" }))
            .collect();
        assert_eq!(
            ranked.join(" "),
            "long_pause! we! phrase_missed! phrase_missed fillers good_pace"
        );
        assert!(rank(Vec::new()).is_empty());
    }
}
