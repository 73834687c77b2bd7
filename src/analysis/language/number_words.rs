//! Numbers among spoken words: "zero point three per cent" is 0.3 and a sign.

use super::{Boundary, Token, lexicon};
use crate::analysis::language::verbalize::{TENS, UNITS};

/// Joins the words of each number into one token with its value, shares ("three in a thousand")
/// into per cent, and gives rates one form: "a week", "each week", "weekly" are "per week".
pub fn join(raw: Vec<Token>) -> Vec<Token> {
    rates(shares(read_numbers(raw)))
}

fn read_numbers(raw: Vec<Token>) -> Vec<Token> {
    let mut joined: Vec<Token> = Vec::with_capacity(raw.len());
    let mut at = 0;
    while at < raw.len() {
        let Some((value, length)) = number_at(&raw[at..]) else {
            joined.push(raw[at].clone());
            at += 1;
            continue;
        };
        let run = &raw[at..at + length];
        // "one" alone is a pronoun more often than a count: it needs a unit after it.
        let unit_follows = raw
            .get(at + length)
            .is_some_and(|next| lexicon::UNITS.contains(&next.text.as_str()));
        if length == 1 && run[0].is("one") && !unit_follows {
            joined.push(raw[at].clone());
            at += 1;
            continue;
        }
        let texts: Vec<&str> = run.iter().map(|token| token.text.as_str()).collect();
        let grand = run[length - 1].is("grand");
        let number = Token {
            text: texts.join(" "),
            value: Some(value),
            last: run[length - 1].last,
            ..run[0].clone()
        };
        joined.push(number.clone());
        if grand {
            joined.push(word_after(&number, "dollars"));
        }
        at += length;
    }
    joined
}

fn word_after(token: &Token, text: &str) -> Token {
    Token {
        text: text.to_owned(),
        value: None,
        first: token.last,
        break_before: Boundary::None,
        ..token.clone()
    }
}

/// The number that `raw` begins with, and how many words it takes.
fn number_at(raw: &[Token]) -> Option<(f64, usize)> {
    let together = raw
        .iter()
        .skip(1)
        .position(|token| token.break_before != Boundary::None)
        .map_or(raw.len(), |broken| broken + 1);
    let raw = &raw[..together];
    let (mut total, mut group, mut at) = (0.0, None::<f64>, 0);
    while let Some(token) = raw.get(at) {
        let text = token.text.as_str();
        match (small(text), scale(text), group) {
            // "two three weeks" are two numbers; "twenty three" is one.
            (Some(n), _, None) => group = Some(n),
            (Some(n), _, Some(g))
                if n < 10.0 && n > 0.0 && g % 10.0 == 0.0 && g % 100.0 >= 20.0 =>
            {
                group = Some(g + n);
            }
            (Some(n), _, Some(g)) if n < 100.0 && g >= 100.0 && g % 100.0 == 0.0 => {
                group = Some(g + n);
            }
            (_, Some(100.0), Some(g)) if g < 100.0 => group = Some(g * 100.0),
            (_, Some(by), Some(g)) if by > 100.0 => {
                total += g * by;
                group = None;
                at += 1;
                if text == "grand" {
                    return Some((total, at));
                }
                // "eight thousand three hundred" goes on, "eight thousand" ends.
                if raw.get(at).and_then(|next| small(&next.text)).is_none() {
                    return Some((total, at));
                }
                continue;
            }
            // "three hundred and twelve"
            (None, None, Some(g))
                if text == "and"
                    && g >= 100.0
                    && raw
                        .get(at + 1)
                        .is_some_and(|next| small(&next.text).is_some()) => {}
            _ => break,
        }
        at += 1;
    }
    let has_point = raw.get(at).is_some_and(|token| token.is("point"));
    let digits: Vec<u32> = raw
        .iter()
        .skip(at + 1)
        .take_while(|_| has_point)
        .map_while(|token| small(&token.text).filter(|n| *n < 10.0).map(|n| n as u32))
        .collect();
    if !digits.is_empty() {
        let fraction: String = digits.iter().map(|d| d.to_string()).collect();
        let whole = total + group.unwrap_or(0.0);
        let value = format!("{whole}.{fraction}").parse().ok()?;
        let mut length = at + 1 + digits.len();
        let mut value: f64 = value;
        if let Some(by) = raw.get(length).and_then(|t| scale(&t.text)) {
            value *= by;
            length += 1;
        }
        return Some((value, length));
    }
    (at > 0).then(|| (total + group.unwrap_or(0.0), at))
}

