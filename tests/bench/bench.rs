//! What Starling costs, as ratios: beside faster-whisper's int8 with word times, which is installed from
//! PyPI into `target/` for it, and beside our own pass over the whole file. `make bench` runs it; with
//! `--long` it takes the three minutes and the two hundred takes as well.
//!
//! What is compared is measured in turns, so that noise of the machine hits both. Medians, unless
//! a cell says otherwise.

#![allow(
    missing_docs,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::expect_used
)]

mod answers;
#[path = "../eval/clips.rs"]
#[allow(dead_code, reason = "the measuring of readings uses the rest")]
mod clips;
#[path = "../common/mod.rs"]
mod common;
#[path = "../eval/figures.rs"]
#[allow(dead_code, reason = "the measuring of readings uses the rest")]
mod figures;
mod live;
mod ours;
mod peer;
mod table;
mod takes;

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::Result;

use answers::{Answer, Answers};
use common::machine::{Burning, MIC, Sound};
use common::{STARLING, long_answer, played};
use ours::Spoken;
use peer::{Cost, Peer};
use table::{head, median, quantile, ratio, row, worst};

/// Runs behind a median.
const RUNS: usize = 3;
/// faster-whisper's own default, and greedy.
const BEAMS: [usize; 2] = [5, 1];

fn main() -> ExitCode {
    // Cargo adds a word of its own.
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| a != "--bench")
        .collect();
    let done = match takes::as_asked(&arguments) {
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
    };
    println!("Machine: {}", machine());
    bench.processor_time()?;
    let spoken = bench.after_stop()?;
    bench.while_speaking(&spoken)?;
    bench.under_load(folder.path())?;
    bench.aborting_and_memory()?;
    println!("\nMeasured in {:.0} s.", began.elapsed().as_secs_f64());
    Ok(())
}

struct Bench {
    answers: Answers,
    peer: Option<Peer>,
    data: std::path::PathBuf,
    long: bool,
}

