//! The program as a user runs it, and what it costs.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::common::process::Program;
use crate::common::{STARLING, clip, run, starling};

/// A whole file, heard at once.
pub struct Whole {
    /// Of hearing alone: the model was loaded before.
    pub cpu_s: f64,
    pub wall_s: f64,
    pub text: String,
}

/// `starling analyze`, after a short clip in the same process: as warm as the peer.
pub fn analyze(data: &Path, wav: &Path) -> Result<Whole> {
    let mut command = starling(data);
    command.args(["analyze", "--section", "situation", "--json"]);
    command.arg(clip("weak_quiz_team_happy_joe.flac"));
    let reports = run(command.arg(wav)).documents();
    let report = reports.last().context("analyze told nothing")?;
    let engine = &report["transcript"]["engine"];
    Ok(Whole {
        cpu_s: engine["cpu_seconds"].as_f64().context("no CPU time")?,
        wall_s: engine["wall_seconds"].as_f64().context("no time")?,
        text: text(report),
    })
}

/// Firm words as they came, at once.
pub struct Shown {
    /// Seconds since the take began.
    pub at: f64,
    pub words: Vec<String>,
    /// Where in the take the newest of them ends.
    pub end: f64,
}

/// An answer that was spoken and stopped.
pub struct Spoken {
    pub after_stop_ms: f64,
    /// Of one core, while somebody spoke.
    pub live_share: f64,
    pub shown: Vec<Shown>,
    pub text: String,
    /// The words with the times of their ends.
    pub words: Vec<(String, f64)>,
    pub seconds: f64,
    pub lost_samples: u64,
}

/// `starling rehearse` while a file speaks, as fast as it was spoken. Its end is the stop.
pub fn rehearse(data: &Path, wav: &Path) -> Result<Spoken> {
    let mut command = Command::new(STARLING);
    command
        .args(["rehearse", "--section", "situation", "--json", "--mic"])
        .arg(format!("wav:{}", wav.display()))
        .env("STARLING_DATA", data)
        .env("PULSE_SERVER", "unix:/nonexistent")
        .env("ALSA_CONFIG_PATH", "/dev/null");
    spoken(&mut command, |_| {})
}

/// As `command` does it; `speak` is called when the recording has begun, and ends it.
pub fn spoken(command: &mut Command, speak: impl FnOnce(&mut Program)) -> Result<Spoken> {
    let mut program = Program::start(command);
    let recording = program.wait_for("recording");
    let before = program.cpu_seconds();
    speak(&mut program);
    let stopped = program.wait_for_within(Duration::from_secs(400), "stopped");
    let live = program.cpu_seconds() - before;
    let feedback = program.wait_for_within(Duration::from_secs(400), "feedback");
    let (_, events, complaints) = program.wait_for_exit();
    if let Some(complaint) = complaints.first() {
        anyhow::bail!("{complaint}");
    }
    let at = |event: &Value| event["at"].as_f64().unwrap_or_default();
    let began = at(&recording);
    let shown = events
        .iter()
        .filter(|event| event["event"] == "caption" && event["firm"] == true)
        .map(|caption| Shown {
            at: at(caption) - began,
            words: split(caption["text"].as_str().unwrap_or_default()),
            end: caption["end"].as_f64().unwrap_or_default(),
        });
    let report = &feedback["report"];
    let words = report["transcript"]["words"]
        .as_array()
        .into_iter()
        .flatten();
    Ok(Spoken {
        after_stop_ms: feedback["after_stop_ms"]
            .as_f64()
            .context("no after_stop_ms")?,
        live_share: live / (at(&stopped) - began),
        shown: shown.collect(),
        text: text(report),
        words: words
            .map(|w| {
                (
                    w["text"].as_str().unwrap_or_default().to_owned(),
                    w["end"].as_f64().unwrap_or_default(),
                )
            })
            .collect(),
        seconds: report["audio"]["seconds"].as_f64().unwrap_or_default(),
        lost_samples: report["audio"]["lost_samples"].as_u64().unwrap_or_default(),
    })
}

fn text(report: &Value) -> String {
    report["transcript"]["text"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

fn split(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}