fn small(text: &str) -> Option<f64> {
    if let Some(n) = UNITS.iter().position(|unit| *unit == text) {
        return Some(n as f64);
    }
    let tens = TENS.iter().position(|ten| *ten == text)?;
    Some(10.0 * (tens + 2) as f64)
}

fn scale(text: &str) -> Option<f64> {
    Some(match text {
        "hundred" => 100.0,
        "thousand" | "grand" => 1e3,
        "million" => 1e6,
        "billion" => 1e9,
        _ => return None,
    })
}

/// "three in a thousand", "three out of four", "three quarters": a share in per cent.
fn shares(tokens: Vec<Token>) -> Vec<Token> {
    let mut joined: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        match share_at(&tokens[at..]) {
            Some((value, length)) => {
                let number = Token {
                    value: Some(value),
                    last: tokens[at + length - 1].last,
                    ..tokens[at].clone()
                };
                joined.push(number.clone());
                joined.push(word_after(&number, "percent"));
                at += length;
            }
            None if tokens[at].is("per") && tokens.get(at + 1).is_some_and(|t| t.is("cent")) => {
                joined.push(Token {
                    text: "percent".to_owned(),
                    last: tokens[at + 1].last,
                    ..tokens[at].clone()
                });
                at += 2;
            }
            None => {
                joined.push(tokens[at].clone());
                at += 1;
            }
        }
    }
    joined
}

fn share_at(tokens: &[Token]) -> Option<(f64, usize)> {
    let part = match tokens.first()? {
        token if token.is("one") => 1.0,
        token => token.value?,
    };
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    match text(1) {
        "quarters" | "quarter" if part < 4.0 => return Some((part * 25.0, 2)),
        "thirds" | "third" if part < 3.0 => return Some(((part * 100.0 / 3.0).round(), 2)),
        _ => {}
    }
    // "three in a thousand", "three out of four", "three webhooks in a thousand"
    let mut at = match (text(1), text(2), text(3)) {
        ("in" | "per", ..) => 2,
        ("out", "of", _) => 3,
        (noun, "in" | "per", "a" | "every" | "each") if noun.ends_with('s') => 3,
        (noun, "out", "of") if noun.ends_with('s') => 4,
        _ => return None,
    };
    if matches!(text(at), "a" | "an" | "every" | "each" | "one") {
        at += 1;
    }
    let whole = match text(at) {
        "hundred" => 100.0,
        "thousand" => 1_000.0,
        "million" => 1e6,
        _ => tokens.get(at)?.value?,
    };
    // "in 2023" and "two in one" are no shares.
    let is_share = part < whole && (whole <= 20.0 || whole % 10.0 == 0.0);
    // Twelve digits are more than anybody says, and hide what floating point leaves.
    let percent = (part * 100.0 / whole * 1e9).round() / 1e9;
    is_share.then_some((percent, at + 1))
}

fn rates(tokens: Vec<Token>) -> Vec<Token> {
    let mut named: Vec<Token> = Vec::with_capacity(tokens.len());
    for (at, token) in tokens.iter().enumerate() {
        let unit_next = tokens
            .get(at + 1)
            .is_some_and(|next| lexicon::TIME_UNITS.contains(&next.text.as_str()));
        let rate = lexicon::RATES.iter().find(|(name, _)| token.is(name));
        match rate {
            Some((_, unit)) => {
                named.push(Token {
                    text: "per".to_owned(),
                    ..token.clone()
                });
                named.push(word_after(token, unit));
            }
            None if unit_next && token.any(&["a", "an", "each", "every"]) => named.push(Token {
                text: "per".to_owned(),
                ..token.clone()
            }),
            None => named.push(token.clone()),
        }
    }
    named
}
