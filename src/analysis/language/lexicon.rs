//! Closed classes of English words, as lists.

/// Whether `text` is a hesitation sound such as "um", however a recognizer spells it.
pub fn is_hesitation(text: &str) -> bool {
    let base: String = without_repeats(text);
    SOUNDS.contains(&base.as_str())
}

const SOUNDS: [&str; 14] = [
    "um", "uhm", "uh", "er", "erm", "hm", "mm", "m", "ah", "mhm", "eh", "uhuh", "ehm", "hmh",
];

/// `ummm` to `um`.
fn without_repeats(text: &str) -> String {
    if text == "mm" || text == "err" {
        return text[..2].to_owned();
    }
    let mut base = String::new();
    for c in text.chars().filter(|c| *c != '-') {
        if !base.ends_with(c) {
            base.push(c);
        }
    }
    match base.as_str() {
        // A single letter is a name, not a sound.
        "m" if text.len() < 2 => text.to_uppercase(),
        _ => base,
    }
}

/// Contractions that are irregular or written without an apostrophe.
pub const CONTRACTIONS: [(&str, &str); 40] = [
    ("can't", "can not"),
    ("cannot", "can not"),
    ("cant", "can not"),
    ("won't", "will not"),
    ("wont", "will not"),
    ("ain't", "is not"),
    ("let's", "let us"),
    ("gonna", "going to"),
    ("wanna", "want to"),
    ("gotta", "got to"),
    ("im", "i am"),
    ("ive", "i have"),
    ("id", "i 'd"),
    ("dont", "do not"),
    ("didnt", "did not"),
    ("doesnt", "does not"),
    ("wasnt", "was not"),
    ("werent", "were not"),
    ("isnt", "is not"),
    ("arent", "are not"),
    ("hadnt", "had not"),
    ("hasnt", "has not"),
    ("havent", "have not"),
    ("couldnt", "could not"),
    ("wouldnt", "would not"),
    ("shouldnt", "should not"),
    ("theyre", "they are"),
    ("theyve", "they have"),
    ("weve", "we have"),
    ("youre", "you are"),
    ("youve", "you have"),
    ("thats", "that is"),
    ("theres", "there is"),
    ("whats", "what is"),
    ("y'all", "you all"),
    ("yknow", "you know"),
    ("y'know", "you know"),
    ("couldve", "could have"),
    ("noone", "nobody"),
    ("would've", "would have"),
];

/// After these words, `'s` is "is" or "has". After others it is a possessive.
pub const TAKES_IS: [&str; 22] = [
    "it",
    "that",
    "there",
    "what",
    "he",
    "she",
    "who",
    "here",
    "where",
    "how",
    "nobody",
    "one",
    "everything",
    "everyone",
    "everybody",
    "this",
    "something",
    "nothing",
    "someone",
    "somebody",
    "when",
    "why",
];

/// Months.
pub const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Seasons.
pub const SEASONS: [&str; 4] = ["spring", "summer", "autumn", "winter"];

/// Units of time.
pub const TIME_UNITS: [&str; 18] = [
    "second", "seconds", "minute", "minutes", "hour", "hours", "day", "days", "week", "weeks",
    "month", "months", "quarter", "quarters", "year", "years", "sprint", "release",
];

/// Words that make "one" before them a number.
pub const UNITS: [&str; 24] = [
    "percent", "dollar", "dollars", "second", "seconds", "minute", "minutes", "hour", "hours",
    "day", "days", "week", "weeks", "month", "months", "year", "years", "hundred", "thousand",
    "million", "euro", "euros", "point", "in",
];

/// Adverbs for rates, with their unit.
pub const RATES: [(&str, &str); 7] = [
    ("weekly", "week"),
    ("daily", "day"),
    ("hourly", "hour"),
    ("monthly", "month"),
    ("yearly", "year"),
    ("annually", "year"),
    ("quarterly", "quarter"),
];

/// Forms of "be".
pub const BE: [&str; 8] = ["am", "is", "are", "was", "were", "be", "been", "being"];

/// Pronouns and nouns that are subjects wherever they stand.
pub const SUBJECTS: [&str; 18] = [
    "i",
    "we",
    "they",
    "he",
    "she",
    "who",
    "nobody",
    "somebody",
    "someone",
    "everyone",
    "everybody",
    "anyone",
    "anybody",
    "others",
    "people",
    "none",
    "neither",
    "whoever",
];

