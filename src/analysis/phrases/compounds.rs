//! Words that a recogniser writes together or apart, by the wordings that have them: "web hook" where
//! one has "webhook", and "deadletter" where one has "dead letter".

use std::collections::{HashMap, HashSet};

use super::phrase_matcher::{Part, PhrasePattern};
use crate::analysis::language::{Boundary, Token, stem};

/// What belongs together in some wordings; nothing by default.
#[derive(Debug, Default)]
pub struct Compounds {
    /// Stems of the words that stand for something.
    known: HashSet<String>,
    /// Two neighbours by the stem that they would have as one word.
    compounds: HashMap<String, [(String, String); 2]>,
}

impl Compounds {
    /// Those of `wordings`.
    pub fn of<'a>(wordings: impl Iterator<Item = &'a PhrasePattern>) -> Self {
        let mut joins = Self::default();
        // Wordings of one phrase share most of their words, and stems take time.
        let mut seen: HashSet<(&str, &str)> = HashSet::new();
        for wording in wordings {
            let parts: Vec<Part<'a>> = wording.parts().collect();
            let carrying = parts.iter().filter(|part| part.carries);
            joins
                .known
                .extend(carrying.map(|part| part.stem.to_owned()));
            for pair in parts.windows(2) {
                if seen.insert((pair[0].text, pair[1].text)) {
                    let joined = stem(&format!("{}{}", pair[0].text, pair[1].text));
                    let owned = |part: Part| (part.text.to_owned(), part.stem.to_owned());
                    joins
                        .compounds
                        .insert(joined, [owned(pair[0]), owned(pair[1])]);
                }
            }
        }
        joins
    }

    /// Tokens as the wordings would have them.
    pub fn read(&self, tokens: Vec<Token>) -> Vec<Token> {
        if self.known.is_empty() && self.compounds.is_empty() {
            return tokens;
        }
        let mut read: Vec<Token> = Vec::with_capacity(tokens.len());
        for token in tokens {
            if let Some(both) = self.compounds.get(&token.stem) {
                read.extend(both.iter().map(|(text, stem)| Token {
                    text: text.clone(),
                    stem: stem.clone(),
                    ..token.clone()
                }));
                continue;
            }
            if let Some(last) = read.last_mut()
                && token.break_before == Boundary::None
                && last.value.is_none()
                && token.value.is_none()
                && !(self.known.contains(&last.stem) && self.known.contains(&token.stem))
            {
                let text = format!("{}{}", last.text, token.text);
                let joined = stem(&text);
                if self.known.contains(&joined) {
                    last.text = text;
                    last.stem = joined;
                    last.last = token.last;
                    continue;
                }
            }
            read.push(token);
        }
        read
    }
}
