//! Finds the finite clauses of a text and the subject of each.
//!
//! The parser reads a sentence from left to right. Before a verb it collects noun phrases that may be the
//! subject; behind the verb they are objects. A comma, a conjunction, a subordinator or a relative pronoun
//! opens the next clause.

use super::clause::{Clause, Role, Subject, Tense};
use super::verb_group::{self, VerbGroup};
use super::word_class::{self, WordClass, is_adverb, usual_class};
use crate::analysis::language::lexicon::{self, BE};
use crate::analysis::language::{Boundary, Token, verbs};

/// The finite clauses of `tokens`, in order.
pub fn clauses(tokens: &[Token]) -> Vec<Clause> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < tokens.len() {
        let end = (start + 1..tokens.len())
            .find(|at| tokens[*at].break_before == Boundary::Sentence)
            .unwrap_or(tokens.len());
        let previous = found.len();
        Parser::new(tokens, start, end).parse(&mut found);
        close(&mut found[previous..], end);
        start = end;
    }
    found
}

/// Sets the last token of each clause: it ends where the next one begins.
fn close(clauses: &mut [Clause], end: usize) {
    let mut next = end;
    for clause in clauses.iter_mut().rev() {
        clause.last = next.saturating_sub(1).max(*clause.group.end());
        next = clause.opens_at;
    }
}

/// What the clause that is being read began with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opener {
    Sentence,
    Coordinator,
    Comma,
    Subordinator(usize),
    Relative(usize),
    /// Nothing: the words follow a verb group.
    Verb,
}

/// A noun phrase or pronoun before a verb.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    head: usize,
    first: usize,
    is_pronoun: bool,
    /// It follows a preposition, so it is not the subject.
    is_prepositional: bool,
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    end: usize,
    opener: Opener,
    candidates: Vec<Candidate>,
    /// Whether the next noun belongs to the last candidate.
    is_phrase_open: bool,
    /// A subject that waits for its verb behind a relative clause: "the test (I wrote) caught".
    waiting: Option<usize>,
    /// Where the clause at hand was opened: its conjunction, comma or first word.
    opened_at: usize,
}

impl<'a> Parser<'a> {
    fn new(tokens: &'a [Token], start: usize, end: usize) -> Self {
        Self {
            tokens,
            at: start,
            end,
            opener: Opener::Sentence,
            candidates: Vec::new(),
            is_phrase_open: false,
            waiting: None,
            opened_at: start,
        }
    }

    fn parse(mut self, found: &mut Vec<Clause>) {
        let sentence = found.len();
        while self.at < self.end {
            self.open(found.len() > sentence);
            if self.is_finite_verb(&found[sentence..]) {
                let group = verb_group::parse(self.tokens, self.at, self.end);
                let next = group.last + 1;
                if let Some(clause) = self.clause(group, &found[sentence..]) {
                    found.push(clause);
                }
                self.at = next;
                self.opener = Opener::Verb;
                self.candidates.clear();
                self.is_phrase_open = false;
                continue;
            }
            self.collect();
            self.at += 1;
        }
    }

