//! Reads the clips of a folder and their truth from `tts.tsv` and `real.tsv`, of which one may be missing. After a header
//! there is one clip per line. The columns `file` and `text` or `transcript` are required. A measurement whose column is
//! empty is not compared.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use starling::domain::story::Part;
use starling::domain::time::Span;

/// A clip and its truth.
pub struct Clip {
    pub id: String,
    pub path: PathBuf,
    /// `tts` or `real`.
    pub set: &'static str,
    /// Such as `strong`, `read` or `disfluent`.
    pub kind: String,
    pub story: String,
    pub part: Part,
    /// The words as they are spoken; empty if there is no speech.
    pub text: String,
    /// From the start to the end of speech.
    pub speech: Option<Span>,
    /// Pauses that were inserted, so their times are exact.
    pub inserted: Vec<Span>,
    /// All pauses of 0.3 s or more, if they were measured.
    pub gaps: Option<Vec<Span>>,
    /// Words per minute from the start to the end of speech.
    pub words_per_minute: Option<f64>,
    /// How often each filler is said; `None` if that is not known.
    pub fillers: Option<BTreeMap<String, usize>>,
    /// Planned phrases and whether they are said.
    pub phrases: Vec<(String, bool)>,
    /// The words of each few seconds, if that is known.
    pub segments: Vec<(Span, String)>,
}

#[derive(Deserialize)]
struct Segment {
    start: f64,
    end: f64,
    text: String,
}

#[derive(Deserialize)]
struct Gap {
    at: f64,
    end: f64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Phrases {
    verbatim: Vec<String>,
    paraphrased: BTreeMap<String, String>,
    absent: Vec<String>,
}

/// All clips of a folder.
pub fn read_clips(folder: &Path) -> Result<Vec<Clip>> {
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
        for (number, line) in lines.enumerate().filter(|(_, line)| !line.is_empty()) {
            let cells: Vec<&str> = line.split('\t').collect();
            let cell = |names: &[&str]| {
                let column = header.iter().position(|name| names.contains(name));
                column.and_then(|i| cells.get(i)).copied().unwrap_or("")
            };
            let clip = clip(folder, set, &cell)
                .with_context(|| format!("{}:{}", table.display(), number + 2))?;
            clips.push(clip);
        }
    }
    if clips.is_empty() {
        bail!(
            "{} contains no tts.tsv or real.tsv with clips",
            folder.display()
        );
    }
    Ok(clips)
}

fn clip<'a>(folder: &Path, set: &'static str, cell: &dyn Fn(&[&str]) -> &'a str) -> Result<Clip> {
    let file = cell(&["file", "path"]);
    if file.is_empty() {
        bail!("column file is empty");
    }
    let number = |name: &str| cell(&[name]).parse::<f64>().ok();
    let spans = |name: &str| -> Result<Option<Vec<Span>>> {
        let text = cell(&[name]);
        if text.is_empty() {
            return Ok(None);
        }
        let gaps: Vec<Gap> =
            serde_json::from_str(text).with_context(|| format!("column {name}"))?;
        Ok(Some(
            gaps.iter().map(|gap| Span::new(gap.at, gap.end)).collect(),
        ))
    };
    let phrases: Phrases = match cell(&["phrases"]) {
        "" => Phrases::default(),
        text => serde_json::from_str(text).context("column phrases")?,
    };
    let said_phrases = phrases
        .verbatim
        .into_iter()
        .chain(phrases.paraphrased.into_keys());
    let segments: Vec<Segment> = match cell(&["segments"]) {
        "" => Vec::new(),
        text => serde_json::from_str(text).context("column segments")?,
    };
    let notes = cell(&["notes"]);
    let story = notes
        .split([' ', ';', ',', '('])
        .find_map(|word| word.strip_prefix("story="))
        .unwrap_or("webhook-drop");
    Ok(Clip {
        id: cell(&["id"]).to_owned(),
        path: folder.join(file),
        set,
        kind: cell(&["category", "kind"]).to_owned(),
        story: story.to_owned(),
        part: match cell(&["section"]) {
            "followup" => Part::FollowUp(1),
            section => section.parse().unwrap_or(Part::Whole),
        },
        text: cell(&["text", "transcript"]).to_owned(),
        speech: number("speech_start")
            .zip(number("speech_end"))
            .map(|(start, end)| Span::new(start, end)),
        inserted: spans("pauses")?.unwrap_or_default(),
        gaps: spans("measured_gaps")?,
        words_per_minute: number("wpm_span"),
        fillers: match cell(&["fillers"]) {
            "" => None,
            text => Some(serde_json::from_str(text).context("column fillers")?),
        },
        phrases: said_phrases
            .map(|phrase| (phrase, true))
            .chain(phrases.absent.into_iter().map(|phrase| (phrase, false)))
            .collect(),
        segments: segments
            .into_iter()
            .map(|segment| (Span::new(segment.start, segment.end), segment.text))
            .collect(),
    })
}
