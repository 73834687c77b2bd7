//! Live captions: the words shown while an answer is spoken.

use super::transcript::Word;

/// Words of a take in progress.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Caption {
    /// Words that no longer change, in spoken order. A later caption of the same take starts with the same
    /// words.
    pub confirmed: Vec<Word>,
    /// The newest words, which the next caption may change; may be empty.
    pub tentative: String,
}

impl Caption {
    /// Replaces this caption by a newer one of the same take. Confirmed words are never rewritten: if the
    /// newer caption disagrees, only its words after the last confirmed one are added.
    pub fn update(&mut self, newer: Caption) {
        let same = std::iter::zip(&self.confirmed, &newer.confirmed).all(|(a, b)| a.text == b.text);
        let (kept, end) = match (same, self.confirmed.last()) {
            (false, Some(last)) => (0, last.end),
            _ => (self.confirmed.len(), 0.0),
        };
        let more = newer.confirmed.into_iter().skip(kept);
        self.confirmed.extend(more.filter(|word| word.start >= end));
        self.tentative = newer.tentative;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::builders::words_from;

    /// One word per second, starting at `from`; text after `|` is tentative.
    fn caption(text: &str, from: usize) -> Caption {
        let (confirmed, tentative) = text.split_once('|').unwrap_or((text, ""));
        Caption {
            confirmed: words_from(from as f64, 1.0, 0.9, confirmed),
            tentative: tentative.to_owned(),
        }
    }

    #[test]
    fn confirmed_words_are_never_rewritten() {
        for (shown, newer, from, expected) in [
            ("|I", "I traced|it", 0, "I traced|it"),
            ("I traced|it", "I traced it to|the", 0, "I traced it to|the"),
            // An older or shorter caption.
            ("I traced it|to", "I traced|", 0, "I traced it|"),
            ("I traced it|to", "|", 0, "I traced it|"),
            // A different transcript of the shown words: only the words after them are added.
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
            caption_shown.update(caption(newer, from));
            let words: Vec<&str> = caption_shown
                .confirmed
                .iter()
                .map(|w| w.text.as_str())
                .collect();
            let text = format!("{}|{}", words.join(" "), caption_shown.tentative);
            assert_eq!(text, expected, "{shown}, then {newer}");
        }
    }
}
