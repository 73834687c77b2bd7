//! How soon an answer got to its point: the first mention of the problem, of the ownership boundary
//! and of a number. An interviewer waits for the problem; background can wait for a question.

use std::sync::LazyLock;

use serde::Serialize;

use super::finding::{Finding, FindingKind, Severity};
use super::phrases::compounds::Compounds;
use super::phrases::phrase_matcher;
use super::phrases::phrase_pattern::PhrasePattern;
use super::phrases::token_index::TokenIndex;
use super::quote::Quote;
use crate::analysis::language::{Boundary, Token, lexicon, stem, tokens, tokens_of_text};
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::Transcript;

/// A problem that is mentioned later than this is a finding: "problem before architecture".
const LATE_PROBLEM: Secs = 30.0;
/// A shorter answer may still come to its problem.
const MIN_SECS_TO_MISS_PROBLEM: Secs = LATE_PROBLEM / 3.0;

/// When an answer got to its point; `None` for what was never mentioned.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TimeToPoint {
    /// The first mention of something that was wrong.
    pub problem: Option<FirstMention>,
    /// The first mention that it was not the speaker's job, team or assignment.
    pub boundary: Option<FirstMention>,
    /// The first number.
    pub number: Option<FirstMention>,
}

/// The words that first mention something, and how late they are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FirstMention {
    /// The words.
    #[serde(flatten)]
    pub quote: Quote,
    /// Seconds from the first word of the take to these words.
    pub after: Secs,
}

/// Finds the first mention of each.
pub fn measure(transcript: &Transcript) -> TimeToPoint {
    measure_tokens(transcript, tokens(transcript))
}

/// As [`measure`], for a transcript whose tokens are known.
pub(crate) fn measure_tokens(transcript: &Transcript, tokens: Vec<Token>) -> TimeToPoint {
    let Some(whole) = transcript.span() else {
        return TimeToPoint::default();
    };
    let index = TokenIndex::new(tokens, &BOUNDARY_COMPOUNDS);
    let mention = |(first, last): (usize, usize)| {
        let quote = index.quote(transcript, first, last);
        FirstMention {
            after: quote.start - whole.start,
            quote,
        }
    };
    let mut token_indices = 0..index.tokens.len();
    let problem = token_indices.clone().find(|at| is_problem(&index, *at));
    let boundary = BOUNDARIES
        .iter()
        .flat_map(|pattern| phrase_matcher::find_all(pattern, &index))
        .map(|found| (found.first, found.last))
        .min();
    let number = token_indices.find(|at| is_number(&index.tokens, *at));
    TimeToPoint {
        problem: problem.map(|at| mention((at, at))),
        boundary: boundary.map(mention),
        number: number.map(|at| mention((at, at + usize::from(has_unit(&index.tokens, at))))),
    }
}

/// Whether the number at `at` has a unit after it.
fn has_unit(tokens: &[Token], at: usize) -> bool {
    tokens.get(at + 1).is_some_and(|next| {
        lexicon::UNITS.contains(&next.text.as_str()) && !next.any(&["in", "point"])
    })
}

/// Whether `text` says that something was not the speaker's job: "not my team", "nobody had asked".
pub fn is_boundary(text: &str) -> bool {
    let index = TokenIndex::new(tokens_of_text(text), &BOUNDARY_COMPOUNDS);
    BOUNDARIES
        .iter()
        .any(|pattern| phrase_matcher::find(pattern, &index).is_some())
}

/// Findings about the problem, in a Situation or a whole answer: that it came late, or not at all.
pub fn findings(time_to_point: &TimeToPoint, transcript: &Transcript) -> Vec<Finding> {
    let Some(whole) = transcript.span() else {
        return Vec::new();
    };
    let (kind, span) = match &time_to_point.problem {
        Some(problem) if problem.after <= LATE_PROBLEM => return Vec::new(),
        Some(problem) => (
            FindingKind::LateProblem {
                after: problem.after,
            },
            Span::new(whole.start, problem.quote.end),
        ),
        None if whole.len() < MIN_SECS_TO_MISS_PROBLEM => return Vec::new(),
        None => (FindingKind::NoProblem, whole),
    };
    vec![Finding::new(kind, Severity::Amber, span)]
}

/// Phrases that say that something was not the speaker's job.
static BOUNDARIES: LazyLock<Vec<PhrasePattern>> = LazyLock::new(|| {
    [
        "not my team",
        "not mine",
        "not my job",
        "not my service",
        "not my code",
        "not my area",
        "not my responsibility",
        "not my project",
        "not my task",
        "not my problem",
        "not my call",
        "not our service",
        "not our code",
        "not our team",
        "not our job",
        "not ours",
        "not our system",
        "my team did not own it",
        "I did not own it",
        "we did not own it",
        "outside my scope",
        "outside my team",
        "outside my responsibilities",
        "outside my area",
        "outside my job",
        "beyond my role",
        "beyond my scope",
        "outside of my role",
        "another team's service",
        "another team owned it",
        "a different team owned it",
        "other team's code",
        "owned by another team",
        "owned by a different team",
        "belonged to another team",
        "belonged to a different team",
        "belonged to the Platform team",
        "no ticket",
        "nobody had asked",
        "nobody asked me",
        "no one told me to",
        "I had not been asked",
        "I was not asked",
        "without being asked",
        "not assigned to me",
        "nobody had assigned it",
        "nobody owned it",
        "not part of my job",
        "not in my job description",
        "not on my team",
        "not in my backlog",
        "not on my roadmap",
        "on my own initiative",
    ]
    .iter()
    .filter_map(|text| PhrasePattern::new(text))
    .collect()
});

