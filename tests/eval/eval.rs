//! How right the readings are, per kind of clip. `make eval` runs it over a folder that holds
//! `tts.tsv` and `real.tsv` (either may be missing), in the format of the project's audio set: a
//! header line, then one clip a line, with at least the columns `file`, `seconds`, `category` or
//! `kind`, and `text` or `transcript`.
//!
//! Words are compared as they are spoken, contractions and fillers aside, so that a recogniser is
//! not charged for how it writes numbers.

#![allow(missing_docs, clippy::print_stdout, clippy::print_stderr)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result, bail};
use starling::coach::spoken::spoken;
use starling::speech::Engine;
use starling::{audio, runtime, speech};

const FILLERS: [&str; 12] = [
    "um", "uh", "er", "erm", "hmm", "hm", "mm", "ah", "umm", "uhm", "mhm", "eh",
];
const CONTRACTIONS: [(&str, &str); 12] = [
    ("i'm", "i am"),
    ("i've", "i have"),
    ("i'd", "i would"),
    ("i'll", "i will"),
    ("it's", "it is"),
    ("he's", "he is"),
    ("there's", "there is"),
    ("that's", "that is"),
    ("here's", "here is"),
    ("who's", "who is"),
    ("we're", "we are"),
    ("yknow", "you know"),
];

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
    let mut arguments = std::env::args_os().skip(1);
    let folder = PathBuf::from(arguments.next().context("name a folder of clips")?);
    let model = arguments.next().map(|m| m.to_string_lossy().into_owned());
    let verbose = std::env::var_os("EVAL_WORDS").is_some();
    let clips = clips(&folder)?;
    let mut engine = runtime::load_engine(model.as_deref(), &[]).map_err(anyhow::Error::msg)?;
    println!(
        "model {}, {} thread, {} clips of {}",
        engine.model(),
        engine.threads(),
        clips.len(),
        folder.display()
    );
    let mut kinds: BTreeMap<String, Tally> = BTreeMap::new();
    for clip in &clips {
        let tally = measure(clip, &mut engine, verbose)?;
        for kind in [&clip.kind, &clip.set] {
            kinds.entry(kind.clone()).or_default().add(&tally);
        }
    }
    println!(
        "{:<22} {:>5} {:>6} {:>6} {:>4} {:>4} {:>4} {:>9} {:>7} {:>9}",
        "kind", "clips", "words", "WER %", "sub", "del", "ins", "no speech", "minutes", "CPU s/s"
    );
    for (kind, tally) in &kinds {
        tally.print(kind);
    }
    Ok(())
}

struct Clip {
    path: PathBuf,
    /// `tts · strong`, `real · read`.
    kind: String,
    /// `tts, all`.
    set: String,
    reference: Vec<String>,
}

#[derive(Default)]
struct Tally {
    clips: usize,
    words: usize,
    substituted: usize,
    deleted: usize,
    inserted: usize,
    silent: usize,
    silent_heard: usize,
    seconds: f64,
    cpu_seconds: f64,
}

impl Tally {
    fn add(&mut self, other: &Tally) {
        self.clips += other.clips;
        self.words += other.words;
        self.substituted += other.substituted;
        self.deleted += other.deleted;
        self.inserted += other.inserted;
        self.silent += other.silent;
        self.silent_heard += other.silent_heard;
        self.seconds += other.seconds;
        self.cpu_seconds += other.cpu_seconds;
    }

    fn print(&self, kind: &str) {
        let errors = self.substituted + self.deleted + self.inserted;
        let rate = match self.words {
            0 => "-".to_owned(),
            words => format!("{:.1}", 100.0 * errors as f64 / words as f64),
        };
        // Clips without speech in which nothing was heard, of those there are.
        let silent = match self.silent {
            0 => "-".to_owned(),
            n => format!("{} of {n}", n - self.silent_heard),
        };
        println!(
            "{kind:<22} {:>5} {:>6} {rate:>6} {:>4} {:>4} {:>4} {silent:>9} {:>7.1} {:>9.3}",
            self.clips,
            self.words,
            self.substituted,
            self.deleted,
            self.inserted,
            self.seconds / 60.0,
            self.cpu_seconds / self.seconds.max(1e-9)
        );
    }
}

