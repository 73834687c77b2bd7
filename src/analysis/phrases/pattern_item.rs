//! One word of a phrase pattern: how much it weighs, and which tokens of an answer may stand for it.

use std::sync::OnceLock;

use super::negation;
use super::token_index::{LONG_WORD, TokenIndex, sound};
use crate::analysis::language::{Token, lexicon, synonyms};

/// From this weight on, a word is a content word.
pub(super) const CONTENT_WEIGHT: f32 = 0.7;

/// How certain it is that a token stands for a word: the same stem, a synonym, or a word that a
/// recognizer may have confused with it.
const SAME: f32 = 1.0;
const SYNONYM: f32 = 0.92;
const MISRECOGNIZED: f32 = 0.88;

/// A token that may stand for an item.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    /// Index of the token.
    pub(super) token: usize,
    /// How certain it is, up to 1.
    pub(super) quality: f32,
}

/// A word of a phrase pattern.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) text: String,
    pub(super) stem: String,
    pub(super) value: Option<f64>,
    pub(super) weight: f32,
    /// Its synonym groups.
    pub(super) groups: &'static [usize],
    /// The word before it in the phrase.
    pub(super) previous_word: String,
    is_abbreviation: bool,
    /// Computed on first use, because few items are compared by sound.
    sound: OnceLock<String>,
}

impl Item {
    /// An item for `token`. `previous_stem` is the stem of the item before it.
    pub(super) fn new(token: &Token, previous_stem: Option<&str>, phrase: &str) -> Self {
        let text = token.text.as_str();
        let after_light_verb = previous_stem.is_some_and(|stem| LIGHT_WORDS.contains(&stem));
        let weight = match text {
            _ if token.value.is_some() => 1.0,
            "mine" => 1.0,
            "my" | "nobody" => 0.5,
            "our" | "their" | "her" | "his" | "your" => 0.3,
            "percent" | "dollars" => 0.4,
            "i" => 0.3,
            "me" => 0.4,
            // "that week" is not a rate.
            "per" => 0.69,
            "it" => 0.2,
            "other" | "another" | "else" => 0.8,
            "somebody" | "someone" | "they" | "we" | "everyone" | "everybody" => 0.4,
            _ if PARTICLES.contains(&text) && after_light_verb => 0.6,
            _ if PARTICLES.contains(&text) => 0.25,
            "across" | "between" => 0.5,
            "wrong" | "right" | "first" => 1.0,
            _ if lexicon::is_function(text) => 0.1,
            _ if text.ends_with("ly") => 0.8,
            _ if lexicon::is_adverb(text) => 0.4,
            _ if LIGHT_WORDS.contains(&token.stem.as_str()) => 0.7,
            _ => 1.0,
        };
        let upper = text.to_uppercase();
        let is_abbreviation = text.len() <= 4 && phrase.contains(&upper) && text.len() >= 2;
        Self {
            text: text.to_owned(),
            stem: token.stem.clone(),
            value: token.value,
            weight,
            groups: match weight >= 0.5 {
                true => synonyms::groups_of(&token.stem),
                false => &[],
            },
            previous_word: String::new(),
            is_abbreviation,
            sound: OnceLock::new(),
        }
    }

    pub(super) fn is_content(&self) -> bool {
        self.weight >= CONTENT_WEIGHT
    }

    /// Whether any token has its stem or a synonym of it.
    pub(super) fn has_candidates(&self, index: &TokenIndex) -> bool {
        let in_group = |group: &usize| !index.tokens_in_group(*group).is_empty();
        self.groups.iter().any(in_group) || !index.tokens_with_stem(&self.stem).is_empty()
    }

