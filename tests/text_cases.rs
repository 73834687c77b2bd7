//! The readings of text, over the cases of `tests/data/texts.tsv`: one case a line, both ways.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test that fails may panic, and this one prints its measure"
)]

use std::collections::BTreeMap;
use std::fs;

use starling::analysis::delivery::fillers;
use starling::analysis::impact::checks as impact_checks;
use starling::analysis::ownership::pronouns;
use starling::analysis::phrases::planned_phrases;
use starling::analysis::{red_flags, time_to_point};
use starling::domain::story::{Phrase, Story};
use starling::domain::story_file;
use starling::domain::transcript::{Transcript, Word};

/// What one reading found, beside what it should have found.
#[derive(Default)]
struct Tally {
    cases: usize,
    hits: usize,
    missed: usize,
    invented: usize,
}

#[test]
fn what_is_read_of_a_text_is_what_was_said() {
    let path = std::env::var("TEXTS").unwrap_or("tests/data/texts.tsv".to_owned());
    let own = path == "tests/data/texts.tsv";
    let source = fs::read_to_string(&path).expect("the cases");
    let stories = ["webhook-drop", "wrong-call"].map(|id| {
        let source = fs::read_to_string(format!("content/{id}.toml")).expect("a pack");
        story_file::parse(&source).expect("a story")
    });
    let begun = std::time::Instant::now();
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (number, line) in source.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let columns: Vec<&str> = line.split('\t').collect();
        let [reading, of, text, expected] = columns[..] else {
            panic!("{path}:{}: not four columns", number + 1);
        };
        let expected = list(expected);
        let found = read(reading, of, &transcript(text), &stories);
        let tally = tallies.entry(reading).or_default();
        tally.cases += 1;
        let hits = expected.iter().filter(|e| found.contains(e)).count();
        tally.hits += hits;
        tally.missed += expected.len() - hits;
        tally.invented += found.len().saturating_sub(hits);
        if found != expected {
            let quotes = match reading {
                "phrases" => read("quotes", of, &transcript(text), &stories),
                _ => Vec::new(),
            };
            wrong.push(format!(
                "{path}:{}: {reading} {of}: \"{text}\"\n    expected {expected:?}\n    found    {found:?} {quotes:?}",
                number + 1
            ));
        }
    }
    let cases: usize = tallies.values().map(|tally| tally.cases).sum();
    println!(
        "{cases} cases, {:.1} ms each",
        1e3 * begun.elapsed().as_secs_f64() / cases.max(1) as f64
    );
    for (reading, tally) in &tallies {
        let share = |of: usize| 100.0 * tally.hits as f64 / (tally.hits + of).max(1) as f64;
        println!(
            "{reading:<10} {:>4} cases, {:>4} hits: precision {:.1} %, recall {:.1} %",
            tally.cases,
            tally.hits,
            share(tally.invented),
            share(tally.missed)
        );
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}\n",
        wrong.len(),
        wrong.join("\n")
    );
    if own {
        for (reading, at_least) in [
            ("phrases", 90),
            ("fillers", 35),
            ("ownership", 30),
            ("impact", 25),
            ("flags", 35),
            ("opening", 12),
        ] {
            let cases = tallies.get(reading).map_or(0, |tally| tally.cases);
            assert!(cases >= at_least, "only {cases} cases of {reading}");
        }
    }
}

/// What `reading` finds in a text, each finding as the cases write it.
fn read(reading: &str, of: &str, said: &Transcript, stories: &[Story]) -> Vec<String> {
    match reading {
        "phrases" | "quotes" => {
            let own = of.split_once(": ").map(|(_, say)| own_phrases(say));
            let planned = match &own {
                Some(own) => own.iter().collect(),
                None => planned(of, stories),
            };
            let read = planned_phrases::find(said, &planned, None).into_iter();
            match reading {
                "quotes" => read.filter_map(|phrase| phrase.match_text).collect(),
                _ => read.filter(|p| p.is_said).map(|p| p.phrase).collect(),
            }
        }
        "fillers" => {
            let read = fillers::find(said);
            read.into_iter().map(|f| f.text.to_lowercase()).collect()
        }
        "ownership" => {
            let read = pronouns::count(said);
            let spans = read.spans.iter();
            spans
                .map(|span| format!("{:?}: {}", span.kind, span.text).to_lowercase())
                .collect()
        }
        "impact" | "impact quotes" => {
            let read = impact_checks::check(said);
            [
                ("metric", read.metric),
                ("business", read.business),
                ("second", read.second_order),
            ]
            .into_iter()
            .filter_map(|(name, quote)| match (reading, quote?) {
                ("impact", _) => Some(name.to_owned()),
                (_, quote) => Some(format!("{name}: {}", quote.text)),
            })
            .collect()
        }
        "flags" => {
            let read = red_flags::find(said);
            let kinds = read.iter().map(|flagged| format!("{:?}", flagged.flag));
            kinds.map(|kind| kind.to_lowercase()).collect()
        }
        "opening" => {
            let read = time_to_point::measure(said);
            [
                ("problem", read.problem),
                ("boundary", read.boundary),
                ("number", read.number),
            ]
            .into_iter()
            .filter_map(|(name, arrival)| Some(format!("{name}: {}", arrival?.quote.text)))
            .collect()
        }
        other => panic!("no reading {other}"),
    }
}

fn planned<'s>(of: &str, stories: &'s [Story]) -> Vec<&'s Phrase> {
    let (id, part) = of.split_once('/').expect("story/part");
    let story = stories.iter().find(|s| s.id == id).expect("a story");
    let part = part.parse().expect("a part");
    story.brief(part, story.level).expect("a brief").phrases
}

/// Phrases of a story that gives no other wordings.
fn own_phrases(say: &str) -> Vec<Phrase> {
    let phrase = |say| Phrase {
        say,
        proves: String::new(),
        also: Vec::new(),
    };
    list(say).into_iter().map(phrase).collect()
}

fn list(text: &str) -> Vec<String> {
    let entries = text.split(';').map(str::trim).filter(|e| !e.is_empty());
    entries.map(str::to_owned).collect()
}

/// A text as if said at 150 words a minute.
fn transcript(text: &str) -> Transcript {
    let words = text.split_whitespace().enumerate();
    Transcript {
        words: words
            .map(|(at, word)| Word {
                text: word.to_owned(),
                start: 0.4 * at as f64,
                end: 0.4 * (at + 1) as f64,
                confidence: 1.0,
            })
            .collect(),
    }
}
