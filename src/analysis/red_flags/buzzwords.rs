//! Buzzwords: sentences that would fit any project, because nothing in them can be pictured or checked.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::analysis::grammar::Clause;
use crate::analysis::language::{Boundary, Token, stem};

/// A sentence with this many different buzzwords and no number says nothing.
const MIN_BUZZWORDS: usize = 2;

/// Stems of words that sound good and mean little.
static BUZZWORDS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    [
        "seamless",
        "empower",
        "aligned",
        "alignment",
        "stakeholder",
        "vision",
        "journey",
        "ecosystem",
        "holistic",
        "transformation",
        "transparency",
        "mindset",
        "synergy",
        "leverage",
        "agile",
        "innovation",
        "innovative",
        "disruptive",
        "strategic",
        "strategy",
        "impactful",
        "actionable",
        "overarching",
        "proactive",
        "passion",
        "passionate",
        "excellence",
        "leadership",
        "scalable",
        "relevant",
        "landscape",
        "driven",
        "centric",
        "functional",
        "synergies",
        "paradigm",
        "robust",
        "dynamic",
        "collaboration",
        "collaborative",
        "teamwork",
        "obstacles",
        "shine",
        "deliverables",
        "believer",
    ]
    .map(stem)
    .into()
});

/// Words that are buzzwords only next to each other.
const PAIRS: [(&str, &str); 21] = [
    ("north", "star"),
    ("game", "changer"),
    ("cutting", "edge"),
    ("best", "practice"),
    ("best", "practices"),
    ("at", "scale"),
    ("in", "class"),
    ("end", "to"),
    ("single", "source"),
    ("source", "of"),
    ("shared", "understanding"),
    ("move", "forward"),
    ("moved", "forward"),
    ("deep", "dive"),
    ("low", "hanging"),
    ("cross", "functional"),
    ("win", "win"),
    ("next", "level"),
    ("team", "player"),
    ("real", "value"),
    ("key", "stakeholders"),
];

/// First and last token of each sentence of buzzwords, from its first clause on.
pub(super) fn find(tokens: &[Token], clauses: &[Clause]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < tokens.len() {
        let end = (start + 1..tokens.len())
            .find(|at| tokens[*at].break_before == Boundary::Sentence)
            .unwrap_or(tokens.len());
        let sentence = &tokens[start..end];
        let has_number = sentence.iter().any(|token| token.value.is_some());
        if !has_number && count(sentence) >= MIN_BUZZWORDS {
            let clause = clauses
                .iter()
                .find(|clause| (start..end).contains(&clause.first));
            found.push((clause.map_or(start, |clause| clause.first), end - 1));
        }
        start = end;
    }
    found
}

fn count(sentence: &[Token]) -> usize {
    let words: BTreeSet<&str> = sentence
        .iter()
        .filter(|token| BUZZWORDS.contains(&token.stem))
        .map(|token| token.stem.as_str())
        .collect();
    let pairs = sentence
        .windows(2)
        .filter(|pair| PAIRS.iter().any(|(a, b)| pair[0].is(a) && pair[1].is(b)));
    words.len() + pairs.count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::grammar;
    use crate::analysis::language::tokens_of_text;

    #[test]
    fn sentences_of_buzzwords_without_a_number_are_found() {
        for (text, expected) in [
            ("Our vision was a seamless journey for every guest.", 1),
            ("It was cutting edge, at scale, and a real game changer.", 1),
            (
                "I aligned the stakeholders. We were agile and proactive.",
                2,
            ),
            ("The vision was to ship 14 seamless screens.", 0),
            ("I rang the supplier and asked for their strategy.", 0),
        ] {
            let tokens = tokens_of_text(text);
            let found = find(&tokens, &grammar::clauses(&tokens));
            assert_eq!(found.len(), expected, "{text}");
        }
    }
}