    fn text(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |token| token.text.as_str())
    }

    /// Notes whether the token at hand opens a clause.
    fn open(&mut self, has_clause: bool) {
        let token = &self.tokens[self.at];
        let is_break = token.break_before == Boundary::Clause;
        let text = token.text.as_str();
        if is_break && (self.opener == Opener::Verb || self.candidates.is_empty()) {
            self.reopen(Opener::Comma);
        } else if is_break {
            self.is_phrase_open = false;
        }
        match text {
            "and" | "but" | "or" | "then" | "so" | "plus" | "yet" | "nor" | "also" => {
                // "so that", "so many"; "and" between two nouns joins them.
                let joins_nouns = matches!(text, "and" | "or")
                    && self.opener != Opener::Verb
                    && !self.candidates.is_empty()
                    && !has_verb_next(self.tokens, self.at + 1, self.end);
                if text == "so" && self.is_so_that() {
                    self.reopen(Opener::Subordinator(self.at));
                } else if matches!(text, "and" | "but" | "or" | "so" | "yet" | "nor" | "plus")
                    && !joins_nouns
                    || text == "then" && self.opener != Opener::Verb && self.candidates.is_empty()
                    || text == "then"
                        && self.opener == Opener::Verb
                        && self.text(self.at + 1) != "to"
                {
                    let has_own_subject = is_break
                        || matches!(self.text(self.at + 1), "i" | "we" | "they" | "he" | "she");
                    if self.opener == Opener::Verb || !has_clause || has_own_subject {
                        self.reopen(Opener::Coordinator);
                    } else if self.candidates.is_empty() && matches!(self.opener, Opener::Comma) {
                        self.opener = Opener::Coordinator;
                    }
                }
            }
            "because" | "when" | "while" | "if" | "whether" | "until" | "unless" | "although"
            | "though" | "whereas" | "why" | "how" | "what" | "once" | "whenever" | "wherever" => {
                let is_noun = text == "while"
                    && self.at > 0
                    && matches!(self.text(self.at - 1), "a" | "little" | "long" | "short");
                if !is_noun && (text != "once" || self.opener != Opener::Verb) {
                    self.reopen(Opener::Subordinator(self.at));
                }
            }
            "where" => self.reopen(Opener::Subordinator(self.at)),
            // As prepositions they take a noun phrase and no clause.
            "since" | "after" | "before" | "as" | "till"
                if has_subject_next(self.tokens, self.at + 1, self.end) =>
            {
                self.reopen(Opener::Subordinator(self.at));
            }
            "who" | "which" | "whom" | "whose" => self.reopen(Opener::Relative(self.at)),
            "that" => self.open_that(),
            _ => {}
        }
    }

    /// Whether "so that" begins here, as opposed to "so that evening I".
    fn is_so_that(&self) -> bool {
        self.text(self.at + 1) == "that" && !is_time_noun(self.text(self.at + 2))
    }

    fn open_that(&mut self) {
        if self.opener == Opener::Subordinator(self.at.wrapping_sub(1))
            || is_time_noun(self.text(self.at + 1))
        {
            return;
        }
        let next = self.text(self.at + 1);
        let starts_phrase = lexicon::SUBJECTS.contains(&next)
            || matches!(
                next,
                "it" | "you"
                    | "the"
                    | "a"
                    | "an"
                    | "my"
                    | "our"
                    | "their"
                    | "his"
                    | "her"
                    | "this"
                    | "these"
                    | "those"
                    | "there"
                    | "no"
                    | "some"
                    | "all"
                    | "both"
                    | "each"
                    | "every"
                    | "any"
                    | "anybody"
                    | "nobody"
            );
        let before = self.at.checked_sub(1).map_or("", |at| self.text(at));
        let after_noun = self.at > 0
            && self.tokens[self.at].break_before == Boundary::None
            && !verb_group::may_be_finite(&self.tokens[self.at - 1])
            && !lexicon::is_function(before)
            && !is_adverb(before);
        let next_is_verb =
            self.at + 1 < self.end && verb_group::may_be_finite(&self.tokens[self.at + 1]);
        if starts_phrase && self.opener == Opener::Verb {
            self.reopen(Opener::Subordinator(self.at));
        } else if after_noun && (next_is_verb || is_adverb(next) || starts_phrase) {
            if self.opener != Opener::Verb {
                self.waiting = self
                    .subject()
                    .map(|candidate| candidate.head)
                    .or(self.waiting);
            }
            self.reopen(Opener::Relative(self.at));
        } else if self.opener == Opener::Verb && self.tokens[self.at].break_before == Boundary::None
        {
            self.reopen(Opener::Subordinator(self.at));
        }
    }

    fn reopen(&mut self, opener: Opener) {
        if matches!(opener, Opener::Relative(_) | Opener::Subordinator(_))
            && self.opener != Opener::Verb
        {
            self.waiting = self
                .subject()
                .map(|candidate| candidate.head)
                .or(self.waiting);
        }
        self.opener = opener;
        self.opened_at = self.at;
        self.candidates.clear();
        self.is_phrase_open = false;
    }

    /// Adds the token at hand to the noun phrases before the verb.
    fn collect(&mut self) {
        let token = &self.tokens[self.at];
        let text = token.text.as_str();
        let is_opener = match self.opener {
            Opener::Subordinator(at) | Opener::Relative(at) => at == self.at,
            _ => false,
        };
        if is_opener || matches!(text, "and" | "or" | "but" | "so" | "then" | "not") {
            self.is_phrase_open = matches!(text, "and" | "or") && self.is_phrase_open;
            return;
        }
        if is_hedge(self.tokens, self.at) {
            return;
        }
        let is_pronoun = lexicon::SUBJECTS.contains(&text)
            || matches!(
                text,
                "it" | "you"
                    | "this"
                    | "that"
                    | "these"
                    | "those"
                    | "everything"
                    | "nothing"
                    | "something"
                    | "anything"
                    | "one"
                    | "all"
                    | "both"
                    | "each"
                    | "most"
                    | "him"
                    | "them"
                    | "us"
                    | "me"
            );
        let is_prep = is_preposition(text);
        if is_prep {
            self.is_phrase_open = false;
            self.push(self.at, false, true);
            self.is_phrase_open = true;
            return;
        }
        let opens = is_pronoun
            || matches!(
                text,
                "a" | "an"
                    | "the"
                    | "my"
                    | "our"
                    | "their"
                    | "his"
                    | "her"
                    | "its"
                    | "your"
                    | "some"
                    | "any"
                    | "every"
                    | "no"
                    | "other"
                    | "another"
            );
        let is_personal = matches!(
            text,
            "i" | "we"
                | "they"
                | "he"
                | "she"
                | "who"
                | "nobody"
                | "somebody"
                | "someone"
                | "everyone"
                | "everybody"
                | "it"
                | "you"
        );
        if opens {
            let after_preposition =
                self.is_phrase_open && self.at > 0 && is_preposition(self.text(self.at - 1));
            let after_quantifier = self.is_phrase_open
                && self.at > 0
                && matches!(
                    self.text(self.at - 1),
                    "each"
                        | "all"
                        | "both"
                        | "most"
                        | "any"
                        | "every"
                        | "no"
                        | "that"
                        | "this"
                        | "the"
                        | "some"
                );
            if (after_preposition || after_quantifier && !is_personal)
                && !matches!(text, "i" | "we" | "they" | "he" | "she")
            {
                self.extend();
            } else {
                self.push(self.at, is_personal, false);
                self.is_phrase_open = !is_personal;
            }
            return;
        }
        if is_adverb(text) && !self.is_phrase_open {
            return;
        }
        if self.is_phrase_open {
            self.extend();
        } else {
            self.push(self.at, false, false);
            self.is_phrase_open = true;
        }
    }

    fn push(&mut self, at: usize, is_pronoun: bool, is_prepositional: bool) {
        self.candidates.push(Candidate {
            head: at,
            first: at,
            is_pronoun,
            is_prepositional,
        });
    }

    fn extend(&mut self) {
        let at = self.at;
        if let Some(last) = self.candidates.last_mut() {
            last.head = at;
        }
    }

    /// The subject among the noun phrases before the verb: the pronoun right before it, else the first
    /// phrase without a preposition.
    fn subject(&self) -> Option<Candidate> {
        let free = || self.candidates.iter().filter(|c| !c.is_prepositional);
        free()
            .rev()
            .find(|c| c.is_pronoun)
            .or_else(|| free().next_back())
            .copied()
    }

    /// Whether the token at hand is the finite verb of a clause.
    fn is_finite_verb(&self, sentence: &[Clause]) -> bool {
        let token = &self.tokens[self.at];
        if !verb_group::may_be_finite(token) || self.at > 0 && self.text(self.at - 1) == "to" {
            return false;
        }
        let text = token.text.as_str();
        let is_auxiliary = verb_group::is_finite_auxiliary(token);
        let before = self.before();
        let before_text = before.map_or("", |at| self.text(at));
        // "have" and "do" as infinitives: "would have", "let them have".
        if self.opener == Opener::Verb {
            return self.is_verb_of_contact_clause(is_auxiliary, sentence);
        }
        let follows_pronoun = matches!(
            before_text,
            "i" | "we"
                | "they"
                | "he"
                | "she"
                | "it"
                | "you"
                | "who"
                | "nobody"
                | "everyone"
                | "everybody"
                | "somebody"
                | "someone"
                | "there"
        );
        let is_past = verb_group::is_past_form(text);
        if is_auxiliary || follows_pronoun {
            return !(is_auxiliary
                && self.candidates.is_empty()
                && self.opener == Opener::Sentence
                && self.is_question());
        }
        let after_determiner = matches!(
            before_text,
            "a" | "an"
                | "the"
                | "my"
                | "our"
                | "their"
                | "his"
                | "her"
                | "its"
                | "your"
                | "no"
                | "every"
                | "any"
                | "of"
                | "in"
                | "for"
                | "with"
                | "by"
                | "at"
                | "on"
                | "from"
                | "without"
                | "these"
                | "those"
        ) || before
            .is_some_and(|at| word_class::is_adjective(self.text(at)) && self.is_phrase_open);
        if after_determiner && before == self.at.checked_sub(1) {
            return false;
        }
        match self.opener {
            Opener::Coordinator | Opener::Comma if self.candidates.is_empty() => {
                let is_coordinated = self.opener == Opener::Coordinator;
                let last = sentence.last().map(|clause| clause.tense);
                let is_list =
                    last.is_some_and(|tense| tense != Tense::Present) || sentence.len() > 1;
                let is_present_list =
                    last == Some(Tense::Present) && usual_class(text) == Some(WordClass::Verb);
                is_past && (is_list || is_coordinated) || is_coordinated && is_present_list
            }
            Opener::Sentence if self.candidates.is_empty() => is_past && self.at + 1 < self.end,
            Opener::Relative(_) if self.candidates.is_empty() => true,
            Opener::Subordinator(at) if self.candidates.is_empty() => {
                matches!(self.text(at), "what" | "whatever") && is_past
            }
            _ => {
                let has_subject = self.subject().is_some() || self.waiting.is_some();
                let plural = before.is_some_and(|at| {
                    self.text(at).ends_with('s')
                        || matches!(self.text(at), "people" | "both" | "all" | "they")
                });
                let third = word_class::is_third_person(text)
                    && usual_class(text) != Some(WordClass::Noun)
                    && !plural;
                let base = word_class::is_base_verb(text) && !is_past && plural;
                has_subject && (is_past || third || base)
            }
        }
    }

    /// The token before the one at hand, adverbs skipped.
    fn before(&self) -> Option<usize> {
        (0..self.at)
            .rev()
            .take_while(|at| self.tokens[at + 1].break_before != Boundary::Sentence)
            .find(|at| {
                !(is_adverb(self.text(*at)) || is_hedge(self.tokens, *at))
                    || self.text(*at) == "there"
            })
    }

    fn is_question(&self) -> bool {
        let next = self.text(self.at + 1);
        matches!(next, "i" | "we" | "they" | "he" | "she" | "you" | "it")
    }

    /// Behind a verb: whether a new clause without an opening word has begun, as in "I think he left" and
    /// "the data I had".
    fn is_verb_of_contact_clause(&self, is_auxiliary: bool, sentence: &[Clause]) -> bool {
        let Some(last) = sentence.last() else {
            return false;
        };
        let Some(subject) = self.subject() else {
            // "What I did was write it down": the subject is the clause before.
            return is_auxiliary
                && BE.contains(&self.tokens[self.at].text.as_str())
                && self.waiting.is_some()
                || self.waiting.is_some() && verb_group::is_past_form(self.text(self.at))
                || is_auxiliary && matches!(last.role, Role::Adverbial(_));
        };
        let text = self.text(subject.head);
        let adjacent = self.before() == Some(subject.head);
        if matches!(text, "i" | "we" | "they" | "he" | "she") {
            return adjacent;
        }
        let is_reporting = is_reporting_verb(self.text(last.verb));
        if matches!(
            text,
            "it" | "you"
                | "this"
                | "that"
                | "everyone"
                | "everybody"
                | "nobody"
                | "somebody"
                | "someone"
                | "there"
        ) {
            return adjacent
                && (is_auxiliary || is_reporting && verb_group::is_past_form(self.text(self.at)));
        }
        if is_auxiliary {
            // "asked the team to have", "let the team do"
            return !self.tokens[self.at].any(&["do", "have"]) || is_reporting;
        }
        is_reporting && verb_group::is_past_form(self.text(self.at))
            || self.waiting.is_some()
                && verb_group::is_past_form(self.text(self.at))
                && self.candidates.iter().all(|c| c.is_prepositional)
    }

    /// Builds the clause of `group`.
    fn clause(&mut self, group: VerbGroup, sentence: &[Clause]) -> Option<Clause> {
        let candidate = self.subject();
        let mut role = match self.opener {
            Opener::Relative(_) => Role::Relative,
            Opener::Subordinator(at) if self.text(at) == "that" => Role::Complement,
            Opener::Subordinator(at) => Role::Adverbial(at),
            Opener::Verb => {
                let is_reporting = sentence
                    .last()
                    .is_some_and(|last| is_reporting_verb(self.text(last.verb)));
                let objects = self.candidates.len() > 1;
                match is_reporting || !objects {
                    true => Role::Complement,
                    false => Role::Relative,
                }
            }
            _ => Role::Main,
        };
        let (subject, subject_at, first) = match candidate {
            Some(found) => {
                // "the test I wrote (caught)": the first phrase waits for its verb.
                let other = self
                    .candidates
                    .iter()
                    .rev()
                    .find(|c| !c.is_prepositional && c.head < found.first);
                if found.is_pronoun
                    && let Some(other) = other
                    && self.opener != Opener::Verb
                    && self.tokens[found.first].break_before == Boundary::None
                    && matches!(self.text(found.head), "i" | "we" | "they" | "he" | "she")
                    && !is_time_noun(self.text(other.head))
                {
                    self.waiting = Some(other.head);
                    role = Role::Relative;
                }
                (self.kind_of(found.head), Some(found.head), found.first)
            }
            None => match self.opener {
                Opener::Relative(at) => {
                    let before = at.checked_sub(1).map_or("", |at| self.text(at));
                    let is_speaker = matches!(before, "me" | "i")
                        || matches!(before, "one" | "person")
                            && sentence
                                .last()
                                .is_some_and(|c| c.subject == Subject::Speaker && c.last + 6 > at);
                    let kind = if is_speaker {
                        Subject::Speaker
                    } else {
                        Subject::Other
                    };
                    (kind, Some(at.saturating_sub(1)), at)
                }
                Opener::Subordinator(at) => (Subject::Other, Some(at), at),
                _ => match (self.waiting.take(), sentence.last()) {
                    (Some(head), _) => {
                        role = Role::Main;
                        (self.kind_of(head), Some(head), group.first)
                    }
                    (None, Some(last)) => {
                        let heir = self.heir(last, sentence, group.tense);
                        role = heir.role;
                        (heir.subject, None, group.first)
                    }
                    (None, None) => (Subject::Unstated, None, group.first),
                },
            },
        };
        let is_wish = sentence.last().is_some_and(|last| {
            role == Role::Complement
                && matches!(
                    self.text(last.verb),
                    "wish" | "wished" | "hope" | "hoped" | "imagine" | "imagined" | "pretend"
                )
        });
        let is_condition = match role {
            Role::Adverbial(at) => {
                matches!(self.text(at), "if" | "unless" | "whether") || self.text(at) == "so"
            }
            _ => false,
        };
        let subject_text = subject_at.map_or("", |at| self.text(at));
        let denied = matches!(subject_text, "nobody" | "none" | "neither" | "nothing")
            || candidate.is_some_and(|found| self.text(found.first) == "no");
        let opens_at = match self.opener {
            Opener::Verb => first,
            _ => self.opened_at.min(first),
        };
        Some(Clause {
            subject,
            subject_at,
            first,
            opens_at,
            group: group.first..=group.last,
            verb: group.verb,
            last: group.last,
            is_passive: group.is_passive,
            is_negated: group.is_negated || denied,
            is_real: group.is_real && !is_wish && !is_condition,
            tense: group.tense,
            role,
        })
    }

    /// The clause whose subject a verb without a subject shares: the last one, or the one around it if the
    /// last one only says which thing is meant.
    fn heir<'c>(&self, last: &'c Clause, sentence: &'c [Clause], tense: Tense) -> &'c Clause {
        let keeps = matches!(last.role, Role::Adverbial(_)) && last.tense == tense;
        match last.role {
            Role::Relative | Role::Adverbial(_) if !keeps => sentence
                .iter()
                .rev()
                .find(|clause| matches!(clause.role, Role::Main | Role::Complement))
                .unwrap_or(last),
            _ => last,
        }
    }

    fn kind_of(&self, head: usize) -> Subject {
        match self.text(head) {
            "i" if !self.is_numeral(head) => Subject::Speaker,
            "we" => Subject::Team,
            _ => Subject::Other,
        }
    }

    /// "phase I"
    fn is_numeral(&self, at: usize) -> bool {
        at > 0
            && self.tokens[at].break_before == Boundary::None
            && self.tokens[at - 1].any(&["phase", "type", "tier", "volume", "chapter"])
    }
}

