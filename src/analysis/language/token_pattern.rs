//! A small pattern language over tokens. `things|situation get|become better` finds "things slowly got
//! better". Words compare by stem, `|` separates alternatives, and `#` is any number. Small words may
//! stand in between; `..` allows a gap of up to six words of any kind.

use super::lexicon;
use super::token::{Boundary, Token};
use super::tokenizer::tokens_of_text;
use super::verbs::stem;

/// Up to this many words of any kind may stand at a `..`.
const GAP_WORDS: usize = 6;
/// Up to this many small words may stand between any two words.
const SMALL_WORDS_BETWEEN: usize = 3;

/// A pattern, ready to be searched for.
pub struct TokenPattern {
    slots: Vec<Slot>,
}

enum Slot {
    /// Any of these stems.
    Any(Vec<String>),
    /// Any number.
    Number,
    /// A gap.
    Gap,
}

impl TokenPattern {
    /// Parses a pattern.
    pub fn new(text: &str) -> Self {
        let slot = |word: &str| match word {
            ".." => Slot::Gap,
            "#" => Slot::Number,
            choice => Slot::Any(choice.split('|').map(stem_of).collect()),
        };
        Self {
            slots: text.split(' ').map(slot).collect(),
        }
    }

    /// Whether the pattern itself negates: "never seen anything like".
    pub fn negates(&self) -> bool {
        let denies = |stem: &String| lexicon::DENIALS.contains(&stem.as_str());
        self.slots
            .iter()
            .any(|slot| matches!(slot, Slot::Any(stems) if stems.iter().any(denies)))
    }

    /// First and last token of every match, at most one for each first token.
    pub fn find_all(&self, tokens: &[Token]) -> Vec<(usize, usize)> {
        (0..tokens.len())
            .filter(|at| {
                self.slots
                    .first()
                    .is_some_and(|slot| slot.matches(&tokens[*at]))
            })
            .filter_map(|at| Some((at, end_of_match(&self.slots[1..], tokens, at)?)))
            .collect()
    }
}

/// The last token of a match, if `slots` match after the token `last`.
fn end_of_match(slots: &[Slot], tokens: &[Token], last: usize) -> Option<usize> {
    let (reach, any_word, slots) = match slots {
        [] => return Some(last),
        [Slot::Gap, slots @ ..] => (GAP_WORDS, true, slots),
        slots => (SMALL_WORDS_BETWEEN, false, slots),
    };
    let slot = slots.first()?;
    for at in last + 1..tokens.len().min(last + 2 + reach) {
        let token = &tokens[at];
        if token.break_before == Boundary::Sentence {
            return None;
        }
        if slot.matches(token)
            && let Some(end) = end_of_match(&slots[1..], tokens, at)
        {
            return Some(end);
        }
        let can_skip = any_word
            || lexicon::is_adverb(&token.text)
            || SMALL_WORDS.contains(&token.text.as_str());
        if !can_skip || token.any(&["i", "we"]) {
            return None;
        }
    }
    None
}

impl Slot {
    fn matches(&self, token: &Token) -> bool {
        match self {
            Slot::Any(stems) => stems.contains(&token.stem),
            Slot::Number => token.value.is_some(),
            Slot::Gap => false,
        }
    }
}

fn stem_of(word: &str) -> String {
    // Tokenized as a text is, so that contractions and numbers agree.
    match tokens_of_text(word).as_slice() {
        [token] => token.stem.clone(),
        _ => stem(word),
    }
}

/// Small words that may stand between two words of a pattern.
const SMALL_WORDS: [&str; 36] = [
    "other", "own", "a", "an", "the", "my", "our", "their", "his", "her", "its", "this", "that",
    "these", "all", "of", "it", "them", "me", "us", "to", "is", "are", "was", "were", "be", "been",
    "being", "has", "have", "had", "did", "in", "some", "whole", "two",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_what_means_the_same() {
        for (pattern, text, expected) in [
            (
                "things|situation get|become better",
                "so things slowly got better",
                Some((1, 4)),
            ),
            ("things get better", "things broke. It got better", None),
            (
                "save .. # hours|days",
                "It saved us about three hours a week",
                Some((1, 5)),
            ),
            ("from # to #", "from 0.4% to 1.6%", None),
            ("from # percent to #", "from 0.4% to 1.6%", Some((0, 4))),
        ] {
            let tokens = tokens_of_text(text);
            let found = TokenPattern::new(pattern).find_all(&tokens);
            assert_eq!(found.first().copied(), expected, "{pattern}: {text}");
        }
    }
}
