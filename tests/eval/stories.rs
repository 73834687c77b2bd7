//! Loads a set of labeled answers in the format of `tests/data/stories`. Does not know the analysis.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use serde::Deserialize;
use starling::domain::part::SectionKind;
use starling::domain::story::Story;
use starling::storage::story_library;

/// Labeled answers, and retellings of their sections.
pub struct StorySet {
    pub answers: Vec<Answer>,
    pub retellings: Vec<Retelling>,
}

/// An answer with its labels.
pub struct Answer {
    pub id: String,
    /// `strong`, `mixed` or `weak`.
    pub quality: String,
    pub story: Story,
    /// In speaking order; an answer may have no Reflection.
    pub sections: Vec<(SectionKind, String)>,
    pub gold: Gold,
}

/// What an experienced interviewer would note about an answer.
#[derive(Deserialize)]
pub struct Gold {
    id: String,
    pub whole: WholeGold,
    /// Acceptable leanings of each section, heard alone.
    pub sections: BTreeMap<String, Vec<String>>,
}

/// Labels of a whole answer. Every quote is an exact part of the text.
#[derive(Deserialize)]
pub struct WholeGold {
    pub metric: Vec<String>,
    pub worth: Vec<String>,
    pub lasting: Vec<String>,
    pub we_hiding: Vec<String>,
    pub passive_hiding: Vec<String>,
    pub flags: Vec<GoldFlag>,
    /// Acceptable leanings, the preferred one first.
    pub lean: Vec<String>,
}

/// Words that an interviewer would hold against the speaker.
#[derive(Deserialize)]
pub struct GoldFlag {
    pub quote: String,
    pub kind: String,
    pub fatal: bool,
}

/// A section told in other words.
pub struct Retelling {
    pub id: String,
    pub section: SectionKind,
    /// `verbatim`, `other-words` or `near-miss`.
    pub kind: String,
    /// `near`, `medium` or `far` from the planned phrases.
    pub distance: String,
    pub text: String,
    /// Planned phrases that are said, with the words that say them.
    pub said: BTreeMap<String, String>,
    /// Planned phrases that are not said.
    pub not_said: Vec<String>,
}

impl StorySet {
    /// Loads the set in `folder`. Retellings are optional.
    pub fn load(folder: &Path) -> Result<Self> {
        let mut golds = golds(&folder.join("gold.jsonl"))?;
        let mut answers: Vec<Answer> = Vec::new();
        for row in rows(&folder.join("answers.tsv"))? {
            let [id, quality, _principle, _domain, section, text] = row.cells()?;
            let section = (section_kind(section)?, text.to_owned());
            match answers.last_mut().filter(|answer| answer.id == id) {
                Some(answer) => answer.sections.push(section),
                None => answers.push(Answer {
                    id: id.to_owned(),
                    quality: quality.to_owned(),
                    story: story_library::read(&folder.join(format!("packs/{id}.toml")))?,
                    sections: vec![section],
                    gold: golds
                        .remove(id)
                        .with_context(|| format!("no gold for {id}"))?,
                }),
            }
        }
        if answers.is_empty() {
            bail!("{} holds no answers", folder.display());
        }
        let file = folder.join("retell.tsv");
        let retold = match file.is_file() {
            true => rows(&file)?,
            false => Vec::new(),
        };
        let retellings = retold.iter().map(Retelling::new).collect::<Result<_>>()?;
        Ok(Self {
            answers,
            retellings,
        })
    }

    /// The answer that a retelling tells again.
    pub fn answer(&self, id: &str) -> Result<&Answer> {
        let found = self.answers.iter().find(|answer| answer.id == id);
        found.with_context(|| format!("no answer {id}"))
    }
}

impl Answer {
    /// The whole answer, as it is spoken: its sections one after the other.
    pub fn text(&self) -> String {
        let texts: Vec<&str> = self.sections.iter().map(|(_, text)| text.trim()).collect();
        texts.join(" ")
    }
}

impl Retelling {
    fn new(row: &Row) -> Result<Self> {
        let [id, section, kind, distance, text, said, not_said] = row.cells()?;
        Ok(Self {
            id: id.to_owned(),
            section: section_kind(section)?,
            kind: kind.to_owned(),
            distance: distance.to_owned(),
            text: text.to_owned(),
            said: serde_json::from_str(said).with_context(|| row.place.clone())?,
            not_said: serde_json::from_str(not_said).with_context(|| row.place.clone())?,
        })
    }
}

/// One line of a table.
struct Row {
    /// File and line.
    place: String,
    text: String,
}

impl Row {
    fn cells<const N: usize>(&self) -> Result<[&str; N]> {
        let cells: Vec<&str> = self.text.split('\t').collect();
        let cells = <[&str; N]>::try_from(cells);
        cells.map_err(|_| anyhow!("{} does not have {N} columns", self.place))
    }
}

/// The lines of a table, without its header.
fn rows(file: &Path) -> Result<Vec<Row>> {
    let text = read(file)?;
    let lines = text.lines().enumerate().skip(1);
    let rows = lines
        .filter(|(_, line)| !line.is_empty())
        .map(|(index, line)| Row {
            place: format!("{}:{}", file.display(), index + 1),
            text: line.to_owned(),
        });
    Ok(rows.collect())
}

/// The labels of each answer.
fn golds(file: &Path) -> Result<BTreeMap<String, Gold>> {
    let mut golds = BTreeMap::new();
    for (index, line) in read(file)?.lines().enumerate() {
        let gold: Gold = serde_json::from_str(line)
            .with_context(|| format!("{}:{}", file.display(), index + 1))?;
        golds.insert(gold.id.clone(), gold);
    }
    Ok(golds)
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

fn section_kind(name: &str) -> Result<SectionKind> {
    let kind = SectionKind::ALL
        .into_iter()
        .find(|kind| kind.to_string().to_lowercase() == name);
    kind.with_context(|| format!("there is no section {name}"))
}
