//! `make soak`: take after take through the whole program except the window, as fast as files can be transcribed, until
//! there are this many minutes of speech. Prints memory, open handles and threads meanwhile, and fails if one of them
//! grows. Two hours of speech take about fifteen minutes.

#![allow(missing_docs, clippy::print_stdout, clippy::print_stderr)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use starling::app::{Config, Controller, ModelState, Notification};
use starling::asr::Isolation;
use starling::audio::{AudioSource, FilePacing};
use starling::domain::story::Part;

/// After this many takes the process has allocated what it needs.
const WARM_UP_TAKES: usize = 10;
/// How much more memory the allocator may keep at the end. One leaked decoding state has 5 MB.
const MAX_GROWTH_MB: f64 = 24.0;
/// Number of lines that are printed.
const TABLE_LINES: f64 = 24.0;
/// No single take takes longer.
const TAKE_TIMEOUT: Duration = Duration::from_secs(600);

fn main() -> ExitCode {
    let minutes = std::env::args().nth(1).map_or(Ok(120.0), |m| m.parse());
    let result = match minutes {
        Ok(minutes) => soak(minutes),
        Err(_) => Err(anyhow::anyhow!(
            "the argument is a number of minutes, as in `make soak MINUTES=2`"
        )),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("soak: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// What the program and its recognizer process use.
#[derive(Debug, Clone, Copy)]
struct Usage {
    resident_mb: f64,
    handles: usize,
    threads: usize,
}

fn soak(minutes: f64) -> Result<()> {
    let clips = clips()?;
    let folder = tempfile::tempdir()?;
    let input = folder.path().join("input.wav");
    write_input(&clips[0], &input)?;
    let mut practice = Practice::start(&input, &folder.path().join("data"))?;
    let started = Instant::now();
    let (mut takes, mut spoken_s, mut printed_s) = (0, 0.0, 0.0);
    let mut usages = Vec::new();
    println!("takes  spoken  clock   memory  handles  threads");
    while spoken_s < 60.0 * minutes || takes < 3 * WARM_UP_TAKES {
        // Sections and clips alternate independently.
        write_input(&clips[takes % clips.len()], &input)?;
        spoken_s += practice.record_take(takes)?;
        takes += 1;
        let usage = usage()?;
        if takes > WARM_UP_TAKES {
            usages.push(usage);
        }
        if takes == WARM_UP_TAKES || spoken_s >= printed_s + 60.0 * minutes / TABLE_LINES {
            printed_s = spoken_s;
            println!(
                "{takes:>5} {:>5.0} min {:>4.0} s {:>5.0} MB {:>8} {:>8}",
                spoken_s / 60.0,
                started.elapsed().as_secs_f64(),
                usage.resident_mb,
                usage.handles,
                usage.threads
            );
        }
    }
    let fifth = (usages.len() / 5).max(5).min(usages.len());
    let first = median_usage(&usages[..fifth]);
    let last = median_usage(&usages[usages.len() - fifth..]);
    println!(
        "{takes} takes, {:.0} minutes of speech: {:.1} MB at first, {:.1} MB at the end; {} and {} handles; {} and {} threads",
        spoken_s / 60.0,
        first.resident_mb,
        last.resident_mb,
        first.handles,
        last.handles,
        first.threads,
        last.threads
    );
    ensure!(
        last.resident_mb < first.resident_mb + MAX_GROWTH_MB,
        "memory use grew"
    );
    ensure!(
        last.handles <= first.handles,
        "the number of open handles grew"
    );
    ensure!(last.threads <= first.threads, "the number of threads grew");
    Ok(())
}

/// The samples of all test clips.
fn clips() -> Result<Vec<Vec<f32>>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/audio");
    let entries = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "flac" || e == "wav"));
    paths.sort();
    let read = |path: &PathBuf| Ok(starling::audio::decode_file(path)?.samples);
    paths.iter().map(read).collect()
}

/// Path of the program, which `make soak` has built.
fn program_path() -> Result<PathBuf> {
    let example = std::env::current_exe()?;
    let folder = example.parent().and_then(Path::parent);
    Ok(folder
        .context("this program is not in a folder of cargo")?
        .join("starling"))
}

