//! Who did it: "I", "we", and the passive that names nobody.
//!
//! A passive is a form of "be" or "get" and a participle, without a doer after "by". That is
//! grammar: "I was asked to" is one, as nobody is said to have asked. States that only look
//! like it ("I was tired", "is concerned with") are left out by a list.

use serde::Serialize;

use super::deeds::deeds;
use crate::analysis::finding::{Finding, FindingKind, Severity};
use crate::analysis::language::lexicon::{BE, SUBJECTS, TIME_UNITS, UNITS, is_adverb, is_function};
use crate::analysis::language::{Boundary, Token, tokens, verbs};
use crate::domain::profile::{OwnershipStyle, Profile};
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::Transcript;

const WE: [&str; 5] = ["we", "us", "our", "ours", "ourselves"];

/// Who did it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ownership {
    /// How often "I"; said again at once ("I, I noticed") it counts once.
    pub i: usize,
    /// How often "we", "us", "our".
    pub we: usize,
    /// How many passives without an agent: "a fix was rolled out".
    pub passive: usize,
    /// The words counted, in the order they were said.
    pub spans: Vec<OwnershipSpan>,
}

/// One counted word, with its verb.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OwnershipSpan {
    /// What it was counted as.
    pub kind: OwnershipKind,
    /// As it was said: "I pulled", "our", "a fix was rolled out".
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
    of_tokens(transcript, &tokens(transcript))
}

/// The same, of a transcript that was read.
pub(crate) fn of_tokens(transcript: &Transcript, tokens: &[Token]) -> Ownership {
    let mut places: Vec<(OwnershipKind, usize, usize)> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let written = &transcript.words[token.first].text;
        if token.is("i") && is_speaker(tokens, at) {
            places.push((OwnershipKind::I, at, verb_after(tokens, at)));
        } else if WE.contains(&token.text.as_str()) && !is_country(written) {
            let last = match token.is("we") {
                true => verb_after(tokens, at),
                false => at,
            };
            places.push((OwnershipKind::We, at, last));
        }
        if let Some((first, last)) = passive_at(tokens, at) {
            places.push((OwnershipKind::Passive, first, last));
        }
    }
    let spans: Vec<OwnershipSpan> = places
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
    Ownership::of(spans)
}

/// So many deeds of one's own make it clear who did it.
const CLEAR_DEEDS: usize = 3;

impl Ownership {
    /// What of it lies in `span`.
    pub fn within(&self, span: Span) -> Self {
        let middle = |s: &OwnershipSpan| (s.start + s.end) / 2.0;
        let inside = |s: &&OwnershipSpan| (span.start..=span.end).contains(&middle(s));
        Self::of(self.spans.iter().filter(inside).cloned().collect())
    }

    fn of(spans: Vec<OwnershipSpan>) -> Self {
        let count = |kind| spans.iter().filter(|span| span.kind == kind).count();
        Self {
            i: count(OwnershipKind::I),
            we: count(OwnershipKind::We),
            passive: count(OwnershipKind::Passive),
            spans,
        }
    }
}

/// What is worth saying about them, in the Action.
pub fn findings(ownership: &Ownership, profile: &Profile) -> Vec<Finding> {
    let first = |kind| ownership.spans.iter().find(|span| span.kind == kind);
    let mut findings = Vec::new();
    if let Some(passive) = first(OwnershipKind::Passive) {
        let noticed = FindingKind::Passive {
            count: ownership.passive,
            said: passive.text.clone(),
        };
        let span = Span::new(passive.start, passive.end);
        findings.push(Finding::new(noticed, Severity::Amber, span));
    }
    match (profile.ownership, first(OwnershipKind::We)) {
        (OwnershipStyle::Amazon, Some(we)) => findings.push(Finding::new(
            FindingKind::We {
                count: ownership.we,
                i: ownership.i,
            },
            Severity::Amber,
            Span::new(we.start, we.end),
        )),
        (OwnershipStyle::Amazon, None) if deeds(ownership, false).len() >= CLEAR_DEEDS => {
            let spans = ownership.spans.iter();
            let whole = spans
                .map(|span| Span::new(span.start, span.end))
                .reduce(Span::join);
            let noticed = FindingKind::OwnActs { i: ownership.i };
            findings.extend(whole.map(|span| Finding::new(noticed, Severity::Good, span)));
        }
        _ => {}
    }
    findings
}

/// "I", not a Roman one ("phase I") and not the first of "I, I".
fn is_speaker(tokens: &[Token], at: usize) -> bool {
    let next = tokens.get(at + 1);
    let again = next.is_some_and(|next| next.is("i"));
    let numbered = [
        "phase", "type", "part", "chapter", "war", "tier", "volume", "category", "class", "act",
    ];
    let after_name = at > 0
        && tokens[at].break_before == Boundary::None
        && numbered.contains(&tokens[at - 1].text.as_str());
    let acts = next.is_some_and(|next| {
        next.break_before == Boundary::None
            && (verbs::is_past(&next.text) || BE.contains(&next.text.as_str()))
    });
    !again && (!after_name || acts)
}

