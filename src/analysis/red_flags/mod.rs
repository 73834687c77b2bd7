//! Red flags: words that an interviewer holds against the speaker. Patterns that fit any story find them, and the
//! classifier of statements; the context decides which count. A negated phrase ("nobody asked me", "I did not just escalate it") is not a red flag.

mod blame;
mod buzzwords;
mod context;
mod hedges;
mod patterns;
mod red_flag;

pub use context::{Question, in_context};
use patterns::{Condition, PATTERNS};
pub use red_flag::RedFlag;

use super::finding::{Finding, FindingKind, RedFlagKind, Severity};
use super::judgment::Judgment;
use super::ownership::attribution::{self, Agent, Auxiliaries};
use super::phrases::compounds::Compounds;
use super::phrases::token_index::TokenIndex;
use super::quote::Quote;
use super::structure::Structure;
use crate::analysis::language::{Boundary, Token, lexicon, tokens, verbs};
use crate::domain::time::Span;
use crate::domain::transcript::Transcript;

/// Without punctuation, a sentence extends at most this many tokens to either side of a match.
const MAX_SENTENCE_SIDE: usize = 15;

/// Finds the red flags in the order they were said. Words that raise two kinds count once.
pub fn find(transcript: &Transcript) -> Vec<RedFlag> {
    find_in_index(
        transcript,
        &TokenIndex::new(tokens(transcript), &Compounds::default()),
    )
}

/// As [`find`], for a transcript that is indexed.
fn find_in_index(transcript: &Transcript, index: &TokenIndex) -> Vec<RedFlag> {
    let mut found: Vec<(usize, usize, RedFlagKind)> = PATTERNS
        .iter()
        .flat_map(|(flag, condition, pattern)| {
            let matches = pattern.find_all(&index.tokens).into_iter();
            matches.filter_map(|(first, last)| {
                let first =
                    quote_start(index, *flag, *condition, pattern.negates(), (first, last))?;
                Some((first, last, *flag))
            })
        })
        .collect();
    found.sort_by_key(|(first, last, _)| (*first, std::cmp::Reverse(*last)));
    let mut merged: Vec<(usize, usize, RedFlagKind)> = Vec::new();
    for next in found {
        match merged.last_mut() {
            Some((_, end, flag)) if next.0 <= *end => {
                if *flag == next.2 {
                    *end = next.1.max(*end);
                }
            }
            _ => merged.push(next),
        }
    }
    merged
        .into_iter()
        .map(|(first, last, flag)| {
            let Quote {
                text: said,
                start,
                end,
            } = index.quote(transcript, first, last);
            RedFlag {
                flag,
                said,
                fatal: true,
                start,
                end,
            }
        })
        .collect()
}

/// All that the words of an answer raise anywhere, whatever its context.
pub(crate) fn find_all(
    transcript: &Transcript,
    index: &TokenIndex,
    structure: &Structure,
) -> Vec<RedFlag> {
    let tokens = &index.tokens;
    let mut flags = find_in_index(transcript, index);
    let blame = blame::find(tokens, &structure.clauses).into_iter();
    let buzzwords = buzzwords::find(tokens, &structure.clauses).into_iter();
    let hedges = hedges::find(tokens, structure);
    let others = (blame.map(|place| (RedFlagKind::Blame, place)))
        .chain(hedges.map(|place| (RedFlagKind::Vague, place)))
        .chain(buzzwords.map(|place| (RedFlagKind::Vague, place)));
    for (kind, (first, last)) in others {
        let quote = index.quote(transcript, first, last);
        let is_known = flags
            .iter()
            .any(|flag| Span::new(flag.start, flag.end).overlaps(quote.span()));
        if !is_known {
            flags.push(RedFlag::new(kind, quote));
        }
    }
    flags.sort_by(|a, b| a.start.total_cmp(&b.start));
    flags
}

/// From these log odds on, a statement is vague, or blames others, whatever the patterns say.
const MIN_VAGUE: f32 = 1.0;
const MIN_BLAME: f32 = 0.4;
/// Below these log odds, what a pattern calls vague is not.
const MIN_PATTERN: f32 = -2.0;

/// The red flags in `found` and those that the classifier of statements adds, without those that it denies.
pub(crate) fn judged(
    mut found: Vec<RedFlag>,
    transcript: &Transcript,
    index: &TokenIndex,
    structure: &Structure,
    judgments: Option<&[Judgment]>,
) -> Vec<RedFlag> {
    let Some(judgments) = judgments else {
        return found;
    };
    for (statement, judgment) in std::iter::zip(&structure.statements, judgments) {
        let span = index.span(transcript, statement.first, statement.last);
        let overlaps = |flag: &RedFlag| Span::new(flag.start, flag.end).overlaps(span);
        if judgment.vague < MIN_PATTERN {
            found.retain(|flag| flag.flag != RedFlagKind::Vague || !overlaps(flag));
        }
        let kind = if judgment.blame >= MIN_BLAME.max(judgment.vague) {
            RedFlagKind::Blame
        } else if judgment.vague >= MIN_VAGUE {
            RedFlagKind::Vague
        } else {
            continue;
        };
        if !found.iter().any(overlaps) {
            let quote = index.quote(transcript, statement.first, statement.last);
            found.push(RedFlag::new(kind, quote));
        }
    }
    found.sort_by(|a, b| a.start.total_cmp(&b.start));
    found
}