    /// The tokens that say it, in order. `content_words` counts those of the whole phrase.
    pub(super) fn candidates(&self, index: &TokenIndex, content_words: usize) -> Vec<Candidate> {
        let tokens = &index.tokens;
        let mut candidates: Vec<Candidate> = Vec::new();
        add(&mut candidates, index.tokens_with_stem(&self.stem), SAME);
        if self.value == Some(0.0) || (self.value.is_none() && self.weight >= 0.5) {
            for group in self.groups {
                let synonyms = index.tokens_in_group(*group).iter().filter(|at| {
                    // "go" can replace "drop" next to a rate and a number, but not by itself.
                    let is_light = LIGHT_WORDS.contains(&tokens[**at].stem.as_str());
                    content_words > 1 || !is_light
                });
                add(&mut candidates, synonyms, SYNONYM);
            }
        }
        // "from zero" does not say "to zero".
        if let Some(opposite) = self.value.and(match self.previous_word.as_str() {
            "to" => Some("from"),
            "from" => Some("to"),
            _ if self.value == Some(0.0) => Some("from"),
            _ => None,
        }) {
            candidates.retain(|c| c.token == 0 || !tokens[c.token - 1].is(opposite));
        }
        candidates.retain(|c| !negation::is_idle_zero(tokens, c.token));
        candidates.sort_by_key(|c| c.token);
        candidates
    }

    /// Adds the tokens that a recognizer may have written in its place.
    pub(super) fn add_misrecognitions(
        &self,
        candidates: &mut Vec<Candidate>,
        index: &TokenIndex,
        content_words: usize,
    ) {
        if self.value.is_some() || !self.is_content() {
            return;
        }
        let sound = self.sound.get_or_init(|| sound(&self.stem));
        if sound.is_empty() {
            return;
        }
        let misrecognitions = index.misrecognitions();
        let same_sound = misrecognitions.by_sound.get(sound).into_iter().flatten();
        let sounding_alike =
            same_sound.filter(|at| self.may_sound_like(&index.tokens[**at], content_words));
        add(candidates, sounding_alike, MISRECOGNIZED);
        if content_words > 1 && self.stem.len() >= LONG_WORD && !self.is_abbreviation {
            let spelled_alike = misrecognitions.long_words.iter();
            let spelled_alike =
                spelled_alike.filter(|at| self.is_spelled_like(&index.tokens[**at]));
            add(candidates, spelled_alike, MISRECOGNIZED);
        }
        candidates.sort_by_key(|c| c.token);
    }

    /// Whether `token`, which has the same sound, may be a misrecognition of it.
    fn may_sound_like(&self, token: &Token, content_words: usize) -> bool {
        let (ours, theirs) = (self.stem.len(), token.stem.len());
        if self.is_abbreviation || ours < 6 && content_words < 2 {
            return content_words > 1;
        }
        ours >= 4
            && theirs >= 4
            && ours.abs_diff(theirs) <= 2
            && strsim::osa_distance(&self.stem, &token.stem) <= 2
    }

    /// Whether `token` differs from it by one letter, as "webbook" from "webhook".
    fn is_spelled_like(&self, token: &Token) -> bool {
        self.stem.len().abs_diff(token.stem.len()) <= 1
            && self.text != token.text
            && may_be_one_edit_apart(&self.stem, &token.stem)
            && strsim::osa_distance(&self.stem, &token.stem) <= 1
    }
}

fn add<'a>(
    candidates: &mut Vec<Candidate>,
    tokens: impl IntoIterator<Item = &'a usize>,
    quality: f32,
) {
    for &token in tokens {
        if !candidates.iter().any(|c| c.token == token) {
            candidates.push(Candidate { token, quality });
        }
    }
}

/// Words that carry little meaning by themselves.
const LIGHT_WORDS: [&str; 24] = [
    "get", "make", "take", "put", "set", "go", "come", "give", "turn", "look", "work", "bring",
    "keep", "pick", "send", "do", "have", "line", "roll", "back", "see", "switch", "shut", "hand",
];
const PARTICLES: [&str; 14] = [
    "up", "down", "in", "out", "off", "over", "on", "back", "together", "through", "away", "into",
    "with", "to",
];

/// A cheap test before the edit distance: whether all but one or two letters agree from both ends.
/// Always true for words that are not ASCII.
fn may_be_one_edit_apart(one: &str, other: &str) -> bool {
    let shared =
        |pairs: &mut dyn Iterator<Item = (u8, u8)>| pairs.take_while(|(a, b)| a == b).count();
    let front = shared(&mut one.bytes().zip(other.bytes()));
    let back = shared(&mut one.bytes().rev().zip(other.bytes().rev()));
    !one.is_ascii() || !other.is_ascii() || front + back + 2 >= one.len().max(other.len())
}
