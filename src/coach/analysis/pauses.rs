//! Pauses, from the audio; whether one stands between clauses or inside one, from the words.

use serde::Serialize;

use super::finding::{Finding, Noticed, Severity};
use crate::coach::profile::Profile;
use crate::coach::time::{Secs, Span};
use crate::coach::transcript::Transcript;
use crate::coach::voice::{self, Voice};

/// A silence between two stretches of speech.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Pause {
    /// Where it begins.
    pub start: Secs,
    /// Where it ends.
    pub end: Secs,
    /// Between clauses or inside one.
    #[serde(rename = "where")]
    pub place: Place,
}

/// Where a pause stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// After a word that ends a clause.
    Between,
    /// Inside a clause.
    Inside,
}

impl Pause {
    /// When it is.
    pub fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }
}

/// Reads the pauses; none where no word was heard.
pub fn read(voice: &Voice, transcript: &Transcript) -> Vec<Pause> {
    if transcript.words.is_empty() {
        return Vec::new();
    }
    voice::pauses(&voice.speech, voice::SHORTEST_PAUSE)
        .into_iter()
        .map(|span| Pause {
            start: span.start,
            end: span.end,
            place: place(span, transcript),
        })
        .collect()
}

/// What is worth saying about them: each that is too long, and the good ones together.
pub fn findings(pauses: &[Pause], profile: &Profile) -> Vec<Finding> {
    let mut findings: Vec<Finding> = pauses
        .iter()
        .filter_map(|pause| {
            let seconds = pause.span().len();
            let (noticed, severity) = match pause.place {
                _ if seconds >= profile.pause_red => {
                    (Noticed::LongPause { seconds }, Severity::Red)
                }
                Place::Inside if seconds > profile.pause_inside_amber => {
                    (Noticed::BrokenClause { seconds }, Severity::Amber)
                }
                _ => return None,
            };
            Some(Finding::new(noticed, severity, pause.span()))
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
        let noticed = Noticed::GoodPauses {
            count: good.len(),
            seconds: good.iter().map(Span::len).sum::<Secs>() / good.len() as f64,
        };
        findings.push(Finding::new(noticed, Severity::Good, *first));
    }
    findings
}

/// Between, where the last word that begins before the pause's middle closes a clause.
fn place(pause: Span, transcript: &Transcript) -> Place {
    let middle = (pause.start + pause.end) / 2.0;
    let before = transcript.words.iter().rev().find(|w| w.start < middle);
    match before {
        Some(word) if word.text.ends_with([',', ';', ':']) || word.ends_sentence() => {
            Place::Between
        }
        _ => Place::Inside,
    }
}
