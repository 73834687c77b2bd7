//! `starling history`: the takes there are.

use std::io::{self, Write};

use serde::Serialize;

use crate::app::repaired_length;
use crate::domain::story::{Level, Part};
use crate::domain::take::TakeId;
use crate::domain::time::{Secs, clock};
use crate::storage::{Store, TakeFilter, TakeStatus, TakeSummary};

use super::{Failure, journal};

/// Which takes to list.
#[derive(Debug, clap::Args)]
pub struct HistoryArgs {
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// Takes of this section only.
    #[arg(long, value_name = "KIND")]
    section: Option<Part>,
    /// Takes of this story only.
    #[arg(long, value_name = "ID")]
    story: Option<String>,
}

#[derive(Serialize)]
struct Line<'a> {
    take: &'a TakeId,
    at: Option<String>,
    story: Option<&'a str>,
    section: Option<Part>,
    level: Option<Level>,
    seconds: Option<Secs>,
    words: Option<u32>,
    state: String,
    file: String,
}

/// Lists them, newest first.
pub fn run(arguments: HistoryArgs, store: &Store) -> Result<(), Failure> {
    let wanted = TakeFilter {
        story: arguments.story,
        part: arguments.section,
    };
    let takes = match journal(store)? {
        Some(journal) => journal.list(&wanted).map_err(anyhow::Error::from)?,
        None => Vec::new(),
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    if arguments.json {
        let lines: Vec<Line> = takes.iter().map(|take| line(take, store)).collect();
        serde_json::to_writer(&mut out, &lines)?;
        writeln!(out)?;
    } else {
        for take in &takes {
            write_line(&mut out, take, store)?;
        }
    }
    Ok(out.flush()?)
}

fn line<'a>(take: &'a TakeSummary, store: &Store) -> Line<'a> {
    Line {
        take: &take.id,
        at: take.id.began(),
        story: take.story.as_deref(),
        section: take.part,
        level: take.level,
        seconds: length(take, store),
        words: take.words,
        state: take.status().to_string(),
        file: store.wav(&take.id).display().to_string(),
    }
}

fn write_line(out: &mut impl Write, take: &TakeSummary, store: &Store) -> io::Result<()> {
    let part = take.part.map_or("?".to_owned(), |part| part.to_string());
    let told = match take.words {
        Some(1) => "1 word".to_owned(),
        Some(n) => format!("{n} words"),
        None => take.status().to_string(),
    };
    writeln!(
        out,
        "{:<36} {:<16} {part:<11} {:>5}  {told}",
        take.id.to_string(),
        take.story.as_deref().unwrap_or("?"),
        length(take, store).map_or("?".to_owned(), clock),
    )
}

/// Of an interrupted take it is read from its file, whose header is mended by that.
fn length(take: &TakeSummary, store: &Store) -> Option<Secs> {
    match take.status() {
        TakeStatus::Interrupted => repaired_length(store, &take.id),
        _ => take.seconds,
    }
}
