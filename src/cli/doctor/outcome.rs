//! The outcome of a check of `starling doctor`.

/// The outcome of a check.
pub enum Outcome {
    Passed(String),
    Failed(String),
    /// It needs something that this computer does not have, which another check reports.
    Skipped(String),
}

impl From<Result<String, String>> for Outcome {
    fn from(result: Result<String, String>) -> Self {
        match result {
            Ok(message) => Outcome::Passed(message),
            Err(message) => Outcome::Failed(message),
        }
    }
}
