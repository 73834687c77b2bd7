//! Splits texts and transcripts into tokens.

use super::token::{Boundary, Token};
use super::verbalize::spoken_words;
use super::verbs::stem;
use super::{lexicon, number_words, verbs};
use crate::domain::text_folding::plain_letters;
use crate::domain::transcript::Transcript;

/// The tokens of a transcript, without hesitation sounds such as "um".
pub fn tokens(transcript: &Transcript) -> Vec<Token> {
    let texts = transcript.words.iter().map(|word| word.text.as_str());
    tokens_of(texts)
}

/// The tokens of a text. Their word indices count its words.
pub fn tokens_of_text(text: &str) -> Vec<Token> {
    tokens_of(text.split_whitespace())
}

fn tokens_of<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<Token> {
    let mut raw: Vec<Token> = Vec::new();
    let mut pending = Boundary::Sentence;
    for (index, text) in texts.enumerate() {
        let text = &*plain_letters(text);
        // Recognizers end sentences too early: a lower-case "and" continues the sentence.
        let before = match pending {
            Boundary::Sentence if index > 0 && matches!(text, "and" | "but" | "or" | "because") => {
                Boundary::Clause
            }
            pending => pending,
        };
        pending = boundary_after(text);
        let mut parts = split_word(text);
        if parts.iter().all(|part| lexicon::is_hesitation(part)) {
            // Drop the commas around an "um", but not the end of a sentence.
            pending = match (before.max(pending), before.min(pending)) {
                (Boundary::Sentence, _) => Boundary::Sentence,
                (_, Boundary::None) => Boundary::None,
                _ if parts.is_empty() => Boundary::Clause,
                _ => Boundary::None,
            };
            continue;
        }
        parts.retain(|part| !lexicon::is_hesitation(part));
        for (at, part) in parts.into_iter().enumerate() {
            raw.push(Token {
                stem: String::new(),
                value: None,
                first: index,
                last: index,
                break_before: if at == 0 { before } else { Boundary::None },
                text: part,
            });
        }
    }
    let raw = join_nobody(join_spelled_letters(raw));
    let mut tokens = number_words::join(raw);
    for at in 0..tokens.len() {
        if tokens[at].is("'d") {
            // "I'd traced" is "I had traced", "I'd trace" is "I would trace".
            let past = tokens
                .get(at + 1)
                .is_some_and(|next| verbs::is_past(&next.text) || next.any(&["been", "never"]));
            tokens[at].text = if past { "had" } else { "would" }.to_owned();
        }
        tokens[at].stem = match tokens[at].value {
            Some(value) => format!("#{value}"),
            None => stem(&tokens[at].text),
        };
    }
    tokens
}

fn boundary_after(text: &str) -> Boundary {
    let text = text.trim_end_matches(['"', '\'', ')', '\u{201d}', '\u{2019}']);
    if text.ends_with(['.', '?', '!', '\u{2026}']) && !is_abbreviation(text) {
        Boundary::Sentence
    } else if text.ends_with([',', ';', ':', '\u{2014}', '\u{2013}', '-', '(']) {
        Boundary::Clause
    } else {
        Boundary::None
    }
}

/// `e.g.` does not end a sentence. `S.L.O.` may, but is assumed not to.
fn is_abbreviation(text: &str) -> bool {
    let inner = text.trim_end_matches('.');
    inner.contains('.') && inner.split('.').all(|part| part.len() <= 1)
}

/// Splits a written word into words: `wasn't` into "was not". `S.L.O.` becomes "slo".
fn split_word(text: &str) -> Vec<String> {
    let trimmed = text.trim_matches(|c: char| !c.is_alphanumeric());
    let letters: Vec<&str> = trimmed.split('.').collect();
    if letters.len() > 1
        && letters
            .iter()
            .all(|l| l.len() == 1 && l.as_bytes()[0].is_ascii_alphabetic())
    {
        return vec![letters.concat().to_lowercase()];
    }
    let text = match text.contains(['€', '£', '$']) && text.contains(|c: char| c.is_ascii_digit())
    {
        true => spoken_amount(text),
        false => text.replace('&', " and "),
    };
    let spoken = spoken_words(&text);
    spoken
        .iter()
        .flat_map(|word| expand_contraction(word))
        .collect()
}

/// `£1.2m` to "1.2 million dollars". All currencies are dollars, so that "£8" and "eight pounds" agree.
fn spoken_amount(text: &str) -> String {
    let amount = text.replace(['€', '£', '$'], "").to_lowercase();
    let amount = amount.trim_matches(|c: char| !c.is_alphanumeric() && c != '.');
    let units = [
        ("bn", "billion"),
        ("mn", "million"),
        ("m", "million"),
        ("b", "billion"),
    ];
    let unit = units.iter().find_map(|(short, long)| {
        let number = amount.strip_suffix(short)?;
        number
            .ends_with(|c: char| c.is_ascii_digit())
            .then_some((number, *long))
    });
    match unit {
        Some((number, unit)) => format!("{number} {unit} dollars"),
        None => format!("{amount} dollars"),
    }
}

