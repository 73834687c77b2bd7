//! The opening: how soon the problem, the ownership boundary and the first number were said. An
//! interviewer waits for the problem; the architecture can wait for a question.

use std::sync::LazyLock;

use serde::Serialize;

use super::finding::{Finding, FindingKind, Severity};
use super::impact::impact_checks::Quote;
use super::phrases::compounds::Compounds;
use super::phrases::phrase_matcher::{Match, PhrasePattern, TokenIndex};
use crate::analysis::language::{Boundary, Token, lexicon, stem, tokens, tokens_of_text};
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::Transcript;

/// A problem that comes later than this is a finding: the walkthrough's "problem before
/// architecture", in the seconds of its Situation.
const PROBLEM_LATE: Secs = 30.0;

/// When an answer got to its point; `None` where it never did.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TimeToPoint {
    /// The first mention of something wrong.
    pub problem: Option<FirstMention>,
    /// That it was not the speaker's job, team or assignment.
    pub boundary: Option<FirstMention>,
    /// The first number.
    pub number: Option<FirstMention>,
}

/// Words of the speaker, and how long they took to come.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FirstMention {
    /// The words, with where they were said.
    #[serde(flatten)]
    pub quote: Quote,
    /// Seconds from the first word of the take to the first of these.
    pub after: Secs,
}

/// Finds the three.
pub fn read(transcript: &Transcript) -> TimeToPoint {
    of_tokens(transcript, tokens(transcript))
}

/// The same, of a transcript that was read.
pub(crate) fn of_tokens(transcript: &Transcript, tokens: Vec<Token>) -> TimeToPoint {
    let Some(whole) = transcript.span() else {
        return TimeToPoint::default();
    };
    let said = TokenIndex::new(tokens, &BOUNDARY_JOINS);
    let arrival = |hit: Match| {
        let quote = said.quote(transcript, hit);
        FirstMention {
            after: quote.start - whole.start,
            quote,
        }
    };
    let one = |at: usize| Match {
        first: at,
        last: at,
        score: 1.0,
    };
    let count = said.tokens.len();
    let boundary = BOUNDARIES
        .iter()
        .flat_map(|wording| wording.find_all(&said))
        .min_by_key(|hit| (hit.first, hit.last));
    let number = (0..count)
        .find(|at| is_number(&said.tokens, *at))
        .map(|at| {
            let unit = said.tokens.get(at + 1).is_some_and(|next| {
                lexicon::UNITS.contains(&next.text.as_str()) && !next.any(&["in", "point"])
            });
            Match {
                last: at + usize::from(unit),
                ..one(at)
            }
        });
    TimeToPoint {
        problem: (0..count)
            .find(|at| is_problem(&said, *at))
            .map(|at| arrival(one(at))),
        boundary: boundary.map(arrival),
        number: number.map(arrival),
    }
}

/// Whether `text` says that something was not one's own job: "not my team", "nobody had asked".
pub fn is_boundary(text: &str) -> bool {
    let said = TokenIndex::new(tokens_of_text(text), &BOUNDARY_JOINS);
    BOUNDARIES
        .iter()
        .any(|wording| wording.find(&said).is_some())
}

/// What is worth saying about when the problem came, in a Situation or a whole answer.
pub fn findings(opening: &TimeToPoint, transcript: &Transcript) -> Vec<Finding> {
    let Some(whole) = transcript.span() else {
        return Vec::new();
    };
    let (noticed, span) = match &opening.problem {
        Some(problem) if problem.after <= PROBLEM_LATE => return Vec::new(),
        Some(problem) => (
            FindingKind::ProblemLate {
                after: problem.after,
            },
            Span::new(whole.start, problem.quote.end),
        ),
        // A few words may yet come to it.
        None if whole.len() < PROBLEM_LATE / 3.0 => return Vec::new(),
        None => (FindingKind::ProblemNever, whole),
    };
    vec![Finding::new(noticed, Severity::Amber, span)]
}

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

static BOUNDARY_JOINS: LazyLock<Compounds> = LazyLock::new(|| Compounds::of(BOUNDARIES.iter()));

/// Nouns, verbs and adjectives of trouble, by stem.
static TROUBLE: LazyLock<Vec<String>> = LazyLock::new(|| {
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

fn is_problem(said: &TokenIndex, at: usize) -> bool {
    let token = &said.tokens[at];
    if token.value.is_some() || !TROUBLE.contains(&token.stem) || token.text.ends_with("ly") {
        return false;
    }
    let text = |at: Option<usize>| {
        at.and_then(|at| said.tokens.get(at))
            .map_or("", |t| t.text.as_str())
    };
    let (before, after) = (text(at.checked_sub(1)), text(Some(at + 1)));
    let is_other = match token.text.as_str() {
        // "later", "of late", "the issue tracker", "error handling", "a drop box".
        "late" => matches!(after, "stage" | "in" | "last") || is_of_late(&said.tokens, at),
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
    !is_other && !said.is_denied(at, false)
}

/// "of late" is lately; "sort of late" and "sort of, late" are late.
fn is_of_late(tokens: &[Token], at: usize) -> bool {
    let hedges = ["sort", "kind", "bit", "instead", "because"];
    let hedged = at > 1 && tokens[at - 2].any(&hedges);
    at > 0 && tokens[at - 1].is("of") && tokens[at].break_before == Boundary::None && !hedged
}

/// A count or a measure; not a name ("SDE 2"), a year or "24/7".
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
    // "zero shared visibility" counts nothing.
    let after = tokens.get(at + 1).map_or("", |token| token.text.as_str());
    let is_none = value == 0.0 && after != "percent" && !matches!(before, "to" | "at" | "from");
    let always = value == 24.0
        && tokens
            .get(at + 1)
            .is_some_and(|next| next.value == Some(7.0));
    !(is_name || is_year || is_none || always)
}
