//! Word lists for the rules in `filler_words`: the neighbors that decide whether a word fills.

/// Words with which a clause begins.
pub(super) const SUBJECTS: [&str; 16] = [
    "i", "we", "they", "he", "she", "it", "you", "there", "i'm", "we're", "it's", "they're",
    "i've", "nobody", "everyone", "that's",
];

/// Words after which a clause or a phrase begins.
pub(super) const OPENERS: [&str; 10] = [
    "and", "but", "so", "because", "or", "then", "well", "okay", "yeah", "that",
];

pub(super) const INTENSIFIERS: [&str; 12] = [
    "super",
    "very",
    "so",
    "totally",
    "completely",
    "huge",
    "zero",
    "no",
    "all",
    "pretty",
    "crazy",
    "constantly",
];

/// Quantities other than the numbers below a hundred.
pub(super) const QUANTITIES: [&str; 6] = [
    "hundred",
    "thousand",
    "half",
    "several",
    "hundreds",
    "thousands",
];

/// Words before "you know" that make it a clause: "do you know", "as you know".
pub(super) const BEFORE_YOU_KNOW: [&str; 30] = [
    "do",
    "did",
    "don't",
    "if",
    "as",
    "that",
    "what",
    "how",
    "would",
    "when",
    "will",
    "should",
    "may",
    "might",
    "can",
    "could",
    "let",
    "than",
    "until",
    "before",
    "once",
    "everything",
    "all",
    "people",
    "someone",
    "who",
    "where",
    "which",
    "didn't",
    "since",
];

/// Words after "you know" that are its object: "you know that".
pub(super) const OBJECTS_OF_KNOW: [&str; 20] = [
    "that",
    "what",
    "how",
    "why",
    "who",
    "where",
    "when",
    "if",
    "about",
    "it",
    "him",
    "them",
    "me",
    "whether",
    "which",
    "your",
    "everything",
    "nothing",
    "exactly",
    "each",
];

/// Words before "I mean" that make it a clause: "what I mean".
pub(super) const BEFORE_I_MEAN: [&str; 10] = [
    "what", "that", "which", "do", "if", "because", "by", "when", "as", "how",
];

/// Words after "I mean" that are its object: "I mean it".
pub(super) const OBJECTS_OF_MEAN: [&str; 10] = [
    "it", "that", "to", "by", "business", "this", "well", "them", "him", "what",
];

/// Words before "I guess" that make it a clause: "before I guess".
pub(super) const BEFORE_I_GUESS: [&str; 8] =
    ["what", "when", "before", "if", "let", "could", "can", "as"];

/// Words after "I guess" that are its object: "I guess that".
pub(super) const OBJECTS_OF_GUESS: [&str; 7] =
    ["that", "wrong", "right", "it", "correctly", "at", "and"];

/// Words before "sort of" that make it name a sort: "the sort of".
pub(super) const BEFORE_SORT_OF: [&str; 40] = [
    "a",
    "an",
    "the",
    "this",
    "that",
    "these",
    "those",
    "some",
    "what",
    "which",
    "any",
    "one",
    "same",
    "every",
    "each",
    "another",
    "no",
    "different",
    "first",
    "all",
    "certain",
    "new",
    "right",
    "wrong",
    "similar",
    "special",
    "particular",
    "best",
    "worst",
    "other",
    "whatever",
    "my",
    "our",
    "their",
    "only",
    "own",
    "second",
    "next",
    "last",
    "usual",
];

/// Words before "like" that make it compare, or make it a verb: "looks like", "I like".
pub(super) const COMPARING_WORDS: [&str; 71] = [
    "looks",
    "look",
    "looked",
    "looking",
    "feel",
    "feels",
    "felt",
    "feeling",
    "sound",
    "sounds",
    "sounded",
    "seem",
    "seems",
    "seemed",
    "taste",
    "smell",
    "act",
    "acts",
    "acted",
    "work",
    "works",
    "worked",
    "behave",
    "behaves",
    "behaved",
    "would",
    "i'd",
    "we'd",
    "they'd",
    "you'd",
    "he'd",
    "she'd",
    "didn't",
    "don't",
    "doesn't",
    "did",
    "do",
    "to",
    "i",
    "we",
    "you",
    "they",
    "people",
    "who",
    "really",
    "not",
    "something",
    "things",
    "anything",
    "nothing",
    "stuff",
    "more",
    "much",
    "lot",
    "exactly",
    "quite",
    "treat",
    "treated",
    "think",
    "also",
    "never",
    "always",
    "nobody",
    "users",
    "customers",
    "would've",
    "wouldn't",
    "companies",
    "teams",
    "services",
    "tools",
];

/// Words before "like" after which only a quantity makes it fill: "for like two weeks".
pub(super) const BEFORE_QUANTITY: [&str; 18] = [
    "for", "with", "in", "at", "from", "of", "about", "after", "had", "have", "got", "took",
    "there", "by", "has", "only", "just", "maybe",
];
