//! Finds a measured change: a metric that went up or down by a number, or to a number.

use std::sync::LazyLock;

use super::change_polarity;
use super::search::all_matches;
use crate::analysis::language::token_pattern::TokenPattern;
use crate::analysis::language::{Boundary, Token, lexicon, stem};
use crate::analysis::phrases::token_index::TokenIndex;

/// How many tokens behind a verb of change its amount may stand.
const AMOUNT_REACH: usize = 14;

/// First and last token of each measured change for the better.
pub(super) fn improvements(index: &TokenIndex) -> Vec<(usize, usize)> {
    changes(index, |place| {
        !change_polarity::is_setback(&index.tokens, *place)
    })
}

/// First and last token of each measured change for the worse.
pub(super) fn setbacks(index: &TokenIndex) -> Vec<(usize, usize)> {
    changes(index, |place| {
        change_polarity::is_setback(&index.tokens, *place)
    })
}

fn changes(
    index: &TokenIndex,
    is_accepted: impl Fn(&(usize, usize)) -> bool,
) -> Vec<(usize, usize)> {
    let tokens = &index.tokens;
    let mut found = all_matches(index, &PATTERNS, &is_accepted);
    found.retain(|(first, last)| !are_hours(tokens, *first, *last));
    let by_verb = (0..tokens.len()).filter_map(|at| {
        // "doubled" is verb and amount in one.
        let multiplying_verbs = [
            "doubled",
            "halved",
            "tripled",
            "quadrupled",
            "doubling",
            "halving",
        ];
        if tokens[at].any(&multiplying_verbs) && !index.is_negated(at, false) {
            return Some((at, at)).filter(&is_accepted);
        }
        // "It had come down to thirty", but not "she came to us from two schools".
        let comes = tokens[at].any(&["come", "came", "comes"])
            && tokens[at + 1..]
                .iter()
                .take(2)
                .any(|token| token.any(&["down", "up"]));
        let is_change =
            (CHANGE_VERBS.contains(&tokens[at].stem) || comes) && !index.is_negated(at, false);
        let amount = is_change.then(|| amount_of(tokens, at)).flatten()?;
        // "stayed at two percent" is not a change, but "stayed at zero" is the result of one.
        let stays = tokens[at].any(&["stayed", "stays", "stay", "held", "holds"])
            && !(amount.0..=amount.1).any(|a| tokens[a].value == Some(0.0))
            && !(at + 1..=amount.1).any(|a| tokens[a].any(&["under", "below", "above", "over"]));
        if stays {
            return None;
        }
        Some((at.min(amount.0), at.max(amount.1))).filter(&is_accepted)
    });
    found.extend(by_verb);
    found.sort_unstable();
    found
}

/// "The shop opens from nine to five", "somebody stood there from eight to ten": hours of the day, no change.
fn are_hours(tokens: &[Token], first: usize, last: usize) -> bool {
    const SCHEDULED: [&str; 17] = [
        "open", "clos", "work", "speak", "spoke", "talk", "met", "meet", "sat", "free", "keep",
        "kept", "stand", "shift", "duti", "taught", "rest",
    ];
    let mut numbers = tokens[first..=last].iter().filter_map(|token| token.value);
    let is_hour = |number: f64| (1.0..=12.0).contains(&number) && number.fract() == 0.0;
    let (Some(from), Some(to), None) = (numbers.next(), numbers.next(), numbers.next()) else {
        return false;
    };
    let has_unit =
        tokens.get(last + 1).is_some_and(is_unit) || tokens[first..=last].iter().any(is_unit);
    let clause = || {
        let before = tokens[first.saturating_sub(8)..first].iter().rev();
        before.take_while(|token| token.break_before != Boundary::Sentence)
    };
    let is_scheduled = clause().any(|token| SCHEDULED.contains(&token.stem.as_str()));
    // Few measures grow by steps that look like hours without a verb that says so.
    let is_growth = clause().any(|token| CHANGE_VERBS.contains(&token.stem));
    is_hour(from)
        && is_hour(to)
        && !has_unit
        && tokens[first].is("from")
        && (is_scheduled || !is_growth && from < to)
}

/// First and last token of the change at `verb` with its amount: "to zero", "by 30 percent", "in half".
fn amount_of(tokens: &[Token], verb: usize) -> Option<(usize, usize)> {
    let end = (verb + AMOUNT_REACH).min(tokens.len());
    for at in verb + 1..end {
        let token = &tokens[at];
        if token.break_before == Boundary::Sentence
            || token.any(&["but", "because", "which", "not", "never"])
        {
            break;
        }
        let is_amount = token.value.is_some()
            || token.any(&["half", "nothing", "none", "fold"])
            || is_fraction(tokens, at);
        let is_step = token.any(&["live", "ahead", "through"]);
        if is_step && at == verb + 1 {
            break;
        }
        if !is_amount || is_point_in_time(tokens, at) {
            continue;
        }
        let before = tokens[..at]
            .iter()
            .rev()
            .find(|t| !lexicon::is_adverb(&t.text) && !t.any(&APPROXIMATIONS));
        let has_preposition = before.is_some_and(|t| {
            t.any(&[
                "from", "to", "by", "under", "below", "above", "at", "past", "over", "a", "than",
            ]) || t.is("in") && token.value.is_none()
        });
        let has_unit = tokens
            .get(at + 1)
            .is_some_and(|t| t.any(&["percent", "times", "x", "fold", "percentage"]));
        if !has_preposition && !has_unit {
            continue;
        }
        let mut last = at + usize::from(tokens.get(at + 1).is_some_and(is_unit));
        // "from forty minutes to twelve"
        let second_amount = (last + 1..(last + 6).min(tokens.len()))
            .take_while(|at| tokens[*at].break_before != Boundary::Sentence)
            .find(|at| tokens[*at].value.is_some() || tokens[*at].any(&["nothing", "none"]));
        if let Some(to) = second_amount
            && tokens[last + 1..to]
                .iter()
                .any(|t| t.any(&["to", "down", "up"]))
        {
            last = to + usize::from(tokens.get(to + 1).is_some_and(is_unit));
        }
        return Some((verb, last));
    }
    None
}

