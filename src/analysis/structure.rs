//! The structure of an answer: its clauses, acts and statements. Measurements share it.

use super::grammar::{self, Clause};
use super::impact::statement::{self, Statement};
use super::language::Token;
use super::ownership::acts::{self, Act};
use crate::domain::transcript::Transcript;

/// The structure of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Structure {
    /// The finite clauses.
    pub clauses: Vec<Clause>,
    /// What the speaker and the team did.
    pub acts: Vec<Act>,
    /// The main clauses with those that depend on them.
    pub statements: Vec<Statement>,
}

impl Structure {
    /// Parses `tokens`, those of `transcript`.
    pub fn new(transcript: &Transcript, tokens: &[Token]) -> Self {
        let clauses = grammar::clauses(tokens);
        Self {
            acts: acts::acts(transcript, tokens, &clauses),
            statements: statement::statements(tokens, &clauses),
            clauses,
        }
    }
}
