//! The usual class of a word: noun, verb, adjective or adverb.
//!
//! The list is the frequency dictionary of `harper-brill` 3.0 (Apache-2.0, see `assets/grammar/README.md`).
//! The crate itself is not a dependency: it brings the neural network library `burn`, which takes longer to
//! build than this whole module and would only find noun phrases.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::analysis::language::{lexicon, verbs};

/// The class that a word has most often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordClass {
    /// A noun.
    Noun,
    /// A main verb.
    Verb,
    /// An adjective.
    Adjective,
    /// An adverb.
    Adverb,
}

static CLASSES: LazyLock<HashMap<&str, WordClass>> = LazyLock::new(|| {
    let list = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/assets/grammar/word-classes.txt"
    ));
    let mut classes = HashMap::new();
    for line in list.lines() {
        let mut words = line.split(' ');
        let class = match words.next() {
            Some("noun") => WordClass::Noun,
            Some("verb") => WordClass::Verb,
            Some("adj") => WordClass::Adjective,
            Some("adv") => WordClass::Adverb,
            _ => continue,
        };
        classes.extend(words.map(|word| (word, class)));
    }
    classes
});

/// The class that `word` (lower case) has most often; `None` if it is not in the list.
pub fn usual_class(word: &str) -> Option<WordClass> {
    CLASSES.get(word).copied()
}

/// Whether `word` is usually a base form of a verb: `show`, `rely`.
pub fn is_base_verb(word: &str) -> bool {
    (usual_class(word) == Some(WordClass::Verb) && !verbs::is_past(word) && !word.ends_with("ing"))
        || verbs::is_base(word) && usual_class(word) != Some(WordClass::Noun)
}

/// Whether `word` may be a third person form: `shows`, `tries`.
pub fn is_third_person(word: &str) -> bool {
    let Some(stripped) = word.strip_suffix('s') else {
        return false;
    };
    if word.ends_with("ss") || word.len() < 4 {
        return false;
    }
    let bases = [
        stripped.to_owned(),
        stripped.strip_suffix('e').unwrap_or(stripped).to_owned(),
        stripped
            .strip_suffix("ie")
            .map_or(stripped.to_owned(), |start| format!("{start}y")),
    ];
    usual_class(word) == Some(WordClass::Verb) || bases.iter().any(|base| is_base_verb(base))
}

/// Whether `word` is an adverb, by the list, by its ending or as a small word such as "also".
pub fn is_adverb(word: &str) -> bool {
    lexicon::is_adverb(word) || usual_class(word) == Some(WordClass::Adverb)
}

/// Whether `word` is usually an adjective.
pub fn is_adjective(word: &str) -> bool {
    usual_class(word) == Some(WordClass::Adjective)
}