/// "by a third", but not "in the third quarter".
fn is_fraction(tokens: &[Token], at: usize) -> bool {
    let is_after = |words: &[&str]| at > 0 && tokens[at - 1].any(words);
    tokens[at].any(&["third", "quarter", "fifth", "tenth"])
        && (is_after(&["a", "one", "by", "two"]) || at > 0 && tokens[at - 1].value.is_some())
}

/// Words that may stand between a preposition and its number.
const APPROXIMATIONS: [&str; 14] = [
    "about", "around", "some", "the", "a", "an", "down", "up", "least", "most", "almost", "just",
    "under", "over",
];

/// Whether the number at `at` says when, not how much: "at 5 pm", "in two weeks", "within three days".
fn is_point_in_time(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).map_or("", |at| tokens[at].text.as_str());
    let after = tokens.get(at + 1).map_or("", |t| t.text.as_str());
    let is_time = lexicon::TIME_UNITS.contains(&after);
    let has_time_preposition =
        ["in", "within", "after", "for", "at", "on", "over", "the"].contains(&before);
    let is_clock_time = matches!(after, "pm" | "am" | "clock");
    let has_from = tokens[at.saturating_sub(6)..at]
        .iter()
        .any(|t| t.any(&["from", "to", "by"]));
    let is_year = tokens[at]
        .value
        .is_some_and(|v| (1950.0..2060.0).contains(&v))
        && before == "in";
    is_year || is_clock_time || (is_time && has_time_preposition && !has_from)
}

fn is_unit(token: &Token) -> bool {
    lexicon::UNITS.contains(&token.text.as_str()) && !token.any(&["in", "point"])
        || token.any(&["milliseconds", "ms", "times", "fold", "x", "percentage"])
        || lexicon::TIME_UNITS.contains(&token.text.as_str())
}

/// Stems of verbs of change.
static CHANGE_VERBS: LazyLock<Vec<String>> = LazyLock::new(|| {
    [
        "go",
        "drop",
        "fall",
        "rise",
        "increase",
        "decrease",
        "reduce",
        "cut",
        "improve",
        "grow",
        "climb",
        "shrink",
        "decline",
        "bring",
        "lower",
        "raise",
        "jump",
        "lift",
        "boost",
        "halve",
        "speed",
        "slash",
        "trim",
        "sink",
        "plummet",
        "soar",
        "get",
        "stay",
        "return",
        "gain",
        "shorten",
        "shave",
        "take",
        "move",
        "change",
        "save",
        "dropped",
        "reduction",
        "improvement",
        "drive",
        "push",
        "slow",
        "accelerate",
        "recover",
        "rate",
        "hit",
        "reach",
        "hold",
    ]
    .map(stem)
    .into_iter()
    .filter(|s| !["take", "get", "rate", "save"].contains(&s.as_str()))
    .collect()
});

static PATTERNS: LazyLock<Vec<TokenPattern>> = LazyLock::new(|| {
    [
        "from # .. to #",
        "from # to #",
        "from .. # .. to #",
        "from .. # .. to nothing|none",
        "from # percent to nothing|none",
        "# percent|times|fold faster|less|fewer|more|lower|higher|smaller|better|cheaper|quicker|shorter|longer",
        "# milliseconds|seconds|minutes|hours|days faster|quicker|shorter|sooner|earlier",
        "twice|half|double|triple as|the fast|many|much|often|slow|quick|long|speed|time|number|throughput",
        "# times as fast|many|much|often|quick|slow",
        "by half|third|quarter",
        "four|five times as many",
        "# percent reduction|improvement|speedup|uplift",
        "# percent increase|drop|decrease|gain|decline in",
        "reduction|increase|improvement|drop|decrease|decline|gain of #",
        "get|got|came .. down|up to #",
        "took|takes # .. instead of #",
        "took|takes # .. now it|they takes|take #",
        "zero .. since|afterwards",
        "# .. became #",
        "third|half|quarter|fifth|tenth|fraction of what",
        "twice|double|triple what",
        "from last|bottom|worst|# .. to first|second|third|fourth|fifth|sixth|top|best|middle",
        "to zero|none",
        "down|up to|from #",
        "# percent to zero",
    ]
    .map(TokenPattern::new)
    .into_iter()
    .collect()
});
