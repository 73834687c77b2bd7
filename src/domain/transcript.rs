//! The transcript of a take: words with times and confidence.

use serde::{Deserialize, Serialize};

use super::text_folding::plain_letters;
use super::time::{Secs, Span};

/// One word as the recognizer wrote it, including punctuation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// Text of the word: `Platform`, `team's`, `0.3%`.
    pub text: String,
    /// Start in the take.
    pub start: Secs,
    /// End in the take.
    pub end: Secs,
    /// Confidence of the recognizer, 0 to 1.
    pub confidence: f32,
}

/// All words of a take, in spoken order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    /// Start times never decrease.
    pub words: Vec<Word>,
}

impl Word {
    /// The span in the take.
    pub fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }

    /// Normalized text, see [`plain`]: `team's`, `0.3%`, `i`.
    pub fn plain(&self) -> String {
        plain(&self.text)
    }

    /// Whether it ends a sentence.
    pub fn ends_sentence(&self) -> bool {
        self.text
            .trim_end_matches(['"', '\'', ')'])
            .ends_with(['.', '?', '!'])
    }
}

impl Transcript {
    /// All words, separated by spaces.
    pub fn text(&self) -> String {
        let words: Vec<&str> = self.words.iter().map(|w| w.text.as_str()).collect();
        words.join(" ")
    }

    /// From the first word's start to the last word's end; `None` without words.
    pub fn span(&self) -> Option<Span> {
        Some(self.words.first()?.span().join(self.words.last()?.span()))
    }

    /// Text and span of the words `first` to `last`, inclusive, without surrounding punctuation.
    ///
    /// # Panics
    ///
    /// If `last` is out of range.
    pub fn quote(&self, first: usize, last: usize) -> (String, Span) {
        let words = &self.words[first..=last];
        let texts: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
        let span = words[0].span().join(words[words.len() - 1].span());
        (trim_punctuation(&texts.join(" ")).to_owned(), span)
    }
}

/// Normalizes a word: lower case, no surrounding punctuation, [plain letters](plain_letters).
pub fn plain(text: &str) -> String {
    trim_punctuation(&plain_letters(text)).to_lowercase()
}

/// Keeps a leading decimal point, as in ".5".
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
    fn plain_keeps_symbols_that_carry_meaning() {
        let normalized: Vec<String> = [
            "Team\u{2019}s,",
            "\"0.3%\"",
            "$8,000.",
            "(I)",
            "ready-to-merge",
            "\u{201c}CAFE\u{301}\u{201d}",
        ]
        .map(plain)
        .to_vec();
        assert_eq!(
            normalized,
            ["team's", "0.3%", "$8,000", "i", "ready-to-merge", "cafe"]
        );
    }
}
