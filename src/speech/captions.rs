//! Words to show while somebody speaks: firm ones, which stay, and newest ones, which may change.
//! Pure: readings of the open window in, captions out.
//!
//! A word is firm when two readings on end agree on it and all before it (local agreement: Liu et
//! al., Interspeech 2020; as in Macháček et al., "Whisper-Streaming", 2023), when enough was heard after
//! it, or when the window it is in has ended.

use crate::coach::caption::Caption;
use crate::coach::time::Secs;
use crate::coach::transcript::Word;

/// How many of the newest firm words are looked for in a reading, to find where it goes on.
const ANCHOR: usize = 3;
/// The same words further away than this, for each of them, are others.
const SAME_PLACE: Secs = 0.5;

/// What comes so long after a word does not change how it is read.
const SETTLED: Secs = 0.8;

/// What is shown of a take.
#[derive(Debug, Clone, Default)]
pub struct Captions {
    firm: Vec<Word>,
    /// How many of them are of windows that have ended: no reading holds those again.
    ended: usize,
    /// What the reading before said after the firm words.
    before: Vec<Word>,
}

impl Captions {
    /// Where the newest firm word ends; 0 before there is one.
    pub fn firm_until(&self) -> Secs {
        self.firm.last().map_or(0.0, |word| word.end)
    }

    /// Takes in a reading of the open window, which ends at `end`, in the middle of speech.
    pub fn glimpsed(&mut self, words: &[Word], end: Secs) {
        let new = self.after_firm(words);
        let agreed = std::iter::zip(new, &self.before)
            .take_while(|(a, b)| a.plain() == b.plain())
            .count();
        let settled = new.partition_point(|word| word.end < end - SETTLED);
        let firm = agreed.max(settled);
        self.firm.extend_from_slice(&new[..firm]);
        self.before = new[firm..].to_vec();
    }

    /// Takes in a reading after which somebody paused: all of it is firm.
    pub fn settled(&mut self, words: &[Word]) {
        let new = self.after_firm(words);
        self.firm.extend_from_slice(new);
        self.before.clear();
    }

    /// Takes in the last reading of a window.
    pub fn ended(&mut self, words: &[Word]) {
        self.settled(words);
        self.ended = self.firm.len();
    }

    /// What is to be shown.
    pub fn caption(&self) -> Caption {
        let open: Vec<&str> = self.before.iter().map(|word| word.text.as_str()).collect();
        Caption {
            firm: self.firm.clone(),
            open: open.join(" "),
        }
    }

    /// The part of a reading that comes after what is firm: after the same words, or else by time.
    fn after_firm<'a>(&self, words: &'a [Word]) -> &'a [Word] {
        let firm = &self.firm[self.ended..];
        let Some(newest) = firm.last() else {
            return words;
        };
        for count in (1..=ANCHOR.min(firm.len())).rev() {
            let anchor = &firm[firm.len() - count..];
            let same = |run: &[Word]| {
                let alike = std::iter::zip(run, anchor).all(|(a, b)| a.plain() == b.plain());
                let apart = (run[count - 1].end - newest.end).abs();
                // Who says a thing again begins after its end.
                alike && apart < SAME_PLACE * count as Secs && run[0].start < newest.end
            };
            // Of two alike, the one that is nearer.
            let apart = |at: &usize| (words[at + count - 1].end - newest.end).abs();
            let found = (0..(words.len() + 1).saturating_sub(count))
                .filter(|at| same(&words[*at..at + count]))
                .min_by(|a, b| apart(a).total_cmp(&apart(b)));
            if let Some(at) = found {
                return &words[at + count..];
            }
        }
        let at = words.partition_point(|word| (word.start + word.end) / 2.0 <= newest.end);
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

    fn shown(captions: &Captions) -> String {
        let caption = captions.caption();
        let firm: Vec<&str> = caption.firm.iter().map(|word| word.text.as_str()).collect();
        format!("{} | {}", firm.join(" "), caption.open)
    }

    #[test]
    fn two_readings_that_agree_are_firm() {
        let mut captions = Captions::default();
        captions.glimpsed(&words(0.0, "I trace"), 1.0);
        assert_eq!(shown(&captions), " | I trace");
        captions.glimpsed(&words(0.0, "I traced the"), 1.0);
        assert_eq!(shown(&captions), "I | traced the");
        // Another capital or comma is no other word.
        captions.glimpsed(&words(0.0, "I traced, the web hook"), 2.0);
        assert_eq!(shown(&captions), "I traced, the | web hook");
        // What is firm is not written again, whatever a later reading makes of it.
        captions.glimpsed(&words(0.0, "I chased, the webhook queue"), 2.5);
        assert_eq!(shown(&captions), "I traced, the | webhook queue");
        captions.settled(&words(0.0, "I traced the webhook queue."));
        assert_eq!(shown(&captions), "I traced, the webhook queue. | ");
    }

    #[test]
    fn a_word_is_firm_when_enough_was_heard_after_it() {
        let mut captions = Captions::default();
        captions.glimpsed(&words(0.0, "I traced the web hook"), 2.5);
        assert_eq!(shown(&captions), "I traced the | web hook");
    }

    #[test]
    fn what_is_said_again_is_shown_again() {
        let mut captions = Captions::default();
        captions.ended(&words(0.0, "and I traced the"));
        captions.ended(&words(2.0, "the queue"));
        assert_eq!(shown(&captions), "and I traced the the queue | ");
        captions.settled(&words(4.0, "I think that"));
        // The next look begins a little before what is firm, or behind it.
        captions.settled(&words(5.0, "that I think that we"));
        captions.settled(&words(7.5, "we did"));
        let all = "and I traced the the queue I think that I think that we";
        assert_eq!(shown(&captions), format!("{all} we did | "));
    }
}
