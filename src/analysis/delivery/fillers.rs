//! Fillers in the transcript: hesitation sounds, and words that only fill. Whether a word fills is
//! decided by its neighbors and the punctuation around it: the "like" of "it was, like, gone" does, that
//! of "it looks like a retry" does not.

use serde::Serialize;

use crate::analysis::finding::{Finding, FindingKind, Severity};
use crate::analysis::language::lexicon::{BE, is_adverb, is_function, is_sound};
use crate::analysis::language::verbs::is_past;
use crate::domain::profile::{Profile, Rating};
use crate::domain::time::Secs;
use crate::domain::transcript::Transcript;

/// A filler word or a filled pause.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Filler {
    /// The filler as transcribed, or how it sounds.
    pub text: String,
    /// Start.
    pub start: Secs,
    /// End.
    pub end: Secs,
    /// Where it was found.
    pub from: Origin,
    /// Confidence, 0 to 1.
    pub confidence: f32,
}

/// Where a filler was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// In the transcript.
    Word,
    /// In the audio only.
    Sound,
}

/// Finds the fillers in the transcript.
pub fn find(transcript: &Transcript) -> Vec<Filler> {
    let words = WordContext::new(transcript);
    let mut fillers = Vec::new();
    let mut at = 0;
    while at < words.plain.len() {
        let Some(length) = words.filler_at(at) else {
            at += 1;
            continue;
        };
        let (text, span) = transcript.quote(at, at + length - 1);
        let confidence = transcript.words[at..at + length]
            .iter()
            .map(|w| w.confidence)
            .fold(1.0, f32::min);
        fillers.push(Filler {
            text,
            start: span.start,
            end: span.end,
            from: Origin::Word,
            confidence,
        });
        at += length;
    }
    fillers
}

/// A finding about the number of fillers, if there are too many.
pub fn findings(fillers: &[Filler], transcript: &Transcript, profile: &Profile) -> Vec<Finding> {
    let Some(whole) = transcript.span() else {
        return Vec::new();
    };
    let count = fillers.len();
    let per_minute = per_minute(count, whole.len());
    let quiet = [0.0, profile.fillers_quiet_per_minute];
    let red = [0.0, profile.fillers_red_per_minute];
    match Rating::of(per_minute, quiet, red) {
        // One or two fillers in a short take are no meaningful rate.
        Rating::Quiet => Vec::new(),
        _ if count < MIN_FILLERS => Vec::new(),
        rating => vec![Finding::new(
            FindingKind::Fillers { count, per_minute },
            Severity::from_rating(rating),
            whole,
        )],
    }
}

/// Fillers per minute. Times under a second count as one second.
pub fn per_minute(count: usize, time: Secs) -> f64 {
    60.0 * count as f64 / time.max(1.0)
}

/// The words, with the boundaries between them.
struct WordContext {
    plain: Vec<String>,
    /// Whether a comma, the end of a sentence or a silence follows each word.
    boundary_after: Vec<bool>,
    /// Whether each word ends a sentence.
    ends: Vec<bool>,
}

/// A silence this long counts as a comma.
const COMMA_SILENCE: Secs = 0.35;
/// Fewer fillers than this are no finding.
const MIN_FILLERS: usize = 3;

impl WordContext {
    fn new(transcript: &Transcript) -> Self {
        let words = &transcript.words;
        let silent_after = |at: usize| {
            let next = words.get(at + 1);
            next.is_some_and(|next| next.start - words[at].end >= COMMA_SILENCE)
        };
        let comma = |at: usize| {
            words[at]
                .text
                .ends_with([',', ';', ':', '\u{2026}', '-', '\u{2014}'])
        };
        Self {
            plain: words.iter().map(|word| word.plain()).collect(),
            boundary_after: (0..words.len())
                .map(|at| comma(at) || words[at].ends_sentence() || silent_after(at))
                .collect(),
            ends: words.iter().map(|word| word.ends_sentence()).collect(),
        }
    }

    /// The number of words of the filler that begins at `at`, if one does.
    fn filler_at(&self, at: usize) -> Option<usize> {
        let (first, second) = (self.text(at as isize), self.text(at as isize + 1));
        let fills = match (first, second) {
            // "mm" is a hesitation, "M." is a name.
            (sound, _) if sound != "m" && is_sound(sound) => return Some(1),
            ("y'know" | "yknow" | "y-know", _) => return Some(1),
            ("you" | "ya", "know") => self.is_you_know(at).then_some(2),
            ("i", "mean") => self.is_i_mean(at).then_some(2),
            ("i", "guess") => self.is_i_guess(at).then_some(2),
            ("sort" | "kind", "of") => self.is_sort_of(at).then_some(2),
            ("kinda" | "sorta", _) => Some(1),
            ("like", _) => self.is_like(at).then_some(1),
            ("so", _) => self.is_so(at).then_some(1),
            ("well", _) => {
                let clause_starts =
                    [SUBJECTS.as_slice(), &["so", "the", "my", "our", "this"]].concat();
                let starts = self.begins(at) && clause_starts.contains(&self.after(at + 1));
                (starts || self.opens(at) && self.is_set_off_after(at)).then_some(1)
            }
            ("okay" | "ok" | "alright", _) => self.is_okay(at).then_some(1),
            ("right", _) => self.is_right(at).then_some(1),
            ("basically", _) => Some(1),
            ("literally", _) => {
                let literal_contexts = [
                    "it",
                    "them",
                    "that",
                    "taken",
                    "took",
                    "take",
                    "quite",
                    "translated",
                ];
                (!literal_contexts.contains(&self.before(at))).then_some(1)
            }
            ("actually" | "anyway", _) => self.is_interjected(at).then_some(1),
            _ => None,
        };
        fills.filter(|length| at + length <= self.plain.len())
    }

