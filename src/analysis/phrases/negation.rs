//! Negation: which words negate, and how far back from a word a negation reaches.

use crate::analysis::language::lexicon::{self, ABSENCES, DENIALS};
use crate::analysis::language::{Boundary, Token};

/// How many words before a word can negate it.
const NEGATION_REACH: usize = 6;

/// What a token negates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Negation {
    /// Nothing.
    None,
    /// The noun that follows: "no".
    Noun,
    /// The sentence: "not", "nobody".
    Sentence,
    /// Nothing, but it counts as a negation where a phrase expects one: "lack", "missing".
    Absence,
}

/// What the token at `at` negates.
pub fn negation_at(tokens: &[Token], at: usize) -> Negation {
    let token = &tokens[at];
    let text = |at: Option<usize>| {
        at.and_then(|at| tokens.get(at))
            .map_or("", |t| t.text.as_str())
    };
    let (before, after) = (text(at.checked_sub(1)), text(Some(at + 1)));
    if is_not_only(tokens, at) || matches!(after, "doubt" | "wonder" | "matter") {
        return Negation::None;
    }
    // "no lack of tickets" and "not missing" say that there are some.
    let is_absence = |text: &str| ABSENCES.contains(&text) || text == "shortage";
    if DENIALS.contains(&token.text.as_str()) {
        let next = [after, text(Some(at + 2))];
        if next
            .iter()
            .take(if after == "a" { 2 } else { 1 })
            .any(|t| is_absence(t))
        {
            return Negation::None;
        }
        return match token.text.as_str() {
            "no" | "without" | "none" | "nothing" => Negation::Noun,
            _ => Negation::Sentence,
        };
    }
    // A recognizer may write "know ticket" for "no ticket".
    if token.is("know") && matches!(before, "" | "was" | "were" | "is" | "had" | "with" | "and") {
        let means_no = !matches!(after, "that" | "how" | "what" | "why" | "the" | "who" | "");
        return if means_no {
            Negation::Noun
        } else {
            Negation::None
        };
    }
    if is_idle_zero(tokens, at) {
        return Negation::None;
    }
    if token.value == Some(0.0) {
        let is_number = matches!(before, "to" | "at" | "from" | "by" | "hit")
            || matches!(after, "" | "percent" | "point")
            || tokens
                .get(at + 1)
                .is_some_and(|t| t.break_before != Boundary::None);
        return if is_number {
            Negation::None
        } else {
            Negation::Absence
        };
    }
    let is_negated = matches!(before, "no" | "not" | "never");
    match ABSENCES.contains(&token.text.as_str()) && !is_negated {
        true => Negation::Absence,
        false => Negation::None,
    }
}

/// "not only", "not just": this negates nothing.
pub fn is_not_only(tokens: &[Token], at: usize) -> bool {
    tokens[at].any(&["not", "no"])
        && tokens
            .get(at + 1)
            .is_some_and(|next| next.any(&["just", "only", "merely", "simply"]))
}

/// "zero idea": this "zero" is not a number.
pub fn is_idle_zero(tokens: &[Token], at: usize) -> bool {
    let idle = ["idea", "clue", "interest", "tolerance", "sense"];
    tokens[at].value == Some(0.0) && tokens.get(at + 1).is_some_and(|next| next.any(&idle))
}

/// "instead of", "rather than", "failed to": what follows did not happen.
pub fn is_avoidance(tokens: &[Token], at: usize) -> bool {
    let next = tokens.get(at + 1).map_or("", |t| t.text.as_str());
    match tokens[at].text.as_str() {
        "instead" => next == "of",
        "rather" => next == "than",
        "failed" | "forgot" | "refused" | "unable" | "declined" | "neglected" => next == "to",
        "avoided" | "stopped" => true,
        _ => false,
    }
}

/// The tokens of the same clause before `first`, nearest first. Only these can negate it.
pub fn clause_before(tokens: &[Token], first: usize) -> impl Iterator<Item = usize> + use<> {
    let mut length = 0;
    for at in (first.saturating_sub(NEGATION_REACH)..first).rev() {
        let next = &tokens[at + 1];
        let token = &tokens[at];
        // "I do not think that we need it" negates the need.
        let thinks = |at: usize| {
            tokens[..at]
                .last()
                .is_some_and(|t| t.any(&["think", "believe", "feel"]))
        };
        let is_thought = thinks(at) || at > 0 && tokens[at - 1].is("that") && thinks(at - 1);
        if is_thought && next.break_before == Boundary::None {
            length += 1;
            continue;
        }
        let is_object = token.any(&["people", "others", "none", "nobody"]);
        if next.break_before != Boundary::None
            || token.any(&["but", "so", "because", "and", "which", "when", "if", "that"])
            || (lexicon::SUBJECTS.contains(&token.text.as_str()) && !is_object && length > 0 && {
                // "I did not think they ..." begins a clause at "they", "that I had not" at "I".
                !tokens[at + 1..first].iter().any(|t| t.is("not")) && at + 1 < first
            })
        {
            break;
        }
        length += 1;
    }
    (first - length..first).rev()
}
