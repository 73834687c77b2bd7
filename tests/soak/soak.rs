//! `make soak`: take after take through the whole program but its window, as fast as files can be heard,
//! until so many minutes were spoken. Prints memory, open handles and threads as it goes, and fails where
//! one of them grows. Two hours are some fifteen minutes of work.

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

/// Until then the process takes what it needs.
const WARM: usize = 10;
/// What the allocator may keep between two looks. A decoding state that is left behind has 5 MB.
const STEADY_MB: f64 = 24.0;
/// Lines of the table.
const LINES: f64 = 24.0;
/// Nothing here takes longer.
const PATIENCE: Duration = Duration::from_secs(600);

fn main() -> ExitCode {
    let minutes = std::env::args().nth(1).map_or(Ok(120.0), |m| m.parse());
    let done = match minutes {
        Ok(minutes) => soak(minutes),
        Err(_) => Err(anyhow::anyhow!("how many minutes? `make soak MINUTES=2`")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("soak: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// What the process holds.
#[derive(Debug, Clone, Copy)]
struct Held {
    resident_mb: f64,
    handles: usize,
    threads: usize,
}

fn soak(minutes: f64) -> Result<()> {
    let clips = clips()?;
    let folder = tempfile::tempdir()?;
    let mouth = folder.path().join("mouth.wav");
    speak(&clips[0], &mouth)?;
    let mut practice = Practice::of(&mouth, &folder.path().join("data"))?;
    let began = Instant::now();
    let (mut takes, mut spoken_s, mut told_s) = (0, 0.0, 0.0);
    let mut looks = Vec::new();
    println!("takes  spoken  clock   memory  handles  threads");
    while spoken_s < 60.0 * minutes || takes < 3 * WARM {
        // Every section in turn, told by every clip in turn.
        speak(&clips[takes % clips.len()], &mouth)?;
        spoken_s += practice.take(takes)?;
        takes += 1;
        let held = held()?;
        if takes > WARM {
            looks.push(held);
        }
        if takes == WARM || spoken_s >= told_s + 60.0 * minutes / LINES {
            told_s = spoken_s;
            println!(
                "{takes:>5} {:>5.0} min {:>4.0} s {:>5.0} MB {:>8} {:>8}",
                spoken_s / 60.0,
                began.elapsed().as_secs_f64(),
                held.resident_mb,
                held.handles,
                held.threads
            );
        }
    }
    let fifth = (looks.len() / 5).max(5).min(looks.len());
    let (first, last) = (
        typical(&looks[..fifth]),
        typical(&looks[looks.len() - fifth..]),
    );
    println!(
        "{takes} takes, {:.0} minutes spoken: {:.1} MB, then {:.1} MB; {} handles, then {}; {} threads, then {}",
        spoken_s / 60.0,
        first.resident_mb,
        last.resident_mb,
        first.handles,
        last.handles,
        first.threads,
        last.threads
    );
    ensure!(
        last.resident_mb < first.resident_mb + STEADY_MB,
        "the memory grows"
    );
    ensure!(last.handles <= first.handles, "open handles grow");
    ensure!(last.threads <= first.threads, "threads grow");
    Ok(())
}

/// The clips of the tests in which somebody speaks, as WAV samples.
fn clips() -> Result<Vec<Vec<f32>>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/audio");
    let entries = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "flac" || e == "wav"));
    paths.sort();
    let read = |path: &PathBuf| Ok(starling::audio::decode_file(path)?.samples);
    paths.iter().map(read).collect()
}

/// The program as it is built: `make soak` has seen to it.
fn program() -> Result<PathBuf> {
    let me = std::env::current_exe()?;
    let folder = me.parent().and_then(Path::parent);
    Ok(folder
        .context("this is no example of cargo's")?
        .join("starling"))
}

/// Puts a clip where the practice listens.
fn speak(samples: &[f32], mouth: &Path) -> Result<()> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 16_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let aside = mouth.with_extension("aside");
    let mut out = hound::WavWriter::create(&aside, spec)?;
    for sample in samples {
        out.write_sample((sample * f32::from(i16::MAX)) as i16)?;
    }
    out.finalize()?;
    Ok(fs::rename(aside, mouth)?)
}

/// The program without window and command line.
struct Practice {
    runtime: Controller,
}

impl Practice {
    fn of(mouth: &Path, data: &Path) -> Result<Self> {
        let config = Config {
            data: Some(data.to_owned()),
            source: Some(AudioSource::File(mouth.to_owned(), FilePacing::Unthrottled)),
            model: None,
            isolation: Isolation::Subprocess(program()?),
        };
        let mut runtime = Controller::start(config, || {})?;
        while *runtime.model() == ModelState::Loading {
            runtime.wait(Duration::from_millis(20));
        }
        Ok(Self { runtime })
    }

    /// One take, to its feedback; gives its seconds.
    fn take(&mut self, number: usize) -> Result<f64> {
        let stories = self.runtime.stories();
        let story = stories[number / 6 % stories.len()].clone();
        let parts = ["situation", "task", "action", "result", "reflection", "all"];
        let part: Part = parts[number % parts.len()]
            .parse()
            .map_err(anyhow::Error::msg)?;
        let level = story.level;
        self.runtime.start_practice(story, vec![part], level);
        self.runtime.start_take();
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            self.runtime.wait(Duration::from_millis(5));
            for news in self.runtime.take_notifications() {
                match news {
                    Notification::FeedbackReady(take, _) => {
                        let reviewed = self.runtime.session().and_then(|s| s.reviewed(0));
                        let reviewed = reviewed.filter(|reviewed| reviewed.take.id == take);
                        return Ok(reviewed
                            .context("a take without a review")?
                            .take
                            .audio
                            .seconds);
                    }
                    Notification::Problem(what) => bail!("take {number}: {what}"),
                    _ => {}
                }
            }
        }
        bail!("take {number}: no feedback came")
    }
}

/// This process, and the one in which its speech is recognised.
fn held() -> Result<Held> {
    let mut held = Held {
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
        held.resident_mb += number("VmRSS:")? / 1024.0;
        held.handles += fs::read_dir(process.join("fd"))?.count();
        held.threads += number("Threads:")? as usize;
    }
    Ok(held)
}

/// The processes that this one has started, and which run yet.
fn children() -> Result<Vec<PathBuf>> {
    let me = format!("PPid:\t{}", std::process::id());
    let all = fs::read_dir("/proc").context("this needs Linux")?;
    let mine = all.flatten().map(|entry| entry.path()).filter(|process| {
        let status = fs::read_to_string(process.join("status")).unwrap_or_default();
        status.lines().any(|line| line == me)
    });
    Ok(mine.collect())
}

/// The median of each.
fn typical(looks: &[Held]) -> Held {
    let mut memory: Vec<f64> = looks.iter().map(|held| held.resident_mb).collect();
    memory.sort_by(f64::total_cmp);
    let middle = |mut counts: Vec<usize>| {
        counts.sort_unstable();
        counts[counts.len() / 2]
    };
    Held {
        resident_mb: memory[memory.len() / 2],
        handles: middle(looks.iter().map(|held| held.handles).collect()),
        threads: middle(looks.iter().map(|held| held.threads).collect()),
    }
}
