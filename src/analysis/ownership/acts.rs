//! Acts: what the speaker and the team did, as the answer tells it. An interviewer gives no credit for states,
//! feelings, wishes, duties, habits and what other people said.

use crate::analysis::grammar::{Clause, Role, Subject, Tense};
use crate::analysis::language::lexicon::BE;
use crate::analysis::language::{Boundary, Token, stem};
use crate::domain::transcript::Transcript;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// One act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Act {
    /// [`Subject::Speaker`] or [`Subject::Team`].
    pub agent: Subject,
    /// First token: the subject or, in a list of verbs, the verb.
    pub first: usize,
    /// The verb that says what was done.
    pub verb: usize,
    /// Last token of its clause.
    pub last: usize,
    /// Whether it says what was done, not only that something was: "rewrote", not "helped".
    pub is_concrete: bool,
}

/// The acts among `clauses`, in order.
pub fn acts(transcript: &Transcript, tokens: &[Token], clauses: &[Clause]) -> Vec<Act> {
    let quoted = QuotedSpeech::new(transcript, tokens, clauses);
    let mut acts: Vec<Act> = Vec::new();
    for (at, clause) in clauses.iter().enumerate() {
        let is_agent = matches!(clause.subject, Subject::Speaker | Subject::Team);
        // "what we did", "the page we improved": the team's acts in there are context.
        let is_context = clause.subject == Subject::Team && clause.role != Role::Main;
        if !is_agent
            || is_context
            || !clause.is_fact_of(clause.subject)
            || quoted.contains(at)
            || !names_an_act(tokens, clause)
            || is_hedged(tokens, clause)
            || is_repeated(tokens, clause, clauses.get(at + 1))
        {
            continue;
        }
        acts.push(Act {
            agent: clause.subject,
            first: clause.first,
            verb: clause.verb,
            last: end_of_statement(tokens, clauses, at),
            is_concrete: is_concrete(tokens, clause),
        });
    }
    acts
}

/// Whether the verb of the clause is one of doing.
pub(crate) fn names_an_act(tokens: &[Token], clause: &Clause) -> bool {
    let verb = &tokens[clause.verb];
    let next = tokens
        .get(clause.verb + 1)
        .map_or("", |token| token.text.as_str());
    if BE.contains(&verb.text.as_str()) || STATES.contains(&verb.stem) || verb.value.is_some() {
        return false;
    }
    match verb.stem.as_str() {
        // "got along", "got on with it", "got calls": receiving and becoming are not acts.
        "get" => matches!(next, "them" | "him" | "her" | "it"),
        "agre" => matches!(next, "on" | "to" | "that"),
        // "went well", "went home", but "went to the client".
        "go" => matches!(
            next,
            "to" | "through"
                | "back"
                | "straight"
                | "over"
                | "into"
                | "out"
                | "round"
                | "around"
                | "up"
                | "down"
                | "from"
        ),
        // "I work there", but "we worked on that"
        "work" => matches!(
            next,
            "on" | "out" | "with" | "through" | "around" | "together" | "overtime"
        ),
        // "I took it", not "I took part", "took notice".
        "take" => next != "part",
        "run" | "keep" | "stay" => {
            next != "late" && next != "calm" && next != "friendly" && next != "until"
        }
        // "had it fixed" is somebody else's act.
        "have" => false,
        "come" => matches!(next, "up"),
        "make" => next != "sense",
        _ => true,
    }
}

/// "I sort of ended up doing": the speaker takes it back.
fn is_hedged(tokens: &[Token], clause: &Clause) -> bool {
    let from = clause.first.saturating_sub(1);
    let words = &tokens[from..=clause.verb];
    words
        .windows(2)
        .any(|pair| pair[0].any(&["kind", "sort"]) && pair[1].is("of"))
        && clause.subject == Subject::Speaker
}

/// "I pulled, I pulled": the first of them was a false start.
fn is_repeated(tokens: &[Token], clause: &Clause, next: Option<&Clause>) -> bool {
    next.is_some_and(|next| {
        next.subject == clause.subject
            && next.subject_at.is_some()
            && tokens[next.verb].stem == tokens[clause.verb].stem
            && next.first <= clause.verb + 2
            && tokens[next.first].break_before != Boundary::Sentence
    })
}

/// Whether the act can be pictured: its verb is not a general one, or it has an object of its own.
fn is_concrete(tokens: &[Token], clause: &Clause) -> bool {
    let verb = &tokens[clause.verb];
    if clause.role == Role::Relative && clause.tense == Tense::Present {
        return false;
    }
    !GENERAL.contains(&verb.stem)
        || tokens[clause.verb + 1..=clause.last.max(clause.verb)]
            .iter()
            .any(|token| token.value.is_some())
}