/// Nouns for people who act: right before a verb, they are its agent.
pub const AGENTS: [&str; 44] = [
    "team",
    "teams",
    "manager",
    "managers",
    "boss",
    "lead",
    "leads",
    "engineer",
    "engineers",
    "developer",
    "developers",
    "colleague",
    "colleagues",
    "coworker",
    "coworkers",
    "teammate",
    "teammates",
    "company",
    "customer",
    "customers",
    "client",
    "clients",
    "user",
    "users",
    "platform",
    "support",
    "director",
    "tester",
    "testers",
    "analyst",
    "analysts",
    "group",
    "guys",
    "guy",
    "folks",
    "department",
    "owner",
    "owners",
    "supervisor",
    "management",
    "intern",
    "vendor",
    "architect",
    "staff",
];

/// Words that begin a subordinate clause or a question.
pub const SUBORDINATORS: [&str; 20] = [
    "that", "because", "when", "while", "since", "if", "whether", "until", "unless", "although",
    "though", "where", "whereas", "why", "how", "what", "as", "once", "after", "before",
];

/// Words that join clauses or verbs.
pub const CONJUNCTIONS: [&str; 7] = ["and", "but", "then", "or", "so", "plus", "yet"];

/// Whether `text` is a function word: article, preposition, auxiliary, pronoun or conjunction.
pub fn is_function(text: &str) -> bool {
    FUNCTION.contains(&text)
        || BE.contains(&text)
        || SUBJECTS.contains(&text)
        || SUBORDINATORS.contains(&text)
        || CONJUNCTIONS.contains(&text)
}

const FUNCTION: [&str; 104] = [
    "a",
    "an",
    "the",
    "this",
    "these",
    "those",
    "of",
    "to",
    "in",
    "on",
    "at",
    "for",
    "from",
    "with",
    "by",
    "about",
    "into",
    "onto",
    "over",
    "under",
    "between",
    "across",
    "through",
    "within",
    "upon",
    "per",
    "via",
    "it",
    "its",
    "them",
    "him",
    "her",
    "me",
    "us",
    "you",
    "your",
    "his",
    "their",
    "my",
    "our",
    "mine",
    "ours",
    "theirs",
    "myself",
    "itself",
    "themselves",
    "there",
    "here",
    "have",
    "has",
    "had",
    "having",
    "do",
    "does",
    "did",
    "doing",
    "done",
    "can",
    "could",
    "will",
    "would",
    "should",
    "may",
    "might",
    "must",
    "shall",
    "not",
    "no",
    "nor",
    "than",
    "such",
    "any",
    "some",
    "each",
    "every",
    "all",
    "both",
    "either",
    "much",
    "many",
    "more",
    "most",
    "one",
    "ones",
    "which",
    "whom",
    "whose",
    "up",
    "down",
    "out",
    "off",
    "back",
    "away",
    "together",
    "around",
    "along",
    "against",
    "during",
    "without",
    "only",
    "just",
    "same",
    "else",
    "other",
];

/// Whether `text` is an adverb or a similar word that may stand between any two words.
pub fn is_adverb(text: &str) -> bool {
    ADVERBS.contains(&text)
        || (text.len() > 4 && text.ends_with("ly") && !NOT_ADVERBS.contains(&text))
}

const NOT_ADVERBS: [&str; 12] = [
    "reply", "apply", "supply", "family", "assembly", "only", "comply", "multiply", "early",
    "rely", "anomaly", "monopoly",
];
const ADVERBS: [&str; 60] = [
    "also",
    "then",
    "just",
    "first",
    "next",
    "later",
    "soon",
    "even",
    "already",
    "still",
    "once",
    "always",
    "ever",
    "further",
    "again",
    "now",
    "too",
    "so",
    "very",
    "quite",
    "rather",
    "pretty",
    "really",
    "maybe",
    "perhaps",
    "almost",
    "somehow",
    "somewhat",
    "anyway",
    "instead",
    "therefore",
    "however",
    "myself",
    "personally",
    "alone",
    "ahead",
    "straight",
    "right",
    "afterwards",
    "afterward",
    "meanwhile",
    "early",
    "back",
    "basically",
    "actually",
    "like",
    "well",
    "okay",
    "yeah",
    "only",
    "often",
    "sometimes",
    "together",
    "well",
    "away",
    "second",
    "third",
    "last",
    "simply",
    "there",
];

/// Words that negate.
pub const DENIALS: [&str; 9] = [
    "not", "no", "never", "nobody", "none", "nothing", "neither", "nor", "without",
];
/// Words for the absence of something. They do not negate the sentence.
pub const ABSENCES: [&str; 12] = [
    "zero",
    "lack",
    "lacks",
    "lacked",
    "lacking",
    "missing",
    "absence",
    "absent",
    "nonexistent",
    "hardly",
    "barely",
    "nil",
];
/// Modal verbs: after them, an action is only hypothetical.
pub const MODALS: [&str; 7] = ["would", "should", "might", "may", "will", "must", "shall"];
