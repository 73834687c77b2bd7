//! How right the readings are, per kind of clip. `make eval` runs it over a folder that holds
//! `tts.tsv` and `real.tsv`, in the format of the project's audio set (see `clips.rs`).
//!
//! Words are compared as they are spoken, contractions and filler sounds aside, so that a recogniser
//! is not charged for how it writes numbers. `EVAL_WORDS=1` prints what was misheard,
//! `EVAL_READINGS=1` every wrong reading; `EVAL_HEARD=folder` keeps what was heard from one run to
//! the next. `EVAL_CUT=live` ends each clip on its last syllable, where somebody waits for its words;
//! `EVAL_CUT=file` ends it there and reads it as a file.
//!
//! `--stories FOLDER` compares the analysis of labeled answers with their labels instead. This needs no
//! audio and no model. `--verbose` lists every wrong case.

#![allow(missing_docs, clippy::print_stdout, clippy::print_stderr)]

mod dataset;
mod metrics;
mod run_clip;
mod stories;
#[allow(dead_code, reason = "`tests/story_answers.rs` asks for single figures")]
mod story_metrics;
mod story_tables;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};
use starling::app;

use dataset::Clip;
use metrics::{Figures, Hits};
use run_clip::{Bench, Hearing, Reading};
use stories::StorySet;
use story_metrics::StoryReport;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("eval: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--stories") {
        return compare_stories(arguments);
    }
    let mut arguments = arguments.into_iter();
    let folder = PathBuf::from(arguments.next().context("name a folder of clips")?);
    let model = arguments.next().map(|m| m.to_string_lossy().into_owned());
    compare_clips(&folder, model)
}

fn compare_stories(mut arguments: Vec<OsString>) -> Result<()> {
    let count = arguments.len();
    arguments.retain(|argument| argument != "--verbose");
    let verbose = arguments.len() < count;
    arguments.retain(|argument| argument != "--stories");
    let folder = PathBuf::from(arguments.pop().context("name a folder of stories")?);
    let set = StorySet::load(&folder)?;
    let begun = Instant::now();
    let report = StoryReport::new(&set)?;
    println!(
        "{} answers and {} retellings of {}: {:.1} s, slowest whole answer {:.0} ms\n",
        set.answers.len(),
        set.retellings.len(),
        folder.display(),
        begun.elapsed().as_secs_f64(),
        report.slowest_ms
    );
    story_tables::print(&report, verbose);
    Ok(())
}

fn compare_clips(folder: &Path, model: Option<String>) -> Result<()> {
    let clips = dataset::read(folder)?;
    let engine = app::load_engine(model.as_deref(), &[], &starling::asr::Isolation::InProcess)
        .map_err(anyhow::Error::msg)?;
    println!(
        "model {}, {} thread, {} clips of {}",
        engine.recognizer.model(),
        engine.recognizer.threads(),
        clips.len(),
        folder.display()
    );
    let hearing = match std::env::var("EVAL_CUT").as_deref() {
        Ok("live") => Hearing::Awaited,
        Ok("file") => Hearing::CutOff,
        Ok(other) => anyhow::bail!("EVAL_CUT is live or file, not {other}"),
        Err(_) => Hearing::Whole,
    };
    let kept = std::env::var_os("EVAL_HEARD").map(PathBuf::from);
    // What is kept of one way of hearing is nothing for another.
    let kept = kept.filter(|_| hearing == Hearing::Whole);
    let mut bench = Bench::new(engine, kept, hearing)?;
    let mut kinds: BTreeMap<String, Figures> = BTreeMap::new();
    for clip in &clips {
        let reading = bench.read(clip)?;
        tell(clip, &reading);
        for kind in [
            format!("{} {}", clip.set, clip.kind),
            format!("{}, all", clip.set),
        ] {
            kinds.entry(kind).or_default().add(&reading.figures);
        }
    }
    print_tables(&kinds);
    Ok(())
}

