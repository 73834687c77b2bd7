//! The reasons of a verdict, as data and as sentences for the speaker.

use std::fmt;

use serde::{Serialize, Serializer};

use super::criteria::Criterion;
use crate::analysis::finding::RedFlagKind;
use crate::analysis::quote::Quote;
use crate::domain::take::NoWords;
use crate::domain::time::{Secs, Span, clock};

/// A sentence quotes at most this many texts.
const MAX_QUOTES: usize = 3;

/// One reason of a verdict. Its `Display` is the sentence for the speaker.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// No words at all, and why.
    NoWords(NoWords),
    /// Too few words: how many there are.
    TooFewWords(usize),
    /// Too short: time used, and the target.
    TooShort(Secs, Secs),
    /// A red flag, with its words.
    RedFlag(RedFlagKind, Quote),
    /// A criterion that is not met, the words that fall short of it, and where the first of them are.
    Missing(Criterion, Vec<String>, Option<Span>),
    /// A criterion that is met, the words that meet it, and where the first of them are.
    Met(Criterion, Vec<String>, Option<Span>),
}

impl Reason {
    /// Where it can be heard; `None` if it is about something missing or about the whole take.
    pub fn quoted_at(&self) -> Option<Span> {
        match self {
            Reason::NoWords(_) | Reason::TooFewWords(_) | Reason::TooShort(..) => None,
            Reason::RedFlag(_, quote) => Some(quote.span()),
            Reason::Missing(_, _, span) | Reason::Met(_, _, span) => *span,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::NoWords(why) => why.fmt(f),
            Reason::TooFewWords(1) => write!(f, "Only one word: too short to judge."),
            Reason::TooFewWords(words) => write!(f, "Only {words} words: too short to judge."),
            Reason::TooShort(used, target) => write!(
                f,
                "Only {} of {} used: too short to judge.",
                clock(*used),
                clock(*target)
            ),
            Reason::RedFlag(flag, quote) => {
                let why = match flag {
                    RedFlagKind::Assigned => "the initiative came from somebody else",
                    RedFlagKind::Routed => "the work was handed to somebody else",
                    RedFlagKind::Vague => "this cannot be checked",
                    RedFlagKind::Motiveless => "this gives no reason to act",
                    RedFlagKind::Blame => "this speaks ill of others",
                };
                write!(f, "{}: {why}.", quoted(&quote.text))
            }
            Reason::Missing(criterion, quotes, _) => write_missing(f, *criterion, quotes),
            Reason::Met(criterion, quotes, _) => match (criterion, quotes.as_slice()) {
                (Criterion::PlannedPhrases, []) => write!(f, "{criterion}: all said."),
                (_, []) => write!(f, "{criterion}: said."),
                (Criterion::PlannedPhrases, missed) => {
                    write!(f, "{criterion}: said, except {}.", list(missed))
                }
                (_, quotes) => write!(f, "{criterion}: {}.", list(quotes)),
            },
        }
    }
}

fn write_missing(
    f: &mut fmt::Formatter<'_>,
    criterion: Criterion,
    quotes: &[String],
) -> fmt::Result {
    f.write_str(match (criterion, quotes) {
        (Criterion::OwnershipBoundary, _) => {
            "Missing: an ownership boundary. Say that it was not your job."
        }
        (Criterion::Setting, _) => "Missing: a setting. Say where, when and who.",
        (Criterion::Goal, _) => "Missing: your goal. Say what you wanted or had to achieve.",
        (Criterion::Outcome, _) => {
            "Missing: an outcome. Say what came of it, in numbers or in what others did."
        }
        (Criterion::Lesson, _) => "Missing: a lesson. Say what you do differently now.",
        (Criterion::Problem, _) => "Missing: the problem. Say what was going wrong.",
        (Criterion::OwnActions, []) => "Missing: your own actions. Say what you did yourself.",
        (Criterion::OwnActions, said) => {
            return write!(
                f,
                "Missing: more of your own actions. So far: {}.",
                list(said)
            );
        }
        (Criterion::MeasuredChange, _) => "Missing: a measured change. From what to what?",
        (Criterion::BusinessImpact, _) => {
            "Missing: the business impact. What was it worth in money, time or customers?"
        }
        (Criterion::LastingEffect, _) => {
            "Missing: a lasting effect. What came of it beyond the fix?"
        }
        (Criterion::PlannedPhrases, missed) => {
            return write!(f, "Planned phrases not said: {}.", list(missed));
        }
        (Criterion::SubstantiveReply, _) => {
            "Missing: a substantive reply. Say what you did, and why."
        }
    })
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn quoted(text: &str) -> String {
    format!("\u{201c}{text}\u{201d}")
}

/// The first few texts, quoted, and how many more there are.
fn list(texts: &[String]) -> String {
    let quotes: Vec<String> = texts
        .iter()
        .take(MAX_QUOTES)
        .map(|text| quoted(text))
        .collect();
    match texts.len().checked_sub(MAX_QUOTES) {
        Some(more) if more > 0 => format!("{} and {more} more", quotes.join(", ")),
        _ => quotes.join(", "),
    }
}
