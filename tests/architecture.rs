//! Reads the sources and fails where an arrow of `ARCHITECTURE.md` runs the wrong way.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]

use std::fs;
use std::path::Path;

/// Who stands where; a module may name what stands in a later row, never its own row or an earlier.
const ROWS: [&[&str]; 5] = [
    &["main"],
    &["gui", "cli"],
    &["runtime"],
    &["audio", "speech", "store", "content", "models"],
    &["coach"],
];

/// Crates that only one place may name.
const ONLY_IN: [(&str, &str); 8] = [
    ("egui", "src/gui/"),
    ("egui_plot", "src/gui/"),
    ("eframe", "src/gui/"),
    ("cpal", "src/audio/"),
    ("rusqlite", "src/store/"),
    ("rusqlite_migration", "src/store/"),
    ("whisper_rs", "src/speech/engine.rs"),
    ("matrixmultiply", "src/speech/products.rs"),
];

/// What values in, values out, cannot need: paths by their beginning.
const NOT_IN_COACH: [&[&str]; 15] = [
    &["std", "fs"],
    &["std", "thread"],
    &["std", "time", "Instant"],
    &["std", "time", "SystemTime"],
    &["fs"],
    &["thread"],
    &["File"],
    &["Instant"],
    &["SystemTime"],
    &["egui"],
    &["eframe"],
    &["cpal"],
    &["hound"],
    &["rusqlite"],
    &["whisper_rs"],
];

