//! What the classifier of statements makes of one.

/// What the classifier makes of a statement, in log odds: above 0 it is rather so than not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judgment {
    /// It tells a measured change, what that was worth, and what lasted.
    pub outcome: [f32; 3],
    /// It says nothing that can be checked.
    pub vague: f32,
    /// It speaks ill of others.
    pub blame: f32,
}
