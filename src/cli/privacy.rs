//! `starling privacy`: prints the privacy notice.

use std::io::{self, Write};

use crate::storage::{Store, privacy_notice_text};

use super::failure::Failure;

/// Prints the notice. Reads and creates no files.
pub fn run(store: &Store) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(privacy_notice_text(store).as_bytes())?;
    Ok(out.flush()?)
}
