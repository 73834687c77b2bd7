//! Which planned phrases were said, in the planned or in other words. The phrases of a part are
//! prepared once, because that is slower than finding them in an answer.

use std::sync::Arc;

use serde::Serialize;

use super::compounds::Compounds;
use super::paraphrase::{Answer, Paraphrase, Proposal};
use super::phrase_matcher;
use super::phrase_pattern::PhrasePattern;
use super::token_index::TokenIndex;
use super::verbatim::{SpokenWords, VerbatimPhrase};
use super::word_vectors::SentenceModel;
use crate::analysis::finding::{Finding, FindingKind, Severity};
use crate::analysis::language::{Token, tokens, tokens_of_text};
use crate::analysis::quote::Quote;
use crate::analysis::time_to_point;
use crate::domain::story::Phrase;
use crate::domain::time::Secs;
use crate::domain::transcript::Transcript;

/// A planned phrase, and whether it was said.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PhraseResult {
    /// The phrase as planned.
    pub phrase: String,
    /// What it shows an interviewer.
    pub proves: String,
    /// Whether it was said.
    #[serde(rename = "heard")]
    pub is_said: bool,
    /// The words that said it.
    #[serde(rename = "said")]
    pub match_text: Option<String>,
    /// Start of these words.
    pub start: Option<Secs>,
    /// End of these words.
    pub end: Option<Secs>,
}

impl PhraseResult {
    /// The words that said it.
    pub fn quote(&self) -> Option<Quote> {
        Some(Quote {
            text: self.match_text.clone()?,
            start: self.start?,
            end: self.end?,
        })
    }
}

/// Searches for each of `phrases`, in any of its wordings. With a `model`, phrases are also found in
/// words that no rule foresees.
pub fn find(
    transcript: &Transcript,
    phrases: &[&Phrase],
    model: Option<Arc<dyn SentenceModel>>,
) -> Vec<PhraseResult> {
    let planned = PlannedPhrases::new(phrases).with_model(model);
    planned.find(transcript, tokens(transcript))
}

/// Planned phrases, ready to be searched for.
#[derive(Debug)]
pub struct PlannedPhrases {
    phrases: Vec<PlannedPhrase>,
    compounds: Compounds,
    model: Option<Arc<dyn SentenceModel>>,
}

#[derive(Debug)]
struct PlannedPhrase {
    text: String,
    proves: String,
    verbatim: VerbatimPhrase,
    /// Whether the story lists other wordings.
    has_other_wordings: bool,
    patterns: Vec<PhrasePattern>,
    paraphrase: Paraphrase,
    is_boundary: bool,
}

impl PlannedPhrases {
    /// Prepares `phrases` in all their wordings.
    pub fn new(phrases: &[&Phrase]) -> Self {
        Self::with_example(phrases, "")
    }

    /// Prepares `phrases` in all their wordings. `example` is an answer that says them: it tells who did
    /// what a phrase without a subject says.
    pub fn with_example(phrases: &[&Phrase], example: &str) -> Self {
        let example = tokens_of_text(example);
        let phrases: Vec<PlannedPhrase> = phrases
            .iter()
            .map(|phrase| PlannedPhrase {
                text: phrase.say.clone(),
                proves: phrase.proves.clone(),
                verbatim: VerbatimPhrase::new(&tokens_of_text(&phrase.say)),
                has_other_wordings: !phrase.also.is_empty(),
                patterns: PhrasePattern::for_planned_phrase(&phrase.say, &phrase.also),
                paraphrase: Paraphrase::new(&phrase.say, &example),
                is_boundary: time_to_point::is_boundary(&phrase.say),
            })
            .collect();
        let patterns = phrases.iter().flat_map(|phrase| &phrase.patterns);
        Self {
            compounds: Compounds::from_phrases(patterns.map(PhrasePattern::words)),
            phrases,
            model: None,
        }
    }

    /// Finds other words with `model`, too.
    pub fn with_model(self, model: Option<Arc<dyn SentenceModel>>) -> Self {
        Self { model, ..self }
    }

    /// Number of phrases.
    pub fn count(&self) -> usize {
        self.phrases.len()
    }

    /// For each phrase, whether it says that something was not the speaker's job.
    pub fn boundaries(&self) -> impl Iterator<Item = bool> {
        self.phrases.iter().map(|phrase| phrase.is_boundary)
    }

