//! Recognizes changes for the worse, which are not an impact: a drop rate that rose, money that was lost.

use std::sync::LazyLock;

use crate::analysis::language::{Boundary, Token, lexicon, stem, verbs};

/// How many words back the noun for "it" may stand.
const ANTECEDENT_REACH: usize = 40;

/// Whether the change from token `first` to `last` is for the worse, or none at all: errors that rose,
/// revenue that fell, or the same number before and after.
pub fn is_setback(tokens: &[Token], (first, last): (usize, usize)) -> bool {
    // "no more penalties"
    if tokens[first].is("no") {
        return false;
    }
    let Some(direction) = direction(tokens, first, last) else {
        return false;
    };
    match (direction, subject_of_change(tokens, first, last)) {
        (Direction::Same, _) => true,
        (Direction::Up, subject) => matches!(subject, Subject::ShouldFall | Subject::Unknown),
        (Direction::Down, subject) => subject == Subject::ShouldRise,
    }
}

/// Whether what begins at `first` was lost, spent or at risk, and nothing says that this ended.
pub fn is_loss(tokens: &[Token], first: usize) -> bool {
    // "to pay no more penalties"
    if tokens[first].any(&["no", "zero", "fewer", "less"]) {
        return false;
    }
    let starts = |at: usize| tokens[at].break_before == Boundary::Sentence;
    let from = first.saturating_sub(6);
    let from = (from..=first).rev().find(|at| starts(*at)).unwrap_or(from);
    let before = &tokens[from..first];
    let has = |texts: &[&str]| {
        before
            .iter()
            .any(|token| texts.contains(&token.stem.as_str()))
    };
    let losing = [
        "lose", "lost", "cost", "risk", "pay", "charg", "spend", "jeopard", "threaten", "hurt",
        "damag", "wast",
    ];
    let ending = [
        "cut", "save", "less", "reduc", "lower", "drop", "fall", "stop", "avoid", "down", "recov",
        "prevent", "win", "no", "not", "never", "instead", "spare", "longer", "elimin",
    ];
    has(&losing) && !has(&ending) && !before.iter().any(|token| token.any(&ENDED))
}

/// "saved no money", "saved us little time": a gain of nothing.
pub fn is_empty_gain(tokens: &[Token], (first, last): (usize, usize)) -> bool {
    let wins = ["save", "gain", "win", "recov", "free", "spare", "give"];
    wins.contains(&tokens[first].stem.as_str())
        && tokens[first + 1..last.max(first + 1)]
            .iter()
            .any(|token| token.any(&["no", "little", "zero", "nothing", "neither"]))
}

/// Words that say that a loss ended.
const ENDED: [&str; 8] = [
    "saved",
    "saving",
    "recovered",
    "reduced",
    "stopped",
    "won",
    "less",
    "avoided",
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
    Same,
}

/// What changed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Subject {
    /// Something that should rise: revenue.
    ShouldRise,
    /// Something that should fall: errors.
    ShouldFall,
    /// Something else that has a name.
    Other,
    /// "it", and no word says what that is.
    Unknown,
}

/// Whether the numbers or words from `first` to `last` go up or down.
fn direction(tokens: &[Token], first: usize, last: usize) -> Option<Direction> {
    let end = last.min(tokens.len() - 1);
    let numbers: Vec<f64> = measures(tokens, first, end);
    let has = |texts: &[&str]| tokens[first..=end].iter().any(|token| token.any(texts));
    // In "from 0.3 to 2" the numbers decide. In "90 percent, up from 70" their order is reversed.
    if let [from, to] = numbers[..]
        && has(&["from"])
        && has(&["to"])
    {
        return Some(match from.total_cmp(&to) {
            std::cmp::Ordering::Less => Direction::Up,
            std::cmp::Ordering::Equal => Direction::Same,
            std::cmp::Ordering::Greater => Direction::Down,
        });
    }
    // The verb is before its amount. In "by 30 percent" it is the token before the match.
    let near = &tokens[first.saturating_sub(1)..=end];
    let any = |texts: &[&str]| near.iter().any(|token| token.any(texts));
    let goes = |way: &str| {
        let next = tokens.get(end + 1);
        next.is_some_and(|next| next.is(way) && next.break_before == Boundary::None)
    };
    if any(&UP) || goes("up") {
        Some(Direction::Up)
    } else if any(&DOWN) || goes("down") {
        Some(Direction::Down)
    } else {
        None
    }
}

/// The numbers from `first` to `last`. Times are in seconds; a number without a unit takes the unit of the other.
fn measures(tokens: &[Token], first: usize, last: usize) -> Vec<f64> {
    let unit = |at: usize| {
        let next = tokens.get(at + 1)?;
        let seconds = match next.stem.as_str() {
            "millisecond" | "ms" => 0.001,
            "second" => 1.0,
            "minut" | "minute" => 60.0,
            "hour" => 3600.0,
            "day" | "dai" => 86_400.0,
            "week" => 604_800.0,
            "month" => 2_629_800.0,
            "year" => 31_557_600.0,
            _ => return None,
        };
        Some(seconds)
    };
    let found: Vec<(f64, Option<f64>)> = (first..=last)
        .filter_map(|at| Some((tokens[at].value?, unit(at))))
        .collect();
    let any = found
        .iter()
        .rev()
        .find_map(|(_, unit)| *unit)
        .unwrap_or(1.0);
    let scaled = found
        .iter()
        .map(|(value, unit)| value * unit.unwrap_or(any));
    scaled.collect()
}