static BOUNDARY_COMPOUNDS: LazyLock<Compounds> =
    LazyLock::new(|| Compounds::from_phrases(BOUNDARIES.iter().map(PhrasePattern::words)));

/// Stems of nouns, verbs and adjectives for something that is wrong.
static PROBLEM_WORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    [
        "problem",
        "issue",
        "bug",
        "failure",
        "fail",
        "drop",
        "delay",
        "outage",
        "error",
        "fault",
        "defect",
        "broken",
        "break",
        "lose",
        "loss",
        "risk",
        "complaint",
        "complain",
        "incident",
        "crash",
        "leak",
        "corrupt",
        "corruption",
        "timeout",
        "stuck",
        "overload",
        "flaky",
        "wrong",
        "mistake",
        "miss",
        "missing",
        "late",
        "slow",
        "downtime",
        "cancellation",
        "cancel",
        "churn",
        "blocked",
        "bottleneck",
        "regression",
        "vulnerability",
        "breach",
        "overspend",
        "waste",
        "struggle",
        "suffer",
        "hurt",
        "damage",
        "stale",
        "inconsistent",
        "duplicate",
        "blame",
        "conflict",
        "shortage",
        "deadlock",
        "degrade",
        "degradation",
        "unreliable",
        "unstable",
        "disappear",
        "vanish",
        "frustrated",
        "angry",
        "trouble",
        "impossible",
        "unhappy",
        "mismatch",
        "underperform",
        "decline",
        "overrun",
        "fraud",
        "penalty",
        "refund",
    ]
    .map(stem)
    .to_vec()
});

/// Whether the token at `at` says that something was wrong.
fn is_problem(index: &TokenIndex, at: usize) -> bool {
    let token = &index.tokens[at];
    if token.value.is_some() || !PROBLEM_WORDS.contains(&token.stem) || token.text.ends_with("ly") {
        return false;
    }
    let text = |at: Option<usize>| {
        at.and_then(|at| index.tokens.get(at))
            .map_or("", |t| t.text.as_str())
    };
    let (before, after) = (text(at.checked_sub(1)), text(Some(at + 1)));
    let has_other_meaning = match token.text.as_str() {
        // "later", "of late", "the issue tracker", "error handling", "a drop box".
        "late" => matches!(after, "stage" | "in" | "last") || is_of_late(&index.tokens, at),
        "issue" | "issues" => matches!(after, "tracker" | "tracking"),
        "issued" | "issuing" | "issuer" => true,
        "error" | "failure" | "risk" => {
            matches!(after, "handling" | "budget" | "analysis" | "team")
        }
        "break" => matches!(before, "a" | "lunch" | "coffee"),
        "wrong" => before == "not",
        "missed" | "miss" => matches!(before, "you" | "i"),
        _ => false,
    };
    !has_other_meaning && !index.is_negated(at, false)
}

/// "of late" means lately, but "sort of late" and "sort of, late" mean late.
fn is_of_late(tokens: &[Token], at: usize) -> bool {
    let hedges = ["sort", "kind", "bit", "instead", "because"];
    let hedged = at > 1 && tokens[at - 2].any(&hedges);
    at > 0 && tokens[at - 1].is("of") && tokens[at].break_before == Boundary::None && !hedged
}

/// Whether the token at `at` is a count or a measure, and not part of a name ("SDE 2"), a year or "24/7".
fn is_number(tokens: &[Token], at: usize) -> bool {
    let Some(value) = tokens[at].value else {
        return false;
    };
    let before = at.checked_sub(1).map_or("", |at| tokens[at].text.as_str());
    let is_name = [
        "sde", "level", "version", "tier", "phase", "step", "part", "chapter", "q", "l", "v", "p",
        "layer", "engineer", "stage", "number", "ipv", "type", "python", "java", "section",
    ]
    .contains(&before);
    let is_year =
        (1950.0..2060.0).contains(&value) && matches!(before, "in" | "since" | "of" | "year");
    // The "zero" of "zero shared visibility" is not a number.
    let after = tokens.get(at + 1).map_or("", |token| token.text.as_str());
    let is_none = value == 0.0 && after != "percent" && !matches!(before, "to" | "at" | "from");
    let always = value == 24.0
        && tokens
            .get(at + 1)
            .is_some_and(|next| next.value == Some(7.0));
    !(is_name || is_year || is_none || always)
}