    /// Searches for each phrase. `tokens` are those of the transcript.
    pub fn find(&self, transcript: &Transcript, tokens: Vec<Token>) -> Vec<PhraseResult> {
        let spoken = SpokenWords::new(&tokens);
        let index = TokenIndex::new(tokens, &self.compounds);
        // The model takes time, so it is asked only where a story relies on it.
        let needs_model = self.phrases.iter().any(|phrase| !phrase.has_other_wordings);
        let model = self.model.as_deref().filter(|_| needs_model);
        let answer = model.and_then(|model| Answer::new(&index.tokens, model));
        let result = |phrase: &PlannedPhrase| {
            let verbatim = phrase.verbatim.find_all(&spoken).into_iter().next();
            let quote = match verbatim {
                Some((first, last)) => Some(Quote::from_words(transcript, first, last)),
                None => phrase
                    .other_words(&index, answer.as_ref())
                    .map(|(first, last)| index.quote(transcript, first, last)),
            };
            PhraseResult {
                phrase: phrase.text.clone(),
                proves: phrase.proves.clone(),
                is_said: quote.is_some(),
                start: quote.as_ref().map(|quote| quote.start),
                end: quote.as_ref().map(|quote| quote.end),
                match_text: quote.map(|quote| quote.text),
            }
        };
        self.phrases.iter().map(result).collect()
    }

    /// Sets the marks of the phrases that were said from word `from_word` on. Marks are never cleared.
    pub fn mark_said(&self, tokens: Vec<Token>, from_word: usize, marks: &mut [bool]) {
        let spoken = SpokenWords::new(&tokens);
        let index = TokenIndex::new(tokens, &self.compounds);
        let unmarked = std::iter::zip(&self.phrases, marks).filter(|(_, mark)| !**mark);
        for (phrase, mark) in unmarked {
            let verbatim = phrase.verbatim.find_all(&spoken);
            *mark = verbatim.iter().any(|(first, _)| *first >= from_word)
                || phrase.patterns.iter().any(|pattern| {
                    let matches = phrase_matcher::find_all(pattern, &index);
                    matches
                        .iter()
                        .any(|found| index.tokens[found.first].first >= from_word)
                });
        }
    }
}

impl PlannedPhrase {
    /// First and last token of where it was said in other words.
    fn other_words(&self, index: &TokenIndex, answer: Option<&Answer>) -> Option<(usize, usize)> {
        let by_rules = || {
            let found = phrase_matcher::find_best(&self.patterns, index)?;
            Some((found.first, found.last))
        };
        match answer {
            Some(answer) if !self.has_other_wordings => self.paraphrase.find(answer),
            // Whoever lists other wordings has checked what the rules make of them.
            _ => by_rules(),
        }
    }
}

/// Where `phrase` may have been said in other words, for the training of what decides: first and last
/// word, and how they compare with it.
pub fn proposals(
    transcript: &Transcript,
    phrase: &Phrase,
    example: &str,
    model: &Arc<dyn SentenceModel>,
) -> Vec<Proposal> {
    let planned = PlannedPhrases::with_example(&[phrase], example);
    let index = TokenIndex::new(tokens(transcript), &planned.compounds);
    let Some(answer) = Answer::new(&index.tokens, &**model) else {
        return Vec::new();
    };
    let words = |proposal: Proposal| Proposal {
        first: index.tokens[proposal.first].first,
        last: index.tokens[proposal.last].last,
        ..proposal
    };
    let phrases = planned.phrases.iter();
    phrases
        .flat_map(|phrase| phrase.paraphrase.proposals(&answer))
        .map(words)
        .collect()
}

/// Findings about the planned phrases: one for each that is missing, or one if all were said.
pub fn findings(phrases: &[PhraseResult], transcript: &Transcript) -> Vec<Finding> {
    let Some(whole) = transcript.span() else {
        return Vec::new();
    };
    let missed = phrases.iter().filter(|phrase| !phrase.is_said);
    let mut findings: Vec<Finding> = missed
        .map(|phrase| {
            let kind = FindingKind::PhraseMissed {
                phrase: phrase.phrase.clone(),
                proves: phrase.proves.clone(),
            };
            Finding::new(kind, Severity::Amber, whole)
        })
        .collect();
    if findings.is_empty() && !phrases.is_empty() {
        let kind = FindingKind::AllPhrases {
            count: phrases.len(),
        };
        findings.push(Finding::new(kind, Severity::Good, whole));
    }
    findings
}
