//! English as the analysis needs it: words as tokens that compare equal whatever their inflection,
//! contraction or number format. It knows nothing of phrases or findings.

pub mod lexicon;
mod number_words;
pub mod spelling;
pub mod syllables;
pub mod synonyms;
mod token;
pub(crate) mod token_pattern;
mod tokenizer;
pub mod verbalize;
pub mod verbs;

pub use token::{Boundary, Token};
pub use tokenizer::{tokens, tokens_of_text};
pub use verbs::stem;
