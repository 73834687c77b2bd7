//! The tokens of an answer, indexed by stem, synonym group and sound, so that many phrases can be
//! searched for quickly. It knows nothing of phrases.

use std::collections::HashMap;
use std::sync::OnceLock;

use rphonetic::{Encoder, Metaphone};

use super::compounds::Compounds;
use super::negation::{self, Negation};
use crate::analysis::language::{Boundary, Token, lexicon, synonyms};
use crate::analysis::quote::Quote;
use crate::domain::time::Span;
use crate::domain::transcript::Transcript;

/// From this length on, a word stays recognizable when one letter is wrong.
pub(super) const LONG_WORD: usize = 7;

/// The tokens of an answer, ready to be searched.
pub struct TokenIndex {
    /// The tokens in order.
    pub tokens: Vec<Token>,
    by_stem: HashMap<String, Vec<usize>>,
    /// Tokens of each synonym group, up to the last group that has any.
    by_group: Vec<Vec<usize>>,
    /// Computed on first use.
    misrecognitions: OnceLock<MisrecognitionIndex>,
    /// For each token, what it costs to skip all tokens before it.
    skip_costs: Vec<f32>,
    negations: Vec<Negation>,
}

/// Tokens that a recognizer may have written in place of another word.
pub(super) struct MisrecognitionIndex {
    /// Tokens by how they sound.
    pub(super) by_sound: HashMap<String, Vec<usize>>,
    /// Tokens long enough to be compared letter by letter.
    pub(super) long_words: Vec<usize>,
}

impl TokenIndex {
    /// Indexes `tokens`, after splitting and joining `compounds` ("web hook").
    pub fn new(tokens: Vec<Token>, compounds: &Compounds) -> Self {
        let tokens = compounds.normalize(tokens);
        let mut by_stem: HashMap<String, Vec<usize>> = HashMap::new();
        let mut by_group: Vec<Vec<usize>> = Vec::new();
        let mut skip_costs = vec![0.0];
        for (at, token) in tokens.iter().enumerate() {
            by_stem.entry(token.stem.clone()).or_default().push(at);
            for group in synonyms::groups_of(&token.stem) {
                if *group >= by_group.len() {
                    by_group.resize_with(group + 1, Vec::new);
                }
                by_group[*group].push(at);
            }
            skip_costs.push(skip_costs[at] + skip_cost(token));
        }
        Self {
            misrecognitions: OnceLock::new(),
            negations: (0..tokens.len())
                .map(|at| negation::negation_at(&tokens, at))
                .collect(),
            tokens,
            by_stem,
            by_group,
            skip_costs,
        }
    }

    /// The tokens with this stem, in order.
    pub(super) fn tokens_with_stem(&self, stem: &str) -> &[usize] {
        self.by_stem.get(stem).map_or(&[], Vec::as_slice)
    }

    /// The tokens of this synonym group, in order.
    pub(super) fn tokens_in_group(&self, group: usize) -> &[usize] {
        self.by_group.get(group).map_or(&[], Vec::as_slice)
    }

    pub(super) fn misrecognitions(&self) -> &MisrecognitionIndex {
        self.misrecognitions
            .get_or_init(|| MisrecognitionIndex::new(&self.tokens))
    }

    /// What it costs a phrase that the tokens between `left` and `right` interrupt it.
    pub(super) fn cost_between(&self, left: usize, right: usize) -> f32 {
        self.skip_costs[right] - self.skip_costs[left + 1] + boundary_cost(&self.tokens[right])
    }

    /// Quotes the tokens from `first` to `last`, both included.
    pub fn quote(&self, transcript: &Transcript, first: usize, last: usize) -> Quote {
        Quote::from_words(transcript, self.tokens[first].first, self.tokens[last].last)
    }

    /// When the words from `first` to `last` were said.
    pub fn span(&self, transcript: &Transcript, first: usize, last: usize) -> Span {
        let word = |word: usize| transcript.words[word].span();
        word(self.tokens[first].first).join(word(self.tokens[last].last))
    }

    /// Whether what begins at `first` is negated. "not just" counts only if `strict`.
    pub fn is_negated(&self, first: usize, strict: bool) -> bool {
        self.negation_before(first).is_some()
            || (strict
                && negation::clause_before(&self.tokens, first)
                    .any(|at| negation::is_not_only(&self.tokens, at)))
    }

    /// What the token at `at` negates.
    pub(super) fn negation_at(&self, at: usize) -> Negation {
        self.negations[at]
    }

    /// The nearest token that negates what begins at `first`.
    pub(super) fn negation_before(&self, first: usize) -> Option<usize> {
        negation::clause_before(&self.tokens, first).find(|at| {
            matches!(self.negations[*at], Negation::Noun | Negation::Sentence)
                || negation::is_avoidance(&self.tokens, *at)
        })
    }
}

impl MisrecognitionIndex {
    fn new(tokens: &[Token]) -> Self {
        let (mut by_sound, mut long_words) = (HashMap::<String, Vec<usize>>::new(), Vec::new());
        for (at, token) in tokens.iter().enumerate() {
            // "half" is a quantity, as numbers are.
            if token.value.is_some() || token.is("half") || lexicon::is_function(&token.text) {
                continue;
            }
            by_sound.entry(sound(&token.stem)).or_default().push(at);
            if token.stem.len() + 1 >= LONG_WORD {
                long_words.push(at);
            }
        }
        Self {
            by_sound,
            long_words,
        }
    }
}

/// What it costs a phrase that `token` stands between two of its words.
pub(super) fn skip_cost(token: &Token) -> f32 {
    let text = token.text.as_str();
    if token.any(&[
        "i", "we", "they", "he", "she", "but", "so", "because", "which", "who",
    ]) || lexicon::MODALS.contains(&text)
    {
        0.35
    } else if lexicon::is_adverb(text) {
        0.03
    } else if lexicon::is_function(text) {
        0.05
    } else {
        0.15
    }
}

fn boundary_cost(token: &Token) -> f32 {
    match token.break_before {
        Boundary::None => 0.0,
        Boundary::Clause => 0.12,
        Boundary::Sentence => 1.0,
    }
}

/// How a stem sounds (Metaphone); empty for stems with other characters than a to z.
pub(super) fn sound(stem: &str) -> String {
    match stem.bytes().all(|b| b.is_ascii_lowercase()) {
        true => Metaphone::new(None).encode(stem),
        false => String::new(),
    }
}
