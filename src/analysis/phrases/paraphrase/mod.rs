//! Planned phrases in other words, which no rule foresees. A language model proposes where a phrase may
//! have been said, and a comparison of the details decides: opposites are close to each other, too.

mod comparison;
mod decider;
mod opposites;
mod quantities;
mod scope;
mod sentences;

use crate::analysis::language::{Token, tokens_of_text};

use super::word_vectors::SentenceModel;
use comparison::PhraseWords;
pub use comparison::{FEATURE_NAMES, FEATURES};
use sentences::Sentence;

/// A phrase, ready to be searched for.
#[derive(Debug)]
pub(super) struct Paraphrase {
    tokens: Vec<Token>,
}

/// The sentences of an answer, with the vectors of their words.
pub(super) struct Answer<'a> {
    model: &'a dyn SentenceModel,
    tokens: &'a [Token],
    sentences: Vec<Sentence>,
}

/// Tokens that may say a phrase, and how they compare with it.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// First token.
    pub first: usize,
    /// Last token.
    pub last: usize,
    /// How it compares, by [`FEATURE_NAMES`].
    pub features: [f32; FEATURES],
}

impl<'a> Answer<'a> {
    /// Divides `tokens` into sentences. `None` if the model cannot be used.
    pub(super) fn new(tokens: &'a [Token], model: &'a dyn SentenceModel) -> Option<Self> {
        let sentences = sentences::ranges(tokens)
            .into_iter()
            .map(|range| Sentence::new(range, tokens, model));
        Some(Self {
            model,
            tokens,
            sentences: sentences.collect::<Option<_>>()?,
        })
    }
}

impl Paraphrase {
    /// The phrase with this text.
    pub(super) fn new(text: &str) -> Self {
        Self {
            tokens: tokens_of_text(text),
        }
    }

    /// Where it was said: first and last token. `aligned` is where the rules found it.
    pub(super) fn find(
        &self,
        answer: &Answer,
        aligned: Option<(usize, usize)>,
    ) -> Option<(usize, usize)> {
        let proposals = self.proposals(answer, aligned).into_iter();
        proposals
            .map(|proposal| (decider::probability(&proposal.features), proposal))
            .filter(|(probability, _)| *probability >= decider::MIN_PROBABILITY)
            .max_by(|(a, _), (b, _)| a.total_cmp(b))
            .map(|(_, proposal)| (proposal.first, proposal.last))
    }

    /// The tokens that are most likely to say it, wherever they stand.
    pub(super) fn proposals(
        &self,
        answer: &Answer,
        aligned: Option<(usize, usize)>,
    ) -> Vec<Proposal> {
        let texts: Vec<&str> = self.tokens.iter().map(|token| token.text.as_str()).collect();
        let Some(vectors) = answer.model.vectors(&texts) else {
            return Vec::new();
        };
        if texts.is_empty() || vectors.is_empty() {
            return Vec::new();
        }
        let phrase = PhraseWords::new(&self.tokens, &vectors);
        let mut proposals = Vec::new();
        for sentence in &answer.sentences {
            let mut windows = sentence.windows_like(&phrase.mean, self.tokens.len());
            if let Some((first, last)) = aligned
                && sentence.contains(first)
                && sentence.contains(last)
            {
                windows.push(sentence.window(&phrase.mean, first, last));
            }
            proposals.extend(windows.into_iter().map(|window| Proposal {
                first: window.first,
                last: window.last,
                features: phrase.compare(answer.tokens, sentence, &window, aligned),
            }));
        }
        proposals
    }
}
