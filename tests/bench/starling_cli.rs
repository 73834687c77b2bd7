//! Runs the program as a user does, and measures its cost.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::common::process::Program;
use crate::common::{STARLING, clip, run, starling};

/// Longest wait for the end of an answer, and for its feedback.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(400);

/// The transcription of a whole file at once.
pub struct FileTranscription {
    /// Without loading the model.
    pub cpu_s: f64,
    pub wall_s: f64,
    pub text: String,
}

/// Runs `starling analyze`. A short clip comes first in the same process, so that it is as warm as faster-whisper.
pub fn analyze(data: &Path, wav: &Path) -> Result<FileTranscription> {
    let mut command = starling(data);
    command.args(["analyze", "--section", "situation", "--json"]);
    command.arg(clip("weak_quiz_team_happy_joe.flac"));
    let reports = run(command.arg(wav)).documents();
    let report = reports.last().context("analyze printed no report")?;
    let engine = &report["transcript"]["engine"];
    Ok(FileTranscription {
        cpu_s: engine["cpu_seconds"].as_f64().context("no CPU time")?,
        wall_s: engine["wall_seconds"].as_f64().context("no wall time")?,
        text: transcript_text(report),
    })
}

/// The words that a caption confirmed.
pub struct ConfirmedCaption {
    /// Seconds since the start of the take.
    pub shown_at: f64,
    pub words: Vec<String>,
    /// End of its newest word, in seconds of the take.
    pub end: f64,
}

/// An answer that was spoken and stopped.
pub struct SpokenAnswer {
    pub after_stop_ms: f64,
    /// CPU time during the answer, as a ratio to one core.
    pub cpu_share: f64,
    pub captions: Vec<ConfirmedCaption>,
    pub text: String,
    /// The words and the times of their ends.
    pub words: Vec<(String, f64)>,
    pub seconds: f64,
    pub lost_samples: u64,
}

/// Runs `starling rehearse` with a file as input, at the pace of speech. The take ends with the file.
pub fn rehearse(data: &Path, wav: &Path) -> Result<SpokenAnswer> {
    let mut command = Command::new(STARLING);
    command
        .args(["rehearse", "--section", "situation", "--json", "--mic"])
        .arg(format!("wav:{}", wav.display()))
        .env("STARLING_DATA", data)
        .env("PULSE_SERVER", "unix:/nonexistent")
        .env("ALSA_CONFIG_PATH", "/dev/null");
    record_answer(&mut command, |_| {})
}

/// Runs `command`, which rehearses an answer. `speak` is called when the recording has begun, and ends the answer.
pub fn record_answer(
    command: &mut Command,
    speak: impl FnOnce(&mut Program),
) -> Result<SpokenAnswer> {
    let mut program = Program::start(command);
    let recording = program.wait_for("recording");
    let cpu_before = program.cpu_seconds();
    speak(&mut program);
    let stopped = program.wait_for_within(ANSWER_TIMEOUT, "stopped");
    let cpu_seconds = program.cpu_seconds() - cpu_before;
    let feedback = program.wait_for_within(ANSWER_TIMEOUT, "feedback");
    let (_, events, errors) = program.wait_for_exit();
    if let Some(error) = errors.first() {
        anyhow::bail!("{error}");
    }
    let time = |event: &Value| event["at"].as_f64().unwrap_or_default();
    let started = time(&recording);
    let captions = events
        .iter()
        .filter(|event| event["event"] == "caption" && event["firm"] == true)
        .map(|caption| ConfirmedCaption {
            shown_at: time(caption) - started,
            words: split_words(caption["text"].as_str().unwrap_or_default()),
            end: caption["end"].as_f64().unwrap_or_default(),
        });
    let report = &feedback["report"];
    let words = report["transcript"]["words"]
        .as_array()
        .into_iter()
        .flatten();
    Ok(SpokenAnswer {
        after_stop_ms: feedback["after_stop_ms"]
            .as_f64()
            .context("no after_stop_ms")?,
        cpu_share: cpu_seconds / (time(&stopped) - started),
        captions: captions.collect(),
        text: transcript_text(report),
        words: words
            .map(|word| {
                (
                    word["text"].as_str().unwrap_or_default().to_owned(),
                    word["end"].as_f64().unwrap_or_default(),
                )
            })
            .collect(),
        seconds: report["audio"]["seconds"].as_f64().unwrap_or_default(),
        lost_samples: report["audio"]["lost_samples"].as_u64().unwrap_or_default(),
    })
}

fn transcript_text(report: &Value) -> String {
    report["transcript"]["text"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

fn split_words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}
