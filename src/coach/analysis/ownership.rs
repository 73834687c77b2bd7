//! Who did it: "I" and "we". The passive is not measured yet.

use serde::Serialize;

use super::finding::{Finding, Noticed, Severity};
use crate::coach::profile::{OwnershipStyle, Profile};
use crate::coach::time::{Secs, Span};
use crate::coach::transcript::Transcript;

const I: [&str; 5] = ["i", "i'm", "i've", "i'd", "i'll"];
const WE: [&str; 10] = [
    "we",
    "we're",
    "we've",
    "we'd",
    "we'll",
    "us",
    "our",
    "ours",
    "ourselves",
    "let's",
];

/// Who did it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ownership {
    /// How often "I".
    pub i: usize,
    /// How often "we", "us", "our".
    pub we: usize,
    /// How many passives without an agent: "a fix was rolled out".
    pub passive: usize,
    /// The words counted, in the order they were said.
    pub spans: Vec<OwnershipSpan>,
}

/// One counted word.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OwnershipSpan {
    /// What it was counted as.
    pub kind: OwnershipKind,
    /// As it was said.
    pub text: String,
    /// Where it begins.
    pub start: Secs,
    /// Where it ends.
    pub end: Secs,
}

/// What a word says about who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OwnershipKind {
    /// First person singular.
    I,
    /// First person plural.
    We,
    /// A passive without an agent.
    Passive,
}

/// Counts them.
pub fn read(transcript: &Transcript) -> Ownership {
    let spans: Vec<OwnershipSpan> = transcript
        .words
        .iter()
        .filter_map(|word| {
            let plain = word.plain();
            let kind = match plain.as_str() {
                w if I.contains(&w) => OwnershipKind::I,
                w if WE.contains(&w) => OwnershipKind::We,
                _ => return None,
            };
            Some(OwnershipSpan {
                kind,
                text: word.text.clone(),
                start: word.start,
                end: word.end,
            })
        })
        .collect();
    let count = |kind| spans.iter().filter(|span| span.kind == kind).count();
    Ownership {
        i: count(OwnershipKind::I),
        we: count(OwnershipKind::We),
        passive: count(OwnershipKind::Passive),
        spans,
    }
}

/// What is worth saying about them, in the Action.
pub fn findings(ownership: &Ownership, profile: &Profile) -> Vec<Finding> {
    let first_we = ownership
        .spans
        .iter()
        .find(|span| span.kind == OwnershipKind::We);
    match (profile.ownership, first_we) {
        (OwnershipStyle::Amazon, Some(we)) => vec![Finding::new(
            Noticed::We {
                count: ownership.we,
                i: ownership.i,
            },
            Severity::Amber,
            Span::new(we.start, we.end),
        )],
        (OwnershipStyle::Amazon, None) if ownership.i >= 3 => {
            let spans = ownership.spans.iter();
            let whole = spans
                .map(|span| Span::new(span.start, span.end))
                .reduce(Span::join);
            let noticed = Noticed::OwnActs { i: ownership.i };
            Vec::from_iter(whole.map(|span| Finding::new(noticed, Severity::Good, span)))
        }
        _ => Vec::new(),
    }
}