/// An answer, each time it was spoken, and what its whole clip takes otherwise.
struct Measured {
    answer: Answer,
    spoken: Vec<Spoken>,
    /// Seconds on the clock: of our own pass, and of the peer by [`BEAMS`].
    whole_s: Vec<f64>,
    peer_s: [Vec<f64>; 2],
    /// What our own pass heard.
    whole: String,
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
        for answer in [
            self.answers.short("27 s answer", 1.0)?,
            self.answers.long()?,
        ] {
            let (mut ours, mut peers, mut texts) = (Vec::new(), [vec![], vec![]], Vec::new());
            for _ in 0..RUNS {
                let whole = ours::analyze(&self.data, &answer.wav)?;
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

    /// The answers that are stopped at rest and on the last syllable; the first is returned.
    fn after_stop(&mut self) -> Result<Measured> {
        let cores = cores();
        let title = format!(
            "From the last sample to the feedback (`after_stop_ms`); the others on the whole clip, \
             faster-whisper on {cores} threads"
        );
        head(
            &title,
            &[
                "answer",
                "after stop",
                "ratio to faster-whisper, beam 5",
                "to beam 1",
                "to our whole-file pass",
                "their times",
            ],
        );
        let rest = self
            .answers
            .short("27 s answer, then 1 s of silence", 1.0)?;
        let rest = self.measure(rest, RUNS)?;
        tell_after_stop(&rest);
        let short = self
            .answers
            .short("27 s answer, stopped on its last syllable", 0.0)?;
        let cuts = cut_points(&rest, short.seconds);
        let mut worst_cut: Option<Measured> = None;
        for at in cuts {
            let cut = self.answers.cut(&short, at)?;
            let measured = self.measure(cut, 1)?;
            if worst_cut
                .as_ref()
                .is_none_or(|w| after_stop(w) < after_stop(&measured))
            {
                worst_cut = Some(measured);
            }
        }
        tell_after_stop(&self.measure(short, RUNS)?);
        if let Some(cut) = &mut worst_cut {
            cut.answer.name = format!("{} (the worst of {CUTS})", cut.answer.name);
            tell_after_stop(cut);
        }
        let long = self.answers.long()?;
        let longest = self.answers.longest()?;
        let more = match self.long {
            true => vec![self.measure(long, RUNS)?, self.measure(longest, RUNS)?],
            false => vec![self.measure(long, 1)?],
        };
        for measured in &more {
            tell_after_stop(measured);
        }
        for measured in &more {
            println!(
                "\n{:.0} s against {:.0} s: {:.2} times the time after the stop.",
                measured.answer.seconds,
                rest.answer.seconds,
                after_stop(measured) / after_stop(&rest)
            );
        }
        let more = more.into_iter().next();
        // The longer answer has more words to be late with, and more to lose.
        Ok(more.unwrap_or(rest))
    }

    fn measure(&mut self, answer: Answer, runs: usize) -> Result<Measured> {
        let (mut spoken, mut whole_s, mut peer_s) = (Vec::new(), Vec::new(), [vec![], vec![]]);
        let mut heard = String::new();
        for _ in 0..runs {
            spoken.push(ours::rehearse(&self.data, &answer.wav)?);
            for (beam, times) in BEAMS.iter().zip(&mut peer_s) {
                let cost = self.peer(&answer.wav, *beam, cores())?;
                times.extend(cost.map(|cost| cost.wall_s));
            }
            let whole = ours::analyze(&self.data, &answer.wav)?;
            whole_s.push(whole.wall_s);
            heard = whole.text;
        }
        Ok(Measured {
            answer,
            spoken,
            whole_s,
            peer_s,
            whole: heard,
        })
    }

    fn while_speaking(&mut self, measured: &Measured) -> Result<()> {
        let title = format!("While somebody speaks ({})", measured.answer.name);
        head(&title, &["what", "measured", "asked"]);
        let of = |what: &dyn Fn(&Spoken) -> f64| -> Vec<f64> {
            measured.spoken.iter().map(what).collect()
        };
        let tell = |what: &str, is: String, asked: &str| row(&[what.into(), is, asked.into()]);
        let share = 100.0 * median(&of(&|spoken| spoken.live_share));
        tell(
            "processor, all of the program, of one core",
            format!("{share:.0} %"),
            "at most 50 %",
        );
        let delays: Vec<f64> = measured.spoken.iter().flat_map(live::delays).collect();
        if delays.is_empty() {
            tell("captions", "none came".to_owned(), "");
        } else {
            let [middle, late] = [0.5, 0.95].map(|at| quantile(&delays, at));
            tell(
                "a firm word is shown after its end",
                format!("{middle:.1} s"),
                "at most 2 s",
            );
            tell("... in 95 of 100 cases within", format!("{late:.1} s"), "");
            let pairs: Vec<(usize, usize)> = measured.spoken.iter().map(live::not_kept).collect();
            let gone: usize = pairs.iter().map(|pair| pair.0).sum();
            let firm: usize = pairs.iter().map(|pair| pair.1).sum();
            let is = format!("{gone} of {firm}");
            tell("firm words that the report has otherwise", is, "");
        }
        let said = measured
            .spoken
            .last()
            .map_or("", |spoken| spoken.text.as_str());
        tell(
            "word errors, kept while speaking",
            error_rate(&measured.answer.text, said),
            "",
        );
        tell(
            "word errors, whole file",
            error_rate(&measured.answer.text, &measured.whole),
            "",
        );
        let apart = error_rate(&measured.whole, said);
        tell(
            "words that differ between the two",
            apart,
            "0.3 points of errors more",
        );
        Ok(())
    }

    /// From a real microphone of a sound server, while every core burns.
    fn under_load(&mut self, folder: &Path) -> Result<()> {
        let seconds = if self.long { 180 } else { 30 };
        let title = format!(
            "{seconds} s from a microphone while {} busy loops burn {0} cores",
            cores()
        );
        head(&title, &["what", "measured", "asked"]);
        let speech = folder.join("load.wav");
        let clips = ["strong_situation_joe.flac", "strong_task_am_michael.flac"].map(common::clip);
        played::write(
            &speech,
            &clips.each_ref().map(|clip| clip.as_path()),
            seconds,
        );
        let (data, sound) = (folder.join("load"), Sound::start());
        std::fs::create_dir_all(&data)?;
        let story = long_answer(&data);
        let mut command = Command::new(STARLING);
        command
            .args([
                "rehearse",
                "--section",
                "task",
                "--mic",
                MIC,
                "--json",
                "--story",
                &story,
            ])
            .env("STARLING_DATA", &data);
        sound.lend(&mut command);
        let burning = Burning::every_core();
        let spoken = ours::spoken(&mut command, |program| {
            sound.speak(&speech);
            program.press_enter();
        })?;
        drop(burning);
        let wav = common::machine::takes(&data, "wav").pop();
        let wav = wav.ok_or_else(|| anyhow::anyhow!("there is no take"))?;
        let found = played::find(&starling::audio::read(&wav)?.samples, &speech);
        let gone: isize = found.jumps.iter().map(|(_, by)| by.abs()).sum();
        let tell = |what: &str, is: String, asked: &str| row(&[what.into(), is, asked.into()]);
        tell(
            "samples the recorder counts as lost",
            spoken.lost_samples.to_string(),
            "0",
        );
        tell(
            "samples of what was played that the take has not",
            (gone as usize + found.outside).to_string(),
            "0",
        );
        tell("length of the take", format!("{:.1} s", spoken.seconds), "");
        tell(
            "after stop, the cores still burning",
            format!("{:.0} ms", spoken.after_stop_ms),
            "",
        );
        Ok(())
    }

    fn aborting_and_memory(&mut self) -> Result<()> {
        head("Abort, shutdown, memory", &["what", "measured", "asked"]);
        let tell = |what: &str, is: String, asked: &str| row(&[what.into(), is, asked.into()]);
        let long = self.answers.longest()?;
        let aborted = takes::abort(&long.wav, 6)?;
        for (what, times) in [("cancel", &aborted.cancel_ms), ("close", &aborted.close_ms)] {
            let is = format!("{:.0} ms, at worst {:.0} ms", median(times), worst(times));
            tell(
                &format!("{what}, in the middle of decoding"),
                is,
                "at most 100 ms",
            );
        }
        let count = if self.long { 200 } else { 50 };
        let (before, after) = takes::memory(&common::clip("weak_quiz_team_happy_joe.flac"), count)?;
        let is = format!("{before:.0} MB, {after:.0} MB");
        tell(
            &format!("resident after {} takes, after {count}", takes::WARM),
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

/// How many places an answer is cut off at.
const CUTS: usize = 4;

/// The middles of words, all over the answer.
fn cut_points(measured: &Measured, seconds: f64) -> Vec<f64> {
    let Some(spoken) = measured.spoken.last() else {
        return Vec::new();
    };
    let near = |at: f64| {
        let words = spoken
            .words
            .windows(2)
            .map(|pair| (pair[0].1 + pair[1].1) / 2.0);
        words.min_by(|a, b| (a - at).abs().total_cmp(&(b - at).abs()))
    };
    (1..=CUTS)
        .filter_map(|i| near(seconds * (i as f64 + 0.5) / (CUTS as f64 + 1.0)))
        .collect()
}

fn tell_after_stop(measured: &Measured) {
    let ours = after_stop(measured);
    let in_ms = |times: &[f64]| some(1000.0 * median(times));
    let [five, one] = measured.peer_s.each_ref().map(|times| in_ms(times));
    let whole = in_ms(&measured.whole_s);
    let times =
        [five, one, whole].map(|time| time.map_or("–".to_owned(), |t| format!("{t:.0} ms")));
    row(&[
        measured.answer.name.clone(),
        format!("{ours:.0} ms"),
        ratio(ours, five),
        ratio(ours, one),
        ratio(ours, whole),
        times.join(", "),
    ]);
}

fn after_stop(measured: &Measured) -> f64 {
    median(
        &measured
            .spoken
            .iter()
            .map(|s| s.after_stop_ms)
            .collect::<Vec<_>>(),
    )
}

fn error_rate(said: &str, heard: &str) -> String {
    let (said, heard) = (figures::comparable(said), figures::comparable(heard));
    let (substituted, deleted, inserted) = figures::errors(&said, &heard);
    let errors = substituted + deleted + inserted;
    format!("{:.1} %", 100.0 * errors as f64 / said.len().max(1) as f64)
}

fn seconds(value: Option<f64>) -> String {
    value.map_or("–".to_owned(), |value| format!("{value:.2} s"))
}

fn some(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
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
