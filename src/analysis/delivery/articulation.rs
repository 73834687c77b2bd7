//! How fast syllables follow each other while someone speaks: de Jong & Wempe's articulation rate
//! (2009, Behavior Research Methods 41:385), syllables over phonation time. They count peaks of
//! energy for want of a transcript; here the words say how many syllables there are.

use crate::analysis::language::syllables::syllables;
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::Transcript;

/// A rate over fewer words than this is chance.
const WORDS_FOR_A_RATE: usize = 5;
/// So is one over less speech than this.
const SHORTEST: Secs = 1.0;

/// Syllables a second of `speech` from the first to the last word, filling `sounds` left out;
/// `None` for too little of it.
pub fn rate_sps(transcript: &Transcript, speech: &[Span], sounds: &[Span]) -> Option<f64> {
    let told = transcript.span()?;
    let shared = |a: Span, b: Span| Span::new(a.start.max(b.start), a.end.min(b.end));
    let seconds: Secs = speech
        .iter()
        .map(|span| {
            let spoken = shared(*span, told);
            let filled: Secs = sounds.iter().map(|s| shared(*s, spoken).len()).sum();
            (spoken.len() - filled).max(0.0)
        })
        .sum();
    if transcript.words.len() < WORDS_FOR_A_RATE || seconds < SHORTEST {
        return None;
    }
    let count: usize = transcript.words.iter().map(|w| syllables(&w.text)).sum();
    Some(count as f64 / seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::transcript::Word;

    #[test]
    fn pauses_do_not_count() {
        let words = ["I", "noticed", "it", "and", "fixed", "0.3%"];
        let words = words.iter().enumerate().map(|(i, text)| Word {
            text: (*text).to_owned(),
            start: i as f64,
            end: i as f64 + 0.5,
            confidence: 1.0,
        });
        let transcript = Transcript {
            words: words.collect(),
        };
        // 12 syllables; 2 s of speech before 5.5, where the last word ends.
        let speech = [(0.0, 1.0), (3.0, 3.5), (5.0, 7.0)].map(|(a, b)| Span::new(a, b));
        assert_eq!(rate_sps(&transcript, &speech, &[]), Some(6.0));
        let um = [Span::new(3.0, 3.5)];
        assert_eq!(rate_sps(&transcript, &speech, &um), Some(8.0));
        assert_eq!(rate_sps(&transcript, &[], &[]), None);
        assert_eq!(rate_sps(&Transcript::default(), &speech, &[]), None);
    }
}