    fn text(&self, at: isize) -> &str {
        let index = usize::try_from(at).ok();
        index
            .and_then(|at| self.plain.get(at))
            .map_or("", String::as_str)
    }

    /// The word before `at`, skipping hesitation sounds.
    fn before(&self, at: usize) -> &str {
        let words = self.plain[..at].iter().rev();
        words
            .map(String::as_str)
            .find(|word| !is_sound(word))
            .unwrap_or("")
    }

    /// The word at `at` or after it, skipping hesitation sounds.
    fn after(&self, at: usize) -> &str {
        let words = self.plain.iter().skip(at);
        words
            .map(String::as_str)
            .find(|word| !is_sound(word))
            .unwrap_or("")
    }

    /// Whether a sentence begins at `at`, or a hesitation sound or a comma stands before it.
    fn opens(&self, at: usize) -> bool {
        self.begins(at) || self.is_set_off_before(at)
    }

    /// Whether a sentence begins at `at`, skipping hesitation sounds.
    fn begins(&self, at: usize) -> bool {
        (0..at)
            .rev()
            .find(|before| self.ends[*before] || !is_sound(&self.plain[*before]))
            .is_none_or(|before| self.ends[before])
    }

    fn is_set_off_before(&self, at: usize) -> bool {
        at == 0 || self.boundary_after[at - 1] || is_sound(&self.plain[at - 1])
    }

    fn is_set_off_after(&self, last: usize) -> bool {
        last + 1 == self.plain.len() || self.boundary_after[last] || is_sound(&self.plain[last + 1])
    }

    fn is_interjected(&self, at: usize) -> bool {
        let set_off = self.is_set_off_before(at) && self.is_set_off_after(at);
        // In "It was a mess actually." it closes the sentence; in "what they did not actually" it does not.
        let closes = at > 0
            && (at + 1 == self.plain.len() || self.ends[at])
            && !is_function(self.before(at));
        set_off
            || closes
            || (self.begins(at)
                && SUBJECTS.contains(&self.after(at + 1))
                && self.text(at as isize) != "anyway")
    }

