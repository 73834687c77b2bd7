//! Reading a text along with a highlighted word that moves at a chosen rate. The rate counts spoken words
//! over the whole time, as the review does, so that a user who keeps up gets the same number there.

use std::ops::Range;

use crate::analysis::language::syllables::syllables;
use crate::analysis::language::verbalize::spoken_words;
use crate::domain::time::Secs;

/// The rates to choose from, in words per minute.
pub const RATES_WPM: [u32; 6] = [120, 130, 140, 150, 160, 170];
/// The initial rate.
pub const DEFAULT_WPM: u32 = 140;

// Pauses after punctuation, in syllables. At 140 words per minute, a comma takes about 0.2 s and a full
// stop about 0.6 s, enough to breathe.
const COMMA_PAUSE: f64 = 1.0;
const SEMICOLON_PAUSE: f64 = 2.0;
const FULL_STOP_PAUSE: f64 = 3.0;

/// The words of a text, each with the moment at which it ends.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadAlong {
    word_ranges: Vec<Range<usize>>,
    /// The end of each word, including the pause after it, in spoken words from the start of the text.
    /// A long word takes more than one, a short word less; the last end is the number of spoken words.
    ends: Vec<f64>,
}

impl ReadAlong {
    /// Splits a text into words and computes their ends.
    pub fn new(text: &str) -> Self {
        let words: Vec<Range<usize>> = text
            .split_whitespace()
            .map(|word| {
                let start = word.as_ptr() as usize - text.as_ptr() as usize;
                start..start + word.len()
            })
            .collect();
        let mut syllable_ends: Vec<f64> = Vec::with_capacity(words.len());
        for (index, range) in words.iter().enumerate() {
            let word = &text[range.clone()];
            let last = index + 1 == words.len();
            let pause = if last { 0.0 } else { pause_after(word) };
            let start = syllable_ends.last().copied().unwrap_or(0.0);
            syllable_ends.push(start + syllables(word) as f64 + pause);
        }
        let total = syllable_ends.last().copied().unwrap_or(0.0);
        let count = spoken_words(text).len() as f64;
        let scale = if total > 0.0 { count / total } else { 0.0 };
        Self {
            word_ranges: words,
            ends: syllable_ends.into_iter().map(|end| end * scale).collect(),
        }
    }

    /// The byte ranges of the words in the text.
    pub fn word_ranges(&self) -> &[Range<usize>] {
        &self.word_ranges
    }

    /// The number of spoken words: "0.3%" is four.
    pub fn spoken_words(&self) -> f64 {
        self.ends.last().copied().unwrap_or(0.0)
    }

    /// How long the text takes at a rate.
    pub fn duration(&self, wpm: u32) -> Secs {
        self.spoken_words() * 60.0 / f64::from(wpm)
    }

    /// The index of the word to read at a position in spoken words. The pause after a word belongs to it.
    /// `None` after the last word.
    pub fn word_at(&self, spoken: f64) -> Option<usize> {
        let index = self.ends.partition_point(|end| *end <= spoken);
        (index < self.word_ranges.len()).then_some(index)
    }

    /// The time until the next word; `None` after the last word.
    pub fn until_next(&self, spoken: f64, wpm: u32) -> Option<Secs> {
        let end = self.ends[self.word_at(spoken)?];
        Some((end - spoken) * 60.0 / f64::from(wpm))
    }
}

/// The position of a reader in a text. Moments are seconds of any monotonic clock.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadAlongState {
    wpm: u32,
    /// Position at `running_since`, or at the pause, in spoken words.
    position: f64,
    running_since: Option<Secs>,
}

impl ReadAlongState {
    /// Paused at the first word.
    pub fn new(wpm: u32) -> Self {
        Self {
            wpm,
            position: 0.0,
            running_since: None,
        }
    }

    /// The rate in words per minute.
    pub fn wpm(&self) -> u32 {
        self.wpm
    }

    /// The position in spoken words.
    pub fn position(&self, now: Secs) -> f64 {
        let running_for = self
            .running_since
            .map_or(0.0, |since| (now - since).max(0.0));
        self.position + running_for * f64::from(self.wpm) / 60.0
    }

    /// Whether the position moves.
    pub fn is_running(&self) -> bool {
        self.running_since.is_some()
    }

    /// Starts, or continues after a pause.
    pub fn resume(&mut self, now: Secs) {
        self.running_since.get_or_insert(now);
    }

    /// Stops at the current position.
    pub fn pause(&mut self, now: Secs) {
        self.position = self.position(now);
        self.running_since = None;
    }

    /// Changes the rate from here on.
    pub fn set_rate(&mut self, wpm: u32, now: Secs) {
        self.position = self.position(now);
        self.running_since = self.running_since.map(|_| now);
        self.wpm = wpm;
    }

