//! Partial results for results: confirmed words, which stay, and tentative ones, which may change.
//!
//! A word is confirmed when two consecutive previews agree on it and all words before it (local agreement:
//! Liu et al., Interspeech 2020; Macháček et al., "Whisper-Streaming", 2023), when enough audio follows it,
//! or when its window has ended.

use crate::domain::caption::Caption;
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::Word;

/// Audio this long after a word does not change how it is recognized.
const CONFIRM_AFTER: Secs = 0.8;

/// How far the time of a word may differ between two previews.
const TIME_TOLERANCE: Secs = 0.25;

/// The words shown for a take.
#[derive(Debug, Clone, Default)]
pub struct PartialResults {
    confirmed: Vec<Word>,
    /// Words of the previous preview after the confirmed ones.
    previous: Vec<Word>,
}

impl PartialResults {
    /// End of the last confirmed word; 0 without one.
    pub fn confirmed_until(&self) -> Secs {
        self.confirmed.last().map_or(0.0, |word| word.end)
    }

    /// Adds a preview of `window`, which ends in the middle of speech.
    pub fn add_preview(&mut self, words: &[Word], window: Span) {
        let new = self.new_words(words, window.start);
        let agreed = std::iter::zip(new, &self.previous)
            .take_while(|(a, b)| a.plain() == b.plain())
            .count();
        let settled = new.partition_point(|word| word.end < window.end - CONFIRM_AFTER);
        let count = agreed.max(settled);
        self.confirmed.extend_from_slice(&new[..count]);
        self.previous = new[count..].to_vec();
    }

    /// Confirms all words of audio that starts at `from` and ends in a pause.
    pub fn commit(&mut self, words: &[Word], from: Secs) {
        let new = self.new_words(words, from);
        self.confirmed.extend_from_slice(new);
        self.previous.clear();
    }

    /// The current caption.
    pub fn caption(&self) -> Caption {
        let tentative: Vec<&str> = self
            .previous
            .iter()
            .map(|word| word.text.as_str())
            .collect();
        Caption {
            confirmed: self.confirmed.clone(),
            tentative: tentative.join(" "),
        }
    }

    /// The words of a preview, of audio from `from` on, that follow the confirmed ones. The start of the
    /// preview is compared with the confirmed words of that audio; the new words begin where the edit
    /// distance is smallest.
    fn new_words<'a>(&self, words: &'a [Word], from: Secs) -> &'a [Word] {
        let is_before = |word: &Word| (word.start + word.end) / 2.0 < from - TIME_TOLERANCE;
        let first = self
            .confirmed
            .iter()
            .rposition(is_before)
            .map_or(0, |last| last + 1);
        // Levenshtein distances of the confirmed words so far to each prefix of the preview. Words before
        // all confirmed words cost nothing: an earlier preview may have missed them.
        let start = self.confirmed.get(first).map(|word| word.start);
        let mut distances = vec![0];
        for (at, word) in words.iter().enumerate() {
            let differs = start.is_none_or(|start| word.end > start);
            distances.push(distances[at] + usize::from(differs));
        }
        for confirmed in &self.confirmed[first..] {
            let mut diagonal = distances[0];
            distances[0] += 1;
            for (at, word) in words.iter().enumerate() {
                let changed = diagonal + usize::from(word.plain() != confirmed.plain());
                diagonal = distances[at + 1];
                distances[at + 1] = changed.min(diagonal + 1).min(distances[at] + 1);
            }
        }
        let until = self.confirmed_until();
        let time_distance = |at: usize| match at {
            0 => (until - from).abs(),
            _ => (words[at - 1].end - until).abs(),
        };
        let nearest = |a: &usize, b: &usize| {
            let by_words = distances[*a].cmp(&distances[*b]);
            by_words.then(time_distance(*a).total_cmp(&time_distance(*b)))
        };
        let at = (0..=words.len()).min_by(nearest).unwrap_or(0);
        &words[at..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::builders::words_from;

    /// Words of half a second each, from `at` on.
    fn words(at: Secs, text: &str) -> Vec<Word> {
        words_from(at, 0.5, 0.4, text)
    }

    fn shown(results: &PartialResults) -> String {
        let caption = results.caption();
        let confirmed: Vec<&str> = caption
            .confirmed
            .iter()
            .map(|word| word.text.as_str())
            .collect();
        format!("{} | {}", confirmed.join(" "), caption.tentative)
    }

    #[test]
    fn words_of_two_agreeing_previews_are_confirmed() {
        let mut results = PartialResults::default();
        results.add_preview(&words(0.0, "I trace"), Span::new(0.0, 1.0));
        assert_eq!(shown(&results), " | I trace");
        results.add_preview(&words(0.0, "I traced the"), Span::new(0.0, 1.0));
        assert_eq!(shown(&results), "I | traced the");
        // Capitals and punctuation do not matter.
        results.add_preview(&words(0.0, "I traced, the web hook"), Span::new(0.0, 2.0));
        assert_eq!(shown(&results), "I traced, the | web hook");
        // Confirmed words stay, whatever a later preview contains.
        results.add_preview(
            &words(0.0, "I chased, the webhook queue"),
            Span::new(0.0, 2.5),
        );
        assert_eq!(shown(&results), "I traced, the | webhook queue");
        results.commit(&words(0.0, "I traced the webhook queue."), 0.0);
        assert_eq!(shown(&results), "I traced, the webhook queue. | ");
    }

    #[test]
    fn word_followed_by_enough_audio_is_confirmed() {
        let mut results = PartialResults::default();
        results.add_preview(&words(0.0, "I traced the web hook"), Span::new(0.0, 2.5));
        assert_eq!(shown(&results), "I traced the | web hook");
    }

    #[test]
    fn missed_words_cause_no_repeats() {
        let mut results = PartialResults::default();
        results.commit(&words(2.5, "on Friday"), 2.5);
        results.commit(&words(0.0, "then we had to ship on Friday so we"), 0.0);
        assert_eq!(shown(&results), "on Friday so we | ");
    }

    #[test]
    fn repeated_words_are_shown_again() {
        let mut results = PartialResults::default();
        results.commit(&words(0.0, "and I traced the"), 0.0);
        results.commit(&words(2.0, "the queue"), 2.0);
        assert_eq!(shown(&results), "and I traced the the queue | ");
        results.commit(&words(4.0, "I think that"), 4.0);
        // The next window begins shortly before the end of the confirmed words, or after it.
        results.commit(&words(5.0, "that I think that we"), 5.0);
        results.commit(&words(7.5, "we did"), 7.5);
        let all = "and I traced the the queue I think that I think that we";
        assert_eq!(shown(&results), format!("{all} we did | "));
    }
}
