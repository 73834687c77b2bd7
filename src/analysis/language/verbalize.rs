//! Turns written words into spoken ones: `0.3%` into "zero point three percent", `$8,000` into "eight
//! thousand dollars", `SDE2` into "sde two". Recognizers write numbers in different ways, so words have
//! to be counted and compared in their spoken form.

use crate::domain::transcript::plain;

/// The number words from zero to nineteen.
pub const UNITS: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
/// The tens from twenty.
pub const TENS: [&str; 8] = [
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];
const SCALES: [(u64, &str); 4] = [
    (1_000_000_000, "billion"),
    (1_000_000, "million"),
    (1_000, "thousand"),
    (100, "hundred"),
];

/// The spoken words of a text in lower case, without punctuation. Hyphens separate words.
pub fn spoken_words(text: &str) -> Vec<String> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '-' | '/' | '\u{2013}' | '\u{2014}'))
        .flat_map(spoken_word)
        .collect()
}

fn spoken_word(word: &str) -> Vec<String> {
    let word = plain(word);
    if !word.contains(|c: char| c.is_ascii_digit()) {
        // A separate sign, as in "0.3 %".
        return match word.as_str() {
            "%" => vec!["percent".to_owned()],
            "$" => vec!["dollars".to_owned()],
            _ => Vec::from_iter(Some(word).filter(|w| w.contains(char::is_alphanumeric))),
        };
    }
    let has_dollar_sign = word.starts_with('$');
    let mut spoken = Vec::new();
    for run in runs(word.trim_start_matches('$')) {
        match run {
            Run::Number(digits) => spoken.extend(number(&digits)),
            Run::Other(text) => spoken.extend(unit(&text)),
        }
    }
    if has_dollar_sign {
        spoken.push("dollars".to_owned());
    }
    spoken
}

enum Run {
    Number(String),
    Other(String),
}

/// Splits `300ms` into 300 and ms. Drops commas inside a number and keeps the point.
fn runs(word: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let chars: Vec<char> = word.chars().collect();
    for (i, c) in chars.iter().enumerate() {
        let between_digits = i > 0
            && chars[i - 1].is_ascii_digit()
            && chars.get(i + 1).is_some_and(char::is_ascii_digit);
        let in_number = c.is_ascii_digit()
            || (*c == ',' && between_digits)
            || (*c == '.' && chars.get(i + 1).is_some_and(char::is_ascii_digit));
        match (in_number, runs.last_mut()) {
            (true, Some(Run::Number(digits))) if *c != ',' => digits.push(*c),
            (true, Some(Run::Number(_))) => {}
            (true, _) => runs.push(Run::Number(c.to_string())),
            (false, Some(Run::Other(text))) => text.push(*c),
            (false, _) => runs.push(Run::Other(c.to_string())),
        }
    }
    runs
}

fn unit(text: &str) -> Option<String> {
    let text = match text {
        "%" => "percent",
        "k" => "thousand",
        other => other.trim_matches(|c: char| !c.is_alphanumeric()),
    };
    (!text.is_empty()).then(|| text.to_owned())
}

/// `0.3` to "zero point three". A very long number is spoken digit by digit.
fn number(digits: &str) -> Vec<String> {
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let mut words = match whole.parse::<u64>() {
        Ok(value) if whole.len() <= 12 => cardinal(value),
        _ => each_digit(whole),
    };
    if let Some(fraction) = fraction {
        words.push("point".to_owned());
        words.extend(each_digit(fraction));
    }
    words
}

fn each_digit(digits: &str) -> Vec<String> {
    digits
        .chars()
        .filter_map(|c| Some(UNITS[c.to_digit(10)? as usize].to_owned()))
        .collect()
}

fn cardinal(value: u64) -> Vec<String> {
    if value < 20 {
        return vec![UNITS[value as usize].to_owned()];
    }
    if value < 100 {
        let mut words = vec![TENS[(value / 10) as usize - 2].to_owned()];
        if !value.is_multiple_of(10) {
            words.extend(cardinal(value % 10));
        }
        return words;
    }
    let (size, name) = SCALES
        .into_iter()
        .find(|(size, _)| value >= *size)
        .unwrap_or((100, "hundred"));
    let mut words = cardinal(value / size);
    words.push(name.to_owned());
    if !value.is_multiple_of(size) {
        words.extend(cardinal(value % size));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_words() {
        for (written, expected) in [
            ("0.3%", "zero point three percent"),
            (".3 %", "point three percent"),
            ("$8,000 per week", "eight thousand dollars per week"),
            ("8K", "eight thousand"),
            ("SDE2,", "sde two"),
            ("2-3 weeks", "two three weeks"),
            ("ready-to-merge PR.", "ready to merge pr"),
            ("312", "three hundred twelve"),
            ("1,250,000", "one million two hundred fifty thousand"),
            ("300ms", "three hundred ms"),
            ("team\u{2019}s \u{2014} fine", "team's fine"),
            ("...", ""),
            (
                "99999999999999999999.",
                "nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine",
            ),
        ] {
            assert_eq!(spoken_words(written).join(" "), expected, "{written}");
        }
    }
}
