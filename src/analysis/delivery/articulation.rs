//! Articulation rate: syllables per second of phonation, pauses excluded (de Jong & Wempe 2009,
//! Behavior Research Methods 41:385). They count energy peaks; here the transcript gives the syllables.

use crate::analysis::language::syllables::syllables;
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::Transcript;

/// Fewer words than this do not give a meaningful rate.
const MIN_WORDS: usize = 5;
/// Nor does less speech than this.
const MIN_SPEECH: Secs = 1.0;

/// Syllables per second of `speech` from the first to the last word, without `filled_pauses`. `None` for
/// too little speech.
pub fn rate_sps(transcript: &Transcript, speech: &[Span], filled_pauses: &[Span]) -> Option<f64> {
    let answer = transcript.span()?;
    let overlap = |a: Span, b: Span| Span::new(a.start.max(b.start), a.end.min(b.end));
    let seconds: Secs = speech
        .iter()
        .map(|span| {
            let spoken = overlap(*span, answer);
            let filled: Secs = filled_pauses
                .iter()
                .map(|pause| overlap(*pause, spoken).len())
                .sum();
            (spoken.len() - filled).max(0.0)
        })
        .sum();
    if transcript.words.len() < MIN_WORDS || seconds < MIN_SPEECH {
        return None;
    }
    let count: usize = transcript.words.iter().map(|w| syllables(&w.text)).sum();
    Some(count as f64 / seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::builders::words_from;

    #[test]
    fn rate_excludes_pauses_and_filled_pauses() {
        let words = words_from(0.0, 1.0, 0.5, "I noticed it and fixed 0.3%");
        let transcript = Transcript { words };
        // 12 syllables; 2 s of speech before 5.5, where the last word ends.
        let speech = [(0.0, 1.0), (3.0, 3.5), (5.0, 7.0)].map(|(a, b)| Span::new(a, b));
        assert_eq!(rate_sps(&transcript, &speech, &[]), Some(6.0));
        let um = [Span::new(3.0, 3.5)];
        assert_eq!(rate_sps(&transcript, &speech, &um), Some(8.0));
        assert_eq!(rate_sps(&transcript, &[], &[]), None);
        assert_eq!(rate_sps(&Transcript::default(), &speech, &[]), None);
    }
}
