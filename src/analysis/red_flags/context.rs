//! What a red flag means in this answer to this question: whether it counts at all, and whether it decides.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::red_flag::RedFlag;
use crate::analysis::finding::RedFlagKind;
use crate::analysis::grammar::Subject;
use crate::analysis::impact::checks::Impact;
use crate::analysis::language::{Boundary, Token, stem, tokens_of_text};
use crate::analysis::structure::Structure;
use crate::domain::time::Span;
use crate::domain::transcript::Transcript;

/// With this many concrete own acts, a vague sentence does not decide.
const MIN_CLEAR_ACTS: usize = 3;
/// With this many deeds, handing something on is one step among others.
const MIN_DEEDS: usize = 2;
/// Without a measured result, vague sentences decide from this many on.
const MIN_DECIDING_VAGUE: usize = 4;
/// How many tokens after a verb its object may stand.
const ADMINISTRATION_REACH: usize = 7;
/// Blame decides when it is said this often.
const MIN_DECIDING_BLAME: usize = 2;

/// What the interviewer's question asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Question {
    /// Whether it asks for ownership outside the speaker's job.
    pub asks_ownership: bool,
}

impl Question {
    /// Reads a question and the principle it is about.
    pub fn new(question: &str, principle: &str) -> Self {
        let words = tokens_of_text(&format!("{question} . {principle}"));
        let has = |list: &[&str]| words.iter().any(|token| token.any(list));
        let pair = |a: &str, b: &[&str]| words.windows(2).any(|w| w[0].is(a) && w[1].any(b));
        Self {
            asks_ownership: has(&[
                "ownership",
                "initiative",
                "proactive",
                "proactively",
                "unasked",
            ]) || pair("outside", &["your", "of"])
                || pair("beyond", &["your"])
                || pair("not", &["yours"])
                || has(&["without"]) && has(&["asked", "told"])
                || has(&["not"])
                    && has(&["your"])
                    && has(&["job", "responsibility", "role", "team", "task"]),
        }
    }
}

/// The red flags that count in this answer. `found` are those that its words raise anywhere.
pub fn in_context(
    found: Vec<RedFlag>,
    transcript: &Transcript,
    tokens: &[Token],
    structure: &Structure,
    impact: &Impact,
    question: Question,
) -> Vec<RedFlag> {
    let own_acts = || {
        structure
            .acts
            .iter()
            .filter(|act| act.agent == Subject::Speaker && act.is_concrete)
    };
    let all_own = structure
        .acts
        .iter()
        .filter(|act| act.agent == Subject::Speaker)
        .count();
    // Telling somebody is no deed that would make up for handing the work on.
    let deeds = || {
        own_acts().filter(|act| {
            !TELLS.contains(tokens[act.verb].stem.as_str()) && !is_administration(tokens, act.verb)
        })
    };
    let start_of = |at: usize| transcript.words[tokens[at].first].start;
    let deeds_after = |flag: &RedFlag| deeds().filter(|act| start_of(act.verb) > flag.end).count();
    let deeds_elsewhere = |flag: &RedFlag| {
        deeds()
            .filter(|act| !(flag.start..flag.end).contains(&start_of(act.verb)))
            .count()
    };
    let result = impact.metric.as_ref().or(impact.business.as_ref());
    let mut flags: Vec<RedFlag> = found
        .into_iter()
        .filter(|flag| match flag.flag {
            // Handed on, but only as one step of the speaker's own.
            RedFlagKind::Routed => deeds_after(flag) == 0 && deeds_elsewhere(flag) < MIN_DEEDS,
            // A polite sentence after a measured result.
            RedFlagKind::Vague => {
                let is_closing = impact
                    .metric
                    .as_ref()
                    .is_some_and(|metric| metric.start < flag.start)
                    || result.is_some_and(|quote| {
                        quote.span().overlaps(Span::new(flag.start, flag.end))
                    });
                !is_closing
            }
            _ => true,
        })
        .collect();
    let count = |kind: RedFlagKind| flags.iter().filter(|flag| flag.flag == kind).count();
    let (blames, vague) = (count(RedFlagKind::Blame), count(RedFlagKind::Vague));
    for flag in &mut flags {
        flag.fatal = match flag.flag {
            RedFlagKind::Assigned | RedFlagKind::Motiveless => question.asks_ownership,
            // A flag that is left says that nothing else was done.
            RedFlagKind::Routed => true,
            RedFlagKind::Vague => {
                all_own < MIN_CLEAR_ACTS && (result.is_none() || question.asks_ownership)
                    || vague >= MIN_DECIDING_VAGUE && impact.metric.is_none()
            }
            RedFlagKind::Blame => blames >= MIN_DECIDING_BLAME || is_contempt(&flag.said),
        };
    }
    flags
}

/// "I set the ticket to high priority", "I waited": that solves nothing.
fn is_administration(tokens: &[Token], verb: usize) -> bool {
    const PASSIVE: [&str; 4] = ["wait", "stay", "remain", "accept"];
    let rest = tokens[verb + 1..].iter().take(ADMINISTRATION_REACH);
    let mut clause = rest.take_while(|token| token.break_before == Boundary::None);
    PASSIVE.contains(&tokens[verb].stem.as_str())
        || clause.any(|token| FORMALITIES.contains(token.stem.as_str()))
}

/// Blame that decides by itself: it denies a fault or despises somebody.
fn is_contempt(said: &str) -> bool {
    let words = tokens_of_text(said);
    words.iter().any(|token| {
        token.any(&[
            "fault",
            "blame",
            "blamed",
            "lazy",
            "incompetent",
            "useless",
            "hopeless",
            "clueless",
            "careless",
            "cares",
            "care",
            "bothered",
            "always",
            "never",
            "people",
            "mess",
            "messed",
            "screwed",
            "idiot",
            "idiots",
            "stupid",
            "morons",
            "usual",
            "whenever",
            "paid",
        ])
    })
}

/// Stems of objects of work that solves nothing.
static FORMALITIES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    ["ticket", "priority", "comment", "queue", "status", "inbox"]
        .map(stem)
        .into()
});

/// Stems of verbs of telling and handing on.
static TELLS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    [
        "tell",
        "say",
        "explain",
        "mention",
        "ask",
        "listen",
        "inform",
        "notify",
        "email",
        "message",
        "report",
        "escalate",
        "forward",
        "pass",
        "raise",
        "open",
        "apologize",
        "promise",
        "send",
        "mark",
        "let",
        "answer",
        "reply",
        "file",
        "log",
        "hand",
        "let",
        "create",
    ]
    .map(stem)
    .into()
});