/// Verbs whose object may be a clause without "that".
pub(super) fn is_reporting_verb(text: &str) -> bool {
    [
        "think",
        "thought",
        "know",
        "knew",
        "say",
        "said",
        "says",
        "told",
        "tell",
        "see",
        "saw",
        "seen",
        "hear",
        "heard",
        "hope",
        "hoped",
        "believe",
        "believed",
        "guess",
        "guessed",
        "feel",
        "felt",
        "find",
        "found",
        "notice",
        "noticed",
        "realize",
        "realized",
        "realise",
        "realised",
        "wish",
        "wished",
        "mean",
        "meant",
        "suppose",
        "supposed",
        "show",
        "showed",
        "shown",
        "learn",
        "learned",
        "learnt",
        "decide",
        "decided",
        "agree",
        "agreed",
        "assume",
        "assumed",
        "understand",
        "understood",
        "sure",
        "glad",
        "afraid",
        "discover",
        "discovered",
        "admit",
        "admitted",
        "suggest",
        "suggested",
        "explain",
        "explained",
        "figure",
        "figured",
        "wrote",
        "reckon",
        "reckoned",
        "remember",
        "remembered",
        "proved",
        "prove",
        "is",
        "was",
    ]
    .contains(&text)
}

/// Whether the token belongs to "kind of" or "sort of" before a verb, which only weaken it.
fn is_hedge(tokens: &[Token], at: usize) -> bool {
    let is_pair = |first: usize| {
        tokens
            .get(first)
            .is_some_and(|token| token.any(&["kind", "sort"]))
            && tokens.get(first + 1).is_some_and(|token| token.is("of"))
            && !(first > 0
                && tokens[first - 1].any(&[
                    "a", "the", "this", "that", "some", "what", "any", "every", "same", "these",
                    "those", "first", "second", "third",
                ]))
    };
    is_pair(at) || at > 0 && is_pair(at - 1)
}