/// What changed: the nearest noun in the clause of the change, before it or as its object.
fn subject_of_change(tokens: &[Token], first: usize, last: usize) -> Subject {
    let ends =
        |token: &Token| token.any(&["and", "but", "so", "which", "because", "when", "after"]);
    // "raised our costs from", "a 30 percent increase in errors", "doubled the errors".
    let after = (last + 1..tokens.len().min(last + 5))
        .take_while(|at| tokens[*at].break_before == Boundary::None && !ends(&tokens[*at]));
    let object = (first + 1..=last)
        .chain(after)
        .find_map(|at| subject_at(tokens, at));
    if let Some(subject) = object {
        return subject;
    }
    let mut is_named = false;
    for at in (0..=first).rev() {
        if at < first && ends(&tokens[at]) {
            break;
        }
        if let Some(subject) = subject_at(tokens, at) {
            return subject;
        }
        is_named |=
            names_something(&tokens[at]) && (at < first || !verbs::is_past(&tokens[at].text));
        // In "90 percent, up from 70" the comma before the change does not end the clause.
        let clause_end = match at == first {
            true => Boundary::Sentence,
            false => Boundary::Clause,
        };
        if tokens[at].break_before >= clause_end {
            break;
        }
    }
    // "it doubled the quotes that a rep can send": the object is something else.
    is_named |= (first + 1..tokens.len().min(first + 7))
        .take_while(|at| tokens[*at].break_before == Boundary::None && !ends(&tokens[*at]))
        .any(|at| names_something(&tokens[at]));
    if is_named {
        return Subject::Other;
    }
    let from = first.saturating_sub(ANTECEDENT_REACH);
    let before = (from..first).rev().find_map(|at| subject_at(tokens, at));
    before.unwrap_or(Subject::Unknown)
}

/// What the token at `at` names, if that should rise or fall.
fn subject_at(tokens: &[Token], at: usize) -> Option<Subject> {
    let token = &tokens[at];
    let next = tokens.get(at + 1);
    let drops = token.is("drops") || token.is("drop") && next.is_some_and(|n| n.is("rate"));
    if drops || SHOULD_FALL.contains(&token.stem) {
        return Some(Subject::ShouldFall);
    }
    SHOULD_RISE
        .contains(&token.stem)
        .then_some(Subject::ShouldRise)
}

/// Whether the token is a content word other than a unit, a direction or a general word such as "rate".
fn names_something(token: &Token) -> bool {
    let general = [
        "rate",
        "number",
        "figure",
        "share",
        "percentage",
        "value",
        "percent",
        "went",
        "go",
        "came",
        "gone",
        "got",
        "almost",
        "nearly",
        "back",
        "times",
        "fold",
    ];
    token.value.is_none()
        && !lexicon::is_function(&token.text)
        && !lexicon::is_adverb(&token.text)
        && !lexicon::UNITS.contains(&token.text.as_str())
        && !lexicon::TIME_UNITS.contains(&token.text.as_str())
        && !token.any(&general)
        && !token.any(&UP)
        && !token.any(&DOWN)
}

const UP: [&str; 27] = [
    "up",
    "rose",
    "risen",
    "rise",
    "rising",
    "rises",
    "increased",
    "increase",
    "increasing",
    "grew",
    "grow",
    "grown",
    "growing",
    "growth",
    "climbed",
    "climbing",
    "jumped",
    "jump",
    "soared",
    "doubled",
    "doubling",
    "tripled",
    "quadrupled",
    "higher",
    "more",
    "spiked",
    "gained",
];
const DOWN: [&str; 20] = [
    "down",
    "fell",
    "fallen",
    "fall",
    "falling",
    "dropped",
    "drop",
    "dropping",
    "decreased",
    "decrease",
    "declined",
    "decline",
    "shrank",
    "sank",
    "plummeted",
    "halved",
    "halving",
    "lower",
    "less",
    "fewer",
];

/// Stems of what should fall.
static SHOULD_FALL: LazyLock<Vec<String>> = LazyLock::new(|| {
    [
        "error",
        "failure",
        "latency",
        "cost",
        "complaint",
        "churn",
        "cancellation",
        "crash",
        "loss",
        "incident",
        "outage",
        "downtime",
        "delay",
        "bug",
        "defect",
        "refund",
        "timeout",
        "penalty",
        "bill",
        "waste",
        "backlog",
        "duration",
        "lag",
        "abandonment",
        "turnover",
        "attrition",
        "chargeback",
        "risk",
        "debt",
        "bounce",
        "fault",
        "alarm",
        "breach",
        "overtime",
        "ticket",
        "wait",
        "waiting",
        "queue",
        "mistake",
        "accident",
        "injury",
        "absence",
        "absenteeism",
        "theft",
        "shrinkage",
        "sickness",
        "infection",
        "reject",
        "rework",
        "scrap",
        "overrun",
        "spending",
        "expense",
        "vacancy",
        "miss",
        "fine",
    ]
    .map(stem)
    .to_vec()
});

/// Stems of what should rise.
static SHOULD_RISE: LazyLock<Vec<String>> = LazyLock::new(|| {
    [
        "revenue",
        "sales",
        "conversion",
        "retention",
        "satisfaction",
        "throughput",
        "uptime",
        "availability",
        "coverage",
        "adoption",
        "profit",
        "margin",
        "renewal",
        "success",
        "trust",
        "accuracy",
        "attendance",
        "turnout",
        "score",
        "grade",
        "enrollment",
        "donation",
        "booking",
        "signup",
        "engagement",
        "membership",
    ]
    .map(stem)
    .to_vec()
});
