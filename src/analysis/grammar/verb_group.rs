//! The verb group of a clause: auxiliaries, negation, adverbs and the main verb, and the verb that a verb
//! such as "manage to" leads to.

use super::clause::Tense;
use super::word_class::{self, WordClass, is_adverb, usual_class};
use crate::analysis::language::lexicon::{BE, MODALS};
use crate::analysis::language::{Boundary, Token, verbs};

/// A verb group.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct VerbGroup {
    pub(super) first: usize,
    pub(super) last: usize,
    /// The verb that says what happened.
    pub(super) verb: usize,
    pub(super) is_passive: bool,
    pub(super) is_negated: bool,
    pub(super) is_real: bool,
    pub(super) tense: Tense,
}

/// Forms that begin a finite verb group.
pub(super) fn is_finite_auxiliary(token: &Token) -> bool {
    token.any(&[
        "am", "is", "are", "was", "were", "have", "has", "had", "do", "does", "did", "can", "could",
    ]) || MODALS.contains(&token.text.as_str())
}

/// Whether the token may be the main verb of a finite clause, by its form alone.
pub(super) fn may_be_finite(token: &Token) -> bool {
    let text = token.text.as_str();
    token.value.is_none()
        && (is_finite_auxiliary(token)
            || is_past_form(text)
            || word_class::is_third_person(text)
            || word_class::is_base_verb(text))
}

/// Whether the word is a past form: regular, or irregular and not the base form of another word.
pub(super) fn is_past_form(text: &str) -> bool {
    verbs::is_past(text) && !matches!(usual_class(text), Some(WordClass::Noun)) && text != "thought"
        || matches!(
            text,
            "thought" | "felt" | "saw" | "rose" | "ground" | "found"
        )
}

fn is_infinitive(token: &Token) -> bool {
    word_class::is_base_verb(&token.text)
        || token.any(&["be", "have", "do"])
        || token.value.is_none() && verbs::is_base(&token.text)
}

/// Parses the group that begins at `first`, a finite form. It ends before `end`.
pub(super) fn parse(tokens: &[Token], first: usize, end: usize) -> VerbGroup {
    let mut group = VerbGroup {
        first,
        last: first,
        verb: first,
        is_passive: false,
        is_negated: false,
        is_real: true,
        tense: tense_of(&tokens[first].text),
    };
    let mut at = first;
    let mut needs_participle = false;
    let mut is_modal = false;
    loop {
        let token = &tokens[at];
        let text = token.text.as_str();
        let is_auxiliary = BE.contains(&text)
            || token.any(&[
                "have", "has", "had", "having", "do", "does", "did", "can", "could", "got", "get",
            ])
            || MODALS.contains(&text);
        group.last = at;
        group.verb = at;
        if MODALS.contains(&text) || token.any(&["can", "could"]) {
            group.is_real = false;
            is_modal = true;
        }
        if token.any(&["have", "has", "had"]) {
            needs_participle = true;
            if token.any(&["have", "has"]) && !is_modal {
                group.tense = Tense::Perfect;
            }
        }
        if !is_auxiliary {
            break;
        }
        // What follows: adverbs and a negation, then the next auxiliary or the main verb.
        let mut next = at + 1;
        let mut negates = false;
        while next < end
            && (tokens[next].any(&["not", "never", "hardly", "barely"])
                || is_adverb(&tokens[next].text) && !may_be_main(tokens, next))
            && tokens[next].break_before == Boundary::None
        {
            negates |= tokens[next].any(&["not", "never", "hardly", "barely"])
                && !tokens
                    .get(next + 1)
                    .is_some_and(|after| after.any(&["just", "only", "merely", "simply"]));
            next += 1;
        }
        group.is_negated |= negates;
        if next >= end || tokens[next].break_before == Boundary::Sentence {
            break;
        }
        let follower = &tokens[next];
        let is_be = BE.contains(&text);
        let takes = if is_be || matches!(text, "got" | "get") {
            verbs::is_participle(&follower.text)
                || follower.text.ends_with("ing")
                    && usual_class(&follower.text) != Some(WordClass::Noun)
                || is_be && follower.any(&["being", "been"])
        } else if token.any(&["have", "has", "had", "having"]) {
            verbs::is_participle(&follower.text) || follower.is("been")
        } else {
            is_infinitive(follower)
        };
        if !takes {
            group.last = next.saturating_sub(1).max(at);
            break;
        }
        if (is_be || matches!(text, "got" | "get"))
            && verbs::is_participle(&follower.text)
            && !follower.is("been")
        {
            match is_contracted_has(tokens, at, next, end) {
                true => group.tense = Tense::Perfect,
                false => group.is_passive = !is_state(&follower.text),
            }
        }
        at = next;
    }
    if needs_participle && group.verb == first && tokens[first].any(&["have", "has"]) {
        // "has" by itself is a possession.
        group.tense = Tense::Present;
    }
    follow_chain(tokens, &mut group, end);
    group
}

/// Whether the adverb-like word at `at` is the main verb after all: "I first", but "I backed".
fn may_be_main(tokens: &[Token], at: usize) -> bool {
    verbs::is_participle(&tokens[at].text)
}

