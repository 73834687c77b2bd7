//! Planned phrases in other words, which no rule foresees. A language model proposes where a phrase may
//! have been said, and a comparison of the details decides: opposites are close to each other, too.

mod alignment;
mod comparison;
mod decider;
mod features;
mod forest;
mod network;
mod opposites;
mod quantities;
mod scope;
mod sentences;
mod similarities;
mod vectors;
mod weights;

use std::sync::Arc;

use crate::analysis::grammar::{self, Clause};
use crate::analysis::language::{Token, tokens_of_text};

use super::word_vectors::{SentenceModel, WordVectors};
use comparison::PhraseWords;
use features::DETAILS;
pub use features::FEATURES;
use scope::Subject;
pub(crate) use sentences::ranges as sentence_ranges;
use sentences::{Sentence, Window};
use similarities::Similarities;

/// An example says a phrase where it has at least this share of its content words.
const MIN_SHARE_IN_EXAMPLE: f32 = 0.6;

/// The candidates that the network compares.
const MAX_CANDIDATES: usize = 6;
/// A clause below this cosine is not worth comparing.
const MIN_CLAUSE_COSINE: f32 = 0.15;

/// A phrase, ready to be searched for.
#[derive(Debug)]
pub(super) struct Paraphrase {
    tokens: Vec<Token>,
    /// Who does what the phrase says, in the example of the story.
    example_subject: Subject,
}

/// The sentences of an answer, with the vectors of their words.
pub(super) struct Answer<'a> {
    model: &'a dyn SentenceModel,
    tokens: &'a [Token],
    sentences: Vec<Sentence>,
    clauses: Vec<Clause>,
}

/// Words that may say a phrase, and how they compare with it.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// Index of the first word.
    pub first: usize,
    /// Index of the last word.
    pub last: usize,
    /// Index of the first token.
    pub first_token: usize,
    /// Index of the last token.
    pub last_token: usize,
    /// How they compare, one value for each detail.
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
            clauses: grammar::clauses(tokens),
        })
    }
}

impl Paraphrase {
    /// The phrase with this text. `example` is an answer that says it, if there is one.
    pub(super) fn new(text: &str, example: &[Token]) -> Self {
        let tokens = tokens_of_text(text);
        Self {
            example_subject: subject_in(example, &tokens),
            tokens,
        }
    }

    /// First and last token of where it was said.
    pub(super) fn find(&self, answer: &Answer) -> Option<(usize, usize)> {
        let vectors = self.vectors(answer)?;
        let phrase = PhraseWords::new(&self.tokens, &vectors, self.example_subject);
        let impression = |candidate: &Candidate| decider::first_impression(&candidate.features);
        let mut candidates = candidates(&phrase, answer);
        candidates.sort_by(|a, b| impression(b).total_cmp(&impression(a)));
        candidates.truncate(MAX_CANDIDATES);
        candidates
            .iter()
            .filter_map(
                |Candidate {
                     sentence,
                     window,
                     features,
                 }| {
                    let certainty = decider::certainty(&phrase, sentence, window, features)?;
                    Some((certainty, (window.first, window.last)))
                },
            )
            .max_by(|(a, _), (b, _)| a.total_cmp(b))
            .map(|(_, place)| place)
    }

    /// The tokens that may say it.
    pub(super) fn proposals(&self, answer: &Answer) -> Vec<Proposal> {
        let Some(vectors) = self.vectors(answer) else {
            return Vec::new();
        };
        let phrase = PhraseWords::new(&self.tokens, &vectors, self.example_subject);
        let candidates = candidates(&phrase, answer).into_iter();
        candidates
            .map(
                |Candidate {
                     window, features, ..
                 }| Proposal {
                    first: window.first,
                    last: window.last,
                    first_token: window.first,
                    last_token: window.last,
                    features,
                },
            )
            .collect()
    }

    /// The vectors of its words; `None` if the model cannot be used.
    fn vectors(&self, answer: &Answer) -> Option<Arc<WordVectors>> {
        let texts: Vec<&str> = self.tokens.iter().map(|t| t.text.as_str()).collect();
        let vectors = answer.model.vectors(&texts)?;
        (!vectors.is_empty() && vectors.len() == texts.len()).then_some(vectors)
    }
}

/// Words that may say a phrase.
struct Candidate<'a> {
    sentence: &'a Sentence,
    window: Window,
    features: [f32; FEATURES],
}

/// The windows of each sentence that resemble the phrase, and its clauses, with their features.
fn candidates<'a>(phrase: &PhraseWords, answer: &'a Answer) -> Vec<Candidate<'a>> {
    let mut candidates = Vec::new();
    for sentence in &answer.sentences {
        let similarities = phrase.similarities(answer.tokens, sentence);
        let words = phrase.tokens().len();
        let mut windows = sentence.windows_like(&phrase.mean, words, &similarities);
        let clauses = answer.clauses.iter().map(|clause| {
            let first = clause.first.max(sentence.tokens.start);
            (first, clause.last.min(sentence.tokens.end - 1))
        });
        let clauses = clauses.filter(|(first, last)| first + 1 < *last);
        windows.extend(
            clauses
                .map(|(first, last)| sentence.window(&phrase.mean, first, last))
                .filter(|window| window.cosine >= MIN_CLAUSE_COSINE),
        );
        candidates.extend(windows.into_iter().map(|window| Candidate {
            sentence,
            window,
            features: features(phrase, answer, sentence, &similarities, &window),
        }));
    }
    candidates
}

/// All values that describe how `window` compares with `phrase`.
fn features(
    phrase: &PhraseWords,
    answer: &Answer,
    sentence: &Sentence,
    similarities: &Similarities,
    window: &Window,
) -> [f32; FEATURES] {
    let details = phrase.compare(
        answer.tokens,
        &answer.clauses,
        sentence,
        similarities,
        window,
    );
    let alignment = alignment::align(phrase, answer.tokens, sentence, window);
    let mut features = [0.0; FEATURES];
    features[..DETAILS].copy_from_slice(&details);
    features[DETAILS..].copy_from_slice(&alignment);
    features
}

/// Who does in `example` what `phrase` says.
fn subject_in(example: &[Token], phrase: &[Token]) -> Subject {
    let content = comparison::content_words(phrase);
    let share = |range: &std::ops::Range<usize>| {
        let is_said = |at: &&usize| {
            let said = &mut example[range.clone()].iter();
            said.any(|token| token.stem == phrase[**at].stem)
        };
        content.iter().filter(is_said).count() as f32 / content.len().max(1) as f32
    };
    let mut best: Option<(f32, Subject)> = None;
    for sentence in sentences::ranges(example) {
        for first in sentence.clone() {
            let end = sentence.end.min(first + phrase.len() + 4);
            let share = share(&(first..end));
            if share >= MIN_SHARE_IN_EXAMPLE && best.is_none_or(|(most, _)| share >= most) {
                let subject = scope::subject(example, &sentence, first, end - 1);
                best = Some((share, subject));
            }
        }
    }
    best.map_or(Subject::Unknown, |(_, subject)| subject)
}
