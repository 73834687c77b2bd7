//! What surrounds some words in their clause and changes what they say: negations, modal verbs, wishes,
//! and who does it.

use std::ops::Range;

use crate::analysis::language::{Boundary, Token, lexicon};
use crate::analysis::phrases::negation::{self, Negation};

/// Who does what a clause says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// "I".
    Speaker,
    /// "We".
    Team,
    /// Somebody else, by pronoun or as a person.
    Other,
    /// A thing, or nobody can tell.
    Unknown,
}

/// In which way a clause does not say that something happened.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Unreality {
    /// "would have", "almost", "if".
    pub(super) counterfactual: u32,
    /// "wanted to", "planned to", "was supposed to".
    pub(super) wish: u32,
}

/// The tokens of the clauses that the tokens from `first` to `last` belong to, within `sentence`.
pub(super) fn clauses(
    tokens: &[Token],
    sentence: &Range<usize>,
    first: usize,
    last: usize,
) -> Range<usize> {
    let start = (sentence.start + 1..=first)
        .rev()
        .find(|at| begins_clause(tokens, *at))
        .unwrap_or(sentence.start);
    let end = (last + 1..sentence.end)
        .find(|at| begins_clause(tokens, *at))
        .unwrap_or(sentence.end);
    start..end
}

/// Whether a clause begins at `at`. "And" between numbers begins none.
pub(super) fn begins_clause(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    let is_number = |at: Option<usize>| {
        at.and_then(|at| tokens.get(at))
            .is_some_and(|token| token.value.is_some())
    };
    if token.any(&["and", "or"])
        && token.break_before == Boundary::None
        && (is_number(at.checked_sub(1)) || is_number(Some(at + 1)))
    {
        return false;
    }
    token.break_before != Boundary::None
        || token.any(&[
            "but", "so", "because", "which", "who", "when", "if", "while", "although", "though",
            "since", "until", "unless", "whether", "and", "or",
        ])
}

/// How many words negate something in `tokens[range]`.
pub(super) fn negations(tokens: &[Token], range: Range<usize>) -> usize {
    range.filter(|at| is_negation(tokens, *at)).count()
}

/// Whether the token negates something. "Hardly" and "failed to" do, too.
pub(super) fn is_negation(tokens: &[Token], at: usize) -> bool {
    let next = tokens.get(at + 1).map_or("", |token| token.text.as_str());
    match tokens[at].text.as_str() {
        "hardly" | "barely" => true,
        "instead" => next == "of",
        "rather" => next == "than",
        "failed" | "forgot" | "refused" | "unable" | "declined" => next == "to",
        _ => matches!(
            negation::negation_at(tokens, at),
            Negation::Noun | Negation::Sentence
        ),
    }
}

/// What the words in `range` say about reality.
pub(super) fn unreality(tokens: &[Token], range: Range<usize>) -> Unreality {
    let mut unreality = Unreality::default();
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    for at in range {
        match text(at) {
            "would" | "could" | "should" | "might" | "may" | "must" => {
                let next = (at + 1..at + 4)
                    .map(text)
                    .find(|next| !lexicon::is_adverb(next) && !matches!(*next, "not" | "never"));
                unreality.counterfactual += u32::from(next == Some("have"));
            }
            "nearly" | "almost" if tokens.get(at + 1).is_some_and(|t| t.value.is_none()) => {
                let is_quantity =
                    matches!(text(at + 1), "all" | "every" | "everyone" | "everybody");
                unreality.counterfactual += u32::from(!is_quantity);
            }
            "if" | "unless" => unreality.counterfactual += 1,
            "want" | "wants" | "wanted" | "hope" | "hoped" | "hoping" | "wish" | "wished"
            | "plan" | "planned" | "needed" | "intended" | "meant" | "supposed" | "considered"
            | "tried" | "trying" | "promised" | "expected" | "loved" | "preferred" | "forgot"
            | "refused"
                if matches!(
                    text(at + 1),
                    "to" | "for" | "that" | "him" | "her" | "them" | "us"
                ) =>
            {
                unreality.wish += 1;
            }
            "thought" | "thinking" | "think" | "talked" | "dreamed"
                if matches!(text(at + 1), "about" | "of") =>
            {
                unreality.wish += 1;
            }
            "asked" | "ask" if matches!(text(at + 1), "if" | "whether" | "for") => {
                unreality.wish += 1;
            }
            _ => {}
        }
    }
    unreality
}

/// Who does what the clause of `first` says. Without a subject ("... and called them"), the clause before
/// it tells.
pub(super) fn subject(
    tokens: &[Token],
    sentence: &Range<usize>,
    first: usize,
    last: usize,
) -> Subject {
    let mut scope = clauses(tokens, sentence, first, last);
    scope.end = last + 1;
    loop {
        let found = scope.clone().find_map(|at| subject_at(tokens, at));
        match found {
            Some(subject) => return subject,
            None if scope.start > sentence.start => {
                let before = scope.start - 1;
                scope = clauses(tokens, sentence, before, before).start..scope.start;
            }
            None => return Subject::Unknown,
        }
    }
}

fn subject_at(tokens: &[Token], at: usize) -> Option<Subject> {
    let token = &tokens[at];
    let next = tokens.get(at + 1);
    Some(match token.text.as_str() {
        "i" => Subject::Speaker,
        "we" => Subject::Team,
        "he" | "she" | "they" | "you" | "nobody" | "somebody" | "someone" | "everybody"
        | "everyone" | "people" | "others" => Subject::Other,
        text if lexicon::AGENTS.contains(&text) || is_person(text) => {
            // "the team lead" is one agent, and "the team was called" has none.
            let is_subject = next.is_some_and(|next| {
                !next.any(&lexicon::AGENTS)
                    && next.break_before == Boundary::None
                    && !next.any(&lexicon::BE)
                    && !next.any(&["got", "get", "gets"])
            });
            let after_preposition = at > 0
                && (at.saturating_sub(3)..at).any(|before| {
                    tokens[before].any(&[
                        "to", "with", "for", "of", "by", "from", "at", "on", "in", "about",
                    ])
                });
            return (is_subject && !after_preposition).then_some(Subject::Other);
        }
        _ => return None,
    })
}

/// Nouns for people beyond those of offices.
fn is_person(text: &str) -> bool {
    const PERSONS: &[&str] = &[
        "man",
        "men",
        "woman",
        "women",
        "lady",
        "guest",
        "guests",
        "patient",
        "patients",
        "parent",
        "parents",
        "mother",
        "father",
        "child",
        "children",
        "kid",
        "kids",
        "student",
        "students",
        "teacher",
        "nurse",
        "doctor",
        "surgeon",
        "driver",
        "cook",
        "chef",
        "consultant",
        "trainee",
        "assistant",
        "neighbor",
        "friend",
        "guy",
        "girl",
        "boy",
        "uncle",
        "aunt",
        "brother",
        "sister",
        "cousin",
        "wife",
        "husband",
        "son",
        "daughter",
        "mom",
        "dad",
    ];
    PERSONS.contains(&text)
}
