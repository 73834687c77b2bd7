//! Which "I" with its verb is something that was done. "I would have", "I never", "I think" tell of no
//! deed, and an interviewer gives no credit for them.

use super::pronouns::{Ownership, OwnershipKind, OwnershipSpan};
use crate::analysis::impact::impact_checks::Quote;
use crate::domain::transcript::plain;

/// What the speaker did, in the speaker's words; where `unreal`, what would be done counts as well: a
/// question may ask for it.
pub fn deeds(ownership: &Ownership, unreal: bool) -> Vec<Quote> {
    let spans = ownership.spans.iter();
    let own = spans.filter(|span| span.kind == OwnershipKind::I && is_deed(&span.text, unreal));
    let quote = |span: &OwnershipSpan| Quote {
        said: span.text.clone(),
        start: span.start,
        end: span.end,
    };
    own.map(quote).collect()
}

/// What did not happen yet, or not at all.
const UNREAL: [&str; 9] = [
    "would", "could", "should", "might", "may", "must", "will", "i'd", "i'll",
];
const DENIED: [&str; 3] = ["not", "never", "cannot"];
/// States of mind and being.
const STATES: [&str; 22] = [
    "wish", "wished", "hope", "hoped", "want", "wanted", "guess", "think", "thought", "mean",
    "know", "knew", "believe", "feel", "felt", "am", "i'm", "suppose", "was", "assume", "assumed",
    "watched",
];

fn is_deed(said: &str, unreal: bool) -> bool {
    let words: Vec<String> = said.split_whitespace().map(plain).collect();
    let any = |of: &[&str]| words.iter().any(|word| of.contains(&word.as_str()));
    let denied = any(&DENIED) || words.iter().any(|word| word.ends_with("n't"));
    // "I was able to recreate it" was done.
    let state = any(&STATES) && !any(&["able"]);
    words.len() > 1 && !denied && !state && (unreal || !any(&UNREAL))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_done_is_a_deed() {
        for said in [
            "I pulled",
            "I then wrote",
            "I've traced",
            "I was able to recreate",
        ] {
            assert!(is_deed(said, false), "{said}");
        }
        for said in [
            "I never pulled",
            "I didn't write",
            "I think",
            "I",
            "I wasn't able",
        ] {
            assert!(!is_deed(said, true), "{said}");
        }
        for said in ["I would propose", "I'd pull"] {
            assert!(is_deed(said, true) && !is_deed(said, false), "{said}");
        }
    }
}
