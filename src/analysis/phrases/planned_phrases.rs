//! Which planned phrases were said, in the planned or in other words. The phrases of a part are
//! prepared once, because that is slower than finding them in an answer.

use serde::Serialize;

use super::compounds::Compounds;
use super::phrase_matcher;
use super::phrase_pattern::PhrasePattern;
use super::token_index::TokenIndex;
use crate::analysis::finding::{Finding, FindingKind, Severity};
use crate::analysis::language::{Token, tokens};
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

/// Searches for each of `phrases`, in any of its wordings.
pub fn find(transcript: &Transcript, phrases: &[&Phrase]) -> Vec<PhraseResult> {
    PlannedPhrases::new(phrases).find(transcript, tokens(transcript))
}

/// Planned phrases, ready to be searched for.
#[derive(Debug)]
pub struct PlannedPhrases {
    phrases: Vec<PlannedPhrase>,
    compounds: Compounds,
}

#[derive(Debug)]
struct PlannedPhrase {
    text: String,
    proves: String,
    patterns: Vec<PhrasePattern>,
    is_boundary: bool,
}

impl PlannedPhrases {
    /// Prepares `phrases` in all their wordings.
    pub fn new(phrases: &[&Phrase]) -> Self {
        let phrases: Vec<PlannedPhrase> = phrases
            .iter()
            .map(|phrase| PlannedPhrase {
                text: phrase.say.clone(),
                proves: phrase.proves.clone(),
                patterns: PhrasePattern::for_planned_phrase(&phrase.say, &phrase.also),
                is_boundary: time_to_point::is_boundary(&phrase.say),
            })
            .collect();
        let patterns = phrases.iter().flat_map(|phrase| &phrase.patterns);
        Self {
            compounds: Compounds::from_phrases(patterns.map(PhrasePattern::words)),
            phrases,
        }
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
        let index = TokenIndex::new(tokens, &self.compounds);
        let result = |phrase: &PlannedPhrase| {
            let found = phrase_matcher::find_best(&phrase.patterns, &index);
            let quote = found.map(|found| index.quote(transcript, found.first, found.last));
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
        let index = TokenIndex::new(tokens, &self.compounds);
        let unmarked = std::iter::zip(&self.phrases, marks).filter(|(_, mark)| !**mark);
        for (phrase, mark) in unmarked {
            *mark = phrase.patterns.iter().any(|pattern| {
                let matches = phrase_matcher::find_all(pattern, &index);
                matches
                    .iter()
                    .any(|found| index.tokens[found.first].first >= from_word)
            });
        }
    }
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
