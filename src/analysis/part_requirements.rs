//! What a part of a story asks for: its target time, its planned phrases, and the subject. Prepared
//! once, because parsing phrases is slower than finding them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::language::lexicon::is_function;
use super::language::{Token, tokens_of_text};
use super::phrases::planned_phrases::PlannedPhrases;
use super::phrases::word_vectors::SentenceModel;
use super::red_flags::Question;
use crate::domain::story::{Level, Part, SectionKind, Story};
use crate::domain::time::Secs;

/// An answer is on topic if it shares this many content words with the strong answer.
const MIN_SHARED_WORDS: usize = 3;

/// What a part of a story asks for.
#[derive(Debug)]
pub struct PartRequirements {
    /// Target time.
    pub target: Secs,
    /// Whether it is the whole answer.
    pub is_whole: bool,
    /// What the question asks for.
    pub question: Question,
    /// Whether the plan promises a number as the result.
    pub plans_number: bool,
    /// Planned phrases, in story order.
    pub phrases: PlannedPhrases,
    /// Stems of the content words of the strong answer.
    topic: BTreeSet<String>,
    model: Option<Arc<dyn SentenceModel>>,
}

impl PartRequirements {
    /// The requirements of a part; `None` if the story has no such part.
    pub fn new(story: &Story, part: Part, level: Level) -> Option<Self> {
        let brief = story.brief(part, level)?;
        Some(Self {
            target: brief.target,
            is_whole: part == Part::Whole,
            question: Question::new(&story.question, &story.principle),
            plans_number: plans_number(story, level),
            phrases: PlannedPhrases::with_example(&brief.phrases, &brief.strong),
            topic: content_stems(&tokens_of_text(&brief.strong)),
            model: None,
        })
    }

    /// Finds planned phrases in other words with `model`, too, and judges statements with it.
    pub fn with_model(self, model: Option<Arc<dyn SentenceModel>>) -> Self {
        Self {
            phrases: self.phrases.with_model(model.clone()),
            model,
            ..self
        }
    }

    /// The language model, if there is one.
    pub(super) fn model(&self) -> Option<&dyn SentenceModel> {
        self.model.as_deref()
    }

    /// Whether an answer with these tokens is about the subject of the part.
    pub fn is_on_topic(&self, answer: &[Token]) -> bool {
        content_stems(answer).intersection(&self.topic).count() >= MIN_SHARED_WORDS
    }
}

fn content_stems(tokens: &[Token]) -> BTreeSet<String> {
    let content = tokens.iter().filter(|token| !is_function(&token.text));
    content.map(|token| token.stem.clone()).collect()
}

/// Whether a planned phrase of the Result has a number.
fn plans_number(story: &Story, level: Level) -> bool {
    let result = story.brief(Part::Section(SectionKind::Result), level);
    result.is_some_and(|brief| {
        let mut phrases = brief.phrases.iter();
        phrases.any(|phrase| {
            tokens_of_text(&phrase.say)
                .iter()
                .any(|token| token.value.is_some())
        })
    })
}
