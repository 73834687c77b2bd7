//! What is shown of an answer while it is spoken.

use super::transcript::Word;

/// Words of a take that is still being spoken.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Caption {
    /// Words that will not change any more, in the order in which they were said. A later caption of
    /// the same take begins with the same ones.
    pub firm: Vec<Word>,
    /// The newest words, which the next caption may change; empty where there are none.
    pub open: String,
}

impl Caption {
    /// Goes on to a newer caption of the same take. What was firm is never rewritten, whatever the newer
    /// one says: then only what it has after the last firm word is added.
    pub fn follow(&mut self, newer: Caption) {
        let same = std::iter::zip(&self.firm, &newer.firm).all(|(a, b)| a.text == b.text);
        let (known, end) = match (same, self.firm.last()) {
            (false, Some(last)) => (0, last.end),
            _ => (self.firm.len(), 0.0),
        };
        let more = newer.firm.into_iter().skip(known);
        self.firm.extend(more.filter(|word| word.start >= end));
        self.open = newer.open;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words a second each, the first at `from`; what stands after `|` is open.
    fn caption(text: &str, from: usize) -> Caption {
        let (firm, open) = text.split_once('|').unwrap_or((text, ""));
        let word = |(i, text): (usize, &str)| Word {
            text: text.to_owned(),
            start: (from + i) as f64,
            end: (from + i) as f64 + 0.9,
            confidence: 0.9,
        };
        Caption {
            firm: firm.split_whitespace().enumerate().map(word).collect(),
            open: open.to_owned(),
        }
    }

    #[test]
    fn firm_words_are_never_rewritten() {
        for (shown, newer, from, expected) in [
            ("|I", "I traced|it", 0, "I traced|it"),
            ("I traced|it", "I traced it to|the", 0, "I traced it to|the"),
            // Late, or shorter.
            ("I traced it|to", "I traced|", 0, "I traced it|"),
            ("I traced it|to", "|", 0, "I traced it|"),
            // Another reading of what is shown: only what comes after it is new.
            ("I traced it|", "I raced it to|the", 0, "I traced it to|the"),
            ("I traced it|", "We raced|", 0, "I traced it|"),
            (
                "I traced it|",
                "to the queue|",
                3,
                "I traced it to the queue|",
            ),
        ] {
            let mut caption_shown = caption(shown, 0);
            caption_shown.follow(caption(newer, from));
            let words: Vec<&str> = caption_shown.firm.iter().map(|w| w.text.as_str()).collect();
            let read = format!("{}|{}", words.join(" "), caption_shown.open);
            assert_eq!(read, expected, "{shown}, then {newer}");
        }
    }
}