fn is_preposition(text: &str) -> bool {
    [
        "of", "to", "in", "on", "at", "for", "from", "with", "by", "about", "into", "onto", "over",
        "under", "between", "across", "through", "within", "upon", "per", "via", "against",
        "during", "without", "among", "behind", "beside", "besides", "beyond", "despite", "except",
        "inside", "outside", "near", "towards", "toward", "until", "after", "before", "since",
        "like", "than", "instead", "around", "as", "because",
    ]
    .contains(&text)
}

fn is_time_noun(text: &str) -> bool {
    lexicon::TIME_UNITS.contains(&text)
        || [
            "time",
            "morning",
            "evening",
            "afternoon",
            "night",
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
            "weekend",
            "moment",
            "today",
            "yesterday",
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
            "spring",
            "summer",
            "autumn",
            "winter",
            "term",
            "semester",
            "lunch",
            "end",
            "beginning",
            "start",
            "once",
        ]
        .contains(&text)
}

/// Whether a subject follows, so that "after", "before", "since" and "as" open a clause.
fn has_subject_next(tokens: &[Token], from: usize, end: usize) -> bool {
    let mut at = from;
    while at < end && is_adverb(&tokens[at].text) {
        at += 1;
    }
    let Some(token) = tokens.get(at).filter(|_| at < end) else {
        return false;
    };
    if lexicon::SUBJECTS.contains(&token.text.as_str()) || token.any(&["it", "you"]) {
        return true;
    }
    has_verb_next(tokens, at, end)
}

