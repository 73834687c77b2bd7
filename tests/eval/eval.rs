//! `make eval`: how accurate the measurements are, per kind of clip. It runs over a folder with `tts.tsv` and `real.tsv`,
//! whose format is described in `docs/accuracy.md`.
//!
//! Words are compared as they are spoken, with contractions in full and without filled pauses, so that the spelling of
//! numbers does not count as an error.
//!
//! `EVAL_WORDS=1` prints word errors and `EVAL_READINGS=1` wrong measurements. `EVAL_HEARD=FOLDER` caches transcripts from
//! one run to the next. `EVAL_CUT=live` cuts each clip on its last syllable and transcribes it live, as if a user waited
//! for the transcript; `EVAL_CUT=file` cuts it there and transcribes it as a file.
//!
//! `--stories FOLDER` compares the analysis of labeled answers with their labels instead. This needs no
//! audio and no model. `--verbose` lists every wrong case.

#![allow(missing_docs, clippy::print_stdout, clippy::print_stderr)]

mod dataset;
mod metrics;
mod run_clip;
mod statements;
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
use run_clip::{ClipResult, Evaluator, Mode};
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
    if arguments.iter().any(|argument| argument == "--statements") {
        return statements::write(&arguments[1..]);
    }
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
    let clips = dataset::read_clips(folder)?;
    let engine = app::load_engine(
        model.as_deref().map(Path::new),
        &[],
        &starling::asr::Isolation::InProcess,
    )
    .map_err(anyhow::Error::msg)?;
    println!(
        "model {}, {} thread, {} clips in {}",
        engine.recognizer.model(),
        engine.recognizer.threads(),
        clips.len(),
        folder.display()
    );
    let mode = match std::env::var("EVAL_CUT").as_deref() {
        Ok("live") => Mode::CutLive,
        Ok("file") => Mode::CutFile,
        Ok(other) => anyhow::bail!("EVAL_CUT is live or file, not {other}"),
        Err(_) => Mode::WholeFile,
    };
    let cache = std::env::var_os("EVAL_HEARD").map(PathBuf::from);
    // The cache does not distinguish modes.
    let cache = cache.filter(|_| mode == Mode::WholeFile);
    let mut evaluator = Evaluator::new(engine, cache, mode)?;
    let mut kinds: BTreeMap<String, Figures> = BTreeMap::new();
    for clip in &clips {
        let result = evaluator.evaluate(clip)?;
        print_requested_details(clip, &result);
        for kind in [
            format!("{} {}", clip.set, clip.kind),
            format!("{}, all", clip.set),
        ] {
            kinds.entry(kind).or_default().add(&result.figures);
        }
    }
    print_tables(&kinds);
    Ok(())
}

/// Prints the errors in a clip, as far as the environment variables ask for them.
fn print_requested_details(clip: &Clip, result: &ClipResult) {
    let is_set = |name: &str| std::env::var_os(name).is_some();
    if is_set("EVAL_WORDS") {
        print_word_errors(clip, result);
    }
    if is_set("EVAL_READINGS") {
        print_verdict_and_phrases(clip, result);
        print_fillers_and_pauses(clip, result);
        print_time_errors(clip, &result.figures);
    }
}

fn print_word_errors(clip: &Clip, result: &ClipResult) {
    let figures = &result.figures;
    if figures.substituted + figures.deleted + figures.inserted == 0 {
        return;
    }
    let transcript = result.transcription.transcript.text();
    println!("{}", clip.id);
    for (label, text) in [("truth", &clip.text), ("transcript", &transcript)] {
        println!(
            "  {label:<10} {}",
            metrics::comparable_words(text).join(" ")
        );
    }
}

fn print_verdict_and_phrases(clip: &Clip, result: &ClipResult) {
    let verdict = &result.feedback.verdict;
    let reasons: Vec<String> = verdict.reasons.iter().map(|r| r.to_string()).collect();
    println!("{}: {}: {}", clip.id, verdict.leaning, reasons.join(" "));
    for (phrase, is_said) in &clip.phrases {
        let mut found = result.feedback.phrases.iter();
        let found = found.find(|found| found.phrase == *phrase);
        if let Some(found) = found.filter(|found| found.is_said != *is_said) {
            let quote = found.match_text.as_deref().unwrap_or("not found");
            println!("{}: \"{phrase}\": {quote}", clip.id);
        }
    }
}

