//! A token: one word in a form that can be compared.

/// One word in a form that can be compared. Contractions are split and number words joined.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    /// Lower case, without a possessive: `team`, `not`, `eight thousand`.
    pub text: String,
    /// The stem that its inflections share: `trace` for `traced` and `tracing`.
    pub stem: String,
    /// The value of a number: 8000 for "$8,000", 0.3 for "zero point three".
    pub value: Option<f64>,
    /// Index of the first transcript word it comes from.
    pub first: usize,
    /// Index of the last transcript word it comes from.
    pub last: usize,
    /// The boundary between it and the token before it.
    pub break_before: Boundary,
}

/// The boundary between two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Boundary {
    /// Nothing.
    None,
    /// A comma, a semicolon, a dash.
    Clause,
    /// The end of a sentence, or the beginning of the text.
    Sentence,
}

impl Token {
    /// Whether its text is `text`.
    pub fn is(&self, text: &str) -> bool {
        self.text == text
    }

    /// Whether its text is one of `texts`.
    pub fn any(&self, texts: &[&str]) -> bool {
        texts.contains(&self.text.as_str())
    }
}
