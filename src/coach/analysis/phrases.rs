//! Planned phrases, said or missed. As yet word for word; said in other words comes next.

use serde::Serialize;

use super::finding::{Finding, Noticed, Severity};
use crate::coach::spoken::spoken;
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
    let said: Vec<(usize, String)> = transcript
        .words
        .iter()
        .enumerate()
        .flat_map(|(index, word)| comparable(&word.text).into_iter().map(move |w| (index, w)))
        .collect();
    phrases
        .iter()
        .map(|phrase| {
            let found = std::iter::once(&phrase.say)
                .chain(&phrase.also)
                .find_map(|wording| find(&said, &comparable(wording)))
                .map(|(first, last)| transcript.quote(first, last));
            PhraseReading {
                phrase: phrase.say.clone(),
                proves: phrase.proves.clone(),
                heard: found.is_some(),
                start: found.as_ref().map(|(_, span)| span.start),
                end: found.as_ref().map(|(_, span)| span.end),
                said: found.map(|(said, _)| said),
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

/// First and last word of the transcript that say `wanted`.
fn find(said: &[(usize, String)], wanted: &[String]) -> Option<(usize, usize)> {
    if wanted.is_empty() {
        return None;
    }
    let hit = said
        .windows(wanted.len())
        .find(|window| window.iter().zip(wanted).all(|((_, word), w)| word == w))?;
    Some((hit[0].0, hit[hit.len() - 1].0))
}

/// Spoken words without the possessive: "not my team's job" says "not my team".
fn comparable(text: &str) -> Vec<String> {
    let words = spoken(text).into_iter();
    words
        .map(|word| word.strip_suffix("'s").unwrap_or(&word).to_owned())
        .collect()
}
