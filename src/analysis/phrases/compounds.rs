//! Compound words that a recognizer splits or joins: "web hook" for "webhook", "deadletter" for "dead
//! letter". The phrases to look for decide which spelling is right.

use std::collections::{HashMap, HashSet};

use crate::analysis::language::{Boundary, Token, stem};

/// One word of a phrase. It may be half of a compound.
#[derive(Debug, Clone, Copy)]
pub struct PhraseWord<'a> {
    /// The word as written.
    pub text: &'a str,
    /// Its stem.
    pub stem: &'a str,
    /// Whether it is a content word and not a number.
    pub is_content: bool,
}

/// The compounds of some phrases. The default has none.
#[derive(Debug, Default)]
pub struct Compounds {
    /// Stems of the content words.
    content_stems: HashSet<String>,
    /// Text and stem of two neighboring words, by the stem of both joined.
    pairs: HashMap<String, [(String, String); 2]>,
}

impl Compounds {
    /// Collects the compounds of `phrases`, each given as its words in order.
    pub fn from_phrases<'a>(phrases: impl Iterator<Item = Vec<PhraseWord<'a>>>) -> Self {
        let mut compounds = Self::default();
        // Variants of one phrase share most of their words, and stemming is slow.
        let mut seen: HashSet<(&str, &str)> = HashSet::new();
        for words in phrases {
            let content = words.iter().filter(|word| word.is_content);
            compounds
                .content_stems
                .extend(content.map(|word| word.stem.to_owned()));
            for pair in words.windows(2) {
                if seen.insert((pair[0].text, pair[1].text)) {
                    let joined = stem(&format!("{}{}", pair[0].text, pair[1].text));
                    let owned = |word: PhraseWord| (word.text.to_owned(), word.stem.to_owned());
                    compounds
                        .pairs
                        .insert(joined, [owned(pair[0]), owned(pair[1])]);
                }
            }
        }
        compounds
    }

    /// Splits and joins tokens so that they match the spelling of the phrases.
    pub fn normalize(&self, tokens: Vec<Token>) -> Vec<Token> {
        if self.content_stems.is_empty() && self.pairs.is_empty() {
            return tokens;
        }
        let mut normalized: Vec<Token> = Vec::with_capacity(tokens.len());
        for token in tokens {
            if let Some(both) = self.pairs.get(&token.stem) {
                normalized.extend(both.iter().map(|(text, stem)| Token {
                    text: text.clone(),
                    stem: stem.clone(),
                    ..token.clone()
                }));
                continue;
            }
            if let Some(last) = normalized.last_mut()
                && token.break_before == Boundary::None
                && last.value.is_none()
                && token.value.is_none()
                && !(self.content_stems.contains(&last.stem)
                    && self.content_stems.contains(&token.stem))
            {
                let text = format!("{}{}", last.text, token.text);
                let joined = stem(&text);
                if self.content_stems.contains(&joined) {
                    last.text = text;
                    last.stem = joined;
                    last.last = token.last;
                    continue;
                }
            }
            normalized.push(token);
        }
        normalized
    }
}