/// Replaces the input file with a clip.
fn write_input(samples: &[f32], input: &Path) -> Result<()> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 16_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let temporary = input.with_extension("tmp");
    let mut out = hound::WavWriter::create(&temporary, spec)?;
    for sample in samples {
        out.write_sample((sample * f32::from(i16::MAX)) as i16)?;
    }
    out.finalize()?;
    Ok(fs::rename(temporary, input)?)
}

/// The program without window and command line.
struct Practice {
    controller: Controller,
}

impl Practice {
    fn start(input: &Path, data: &Path) -> Result<Self> {
        let config = Config {
            data: Some(data.to_owned()),
            source: Some(AudioSource::File(input.to_owned(), FilePacing::Unthrottled)),
            model: None,
            channel: None,
            isolation: Isolation::Subprocess(program_path()?),
        };
        let mut controller = Controller::start(config, || {})?;
        while *controller.model() == ModelState::Loading {
            controller.wait(Duration::from_millis(20));
        }
        Ok(Self { controller })
    }

    /// Records a take, waits for its feedback, and returns its seconds.
    fn record_take(&mut self, number: usize) -> Result<f64> {
        let stories = self.controller.stories();
        let story = stories[number / 6 % stories.len()].clone();
        let parts = ["situation", "task", "action", "result", "reflection", "all"];
        let part: Part = parts[number % parts.len()]
            .parse()
            .map_err(anyhow::Error::msg)?;
        let level = story.level;
        self.controller.start_practice(story, vec![part], level);
        self.controller.start_take();
        let deadline = Instant::now() + TAKE_TIMEOUT;
        while Instant::now() < deadline {
            self.controller.wait(Duration::from_millis(5));
            for notification in self.controller.take_notifications() {
                match notification {
                    Notification::FeedbackReady(take, _) => {
                        let reviewed = self.controller.session().and_then(|s| s.reviewed(0));
                        let reviewed = reviewed.filter(|reviewed| reviewed.take.id == take);
                        return Ok(reviewed
                            .context("the review shows another take")?
                            .take
                            .audio
                            .seconds);
                    }
                    Notification::Problem(text) => bail!("take {number}: {text}"),
                    _ => {}
                }
            }
        }
        bail!("take {number}: no feedback within {TAKE_TIMEOUT:?}")
    }
}

/// Usage of this process and of its recognizer process.
fn usage() -> Result<Usage> {
    let mut usage = Usage {
        resident_mb: 0.0,
        handles: 0,
        threads: 0,
    };
    for process in [PathBuf::from("/proc/self")].into_iter().chain(children()?) {
        let status = fs::read_to_string(process.join("status")).context("this needs Linux")?;
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
            number.with_context(|| format!("no {name} in {}/status", process.display()))
        };
        usage.resident_mb += number("VmRSS:")? / 1024.0;
        usage.handles += fs::read_dir(process.join("fd"))?.count();
        usage.threads += number("Threads:")? as usize;
    }
    Ok(usage)
}

/// The child processes of this one, as folders in `/proc`.
fn children() -> Result<Vec<PathBuf>> {
    let parent_line = format!("PPid:\t{}", std::process::id());
    let all = fs::read_dir("/proc").context("this needs Linux")?;
    let children = all.flatten().map(|entry| entry.path()).filter(|process| {
        let status = fs::read_to_string(process.join("status")).unwrap_or_default();
        status.lines().any(|line| line == parent_line)
    });
    Ok(children.collect())
}

/// The median of each value.
fn median_usage(usages: &[Usage]) -> Usage {
    let mut memory: Vec<f64> = usages.iter().map(|usage| usage.resident_mb).collect();
    memory.sort_by(f64::total_cmp);
    let median = |mut counts: Vec<usize>| {
        counts.sort_unstable();
        counts[counts.len() / 2]
    };
    Usage {
        resident_mb: memory[memory.len() / 2],
        handles: median(usages.iter().map(|usage| usage.handles).collect()),
        threads: median(usages.iter().map(|usage| usage.threads).collect()),
    }
}
