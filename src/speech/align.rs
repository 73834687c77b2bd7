//! Words put where the speech is. A recogniser knows roughly when a word was said and stretches it
//! over silence; the audio knows to a few milliseconds where sound begins and ends, but not of
//! which word. Pure: words with rough times and the spans of speech in, words with times out.

use crate::coach::spoken::spoken;
use crate::coach::time::{Secs, Span};
use crate::coach::transcript::Word;

/// A silence shorter than this may lie inside a word: the closure of a "t", or a soft syllable.
const INSIDE_A_WORD: Secs = 0.2;
/// What a word's onset costs beside its letters, in letters.
const ONSET_LETTERS: f64 = 1.5;
/// A capital after the first is spoken by its name: "SLO" is three syllables.
const CAPITAL_LETTERS: f64 = 3.0;
/// Seconds a letter takes, at 280 words a minute and at 70: speech is not quicker or slower.
const LETTER: (Secs, Secs) = (0.04, 0.14);
/// What a pause costs after a word that ends no clause, in seconds of mismatch.
const NO_CLAUSE_END: Secs = 0.1;
/// A word that reaches beyond its span costs so much of what is outside.
const OUTSIDE: f64 = 0.3;
/// What a second costs by which a span is longer or shorter than its words' letters. 0.3 to 1 do
/// as well; with less, words are left in the wrong span.
const MISFIT: f64 = 0.5;
/// Words are at least this long where there is room.
const SHORTEST_WORD: Secs = 0.03;

/// Gives each of `words` (in order, with the recogniser's times) its place in `speech` (in order).
/// None lies over a silence of 0.2 s or more; the first word of a span begins with it and the last
/// ends with it. Without speech nothing changes. A span that is too long or too far for any word,
/// such as that of an "um" that was not written, is left alone.
///
/// Which words belong to which span is the cheapest assignment in order: the distance between each
/// word's rough time and its span, and how well a span's length fits its words' letters.
pub fn align(words: &mut [Word], speech: &[Span]) {
    let spans = joined(speech);
    if words.is_empty() || spans.is_empty() {
        return;
    }
    let letters: Vec<f64> = words.iter().map(|word| letters(&word.text)).collect();
    let ends = assign(words, &spans, &letters);
    let mut first = 0;
    for (span, end) in spans.iter().zip(ends) {
        place(&mut words[first..end], *span, &letters[first..end]);
        first = end;
    }
}

/// For each span the number of words up to its end.
fn assign(words: &[Word], spans: &[Span], letters: &[f64]) -> Vec<usize> {
    let per_letter = seconds_per_letter(spans, letters);
    // Letters before each word, to sum over a range.
    let mut before = vec![0.0];
    for letters in letters {
        before.push(before[before.len() - 1] + letters);
    }
    let mut cost = vec![f64::INFINITY; words.len() + 1];
    cost[0] = 0.0;
    let mut came_from = Vec::with_capacity(spans.len());
    for span in spans {
        let mut apart = vec![0.0];
        for word in words {
            apart.push(apart[apart.len() - 1] + mismatch(word, *span));
        }
        let mut next = vec![f64::INFINITY; words.len() + 1];
        let mut from = vec![0; words.len() + 1];
        for last in 0..=words.len() {
            for first in 0..=last {
                let expected = (before[last] - before[first]) * per_letter;
                let clause_ends = last == words.len()
                    || last == first
                    || words[last - 1]
                        .text
                        .ends_with(['.', ',', '?', '!', ';', ':']);
                let total = cost[first]
                    + (apart[last] - apart[first])
                    + MISFIT * (span.len() - expected).abs()
                    + if clause_ends { 0.0 } else { NO_CLAUSE_END };
                if total < next[last] {
                    next[last] = total;
                    from[last] = first;
                }
            }
        }
        cost = next;
        came_from.push(from);
    }
    let mut ends = vec![words.len()];
    for from in came_from.iter().skip(1).rev() {
        ends.push(from[ends[ends.len() - 1]]);
    }
    ends.reverse();
    ends
}

/// How far a word's rough time is from a span, in seconds.
fn mismatch(word: &Word, span: Span) -> f64 {
    let apart = (span.start - word.end).max(word.start - span.end).max(0.0);
    let inside = word.end.min(span.end) - word.start.max(span.start);
    apart + OUTSIDE * (word.end - word.start - inside.max(0.0)).max(0.0)
}

