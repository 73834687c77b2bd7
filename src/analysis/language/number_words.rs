//! Numbers in spoken words: "zero point three per cent" becomes 0.3 and "percent".

use super::lexicon;
use super::token::{Boundary, Token};
use super::verbalize::{TENS, UNITS};

/// Joins the words of each number into one token with its value. Turns shares ("three in a thousand")
/// into percent, and rates ("a week", "each week", "weekly") into "per week".
pub fn join(raw: Vec<Token>) -> Vec<Token> {
    normalize_rates(normalize_shares(join_numbers(raw)))
}

fn join_numbers(raw: Vec<Token>) -> Vec<Token> {
    let mut joined: Vec<Token> = Vec::with_capacity(raw.len());
    let mut at = 0;
    while at < raw.len() {
        let Some((value, length)) = number_at(&raw[at..]) else {
            joined.push(raw[at].clone());
            at += 1;
            continue;
        };
        // The "a thousand" of "three in a thousand" is a rate.
        if raw[at].is("a") && at > 0 && raw[at - 1].any(&["in", "every"]) {
            joined.push(raw[at].clone());
            at += 1;
            continue;
        }
        let run = &raw[at..at + length];
        // "one" is a pronoun more often than a number, so it needs a unit after it.
        let unit_follows = raw
            .get(at + length)
            .is_some_and(|next| lexicon::UNITS.contains(&next.text.as_str()));
        if length == 1 && run[0].is("one") && !unit_follows {
            joined.push(raw[at].clone());
            at += 1;
            continue;
        }
        let texts: Vec<&str> = run.iter().map(|token| token.text.as_str()).collect();
        let is_grand = run[length - 1].is("grand");
        let number = Token {
            text: texts.join(" "),
            value: Some(value),
            last: run[length - 1].last,
            ..run[0].clone()
        };
        joined.push(number.clone());
        if is_grand {
            joined.push(word_after(&number, "dollars"));
        }
        at += length;
        // All currencies are dollars: "£8" and "eight pounds" agree.
        if let Some(unit) = raw.get(at).filter(|next| next.any(&CURRENCIES)) {
            joined.push(Token {
                text: "dollars".to_owned(),
                ..unit.clone()
            });
            at += 1;
        }
    }
    joined
}

const CURRENCIES: [&str; 8] = [
    "dollar", "dollars", "pound", "pounds", "euro", "euros", "quid", "bucks",
];

/// A token for a word that `token` implies, right after it.
fn word_after(token: &Token, text: &str) -> Token {
    Token {
        text: text.to_owned(),
        value: None,
        first: token.last,
        break_before: Boundary::None,
        ..token.clone()
    }
}

/// The number at the beginning of `raw`, and how many tokens it has.
fn number_at(raw: &[Token]) -> Option<(f64, usize)> {
    let clause_len = raw
        .iter()
        .skip(1)
        .position(|token| token.break_before != Boundary::None)
        .map_or(raw.len(), |at| at + 1);
    let raw = &raw[..clause_len];
    let (mut total, mut group, mut at) = (0.0, None::<f64>, 0);
    // "a hundred and fifty"
    if raw.len() > 1 && raw[0].is("a") && scale(&raw[1].text).is_some() && !raw[1].is("grand") {
        (group, at) = (Some(1.0), 1);
    }
    while let Some(token) = raw.get(at) {
        let text = token.text.as_str();
        match (below_hundred(text), scale(text), group) {
            // "two three weeks" has two numbers, "twenty three" is one.
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
                // "eight thousand three hundred" continues, "eight thousand" ends.
                if raw
                    .get(at)
                    .and_then(|next| below_hundred(&next.text))
                    .is_none()
                {
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
                        .is_some_and(|next| below_hundred(&next.text).is_some()) => {}
            _ => break,
        }
        at += 1;
    }
    let has_point = raw.get(at).is_some_and(|token| token.is("point"));
    let digits: Vec<u32> = raw
        .iter()
        .skip(at + 1)
        .take_while(|_| has_point)
        .map_while(|token| {
            below_hundred(&token.text)
                .filter(|n| *n < 10.0)
                .map(|n| n as u32)
        })
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

/// The value of a number word below one hundred.
fn below_hundred(text: &str) -> Option<f64> {
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

/// Turns "three in a thousand", "three out of four" and "three quarters" into percent.
fn normalize_shares(tokens: Vec<Token>) -> Vec<Token> {
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

/// The share in percent at the beginning of `tokens`, and how many tokens it has.
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
    // "two in 2023" and "two in one" are not shares.
    let is_share = part < whole && (whole <= 20.0 || whole % 10.0 == 0.0);
    // Hides rounding errors: nobody says that many digits.
    let percent = (part * 100.0 / whole * 1e9).round() / 1e9;
    is_share.then_some((percent, at + 1))
}

/// Turns "weekly", "a week" and "each week" into "per week".
fn normalize_rates(tokens: Vec<Token>) -> Vec<Token> {
    let mut normalized: Vec<Token> = Vec::with_capacity(tokens.len());
    for (at, token) in tokens.iter().enumerate() {
        let unit_next = tokens
            .get(at + 1)
            .is_some_and(|next| lexicon::TIME_UNITS.contains(&next.text.as_str()));
        let rate = lexicon::RATES.iter().find(|(name, _)| token.is(name));
        match rate {
            Some((_, unit)) => {
                normalized.push(Token {
                    text: "per".to_owned(),
                    ..token.clone()
                });
                normalized.push(word_after(token, unit));
            }
            None if unit_next && token.any(&["a", "an", "each", "every"]) => {
                normalized.push(Token {
                    text: "per".to_owned(),
                    ..token.clone()
                })
            }
            None => normalized.push(token.clone()),
        }
    }
    normalized
}