/// Whether the "is" at `be` is the "'s" of "he's ordered it": "has". With "by" it is a passive.
fn is_contracted_has(tokens: &[Token], be: usize, participle: usize, end: usize) -> bool {
    let is_contracted = be > 0 && tokens[be].is("is") && tokens[be].first == tokens[be - 1].first;
    let names_something = tokens[participle].any(&[
        "called", "named", "used", "known", "based", "supposed", "meant", "located", "made",
        "written",
    ]);
    let by = (participle + 1..end.min(participle + 5)).any(|at| tokens[at].is("by"));
    is_contracted && !names_something && !by
}

/// Participles that describe a state: "was tired", "is done".
fn is_state(text: &str) -> bool {
    [
        "tired",
        "worried",
        "interested",
        "excited",
        "stressed",
        "convinced",
        "surprised",
        "scared",
        "concerned",
        "pleased",
        "satisfied",
        "annoyed",
        "frustrated",
        "disappointed",
        "overwhelmed",
        "embarrassed",
        "relieved",
        "used",
        "supposed",
        "involved",
        "gone",
        "finished",
        "married",
        "related",
        "experienced",
        "delighted",
        "determined",
        "upset",
        "bored",
        "thrilled",
        "confused",
        "committed",
        "prepared",
        "allowed",
        "qualified",
        "limited",
        "impressed",
        "hurt",
        "lost",
        "stuck",
        "come",
        "become",
        "run",
    ]
    .contains(&text)
}

fn tense_of(text: &str) -> Tense {
    if matches!(
        text,
        "am" | "is"
            | "are"
            | "have"
            | "has"
            | "do"
            | "does"
            | "can"
            | "will"
            | "may"
            | "must"
            | "shall"
    ) || !(verbs::is_past(text)
        || matches!(
            text,
            "was" | "were" | "had" | "did" | "could" | "would" | "should" | "might"
        ))
    {
        Tense::Present
    } else {
        Tense::Past
    }
}

/// Verbs that lead to what was done: "managed to fix", "started writing", "helped move".
const LEADS_TO: [&str; 34] = [
    "managed",
    "able",
    "started",
    "began",
    "helped",
    "proceeded",
    "ended",
    "continued",
    "went",
    "got",
    "came",
    "chose",
    "decided",
    "volunteered",
    "offered",
    "kept",
    "finished",
    "set",
    "learned",
    "moved",
    "stayed",
    "sat",
    "made",
    "happened",
    "succeeded",
    "worked",
    "spent",
    "stopped",
    "took",
    "agreed",
    "used",
    "tried",
    "stepped",
    "jumped",
];
/// Verbs after which something has not happened: "wanted to fix", "had to fix".
const ONLY_INTENDS: [&str; 40] = [
    "want",
    "wanted",
    "hope",
    "hoped",
    "wish",
    "wished",
    "plan",
    "planned",
    "need",
    "needed",
    "like",
    "liked",
    "love",
    "loved",
    "mean",
    "meant",
    "intend",
    "intended",
    "expect",
    "expected",
    "try",
    "refuse",
    "refused",
    "fail",
    "failed",
    "forgot",
    "prefer",
    "preferred",
    "going",
    "supposed",
    "about",
    "ready",
    "willing",
    "keen",
    "happy",
    "hesitated",
    "considered",
    "afraid",
    "tempted",
    "had",
];

/// Goes on from the main verb to the verb that it leads to.
fn follow_chain(tokens: &[Token], group: &mut VerbGroup, end: usize) {
    for _ in 0..3 {
        let main = &tokens[group.verb];
        let mut next = group.verb + 1;
        while next < end
            && tokens[next].break_before == Boundary::None
            && (is_adverb(&tokens[next].text)
                || tokens[next].any(&["up", "on", "down", "out", "by", "in", "not", "there"]))
            && next < group.verb + 4
        {
            next += 1;
        }
        // "was able to", "was going to"
        let adjective = (BE.contains(&main.text.as_str())
            && next < end
            && tokens[next].any(&[
                "able", "going", "supposed", "about", "ready", "willing", "keen", "happy",
                "afraid", "tempted",
            ]))
        .then_some(next);
        let head = adjective.map_or(main, |at| &tokens[at]);
        let mut after = adjective.map_or(next, |at| at + 1);
        if after >= end || tokens[after].break_before == Boundary::Sentence {
            return;
        }
        let to_infinitive = tokens[after].is("to") && after + 1 < end && {
            while after + 2 < end && is_adverb(&tokens[after + 1].text) {
                after += 1;
            }
            is_infinitive(&tokens[after + 1])
        };
        let gerund = tokens[after].text.ends_with("ing")
            && usual_class(&tokens[after].text) != Some(WordClass::Noun)
            && tokens[after].break_before == Boundary::None;
        if to_infinitive && head.any(&ONLY_INTENDS) {
            group.is_real = false;
            group.verb = after + 1;
            group.last = after + 1;
        } else if head.any(&LEADS_TO) && (to_infinitive || gerund) {
            // "stopped tracing" ends it, "stopped to trace" begins it: both are acts.
            group.verb = if to_infinitive { after + 1 } else { after };
            group.last = group.verb;
        } else if head.any(&["helped", "help"])
            && after == group.verb + 1
            && is_infinitive(&tokens[after])
        {
            group.verb = after;
            group.last = after;
        } else {
            return;
        }
    }
}
