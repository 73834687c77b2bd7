//! What is shown of an answer while it is spoken.

use super::transcript::Word;

/// Words of a take that is still being spoken.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Caption {
    /// Words that will not change any more, in the order in which they were said. A later caption of
    /// the same take begins with the same ones.
    pub firm: Vec<Word>,
    /// The newest words, which the next caption may change; empty where there are none.
    pub open: String,
}