fn print_fillers_and_pauses(clip: &Clip, result: &ClipResult) {
    let figures = &result.figures;
    let has_errors = |hits: Hits| hits.wrong + hits.missed > 0;
    if has_errors(figures.filler_sounds) || has_errors(figures.filler_words) {
        let found: Vec<String> = result
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
            "{}: fillers {:?}, found {}",
            clip.id,
            clip.fillers,
            found.join(", ")
        );
    }
    if has_errors(figures.pauses_sharp) {
        let span = |start: f64, end: f64| format!("{start:.2}-{end:.2}");
        let found = result.feedback.pauses.iter();
        let found: Vec<String> = found.map(|p| span(p.start, p.end)).collect();
        let truth = clip.gaps.as_ref().unwrap_or(&clip.inserted).iter();
        let truth: Vec<String> = truth.map(|p| span(p.start, p.end)).collect();
        println!(
            "{}: pauses {}, found {}",
            clip.id,
            truth.join(" "),
            found.join(" ")
        );
    }
}

fn print_time_errors(clip: &Clip, figures: &Figures) {
    if figures.out_of_place > 0 {
        let words = figures.out_of_place + figures.in_place;
        println!(
            "{}: {} of {words} words out of place",
            clip.id, figures.out_of_place
        );
    }
    if figures.onset_errors.iter().any(|error| *error > 0.1) || figures.over_pauses > 0 {
        let errors: Vec<String> = figures
            .onset_errors
            .iter()
            .map(|s| format!("{s:.2}"))
            .collect();
        println!(
            "{}: onsets off by {} s, {} words cross pauses",
            clip.id,
            errors.join(" "),
            figures.over_pauses
        );
    }
    if let Some(error) = figures.rate_errors.first().filter(|error| **error > 0.03) {
        println!("{}: speech rate off by {:.1} %", clip.id, 100.0 * error);
    }
}

fn print_tables(kinds: &BTreeMap<String, Figures>) {
    print_words(kinds);
    print_times(kinds);
    print_pauses(kinds);
    print_hits(kinds);
    print_verdicts(kinds);
}

fn print_words(kinds: &BTreeMap<String, Figures>) {
    println!(
        "\n{:<22} clips  words  WER %  sub  del  ins     silent ok   min  CPU s/s",
        "words"
    );
    for (kind, f) in kinds {
        let silent = match f.silent {
            0 => "-".to_owned(),
            n => format!("{} of {n}", n - f.silent_with_words),
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
}

fn print_times(kinds: &BTreeMap<String, Figures>) {
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
}

fn print_pauses(kinds: &BTreeMap<String, Figures>) {
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
}

fn print_hits(kinds: &BTreeMap<String, Figures>) {
    type HitsOf = fn(&Figures) -> Hits;
    let tables: [(&str, HitsOf); 4] = [
        ("filled pauses", |f| f.filler_sounds),
        ("filler words", |f| f.filler_words),
        ("planned phrases", |f| f.phrases),
        ("phrases, exact text", |f| f.phrases_in_text),
    ];
    for (name, hits_of) in tables {
        println!("\n{name:<22} right wrong missed  P %   R %   F1 %");
        for (kind, f) in kinds.iter().filter(|(_, f)| hits_of(f) != Hits::default()) {
            println!("{kind:<22} {}", hits(hits_of(f)));
        }
    }
}

fn print_verdicts(kinds: &BTreeMap<String, Figures>) {
    println!(
        "\n{:<22} verdicts; CPU time of the slowest analysis",
        "leaning"
    );
    for (kind, f) in kinds {
        let leanings: Vec<String> = f
            .leanings
            .iter()
            .map(|(leaning, count)| format!("{count} {leaning}"))
            .collect();
        println!(
            "{kind:<22} {}; {:.1} ms",
            leanings.join(", "),
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

/// The value below which `share` of the values lie; `None` without values.
fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    sorted.get((share * last as f64).round() as usize).copied()
}