fn measure(clip: &Clip, engine: &mut Engine, verbose: bool) -> Result<Tally> {
    let recording = audio::read(&clip.path)?;
    let never = AtomicBool::new(false);
    let heard = speech::hear(engine, &recording.samples, &mut |_| {}, &never)?;
    let said = comparable(&heard.transcript.text());
    let (substituted, deleted, inserted) = errors(&clip.reference, &said);
    if verbose && substituted + deleted + inserted > 0 {
        println!("{}", clip.path.display());
        println!("  was    {}", clip.reference.join(" "));
        println!("  heard  {}", said.join(" "));
    }
    let silent = clip.reference.is_empty();
    Ok(Tally {
        clips: 1,
        words: clip.reference.len(),
        substituted,
        deleted,
        inserted,
        silent: usize::from(silent),
        silent_heard: usize::from(silent && !said.is_empty()),
        seconds: recording.audio.seconds,
        cpu_seconds: heard.engine.cpu_seconds.unwrap_or(0.0),
    })
}

fn clips(folder: &Path) -> Result<Vec<Clip>> {
    let mut clips = Vec::new();
    for set in ["tts", "real"] {
        let table = folder.join(format!("{set}.tsv"));
        if !table.is_file() {
            continue;
        }
        let text = std::fs::read_to_string(&table)
            .with_context(|| format!("cannot read {}", table.display()))?;
        let mut lines = text.lines();
        let header: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
        let column = |names: [&str; 2]| {
            header
                .iter()
                .position(|name| names.contains(name))
                .with_context(|| format!("{} has no column {}", table.display(), names[0]))
        };
        let file = column(["file", "path"])?;
        let kind = column(["category", "kind"])?;
        let words = column(["text", "transcript"])?;
        for line in lines.filter(|line| !line.is_empty()) {
            let cells: Vec<&str> = line.split('\t').collect();
            let cell = |i: usize| cells.get(i).copied().unwrap_or_default();
            clips.push(Clip {
                path: folder.join(cell(file)),
                kind: format!("{set} · {}", cell(kind)),
                set: format!("{set}, all"),
                reference: comparable(cell(words)),
            });
        }
    }
    if clips.is_empty() {
        bail!(
            "{} holds no tts.tsv and no real.tsv with clips",
            folder.display()
        );
    }
    Ok(clips)
}

fn comparable(text: &str) -> Vec<String> {
    spoken(text)
        .into_iter()
        .flat_map(|word| {
            let full = CONTRACTIONS.iter().find(|(short, _)| *short == word);
            let text = full.map_or(word.as_str(), |(_, long)| long);
            text.split(' ').map(str::to_owned).collect::<Vec<_>>()
        })
        .map(|word| word.replace('\'', ""))
        .filter(|word| !FILLERS.contains(&word.as_str()))
        .collect()
}

/// Substituted, deleted and inserted words of the cheapest alignment.
fn errors(reference: &[String], said: &[String]) -> (usize, usize, usize) {
    // Cost, then the three counts, for each prefix of `said`.
    type Cell = (usize, usize, usize, usize);
    let mut row: Vec<Cell> = (0..=said.len()).map(|i| (i, 0, 0, i)).collect();
    for word in reference {
        let mut next: Vec<Cell> = Vec::with_capacity(row.len());
        next.push((row[0].0 + 1, row[0].1, row[0].2 + 1, row[0].3));
        for (i, other) in said.iter().enumerate() {
            let (c, s, d, n) = row[i];
            let wrong = usize::from(word != other);
            let substitute = (c + wrong, s + wrong, d, n);
            let (c, s, d, n) = row[i + 1];
            let delete = (c + 1, s, d + 1, n);
            let (c, s, d, n) = next[i];
            let insert = (c + 1, s, d, n + 1);
            next.push(substitute.min(delete).min(insert));
        }
        row = next;
    }
    let (_, substituted, deleted, inserted) = row[said.len()];
    (substituted, deleted, inserted)
}
