//! Word times from letters and speech spans.
//!
//! A recognizer knows which words were spoken, in order. The audio shows exactly where speech starts and
//! ends, but not of which word. The length of words and the likely places of pauses connect the two.

use crate::analysis::language::lexicon::is_hesitation;
use crate::analysis::language::verbalize::spoken_words;
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::Word;

/// A shorter silence may be inside a word: the closure of a "t", or a soft syllable.
const MAX_GAP_IN_WORD: Secs = 0.2;
/// Length of a word's onset, in letters, in addition to its letters.
const ONSET_LETTERS: f64 = 1.5;
/// Letters for each capital after the first, which is spoken by its name: "SLO" has three syllables.
const CAPITAL_LETTERS: f64 = 3.0;
/// Seconds per letter at 280 and at 70 words per minute, the limits of speech.
const LETTER_SECS: (Secs, Secs) = (0.04, 0.14);

// Costs of assigning words to speech spans. They were chosen on the clips of `make eval` (4178 words). With
// them, 43 words are in another span than with whisper.cpp's alignment, which is wrong itself in about half
// of these ("existed and | nobody").

/// Cost of the squared difference between the length of a span and its words, per second of these words.
const MISFIT_COST: f64 = 0.5;
/// Expected difference between a span and its words, in seconds.
const LENGTH_SLACK: Secs = 0.15;
/// Cost per second of silence after a word that does not end a clause ...
const MID_CLAUSE_PAUSE_COST: f64 = 0.6;
/// ... where longer silences count as this long ...
const MAX_COSTED_SILENCE: Secs = 1.5;
/// ... plus this much for any silence.
const BASE_SILENCE: Secs = 0.3;
/// Factor on that cost before a word that starts a clause or phrase.
const PHRASE_START_FACTOR: f64 = 0.5;
/// Cost per second of speech without a word.
const WORDLESS_COST: f64 = 2.0;
/// Seconds added to any speech without a word.
const BASE_WORDLESS: Secs = 0.1;

/// Words that people pause before rather than after.
const PHRASE_OPENERS: &str = "and but so then because since which that to in on with after before for from at by when who \
    where or while under into during due as is was are were has have had not";

/// Sets the times of `words` (in order) within the spans of `speech` (in order).
///
/// No word covers a silence of 0.2 s or more. The first word of a span starts with it and the last one ends
/// with it. Without speech nothing changes. A span that fits no word, such as an "um" that was not
/// transcribed, gets none.
///
/// Words are assigned to spans in order, at the lowest cost: how well the length of a span fits the letters
/// of its words, and whether a speaker would pause there. Inside a span, each word gets a share by its
/// letters.
pub fn align(words: &mut [Word], speech: &[Span]) {
    let spans = close_gaps(speech);
    if words.is_empty() || spans.is_empty() {
        return;
    }
    let letters: Vec<f64> = words
        .iter()
        .map(|word| spoken_letters(&word.text))
        .collect();
    let ends = assign_to_spans(words, &spans, &letters);
    let mut first = 0;
    for (span, end) in spans.iter().zip(ends) {
        place(&mut words[first..end], *span, &letters[first..end]);
        first = end;
    }
}

/// For each span, the number of words up to its end.
fn assign_to_spans(words: &[Word], spans: &[Span], letters: &[f64]) -> Vec<usize> {
    let per_letter = seconds_per_letter(spans, letters);
    // Prefix sums of the letters.
    let mut before = vec![0.0];
    for letters in letters {
        before.push(before[before.len() - 1] + letters);
    }
    let pause_costs = pause_costs(words);
    let mut cost = vec![f64::INFINITY; words.len() + 1];
    cost[0] = 0.0;
    let mut choices = Vec::with_capacity(spans.len());
    for (index, span) in spans.iter().enumerate() {
        let silence = spans
            .get(index + 1)
            .map_or(0.0, |next| next.start - span.end);
        let pause = BASE_SILENCE + silence.min(MAX_COSTED_SILENCE);
        let mut next = vec![f64::INFINITY; words.len() + 1];
        let mut from = vec![0; words.len() + 1];
        for last in 0..=words.len() {
            for first in 0..=last {
                let span_cost = if first == last {
                    WORDLESS_COST * (span.len() + BASE_WORDLESS)
                } else {
                    let expected = (before[last] - before[first]) * per_letter;
                    let misfit = (span.len() - expected).powi(2) / (expected + LENGTH_SLACK);
                    MISFIT_COST * misfit + pause_costs[last] * pause
                };
                let total = cost[first] + span_cost;
                if total < next[last] {
                    next[last] = total;
                    from[last] = first;
                }
            }
        }
        cost = next;
        choices.push(from);
    }
    let mut ends = vec![words.len()];
    for from in choices.iter().skip(1).rev() {
        ends.push(from[ends[ends.len() - 1]]);
    }
    ends.reverse();
    ends
}

