//! The text analysis on the cases of `tests/data/texts.tsv`, positive and negative. `TEXTS=FILE` reads the
//! cases from another file. Prints precision and recall of each analysis.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a failed test panics, and this one prints its figures"
)]

#[path = "common/builders.rs"]
mod builders;

use std::collections::BTreeMap;
use std::fs;
use std::time::Instant;

use builders::{webhook_story, words_from, wrong_call_story};
use starling::analysis::delivery::fillers;
use starling::analysis::impact::checks as impact_checks;
use starling::analysis::ownership::pronouns;
use starling::analysis::phrases::planned_phrases;
use starling::analysis::{red_flags, time_to_point};
use starling::domain::story::{Phrase, Story};
use starling::domain::transcript::Transcript;

const CASES: &str = "tests/data/texts.tsv";

/// The least number of cases of each analysis in [`CASES`].
const MIN_CASES: [(&str, usize); 6] = [
    ("phrases", 90),
    ("fillers", 35),
    ("ownership", 30),
    ("impact", 25),
    ("flags", 35),
    ("opening", 12),
];

/// Expected and found results of one analysis.
#[derive(Default)]
struct Tally {
    cases: usize,
    hits: usize,
    missed: usize,
    false_alarms: usize,
}

/// One line of the file: what to analyze, and all results that are expected.
struct Case<'a> {
    line: usize,
    analysis: &'a str,
    subject: &'a str,
    text: &'a str,
    expected: Vec<String>,
}

#[test]
fn each_text_gives_exactly_the_expected_results() {
    let path = std::env::var("TEXTS").unwrap_or(CASES.to_owned());
    let source = fs::read_to_string(&path).expect("a file of cases");
    let stories = [webhook_story(), wrong_call_story()];
    let started = Instant::now();
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut failures = Vec::new();
    for case in cases(&path, &source) {
        let Case {
            line,
            analysis,
            subject,
            text,
            expected,
        } = case;
        let transcript = transcript(text);
        let found = results(analysis, subject, &transcript, &stories);
        let tally = tallies.entry(analysis).or_default();
        tally.cases += 1;
        let hits = expected.iter().filter(|e| found.contains(e)).count();
        tally.hits += hits;
        tally.missed += expected.len() - hits;
        tally.false_alarms += found.len().saturating_sub(hits);
        if found != expected {
            let quotes = match analysis {
                "phrases" => results("quotes", subject, &transcript, &stories),
                _ => Vec::new(),
            };
            failures.push(format!(
                "{path}:{line}: {analysis} {subject}: \"{text}\"\n    expected {expected:?}\n    found    {found:?} {quotes:?}"
            ));
        }
    }
    print_figures(&tallies, started);
    assert!(
        failures.is_empty(),
        "{} cases failed\n{}\n",
        failures.len(),
        failures.join("\n")
    );
    if path == CASES {
        for (analysis, at_least) in MIN_CASES {
            let cases = tallies.get(analysis).map_or(0, |tally| tally.cases);
            assert!(cases >= at_least, "only {cases} cases of {analysis}");
        }
    }
}

/// The cases of a file; comments and empty lines are skipped.
fn cases<'a>(path: &str, source: &'a str) -> impl Iterator<Item = Case<'a>> {
    let lines = source.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    lines.map(move |(index, line)| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [analysis, subject, text, expected] = columns[..] else {
            panic!("{path}:{}: not four columns", index + 1);
        };
        Case {
            line: index + 1,
            analysis,
            subject,
            text,
            expected: list(expected),
        }
    })
}

fn print_figures(tallies: &BTreeMap<&str, Tally>, started: Instant) {
    let cases: usize = tallies.values().map(|tally| tally.cases).sum();
    println!(
        "{cases} cases, {:.1} ms each",
        1e3 * started.elapsed().as_secs_f64() / cases.max(1) as f64
    );
    for (analysis, tally) in tallies {
        let percent =
            |errors: usize| 100.0 * tally.hits as f64 / (tally.hits + errors).max(1) as f64;
        println!(
            "{analysis:<10} {:>4} cases, {:>4} hits: precision {:.1} %, recall {:.1} %",
            tally.cases,
            tally.hits,
            percent(tally.false_alarms),
            percent(tally.missed)
        );
    }
}

/// Results of an analysis, as the cases write them.
fn results(
    analysis: &str,
    subject: &str,
    transcript: &Transcript,
    stories: &[Story],
) -> Vec<String> {
    match analysis {
        "phrases" | "quotes" => {
            let own = subject.split_once(": ").map(|(_, say)| own_phrases(say));
            let planned = match &own {
                Some(own) => own.iter().collect(),
                None => planned(subject, stories),
            };
            let found = planned_phrases::find(transcript, &planned, None).into_iter();
            match analysis {
                "quotes" => found.filter_map(|phrase| phrase.match_text).collect(),
                _ => found.filter(|p| p.is_said).map(|p| p.phrase).collect(),
            }
        }
        "fillers" => {
            let found = fillers::find(transcript);
            found.into_iter().map(|f| f.text.to_lowercase()).collect()
        }
        "ownership" => {
            let counts = pronouns::count(transcript);
            let spans = counts.spans.iter();
            spans
                .map(|span| format!("{:?}: {}", span.kind, span.text).to_lowercase())
                .collect()
        }
        "impact" | "impact quotes" => {
            let checks = impact_checks::check(transcript);
            [
                ("metric", checks.metric),
                ("business", checks.business),
                ("second", checks.second_order),
            ]
            .into_iter()
            .filter_map(|(name, quote)| match (analysis, quote?) {
                ("impact", _) => Some(name.to_owned()),
                (_, quote) => Some(format!("{name}: {}", quote.text)),
            })
            .collect()
        }
        "flags" => {
            let found = red_flags::find(transcript);
            let kinds = found.iter().map(|flagged| format!("{:?}", flagged.flag));
            kinds.map(|kind| kind.to_lowercase()).collect()
        }
        "opening" => {
            let opening = time_to_point::measure(transcript);
            [
                ("problem", opening.problem),
                ("boundary", opening.boundary),
                ("number", opening.number),
            ]
            .into_iter()
            .filter_map(|(name, arrival)| Some(format!("{name}: {}", arrival?.quote.text)))
            .collect()
        }
        other => panic!("unknown analysis: {other}"),
    }
}

/// The planned phrases of `story/part`.
fn planned<'s>(subject: &str, stories: &'s [Story]) -> Vec<&'s Phrase> {
    let (id, part) = subject.split_once('/').expect("story/part");
    let story = stories.iter().find(|s| s.id == id).expect("a story");
    let part = part.parse().expect("a part");
    story.brief(part, story.level).expect("a brief").phrases
}

/// Planned phrases without alternatives, separated by semicolons.
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

/// A text spoken at 150 words/min.
fn transcript(text: &str) -> Transcript {
    Transcript {
        words: words_from(0.0, 0.4, 0.4, text),
    }
}