/// "US" and "U.S.", written so, is a country.
fn is_country(written: &str) -> bool {
    let plain: String = written.chars().filter(|c| c.is_alphabetic()).collect();
    plain == "US"
}

/// The verb of the subject at `at`: past adverbs and auxiliaries; the subject where there is none.
fn verb_after(tokens: &[Token], at: usize) -> usize {
    let mut last = at;
    for (index, token) in tokens.iter().enumerate().skip(at + 1).take(6) {
        let text = token.text.as_str();
        let steps = is_adverb(text)
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
        if token.break_before == Boundary::Sentence || (!steps && is_function(text)) {
            break;
        }
        last = index;
        let next = tokens.get(index + 1).map_or("", |next| next.text.as_str());
        // "I had" owns and "I did" does, unless a verb follows: "I had written", "I did write".
        let is_main = match text {
            "have" | "had" | "has" => {
                !(verbs::is_participle(next)
                    || is_adverb(next)
                    || matches!(next, "been" | "not" | "to"))
            }
            "do" | "did" => verbs::is_past(next) || is_function(next) && next != "not",
            _ => false,
        };
        if !steps || is_main {
            break;
        }
    }
    // Not to end on "to" or on an adverb: "I then".
    while last > at && (tokens[last].is("to") || is_adverb(&tokens[last].text)) {
        last -= 1;
    }
    last
}

/// First and last token of a passive whose participle stands at `at`.
fn passive_at(tokens: &[Token], at: usize) -> Option<(usize, usize)> {
    let participle = tokens[at].text.as_str();
    if !verbs::is_participle(participle) || INTRANSITIVE.contains(&participle) {
        return None;
    }
    let mut be = at.checked_sub(1)?;
    let mut at_break = tokens[at].break_before;
    while at_break != Boundary::Sentence
        && at - be <= 4
        && be > 0
        && (is_adverb(&tokens[be].text) || tokens[be].any(&["not", "never", "all", "both"]))
    {
        at_break = tokens[be].break_before;
        be -= 1;
    }
    if at_break == Boundary::Sentence {
        return None;
    }
    let is_be = BE.contains(&tokens[be].text.as_str());
    let is_get = tokens[be].any(&["got", "get", "gets", "getting", "gotten"]);
    if is_be && STATES.contains(&participle) || is_get && GET_STATES.contains(&participle) {
        return None;
    }
    if !is_be && !is_get && !is_joined(tokens, be, at) {
        return None;
    }
    let subject = match is_be || is_get {
        true => subject_of(tokens, be),
        false => Some(at),
    };
    // "I was used to it", "the team is used to": a habit. "we are done": an end.
    let next = tokens.get(at + 1);
    let follows = |texts: &[&str]| next.is_some_and(|n| n.any(texts));
    let person = subject.is_some_and(|s| SUBJECTS.contains(&tokens[s].text.as_str()));
    let is_state = match participle {
        "used" => follows(&["to"]) && person,
        "done" => person || follows(&["with"]),
        "set" => person || follows(&["on"]),
        "left" => person || follows(&["with", "over"]),
        "closed" | "open" => false,
        "lost" | "stuck" | "hurt" => person && !is_get,
        _ => false,
    };
    if is_state || has_agent(tokens, at) {
        return None;
    }
    let particle = follows(&["out", "up", "down", "off", "back", "away"])
        && next.is_some_and(|n| n.break_before == Boundary::None);
    Some((subject.unwrap_or(be), at + usize::from(particle)))
}

/// "it was found and fixed": the second participle shares the first one's "be".
fn is_joined(tokens: &[Token], before: usize, at: usize) -> bool {
    tokens[before].any(&["and", "then", "or"])
        && (before.saturating_sub(4)..before)
            .rev()
            .take_while(|index| tokens[index + 1].break_before != Boundary::Sentence)
            .find(|index| verbs::is_participle(&tokens[*index].text))
            .is_some_and(|index| {
                passive_at(tokens, index).is_some() && {
                    let between = &tokens[index + 1..at];
                    !between.iter().any(|t| SUBJECTS.contains(&t.text.as_str()))
                        && verbs::is_participle(&tokens[at].text)
                        && between.len() <= 3
                }
            })
}

/// Where the words for who or what it was done to begin, at most five words before the "be".
fn subject_of(tokens: &[Token], be: usize) -> Option<usize> {
    let mut first = None;
    for at in (be.saturating_sub(5)..be).rev() {
        let token = &tokens[at];
        if tokens[at + 1].break_before != Boundary::None {
            break;
        }
        let text = token.text.as_str();
        let parts = token.any(&[
            "and", "but", "so", "then", "because", "when", "if", "which", "who", "that", "after",
            "before", "until", "where", "once", "while", "or", "as", "since", "what",
        ]);
        if parts {
            // "that was found" has "that" for its subject.
            return first.or_else(|| token.any(&["which", "who", "that"]).then_some(at));
        }
        first = Some(at);
        if SUBJECTS.contains(&text)
            || token.any(&["it", "this", "the", "a", "an", "my", "our", "their"])
        {
            break;
        }
    }
    first
}