/// `i've` to "i have"; drops a possessive.
fn expand_contraction(word: &str) -> Vec<String> {
    let pair = |a: &str, b: &str| vec![a.to_owned(), b.to_owned()];
    if let Some((_, parts)) = lexicon::CONTRACTIONS
        .iter()
        .find(|(short, _)| *short == word)
    {
        return parts.split(' ').map(str::to_owned).collect();
    }
    if let Some(verb) = word.strip_suffix("n't") {
        return pair(verb, "not");
    }
    for (suffix, full) in [
        ("'m", "am"),
        ("'re", "are"),
        ("'ve", "have"),
        ("'ll", "will"),
        ("'d", "'d"),
    ] {
        if let Some(subject) = word.strip_suffix(suffix) {
            return pair(subject, full);
        }
    }
    match word.strip_suffix("'s") {
        Some(subject) if lexicon::TAKES_IS.contains(&subject) => pair(subject, "is"),
        Some(owner) => vec![owner.to_owned()],
        None => vec![word.trim_end_matches('\'').to_owned()],
    }
}

/// Joins letters that are spelled out into an abbreviation: `S L O`, `p r`.
fn join_spelled_letters(raw: Vec<Token>) -> Vec<Token> {
    let is_letter =
        |token: &Token| token.text.len() == 1 && token.text.bytes().all(|b| b.is_ascii_lowercase());
    let mut joined: Vec<Token> = Vec::new();
    let mut run = 0;
    for token in raw {
        let continues = is_letter(&token) && token.break_before == Boundary::None && run > 0;
        match joined.last_mut() {
            // "a" and "i" are words, so no abbreviation begins with them.
            Some(last) if continues => {
                last.text.push_str(&token.text);
                last.last = token.last;
                run += 1;
            }
            _ => {
                run = usize::from(is_letter(&token) && !token.any(&["a", "i"]));
                joined.push(token);
            }
        }
    }
    joined
}

/// Joins "no one" and "not a soul" to "nobody".
fn join_nobody(raw: Vec<Token>) -> Vec<Token> {
    let mut joined: Vec<Token> = Vec::with_capacity(raw.len());
    for token in raw {
        // "not a soul", "not a single person"
        if token.any(&["soul", "person"]) && ends_in_not_a(&joined) {
            let from = joined.iter().rposition(|t| t.is("not")).unwrap_or(0);
            joined.truncate(from + 1);
            if let Some(not) = joined.last_mut() {
                not.text = "nobody".to_owned();
                not.last = token.last;
            }
            continue;
        }
        match joined.last_mut() {
            Some(last) if last.is("no") && token.is("one") => {
                last.text = "nobody".to_owned();
                last.last = token.last;
            }
            _ => joined.push(token),
        }
    }
    joined
}

fn ends_in_not_a(tokens: &[Token]) -> bool {
    match tokens {
        [.., not, a, single] if single.is("single") => not.is("not") && a.is("a"),
        [.., not, a] => not.is("not") && a.any(&["a", "one"]),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(text: &str) -> String {
        let tokens = tokens_of_text(text);
        let texts: Vec<String> = tokens
            .iter()
            .map(|t| match t.value {
                Some(value) => format!("#{value}"),
                None => t.text.clone(),
            })
            .collect();
        texts.join(" ")
    }

    #[test]
    fn different_wordings_give_the_same_tokens() {
        for (text, expected) in [
            ("It wasn't, um, my team's S.L.O.", "it was not my team slo"),
            (
                "I'd traced it and I'd trace it",
                "i had traced it and i would trace it",
            ),
            ("0.3 % of it", "#0.3 percent of it"),
            ("zero point three per cent", "#0.3 percent"),
            ("point three percent", "#0.3 percent"),
            ("$8,000 a week", "#8000 dollars per week"),
            ("£31,000, say", "#31000 dollars say"),
            ("thirty-one thousand pounds, say", "#31000 dollars say"),
            (
                "€1.2m or 1.2 million euros",
                "#1200000 dollars or #1200000 dollars",
            ),
            ("a hundred and fifty thousand", "#150000"),
            ("a thousand times", "#1000 times"),
            ("café & bar", "cafe and bar"),
            ("cafe\u{301}, \u{fb01}rst", "cafe first"),
            ("１２．５％ of it", "#12.5 percent of it"),
            ("it wasn\u{2bc}t re\u{2011}run", "it was not re run"),
            ("eight grand weekly", "#8000 dollars per week"),
            ("8K every week", "#8000 per week"),
            ("eight thousand dollars each week", "#8000 dollars per week"),
            ("three in a thousand", "#0.3 percent"),
            (
                "about three in every thousand payments",
                "about #0.3 percent payments",
            ),
            ("three quarters of them", "#75 percent of them"),
            ("three webhooks in a thousand", "#0.3 percent"),
            ("three hundred and twelve customers", "#312 customers"),
            ("no one's asked, nobody did", "nobody is asked nobody did"),
            ("the S L A was a p r", "the sla was a pr"),
            ("2-3 weeks", "#2 #3 weeks"),
            ("one of them", "one of them"),
        ] {
            assert_eq!(joined(text), expected, "{text}");
        }
    }
}
