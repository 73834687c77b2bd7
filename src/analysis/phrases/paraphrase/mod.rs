//! Planned phrases in other words, which no rule foresees. A language model proposes where a phrase may
//! have been said, and a comparison of the details decides: opposites are close to each other, too.

mod comparison;
mod decider;
mod opposites;
mod quantities;
mod scope;
mod sentences;
mod similarities;

use crate::analysis::language::{Token, tokens_of_text};

use super::word_vectors::SentenceModel;
use comparison::{FEATURES, PhraseWords};
use scope::Subject;
use sentences::Sentence;

/// An example says a phrase where it has at least this share of its content words.
const MIN_SHARE_IN_EXAMPLE: f32 = 0.6;

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
}

/// Words that may say a phrase, and how they compare with it.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// Index of the first word.
    pub first: usize,
    /// Index of the last word.
    pub last: usize,
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
        let proposals = self.proposals(answer).into_iter();
        proposals
            .filter_map(|proposal| Some((decider::certainty(&proposal.features)?, proposal)))
            .max_by(|(a, _), (b, _)| a.total_cmp(b))
            .map(|(_, proposal)| (proposal.first, proposal.last))
    }

    /// The tokens that are most likely to say it.
    pub(super) fn proposals(&self, answer: &Answer) -> Vec<Proposal> {
        let texts: Vec<&str> = self.tokens.iter().map(|t| t.text.as_str()).collect();
        let Some(vectors) = answer.model.vectors(&texts) else {
            return Vec::new();
        };
        if vectors.is_empty() || vectors.len() != texts.len() {
            return Vec::new();
        }
        let phrase = PhraseWords::new(&self.tokens, &vectors, self.example_subject);
        let mut proposals = Vec::new();
        for sentence in &answer.sentences {
            let similarities = phrase.similarities(answer.tokens, sentence);
            let windows = sentence.windows_like(&phrase.mean, texts.len(), &similarities);
            proposals.extend(windows.into_iter().map(|window| Proposal {
                first: window.first,
                last: window.last,
                features: phrase.compare(answer.tokens, sentence, &similarities, &window),
            }));
        }
        proposals
    }
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