/// Whether a doer is named: "by the team", not "by hand", "by Friday" or "by thirty percent".
fn has_agent(tokens: &[Token], participle: usize) -> bool {
    let rest = &tokens[participle + 1..];
    let clause = rest.iter().take(9).take_while(|t| {
        t.break_before != Boundary::Sentence && !t.any(&["and", "but", "because", "so"])
    });
    let clause: Vec<&Token> = clause.collect();
    clause.windows(2).any(|pair| {
        let [by, next] = pair else { return false };
        let amount = next.value.is_some() && !counts_people(rest, next);
        by.is("by") && !amount && !next.text.ends_with("ing") && !next.any(&NO_AGENT)
    })
}

/// "by two engineers", not "by two percent".
fn counts_people(rest: &[Token], number: &Token) -> bool {
    let after = rest.iter().find(|token| token.first > number.last);
    after.is_some_and(|token| {
        token.break_before == Boundary::None
            && token.value.is_none()
            && !is_function(&token.text)
            && !UNITS.contains(&token.text.as_str())
            && !TIME_UNITS.contains(&token.text.as_str())
            && !token.any(&["times", "x", "fold", "points", "pm", "am"])
    })
}

const NO_AGENT: [&str; 34] = [
    "hand",
    "mistake",
    "accident",
    "then",
    "now",
    "default",
    "design",
    "half",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "tomorrow",
    "noon",
    "midnight",
    "email",
    "mail",
    "phone",
    "far",
    "chance",
    "law",
    "means",
    "way",
    "itself",
    "lunch",
    "morning",
    "evening",
    "end",
    "next",
    "tonight",
    "about",
];

/// Participles that tell of a state after "get".
const GET_STATES: [&str; 32] = [
    "involved",
    "started",
    "stuck",
    "used",
    "lost",
    "married",
    "tired",
    "excited",
    "worried",
    "interested",
    "bored",
    "done",
    "rid",
    "acquainted",
    "carried",
    "dressed",
    "made",
    "delayed",
    "affected",
    "hit",
    "dropped",
    "blocked",
    "corrupted",
    "overloaded",
    "hurt",
    "frustrated",
    "confused",
    "overwhelmed",
    "annoyed",
    "upset",
    "swamped",
    "damaged",
];
/// Participles that tell of a state after "be".
const STATES: [&str; 122] = [
    "tired",
    "excited",
    "worried",
    "interested",
    "concerned",
    "scared",
    "convinced",
    "supposed",
    "married",
    "based",
    "located",
    "committed",
    "experienced",
    "complicated",
    "determined",
    "satisfied",
    "pleased",
    "surprised",
    "confused",
    "frustrated",
    "disappointed",
    "motivated",
    "dedicated",
    "inclined",
    "prepared",
    "thrilled",
    "relieved",
    "ashamed",
    "embarrassed",
    "annoyed",
    "bored",
    "stressed",
    "overwhelmed",
    "exhausted",
    "amazed",
    "shocked",
    "delighted",
    "honored",
    "skilled",
    "talented",
    "qualified",
    "limited",
    "related",
    "unprecedented",
    "gone",
    "born",
    "broken",
    "unexpected",
    "outdated",
    "advanced",
    "distributed",
    "detailed",
    "crowded",
    "involved",
    "stuck",
    "aged",
    "mistaken",
    "drunk",
    "unaffected",
    "unrelated",
    "undone",
    "wicked",
    "wretched",
    "impressed",
    "terrified",
    "alarmed",
    "upset",
    "rushed",
    "biased",
    "outnumbered",
    "accustomed",
    "aligned",
    "opposed",
    "unused",
    "needed",
    "flawed",
    // What happens to things, rather than what a person of the team does to them.
    "delayed",
    "affected",
    "impacted",
    "hit",
    "corrupted",
    "lost",
    "dropped",
    "damaged",
    "overloaded",
    "blocked",
    "duplicated",
    "interrupted",
    "disrupted",
    "frozen",
    "saturated",
    "throttled",
    "disconnected",
    "crashed",
    "truncated",
    "exposed",
    "trapped",
    "swamped",
    "misconfigured",
    "flooded",
    "stalled",
    "orphaned",
    "starved",
    "shaken",
    "worn",
    "hurt",
    "closed",
    "swallowed",
    "degraded",
    "crippled",
    "derailed",
    "spoiled",
    "stranded",
    "angered",
    "torn",
    "split",
    "scattered",
    "cancelled",
    "canceled",
    "charged",
    "billed",
    "owned",
];
/// Past participles of verbs that take no object.
const INTRANSITIVE: [&str; 20] = [
    "come", "become", "been", "fallen", "happened", "arrived", "gone", "risen", "arisen", "lain",
    "sat", "stood", "slept", "appeared", "occurred", "died", "remained", "existed", "worked",
    "had",
];
