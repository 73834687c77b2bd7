//! The reasons of a verdict, as data and as sentences for the speaker.

use std::fmt;

use serde::{Serialize, Serializer};

use super::criteria::Criterion;
use crate::analysis::finding::RedFlag;
use crate::analysis::quote::Quote;
use crate::domain::time::{Secs, Span, clock};

/// A sentence quotes at most this many texts.
const MAX_QUOTES: usize = 3;

/// One reason of a verdict. Its `Display` is the sentence for the speaker.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// Too few words: how many there are.
    Words(usize),
    /// Too short: time used, and the target.
    Time(Secs, Secs),
    /// A red flag, with its words.
    Flag(RedFlag, Quote),
    /// A criterion that is not met, the words that fall short of it, and where the first of them are.
    Missing(Criterion, Vec<String>, Option<Span>),
    /// A criterion that is met, the words that meet it, and where the first of them are.
    Shown(Criterion, Vec<String>, Option<Span>),
}

impl Reason {
    /// Where it can be heard; `None` if it is about something missing or about the whole take.
    pub fn heard_at(&self) -> Option<Span> {
        match self {
            Reason::Words(_) | Reason::Time(..) => None,
            Reason::Flag(_, quote) => Some(quote.span()),
            Reason::Missing(_, _, span) | Reason::Shown(_, _, span) => *span,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Words(0) => write!(f, "No speech recognized."),
            Reason::Words(1) => write!(f, "Only one word recognized."),
            Reason::Words(words) => write!(f, "Only {words} words recognized."),
            Reason::Time(used, target) => write!(
                f,
                "Only {} of {} used: too short to judge.",
                clock(*used),
                clock(*target)
            ),
            Reason::Flag(flag, quote) => {
                let why = match flag {
                    RedFlag::Assigned => "the initiative came from somebody else",
                    RedFlag::Routed => "the work was handed to somebody else",
                    RedFlag::Vague => "this cannot be checked",
                    RedFlag::Motiveless => "this gives no reason to act",
                };
                write!(f, "{}: {why}.", quoted(&quote.said))
            }
            Reason::Missing(criterion, quotes, _) => write_missing(f, *criterion, quotes),
            Reason::Shown(criterion, quotes, _) => match (criterion, quotes.as_slice()) {
                (Criterion::Plan, []) => write!(f, "{criterion}: all said."),
                (_, []) => write!(f, "{criterion}: said."),
                (Criterion::Plan, missed) => {
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
        (Criterion::Boundary, _) => "Missing: an ownership boundary. Say that it was not your job.",
        (Criterion::Problem, _) => "Missing: the problem. Say what was going wrong.",
        (Criterion::OwnActs, []) => "Missing: your own actions. Say what you did yourself.",
        (Criterion::OwnActs, said) => {
            return write!(
                f,
                "Missing: more of your own actions. So far: {}.",
                list(said)
            );
        }
        (Criterion::Metric, _) => "Missing: a measured change. From what to what?",
        (Criterion::Business, _) => {
            "Missing: the business impact. What was it worth in money, time or customers?"
        }
        (Criterion::Lasting, _) => "Missing: a lasting effect. What came of it beyond the fix?",
        (Criterion::Plan, missed) => {
            return write!(f, "Planned phrases not said: {}.", list(missed));
        }
        (Criterion::Reply, _) => "Missing: a substantive reply. Say what you did, and why.",
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
