//! What Starling costs, as ratios: beside faster-whisper's int8 with word times, which is installed from
//! PyPI into `target/` for it, and beside our own pass over the whole file. `make bench` runs it; with
//! `--long` it takes the three minutes and the two hundred takes as well.
//!
//! What is compared is measured in turns or one right after the other, so that noise of the machine
//! hits both. Medians, unless a cell says otherwise. About six minutes, four of them speech.

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
#[allow(dead_code, reason = "the measuring of readings uses the rest")]
mod dataset;
mod faster_whisper;
mod fixtures;
mod gui_cost;
mod latency;
mod lifecycle;
mod load;
#[path = "../eval/metrics.rs"]
#[allow(dead_code, reason = "the measuring of readings uses the rest")]
mod metrics;
mod starling_cli;
mod table;

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;

use faster_whisper::{Cost, Peer};
use fixtures::Answers;
use table::{head, median, ratio, row, some, tell, worst};

/// faster-whisper's own default, and greedy.
const BEAMS: [usize; 2] = [5, 1];

fn main() -> ExitCode {
    // Cargo adds a word of its own.
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| a != "--bench")
        .collect();
    let done = match lifecycle::as_asked(&arguments) {
        Ok(false) => run(arguments.iter().any(|a| a == "--long")),
        Ok(true) => Ok(()),
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(long: bool) -> Result<()> {
    let began = Instant::now();
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let venv = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../bench-venv");
    let peer = Peer::start(&venv);
    if let Err(why) = &peer {
        eprintln!("bench: without faster-whisper, as it cannot be had: {why:#}");
    }
    let mut bench = Bench {
        answers: Answers::in_folder(folder.path())?,
        peer: peer.ok(),
        data,
        long,
        notes: Vec::new(),
    };
    println!("Machine: {}. Load before: {}.", machine(), load());
    bench.processor_time()?;
    let spoken = bench.after_stop()?;
    for note in bench.notes.drain(..) {
        println!("\n{note}");
    }
    latency::while_speaking(&spoken.answers);
    bench.under_load(folder.path())?;
    bench.aborting_and_memory()?;
    spoken.window?.tell();
    let took = began.elapsed().as_secs_f64();
    println!("\nMeasured in {took:.0} s. Load at the end: {}.", load());
    Ok(())
}

struct Bench {
    answers: Answers,
    peer: Option<Peer>,
    data: std::path::PathBuf,
    long: bool,
    /// What is to be said below the next table.
    notes: Vec<String>,
}

impl Bench {
    fn processor_time(&mut self) -> Result<()> {
        head(
            "Processor time of a whole clip, one thread each, model loaded",
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
            let (mut ours, mut peers, mut texts) = (Vec::new(), [vec![], vec![]], Vec::new());
            for _ in 0..runs {
                let whole = starling_cli::analyze(&self.data, &answer.wav)?;
                ours.push(whole.cpu_s);
                texts = vec![whole.text];
                for (beam, costs) in BEAMS.iter().zip(&mut peers) {
                    if let Some(cost) = self.peer(&answer.wav, *beam, 1)? {
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
            let [five, one] = peers.each_ref().map(|costs| some(median(costs)));
            row(&[
                answer.name,
                format!("{ours:.2} s"),
                seconds(five),
                seconds(one),
                ratio(ours, five),
                ratio(ours, one),
                rates.join(", "),
            ]);
        }
        Ok(())
    }

    fn aborting_and_memory(&mut self) -> Result<()> {
        head("Abort, shutdown, memory", &["what", "measured", "asked"]);
        let long = self.answers.longest()?;
        let aborted = lifecycle::abort(&long.wav, 6)?;
        for (what, times, asked) in [
            (
                "cancel in the middle of decoding, until the practice is ready",
                &aborted.ready_ms,
                "at most 100 ms",
            ),
            ("... until the recogniser rests, too", &aborted.idle_ms, ""),
            (
                "close in the middle of decoding",
                &aborted.close_ms,
                "at most 100 ms",
            ),
        ] {
            let is = format!("{:.1} ms, at worst {:.1} ms", median(times), worst(times));
            tell(what, is, asked);
        }
        let count = if self.long { 200 } else { 30 };
        let (before, after) =
            lifecycle::memory(&common::clip("weak_quiz_team_happy_joe.flac"), count)?;
        let is = format!("{before:.0} MB, {after:.0} MB");
        tell(
            &format!(
                "resident, both processes, after {} takes, after {count}",
                lifecycle::WARM
            ),
            is,
            "the same",
        );
        Ok(())
    }

    fn peer(&mut self, wav: &Path, beam: usize, threads: usize) -> Result<Option<Cost>> {
        let peer = self.peer.as_mut();
        peer.map(|peer| peer.hear(wav, beam, threads)).transpose()
    }
}

fn error_rate(said: &str, heard: &str) -> String {
    let (said, heard) = (metrics::comparable(said), metrics::comparable(heard));
    let (substituted, deleted, inserted) = metrics::errors(&said, &heard);
    let errors = substituted + deleted + inserted;
    format!("{:.1} %", 100.0 * errors as f64 / said.len().max(1) as f64)
}

fn seconds(value: Option<f64>) -> String {
    value.map_or("–".to_owned(), |value| format!("{value:.2} s"))
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Processes that want a core: of the last minute, five, fifteen.
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
    let more = field("model\t").map_or(String::new(), |number| format!(" (model {number})"));
    format!("{model}{more}, {} cores to use", cores())
}