/// The last token of what the clause at `at` says, with the clauses that depend on it.
fn end_of_statement(tokens: &[Token], clauses: &[Clause], at: usize) -> usize {
    let clause = &clauses[at];
    let mut last = clause.last;
    for next in &clauses[at + 1..] {
        if next.role == Role::Main || !same_sentence(tokens, clause.first, next.first) {
            break;
        }
        last = next.last;
    }
    while last > clause.verb
        && tokens[last].any(&["and", "but", "so", "because", "or", "then", "yet", "plus"])
    {
        last -= 1;
    }
    last
}

/// Which clauses are words of others that the speaker quotes: `he said, okay, I get it`.
struct QuotedSpeech {
    clauses: BTreeSet<usize>,
}

impl QuotedSpeech {
    fn new(transcript: &Transcript, tokens: &[Token], clauses: &[Clause]) -> Self {
        let mut quoted = BTreeSet::new();
        let mut is_open = false;
        let in_marks: Vec<bool> = transcript
            .words
            .iter()
            .map(|word| {
                let starts = word.text.starts_with(['"', '\u{201c}']);
                let ends = word
                    .text
                    .trim_end_matches([',', '.', '!', '?'])
                    .ends_with(['"', '\u{201d}']);
                let inside = is_open || starts;
                is_open = inside && !ends;
                inside
            })
            .collect();
        // A mark that is never closed marks nothing.
        let has_marks = !is_open;
        for (at, clause) in clauses.iter().enumerate() {
            let marked = has_marks
                && in_marks
                    .get(tokens[clause.first].first)
                    .copied()
                    .unwrap_or(false);
            let follows_saying = at > 0 && is_said_by_other(tokens, &clauses[at - 1], clause);
            let continues = at > 0
                && quoted.contains(&(at - 1))
                && tokens[clause.first].break_before != Boundary::Sentence
                && !marked
                && same_sentence(tokens, clauses[at - 1].first, clause.first);
            if marked || follows_saying || continues {
                quoted.insert(at);
            }
        }
        Self { clauses: quoted }
    }

    fn contains(&self, at: usize) -> bool {
        self.clauses.contains(&at)
    }
}

fn same_sentence(tokens: &[Token], a: usize, b: usize) -> bool {
    (a + 1..=b).all(|at| tokens[at].break_before != Boundary::Sentence)
}

/// Whether `clause` is what somebody else is said to have said: a comma follows "said".
fn is_said_by_other(tokens: &[Token], saying: &Clause, clause: &Clause) -> bool {
    let says = tokens[saying.verb].any(&[
        "said", "says", "goes", "went", "replied", "answered", "asked",
    ]);
    let after = saying.verb + 1;
    says && saying.subject == Subject::Other
        && clause.first > saying.verb
        && clause.first <= saying.verb + 6
        && after < tokens.len()
        && (after..=clause.first).any(|at| tokens[at].break_before == Boundary::Clause)
        && !tokens[after].any(&["that", "to", "and", "but", "so"])
        && same_sentence(tokens, saying.verb, clause.first)
}

/// Stems of verbs for states, feelings, perceptions and what happens to somebody.
static STATES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    stems(&[
        "be",
        "think",
        "know",
        "feel",
        "want",
        "like",
        "love",
        "need",
        "believe",
        "guess",
        "mean",
        "understand",
        "remember",
        "worry",
        "care",
        "seem",
        "expect",
        "doubt",
        "mind",
        "wonder",
        "hope",
        "wish",
        "see",
        "hear",
        "become",
        "suppose",
        "hate",
        "enjoy",
        "prefer",
        "deserve",
        "matter",
        "belong",
        "own",
        "struggle",
        "fail",
        "lose",
        "forget",
        "wait",
        "live",
        "sleep",
        "happen",
        "appear",
        "look like",
        "sound",
        "trust",
        "respect",
        "fear",
        "regret",
        "assume",
        "figure",
        "imagine",
        "disagree",
        "learn",
        "realize",
        "receive",
        "miss",
        "remain",
        "exist",
        "depend",
        "lack",
        "cost",
        "fit",
        "watch",
        "have",
        "tend",
        "manage",
        "survive",
        "suffer",
        "end",
        "grow",
        "rely",
        "benefit",
        "succeed",
        "face",
        "experience",
        "used",
        "use to",
        "may",
        "might",
        "must",
        "will",
        "would",
        "shall",
        "should",
        "can",
        "could",
        "do not",
    ])
});

/// Stems of verbs that do not say what was done.
static GENERAL: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    stems(&[
        "help",
        "work",
        "do",
        "try",
        "support",
        "participate",
        "contribute",
        "attend",
        "join",
        "talk",
        "discuss",
        "meet",
        "handle",
        "deal",
        "take",
        "go",
        "start",
        "begin",
        "continue",
        "keep",
        "communicate",
        "collaborate",
        "cooperate",
        "assist",
        "involve",
        "stay",
        "sit",
        "step",
        "stand",
        "say",
        "tell",
        "speak",
        "show",
        "let",
        "come",
    ])
});

fn stems(list: &[&str]) -> BTreeSet<String> {
    list.iter().map(|word| stem(word)).collect()
}
