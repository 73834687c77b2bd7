//! The rules that decide whether a word of the transcript is a filler. They look at its neighbors and
//! at the punctuation and silences around it: the "like" of "it was, like, gone" fills, that of "it looks
//! like a retry" does not.

use super::filler_word_lists::*;
use crate::analysis::language::lexicon::{BE, is_adverb, is_function, is_hesitation};
use crate::analysis::language::verbalize::{TENS, UNITS};
use crate::analysis::language::verbs::is_past;
use crate::domain::time::Secs;
use crate::domain::transcript::Transcript;

/// The words of a transcript, with the boundaries between them.
pub(super) struct WordContext {
    plain: Vec<String>,
    /// Whether a comma, the end of a sentence or a silence follows each word.
    boundary_after: Vec<bool>,
    /// Whether each word ends a sentence.
    ends: Vec<bool>,
}

/// A silence this long counts as a comma.
const COMMA_SILENCE: Secs = 0.35;

impl WordContext {
    pub(super) fn new(transcript: &Transcript) -> Self {
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
    pub(super) fn filler_at(&self, at: usize) -> Option<usize> {
        let (first, second) = (self.text(at as isize), self.text(at as isize + 1));
        let fills = match (first, second) {
            // "mm" is a hesitation, "M." is a name.
            (sound, _) if sound != "m" && is_hesitation(sound) => return Some(1),
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
            .find(|word| !is_hesitation(word))
            .unwrap_or("")
    }

    /// The word at `at` or after it, skipping hesitation sounds.
    fn after(&self, at: usize) -> &str {
        let words = self.plain.iter().skip(at);
        words
            .map(String::as_str)
            .find(|word| !is_hesitation(word))
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
            .find(|before| self.ends[*before] || !is_hesitation(&self.plain[*before]))
            .is_none_or(|before| self.ends[before])
    }

    fn is_set_off_before(&self, at: usize) -> bool {
        at == 0 || self.boundary_after[at - 1] || is_hesitation(&self.plain[at - 1])
    }

    fn is_set_off_after(&self, last: usize) -> bool {
        last + 1 == self.plain.len()
            || self.boundary_after[last]
            || is_hesitation(&self.plain[last + 1])
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
        if self.is_set_off_after(at + 1) {
            // "as you know," is a clause, "do you know?" a question.
            return !BEFORE_YOU_KNOW.contains(&before)
                || self.is_set_off_before(at) && !before.starts_with("do");
        }
        if BEFORE_YOU_KNOW.contains(&before) || OBJECTS_OF_KNOW.contains(&after) {
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
        !BEFORE_I_MEAN.contains(&before)
            && (self.is_set_off_after(at + 1) || !OBJECTS_OF_MEAN.contains(&after))
    }

    fn is_i_guess(&self, at: usize) -> bool {
        let (before, after) = (self.before(at), self.after(at + 2));
        !BEFORE_I_GUESS.contains(&before)
            && (self.is_set_off_after(at + 1) || !OBJECTS_OF_GUESS.contains(&after))
    }

    fn is_sort_of(&self, at: usize) -> bool {
        let before = self.before(at);
        // "the kind of, um, queue" still names a kind.
        !BEFORE_SORT_OF.contains(&before)
            || (self.is_set_off_before(at)
                && self.is_set_off_after(at + 1)
                && at > 0
                && !is_hesitation(&self.plain[at - 1]))
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
        if COMPARING_WORDS.contains(&before) {
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
        if BEFORE_QUANTITY.contains(&before) {
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

/// Whether the word is a count or a measure: "forty", "0.3%", "half".
fn is_count(word: &str) -> bool {
    UNITS.contains(&word)
        || TENS.contains(&word)
        || QUANTITIES.contains(&word)
        || word.contains(|c: char| c.is_ascii_digit())
}
