//! One finite clause: a subject with its verb.

use std::ops::RangeInclusive;

/// Who or what the subject of a clause is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// "I".
    Speaker,
    /// "we".
    Team,
    /// Anybody or anything else.
    Other,
    /// Nothing: "Pulled the logs."
    Unstated,
}

/// What the verb form says about when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tense {
    /// "traced", "had traced", "was tracing".
    Past,
    /// "has traced".
    Perfect,
    /// "traces", "is tracing".
    Present,
}

/// How a clause is joined to its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It stands by itself.
    Main,
    /// It says which: "who owned it", "that we run".
    Relative,
    /// It is what somebody said or thought: "(I saw) that they traced it".
    Complement,
    /// It follows "when", "because", "so that" and the like. The index is that of this word.
    Adverbial(usize),
}

/// One finite clause. All indices are those of tokens.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// Who or what its subject is.
    pub subject: Subject,
    /// The subject's head noun or pronoun; `None` if the clause takes over the subject of the clause before it.
    pub subject_at: Option<usize>,
    /// Its first token: the first of the subject, or of the verb.
    pub first: usize,
    /// Where its conjunction or comma stands, if that comes before its first token.
    pub opens_at: usize,
    /// The verb with its auxiliaries: "had not been tested", "managed to fix".
    pub group: RangeInclusive<usize>,
    /// The verb that says what happened: "fix" in "managed to fix".
    pub verb: usize,
    /// Its last token.
    pub last: usize,
    /// Whether the subject is what something is done to.
    pub is_passive: bool,
    /// Whether it is negated.
    pub is_negated: bool,
    /// Whether it happened: not only a wish, a duty, a possibility or a condition.
    pub is_real: bool,
    /// What the verb form says about when.
    pub tense: Tense,
    /// How it is joined to its sentence.
    pub role: Role,
}

impl Clause {
    /// Whether it says that `subject` did or had done something, in fact.
    pub fn is_fact_of(&self, subject: Subject) -> bool {
        self.subject == subject
            && self.is_real
            && !self.is_negated
            && !self.is_passive
            && self.tense != Tense::Present
    }
}
