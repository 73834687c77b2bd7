//! The words a story is told in that nobody could guess: its terms. The recogniser is told them, as
//! a person is who knows what the meeting is about.

use std::collections::BTreeMap;

use super::story::Story;

/// As many terms as are told: more make the recogniser hear them everywhere, and are read anew
/// before each window.
const MOST_TERMS: usize = 9;
/// A term of one word is used so often, one of several words twice.
const OFTEN: usize = 3;
/// Words of a term.
const LONGEST_TERM: usize = 3;
/// Shorter words carry no subject, abbreviations aside.
const SHORTEST_WORD: usize = 4;

impl Story {
    /// The terms of the story, such as `dead letter queue, webhook, Platform team, SLO.`: what its
    /// texts say again and again, abbreviations, names and terms of several words first; empty for a story without any.
    pub fn vocabulary(&self) -> String {
        let mut counts: BTreeMap<String, Term> = BTreeMap::new();
        for text in self.spoken_texts() {
            for clause in clauses(text) {
                for length in 1..=LONGEST_TERM {
                    for (at, words) in clause.windows(length).enumerate() {
                        if words.iter().all(|word| is_telling(word)) {
                            let key = words.join(" ").to_lowercase();
                            let term = counts.entry(key).or_default();
                            term.count(words, at == 0);
                        }
                    }
                }
            }
        }
        let mut terms: Vec<Term> = counts.into_values().filter(Term::is_one).collect();
        // Names and terms of several words first: a single plain word is seldom misheard.
        terms.sort_by_key(|term| {
            let is_plain = term.words == 1 && !term.is_name;
            let weight = std::cmp::Reverse(term.weight());
            (is_plain, weight, term.text.clone())
        });
        let mut told: Vec<String> = Vec::new();
        let mut known: Vec<String> = Vec::new();
        for term in terms {
            let text = term.text.to_lowercase();
            let is_told = |word: &str| known.contains(&word.to_owned());
            if told.len() < MOST_TERMS && !text.split(' ').all(is_told) {
                known.extend(text.split(' ').map(str::to_owned));
                told.push(term.text);
            }
        }
        match told.is_empty() {
            true => String::new(),
            false => format!("{}.", told.join(", ")),
        }
    }

    /// How the story is told. The planned phrases are left out: what is listened for must not be
    /// what is suggested.
    fn spoken_texts(&self) -> impl Iterator<Item = &str> {
        let sections = self.sections.iter().map(|section| section.strong.as_str());
        let follow_ups = self
            .follow_ups
            .iter()
            .map(|follow_up| follow_up.strong.as_str());
        [self.overview.as_str()]
            .into_iter()
            .chain(sections)
            .chain(follow_ups)
    }
}

/// A run of words, and how often the story has it.
#[derive(Debug, Default)]
struct Term {
    /// As it is written inside a sentence, where it is.
    text: String,
    times: usize,
    words: usize,
    /// Written with capitals where no sentence begins: a name or an abbreviation.
    is_name: bool,
}

impl Term {
    fn count(&mut self, words: &[&str], begins_clause: bool) {
        let has_capitals = |text: &str| text.chars().any(char::is_uppercase);
        let inner = words.iter().skip(usize::from(begins_clause));
        let is_name = inner.clone().any(|word| has_capitals(word))
            || words.iter().any(|word| is_abbreviation(word));
        if self.times == 0 || (is_name && !self.is_name) {
            self.text = match is_name {
                true => words.join(" "),
                false => words.join(" ").to_lowercase(),
            };
        }
        self.times += 1;
        self.words = words.len();
        self.is_name |= is_name;
    }

    fn is_one(&self) -> bool {
        let often = match self.words {
            1 if self.is_name => 2,
            1 => OFTEN,
            _ => 2,
        };
        self.times >= often
    }

    /// Longer terms before their parts, names and what is said often before the rest.
    fn weight(&self) -> usize {
        self.times * self.words * if self.is_name { 2 } else { 1 }
    }
}

/// Runs of words without punctuation between them, possessives and edges trimmed.
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

/// Whether a word says what a story is about: no number, and none of those every story has.
fn is_telling(word: &str) -> bool {
    let plain = word.to_lowercase();
    is_abbreviation(word)
        || (plain.chars().count() >= SHORTEST_WORD
            && plain.chars().all(|c| c.is_alphabetic() || c == '-')
            && !EVERYDAY.contains(&plain.as_str()))
}

/// Everyday English of four letters and more: common in any story, and heard well without help.
#[rustfmt::skip]
const EVERYDAY: [&str; 249] = [
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

    #[test]
    fn clauses_end_at_punctuation() {
        let text = "The team's queue, (the \"dead letter\" one) grew.";
        let read: Vec<String> = clauses(text).iter().map(|c| c.join(" ")).collect();
        assert_eq!(
            read,
            ["The team queue", "the dead letter", "one", "grew", ""]
        );
    }

    #[test]
    fn a_story_tells_its_terms_and_not_its_phrases() {
        let story = crate::domain::story_file::parse(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/content/webhook-drop.toml"
        )));
        let told = story.map(|story| story.vocabulary()).unwrap_or_default();
        for term in ["dead letter queue", "webhook", "Platform", "SLO"] {
            assert!(told.contains(term), "{term} in {told}");
        }
        for phrase in ["noticed", "ownership", "not mine", "ticket existed"] {
            assert!(!told.contains(phrase), "{phrase} in {told}");
        }
    }

    #[test]
    fn telling_words_name_the_subject() {
        for word in ["webhook", "SLO", "p99s", "Platform", "cross-team"] {
            assert_eq!(is_telling(word), word != "p99s", "{word}");
        }
        for word in ["I", "the", "Because", "8,000", "noticed"] {
            assert!(!is_telling(word), "{word}");
        }
    }
}
