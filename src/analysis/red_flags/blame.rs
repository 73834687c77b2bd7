//! Blame: what the speaker says against colleagues. A sober fact ("they had no test") is none.

use crate::analysis::grammar::{Clause, Subject, Tense};
use crate::analysis::language::{Token, lexicon};

/// Nouns for people whom the speaker works with. Customers and patients are not among them.
const COLLEAGUES: [&str; 24] = [
    "team",
    "manager",
    "boss",
    "lead",
    "engineer",
    "developer",
    "developers",
    "colleague",
    "colleagues",
    "coworker",
    "coworkers",
    "teammate",
    "teammates",
    "department",
    "management",
    "supervisor",
    "staff",
    "vendor",
    "intern",
    "tools",
    "people",
    "group",
    "guy",
    "guys",
];

/// Words that judge a colleague.
const JUDGMENTS: [&str; 16] = [
    "late",
    "behind",
    "slow",
    "difficult",
    "bad",
    "terrible",
    "awful",
    "annoying",
    "rude",
    "great",
    "good",
    "helpful",
    "useful",
    "useless",
    "lazy",
    "out",
];

/// First and last token of each clause that blames: "they're always behind", "the other department hadn't
/// done their job".
pub(super) fn find(tokens: &[Token], clauses: &[Clause]) -> Vec<(usize, usize)> {
    clauses
        .iter()
        .filter(|clause| {
            clause.subject == Subject::Other && clause.is_real && blames(tokens, clause)
        })
        .map(|clause| (clause.first, clause.last))
        .collect()
}

fn blames(tokens: &[Token], clause: &Clause) -> bool {
    let subject = clause.subject_at.map_or("", |at| tokens[at].text.as_str());
    let is_colleague = COLLEAGUES.contains(&subject);
    if !is_colleague && !matches!(subject, "they" | "he" | "she" | "nobody") {
        return false;
    }
    let words = &tokens[clause.first..=clause.last];
    let has = |list: &[&str]| words.iter().any(|token| token.any(list));
    let is_being = lexicon::BE.contains(&tokens[clause.verb].text.as_str());
    let generalizes = has(&["always", "never", "constantly"]);
    // "They're always behind", "she never answers".
    if generalizes
        && clause.tense == Tense::Present
        && (is_being && has(&JUDGMENTS) || has(&["never"]))
    {
        return true;
    }
    // "My manager had gone home, as usual".
    if is_colleague && has(&["usual"]) {
        return true;
    }
    // "The tools weren't great", "the manager was not helpful".
    if is_colleague
        && is_being
        && clause.is_negated
        && has(&[
            "great",
            "good",
            "helpful",
            "useful",
            "interested",
            "prepared",
        ])
    {
        return true;
    }
    // "They hadn't done their job", "he didn't do his part".
    clause.is_negated
        && tokens[clause.verb].stem == "do"
        && has(&["job", "part", "share", "homework"])
}
