//! `starling check`: story packs, with every problem as `file:line: what`.

use std::io::{self, Write};
use std::path::PathBuf;

use crate::storage::story_library;
use crate::storage::story_library::StoryError;

use super::{Failure, complain_of};

/// Checks one pack after the other.
pub fn run(packs: &[PathBuf]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let mut failed = false;
    for pack in packs {
        match story_library::read(pack) {
            Ok(story) => writeln!(out, "{}: ok, \"{}\"", pack.display(), story.title)?,
            Err(error @ StoryError::Invalid { .. }) => {
                failed = true;
                writeln!(out, "{error}")?;
            }
            Err(error) => {
                failed = true;
                complain_of(&error.to_string());
            }
        }
    }
    out.flush()?;
    if failed {
        Err(Failure::AlreadyReported)
    } else {
        Ok(())
    }
}
