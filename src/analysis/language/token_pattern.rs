//! Shapes of speech that mean something in any story, written as words: `things|situation
//! get|become better` finds "things slowly got better". Words compare by stem, `|` gives a choice,
//! little words may stand between, and `..` lets up to six of any kind do so.

use crate::analysis::language::lexicon;
use crate::analysis::language::{Boundary, Token, stem, tokens_of_text};

/// A shape, ready to be looked for.
pub struct TokenPattern {
    slots: Vec<Slot>,
}

enum Slot {
    /// Stems, any of which will do.
    Any(Vec<String>),
    /// A number.
    Number,
    /// A gap of up to six words.
    Gap,
}

impl TokenPattern {
    /// Reads a shape; `#` stands for a number.
    pub fn new(text: &str) -> Self {
        let slot = |word: &str| match word {
            ".." => Slot::Gap,
            "#" => Slot::Number,
            choice => Slot::Any(choice.split('|').map(one_stem).collect()),
        };
        Self {
            slots: text.split(' ').map(slot).collect(),
        }
    }

    /// First and last token of every place it fits, at most one for each first token.
    pub fn find_all(&self, tokens: &[Token]) -> Vec<(usize, usize)> {
        (0..tokens.len())
            .filter(|at| {
                self.slots
                    .first()
                    .is_some_and(|slot| slot.fits(&tokens[*at]))
            })
            .filter_map(|at| Some((at, rest(&self.slots[1..], tokens, at)?)))
            .collect()
    }
}

/// The last token where the rest of a shape fits after `last`.
fn rest(slots: &[Slot], tokens: &[Token], last: usize) -> Option<usize> {
    let (reach, any, slots) = match slots {
        [] => return Some(last),
        [Slot::Gap, slots @ ..] => (6, true, slots),
        slots => (3, false, slots),
    };
    let slot = slots.first()?;
    for at in last + 1..tokens.len().min(last + 2 + reach) {
        let token = &tokens[at];
        if token.break_before == Boundary::Sentence {
            return None;
        }
        if slot.fits(token)
            && let Some(end) = rest(&slots[1..], tokens, at)
        {
            return Some(end);
        }
        let passes =
            any || lexicon::is_adverb(&token.text) || PASSABLE.contains(&token.text.as_str());
        if !passes || token.any(&["i", "we"]) {
            return None;
        }
    }
    None
}

impl Slot {
    fn fits(&self, token: &Token) -> bool {
        match self {
            Slot::Any(stems) => stems.contains(&token.stem),
            Slot::Number => token.value.is_some(),
            Slot::Gap => false,
        }
    }
}

fn one_stem(word: &str) -> String {
    // As the text itself is read, so that contractions and numbers agree.
    match tokens_of_text(word).as_slice() {
        [token] => token.stem.clone(),
        _ => stem(word),
    }
}

const PASSABLE: [&str; 36] = [
    "other", "own", "a", "an", "the", "my", "our", "their", "his", "her", "its", "this", "that",
    "these", "all", "of", "it", "them", "me", "us", "to", "is", "are", "was", "were", "be", "been",
    "being", "has", "have", "had", "did", "in", "some", "whole", "two",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_fit_what_means_the_same() {
        for (shape, said, expected) in [
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
            let tokens = tokens_of_text(said);
            let found = TokenPattern::new(shape).find_all(&tokens);
            assert_eq!(found.first().copied(), expected, "{shape}: {said}");
        }
    }
}
