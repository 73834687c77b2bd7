//! The words of a take, with their times.

use serde::{Deserialize, Serialize};

use super::time::{Secs, Span};

/// One word as the recogniser wrote it, punctuation included.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// As it reads in the text: `Platform`, `team's`, `0.3%`.
    pub text: String,
    /// Where it begins.
    pub start: Secs,
    /// Where it ends.
    pub end: Secs,
    /// How sure the recogniser is, 0 to 1.
    pub confidence: f32,
}

/// All words of a take, in the order they were said.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    /// Times never run backwards from one word to the next.
    pub words: Vec<Word>,
}

impl Word {
    /// When it was said.
    pub fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }

    /// Lower case, without punctuation around it: `team's`, `0.3%`, `i`.
    pub fn plain(&self) -> String {
        plain(&self.text)
    }

    /// Whether a sentence ends with it.
    pub fn ends_sentence(&self) -> bool {
        self.text
            .trim_end_matches(['"', '\'', ')'])
            .ends_with(['.', '?', '!'])
    }
}

impl Transcript {
    /// The words as a text.
    pub fn text(&self) -> String {
        let words: Vec<&str> = self.words.iter().map(|w| w.text.as_str()).collect();
        words.join(" ")
    }

    /// From the first word's start to the last word's end; `None` without words.
    pub fn span(&self) -> Option<Span> {
        Some(self.words.first()?.span().join(self.words.last()?.span()))
    }

    /// What was said from word `first` to word `last`, both included.
    ///
    /// # Panics
    /// Where `last` is beyond the words.
    pub fn quote(&self, first: usize, last: usize) -> (String, Span) {
        let words = &self.words[first..=last];
        let said: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
        let span = words[0].span().join(words[words.len() - 1].span());
        (trim_punctuation(&said.join(" ")).to_owned(), span)
    }
}

/// Lower case, without punctuation around it; typographic apostrophes made plain.
pub fn plain(text: &str) -> String {
    trim_punctuation(text)
        .replace('\u{2019}', "'")
        .to_lowercase()
}

/// A point before a digit belongs to its number.
fn trim_punctuation(text: &str) -> &str {
    let is_punctuation = |c: char| !c.is_alphanumeric() && !matches!(c, '%' | '$' | '€' | '£');
    let text = text.trim_end_matches(is_punctuation);
    let rest = text.trim_start_matches(is_punctuation);
    let starts_with_digit = rest.starts_with(|c: char| c.is_ascii_digit());
    match text[..text.len() - rest.len()].ends_with('.') && starts_with_digit {
        true => &text[text.len() - rest.len() - 1..],
        false => rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_keep_what_means_something() {
        let read: Vec<String> = [
            "Team\u{2019}s,",
            "\"0.3%\"",
            "$8,000.",
            "(I)",
            "ready-to-merge",
        ]
        .map(plain)
        .to_vec();
        assert_eq!(read, ["team's", "0.3%", "$8,000", "i", "ready-to-merge"]);
    }
}
