//! Pauses: found in the audio. The words decide whether one is between clauses or inside one.

use serde::Serialize;

use crate::analysis::finding::{Finding, FindingKind, Severity};
use crate::analysis::language::lexicon::is_hesitation;
use crate::domain::profile::Profile;
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::{Transcript, Word};
use crate::domain::voice::{SHORTEST_PAUSE, Voice};

/// A pause between two stretches of speech.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Pause {
    /// Start.
    pub start: Secs,
    /// End.
    pub end: Secs,
    /// Whether it is between clauses or inside one.
    #[serde(rename = "where")]
    pub place: Place,
}

/// The position of a pause in its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// After a word that ends a clause.
    Between,
    /// Inside a clause.
    Inside,
}

impl Pause {
    /// Start and end.
    pub fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }
}

/// Finds the pauses; none if there are no words. A filled pause splits a pause, and each side of it may
/// still be one.
pub fn find(voice: &Voice, filled_pauses: &[Span], transcript: &Transcript) -> Vec<Pause> {
    if transcript.words.is_empty() {
        return Vec::new();
    }
    // Noises before the first and after the last word do not belong to the answer.
    let answer = filled_pauses
        .iter()
        .copied()
        .chain(transcript.span())
        .reduce(Span::join);
    let mut spans = voice.speech.clone();
    spans.extend(filled_pauses);
    spans.sort_by(|a, b| a.start.total_cmp(&b.start));
    let mut speech: Vec<Span> = Vec::new();
    for span in spans {
        match speech.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => speech.push(span),
        }
    }
    let is_inside = |pause: &Span| {
        let middle = (pause.start + pause.end) / 2.0;
        answer.is_some_and(|answer| (answer.start..answer.end).contains(&middle))
    };
    crate::domain::voice::pauses(&speech, SHORTEST_PAUSE)
        .into_iter()
        .filter(is_inside)
        .map(|span| Pause {
            start: span.start,
            end: span.end,
            place: place(span, transcript),
        })
        .collect()
}

/// Findings about the pauses: one for each that is too long, and one for all good ones.
pub fn findings(pauses: &[Pause], profile: &Profile) -> Vec<Finding> {
    let mut findings: Vec<Finding> = pauses
        .iter()
        .filter_map(|pause| {
            let seconds = pause.span().len();
            let (kind, severity) = match pause.place {
                _ if seconds >= profile.pause_red => {
                    (FindingKind::LongPause { seconds }, Severity::Red)
                }
                Place::Inside if seconds > profile.pause_inside_amber => {
                    (FindingKind::PauseInClause { seconds }, Severity::Amber)
                }
                _ => return None,
            };
            Some(Finding::new(kind, severity, pause.span()))
        })
        .collect();
    let [from, to] = profile.pause_good;
    let good: Vec<Span> = pauses
        .iter()
        .filter(|pause| pause.place == Place::Between)
        .map(Pause::span)
        .filter(|span| (from..=to).contains(&span.len()))
        .collect();
    if let Some(first) = good.first() {
        let kind = FindingKind::GoodPauses {
            count: good.len(),
            seconds: good.iter().map(Span::len).sum::<Secs>() / good.len() as f64,
        };
        findings.push(Finding::new(kind, Severity::Good, *first));
    }
    findings
}

/// The position of a pause, from the words on either side; hesitation sounds are skipped. A word such as
/// "the" leaves the clause unfinished whatever the punctuation, because recognizers end sentences at any
/// long silence. After that, punctuation decides, and then what a clause begins with.
fn place(pause: Span, transcript: &Transcript) -> Place {
    let middle = (pause.start + pause.end) / 2.0;
    let is_before = |word: &&Word| (word.start + word.end) / 2.0 < middle;
    let is_word = |word: &&Word| !is_hesitation(&word.plain());
    let words = &transcript.words;
    let before = words.iter().take_while(is_before).count();
    let (before, after) = words.split_at(before);
    let before = before.iter().rfind(is_word);
    let after = after.iter().find(is_word);
    let (Some(before), Some(after)) = (before, after) else {
        return Place::Between;
    };
    let (last, next) = (before.plain(), after.plain());
    if UNFINISHED.contains(&last.as_str()) && !before.text.ends_with(['?', '!']) {
        return Place::Inside;
    }
    let has_punctuation = before.text.ends_with([',', ';', ':']) || before.ends_sentence();
    match has_punctuation || CLAUSE_OPENERS.contains(&next.as_str()) || is_subject(&next) {
        true => Place::Between,
        false => Place::Inside,
    }
}

