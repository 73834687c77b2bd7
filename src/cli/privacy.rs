//! `starling privacy`: what is kept, where, and what never happens.

use std::io::{self, Write};

use crate::storage::{Store, privacy_notice_text};

use super::Failure;

/// Shows the page; looks at nothing and creates nothing.
pub fn run(store: &Store) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(privacy_notice_text(store.folder()).as_bytes())?;
    Ok(out.flush()?)
}
