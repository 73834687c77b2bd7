//! Changes for the worse: a drop rate that rose, money that was lost. They are harm, and no impact.

use std::sync::LazyLock;

use crate::analysis::language::{Boundary, Token, lexicon, stem, verbs};

/// Words back to look for what "it" is.
const BACK: usize = 40;

/// Whether the change told at `place`, first and last token, is one for the worse or none at all: of
/// what should fall and rose, of what should rise and fell, or from a number to the same.
pub fn is_for_the_worse(tokens: &[Token], (first, last): (usize, usize)) -> bool {
    // "no more penalties"
    if tokens[first].is("no") {
        return false;
    }
    let Some(direction) = direction(tokens, first, last) else {
        return false;
    };
    match (direction, what_changed(tokens, first, last)) {
        (Direction::Same, _) => true,
        (Direction::Up, what) => matches!(what, What::Bad | What::Unknown),
        (Direction::Down, what) => what == What::Good,
    }
}

/// Whether what begins at `first` was lost, spent or at risk, and nothing says that this ended.
pub fn is_lost(tokens: &[Token], first: usize) -> bool {
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
    let lost = [
        "lose", "lost", "cost", "risk", "pay", "charg", "spend", "jeopard", "threaten", "hurt",
        "damag", "wast",
    ];
    let ended = [
        "cut", "save", "less", "reduc", "lower", "drop", "fall", "stop", "avoid", "down", "recov",
        "prevent", "win", "no", "not", "never", "instead", "spare", "longer", "elimin",
    ];
    has(&lost) && !has(&ended) && !before.iter().any(|token| token.any(&ENDED))
}

/// "saved no money", "saved us little time".
pub fn is_nothing(tokens: &[Token], (first, last): (usize, usize)) -> bool {
    let wins = ["save", "gain", "win", "recov", "free", "spare", "give"];
    wins.contains(&tokens[first].stem.as_str())
        && tokens[first + 1..last.max(first + 1)]
            .iter()
            .any(|token| token.any(&["no", "little", "zero", "nothing", "neither"]))
}

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

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    /// It should rise: revenue.
    Good,
    /// It should fall: errors.
    Bad,
    /// It has a name that tells neither.
    Other,
    /// "it", and nothing tells what that is.
    Unknown,
}

fn direction(tokens: &[Token], first: usize, last: usize) -> Option<Direction> {
    let end = last.min(tokens.len() - 1);
    let numbers: Vec<f64> = measures(tokens, first, end);
    let has = |texts: &[&str]| tokens[first..=end].iter().any(|token| token.any(texts));
    // "from 0.3 to 2": the numbers tell. "90 percent, up from 70" has them the other way round.
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
    // A verb stands before its amount or, in "by 30 percent", is what the shape begins after.
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

/// The numbers from `first` to `last`; times in seconds, and one without a unit in that of the other.
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

/// What changed: the noun nearest to the change in its clause, before it or as its object.
fn what_changed(tokens: &[Token], first: usize, last: usize) -> What {
    let ends =
        |token: &Token| token.any(&["and", "but", "so", "which", "because", "when", "after"]);
    // "raised our costs from", "a 30 percent increase in errors", "doubled the errors".
    let after = (last + 1..tokens.len().min(last + 5))
        .take_while(|at| tokens[*at].break_before == Boundary::None && !ends(&tokens[*at]));
    let object = (first + 1..=last)
        .chain(after)
        .find_map(|at| named(tokens, at));
    if let Some(what) = object {
        return what;
    }
    let mut is_named = false;
    for at in (0..=first).rev() {
        if at < first && ends(&tokens[at]) {
            break;
        }
        if let Some(what) = named(tokens, at) {
            return what;
        }
        is_named |=
            names_something(&tokens[at]) && (at < first || !verbs::is_past(&tokens[at].text));
        // "90 percent, up from 70": the comma before the change parts nothing.
        let parts = match at == first {
            true => Boundary::Sentence,
            false => Boundary::Clause,
        };
        if tokens[at].break_before >= parts {
            break;
        }
    }
    // "it doubled the quotes that a rep can send": an object that tells neither.
    is_named |= (first + 1..tokens.len().min(first + 7))
        .take_while(|at| tokens[*at].break_before == Boundary::None && !ends(&tokens[*at]))
        .any(|at| names_something(&tokens[at]));
    if is_named {
        return What::Other;
    }
    let from = first.saturating_sub(BACK);
    let before = (from..first).rev().find_map(|at| named(tokens, at));
    before.unwrap_or(What::Unknown)
}

/// Whether the token is a noun for what should rise or fall.
fn named(tokens: &[Token], at: usize) -> Option<What> {
    let token = &tokens[at];
    let next = tokens.get(at + 1);
    let drops = token.is("drops") || token.is("drop") && next.is_some_and(|n| n.is("rate"));
    if drops || BAD.contains(&token.stem) {
        return Some(What::Bad);
    }
    GOOD.contains(&token.stem).then_some(What::Good)
}

fn names_something(token: &Token) -> bool {
    let idle = [
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
        && !token.any(&idle)
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

/// What should fall, by stem.
static BAD: LazyLock<Vec<String>> = LazyLock::new(|| {
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
    ]
    .map(stem)
    .to_vec()
});

/// What should rise, by stem.
static GOOD: LazyLock<Vec<String>> = LazyLock::new(|| {
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
    ]
    .map(stem)
    .to_vec()
});
