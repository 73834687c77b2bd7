//! A text to read along with: which of its words is on after so long, at a chosen rate. The rate is
//! that of the review, words as they are spoken over all the time used, so that who keeps up with the
//! marked word is told the same number afterwards.

use std::ops::Range;

use crate::analysis::language::syllables::syllables;
use crate::analysis::language::verbalize::spoken;
use crate::domain::time::Secs;

/// The rates that can be chosen, in words a minute.
pub const RATES_WPM: [u32; 6] = [120, 130, 140, 150, 160, 170];
/// The rate to begin with.
pub const DEFAULT_WPM: u32 = 140;

/// Pauses, as long as so many syllables: enough to breathe after a sentence, and to hear a comma. At
/// 140 words a minute about a fifth and three fifths of a second.
const COMMA: f64 = 1.0;
const HALF_STOP: f64 = 2.0;
const FULL_STOP: f64 = 3.0;

/// The words of a text, each with when it is over.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadAlong {
    word_ranges: Vec<Range<usize>>,
    /// For each of them, how many spoken words have gone by when it and the pause after it are over.
    /// A long word takes the time of more than one, a short one of less; together they are as many as
    /// are spoken.
    ends: Vec<f64>,
}

impl ReadAlong {
    /// Reads a text.
    pub fn new(text: &str) -> Self {
        let words: Vec<Range<usize>> = text
            .split_whitespace()
            .map(|word| {
                let start = word.as_ptr() as usize - text.as_ptr() as usize;
                start..start + word.len()
            })
            .collect();
        let mut beats: Vec<f64> = Vec::with_capacity(words.len());
        for (index, at) in words.iter().enumerate() {
            let word = &text[at.clone()];
            let last = index + 1 == words.len();
            let pause = if last { 0.0 } else { pause_after(word) };
            let before = beats.last().copied().unwrap_or(0.0);
            beats.push(before + syllables(word) as f64 + pause);
        }
        let all = beats.last().copied().unwrap_or(0.0);
        let count = spoken(text).len() as f64;
        let scale = if all > 0.0 { count / all } else { 0.0 };
        Self {
            word_ranges: words,
            ends: beats.into_iter().map(|beat| beat * scale).collect(),
        }
    }

    /// Where its words stand in the text, in bytes.
    pub fn word_ranges(&self) -> &[Range<usize>] {
        &self.word_ranges
    }

    /// How many words are spoken: "0.3%" is four.
    pub fn spoken_words(&self) -> f64 {
        self.ends.last().copied().unwrap_or(0.0)
    }

    /// How long it takes at a rate.
    pub fn duration(&self, wpm: u32) -> Secs {
        self.spoken_words() * 60.0 / f64::from(wpm)
    }

    /// The word that is on when so many spoken words have gone by; the pause after a word is its own.
    /// `None` once all is read.
    pub fn word_at(&self, spoken: f64) -> Option<usize> {
        let on = self.ends.partition_point(|end| *end <= spoken);
        (on < self.word_ranges.len()).then_some(on)
    }

    /// How long until another word is on; `None` once all is read.
    pub fn until_next(&self, spoken: f64, wpm: u32) -> Option<Secs> {
        let end = self.ends[self.word_at(spoken)?];
        Some((end - spoken) * 60.0 / f64::from(wpm))
    }
}

/// Somebody reads along: how far they are, by any clock that only goes forward.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadAlongState {
    wpm: u32,
    /// Spoken words that had gone by at `since`, or until it was paused.
    position: f64,
    running_since: Option<Secs>,
}

impl ReadAlongState {
    /// At the first word, not begun yet.
    pub fn new(wpm: u32) -> Self {
        Self {
            wpm,
            position: 0.0,
            running_since: None,
        }
    }

    /// Its rate, in words a minute.
    pub fn wpm(&self) -> u32 {
        self.wpm
    }

    /// How many spoken words have gone by.
    pub fn position(&self, now: Secs) -> f64 {
        let since = self
            .running_since
            .map_or(0.0, |since| (now - since).max(0.0));
        self.position + since * f64::from(self.wpm) / 60.0
    }

    /// Whether the words go by.
    pub fn is_running(&self) -> bool {
        self.running_since.is_some()
    }

    /// Lets the words go by, from where it was paused.
    pub fn resume(&mut self, now: Secs) {
        self.running_since.get_or_insert(now);
    }