#[test]
fn arrows_run_one_way() {
    let mut wrong = Vec::new();
    let mut files = 0;
    for_each_source(Path::new("src"), &mut |path, source| {
        files += 1;
        wrong.extend(violations(path, source));
    });
    assert!(files > 20, "only {files} files under src");
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn architecture_md_names_every_module() {
    let text = fs::read_to_string("ARCHITECTURE.md").expect("ARCHITECTURE.md");
    let lib = fs::read_to_string("src/lib.rs").expect("src/lib.rs");
    let missing: Vec<&str> = lib
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .filter(|module| {
            let written = [
                format!("`{module}`"),
                format!("{module}/"),
                format!("{module}.rs"),
            ];
            !written.iter().any(|name| text.contains(name))
        })
        .collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md lacks {missing:?}");
}

/// The reader above sees what it should, and no more.
#[test]
fn planted_violations_are_found() {
    let cases = [
        (
            "src/coach/story.rs",
            "use std::fs;",
            "src/coach/story.rs:1: coach names std::fs",
        ),
        (
            "src/coach/take.rs",
            "\nuse std::{fmt, time::Instant};",
            "src/coach/take.rs:2: coach names std::time::Instant",
        ),
        (
            "src/coach/take.rs",
            "let f = std::fs::read(p);",
            "src/coach/take.rs:1: coach names std::fs::read",
        ),
        (
            "src/coach/take.rs",
            "fn open(file: File) {}",
            "src/coach/take.rs:1: coach names File",
        ),
        (
            "src/coach/take.rs",
            "hound::WavReader::open(p)",
            "src/coach/take.rs:1: coach names hound::WavReader::open",
        ),
        (
            "src/coach/take.rs",
            "use crate::store::Store;",
            "src/coach/take.rs:1: coach names crate::store::Store",
        ),
        (
            "src/coach/take.rs",
            "use super::super::store::Store;",
            "src/coach/take.rs:1: coach names crate::store::Store",
        ),
        (
            "src/content.rs",
            "use super::models::find;",
            "src/content.rs:1: content names crate::models::find",
        ),
        (
            "src/cli/open.rs",
            "use egui::Ui;",
            "src/cli/open.rs:1: egui belongs in src/gui/",
        ),
        (
            "src/cli/open.rs",
            "use crate::{coach, gui::App};",
            "src/cli/open.rs:1: cli names crate::gui::App",
        ),
        (
            "src/cli/open.rs",
            "crate::gui::open()",
            "src/cli/open.rs:1: cli names crate::gui::open",
        ),
        (
            "src/gui/app.rs",
            "let host = cpal::default_host();",
            "src/gui/app.rs:1: cpal belongs in src/audio/",
        ),
        (
            "src/runtime.rs",
            "use rusqlite::Connection;",
            "src/runtime.rs:1: rusqlite belongs in src/store/",
        ),
        (
            "src/cli/history.rs",
            "rusqlite_migration::Migrations::new(v)",
            "src/cli/history.rs:1: rusqlite_migration belongs in src/store/",
        ),
        ("src/store/rows.rs", "use rusqlite::Row;", ""),
        (
            "src/speech/hear.rs",
            "use whisper_rs::WhisperState;",
            "src/speech/hear.rs:1: whisper_rs belongs in src/speech/engine.rs",
        ),
        (
            "src/audio/mic.rs",
            "use crate::speech::Engine;",
            "src/audio/mic.rs:1: audio names crate::speech::Engine",
        ),
        (
            "src/audio/mic.rs",
            "use crate::runtime;",
            "src/audio/mic.rs:1: audio names crate::runtime",
        ),
        (
            "src/network.rs",
            "use crate::coach;",
            "src/network.rs:1: network has no row in the order of modules",
        ),
        (
            "src/store/journal.rs",
            "a: Mutex<u8>,",
            "src/store/journal.rs:1: a lock without a comment that says why",
        ),
        (
            "src/store/journal.rs",
            "// Two threads write it.\na: Mutex<u8>,",
            "",
        ),
        (
            "src/store/journal.rs",
            "a: std::sync::RwLock<u8>, // two threads write it",
            "",
        ),
        (
            "src/coach/take.rs",
            "// as std::fs does\nlet s = \"use egui::Ui\"; /* cpal::Host */",
            "",
        ),
        (
            "src/coach/take.rs",
            "let s = r#\"use \"egui::Ui\"\"#; let c = '\"'; fn f<'a>() {}",
            "",
        ),
        (
            "src/coach/take.rs",
            "use crate::coach::time::Secs; use super::time;",
            "",
        ),
        (
            "src/cli/check.rs",
            "use crate::{audio, content::{self, PackError}, store};",
            "",
        ),
        (
            "src/gui/app.rs",
            "use eframe::egui; use crate::runtime::Runtime;",
            "",
        ),
        ("src/main.rs", "use starling::{cli, gui};", ""),
    ];
    for (path, source, expected) in cases {
        assert_eq!(violations(path, source).join("\n"), expected, "{source}");
    }
}

fn for_each_source(folder: &Path, each: &mut dyn FnMut(&str, &str)) {
    for entry in fs::read_dir(folder).expect("src") {
        let path = entry.expect("src").path();
        if path.is_dir() {
            for_each_source(&path, each);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let source = fs::read_to_string(&path).expect("a source file");
            each(&path.display().to_string(), &source);
        }
    }
}

/// `file:line: what`, for each wrong thing.
fn violations(path: &str, source: &str) -> Vec<String> {
    let module = module_of(path);
    let code = without_comments_and_texts(source);
    let mut found = Vec::new();
    let mut wrong = |line: usize, what: String| found.push(format!("{path}:{line}: {what}"));
    if module != "lib" && row(module).is_none() {
        wrong(1, format!("{module} has no row in the order of modules"));
    }
    for (line, named) in paths(&code) {
        let named = from_the_root(path, named);
        let text = named.join("::");
        let begins = |with: &[&str]| {
            named.len() >= with.len() && with.iter().zip(&named).all(|(w, n)| w == n)
        };
        if module == "coach" && NOT_IN_COACH.iter().any(|forbidden| begins(forbidden)) {
            wrong(line, format!("coach names {text}"));
        }
        for (name, place) in ONLY_IN {
            if named[0] == name && !path.starts_with(place) && module != "coach" {
                wrong(line, format!("{name} belongs in {place}"));
            }
        }
        let to = named
            .get(1)
            .filter(|_| named[0] == "crate")
            .map(String::as_str);
        if let (Some(from_row), Some(to)) = (row(module), to)
            && let Some(to_row) = row(to)
            && to != module
            && to_row <= from_row
        {
            wrong(line, format!("{module} names {text}"));
        }
    }
    let lines: Vec<&str> = source.lines().collect();
    for (index, line) in code.lines().enumerate() {
        let locks = words(line).any(|word| word == "Mutex" || word == "RwLock");
        let before = index.checked_sub(1).map_or("", |before| lines[before]);
        if locks && !lines[index].contains("//") && !before.trim_start().starts_with("//") {
            wrong(
                index + 1,
                "a lock without a comment that says why".to_owned(),
            );
        }
    }
    found
}

/// `src/audio/mic.rs` and `src/audio.rs` to `audio`.
fn module_of(path: &str) -> &str {
    let inside = path.trim_start_matches("src/");
    inside
        .split('/')
        .next()
        .unwrap_or(inside)
        .trim_end_matches(".rs")
}

fn row(module: &str) -> Option<usize> {
    ROWS.iter().position(|row| row.contains(&module))
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
}

/// `super::super::x` to `crate::x` where it climbs all the way.
fn from_the_root(path: &str, named: Vec<String>) -> Vec<String> {
    let climbs = named.iter().take_while(|name| *name == "super").count();
    let file = path.trim_start_matches("src/").trim_end_matches("/mod.rs");
    let depth = file.split('/').count();
    if climbs == 0 || climbs < depth || climbs == named.len() {
        return named;
    }
    let mut full = vec!["crate".to_owned()];
    full.extend_from_slice(&named[climbs..]);
    full
}

/// Every path, `a::{b, c}` spread out, with its line; a lone name is a path too.
fn paths(code: &str) -> Vec<(usize, Vec<String>)> {
    let mut tokens = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let mut rest = line;
        while let Some(first) = rest.chars().next() {
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let len = match first {
                c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
                ':' if rest.starts_with("::") => 2,
                c => c.len_utf8(),
            };
            if !first.is_whitespace() {
                tokens.push((index + 1, &rest[..len]));
            }
            rest = &rest[len..];
        }
    }
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        at = path_at(&tokens, at, &[], &mut found);
    }
    found
}

