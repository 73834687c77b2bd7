//! Prompt terms: the domain-specific words of a story. They are passed to the recognizer as a prompt, so
//! that it recognizes them more reliably.

use std::collections::BTreeMap;

use super::story::Story;

/// With more terms the recognizer starts to invent them, and each window takes longer: the prompt is
/// decoded every time.
const MAX_TERMS: usize = 9;
/// Minimum count of a single-word term. Terms of several words need two occurrences.
const SINGLE_WORD_MIN_COUNT: usize = 3;
/// Words in the longest term.
const MAX_TERM_WORDS: usize = 3;
/// Shorter words are seldom specific, except for abbreviations.
const MIN_WORD_LETTERS: usize = 4;

/// The prompt terms of `story`, such as `dead letter queue, webhook, Platform team, SLO.`, or an empty string.
/// Terms are expressions that its texts repeat. Abbreviations, names and terms of several words come first.
pub fn prompt_terms(story: &Story) -> String {
    let mut terms: Vec<Term> = count_terms(story)
        .into_values()
        .filter(Term::is_frequent)
        .collect();
    // A single plain word is seldom misrecognized, so it comes last.
    terms.sort_by_key(|term| {
        let is_plain = term.word_count == 1 && !term.is_name;
        let weight = std::cmp::Reverse(term.weight());
        (is_plain, weight, term.text.clone())
    });
    let mut chosen: Vec<String> = Vec::new();
    let mut covered_words: Vec<String> = Vec::new();
    for term in terms {
        let text = term.text.to_lowercase();
        let is_covered = |word: &str| covered_words.contains(&word.to_owned());
        if chosen.len() < MAX_TERMS && !text.split(' ').all(is_covered) {
            covered_words.extend(text.split(' ').map(str::to_owned));
            chosen.push(term.text);
        }
    }
    match chosen.is_empty() {
        true => String::new(),
        false => format!("{}.", chosen.join(", ")),
    }
}

/// Counts all runs of topical words, by their lower-case text.
fn count_terms(story: &Story) -> BTreeMap<String, Term> {
    let mut counts: BTreeMap<String, Term> = BTreeMap::new();
    for text in spoken_texts(story) {
        for clause in clauses(text) {
            for length in 1..=MAX_TERM_WORDS {
                for (at, words) in clause.windows(length).enumerate() {
                    if words.iter().all(|word| is_topical(word)) {
                        let key = words.join(" ").to_lowercase();
                        let term = counts.entry(key).or_default();
                        term.add_occurrence(words, at == 0);
                    }
                }
            }
        }
    }
    counts
}

/// The texts of the story that show how it is spoken. Planned phrases are excluded: the prompt must not suggest
/// what the phrase matcher searches for.
fn spoken_texts(story: &Story) -> impl Iterator<Item = &str> {
    let sections = story.sections.iter().map(|section| section.strong.as_str());
    let follow_ups = story
        .follow_ups
        .iter()
        .map(|follow_up| follow_up.strong.as_str());
    [story.overview.as_str()]
        .into_iter()
        .chain(sections)
        .chain(follow_ups)
}

/// A run of words and how often it occurs.
#[derive(Debug, Default)]
struct Term {
    /// Spelling inside a sentence, if it occurs there.
    text: String,
    count: usize,
    word_count: usize,
    /// Capitalized although no clause starts there: a name or an abbreviation.
    is_name: bool,
}

impl Term {
    fn add_occurrence(&mut self, words: &[&str], starts_clause: bool) {
        let has_capitals = |text: &str| text.chars().any(char::is_uppercase);
        let inner = words.iter().skip(usize::from(starts_clause));
        let is_name = inner.clone().any(|word| has_capitals(word))
            || words.iter().any(|word| is_abbreviation(word));
        if self.count == 0 || (is_name && !self.is_name) {
            self.text = match is_name {
                true => words.join(" "),
                false => words.join(" ").to_lowercase(),
            };
        }
        self.count += 1;
        self.word_count = words.len();
        self.is_name |= is_name;
    }

    fn is_frequent(&self) -> bool {
        let min_count = match self.word_count {
            1 if self.is_name => 2,
            1 => SINGLE_WORD_MIN_COUNT,
            _ => 2,
        };
        self.count >= min_count
    }

    /// Ranks longer terms above their parts, and names and frequent terms above the rest.
    fn weight(&self) -> usize {
        self.count * self.word_count * if self.is_name { 2 } else { 1 }
    }
}

