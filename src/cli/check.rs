//! `starling check`: checks story files and prints every problem as `file:line: problem`.

use std::io::Write;
use std::path::PathBuf;

use crate::storage::story_library;
use crate::storage::story_library::StoryError;

use super::failure::{Failure, print_message};
use super::terminal;

/// Checks each file; a bad one does not stop the rest.
pub fn run(packs: &[PathBuf]) -> Result<(), Failure> {
    let mut out = terminal::stdout();
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
                print_message(&error.to_string());
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
