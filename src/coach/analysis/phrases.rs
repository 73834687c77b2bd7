//! Planned phrases, said or missed, in their own or in other words: see `wording.rs`.

use serde::Serialize;

use super::finding::{Finding, Noticed, Severity};
use super::wording::{Said, Wording};
use crate::coach::language::tokens;
use crate::coach::story::Phrase;
use crate::coach::time::Secs;
use crate::coach::transcript::Transcript;

/// One planned phrase and whether it was said.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PhraseReading {
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

/// Looks for each of `phrases`, in their order, by its planned and its other wordings.
pub fn read(transcript: &Transcript, phrases: &[&Phrase]) -> Vec<PhraseReading> {
    let of_phrase: Vec<Vec<Wording>> = phrases.iter().map(|phrase| wordings(phrase)).collect();
    let all: Vec<&Wording> = of_phrase.iter().flatten().collect();
    let said = Said::new(tokens(transcript), &all);
    std::iter::zip(phrases, &of_phrase)
        .map(|(phrase, wordings)| {
            let found = wordings
                .iter()
                .filter_map(|wording| wording.find(&said))
                .reduce(|best, hit| if hit.score > best.score { hit } else { best })
                .map(|hit| said.quote(transcript, hit));
            PhraseReading {
                phrase: phrase.say.clone(),
                proves: phrase.proves.clone(),
                heard: found.is_some(),
                start: found.as_ref().map(|quote| quote.start),
                end: found.as_ref().map(|quote| quote.end),
                said: found.map(|quote| quote.said),
            }
        })
        .collect()
}

/// What is worth saying about them.
pub fn findings(phrases: &[PhraseReading], transcript: &Transcript) -> Vec<Finding> {
    let Some(whole) = transcript.span() else {
        return Vec::new();
    };
    let missed = phrases.iter().filter(|phrase| !phrase.heard);
    let mut findings: Vec<Finding> = missed
        .map(|phrase| {
            let noticed = Noticed::PhraseMissed {
                phrase: phrase.phrase.clone(),
                proves: phrase.proves.clone(),
            };
            Finding::new(noticed, Severity::Amber, whole)
        })
        .collect();
    if findings.is_empty() && !phrases.is_empty() {
        let noticed = Noticed::AllPhrases {
            count: phrases.len(),
        };
        findings.push(Finding::new(noticed, Severity::Good, whole));
    }
    findings
}

/// Every way to say a phrase: as planned, as the story's file has it, and with other words for
/// one of its own.
fn wordings(phrase: &Phrase) -> Vec<Wording> {
    std::iter::once(&phrase.say)
        .chain(&phrase.also)
        .flat_map(|wording| Wording::all(wording))
        .collect()
}
