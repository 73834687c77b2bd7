//! The values that describe how words compare with a phrase.

/// Number of details, by rules and word by word.
pub(super) const DETAILS: usize = 34;
/// Number of values about how the vectors match.
pub(super) const ALIGNMENT_FEATURES: usize = 19;
/// Number of all values: the details, then those about the vectors.
pub const FEATURES: usize = DETAILS + ALIGNMENT_FEATURES;