    /// Goes back to the first word, without pausing or resuming.
    pub fn start_over(&mut self, now: Secs) {
        self.position = 0.0;
        self.running_since = self.running_since.map(|_| now);
    }
}

/// The next higher or lower rate; `None` at the end of the list.
pub fn next_rate(wpm: u32, faster: bool) -> Option<u32> {
    match faster {
        true => RATES_WPM.into_iter().find(|rate| *rate > wpm),
        false => RATES_WPM.into_iter().rev().find(|rate| *rate < wpm),
    }
}

fn pause_after(word: &str) -> f64 {
    let closes = |c: char| matches!(c, '"' | '\'' | '\u{201d}' | '\u{2019}' | ')' | ']');
    match word.trim_end_matches(closes).chars().last() {
        Some(',') => COMMA_PAUSE,
        Some(';' | ':' | '\u{2013}' | '\u{2014}') => SEMICOLON_PAUSE,
        Some('.' | '?' | '!' | '\u{2026}') => FULL_STOP_PAUSE,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The duration of each word of a text, in seconds at 120 words per minute.
    fn lengths(text: &str) -> Vec<f64> {
        let text_timing = ReadAlong::new(text);
        let mut before = 0.0;
        let each = text_timing.ends.iter().map(|end| {
            let length = (end - before) * 60.0 / 120.0;
            before = *end;
            length
        });
        each.collect()
    }

    fn word(text_timing: &ReadAlong, text: &str, reading: &ReadAlongState, now: f64) -> String {
        let index = text_timing.word_at(reading.position(now));
        index.map_or(String::new(), |index| {
            text[text_timing.word_ranges()[index].clone()].into()
        })
    }

    #[test]
    fn duration_counts_spoken_words() {
        // "Zero point three percent" and five more words.
        let text_timing = ReadAlong::new("0.3% of our webhooks got lost.");
        assert!((text_timing.spoken_words() - 9.0).abs() < 1e-9);
        assert!((text_timing.duration(120) - 4.5).abs() < 1e-9);
        assert!((text_timing.duration(150) - 3.6).abs() < 1e-9);
    }

    #[test]
    fn numbers_take_longer_and_punctuation_adds_pauses() {
        let plain = lengths("we lost it and we ran");
        assert!(plain.iter().all(|length| (length - 0.5).abs() < 1e-9));
        let number = lengths("we lost 0.3% of it");
        assert!(number[2] > 3.5 * number[1], "{number:?}");
        let comma = lengths("we lost it, and we ran");
        let stop = lengths("we lost it. and we ran");
        assert!((comma[2] - 2.0 * comma[1]).abs() < 1e-9, "{comma:?}");
        assert!((stop[2] - 4.0 * stop[1]).abs() < 1e-9, "{stop:?}");
        let quoted = lengths("\u{201c}we lost it.\u{201d} and we ran");
        assert!((quoted[2] - stop[2]).abs() < 1e-9);
        // There is no pause after the last word.
        let last = lengths("we lost it and we ran.");
        assert_eq!(last, plain);
    }

    #[test]
    fn reading_runs_pauses_and_starts_over() {
        let text = "we lost it and we ran";
        let text_timing = ReadAlong::new(text);
        let mut reading = ReadAlongState::new(120);
        assert_eq!(word(&text_timing, text, &reading, 9.0), "we");
        reading.resume(10.0);
        assert_eq!(word(&text_timing, text, &reading, 10.6), "lost");
        // Half a second per word: 0.4 s of this one are left.
        let left = text_timing
            .until_next(reading.position(10.6), 120)
            .expect("more");
        assert!((left - 0.4).abs() < 1e-6);
        reading.pause(11.2);
        assert_eq!(word(&text_timing, text, &reading, 60.0), "it");
        reading.resume(60.0);
        // The position is 2.4 words; at twice the rate a word takes a quarter of a second.
        reading.set_rate(240, 60.0);
        assert_eq!(word(&text_timing, text, &reading, 60.2), "and");
        reading.start_over(61.0);
        assert_eq!(word(&text_timing, text, &reading, 61.1), "we");
        assert!(reading.is_running());
        assert_eq!(text_timing.word_at(reading.position(70.0)), None);
        assert_eq!(text_timing.until_next(reading.position(70.0), 240), None);
    }

    #[test]
    fn text_without_words_ends_immediately() {
        for text in ["", "  ", "\u{2013}"] {
            let text_timing = ReadAlong::new(text);
            assert_eq!(text_timing.word_at(0.0), None, "{text}");
            assert_eq!(text_timing.duration(140), 0.0);
        }
    }

    #[test]
    fn next_rate_ends_at_the_first_and_last_rate() {
        assert_eq!(next_rate(140, true), Some(150));
        assert_eq!(next_rate(140, false), Some(130));
        assert_eq!(next_rate(170, true), None);
        assert_eq!(next_rate(120, false), None);
    }
}
