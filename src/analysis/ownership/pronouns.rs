//! Counts who is named as acting: the speaker ("I"), the team ("we"), or nobody (agentless passives).

use serde::Serialize;

use super::acts::{self, Act};
use super::first_person_actions::is_action;
use super::hiding::hiding_acts;
use super::passive::passive_at;
use crate::analysis::finding::{Finding, FindingKind, Severity};
use crate::analysis::grammar::{self, Subject};
use crate::analysis::language::lexicon::{BE, is_adverb, is_function};
use crate::analysis::language::{Boundary, Token, tokens, verbs};
use crate::analysis::quote::Quote;
use crate::domain::profile::{OwnershipStyle, Profile};
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::Transcript;

const WE: [&str; 5] = ["we", "us", "our", "ours", "ourselves"];
/// With this many actions and no "we", it is clear what the speaker did.
const MIN_CLEAR_ACTIONS: usize = 3;

/// How often the speaker says "I", "we", or nobody.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ownership {
    /// Number of "I". A repeated one ("I, I noticed") counts once.
    pub i: usize,
    /// Number of "we", "us", "our".
    pub we: usize,
    /// Number of passives without an agent: "a fix was rolled out".
    pub passive: usize,
    /// The counted words, in order.
    pub spans: Vec<OwnershipSpan>,
    /// Acts of the team that hide who acted.
    pub hiding: Vec<OwnershipSpan>,
    /// Number of acts of the speaker.
    #[serde(skip)]
    pub own_acts: usize,
}

/// A counted word, with its verb.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OwnershipSpan {
    /// What it counts as.
    pub kind: OwnershipKind,
    /// The words: "I pulled", "our", "a fix was rolled out".
    pub text: String,
    /// Start of the words.
    pub start: Secs,
    /// End of the words.
    pub end: Secs,
}

/// Who is named.
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

/// Counts "I", "we" and passives.
pub fn count(transcript: &Transcript) -> Ownership {
    let tokens = tokens(transcript);
    let acts = acts::acts(transcript, &tokens, &grammar::clauses(&tokens));
    count_in_tokens(transcript, &tokens, &acts)
}

/// As [`count`], for a transcript whose tokens are known.
pub(crate) fn count_in_tokens(
    transcript: &Transcript,
    tokens: &[Token],
    acts: &[Act],
) -> Ownership {
    let mut found: Vec<(OwnershipKind, usize, usize)> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let written = &transcript.words[token.first].text;
        if token.is("i") && is_speaker(tokens, at) {
            found.push((OwnershipKind::I, at, verb_after(tokens, at)));
        } else if WE.contains(&token.text.as_str()) && !is_country(written) {
            let last = match token.is("we") {
                true => verb_after(tokens, at),
                false => at,
            };
            found.push((OwnershipKind::We, at, last));
        }
        if let Some((first, last)) = passive_at(tokens, at) {
            found.push((OwnershipKind::Passive, first, last));
        }
    }
    let spans: Vec<OwnershipSpan> = found
        .into_iter()
        .map(|(kind, first, last)| {
            let (text, span) = transcript.quote(tokens[first].first, tokens[last].last);
            OwnershipSpan {
                kind,
                text,
                start: span.start,
                end: span.end,
            }
        })
        .collect();
    let hiding = hiding_acts(tokens, acts).into_iter().map(|act| {
        let (text, span) = transcript.quote(tokens[act.first].first, tokens[act.last].last);
        OwnershipSpan {
            kind: OwnershipKind::We,
            text,
            start: span.start,
            end: span.end,
        }
    });
    Ownership {
        hiding: hiding.collect(),
        own_acts: acts
            .iter()
            .filter(|act| act.agent == Subject::Speaker)
            .count(),
        ..Ownership::from_spans(spans)
    }
}

impl Ownership {
    /// The part of it that lies in `span`.
    pub fn within(&self, span: Span) -> Self {
        let middle = |s: &OwnershipSpan| (s.start + s.end) / 2.0;
        let inside = |s: &&OwnershipSpan| (span.start..=span.end).contains(&middle(s));
        Self {
            hiding: self.hiding.clone(),
            own_acts: self.own_acts,
            ..Self::from_spans(self.spans.iter().filter(inside).cloned().collect())
        }
    }

    /// What the speaker did, in the speaker's words. `include_hypothetical`: also what the speaker would do.
    pub fn first_person_actions(&self, include_hypothetical: bool) -> Vec<Quote> {
        self.spans
            .iter()
            .filter(|span| span.kind == OwnershipKind::I)
            .filter(|span| is_action(&span.text, include_hypothetical))
            .map(|span| Quote {
                text: span.text.clone(),
                start: span.start,
                end: span.end,
            })
            .collect()
    }