    /// Stays at the word that is on.
    pub fn pause(&mut self, now: Secs) {
        self.position = self.position(now);
        self.running_since = None;
    }

    /// Goes on from here at another rate.
    pub fn set_rate(&mut self, wpm: u32, now: Secs) {
        self.position = self.position(now);
        self.running_since = self.running_since.map(|_| now);
        self.wpm = wpm;
    }

    /// Back to the first word; the words go by if they did.
    pub fn start_over(&mut self, now: Secs) {
        self.position = 0.0;
        self.running_since = self.running_since.map(|_| now);
    }
}

/// The next rate above, or below.
pub fn next_rate(wpm: u32, faster: bool) -> Option<u32> {
    match faster {
        true => RATES_WPM.into_iter().find(|rate| *rate > wpm),
        false => RATES_WPM.into_iter().rev().find(|rate| *rate < wpm),
    }
}

fn pause_after(word: &str) -> f64 {
    let ends = |c: char| matches!(c, '"' | '\'' | '\u{201d}' | '\u{2019}' | ')' | ']');
    match word.trim_end_matches(ends).chars().last() {
        Some(',') => COMMA,
        Some(';' | ':' | '\u{2013}' | '\u{2014}') => HALF_STOP,
        Some('.' | '?' | '!' | '\u{2026}') => FULL_STOP,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How long each word of a text is on, in seconds at 120 words a minute.
    fn lengths(text: &str) -> Vec<f64> {
        let pacer = ReadAlong::new(text);
        let mut before = 0.0;
        let each = pacer.ends.iter().map(|end| {
            let length = (end - before) * 60.0 / 120.0;
            before = *end;
            length
        });
        each.collect()
    }

    fn word(pacer: &ReadAlong, text: &str, reading: &ReadAlongState, now: f64) -> String {
        let on = pacer.word_at(reading.position(now));
        on.map_or(String::new(), |on| {
            text[pacer.word_ranges()[on].clone()].into()
        })
    }

    #[test]
    fn a_text_takes_its_spoken_words_at_the_rate() {
        // Zero point three percent, and five more.
        let pacer = ReadAlong::new("0.3% of our webhooks got lost.");
        assert!((pacer.spoken_words() - 9.0).abs() < 1e-9);
        assert!((pacer.duration(120) - 4.5).abs() < 1e-9);
        assert!((pacer.duration(150) - 3.6).abs() < 1e-9);
    }

    #[test]
    fn a_number_takes_the_time_of_its_words_and_a_stop_has_its_pause() {
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
        // Nobody waits after the last word.
        let last = lengths("we lost it and we ran.");
        assert_eq!(last, plain);
    }

    #[test]
    fn a_reading_goes_on_pauses_and_starts_over() {
        let text = "we lost it and we ran";
        let pacer = ReadAlong::new(text);
        let mut reading = ReadAlongState::new(120);
        assert_eq!(word(&pacer, text, &reading, 9.0), "we");
        reading.resume(10.0);
        assert_eq!(word(&pacer, text, &reading, 10.6), "lost");
        // Half a second a word: 0.4 s of this one are left.
        let left = pacer.until_next(reading.position(10.6), 120).expect("more");
        assert!((left - 0.4).abs() < 1e-6);
        reading.pause(11.2);
        assert_eq!(word(&pacer, text, &reading, 60.0), "it");
        reading.resume(60.0);
        // 2.4 words had gone by; at twice the rate a word takes a quarter of a second.
        reading.set_rate(240, 60.0);
        assert_eq!(word(&pacer, text, &reading, 60.2), "and");
        reading.start_over(61.0);
        assert_eq!(word(&pacer, text, &reading, 61.1), "we");
        assert!(reading.is_running());
        assert_eq!(pacer.word_at(reading.position(70.0)), None);
        assert_eq!(pacer.until_next(reading.position(70.0), 240), None);
    }

    #[test]
    fn a_text_without_words_is_over_at_once() {
        for text in ["", "  ", "\u{2013}"] {
            let pacer = ReadAlong::new(text);
            assert_eq!(pacer.word_at(0.0), None, "{text}");
            assert_eq!(pacer.duration(140), 0.0);
        }
    }

    #[test]
    fn rates_end_where_they_end() {
        assert_eq!(next_rate(140, true), Some(150));
        assert_eq!(next_rate(140, false), Some(130));
        assert_eq!(next_rate(170, true), None);
        assert_eq!(next_rate(120, false), None);
    }
}
