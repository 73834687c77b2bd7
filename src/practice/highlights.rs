//! Where things stand in a written text: the planned phrases in a strong example, the flaws in a weak
//! answer. Phrases are found as they would be in a take.

use std::ops::Range;

use crate::analysis::phrases::planned_phrases;
use crate::domain::story::{Phrase, WeakAnswer};
use crate::domain::time::Secs;
use crate::domain::transcript;
use crate::domain::transcript::{Transcript, Word};

/// Says of each word of a text, as it is parted by blanks, whether it belongs to a planned phrase.
pub fn planned(text: &str, planned: &[&Phrase]) -> Vec<bool> {
    let word = |(place, text): (usize, &str)| Word {
        text: text.to_owned(),
        start: place as Secs,
        end: place as Secs + 1.0,
        confidence: 1.0,
    };
    let transcript = Transcript {
        words: text.split_whitespace().enumerate().map(word).collect(),
    };
    let mut marks = vec![false; transcript.words.len()];
    for reading in planned_phrases::find(&transcript, planned) {
        let read = reading.start.zip(reading.end);
        // By the middle of a word, since a phrase may begin inside of one.
        let inside = |place: usize| {
            read.is_some_and(|(start, end)| (start..end).contains(&(place as Secs + 0.5)))
        };
        let written = as_written(&transcript, &reading.phrase);
        for (place, mark) in marks.iter_mut().enumerate() {
            *mark |= match read {
                Some(_) => inside(place),
                None => written.contains(&place),
            };
        }
    }
    marks
}

/// The words of a text that are a phrase, letter for letter: a reading has its doubts, what is planned
/// for an example and stands in it has none. Empty where it does not stand there.
fn as_written(text: &Transcript, phrase: &str) -> Range<usize> {
    let words: Vec<String> = text.words.iter().map(Word::plain).collect();
    let phrase: Vec<String> = phrase.split_whitespace().map(transcript::plain).collect();
    let mut places = words.windows(phrase.len().max(1));
    match places.position(|words| *words == phrase) {
        Some(place) => place..place + phrase.len(),
        None => 0..0,
    }
}

/// Where the flaws of a weak answer stand in its text, in bytes; `None` for what is missing there, and
/// for what stands inside of another.
pub fn flaws(answer: &WeakAnswer) -> Vec<Option<Range<usize>>> {
    let mut taken: Vec<Range<usize>> = Vec::new();
    let place = |quote: &str| {
        let start = answer.text.find(quote).filter(|_| !quote.is_empty())?;
        let at = start..start + quote.len();
        let free = taken.iter().all(|t| at.end <= t.start || t.end <= at.start);
        free.then(|| {
            taken.push(at.clone());
            at
        })
    };
    let quotes = answer.flaws.iter().map(|flaw| flaw.quote.as_str());
    quotes.map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::story::Flaw;
    use crate::domain::story_file;

    #[test]
    fn every_planned_phrase_is_marked_in_its_example() {
        let mut unmarked = Vec::new();
        for pack in [
            include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/content/webhook-drop.toml"
            )),
            include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/content/wrong-call.toml"
            )),
        ] {
            let story = story_file::parse(pack).expect("a story");
            for section in &story.sections {
                for phrase in &section.phrases {
                    let marks = planned(&section.strong, &[phrase]);
                    let marked = marks.iter().filter(|mark| **mark).count();
                    if !(1..=12).contains(&marked) {
                        unmarked.push(format!("{}: {marked}", phrase.say));
                    }
                }
            }
        }
        assert_eq!(unmarked, [""; 0]);
        let story = story_file::parse(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/content/webhook-drop.toml"
        )))
        .expect("a story");
        let marks = planned("so I noticed it early", &[&story.sections[0].phrases[0]]);
        assert_eq!(marks, [false, true, true, false, false]);
    }

    #[test]
    fn flaws_stand_where_they_are_quoted() {
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
            flaws(&answer),
            [Some(24..34), Some(0..15), None, None],
            "what stands inside of another is not marked twice"
        );
    }
}