/// What was wrong with one clip, where that is asked for.
fn tell(clip: &Clip, reading: &Reading) {
    let asked = |name: &str| std::env::var_os(name).is_some();
    let figures = &reading.figures;
    if asked("EVAL_WORDS") && figures.substituted + figures.deleted + figures.inserted > 0 {
        println!("{}", clip.id);
        println!("  was    {}", metrics::comparable(&clip.text).join(" "));
        let heard = reading.heard.transcript.text();
        println!("  heard  {}", metrics::comparable(&heard).join(" "));
    }
    if !asked("EVAL_READINGS") {
        return;
    }
    let verdict = &reading.feedback.verdict;
    let because: Vec<String> = verdict.reasons.iter().map(|r| r.to_string()).collect();
    println!("{}: {}: {}", clip.id, verdict.leaning, because.join(" "));
    for (phrase, said) in &clip.phrases {
        let found = reading
            .feedback
            .phrases
            .iter()
            .find(|p| p.phrase == *phrase);
        if let Some(found) = found.filter(|found| found.is_said != *said) {
            let quote = found.match_text.as_deref().unwrap_or("not heard");
            println!("{}: \"{phrase}\": {quote}", clip.id);
        }
    }
    let wrong = |hits: Hits| hits.wrong + hits.missed > 0;
    if wrong(figures.filler_sounds) || wrong(figures.filler_words) {
        let read: Vec<String> = reading
            .feedback
            .fillers
            .iter()
            .map(|f| {
                format!(
                    "{} {:.2}-{:.2} {:?} {:.2}",
                    f.text, f.start, f.end, f.from, f.confidence
                )
            })
            .collect();
        println!(
            "{}: fillers {:?}, read {}",
            clip.id,
            clip.fillers,
            read.join(", ")
        );
    }
    if wrong(figures.pauses_sharp) {
        let pauses = reading.feedback.pauses.iter();
        let read: Vec<String> = pauses
            .map(|p| format!("{:.2}-{:.2}", p.start, p.end))
            .collect();
        let truth = clip.gaps.as_ref().unwrap_or(&clip.inserted).iter();
        let truth: Vec<String> = truth
            .map(|p| format!("{:.2}-{:.2}", p.start, p.end))
            .collect();
        println!(
            "{}: pauses {}, read {}",
            clip.id,
            truth.join(" "),
            read.join(" ")
        );
    }
    if figures.out_of_place > 0 {
        let (out, all) = (
            figures.out_of_place,
            figures.out_of_place + figures.in_place,
        );
        println!("{}: {out} of {all} words out of place", clip.id);
    }
    if figures.onset_errors.iter().any(|off| *off > 0.1) || figures.over_pauses > 0 {
        let off: Vec<String> = figures
            .onset_errors
            .iter()
            .map(|s| format!("{s:.2}"))
            .collect();
        println!(
            "{}: onsets off by {} s, {} words over pauses",
            clip.id,
            off.join(" "),
            figures.over_pauses
        );
    }
    if let Some(off) = figures.rate_errors.first().filter(|off| **off > 0.03) {
        println!("{}: speech rate off by {:.1} %", clip.id, 100.0 * off);
    }
}

/// One pair of right and wrong among all figures.
type Count = fn(&Figures) -> Hits;

fn print_tables(kinds: &BTreeMap<String, Figures>) {
    println!(
        "\n{:<22} clips  words  WER %  sub  del  ins  silence kept   min  CPU s/s",
        "words"
    );
    for (kind, f) in kinds {
        let silent = match f.silent {
            0 => "-".to_owned(),
            n => format!("{} of {n}", n - f.silent_heard),
        };
        println!(
            "{kind:<22} {:>5} {:>6} {:>6} {:>4} {:>4} {:>4} {silent:>13} {:>5.1} {:>8.3}",
            f.clips,
            f.words,
            percent(f.word_error_rate()),
            f.substituted,
            f.deleted,
            f.inserted,
            f.seconds / 60.0,
            f.cpu_seconds / f.seconds.max(1e-9)
        );
    }
    println!(
        "\n{:<22} onsets  median ms  p95 ms  over pauses  backwards  in place %   rates  median %  p95 %",
        "times and pace"
    );
    for (kind, f) in kinds {
        println!(
            "{kind:<22} {:>6} {:>10} {:>7} {:>12} {:>10} {:>11} {:>7} {:>9} {:>6}",
            f.onset_errors.len(),
            scaled(quantile(&f.onset_errors, 0.5), 1000.0, 0),
            scaled(quantile(&f.onset_errors, 0.95), 1000.0, 0),
            f.over_pauses,
            f.backwards,
            percent(f.in_place()),
            f.rate_errors.len(),
            scaled(quantile(&f.rate_errors, 0.5), 100.0, 1),
            scaled(quantile(&f.rate_errors, 0.95), 100.0, 1),
        );
    }
    println!(
        "\n{:<22} {:<34} edges 40 ms: F1 %  median ms",
        "pauses from 0.35 s", "right wrong missed  P %   R %   F1 %"
    );
    for (kind, f) in kinds {
        println!(
            "{kind:<22} {} {:>13} {:>10}",
            hits(f.pauses),
            percent(f.pauses_sharp.f1()),
            scaled(quantile(&f.edge_errors, 0.5), 1000.0, 0)
        );
    }
    let tables: [(&str, Count); 4] = [
        ("filler sounds", |f| f.filler_sounds),
        ("filler words", |f| f.filler_words),
        ("planned phrases", |f| f.phrases),
        ("phrases, exact text", |f| f.phrases_in_text),
    ];
    for (name, of) in tables {
        println!("\n{name:<22} right wrong missed  P %   R %   F1 %");
        for (kind, f) in kinds.iter().filter(|(_, f)| of(f) != Hits::default()) {
            println!("{kind:<22} {}", hits(of(f)));
        }
    }
    println!(
        "\n{:<22} verdicts; CPU time of the slowest analysis",
        "leaning"
    );
    for (kind, f) in kinds {
        let leans: Vec<String> = f
            .leans
            .iter()
            .map(|(lean, n)| format!("{n} {lean}"))
            .collect();
        println!(
            "{kind:<22} {}; {:.1} ms",
            leans.join(", "),
            f.slowest_analysis_ms
        );
    }
}

fn hits(hits: Hits) -> String {
    format!(
        "{:>5} {:>5} {:>6} {:>5} {:>5} {:>5}",
        hits.right,
        hits.wrong,
        hits.missed,
        percent(hits.precision()),
        percent(hits.recall()),
        percent(hits.f1())
    )
}

fn percent(share: Option<f64>) -> String {
    scaled(share, 100.0, 1)
}

fn scaled(value: Option<f64>, factor: f64, digits: usize) -> String {
    value.map_or("-".to_owned(), |value| {
        format!("{:.digits$}", factor * value)
    })
}

/// The value below which a share of all lies; `None` without values.
fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    sorted.get((share * last as f64).round() as usize).copied()
}