    fn from_spans(spans: Vec<OwnershipSpan>) -> Self {
        let count = |kind| spans.iter().filter(|span| span.kind == kind).count();
        Self {
            i: count(OwnershipKind::I),
            we: count(OwnershipKind::We),
            passive: count(OwnershipKind::Passive),
            spans,
            hiding: Vec::new(),
            own_acts: 0,
        }
    }
}

/// Findings about who did it, for the Action.
pub fn findings(ownership: &Ownership, profile: &Profile) -> Vec<Finding> {
    let first = |kind| ownership.spans.iter().find(|span| span.kind == kind);
    let mut findings = Vec::new();
    // A passive among clear acts of the speaker hides nothing.
    let is_clear = ownership.own_acts >= MIN_CLEAR_ACTIONS;
    if let Some(passive) = first(OwnershipKind::Passive).filter(|_| !is_clear) {
        let kind = FindingKind::Passive {
            count: ownership.passive,
            said: passive.text.clone(),
        };
        let span = Span::new(passive.start, passive.end);
        findings.push(Finding::new(kind, Severity::Amber, span));
    }
    if profile.ownership == OwnershipStyle::Amazon {
        match ownership.hiding.first() {
            Some(first) => findings.push(Finding::new(
                FindingKind::We {
                    said: ownership
                        .hiding
                        .iter()
                        .map(|span| span.text.clone())
                        .collect(),
                    own_acts: ownership.own_acts,
                },
                Severity::Amber,
                Span::new(first.start, first.end),
            )),
            None if is_clear => {
                let spans = ownership.spans.iter();
                let whole = spans
                    .map(|span| Span::new(span.start, span.end))
                    .reduce(Span::join);
                let kind = FindingKind::OwnActions { i: ownership.i };
                findings.extend(whole.map(|span| Finding::new(kind, Severity::Good, span)));
            }
            None => {}
        }
    }
    findings
}

/// Whether the "i" at `at` is the speaker: not a Roman numeral ("phase I"), not the first of "I, I".
fn is_speaker(tokens: &[Token], at: usize) -> bool {
    let next = tokens.get(at + 1);
    let is_repeated = next.is_some_and(|next| next.is("i"));
    let numbered_nouns = [
        "phase", "type", "part", "chapter", "war", "tier", "volume", "category", "class", "act",
    ];
    let after_name = at > 0
        && tokens[at].break_before == Boundary::None
        && numbered_nouns.contains(&tokens[at - 1].text.as_str());
    let acts = next.is_some_and(|next| {
        next.break_before == Boundary::None
            && (verbs::is_past(&next.text) || BE.contains(&next.text.as_str()))
    });
    !is_repeated && (!after_name || acts)
}

/// "US" and "U.S." in capitals are a country.
fn is_country(written: &str) -> bool {
    let plain: String = written.chars().filter(|c| c.is_alphabetic()).collect();
    plain == "US"
}

/// The verb of the subject at `at`, behind adverbs and auxiliaries; `at` itself if there is none.
fn verb_after(tokens: &[Token], at: usize) -> usize {
    let mut last = at;
    for (index, token) in tokens.iter().enumerate().skip(at + 1).take(6) {
        let text = token.text.as_str();
        let is_auxiliary = is_adverb(text)
            || BE.contains(&text)
            || matches!(
                text,
                "have"
                    | "had"
                    | "has"
                    | "do"
                    | "did"
                    | "not"
                    | "never"
                    | "could"
                    | "can"
                    | "would"
                    | "will"
                    | "should"
                    | "might"
                    | "may"
                    | "must"
                    | "able"
                    | "to"
            );
        if token.break_before == Boundary::Sentence || (!is_auxiliary && is_function(text)) {
            break;
        }
        last = index;
        let next = tokens.get(index + 1).map_or("", |next| next.text.as_str());
        // "had" and "did" are main verbs unless a verb follows: "I had written", "I did write".
        let is_main = match text {
            "have" | "had" | "has" => {
                !(verbs::is_participle(next)
                    || is_adverb(next)
                    || matches!(next, "been" | "not" | "to"))
            }
            "do" | "did" => verbs::is_past(next) || is_function(next) && next != "not",
            _ => false,
        };
        if !is_auxiliary || is_main {
            break;
        }
    }
    // The words must not end with "to" or an adverb: "I then".
    while last > at && (tokens[last].is("to") || is_adverb(&tokens[last].text)) {
        last -= 1;
    }
    last
}
