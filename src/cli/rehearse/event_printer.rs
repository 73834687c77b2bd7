//! Prints the events of a rehearsal: JSON lines to stdout, or short texts to the terminal.

use std::io::{self, IsTerminal, Write};
use std::time::Instant;

use serde::Serialize;

use crate::cli::failure::Failure;
use crate::cli::terminal::printable;
use crate::domain::story::Part;
use crate::domain::take::TakeId;
use crate::domain::time::Secs;
use crate::practice::report::Report;

/// One event in the JSON output.
#[derive(Serialize)]
pub struct EventLine<'a> {
    pub event: &'static str,
    /// Seconds since the start of the command.
    pub at: Secs,
    pub section: Part,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_s: Option<Secs>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub take: Option<&'a TakeId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<&'a str>,
    /// Whether the text of a caption is final.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub firm: Option<bool>,
    /// Where in the take the text ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<Secs>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_stop_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<&'a Report<'a>>,
}

pub struct EventPrinter {
    started: Instant,
    json: bool,
}

impl EventPrinter {
    pub fn new(started: Instant, json: bool) -> Self {
        Self { started, json }
    }

    pub fn is_json(&self) -> bool {
        self.json
    }

    /// An event that happens now, without further fields.
    pub fn line(&self, event: &'static str, section: Part) -> EventLine<'static> {
        EventLine {
            event,
            at: self.started.elapsed().as_secs_f64(),
            section,
            target_s: None,
            take: None,
            file: None,
            text: None,
            firm: None,
            end: None,
            after_stop_ms: None,
            report: None,
        }
    }

    /// Prints the event as JSON to stdout. Without `--json`, prints `text` to stderr instead, if that is
    /// a terminal and the text is not empty.
    pub fn print(&self, line: &EventLine, text: impl FnOnce() -> String) -> Result<(), Failure> {
        if self.json {
            let mut out = io::stdout().lock();
            serde_json::to_writer(&mut out, line)?;
            writeln!(out)?;
            return Ok(out.flush()?);
        }
        let text = text();
        if !text.is_empty() && io::stderr().is_terminal() {
            writeln!(io::stderr(), "{}", printable(&text))?;
        }
        Ok(())
    }
}
