//! Phrases that were said word for word. Accents, spelling variants, contractions, hyphens and the way in
//! which numbers are written make no difference, and neither does who did what it says.

use crate::analysis::language::{Token, lexicon, spelling};

/// The words of a phrase.
#[derive(Debug)]
pub(super) struct VerbatimPhrase {
    /// All letters, without spaces: "check-in" and "checkin" are the same.
    letters: String,
    /// Whether it begins with a negation, so that it does not matter if one stands before it.
    is_negative: bool,
}

impl VerbatimPhrase {
    /// The phrase with these tokens. "I wrote" is too short to be anything but a rule: the words around
    /// it tell what it is about.
    pub(super) fn new(tokens: &[Token]) -> Self {
        let is_negation = |token: &Token| lexicon::DENIALS.contains(&token.text.as_str());
        let is_too_short = tokens.len() < 3 && tokens.first().is_some_and(|token| token.is("i"));
        Self {
            letters: match is_too_short {
                true => String::new(),
                false => tokens.iter().map(letters).collect(),
            },
            is_negative: tokens.first().is_some_and(is_negation),
        }
    }

    /// First and last word of each place where it was said.
    pub(super) fn find_all(&self, spoken: &SpokenWords) -> Vec<(usize, usize)> {
        let SpokenWords { tokens, letters } = spoken;
        if self.letters.is_empty() {
            return Vec::new();
        }
        (0..tokens.len())
            .filter_map(|first| Some((first, self.last_token(first, letters)?)))
            .filter(|(first, _)| self.is_negative || !is_negated(tokens, *first))
            .map(|(first, last)| (tokens[first].first, tokens[last].last))
            .collect()
    }

    /// The last token of the phrase, if it begins at `first`.
    fn last_token(&self, first: usize, spoken: &[String]) -> Option<usize> {
        let mut rest = self.letters.as_str();
        for (at, letters) in spoken.iter().enumerate().skip(first) {
            rest = rest.strip_prefix(letters.as_str())?;
            if rest.is_empty() {
                return Some(at);
            }
        }
        None
    }
}

/// The words of an answer, ready to be compared.
pub(super) struct SpokenWords {
    tokens: Vec<Token>,
    letters: Vec<String>,
}

impl SpokenWords {
    /// The words of an answer with these tokens.
    pub(super) fn new(tokens: &[Token]) -> Self {
        Self {
            letters: tokens.iter().map(letters).collect(),
            tokens: tokens.to_vec(),
        }
    }
}

/// The letters of a token that identify it whatever its spelling.
fn letters(token: &Token) -> String {
    match (token.value, token.text.as_str()) {
        (Some(value), _) => format!("#{value}"),
        // "He's" and "he'd" do not say which word they stand for.
        (_, "has") => "is".to_owned(),
        (_, "would") => "had".to_owned(),
        (_, text) => spelling::american(text),
    }
}

/// Whether a negation stands right before `first`, or before its auxiliaries: "did not really".
fn is_negated(tokens: &[Token], first: usize) -> bool {
    const BETWEEN: [&str; 14] = [
        "to", "have", "had", "be", "been", "able", "want", "wanted", "even", "ever", "really", "a",
        "an", "the",
    ];
    let before = tokens[..first].iter().rev();
    before
        .take_while(|token| token.value.is_none())
        .find(|token| !token.any(&BETWEEN))
        .is_some_and(|token| lexicon::DENIALS.contains(&token.text.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::language::tokens_of_text;

    fn is_found(phrase: &str, text: &str) -> bool {
        let spoken = SpokenWords::new(&tokens_of_text(text));
        let phrase = VerbatimPhrase::new(&tokens_of_text(phrase));
        !phrase.find_all(&spoken).is_empty()
    }

    #[test]
    fn spelling_and_number_formats_make_no_difference() {
        for (phrase, text) in [
            ("labelled 30% of it", "So I labeled thirty per cent of it."),
            ("£1.2m saved", "one point two million pounds saved"),
            (
                "a 15-minute café check-in",
                "it was a fifteen minute cafe checkin",
            ),
            ("it's held since", "it has held since"),
            (
                "the patient\u{2019}s drain",
                "Nurse: \"the patient's drain\"",
            ),
            ("150 letters", "a hundred and fifty letters, um, by hand"),
            (
                "cancelled two programmes",
                "they, er, canceled two programs",
            ),
            (
                "fed the horses twice",
                "if my cousin had fed the horses twice",
            ),
        ] {
            assert!(is_found(phrase, text), "{phrase}: {text}");
        }
    }

    #[test]
    fn other_words_and_negations_are_not_verbatim() {
        for (phrase, text) in [
            ("fed the horses", "I have never fed the horses"),
            ("stay quiet", "we weren't able to stay quiet"),
            ("fed 12 horses", "fed 21 horses"),
            ("a red door", "a red doorbell"),
            ("", "anything"),
        ] {
            assert!(!is_found(phrase, text), "{phrase}: {text}");
        }
    }
}
