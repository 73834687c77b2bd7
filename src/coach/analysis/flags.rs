//! Red flags: phrases that disqualify an ownership answer, whatever else is said.

use super::finding::{Finding, Noticed, Severity};
use crate::coach::transcript::Transcript;

/// Why a phrase disqualifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// It was somebody else's initiative.
    Assigned,
    /// It was handed to somebody else.
    Routed,
    /// It says nothing that could be checked.
    Vague,
    /// It gives no reason to have acted.
    Motiveless,
}

/// The phrases, from the walkthrough: word for word as yet.
const FLAGS: [(Flag, &str); 17] = [
    (Flag::Assigned, "my manager asked me"),
    (Flag::Assigned, "i was asked to"),
    (Flag::Assigned, "i was assigned"),
    (Flag::Assigned, "was assigned to me"),
    (Flag::Routed, "i escalated it"),
    (Flag::Routed, "escalated it to"),
    (Flag::Routed, "i did escalate"),
    (Flag::Routed, "sent them a slack message"),
    (Flag::Routed, "sent a slack message"),
    (Flag::Routed, "they handled it"),
    (Flag::Routed, "they handled the fix"),
    (Flag::Vague, "things got better"),
    (Flag::Vague, "the team was happy"),
    (Flag::Vague, "communication is important"),
    (Flag::Vague, "communicate better"),
    (Flag::Vague, "assumed it worked"),
    (Flag::Motiveless, "free time"),
];

/// One finding for each flag that was said.
pub fn findings(transcript: &Transcript) -> Vec<Finding> {
    let plain: Vec<String> = transcript.words.iter().map(|w| w.plain()).collect();
    FLAGS
        .iter()
        .filter_map(|(flag, phrase)| {
            let wanted: Vec<&str> = phrase.split(' ').collect();
            let first = plain.windows(wanted.len()).position(|w| w == wanted)?;
            let (said, span) = transcript.quote(first, first + wanted.len() - 1);
            let noticed = Noticed::RedFlag { flag: *flag, said };
            Some(Finding::new(noticed, Severity::Red, span))
        })
        .collect()
}
