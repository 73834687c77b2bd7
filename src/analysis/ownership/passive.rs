//! Passives that do not say who did it: "a fix was rolled out".
//!
//! An agentless passive is a form of "be" or "get" with a participle, and no agent after "by". This is
//! a matter of grammar: "I was asked to" is one, because it does not say who asked. Lists exclude
//! states that only look like passives ("I was tired", "is concerned with").

use crate::analysis::language::lexicon::{BE, SUBJECTS, TIME_UNITS, UNITS, is_adverb, is_function};
use crate::analysis::language::{Boundary, Token, verbs};

/// First and last token of an agentless passive whose participle is at `at`.
pub(super) fn passive_at(tokens: &[Token], at: usize) -> Option<(usize, usize)> {
    let participle = tokens[at].text.as_str();
    if !verbs::is_participle(participle) || INTRANSITIVE.contains(&participle) {
        return None;
    }
    let mut be = at.checked_sub(1)?;
    let mut boundary = tokens[at].break_before;
    while boundary != Boundary::Sentence
        && at - be <= 4
        && be > 0
        && (is_adverb(&tokens[be].text) || tokens[be].any(&["not", "never", "all", "both"]))
    {
        boundary = tokens[be].break_before;
        be -= 1;
    }
    if boundary == Boundary::Sentence {
        return None;
    }
    let is_be = BE.contains(&tokens[be].text.as_str());
    let is_get = tokens[be].any(&["got", "get", "gets", "getting", "gotten"]);
    if is_be && STATES.contains(&participle) || is_get && GET_STATES.contains(&participle) {
        return None;
    }
    if !is_be && !is_get && !shares_be(tokens, be, at) {
        return None;
    }
    let subject = match is_be || is_get {
        true => subject_of(tokens, be),
        false => Some(at),
    };
    // "I was used to it" is a habit, "we are done" an end.
    let next = tokens.get(at + 1);
    let follows = |texts: &[&str]| next.is_some_and(|n| n.any(texts));
    let is_person = subject.is_some_and(|s| SUBJECTS.contains(&tokens[s].text.as_str()));
    let is_state = match participle {
        "used" => follows(&["to"]) && is_person,
        "done" => is_person || follows(&["with"]),
        "set" => is_person || follows(&["on"]),
        "left" => is_person || follows(&["with", "over"]),
        "closed" | "open" => false,
        "lost" | "stuck" | "hurt" => is_person && !is_get,
        _ => false,
    };
    if is_state || has_agent(tokens, at) {
        return None;
    }
    let particle = follows(&["out", "up", "down", "off", "back", "away"])
        && next.is_some_and(|n| n.break_before == Boundary::None);
    Some((subject.unwrap_or(be), at + usize::from(particle)))
}

/// "it was found and fixed": whether the participle at `at` shares the "be" of one before it.
fn shares_be(tokens: &[Token], before: usize, at: usize) -> bool {
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

/// Where the subject begins, at most five words before the "be".
fn subject_of(tokens: &[Token], be: usize) -> Option<usize> {
    let mut first = None;
    for at in (be.saturating_sub(5)..be).rev() {
        let token = &tokens[at];
        if tokens[at + 1].break_before != Boundary::None {
            break;
        }
        let text = token.text.as_str();
        let ends_subject = token.any(&[
            "and", "but", "so", "then", "because", "when", "if", "which", "who", "that", "after",
            "before", "until", "where", "once", "while", "or", "as", "since", "what",
        ]);
        if ends_subject {
            // In "that was found", "that" is the subject.
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

/// Whether an agent is named: "by the team", not "by hand", "by Friday" or "by thirty percent".
fn has_agent(tokens: &[Token], participle: usize) -> bool {
    let rest = &tokens[participle + 1..];
    let clause = rest.iter().take(9).take_while(|t| {
        t.break_before != Boundary::Sentence && !t.any(&["and", "but", "because", "so"])
    });
    let clause: Vec<&Token> = clause.collect();
    clause.windows(2).any(|pair| {
        let [by, next] = pair else { return false };
        let is_amount = next.value.is_some() && !counts_people(rest, next);
        by.is("by") && !is_amount && !next.text.ends_with("ing") && !next.any(&NO_AGENT)
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

/// Words after "by" that are not an agent.
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

/// Participles that describe a state after "get".
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
/// Participles that describe a state after "be".
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
    // These happen to things; nobody of the team does them.
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