/// Cost per second of silence before each word and after the last one.
fn pause_costs(words: &[Word]) -> Vec<f64> {
    let plain: Vec<String> = words.iter().map(Word::plain).collect();
    let mut costs = vec![0.0; words.len() + 1];
    for next in 1..words.len() {
        let ends_clause = words[next - 1]
            .text
            .ends_with(['.', ',', '?', '!', ';', ':']);
        let hesitates = is_hesitation(&plain[next - 1]) || is_hesitation(&plain[next]);
        costs[next] = match ends_clause || hesitates {
            true => 0.0,
            false
                if PHRASE_OPENERS
                    .split(' ')
                    .any(|opening| opening == plain[next]) =>
            {
                MID_CLAUSE_PAUSE_COST * PHRASE_START_FACTOR
            }
            false => MID_CLAUSE_PAUSE_COST,
        };
    }
    costs
}

/// Distributes words over a span by their letters.
fn place(words: &mut [Word], span: Span, letters: &[f64]) {
    let total: f64 = letters.iter().sum();
    let mut so_far = 0.0;
    let mut start = span.start;
    let count = words.len();
    for (index, (word, letters)) in words.iter_mut().zip(letters).enumerate() {
        so_far += letters;
        word.start = start;
        word.end = match index + 1 == count {
            true => span.end,
            false => span.start + span.len() * so_far / total,
        };
        start = word.end;
    }
}

/// Seconds per letter in this window: all speech divided by all letters, within human limits.
fn seconds_per_letter(spans: &[Span], letters: &[f64]) -> Secs {
    let seconds: Secs = spans.iter().map(Span::len).sum();
    (seconds / letters.iter().sum::<f64>()).clamp(LETTER_SECS.0, LETTER_SECS.1)
}

/// Spoken length of a word, in letters.
pub fn spoken_letters(text: &str) -> f64 {
    let capitals = text.chars().filter(|c| c.is_uppercase()).count().max(1) - 1;
    let spoken_words = spoken_words(text);
    let letters = spoken_words
        .iter()
        .flat_map(|word| word.chars())
        .filter(|c| c.is_alphanumeric())
        .count();
    ONSET_LETTERS * spoken_words.len().max(1) as f64
        + letters as f64
        + CAPITAL_LETTERS * capitals as f64
}

/// Joins spans separated by silences that may be inside a word.
fn close_gaps(speech: &[Span]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for span in speech {
        match spans.last_mut() {
            Some(last) if span.start - last.end < MAX_GAP_IN_WORD => last.end = span.end,
            _ => spans.push(*span),
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Aligns `words` with speech given as `0.4-1.0 2.0-3.0`.
    fn check(words: &str, speech: &str, expected: &str) {
        let mut words: Vec<Word> = words
            .split_whitespace()
            .map(|word| Word {
                text: word.to_owned(),
                start: 0.0,
                end: 0.0,
                confidence: 1.0,
            })
            .collect();
        let span = |text: &str| {
            let (start, end) = text.split_once('-').expect("a-b");
            Span::new(start.parse().expect("secs"), end.parse().expect("secs"))
        };
        let speech: Vec<Span> = speech.split_whitespace().map(span).collect();
        align(&mut words, &speech);
        let placed: Vec<String> = words
            .iter()
            .map(|w| format!("{}@{:.1}-{:.1}", w.text, w.start, w.end))
            .collect();
        assert_eq!(placed.join(" "), expected);
    }

    #[test]
    fn words_are_placed_on_the_speech() {
        check("I", "", "I@0.0-0.0");
        check(
            "I noticed that",
            "0.1-0.8 2.2-2.5",
            "I@0.1-0.3 noticed@0.3-0.8 that@2.2-2.5",
        );
        // A short gap inside a word does not count.
        check("eight", "0.1-0.3 0.4-0.6", "eight@0.1-0.6");
        // By lengths alone "in" would belong to the first span.
        check(
            "I saw drops in the service.",
            "0.0-1.1 2.0-2.7",
            "I@0.0-0.2 saw@0.2-0.6 drops@0.6-1.1 in@2.0-2.1 the@2.1-2.3 service.@2.3-2.7",
        );
        // An "um" keeps its span, whether it was transcribed or not.
        check(
            "I noticed um that",
            "0.1-0.7 1.5-1.8 3.0-3.3",
            "I@0.1-0.2 noticed@0.2-0.7 um@1.5-1.8 that@3.0-3.3",
        );
        check(
            "I noticed, that",
            "0.1-0.7 1.5-1.6 3.0-3.3",
            "I@0.1-0.2 noticed,@0.2-0.7 that@3.0-3.3",
        );
    }

    #[test]
    fn too_many_words_still_have_increasing_times() {
        let word = Word {
            text: "a".to_owned(),
            start: 0.0,
            end: 0.0,
            confidence: 1.0,
        };
        let mut words = vec![word; 50];
        align(&mut words, &[Span::new(1.0, 1.1)]);
        assert_eq!((words[0].start, words[49].end), (1.0, 1.1));
        assert!(words.iter().all(|word| word.start < word.end));
        assert!(words.windows(2).all(|pair| pair[0].end <= pair[1].start));
    }
}
