//! Statements: the main clauses of an answer, each with the clauses that depend on it.

use crate::analysis::grammar::{Clause, Role, Tense};
use crate::analysis::language::{Boundary, Token, lexicon};

/// One statement. All indices are those of tokens or clauses.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// First token.
    pub first: usize,
    /// Last token.
    pub last: usize,
    /// Its clauses; empty if the sentence has no finite verb.
    pub clauses: std::ops::Range<usize>,
}

/// The statements of a text, in order.
pub fn statements(tokens: &[Token], clauses: &[Clause]) -> Vec<Statement> {
    let mut found: Vec<Statement> = Vec::new();
    let mut start = 0;
    let mut next_clause = 0;
    while start < tokens.len() {
        let end = (start + 1..tokens.len())
            .find(|at| tokens[*at].break_before == Boundary::Sentence)
            .unwrap_or(tokens.len());
        let from = next_clause;
        while next_clause < clauses.len() && clauses[next_clause].first < end {
            next_clause += 1;
        }
        split_sentence(tokens, clauses, (start, end), from..next_clause, &mut found);
        start = end;
    }
    found
}

fn split_sentence(
    tokens: &[Token],
    clauses: &[Clause],
    (start, end): (usize, usize),
    own: std::ops::Range<usize>,
    found: &mut Vec<Statement>,
) {
    let mut first = start;
    let mut from = own.start;
    for at in own.clone().skip(1) {
        let clause = &clauses[at];
        let begins = clause.role == Role::Main
            && clause.subject_at.is_some()
            && clauses[from..at]
                .iter()
                .any(|before| before.role == Role::Main)
            && !is_comparison(tokens, &clauses[from], clause);
        if begins {
            push(tokens, first, clause.opens_at, from..at, found);
            first = clause.opens_at;
            from = at;
        }
    }
    push(tokens, first, end, from..own.end, found);
}

fn push(
    tokens: &[Token],
    mut first: usize,
    end: usize,
    clauses: std::ops::Range<usize>,
    found: &mut Vec<Statement>,
) {
    let joins = |token: &Token| token.any(&["and", "but", "so", "then", "or", "yet", "plus"]);
    while first + 1 < end && joins(&tokens[first]) {
        first += 1;
    }
    let mut last = end.saturating_sub(1).max(first);
    while last > first && joins(&tokens[last]) {
        last -= 1;
    }
    if first < end {
        found.push(Statement {
            first,
            last,
            clauses,
        });
    }
}

/// "It takes an hour now, it had been four days", "back then it was two": the second clause only compares.
fn is_comparison(tokens: &[Token], before: &Clause, clause: &Clause) -> bool {
    let is_pronoun = clause
        .subject_at
        .is_some_and(|at| tokens[at].any(&["it", "that", "they", "this", "there"]));
    let is_past_state = clause.tense == Tense::Past
        && (lexicon::BE.contains(&tokens[clause.verb].text.as_str())
            || tokens[*clause.group.start()].is("used"));
    let says_now = tokens[before.first..=before.last]
        .iter()
        .any(|token| token.any(&["now", "today", "nowadays"]));
    is_pronoun && is_past_state && says_now
}
