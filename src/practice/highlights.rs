//! Finds what to highlight in written answers: the planned phrases of a strong example, and the flaws of
//! a weak answer. Phrases are matched as in a take.

use std::ops::Range;

use crate::analysis::phrases::planned_phrases;
use crate::domain::story::{Phrase, WeakAnswer};
use crate::domain::time::Secs;
use crate::domain::transcript;
use crate::domain::transcript::{Transcript, Word};

/// For each word of a text, separated by whitespace: whether it belongs to a planned phrase.
pub fn planned_words(text: &str, planned: &[&Phrase]) -> Vec<bool> {
    let word = |(index, text): (usize, &str)| Word {
        text: text.to_owned(),
        start: index as Secs,
        end: index as Secs + 1.0,
        confidence: 1.0,
    };
    let transcript = Transcript {
        words: text.split_whitespace().enumerate().map(word).collect(),
    };
    let mut marks = vec![false; transcript.words.len()];
    for result in planned_phrases::find(&transcript, planned, None) {
        let matched = result.start.zip(result.end);
        // Compares the middle of a word, since a match may start inside a word.
        let is_matched = |index: usize| {
            matched.is_some_and(|(start, end)| (start..end).contains(&(index as Secs + 0.5)))
        };
        let exact = exact_occurrence(&transcript, &result.phrase);
        for (index, mark) in marks.iter_mut().enumerate() {
            *mark |= match matched {
                Some(_) => is_matched(index),
                None => exact.contains(&index),
            };
        }
    }
    marks
}

/// The words of a text that equal a phrase; empty if there are none. The matcher may reject a phrase for
/// its context, but a phrase planned for an example is meant wherever the example contains it.
fn exact_occurrence(text: &Transcript, phrase: &str) -> Range<usize> {
    let words: Vec<String> = text.words.iter().map(Word::plain).collect();
    let phrase: Vec<String> = phrase.split_whitespace().map(transcript::plain).collect();
    let mut windows = words.windows(phrase.len().max(1));
    match windows.position(|words| *words == phrase) {
        Some(start) => start..start + phrase.len(),
        None => 0..0,
    }
}

/// The byte range of each flaw in the text of a weak answer. `None` if its quote is empty or missing, or
/// overlaps an earlier flaw.
pub fn flaw_ranges(answer: &WeakAnswer) -> Vec<Option<Range<usize>>> {
    let mut taken: Vec<Range<usize>> = Vec::new();
    let find = |quote: &str| {
        let start = answer.text.find(quote).filter(|_| !quote.is_empty())?;
        let range = start..start + quote.len();
        let free = taken
            .iter()
            .all(|t| range.end <= t.start || t.end <= range.start);
        free.then(|| {
            taken.push(range.clone());
            range
        })
    };
    let quotes = answer.flaws.iter().map(|flaw| flaw.quote.as_str());
    quotes.map(find).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::builders::{webhook_story, wrong_call_story};
    use crate::domain::story::Flaw;

    #[test]
    fn each_planned_phrase_is_marked_in_its_strong_example() {
        let mut unmarked = Vec::new();
        for story in [webhook_story(), wrong_call_story()] {
            for section in &story.sections {
                for phrase in &section.phrases {
                    let marks = planned_words(&section.strong, &[phrase]);
                    let marked = marks.iter().filter(|mark| **mark).count();
                    if !(1..=12).contains(&marked) {
                        unmarked.push(format!("{}: {marked}", phrase.say));
                    }
                }
            }
        }
        assert_eq!(unmarked, [""; 0]);
        let story = webhook_story();
        let marks = planned_words("so I noticed it early", &[&story.sections[0].phrases[0]]);
        assert_eq!(marks, [false, true, true, false, false]);
    }

    #[test]
    fn flaw_ranges_are_found_by_quote() {
        let flaw = |quote: &str| Flaw {
            quote: quote.to_owned(),
            because: "it is vague".to_owned(),
        };
        let answer = WeakAnswer {
            text: "They handled it, and it got better.".to_owned(),
            flaws: ["got better", "They handled it", "", "handled"]
                .map(flaw)
                .to_vec(),
            verdict: String::new(),
        };
        assert_eq!(
            flaw_ranges(&answer),
            [Some(24..34), Some(0..15), None, None],
            "overlapping flaws are not marked twice"
        );
    }
}