/// Whether a noun phrase with a finite verb follows before anything else.
fn has_verb_next(tokens: &[Token], from: usize, end: usize) -> bool {
    for at in from..end.min(from + 7) {
        let token = &tokens[at];
        let text = token.text.as_str();
        if at > from && token.break_before != Boundary::None {
            return false;
        }
        if lexicon::SUBJECTS.contains(&text) {
            return true;
        }
        let is_finite = verb_group::is_finite_auxiliary(token)
            || verb_group::is_past_form(text)
                && !(at > from
                    && tokens[at - 1].any(&[
                        "a", "an", "the", "my", "our", "their", "his", "her", "of", "in",
                    ]))
                && !verbs_as_adjective(tokens, at);
        if is_finite {
            return true;
        }
        if matches!(
            text,
            "and" | "or" | "but" | "because" | "that" | "which" | "who" | "to"
        ) {
            return false;
        }
    }
    false
}

/// "the missing tests": a participle between a determiner and a noun.
fn verbs_as_adjective(tokens: &[Token], at: usize) -> bool {
    let next_is_noun = tokens.get(at + 1).is_some_and(|next| {
        next.break_before == Boundary::None && usual_class(&next.text) == Some(WordClass::Noun)
    });
    verbs::is_participle(&tokens[at].text)
        && next_is_noun
        && at > 0
        && word_class::is_adjective(&tokens[at - 1].text)
}
