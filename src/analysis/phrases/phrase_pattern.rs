//! A phrase, prepared to be searched for: its words as weighted items, and what has to be true of a
//! match. `phrase_matcher` does the search.

use std::ops::Range;

use super::compounds::PhraseWord;
use super::negation::{Negation, negation_at};
use super::pattern_item::Item;
use crate::analysis::language::{Token, lexicon, synonyms, tokens_of_text, verbs};

/// A pattern has at most this many items: a match records which of them it has in the bits of a `u64`.
const MAX_ITEMS: usize = 64;

/// A phrase, ready to be searched for.
#[derive(Debug)]
pub struct PhrasePattern {
    pub(super) items: Vec<Item>,
    /// Sum of the items' weights.
    pub(super) weight: f32,
    /// It begins with "I": only an action of the speaker matches.
    pub(super) is_first_person: bool,
    /// It is an action of the speaker, planned without "I": "take ownership".
    pub(super) is_own_action: bool,
    /// It is an action of others: "adopted my alert".
    pub(super) is_others_action: bool,
    /// It is a sum and nothing else. The words around a match say whether it was won or spent.
    pub(super) is_bare_amount: bool,
    /// Index of the first negated item. `items.len()` if the negation ends the phrase.
    pub(super) negated_item: Option<usize>,
    /// It has a form of "be" before its head.
    pub(super) has_be: bool,
    /// It has a modal verb.
    pub(super) has_modal: bool,
    /// Index of the first content word.
    pub(super) head: usize,
    /// Number of content words.
    pub(super) content_words: usize,
}

impl PhrasePattern {
    /// A pattern for `text`; `None` if it has no content word.
    pub fn new(text: &str) -> Option<Self> {
        Self::from_tokens(tokens_of_text(text), text, 0..0)
    }

    /// All patterns for a planned phrase and its other wordings. Of "take ownership" only an action of
    /// the speaker matches, of "adopted my alert" only an action of others.
    pub fn for_planned_phrase(phrase: &str, other_wordings: &[String]) -> Vec<Self> {
        let tokens = tokens_of_text(phrase);
        let first = tokens.first().map_or("", |token| token.text.as_str());
        let has_my = tokens.iter().any(|token| token.is("my"));
        let is_own_action = verbs::is_base(first) || verbs::is_past(first) && !has_my;
        let is_others_action = verbs::is_past(first) && has_my;
        std::iter::once(phrase)
            .chain(other_wordings.iter().map(String::as_str))
            .flat_map(Self::variants)
            .map(|pattern| Self {
                is_own_action,
                is_others_action,
                ..pattern
            })
            .collect()
    }

    /// Patterns for `text`, and for what it becomes if a synonym of several words replaces one of its
    /// words, or the other way round: "I traced", "I tracked down".
    pub fn variants(text: &str) -> Vec<Self> {
        let tokens = tokens_of_text(text);
        let mut variants: Vec<Self> = Vec::from_iter(Self::from_tokens(tokens.clone(), text, 0..0));
        let stems: Vec<&str> = tokens.iter().map(|t| t.stem.as_str()).collect();
        let with = |at: usize, length: usize, words: &[Token]| {
            let mut replaced = tokens.clone();
            replaced.splice(at..at + length, words.iter().cloned());
            replaced
        };
        for (at, token) in tokens.iter().enumerate() {
            for group in synonyms::groups_of(&token.stem) {
                let synonyms = synonyms::several_words().iter();
                for (_, synonym) in synonyms.filter(|(of, _)| of == group) {
                    let replacement = at..at + synonym.len();
                    variants.extend(Self::from_tokens(with(at, 1, synonym), text, replacement));
                }
            }
        }
        for (group, synonym) in synonyms::several_words() {
            let is_synonym = |window: &[&str]| {
                std::iter::zip(window, synonym).all(|(stem, token)| *stem == token.stem)
            };
            let found = stems.windows(synonym.len()).position(is_synonym);
            if let (Some(at), Some(word)) = (found, synonyms::one_word(*group)) {
                let word = tokens_of_text(word);
                variants.extend(Self::from_tokens(
                    with(at, synonym.len(), &word),
                    text,
                    0..0,
                ));
            }
        }
        variants
    }

    /// A pattern for the tokens of `text`. Those in `replacement` already replace another word, so
    /// their own synonyms do not match.
    fn from_tokens(tokens: Vec<Token>, text: &str, replacement: Range<usize>) -> Option<Self> {
        let is_first_person = tokens.first().is_some_and(|token| token.is("i"));
        let mut items: Vec<Item> = Vec::new();
        let mut negated_item = None;
        let (mut has_be, mut has_modal) = (false, false);
        for (at, token) in tokens.iter().enumerate().skip(usize::from(is_first_person)) {
            if items.len() == MAX_ITEMS {
                break;
            }
            if negation_at(&tokens, at) != Negation::None {
                negated_item = match negated_item {
                    None => Some(items.len()),
                    Some(_) => None,
                };
                if !token.is("nobody") {
                    continue;
                }
                negated_item = Some(items.len());
            }
            // Only what stands before the head is an auxiliary of it.
            let is_before_head = items.iter().all(|item| !item.is_content());
            has_be |= is_before_head && lexicon::BE.contains(&token.text.as_str());
            has_modal |= lexicon::MODALS.contains(&token.text.as_str());
            let previous_stem = items.last().map(|item: &Item| item.stem.clone());
            let mut item = Item::new(token, previous_stem.as_deref(), text);
            item.previous_word = at
                .checked_sub(1)
                .map_or(String::new(), |at| tokens[at].text.clone());
            if replacement.contains(&at) {
                item.groups = &[];
            }
            items.push(item);
        }
        weigh_small_words(&mut items, is_first_person, negated_item.is_some());
        Some(Self {
            head: items.iter().position(Item::is_content)?,
            content_words: items.iter().filter(|item| item.is_content()).count(),
            weight: items.iter().map(|item| item.weight).sum(),
            is_first_person,
            is_own_action: false,
            is_others_action: false,
            is_bare_amount: items.iter().all(|item| {
                item.value.is_some()
                    || lexicon::is_function(&item.text)
                    || lexicon::UNITS.contains(&item.text.as_str())
            }),
            negated_item,
            has_be,
            has_modal,
            items,
        })
    }

    /// Its words in order, for [`Compounds::from_phrases`](super::compounds::Compounds::from_phrases).
    pub fn words(&self) -> Vec<PhraseWord<'_>> {
        self.items
            .iter()
            .map(|item| PhraseWord {
                text: &item.text,
                stem: &item.stem,
                is_content: item.is_content() && item.value.is_none(),
            })
            .collect()
    }
}

/// In a phrase with a single content word, the small words around it distinguish it from others.
fn weigh_small_words(items: &mut [Item], is_first_person: bool, has_negation: bool) {
    let content_words = |items: &[Item]| items.iter().filter(|item| item.is_content()).count();
    if !is_first_person && !has_negation && content_words(items) == 1 {
        let small = items.iter_mut().filter(|item| item.weight < 0.3);
        small
            .filter(|item| !["a", "an", "the"].contains(&item.text.as_str()))
            .for_each(|item| item.weight = 0.3);
    }
    // "I found that" is about noticing, "I found" may be about anything.
    if is_first_person && content_words(items) == 1 {
        let that = items.iter_mut().filter(|item| item.text == "that");
        that.for_each(|item| item.weight = 0.4);
    }
}