/// One finding for each red flag.
pub fn findings(red_flags: &[RedFlag]) -> Vec<Finding> {
    red_flags
        .iter()
        .map(|found| {
            let kind = FindingKind::RedFlag {
                flag: found.flag,
                said: found.said.clone(),
            };
            let span = Span::new(found.start, found.end);
            Finding::new(kind, Severity::Red, span)
        })
        .collect()
}

/// Whether the words from `first` to `last` really raise the flag. Returns where the quote begins.
fn quote_start(
    index: &TokenIndex,
    flag: RedFlagKind,
    condition: Condition,
    is_negative: bool,
    (first, last): (usize, usize),
) -> Option<usize> {
    let tokens = &index.tokens;
    let is_denied = flag != RedFlagKind::Blame && !is_negative;
    if is_denied && is_negated(index, flag, first, last)
        || flag == RedFlagKind::Assigned && (is_if(tokens, first) || is_cleft(tokens, first))
    {
        return None;
    }
    match condition {
        Condition::Always => {
            let is_exempt = match flag {
                RedFlagKind::Motiveless => is_motive_of_others(tokens, first),
                RedFlagKind::Routed => is_past_handling(tokens, first, last),
                RedFlagKind::Assigned | RedFlagKind::Vague | RedFlagKind::Blame => false,
            };
            (!is_exempt).then_some(first)
        }
        Condition::ByUs => start_of_own_routing(tokens, first, last),
        Condition::Unspecific => {
            let mut after = tokens[last + 1..].iter().take(2);
            let is_specified = after.next().is_some_and(|token| token.is("about"))
                && after
                    .next()
                    .is_some_and(|token| token.any(&["how", "why", "what", "when"]));
            (!is_specified).then_some(first)
        }
        Condition::WithoutNumber => {
            let sentence = sentence_around(tokens, first, last);
            let has_number = sentence.iter().any(|token| token.value.is_some());
            (!has_number).then_some(first)
        }
    }
}

/// Whether the words are negated: before them, among them, or by "nothing" after them.
fn is_negated(index: &TokenIndex, flag: RedFlagKind, first: usize, last: usize) -> bool {
    let tokens = &index.tokens;
    let negated_inside = tokens[first..=last]
        .iter()
        .any(|token| lexicon::DENIALS.contains(&token.text.as_str()));
    let negated_after = tokens.get(last + 1).is_some_and(|next| {
        next.break_before == Boundary::None && next.any(&["nothing", "no", "none"])
    });
    negated_inside || flag == RedFlagKind::Routed && negated_after || index.is_negated(first, true)
}

/// "if my manager asked me", "before I was told to": this did not happen, or not yet.
fn is_if(tokens: &[Token], first: usize) -> bool {
    tokens[first.saturating_sub(3)..first]
        .iter()
        .any(|t| t.any(&["if", "unless", "until", "whether", "before"]))
}

/// "What I was asked to do was typing": the answer goes on with more than that.
fn is_cleft(tokens: &[Token], first: usize) -> bool {
    let before = first.checked_sub(1).map(|at| &tokens[at]);
    before.is_some_and(|token| token.any(&["what", "all", "everything"]))
}

/// "their spare time", "not because I was bored": this was not why the speaker acted.
fn is_motive_of_others(tokens: &[Token], first: usize) -> bool {
    let theirs = tokens[first.saturating_sub(2)..first]
        .iter()
        .any(|t| t.any(&["their", "his", "her", "customers", "your"]));
    let mut pairs = tokens[first.saturating_sub(6)..first].windows(2);
    theirs || pairs.any(|pair| pair[0].is("not") && pair[1].is("because"))
}

/// "how they handled it" is about the time before, and a "handle" is a noun.
fn is_past_handling(tokens: &[Token], first: usize, last: usize) -> bool {
    let before = first > 0 && tokens[first - 1].any(&["how", "what", "whether", "before"]);
    let end = &tokens[last];
    before || end.is("handle") && !verbs::is_past(&end.text)
}

/// Where the quote begins if the speaker or "we" handed the work on. Messages to customers do not count.
fn start_of_own_routing(tokens: &[Token], first: usize, last: usize) -> Option<usize> {
    let to_customers = tokens[first..=last]
        .iter()
        .any(|t| ["customer", "client", "user", "support"].contains(&t.stem.as_str()));
    if to_customers || tokens[first].text.ends_with("ing") {
        return None;
    }
    match attribution::agent_of_verb(tokens, first, Auxiliaries::default()) {
        Agent::Speaker { first, .. } => Some(first),
        Agent::Other => {
            let before = tokens.get(first.checked_sub(1)?)?;
            let is_passive =
                lexicon::BE.contains(&before.text.as_str()) && tokens[first].is("escalated");
            (before.is("we") || is_passive).then(|| first - 1)
        }
    }
}

/// The tokens of the sentence around a match. Without punctuation, a sentence is cut off.
fn sentence_around(tokens: &[Token], first: usize, last: usize) -> &[Token] {
    let begins_sentence = |at: &usize| tokens[*at].break_before == Boundary::Sentence;
    let from = (0..=first).rev().find(begins_sentence).unwrap_or(0);
    let to = (last + 1..tokens.len())
        .find(begins_sentence)
        .unwrap_or(tokens.len());
    &tokens[from.max(first.saturating_sub(MAX_SENTENCE_SIDE))..to.min(last + 1 + MAX_SENTENCE_SIDE)]
}
