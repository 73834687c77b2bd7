//! Planned phrases, said or missed, in their own or in other words: see `wording.rs`. They are read from
//! a story once, since that takes longer than to find them in an answer.

use serde::Serialize;

use super::compounds::Compounds;
use super::phrase_matcher::{PhrasePattern, TokenIndex};
use crate::analysis::finding::{Finding, FindingKind, Severity};
use crate::analysis::impact::impact_checks::Quote;
use crate::analysis::language::{Token, tokens};
use crate::analysis::time_to_point;
use crate::domain::story::Phrase;
use crate::domain::time::Secs;
use crate::domain::transcript::Transcript;

/// One planned phrase and whether it was said.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PhraseResult {
    /// As it was planned.
    pub phrase: String,
    /// What it shows an interviewer.
    pub proves: String,
    /// Whether it was said.
    pub heard: bool,
    /// The words that said it.
    pub said: Option<String>,
    /// Where they begin.
    pub start: Option<Secs>,
    /// Where they end.
    pub end: Option<Secs>,
}

impl PhraseResult {
    /// The words that said it, with where they were said.
    pub fn quote(&self) -> Option<Quote> {
        Some(Quote {
            said: self.said.clone()?,
            start: self.start?,
            end: self.end?,
        })
    }
}

/// Looks for each of `phrases`, in their order, by its planned and its other wordings.
pub fn read(transcript: &Transcript, phrases: &[&Phrase]) -> Vec<PhraseResult> {
    PlannedPhrases::new(phrases).read(transcript, tokens(transcript))
}

/// Phrases, ready to be looked for.
#[derive(Debug)]
pub struct PlannedPhrases {
    phrases: Vec<PlannedPhrase>,
    joins: Compounds,
}

#[derive(Debug)]
struct PlannedPhrase {
    say: String,
    proves: String,
    wordings: Vec<PhrasePattern>,
    is_boundary: bool,
}

impl PlannedPhrases {
    /// Reads all wordings of `phrases`.
    pub fn new(phrases: &[&Phrase]) -> Self {
        let phrases: Vec<PlannedPhrase> = phrases
            .iter()
            .map(|phrase| PlannedPhrase {
                say: phrase.say.clone(),
                proves: phrase.proves.clone(),
                wordings: PhrasePattern::of_phrase(&phrase.say, &phrase.also),
                is_boundary: time_to_point::is_boundary(&phrase.say),
            })
            .collect();
        Self {
            joins: Compounds::of(phrases.iter().flat_map(|phrase| &phrase.wordings)),
            phrases,
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.phrases.len()
    }

    /// Which of them say that something was not one's own job, in their order.
    pub fn boundaries(&self) -> impl Iterator<Item = bool> {
        self.phrases.iter().map(|phrase| phrase.is_boundary)
    }

    /// Each of them, said or not; `tokens` are those of the transcript.
    pub fn read(&self, transcript: &Transcript, tokens: Vec<Token>) -> Vec<PhraseResult> {
        let said = TokenIndex::new(tokens, &self.joins);
        let reading = |phrase: &PlannedPhrase| {
            let found = PhrasePattern::find_one_of(&phrase.wordings, &said);
            let quote = found.map(|hit| said.quote(transcript, hit));
            PhraseResult {
                phrase: phrase.say.clone(),
                proves: phrase.proves.clone(),
                heard: quote.is_some(),
                start: quote.as_ref().map(|quote| quote.start),
                end: quote.as_ref().map(|quote| quote.end),
                said: quote.map(|quote| quote.said),
            }
        };
        self.phrases.iter().map(reading).collect()
    }

    /// Marks those of them that are said in some words, from token `from` on; what is marked stays so.
    pub fn mark(&self, tokens: Vec<Token>, from: usize, marks: &mut [bool]) {
        let said = TokenIndex::new(tokens, &self.joins);
        let unmarked = std::iter::zip(&self.phrases, marks).filter(|(_, mark)| !**mark);
        for (phrase, mark) in unmarked {
            let mut wordings = phrase.wordings.iter();
            *mark = wordings.any(|wording| {
                let hits = wording.find_all(&said);
                hits.iter().any(|hit| said.tokens[hit.first].first >= from)
            });
        }
    }
}

/// What is worth saying about them.
pub fn findings(phrases: &[PhraseResult], transcript: &Transcript) -> Vec<Finding> {
    let Some(whole) = transcript.span() else {
        return Vec::new();
    };
    let missed = phrases.iter().filter(|phrase| !phrase.heard);
    let mut findings: Vec<Finding> = missed
        .map(|phrase| {
            let noticed = FindingKind::PhraseMissed {
                phrase: phrase.phrase.clone(),
                proves: phrase.proves.clone(),
            };
            Finding::new(noticed, Severity::Amber, whole)
        })
        .collect();
    if findings.is_empty() && !phrases.is_empty() {
        let noticed = FindingKind::AllPhrases {
            count: phrases.len(),
        };
        findings.push(Finding::new(noticed, Severity::Good, whole));
    }
    findings
}
