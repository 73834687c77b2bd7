//! `starling stories`: lists the stories.

use std::io::Write;

use serde::Serialize;

use crate::domain::time::{Secs, clock};
use crate::storage::Store;
use crate::storage::story_library;

use super::failure::{Failure, print_message};
use super::terminal;

/// One story in the JSON output.
#[derive(Serialize)]
struct StoryEntry<'a> {
    id: &'a str,
    title: &'a str,
    question: &'a str,
    principle: &'a str,
    level: &'a str,
    target_s: Secs,
    follow_ups: usize,
}

/// Lists the stories; story files that cannot be used are reported on stderr.
pub fn run(json: bool, store: &Store) -> Result<(), Failure> {
    let (stories, errors) = story_library::stories(&store.stories());
    for error in &errors {
        print_message(&error.to_string());
    }
    let entries: Vec<StoryEntry> = stories
        .iter()
        .map(|story| StoryEntry {
            id: &story.id,
            title: &story.title,
            question: &story.question,
            principle: &story.principle,
            level: story.level_id(story.level),
            target_s: story.target_total(),
            follow_ups: story.follow_ups.len(),
        })
        .collect();
    if json {
        return Ok(terminal::print_json(&entries)?);
    }
    let mut out = terminal::stdout();
    for entry in entries {
        writeln!(
            out,
            "{:<16} {}  ({}, {}, {})",
            entry.id,
            entry.title,
            entry.principle,
            entry.level,
            clock(entry.target_s)
        )?;
    }
    Ok(out.flush()?)
}
