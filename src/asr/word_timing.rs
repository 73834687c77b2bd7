//! Words put where the speech is. A recogniser knows which words were said, in order; the audio knows
//! to a few milliseconds where sound begins and ends, but not of which word. How long a word takes
//! and where a speaker pauses tells the rest. Pure: words in order and the spans of speech in,
//! words with times out.

use crate::analysis::language::lexicon::is_sound;
use crate::analysis::language::verbalize::spoken;
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::Word;

/// A silence shorter than this may lie inside a word: the closure of a "t", or a soft syllable.
const MAX_GAP_IN_WORD: Secs = 0.2;
/// What a word's onset costs beside its letters, in letters.
const ONSET_LETTERS: f64 = 1.5;
/// A capital after the first is spoken by its name: "SLO" is three syllables.
const CAPITAL_LETTERS: f64 = 3.0;
/// Seconds a letter takes, at 280 words a minute and at 70: speech is not quicker or slower.
const LETTER_SECS: (Secs, Secs) = (0.04, 0.14);

// Costs of an assignment of words to spans. Chosen on the clips of `make eval`, 4178 words: so, 43 of
// them come to lie in another span than by whisper.cpp's alignment, which is wrong itself in about
// half of these ("existed and | nobody").

/// What it costs that a span is longer or shorter than its words are to say: the square of the difference,
/// for each second of these words.
const MISFIT_COST: f64 = 0.5;
/// A span is so much longer or shorter than its words in any case, in seconds.
const LENGTH_SLACK: Secs = 0.15;
/// What a second of a silence costs after a word that ends no clause ...
const MID_CLAUSE_PAUSE_COST: f64 = 0.6;
/// ... up to so many, ...
const MAX_COSTED_SILENCE: Secs = 1.5;
/// ... the shortest like so much of one, ...
const BASE_SILENCE: Secs = 0.3;
/// ... and before a word that begins a clause or a phrase, by how much less.
const PHRASE_START_FACTOR: f64 = 0.5;
/// What a second of speech costs that is left without a word, ...
const WORDLESS_COST: f64 = 2.0;
/// ... and any of it, in seconds.
const BASE_WORDLESS: Secs = 0.1;

/// Words that people pause before rather than after.
const PHRASE_OPENERS: &str = "and but so then because since which that to in on with after before for from at by when who \
    where or while under into during due as is was are were has have had not";

/// Gives each of `words` (in order, of any times) its place in `speech` (in order).
/// None lies over a silence of 0.2 s or more; the first word of a span begins with it and the last
/// ends with it. Without speech nothing changes. A span that no word fits, such as that of an "um" that
/// was not written, is left alone.
///
/// Which words belong to which span is the cheapest assignment in order: how well a span's length
/// fits its words' letters, and whether a speaker would pause there. Inside a span words take the
/// share of their letters.
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

/// For each span the number of words up to its end.
fn assign_to_spans(words: &[Word], spans: &[Span], letters: &[f64]) -> Vec<usize> {
    let per_letter = seconds_per_letter(spans, letters);
    // Letters before each word, to sum over a range.
    let mut before = vec![0.0];
    for letters in letters {
        before.push(before[before.len() - 1] + letters);
    }
    let unlikely = unlikely_pauses(words);
    let mut cost = vec![f64::INFINITY; words.len() + 1];
    cost[0] = 0.0;
    let mut came_from = Vec::with_capacity(spans.len());
    for (index, span) in spans.iter().enumerate() {
        let silence = spans
            .get(index + 1)
            .map_or(0.0, |next| next.start - span.end);
        let pause = BASE_SILENCE + silence.min(MAX_COSTED_SILENCE);
        let mut next = vec![f64::INFINITY; words.len() + 1];
        let mut from = vec![0; words.len() + 1];
        for last in 0..=words.len() {
            for first in 0..=last {
                let of_span = if first == last {
                    WORDLESS_COST * (span.len() + BASE_WORDLESS)
                } else {
                    let expected = (before[last] - before[first]) * per_letter;
                    let misfit = (span.len() - expected).powi(2) / (expected + LENGTH_SLACK);
                    MISFIT_COST * misfit + unlikely[last] * pause
                };
                let total = cost[first] + of_span;
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

/// What a second of silence costs before each word, and behind the last.
fn unlikely_pauses(words: &[Word]) -> Vec<f64> {
    let plain: Vec<String> = words.iter().map(Word::plain).collect();
    let mut costs = vec![0.0; words.len() + 1];
    for next in 1..words.len() {
        let ends_clause = words[next - 1]
            .text
            .ends_with(['.', ',', '?', '!', ';', ':']);
        let hesitates = is_sound(&plain[next - 1]) || is_sound(&plain[next]);
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

/// Puts words into a span.
fn place(words: &mut [Word], span: Span, letters: &[f64]) {
    let all: f64 = letters.iter().sum();
    let mut so_far = 0.0;
    let mut start = span.start;
    let count = words.len();
    for (index, (word, letters)) in words.iter_mut().zip(letters).enumerate() {
        so_far += letters;
        word.start = start;
        word.end = match index + 1 == count {
            true => span.end,
            false => span.start + span.len() * so_far / all,
        };
        start = word.end;
    }
}

/// Seconds a letter takes here: all speech by all letters, within what people do.
fn seconds_per_letter(spans: &[Span], letters: &[f64]) -> Secs {
    let seconds: Secs = spans.iter().map(Span::len).sum();
    (seconds / letters.iter().sum::<f64>()).clamp(LETTER_SECS.0, LETTER_SECS.1)
}

/// How long a written word is to say, in letters of what is spoken.
pub fn spoken_letters(text: &str) -> f64 {
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

    /// Words, and speech as `0.4-1.0 2.0-3.0`.
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
    fn words_stand_where_the_speech_is() {
        check("I", "", "I@0.0-0.0");
        check(
            "I noticed that",
            "0.1-0.8 2.2-2.5",
            "I@0.1-0.3 noticed@0.3-0.8 that@2.2-2.5",
        );
        // A gap inside a word is none.
        check("eight", "0.1-0.3 0.4-0.6", "eight@0.1-0.6");
        // By lengths alone "in" would go with the first.
        check(
            "I saw drops in the service.",
            "0.0-1.1 2.0-2.7",
            "I@0.0-0.2 saw@0.2-0.6 drops@0.6-1.1 in@2.0-2.1 the@2.1-2.3 service.@2.3-2.7",
        );
        // An "um" keeps its place, whether it was written or not.
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
    fn more_words_than_room_still_run_forwards() {
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