/// Splits a text into runs of words without punctuation between them. Possessive endings are removed.
fn clauses(text: &str) -> Vec<Vec<&str>> {
    let mut clauses = vec![Vec::new()];
    for raw in text.split_whitespace() {
        let word = raw.trim_matches(|c: char| !c.is_alphanumeric());
        let word = word
            .strip_suffix("'s")
            .or(word.strip_suffix("\u{2019}s"))
            .unwrap_or(word);
        if let Some(clause) = clauses.last_mut()
            && !word.is_empty()
        {
            clause.push(word);
        }
        if raw.ends_with(|c: char| !c.is_alphanumeric()) {
            clauses.push(Vec::new());
        }
    }
    clauses
}

fn is_abbreviation(word: &str) -> bool {
    word.chars().filter(|c| c.is_uppercase()).count() >= 2
}

/// Whether a word is specific to a topic: not a number and not common in every story.
fn is_topical(word: &str) -> bool {
    let plain = word.to_lowercase();
    is_abbreviation(word)
        || (plain.chars().count() >= MIN_WORD_LETTERS
            && plain.chars().all(|c| c.is_alphabetic() || c == '-')
            && !COMMON_WORDS.contains(&plain.as_str()))
}

/// Common English words of at least four letters: frequent in any story and recognized well without a
/// prompt.
#[rustfmt::skip]
const COMMON_WORDS: [&str; 249] = [
    "able", "about", "above", "across", "added", "after", "again", "against", "ahead", "almost", "alone",
    "along", "already", "also", "although", "always", "another", "anyone", "anything", "anyway", "around",
    "asked", "away", "back", "became", "because", "become", "been", "before", "began", "behind", "being",
    "believe", "best", "better", "between", "both", "bring", "brought", "call", "called", "came", "cannot",
    "change", "changed", "changes", "check", "come", "could", "course", "days", "decided", "different",
    "does", "done", "down", "during", "each", "early", "else", "enough", "even", "ever", "every",
    "everyone", "everything", "fast", "felt", "find", "first", "five", "fixed", "found", "four", "from",
    "front", "gave", "give", "given", "goes", "going", "gone", "good", "great", "half", "hand", "happen",
    "happened", "hard", "have", "having", "hear", "heard", "held", "help", "helped", "here", "hold", "hour",
    "hours", "into", "issue", "itself", "just", "keep", "kept", "kind", "knew", "know", "known", "last",
    "late", "later", "learned", "least", "left", "less", "like", "line", "little", "long", "look", "looked",
    "looking", "made", "make", "makes", "making", "many", "matter", "mean", "meant", "might", "mine",
    "minutes", "month", "more", "most", "much", "must", "myself", "need", "needed", "never", "next",
    "nobody", "nothing", "noticed", "number", "often", "once", "only", "other", "others", "over", "part",
    "parts", "people", "place", "point", "problem", "pulled", "really", "right", "said", "same", "second",
    "seen", "seven", "should", "show", "since", "small", "some", "something", "soon", "started", "still",
    "stop", "stopped", "such", "take", "team", "teams", "tell", "than", "that", "their", "them", "then",
    "there", "these", "they", "thing", "things", "think", "this", "those", "though", "thought", "three",
    "through", "time", "times", "today", "together", "told", "took", "toward", "tried", "true", "trust",
    "turn", "turned", "twice", "under", "until", "upon", "very", "wait", "want", "wanted", "week", "weeks",
    "well", "went", "were", "what", "when", "where", "whether", "which", "while", "whole", "will", "with",
    "within", "without", "work", "worked", "working", "works", "would", "write", "wrong", "wrote", "year",
    "years", "your",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::builders::webhook_story;

    #[test]
    fn clauses_end_at_punctuation() {
        let text = "The team's queue, (the \"dead letter\" one) grew.";
        let found: Vec<String> = clauses(text).iter().map(|c| c.join(" ")).collect();
        assert_eq!(
            found,
            ["The team queue", "the dead letter", "one", "grew", ""]
        );
    }

    #[test]
    fn prompt_has_terms_but_no_planned_phrases() {
        let prompt = prompt_terms(&webhook_story());
        for term in ["dead letter queue", "webhook", "Platform", "SLO"] {
            assert!(prompt.contains(term), "{term} in {prompt}");
        }
        for phrase in ["noticed", "ownership", "not mine", "ticket existed"] {
            assert!(!prompt.contains(phrase), "{phrase} in {prompt}");
        }
    }

    #[test]
    fn topical_words_exclude_common_words_and_numbers() {
        for word in ["webhook", "SLO", "p99s", "Platform", "cross-team"] {
            assert_eq!(is_topical(word), word != "p99s", "{word}");
        }
        for word in ["I", "the", "Because", "8,000", "noticed"] {
            assert!(!is_topical(word), "{word}");
        }
    }
}