    fn is_you_know(&self, at: usize) -> bool {
        let (before, after) = (self.before(at), self.after(at + 2));
        let asks = [
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
        let objects = [
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
        if self.is_set_off_after(at + 1) {
            // "as you know," is a clause, "do you know?" a question.
            return !asks.contains(&before)
                || self.is_set_off_before(at) && !before.starts_with("do");
        }
        if asks.contains(&before) || objects.contains(&after) {
            return false;
        }
        // "you" cannot be a subject here, or a clause of its own begins after "you know".
        let cannot_be_subject =
            BE.contains(&before) || OPENERS.contains(&before) || is_adverb(before);
        cannot_be_subject
            || self.is_set_off_before(at) && !["the", "a", "this"].contains(&after)
            || SUBJECTS.contains(&after)
            || is_past(after)
            // "our fix you know works": the subject of the verb is before "you know".
            || (after.ends_with('s') && after.len() > 4 && !BE.contains(&after))
            || BE.contains(&after)
            || at > 0 && is_past(before)
            || at == 0
    }

    fn is_i_mean(&self, at: usize) -> bool {
        let (before, after) = (self.before(at), self.after(at + 2));
        let asked = [
            "what", "that", "which", "do", "if", "because", "by", "when", "as", "how",
        ];
        let meant = [
            "it", "that", "to", "by", "business", "this", "well", "them", "him", "what",
        ];
        !asked.contains(&before) && (self.is_set_off_after(at + 1) || !meant.contains(&after))
    }

    fn is_i_guess(&self, at: usize) -> bool {
        let (before, after) = (self.before(at), self.after(at + 2));
        let asked = ["what", "when", "before", "if", "let", "could", "can", "as"];
        let meant = ["that", "wrong", "right", "it", "correctly", "at", "and"];
        !asked.contains(&before) && (self.is_set_off_after(at + 1) || !meant.contains(&after))
    }

    fn is_sort_of(&self, at: usize) -> bool {
        let before = self.before(at);
        let names = [
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
        // "the kind of, um, queue" still names a kind.
        !names.contains(&before)
            || (self.is_set_off_before(at)
                && self.is_set_off_after(at + 1)
                && at > 0
                && !is_sound(&self.plain[at - 1]))
    }

    fn is_like(&self, at: usize) -> bool {
        let (before, after) = (self.before(at), self.after(at + 1));
        let (set_off, boundary_after) = (self.is_set_off_before(at), self.is_set_off_after(at));
        if set_off && boundary_after && !(at == 0 && self.plain.len() == 1) {
            return true;
        }
        // "I was like we need to fix it": what somebody said or thought follows.
        let quotes = ["i", "we", "you", "okay", "oh", "hey", "why"].contains(&after)
            && ["was", "were", "am"].contains(&before)
            && at > 1
            && ["i", "we", "he", "she", "they"].contains(&self.before(at - 1));
        if quotes {
            return true;
        }
        if boundary_after && !self.ends[at] {
            // "it was like, gone", but "what it looked like, ..."
            return BE.contains(&before) || OPENERS.contains(&before);
        }
        let comparing_words = [
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
        if comparing_words.contains(&before) {
            return false;
        }
        let is_count = is_count(after);
        if BE.contains(&before) || before.ends_with("'s") && before != "let's" {
            // "it was like forty" and "it was like really bad" fill, "it was like a queue" compares.
            return is_count
                || is_adverb(after)
                || INTENSIFIERS.contains(&after)
                || self.plain.get(at + 2).is_some() && after == "no";
        }
        let before_number = [
            "for", "with", "in", "at", "from", "of", "about", "after", "had", "have", "got",
            "took", "there", "by", "has", "only", "just", "maybe",
        ];
        if before_number.contains(&before) {
            return is_count || INTENSIFIERS.contains(&after);
        }
        if [
            "a", "an", "the", "this", "my", "our", "their", "was", "were",
        ]
        .contains(&before)
        {
            return after != "minded";
        }
        // "and like we" fills between two clauses; "like I said" is a clause of its own.
        let reporting_verbs = ["said", "say", "mentioned", "told", "was"];
        let clause = SUBJECTS.contains(&after)
            && !self
                .plain
                .iter()
                .skip(at + 2)
                .take(2)
                .any(|word| reporting_verbs.contains(&word.as_str()));
        (OPENERS.contains(&before) || (set_off && at > 0)) && (clause || is_count)
            || OPENERS.contains(&before) && at > 0 && !set_off && before != "and" && before != "or"
            || before == "like"
    }

    /// A "so" that opens and is set off: "So, um", "okay so". In "So I did" it means "therefore".
    fn is_so(&self, at: usize) -> bool {
        let (before, after) = (self.before(at), self.after(at + 1));
        if [
            "that", "far", "many", "much", "few", "little", "long", "called", "as", "on",
        ]
        .contains(&after)
        {
            return false;
        }
        let marker = [
            "like",
            "yeah",
            "basically",
            "anyway",
            "okay",
            "ok",
            "well",
            "actually",
            "right",
        ];
        let opens = self.begins(at)
            || ["okay", "ok", "and", "yeah", "well", "alright", "but"].contains(&before);
        let is_hesitant = self.is_set_off_after(at)
            || marker.contains(&after)
            || after == "so"
            || (after == "you" && self.filler_at(at + 1).is_some());
        let after_okay = ["okay", "ok", "alright", "yeah"].contains(&before)
            || before == "right" && at > 0 && self.begins(at - 1);
        // "I think so." ends a sentence.
        !self.ends[at]
            && (opens && is_hesitant
                || after_okay
                || self.is_set_off_before(at) && self.is_set_off_after(at) && at > 0)
    }

    fn is_okay(&self, at: usize) -> bool {
        let opens = self.begins(at) || self.is_set_off_before(at);
        opens
            && !BE.contains(&self.before(at))
            && (self.is_set_off_after(at) || self.after(at + 1) == "so")
    }

    /// The question tag ", right?".
    fn is_right(&self, at: usize) -> bool {
        let tag = ["is", "was", "that", "it", "all", "the", "be"];
        self.is_set_off_before(at)
            && self.is_set_off_after(at)
            && at > 0
            && !tag.contains(&self.before(at))
            || self.begins(at)
                && at + 1 < self.plain.len()
                && (self.is_set_off_after(at) || self.after(at + 1) == "so")
                && !self.ends[at]
    }
}

const SUBJECTS: [&str; 16] = [
    "i", "we", "they", "he", "she", "it", "you", "there", "i'm", "we're", "it's", "they're",
    "i've", "nobody", "everyone", "that's",
];
/// Words after which a clause or a phrase begins.
const OPENERS: [&str; 10] = [
    "and", "but", "so", "because", "or", "then", "well", "okay", "yeah", "that",
];
/// Intensifiers.
const INTENSIFIERS: [&str; 12] = [
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

/// Whether the word is a count or a measure: "forty", "0.3%", "half".
fn is_count(word: &str) -> bool {
    let numbers = [
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "fifteen",
        "twenty",
        "thirty",
        "forty",
        "fifty",
        "sixty",
        "seventy",
        "eighty",
        "ninety",
        "hundred",
        "thousand",
        "half",
        "zero",
        "several",
        "hundreds",
        "thousands",
    ];
    numbers.contains(&word) || word.contains(|c: char| c.is_ascii_digit())
}
