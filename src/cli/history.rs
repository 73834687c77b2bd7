//! `starling history`: lists the recorded takes.

use std::io::{self, Write};
use std::sync::Arc;

use serde::Serialize;

use crate::app::repaired_length;
use crate::domain::start_time::StartTime;
use crate::domain::story::{Level, Part, Story};
use crate::domain::take::TakeId;
use crate::domain::time::{Secs, clock};
use crate::storage::clock as storage_clock;
use crate::storage::{Store, TakeFilter, TakeStatus, TakeSummary, story_library};

use super::failure::Failure;
use super::lookup::open_db_if_present;
use super::terminal::{PlainText, print_json};

/// Which takes to list.
#[derive(Debug, clap::Args)]
pub struct HistoryArgs {
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// List only takes of this section.
    #[arg(long, value_name = "KIND")]
    section: Option<Part>,
    /// List only takes of this story.
    #[arg(long, value_name = "ID")]
    story: Option<String>,
}

/// One take in the JSON output.
#[derive(Serialize)]
struct TakeEntry<'a> {
    take: &'a TakeId,
    at: Option<String>,
    started: Option<String>,
    zone: Option<String>,
    sequence: i64,
    story: Option<&'a str>,
    section: Option<Part>,
    level: Option<&'static str>,
    seconds: Option<Secs>,
    words: Option<u32>,
    state: String,
    file: String,
}

/// Lists the takes, newest first.
pub fn run(args: HistoryArgs, store: &Store) -> Result<(), Failure> {
    let filter = TakeFilter {
        story: args.story,
        part: args.section,
    };
    let takes = match open_db_if_present(store)? {
        Some(db) => db.list(&filter).map_err(anyhow::Error::from)?,
        None => Vec::new(),
    };
    if args.json {
        // Each story has its own names for the levels. Unusable story files are no subject here.
        let (stories, _) = story_library::stories(&store.stories());
        let entries = takes.iter().map(|take| entry(take, &stories, store));
        let entries: Vec<TakeEntry> = entries.collect();
        return Ok(print_json(&entries)?);
    }
    let mut out = PlainText(io::BufWriter::new(io::stdout().lock()));
    for take in &takes {
        write_line(&mut out, take, store)?;
    }
    Ok(out.flush()?)
}

fn entry<'a>(take: &'a TakeSummary, stories: &[Arc<Story>], store: &Store) -> TakeEntry<'a> {
    let story = stories
        .iter()
        .find(|story| take.story.as_ref() == Some(&story.id));
    let level_id = |level: Level| match story {
        Some(story) => story.level_id(level),
        None => level.stored_id(),
    };
    TakeEntry {
        take: &take.id,
        at: take.id.started_at(),
        started: take.started.as_ref().map(StartTime::utc),
        zone: take.started.as_ref().map(StartTime::zone_label),
        sequence: take.sequence,
        story: take.story.as_deref(),
        section: take.part,
        level: take.level.map(level_id),
        seconds: length(take, store),
        words: take.words,
        state: take.status().to_string(),
        file: store.wav(&take.id).display().to_string(),
    }
}

fn write_line(out: &mut impl Write, take: &TakeSummary, store: &Store) -> io::Result<()> {
    let part = take.part.map_or("?".to_owned(), |part| part.to_string());
    let status = match take.words {
        Some(1) => "1 word".to_owned(),
        Some(n) => format!("{n} words"),
        None => take.status().to_string(),
    };
    write!(
        out,
        "{:<36} {:<16} {part:<11} {:>5}  {status}",
        take.id.to_string(),
        take.story.as_deref().unwrap_or("?"),
        length(take, store).map_or("?".to_owned(), clock),
    )?;
    match time_note(take) {
        Some(note) => writeln!(out, "  {note}"),
        None => writeln!(out),
    }
}

/// When a take started, if its name does not tell this viewer: in another time zone, or in an hour that came
/// twice.
fn time_note(take: &TakeSummary) -> Option<String> {
    let began = take.started.as_ref()?.describe(&storage_clock::zone());
    (take.id.started_at().as_ref() != Some(&began)).then_some(began)
}

/// The length of a take. For an interrupted take it is read from the WAV file, whose header is repaired.
fn length(take: &TakeSummary, store: &Store) -> Option<Secs> {
    match take.status() {
        TakeStatus::Interrupted => repaired_length(store, &take.id),
        _ => take.seconds,
    }
}
