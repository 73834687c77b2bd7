//! `starling analyze --text`: written answers, without audio and without a speech model.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{CommandOutput, run, said_phrases, starling};
use serde_json::Value;

/// A story of a librarian, with levels for any job and a principle of no known company.
const PACK: &str = r#"
schema = 1
id = "lost-returns"
title = "The returns that nobody booked"
question = "Tell me about a time you improved how something was done."
principle = "Every reader counts"
level = "mid"
overview = "Returned books stayed booked out."
takeaways = ["Look at the shelf first"]

[[section]]
kind = "situation"
target = "15 s"
purpose = "What was wrong."
strong = "Readers got fines for books that they had brought back."
coaching = "Be short."
mistake = "Too much history."
[[section.phrase]]
say = "fines for returned books"
proves = "what was wrong"

[[section]]
kind = "task"
target = "10 s"
purpose = "What was mine."
strong = "I ran the desk on Saturdays, so I took it on."
coaching = "Be short."
mistake = "Everything at once."
[[section.phrase]]
say = "I took it on"
proves = "it was a choice"

[[section]]
kind = "action"
target = "40 s"
purpose = "What I did."
strong = "I counted the open shelf, wrote a checklist and moved the scanner."
coaching = "Say I."
mistake = "Saying we."
[[section.phrase]]
say = "moved the scanner"
proves = "the change"

[[section]]
kind = "result"
target = "15 s"
purpose = "What came of it."
strong = "Wrong fines fell from forty a month to two."
coaching = "A number."
mistake = "No number."
[[section.phrase]]
say = "from forty a month to two"
proves = "it worked"

[[section]]
kind = "reflection"
target = "10 s"
purpose = "What I learned."
strong = "I look at the shelf before I ask the system."
coaching = "Be honest."
mistake = "A platitude."
[[section.phrase]]
say = "look at the shelf first"
proves = "it stays"

[weak_answer]
text = "We looked into it."
verdict = "Nobody knows who did what."

[[level_plan]]
level = "mid"
focus = "The change."
reflection = "I look at the shelf first."
bar = "A change that lasts."
at_most = "90 s"
"#;

const SECTIONS: [&str; 5] = [
    "Our library sent fines for returned books. Readers were angry, and the desk spent hours on it.",
    "I only had the desk on Saturdays, but nobody looked into it, so I took it on.",
    "I counted the open shelf for two weeks. I found that books lay there until Monday. I wrote a checklist, \
     and I moved the scanner next to the return slot. We told the students about it.",
    "Wrong fines went from forty a month to two. The other three branches use the checklist now.",
    "Today I look at the shelf first, and then at the system.",
];

/// A folder with the story file, and room for texts.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("pack.toml"), PACK).expect("room");
        Self { folder }
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).expect("room");
        path
    }

    /// Analyzes a text file for the librarian's story.
    fn analyze(&self, file: &Path, arguments: &[&str]) -> CommandOutput {
        let mut command = starling(self.folder.path());
        command
            .args(["analyze", "--story"])
            .arg(self.folder.path().join("pack.toml"))
            .arg("--text")
            .arg(file)
            .args(arguments);
        run(&mut command)
    }

    /// The report on a text.
    #[track_caller]
    fn report(&self, text: &str, arguments: &[&str]) -> Value {
        let file = self.write("answer.txt", text);
        let ran = self.analyze(&file, &[&["--json"], arguments].concat());
        ran.succeeds().documents().remove(0)
    }

    /// The only line on stderr about a text that cannot be used.
    #[track_caller]
    fn refuses(&self, bytes: impl AsRef<[u8]>, arguments: &[&str], part: &str) {
        let file = self.write("answer.txt", bytes);
        let ran = self.analyze(&file, arguments);
        ran.fails(1, part);
        ran.has_one_message("answer.txt");
    }
}

#[test]
fn what_needs_audio_is_null_and_the_rest_is_there() {
    let report = Desk::new().report(&SECTIONS.join("\n\n"), &[]);
    for key in [
        "/audio",
        "/speech",
        "/pauses",
        "/voice",
        "/transcript/engine",
        "/transcript/words/0/start",
        "/transcript/words/0/confidence",
        "/pacing/used_s",
        "/pacing/speech_rate_wpm",
        "/pacing/articulation_rate_sps",
        "/pacing/band",
        "/pacing/curve",
        "/phrases/0/start",
        "/ownership/spans/0/start",
        "/impact/metric/start",
        "/opening/problem/after",
        "/findings/0/start",
    ] {
        assert_eq!(report.pointer(key), Some(&Value::Null), "{key}");
    }
    let mut times = Vec::new();
    collect_times(&report, "", &mut times);
    assert_eq!(times, Vec::<String>::new());
    assert_eq!(report["schema"], 1);
    assert_eq!(report["story"], "lost-returns");
    assert_eq!(report["section"], "all");
    assert_eq!(report["level"], "mid");
    assert_eq!(report["transcript"]["words"][1]["text"], "library");
    let words = report["pacing"]["words"].as_f64().expect("a number");
    let seconds = report["pacing"]["estimated_s"].as_f64().expect("a number");
    assert!(
        (seconds - 0.4 * words).abs() < 1e-6,
        "{words} words in {seconds} s"
    );
    assert_eq!(
        report["impact"]["metric"]["said"]
            .as_str()
            .map(|said| said.contains("forty")),
        Some(true)
    );
    assert!(report["ownership"]["hiding"].is_array() && report["red_flags"].is_array());
    assert!(said_phrases(&report).contains(&"moved the scanner"));
    assert!(report["verdict"]["lean"].is_string());
}