/// Whether the word is a pronoun that can only be a subject, contracted or not.
fn is_subject(word: &str) -> bool {
    let pronoun = word.split('\'').next().unwrap_or(word);
    matches!(pronoun, "i" | "we" | "he" | "she" | "they")
}

/// Words that do not end a clause: articles, possessives, prepositions, conjunctions, auxiliaries and
/// subjects.
const UNFINISHED: [&str; 66] = [
    "a", "an", "the", "my", "your", "his", "its", "our", "their", "this", "these", "those",
    "every", "of", "to", "in", "on", "at", "for", "with", "from", "by", "into", "onto", "about",
    "between", "during", "without", "through", "per", "than", "as", "and", "or", "but", "nor",
    "because", "although", "though", "unless", "until", "while", "whereas", "if", "whether",
    "that", "which", "who", "whose", "so", "i", "we", "he", "she", "they", "i'm", "i've", "is",
    "are", "was", "were", "am", "been", "very", "not", "no",
];

/// Words that begin a clause.
const CLAUSE_OPENERS: [&str; 24] = [
    "and",
    "but",
    "or",
    "so",
    "because",
    "although",
    "though",
    "unless",
    "until",
    "while",
    "whereas",
    "if",
    "whether",
    "when",
    "where",
    "which",
    "who",
    "then",
    "after",
    "before",
    "since",
    "once",
    "however",
    "therefore",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::builders::word;

    #[test]
    fn words_decide_the_place_of_a_pause() {
        // The bar marks the pause.
        let cases = [
            ("I fixed it. | Then I left", Place::Between),
            ("I fixed it | then I left", Place::Between),
            ("I fixed it, | the tests passed", Place::Between),
            ("I fixed it | and told the team", Place::Between),
            ("I fixed it and | told the team", Place::Inside),
            ("I fixed it and, | told the team", Place::Inside),
            ("I fixed it and. | Told the team", Place::Inside),
            ("I fixed it because | nobody did", Place::Inside),
            ("I fixed it | because nobody did", Place::Between),
            ("I fixed the | root cause", Place::Inside),
            ("I fixed the. | Root cause", Place::Inside),
            ("there was a drop rate of | three percent", Place::Inside),
            ("a persistent | drop rate", Place::Inside),
            ("no ticket | existed", Place::Inside),
            ("no | ticket existed", Place::Inside),
            ("the service was down | I looked at it", Place::Between),
            ("the service was down | they'd seen it", Place::Between),
            ("I | looked at it", Place::Inside),
            ("I'm | looking at it", Place::Inside),
            ("the alert fired | when it dropped", Place::Between),
            ("the alert fired when it | dropped", Place::Inside),
            ("the alert | fired", Place::Inside),
            ("I fixed it. um, | the tests passed", Place::Between),
            ("I fixed it. | um the tests passed", Place::Between),
            ("I fixed the | um root cause", Place::Inside),
            ("I fixed the um, | root cause", Place::Inside),
            ("the team which | owned it", Place::Inside),
            ("my team | which owned it", Place::Between),
            ("which was not | my team", Place::Inside),
            ("Is that so? | Yes", Place::Between),
        ];
        for (text, expected) in cases {
            let mut words = Vec::new();
            let mut pause = Span::new(0.0, 0.0);
            let mut at = 0.0;
            for part in text.split(' ') {
                if part == "|" {
                    pause = Span::new(at, at + 0.6);
                    at += 0.6;
                    continue;
                }
                words.push(word(part, at, at + 0.3));
                at += 0.3;
            }
            assert_eq!(place(pause, &Transcript { words }), expected, "{text}");
        }
    }
}
