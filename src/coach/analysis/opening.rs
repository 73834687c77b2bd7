//! The opening: how soon the problem, the ownership boundary and the first number were said.

use serde::Serialize;

use super::impact::Quote;
use crate::coach::time::Secs;

/// When an answer got to its point; `None` where it never did.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Opening {
    /// The first mention of something wrong.
    pub problem: Option<Arrival>,
    /// That it was not the speaker's job, team or assignment.
    pub boundary: Option<Arrival>,
    /// The first number.
    pub number: Option<Arrival>,
}

/// Words of the speaker, and how long they took to come.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Arrival {
    /// The words, with where they were said.
    #[serde(flatten)]
    pub quote: Quote,
    /// Seconds from the first word of the take to the first of these.
    pub after: Secs,
}