/// Every number under a key that is a time.
fn collect_times(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let at = format!("{at}/{key}");
                if ["start", "end", "after", "at"].contains(&key.as_str()) && !value.is_null() {
                    found.push(at);
                } else {
                    collect_times(value, &at, found);
                }
            }
        }
        Value::Array(entries) => {
            for entry in entries {
                collect_times(entry, at, found);
            }
        }
        _ => {}
    }
}

#[test]
fn paragraphs_and_headings_give_the_same_report() {
    let desk = Desk::new();
    let names = [
        "Situation:",
        "## Task",
        "**Action** -",
        "RESULT",
        "5. Reflection:",
    ];
    let headed: Vec<String> = std::iter::zip(names, SECTIONS)
        .map(|(name, text)| match name {
            "## Task" | "RESULT" => format!("{name}\n{text}"),
            _ => format!("{name} {text}"),
        })
        .collect();
    let paragraphs = desk.report(&SECTIONS.join("\n\n"), &["--section", "all"]);
    assert_eq!(
        desk.report(&headed.join("\n"), &["--section", "all"]),
        paragraphs
    );
    assert_eq!(desk.report(&SECTIONS.join("\r\n"), &[]), paragraphs);
    assert_eq!(paragraphs["transcript"]["text"], SECTIONS.join(" "));
    // A section by its heading, and alone.
    let action = desk.report(&headed.join("\n"), &["--section", "action"]);
    assert_eq!(desk.report(SECTIONS[2], &["--section", "action"]), action);
    assert_eq!(action["transcript"]["text"], SECTIONS[2]);
    assert_eq!(action["pacing"]["target_s"], 40.0);
}

#[test]
fn a_story_may_end_without_a_reflection_or_be_one_paragraph() {
    let desk = Desk::new();
    let four = desk.report(&SECTIONS[..4].join("\n\n"), &[]);
    let one = desk.report(&SECTIONS[..4].join(" "), &[]);
    assert_eq!(four["transcript"], one["transcript"]);
    assert_eq!(four["impact"], one["impact"]);
}

