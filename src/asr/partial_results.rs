//! Words to show while somebody speaks: firm ones, which stay, and newest ones, which may change.
//! Pure: readings of the open window in, captions out.
//!
//! A word is firm when two readings on end agree on it and all before it (local agreement: Liu et
//! al., Interspeech 2020; as in Macháček et al., "Whisper-Streaming", 2023), when enough was heard after
//! it, or when the window it is in has ended.

use crate::domain::caption::Caption;
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::Word;

/// What comes so long after a word does not change how it is read.
const CONFIRM_AFTER: Secs = 0.8;

/// So much the time of a word may differ between two readings.
const TIME_TOLERANCE: Secs = 0.25;

/// What is shown of a take.
#[derive(Debug, Clone, Default)]
pub struct PartialResults {
    confirmed: Vec<Word>,
    /// What the reading before said after the firm words.
    previous: Vec<Word>,
}

impl PartialResults {
    /// Where the newest firm word ends; 0 before there is one.
    pub fn confirmed_until(&self) -> Secs {
        self.confirmed.last().map_or(0.0, |word| word.end)
    }

    /// Takes in a reading of `window`, which ends in the middle of speech.
    pub fn add_preview(&mut self, words: &[Word], window: Span) {
        let new = self.new_words(words, window.start);
        let agreed = std::iter::zip(new, &self.previous)
            .take_while(|(a, b)| a.plain() == b.plain())
            .count();
        let settled = new.partition_point(|word| word.end < window.end - CONFIRM_AFTER);
        let firm = agreed.max(settled);
        self.confirmed.extend_from_slice(&new[..firm]);
        self.previous = new[firm..].to_vec();
    }

    /// Takes in a reading of what begins at `from`, after which somebody paused: all of it is firm.
    pub fn commit(&mut self, words: &[Word], from: Secs) {
        let new = self.new_words(words, from);
        self.confirmed.extend_from_slice(new);
        self.previous.clear();
    }

    /// What is to be shown.
    pub fn caption(&self) -> Caption {
        let open: Vec<&str> = self
            .previous
            .iter()
            .map(|word| word.text.as_str())
            .collect();
        Caption {
            confirmed: self.confirmed.clone(),
            tentative: open.join(" "),
        }
    }

    /// The part of a reading, of sound from `from` on, that comes after what is firm. The beginning of
    /// the reading is held against the firm words of that sound; where both are most alike, in words
    /// to be changed, the new ones begin.
    fn new_words<'a>(&self, words: &'a [Word], from: Secs) -> &'a [Word] {
        let sooner = |word: &Word| (word.start + word.end) / 2.0 < from - TIME_TOLERANCE;
        let first = self
            .confirmed
            .iter()
            .rposition(sooner)
            .map_or(0, |last| last + 1);
        // The distances of the firm words so far from each beginning of the reading (Levenshtein). What
        // an earlier look missed, before all of these words, is no difference.
        let begins = self.confirmed.get(first).map(|word| word.start);
        let mut distances = vec![0];
        for (at, word) in words.iter().enumerate() {
            let differs = begins.is_none_or(|begins| word.end > begins);
            distances.push(distances[at] + usize::from(differs));
        }
        for known in &self.confirmed[first..] {
            let mut diagonal = distances[0];
            distances[0] += 1;
            for (at, word) in words.iter().enumerate() {
                let changed = diagonal + usize::from(word.plain() != known.plain());
                diagonal = distances[at + 1];
                distances[at + 1] = changed.min(diagonal + 1).min(distances[at] + 1);
            }
        }
        let until = self.confirmed_until();
        let apart = |at: usize| match at {
            0 => (until - from).abs(),
            _ => (words[at - 1].end - until).abs(),
        };
        let nearest = |a: &usize, b: &usize| {
            let by_words = distances[*a].cmp(&distances[*b]);
            by_words.then(apart(*a).total_cmp(&apart(*b)))
        };
        let at = (0..=words.len()).min_by(nearest).unwrap_or(0);
        &words[at..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of half a second each, from `at`.
    fn words(at: Secs, text: &str) -> Vec<Word> {
        let word = |(i, text): (usize, &str)| Word {
            text: text.to_owned(),
            start: at + i as f64 * 0.5,
            end: at + i as f64 * 0.5 + 0.4,
            confidence: 0.9,
        };
        text.split_whitespace().enumerate().map(word).collect()
    }

    fn shown(captions: &PartialResults) -> String {
        let caption = captions.caption();
        let firm: Vec<&str> = caption
            .confirmed
            .iter()
            .map(|word| word.text.as_str())
            .collect();
        format!("{} | {}", firm.join(" "), caption.tentative)
    }

    #[test]
    fn two_readings_that_agree_are_firm() {
        let mut captions = PartialResults::default();
        captions.add_preview(&words(0.0, "I trace"), Span::new(0.0, 1.0));
        assert_eq!(shown(&captions), " | I trace");
        captions.add_preview(&words(0.0, "I traced the"), Span::new(0.0, 1.0));
        assert_eq!(shown(&captions), "I | traced the");
        // Another capital or comma is no other word.
        captions.add_preview(&words(0.0, "I traced, the web hook"), Span::new(0.0, 2.0));
        assert_eq!(shown(&captions), "I traced, the | web hook");
        // What is firm is not written again, whatever a later reading makes of it.
        captions.add_preview(
            &words(0.0, "I chased, the webhook queue"),
            Span::new(0.0, 2.5),
        );
        assert_eq!(shown(&captions), "I traced, the | webhook queue");
        captions.commit(&words(0.0, "I traced the webhook queue."), 0.0);
        assert_eq!(shown(&captions), "I traced, the webhook queue. | ");
    }

    #[test]
    fn a_word_is_firm_when_enough_was_heard_after_it() {
        let mut captions = PartialResults::default();
        captions.add_preview(&words(0.0, "I traced the web hook"), Span::new(0.0, 2.5));
        assert_eq!(shown(&captions), "I traced the | web hook");
    }

    #[test]
    fn what_a_look_missed_doubles_nothing() {
        let mut captions = PartialResults::default();
        captions.commit(&words(2.5, "on Friday"), 2.5);
        captions.commit(&words(0.0, "then we had to ship on Friday so we"), 0.0);
        assert_eq!(shown(&captions), "on Friday so we | ");
    }

    #[test]
    fn what_is_said_again_is_shown_again() {
        let mut captions = PartialResults::default();
        captions.commit(&words(0.0, "and I traced the"), 0.0);
        captions.commit(&words(2.0, "the queue"), 2.0);
        assert_eq!(shown(&captions), "and I traced the the queue | ");
        captions.commit(&words(4.0, "I think that"), 4.0);
        // The next look begins a little before what is firm, or behind it.
        captions.commit(&words(5.0, "that I think that we"), 5.0);
        captions.commit(&words(7.5, "we did"), 7.5);
        let all = "and I traced the the queue I think that I think that we";
        assert_eq!(shown(&captions), format!("{all} we did | "));
    }
}