/// Puts words into a span. Inside it the mean of two guesses is taken: the recogniser's time, and
/// the share of the letters.
fn place(words: &mut [Word], span: Span, letters: &[f64]) {
    let all: f64 = letters.iter().sum();
    let count = words.len();
    let shortest = SHORTEST_WORD.min(span.len() / count.max(1) as f64);
    let mut start = span.start;
    let mut so_far = 0.0;
    for i in 0..count {
        so_far += letters[i];
        let left = (count - 1 - i) as f64;
        let end = match words.get(i + 1) {
            None => span.end,
            Some(next) => {
                let by_letters = span.start + span.len() * so_far / all;
                let rough = next.start.clamp(span.start, span.end);
                // No word is squeezed out: each keeps a little room. (`clamp` would panic where
                // rounding puts the one bound past the other.)
                ((by_letters + rough) / 2.0)
                    .max(start + shortest)
                    .min(span.end - left * shortest)
            }
        };
        words[i].start = start;
        words[i].end = end.max(start);
        start = words[i].end;
    }
}

/// Seconds a letter takes here: all speech by all letters, within what people do.
fn seconds_per_letter(spans: &[Span], letters: &[f64]) -> Secs {
    let seconds: Secs = spans.iter().map(Span::len).sum();
    (seconds / letters.iter().sum::<f64>()).clamp(LETTER.0, LETTER.1)
}

/// How long a written word is to say, in letters of what is spoken.
fn letters(text: &str) -> f64 {
    let spelt = text.chars().filter(|c| c.is_uppercase()).count().max(1) - 1;
    let said = spoken(text);
    let letters = said
        .iter()
        .flat_map(|word| word.chars())
        .filter(|c| c.is_alphanumeric())
        .count();
    ONSET_LETTERS * said.len().max(1) as f64 + letters as f64 + CAPITAL_LETTERS * spelt as f64
}

/// Spans with the silences inside words closed.
fn joined(speech: &[Span]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for span in speech {
        match spans.last_mut() {
            Some(last) if span.start - last.end < INSIDE_A_WORD => last.end = span.end,
            _ => spans.push(*span),
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words written as `I@0.5-0.7 led@0.8-1.0`, speech as `0.4-1.0 2.0-3.0`.
    fn check(words: &str, speech: &str, expected: &str) {
        let times = |text: &str| {
            let (start, end) = text.split_once('-').expect("a-b");
            Span::new(start.parse().expect("secs"), end.parse().expect("secs"))
        };
        let mut words: Vec<Word> = words
            .split_whitespace()
            .map(|word| {
                let (text, at) = word.split_once('@').expect("word@a-b");
                let span = times(at);
                Word {
                    text: text.to_owned(),
                    start: span.start,
                    end: span.end,
                    confidence: 1.0,
                }
            })
            .collect();
        let speech: Vec<Span> = speech.split_whitespace().map(times).collect();
        align(&mut words, &speech);
        let placed: Vec<String> = words
            .iter()
            .map(|w| format!("{}@{:.1}-{:.1}", w.text, w.start, w.end))
            .collect();
        assert_eq!(placed.join(" "), expected);
    }

    #[test]
    fn words_stand_where_the_speech_is() {
        check("I@0.5-0.7", "", "I@0.5-0.7");
        // Stretched over a silence, at its end or its beginning.
        check(
            "I@0.1-0.2 noticed@0.2-2.4 that@2.4-2.6",
            "0.1-0.8 2.2-2.5",
            "I@0.1-0.2 noticed@0.2-0.8 that@2.2-2.5",
        );
        check(
            "I@0.1-0.2 noticed@0.2-0.7 that,@0.7-1.5 though@1.5-2.6",
            "0.1-1.0 2.2-2.6",
            "I@0.1-0.2 noticed@0.2-0.7 that,@0.7-1.0 though@2.2-2.6",
        );
        // An "um" that was not written keeps its place.
        check(
            "I@0.1-0.2 noticed@0.2-0.7 that@2.9-3.1",
            "0.1-0.7 1.5-1.9 3.0-3.3",
            "I@0.1-0.2 noticed@0.2-0.7 that@3.0-3.3",
        );
        // A gap inside a word is none.
        check("eight@0.1-0.5", "0.1-0.3 0.4-0.6", "eight@0.1-0.6");
    }

    #[test]
    fn more_words_than_room_still_run_forwards() {
        let words: Vec<String> = (0..50).map(|i| format!("a@{i}-{i}")).collect();
        let mut expected = Vec::new();
        for i in 0..50 {
            expected.push(format!(
                "a@{:.1}-{:.1}",
                1.0 + 0.002 * i as f64,
                1.002 + 0.002 * i as f64
            ));
        }
        check(&words.join(" "), "1.0-1.1", &expected.join(" "));
    }
}