/// Reads one path, or one token that is none; says where to go on.
fn path_at(
    tokens: &[(usize, &str)],
    mut at: usize,
    prefix: &[String],
    found: &mut Vec<(usize, Vec<String>)>,
) -> usize {
    let token = |at: usize| tokens.get(at).map_or("", |(_, token)| *token);
    let is_name = |text: &str| text.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let line = tokens[at].0;
    if !is_name(token(at)) {
        return at + 1;
    }
    let mut path = prefix.to_vec();
    loop {
        match token(at) {
            "{" if path.len() > prefix.len() => {
                at += 1;
                while !matches!(token(at), "}" | "") {
                    at = path_at(tokens, at, &path, found);
                }
                return at + 1;
            }
            name if is_name(name) => path.push(name.to_owned()),
            _ => break,
        }
        at += 1;
        if token(at) != "::" {
            break;
        }
        at += 1;
    }
    found.push((line, path));
    at
}

/// The source with comments and the insides of texts blanked, line by line as before.
fn without_comments_and_texts(source: &str) -> String {
    let mut out = String::new();
    let mut rest = source;
    let blank = |text: &str, out: &mut String| {
        out.extend(text.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
    };
    while let Some(first) = rest.chars().next() {
        let until = |from: usize, end: &str| {
            let found = rest[from..].find(end);
            found.map_or(rest.len(), |at| from + at + end.len())
        };
        let hidden = match first {
            _ if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            _ if rest.starts_with("/*") => until(2, "*/"),
            _ if rest.starts_with("r#\"") => until(3, "\"#"),
            '"' => end_of_text(rest),
            '\'' => end_of_char(rest),
            _ => 0,
        };
        let step = match hidden {
            0 => {
                out.push(first);
                first.len_utf8()
            }
            n => {
                blank(&rest[..n], &mut out);
                n
            }
        };
        rest = &rest[step..];
    }
    out
}

fn end_of_text(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    rest.len()
}

/// Length of a character literal; 0 for a lifetime.
fn end_of_char(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => rest[2..].find('\'').map_or(0, |at| at + 3).max(4),
        Some((_, _)) => match chars.next() {
            Some((at, '\'')) => at + 1,
            _ => 0,
        },
        None => 0,
    }
}
