//! Decides whether an "I" with its verb is an action of the speaker. An interviewer gives no credit for "I would
//! have", "I never" or "I think".

use crate::domain::transcript::plain;

/// Words that say that something did not happen, or not yet.
const HYPOTHETICAL: [&str; 9] = [
    "would", "could", "should", "might", "may", "must", "will", "i'd", "i'll",
];
const NEGATIONS: [&str; 3] = ["not", "never", "cannot"];
/// Verbs for states of mind and being.
const STATES: [&str; 22] = [
    "wish", "wished", "hope", "hoped", "want", "wanted", "guess", "think", "thought", "mean",
    "know", "knew", "believe", "feel", "felt", "am", "i'm", "suppose", "was", "assume", "assumed",
    "watched",
];

/// Whether `text`, an "I" with its verb, is an action. `include_hypothetical`: also if it only would happen.
pub(super) fn is_action(text: &str, include_hypothetical: bool) -> bool {
    let words: Vec<String> = text.split_whitespace().map(plain).collect();
    let has = |any: &[&str]| words.iter().any(|word| any.contains(&word.as_str()));
    let is_negated = has(&NEGATIONS) || words.iter().any(|word| word.ends_with("n't"));
    // "I was able to recreate it" is an action.
    let is_state = has(&STATES) && !has(&["able"]);
    words.len() > 1 && !is_negated && !is_state && (include_hypothetical || !has(&HYPOTHETICAL))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_completed_actions_count() {
        for text in [
            "I pulled",
            "I then wrote",
            "I've traced",
            "I was able to recreate",
        ] {
            assert!(is_action(text, false), "{text}");
        }
        for text in [
            "I never pulled",
            "I didn't write",
            "I think",
            "I",
            "I wasn't able",
        ] {
            assert!(!is_action(text, true), "{text}");
        }
        for text in ["I would propose", "I'd pull"] {
            assert!(is_action(text, true) && !is_action(text, false), "{text}");
        }
    }
}
