//! `make bench`: the cost of Starling, as ratios to faster-whisper (int8, with word times) and to our own
//! transcription of the whole file. faster-whisper is installed from PyPI into `target/`. `--long` adds an
//! answer of three minutes and two hundred takes.
//!
//! Values that are compared are measured alternately or directly after each other, so that noise of the machine
//! affects both. Cells are medians unless they say otherwise. A run takes about six minutes, four of them speech.

#![allow(
    missing_docs,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::expect_used
)]

mod caption_latency;
#[path = "../common/mod.rs"]
mod common;
#[path = "../eval/dataset.rs"]
#[allow(dead_code, reason = "`make eval` uses the rest")]
mod dataset;
mod faster_whisper;
mod fixtures;
mod gui_cost;
mod latency;
mod lifecycle;
mod load;
#[path = "../eval/metrics.rs"]
#[allow(dead_code, reason = "`make eval` uses the rest")]
mod metrics;
mod starling_cli;
mod table;

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;

use faster_whisper::{Cost, FasterWhisper};
use fixtures::Answers;
use table::{finite, header, maximum, measurement_row, median, ratio, row};

/// The default beam size of faster-whisper, and greedy decoding.
const BEAMS: [usize; 2] = [5, 1];

fn main() -> ExitCode {
    // Cargo adds `--bench`.
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| a != "--bench")
        .collect();
    let result = match lifecycle::run_memory_process(&arguments) {
        Ok(false) => run(arguments.iter().any(|a| a == "--long")),
        Ok(true) => Ok(()),
        Err(error) => Err(error),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(long: bool) -> Result<()> {
    let started = Instant::now();
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let venv = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../bench-venv");
    let faster_whisper = FasterWhisper::start(&venv);
    if let Err(why) = &faster_whisper {
        eprintln!("bench: cannot start faster-whisper, so its columns stay empty: {why:#}");
    }
    let mut bench = Bench {
        answers: Answers::in_folder(folder.path())?,
        faster_whisper: faster_whisper.ok(),
        data,
        long,
        notes: Vec::new(),
    };
    println!("Machine: {}. Load at the start: {}.", machine(), load());
    bench.cpu_time()?;
    let spoken = bench.after_stop()?;
    for note in bench.notes.drain(..) {
        println!("\n{note}");
    }
    latency::while_speaking(&spoken.answers);
    bench.under_load(folder.path())?;
    bench.aborting_and_memory()?;
    spoken.window?.print();
    let seconds = started.elapsed().as_secs_f64();
    println!("\nMeasured in {seconds:.0} s. Load at the end: {}.", load());
    Ok(())
}

struct Bench {
    answers: Answers,
    /// `None` if it could not be installed.
    faster_whisper: Option<FasterWhisper>,
    data: std::path::PathBuf,
    long: bool,
    /// Printed below the next table.
    notes: Vec<String>,
}

impl Bench {
    fn cpu_time(&mut self) -> Result<()> {
        header(
            "CPU time of a whole clip, one thread each, model loaded",
            &[
                "clip",
                "analyze",
                "faster-whisper, beam 5",
                "beam 1",
                "ratio to beam 5",
                "to beam 1",
                "word errors: ours, beam 5, beam 1",
            ],
        );
        let runs = if self.long { [3, 3] } else { [3, 1] };
        let answers = [
            self.answers
                .short("27 s answer, then 1 s of silence", 1.0)?,
            self.answers.long()?,
        ];
        for (answer, runs) in answers.into_iter().zip(runs) {
            let (mut ours, mut theirs, mut texts) = (Vec::new(), [vec![], vec![]], Vec::new());
            for _ in 0..runs {
                let of_file = starling_cli::analyze(&self.data, &answer.wav)?;
                ours.push(of_file.cpu_s);
                texts = vec![of_file.text];
                for (beam, costs) in BEAMS.iter().zip(&mut theirs) {
                    if let Some(cost) = self.faster_whisper(&answer.wav, *beam, 1)? {
                        costs.push(cost.cpu_s);
                        texts.push(cost.text);
                    }
                }
            }
            let rates: Vec<String> = texts
                .iter()
                .map(|text| error_rate(&answer.text, text))
                .collect();
            let ours = median(&ours);
            let [beam_5, beam_1] = theirs.each_ref().map(|costs| finite(median(costs)));
            row(&[
                answer.name,
                format!("{ours:.2} s"),
                seconds(beam_5),
                seconds(beam_1),
                ratio(ours, beam_5),
                ratio(ours, beam_1),
                rates.join(", "),
            ]);
        }
        Ok(())
    }

    fn aborting_and_memory(&mut self) -> Result<()> {
        header(
            "Abort, shutdown, memory",
            &["measurement", "measured", "limit"],
        );
        let long = self.answers.longest()?;
        let aborted = lifecycle::abort(&long.wav, 6)?;
        for (name, times, limit) in [
            (
                "cancel while decoding, until the next take can start",
                &aborted.ready_ms,
                "at most 100 ms",
            ),
            ("... until the recognizer is idle", &aborted.idle_ms, ""),
            ("close while decoding", &aborted.close_ms, "at most 100 ms"),
        ] {
            let measured = format!("{:.1} ms, maximum {:.1} ms", median(times), maximum(times));
            measurement_row(name, measured, limit);
        }
        let count = if self.long { 200 } else { 30 };
        let (before, after) =
            lifecycle::memory(&common::clip("weak_quiz_team_happy_joe.flac"), count)?;
        measurement_row(
            &format!(
                "resident memory of both processes, after {} takes and after {count}",
                lifecycle::WARM_UP_TAKES
            ),
            format!("{before:.0} MB, {after:.0} MB"),
            "the same",
        );
        Ok(())
    }

    fn faster_whisper(&mut self, wav: &Path, beam: usize, threads: usize) -> Result<Option<Cost>> {
        let faster_whisper = self.faster_whisper.as_mut();
        faster_whisper
            .map(|faster_whisper| faster_whisper.transcribe(wav, beam, threads))
            .transpose()
    }
}

fn error_rate(expected: &str, transcript: &str) -> String {
    let expected = metrics::comparable_words(expected);
    let transcript = metrics::comparable_words(transcript);
    let (substituted, deleted, inserted) = metrics::word_errors(&expected, &transcript);
    let errors = substituted + deleted + inserted;
    format!(
        "{:.1} %",
        100.0 * errors as f64 / expected.len().max(1) as f64
    )
}

fn seconds(value: Option<f64>) -> String {
    value.map_or("–".to_owned(), |value| format!("{value:.2} s"))
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Load averages of the last one, five and fifteen minutes.
fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').take(3).collect::<Vec<_>>().join(", ")
}

fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = info.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let model = field("model name").unwrap_or_else(|| "unknown processor".to_owned());
    let number = field("model\t").map_or(String::new(), |number| format!(" (model {number})"));
    format!("{model}{number}, {} usable cores", cores())
}
