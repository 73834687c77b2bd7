//! `starling stories`: what can be practised.

use std::io::{self, Write};

use serde::Serialize;

use crate::domain::story::Level;
use crate::domain::time::{Secs, clock};
use crate::storage::Store;
use crate::storage::story_library;

use super::{Failure, complain_of};

#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    title: &'a str,
    question: &'a str,
    principle: &'a str,
    level: Level,
    target_s: Secs,
    follow_ups: usize,
}

/// Lists the stories; packs that cannot be used are named on stderr.
pub fn run(json: bool, store: &Store) -> Result<(), Failure> {
    let (stories, errors) = story_library::stories(&store.stories());
    for error in &errors {
        complain_of(&error.to_string());
    }
    let mut out = io::stdout().lock();
    let lines: Vec<Line> = stories
        .iter()
        .map(|story| Line {
            id: &story.id,
            title: &story.title,
            question: &story.question,
            principle: &story.principle,
            level: story.level,
            target_s: story.target_total(),
            follow_ups: story.follow_ups.len(),
        })
        .collect();
    if json {
        serde_json::to_writer(&mut out, &lines)?;
        writeln!(out)?;
    } else {
        for line in lines {
            writeln!(
                out,
                "{:<16} {}  ({}, {}, {})",
                line.id,
                line.title,
                line.principle,
                line.level,
                clock(line.target_s)
            )?;
        }
    }
    Ok(out.flush()?)
}
