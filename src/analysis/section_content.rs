//! What a Situation, a Task and a Reflection have to show, in any story: a setting that can be pictured, a goal of
//! the speaker, a lesson of the speaker's own.

use std::collections::BTreeSet;

use super::grammar::word_class::{WordClass, usual_class};
use super::grammar::{Clause, Subject, Tense};
use super::language::{Boundary, Token};
use super::quote::Quote;
use super::structure::Structure;
use crate::domain::transcript::Transcript;

/// A setting without a number, a date or a name needs this many different nouns to be pictured.
const MIN_NOUNS: usize = 6;

/// The words that show each; `None` if nothing does.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SectionContent {
    /// A date, a number, a name, or enough nouns to picture where it happened.
    pub setting: Option<Quote>,
    /// Whether the setting has a date, a number or a name.
    pub is_setting_specific: bool,
    /// Something that failed or did not happen.
    pub problem: Option<Quote>,
    /// What the speaker wanted, had to do, decided or was responsible for.
    pub goal: Option<Quote>,
    /// What the speaker does or sees differently.
    pub lesson: Option<Quote>,
    /// Whether the lesson is something that the speaker does now.
    pub is_lesson_practiced: bool,
}

/// Reads an answer.
pub(crate) fn read(
    transcript: &Transcript,
    tokens: &[Token],
    structure: &Structure,
) -> SectionContent {
    let quote = |(first, last): (usize, usize)| {
        let (text, span) = transcript.quote(tokens[first].first, tokens[last].last);
        Quote {
            text,
            start: span.start,
            end: span.end,
        }
    };
    SectionContent {
        is_setting_specific: setting(transcript, tokens).is_some_and(|(first, last)| first == last),
        setting: setting(transcript, tokens).map(quote),
        goal: goal(transcript, tokens, structure).map(quote),
        is_lesson_practiced: structure.clauses.iter().any(|clause| {
            clause.subject == Subject::Speaker
                && clause.tense == Tense::Present
                && !is_opinion(tokens, clause)
                && !clause.is_negated
        }),
        problem: problem(tokens, &structure.clauses).map(quote),
        lesson: lesson(tokens, &structure.clauses).map(quote),
    }
}

fn setting(transcript: &Transcript, tokens: &[Token]) -> Option<(usize, usize)> {
    let specific = (0..tokens.len()).find(|at| {
        let token = &tokens[*at];
        let written = &transcript.words[token.first].text;
        let is_name = token.break_before != Boundary::Sentence
            && written.starts_with(char::is_uppercase)
            && !matches!(token.text.as_str(), "i" | "ok" | "okay")
            && !written.starts_with("I'")
            && !written.starts_with("I\u{2019}")
            && *at > 0;
        // "this one quarter" is no number.
        let is_quarter = transcript.words[token.first..=token.last]
            .iter()
            .any(|word| word.text.contains("quarter"));
        let is_number = token.value.is_some() && !is_quarter;
        is_number || is_name || CALENDAR.contains(&token.text.as_str())
    });
    let nouns: BTreeSet<&str> = tokens
        .iter()
        .filter(|token| {
            usual_class(&token.text) == Some(WordClass::Noun) && !is_general(&token.text)
        })
        .map(|token| token.stem.as_str())
        .collect();
    specific
        .map(|at| (at, at))
        .or_else(|| (nouns.len() >= MIN_NOUNS).then(|| (0, tokens.len() - 1)))
}

const CALENDAR: [&str; 32] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "spring",
    "summer",
    "autumn",
    "winter",
    "christmas",
    "easter",
    "semester",
    "weekend",
    "yesterday",
    "half",
    "twice",
    "dozen",
    "dozens",
    "hundreds",
    "thousands",
];

/// Nouns that picture nothing.
fn is_general(text: &str) -> bool {
    [
        "thing",
        "things",
        "time",
        "times",
        "way",
        "kind",
        "sort",
        "bit",
        "lot",
        "couple",
        "people",
        "stuff",
        "issue",
        "issues",
        "problem",
        "problems",
        "situation",
        "opinion",
        "opinions",
        "project",
        "team",
        "colleague",
        "work",
        "job",
    ]
    .contains(&text)
}

/// A Task is the speaker's if the speaker is in it: as the one who acts, wants, has to or is asked, as the owner
/// ("my shift"), or with a question of the speaker's own. A task of "us" or of "everyone" is nobody's.
fn goal(
    transcript: &Transcript,
    tokens: &[Token],
    structure: &Structure,
) -> Option<(usize, usize)> {
    let by_clause = structure.clauses.iter().find(|clause| {
        clause.subject == Subject::Speaker
            && !is_opinion(tokens, clause)
            && !is_hedged(tokens, clause)
    });
    let by_owner = || (0..tokens.len()).find(|at| tokens[*at].any(&["my", "mine"]));
    let by_question =
        || (0..tokens.len()).find(|at| transcript.words[tokens[*at].last].text.ends_with('?'));
    by_clause
        .map(|clause| (clause.first, clause.last))
        .or_else(|| by_owner().map(|at| (at, (at + 3).min(tokens.len() - 1))))
        .or_else(|| by_question().map(|at| (at.saturating_sub(6), at)))
}

/// "I sort of ended up doing it".
fn is_hedged(tokens: &[Token], clause: &Clause) -> bool {
    tokens[clause.first..=clause.verb]
        .windows(2)
        .any(|pair| pair[0].any(&["kind", "sort"]) && pair[1].is("of"))
}

/// "I think that", "I guess".
fn is_opinion(tokens: &[Token], clause: &Clause) -> bool {
    clause.tense == Tense::Present
        && tokens[clause.verb].any(&["think", "guess", "mean", "suppose", "say"])
}

/// A lesson is the speaker's if the speaker is in it. What "you" have to do is a saying.
fn lesson(tokens: &[Token], clauses: &[Clause]) -> Option<(usize, usize)> {
    let by_clause = clauses.iter().find(|clause| {
        let is_mine = matches!(clause.subject, Subject::Speaker | Subject::Team);
        is_mine && !is_opinion(tokens, clause)
    });
    let by_object = || (0..tokens.len()).find(|at| tokens[*at].any(&["my", "me", "myself"]));
    by_clause
        .map(|clause| (clause.first, end_of_sentence(tokens, clause.first)))
        .or_else(|| by_object().map(|at| (at, end_of_sentence(tokens, at))))
}

/// A problem that no word names: something failed, did not happen, or kept happening.
fn problem(tokens: &[Token], clauses: &[Clause]) -> Option<(usize, usize)> {
    let before = (SHARE_OF_PROBLEM * tokens.len() as f64) as usize;
    clauses
        .iter()
        .filter(|clause| clause.first < before.max(1))
        .find(|clause| {
            let kept = tokens[*clause.group.start()].is("kept")
                && tokens[clause.verb].text.ends_with("ing");
            let only = tokens[clause.first..=clause.last]
                .iter()
                .any(|token| token.any(&["only", "without", "too", "until", "anymore", "twice"]));
            let is_others = clause.subject != Subject::Speaker;
            is_others && (clause.is_negated || kept || only)
        })
        .map(|clause| (clause.first, clause.last))
}

/// The problem is told in this first share of a whole answer.
const SHARE_OF_PROBLEM: f64 = 0.5;

fn end_of_sentence(tokens: &[Token], at: usize) -> usize {
    (at + 1..tokens.len())
        .find(|at| tokens[*at].break_before == Boundary::Sentence)
        .unwrap_or(tokens.len())
        - 1
}