#[test]
fn every_encoding_gives_the_same_report() {
    let desk = Desk::new();
    let text = "I wrote the checklist \u{2014} it\u{2019}s one page \u{1f600}.";
    let arguments = ["--json", "--section", "action"];
    let report = |bytes: Vec<u8>| {
        let file = desk.write("answer.txt", bytes);
        desk.analyze(&file, &arguments)
            .succeeds()
            .documents()
            .remove(0)
    };
    let plain = report(text.as_bytes().to_vec());
    assert_eq!(
        plain["transcript"]["text"],
        "I wrote the checklist \u{2014} it\u{2019}s one page"
    );
    let units = || text.encode_utf16();
    let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
    for bytes in [
        [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        [b"\xff\xfe", little.as_slice()].concat(),
        [b"\xfe\xff", big.as_slice()].concat(),
        little.clone(),
    ] {
        assert_eq!(report(bytes), plain);
    }
}

#[test]
fn standard_input_is_a_file() {
    let desk = Desk::new();
    let mut command = starling(desk.folder.path());
    command
        .args(["analyze", "--text", "-", "--section", "result", "--json"])
        .write_stdin(SECTIONS[3]);
    let report = run(&mut command).succeeds().documents().remove(0);
    assert_eq!(
        (&report["file"], &report["section"]),
        (&"-".into(), &"result".into())
    );
    // Without --story, the first one is meant, as for recordings.
    assert_eq!(report["story"], "webhook-drop");
    let mut command = starling(desk.folder.path());
    command.args(["analyze", "--text", "-"]).write_stdin("");
    run(&mut command).fails(1, "standard input contains no text");
}

#[test]
fn texts_that_cannot_be_used_get_one_sentence() {
    let desk = Desk::new();
    desk.refuses("", &[], "contains no text");
    desk.refuses(" \n\u{1f600}\n", &["--section", "task"], "contains no text");
    desk.refuses(b"caf\xe9", &[], "not plain text in UTF-8");
    desk.refuses(b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0", &[], "not plain text");
    desk.refuses(vec![b'a'; 100_001], &[], "larger than 100 kB");
    desk.refuses(SECTIONS[..2].join("\n\n"), &[], "has 2 paragraphs");
    let six = [SECTIONS.join("\n\n"), SECTIONS[0].to_owned()].join("\n\n");
    desk.refuses(six, &["--section", "all"], "has 6 paragraphs");
    desk.refuses("Task: Mine.\nTask: Mine.", &[], "two headings for the Task");
    desk.refuses(
        "Result: Good.\nTask: Mine.",
        &[],
        "has the Result before the Task",
    );
    desk.refuses(
        "Result: Good.",
        &["--section", "task"],
        "no text under one for the Task",
    );
    let none = desk.analyze(Path::new("no-such.txt"), &[]);
    none.fails(1, "cannot read no-such.txt");
    let folder = desk.analyze(desk.folder.path(), &[]);
    folder.fails(1, "it is a folder");
}

#[test]
fn wrong_arguments_are_refused() {
    let desk = Desk::new();
    let file = desk.write("answer.txt", SECTIONS[2]);
    let ran = |arguments: &[&str]| {
        let mut command = starling(desk.folder.path());
        run(command
            .args(["analyze", "--text"])
            .arg(&file)
            .args(arguments))
    };
    assert_eq!(ran(&["take.wav"]).code, 2);
    assert_eq!(ran(&["--take", "last"]).code, 2);
    ran(&["--story", "no-such-story"]).fails(2, "no story named `no-such-story`");
    ran(&["--story", "./no-such.toml"]).fails(1, "cannot read story ./no-such.toml");
    ran(&["--section", "followup:99"]).fails(2, "has no followup:99");
    assert_eq!(ran(&["--level", "boss"]).code, 2);
}

#[test]
fn one_bad_text_does_not_stop_the_rest() {
    let desk = Desk::new();
    let (good, bad) = (
        desk.write("good.txt", SECTIONS[3]),
        desk.write("bad.txt", ""),
    );
    let ran = desk.analyze(
        &bad,
        &[
            "--section",
            "result",
            "--json",
            "--text",
            &good.display().to_string(),
        ],
    );
    assert_eq!((ran.code, ran.documents().len()), (1, 1));
    ran.has_one_message("bad.txt contains no text");
}

#[test]
fn levels_have_general_names_and_those_of_engineers() {
    let desk = Desk::new();
    let level = |arguments: &[&str]| {
        let report = desk.report(SECTIONS[3], &[&["--section", "result"], arguments].concat());
        report["level"].as_str().map(str::to_owned)
    };
    for arguments in [&[][..], &["--level", "mid"], &["--level", "sde2"]] {
        assert_eq!(level(arguments).as_deref(), Some("mid"), "{arguments:?}");
    }
    let file = desk.write("answer.txt", SECTIONS[3]);
    let mut command = starling(desk.folder.path());
    command.args([
        "analyze",
        "--section",
        "result",
        "--level",
        "junior",
        "--json",
        "--text",
    ]);
    let report = run(command.arg(&file)).succeeds().documents().remove(0);
    assert_eq!(
        report["level"], "sde1",
        "the built-in stories are about engineers"
    );
    let ran = desk.analyze(&file, &["--section", "result", "--level", "senior"]);
    ran.fails(2, "has no plan for level senior");
}

#[test]
fn text_for_people_has_no_times_of_its_own() {
    let desk = Desk::new();
    let file = desk.write("answer.txt", SECTIONS.join("\n\n"));
    let ran = desk.analyze(&file, &[]);
    ran.succeeds();
    for part in [
        "words, about 0:3",
        "of 1:30 if spoken",
        "said   moved the scanner",
        "Likely hiring decision:",
    ] {
        assert!(ran.out.contains(part), "\"{part}\" is not in: {}", ran.out);
    }
    assert!(
        !ran.out.contains("words/min") && !ran.out.contains("-:--"),
        "{}",
        ran.out
    );
}

#[test]
fn no_text_is_too_strange() {
    let desk = Desk::new();
    let longest = "I fixed it and we shipped it for 5 % less. ".repeat(100_000 / 43);
    for text in [
        "\u{1f600}",
        "I",
        "FIXED IT ALL BY MYSELF AND IT HELD",
        "i fixed it and it held and nobody asked and it went from 3 to 0 and so on",
        "\u{201c}\u{2019}s\u{201d} '' \"\" -- \u{2014} 's 'd n't",
        "0.3% $8,000 \u{20ac}5m 99999999999999999999 1e308 .5.5.5",
        "\u{41f}\u{440}\u{438}\u{432}\u{435}\u{442} \u{4f60}\u{597d} e\u{301}a\u{308}",
        &longest,
    ] {
        for section in ["all", "action", "task"] {
            let file = desk.write("answer.txt", text);
            let ran = desk.analyze(&file, &["--section", section, "--json"]);
            assert!(ran.code <= 1, "{}", ran.err);
        }
    }
}
