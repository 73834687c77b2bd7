//! Story files as people have them: encodings, byte order marks, quotes and names of other programs, and files
//! with several faults.
#![allow(clippy::expect_used, reason = "a failed test panics")]

mod common;

use std::fs;
use std::path::Path;

use common::{run, starling, temp_folder};

/// A shipped story with another id.
fn story(id: &str) -> String {
    let text = fs::read_to_string("content/webhook-drop.toml").expect("a story file");
    text.replacen("webhook-drop", id, 2)
}

/// The ids that `starling stories` lists for files in the stories folder, without the built-in ones.
fn listed(data: &Path) -> Vec<String> {
    let ran = run(starling(data).args(["stories", "--json"]));
    let list = ran.succeeds().documents().remove(0);
    let ids = list.as_array().expect("a list").iter().skip(2);
    ids.map(|story| story["id"].as_str().expect("an id").to_owned())
        .collect()
}

#[test]
fn stories_of_every_extension_and_encoding_are_listed_and_checked() {
    let data = temp_folder();
    let folder = data.path().join("stories");
    fs::create_dir(&folder).expect("a folder");
    let utf16 = |text: &str| {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        [0xff, 0xfe].into_iter().chain(units).collect::<Vec<u8>>()
    };
    let second_mark = |text: String| text.replacen("\nquestion", "\n\u{feff}question", 1);
    let curly = |text: String| {
        text.replacen("title = \"", "title = \u{201c}", 1).replacen(
            "\"\nquestion",
            "\u{201d}\nquestion",
            1,
        )
    };
    let files: [(&str, Vec<u8>); 7] = [
        ("A.TOML", story("a").into_bytes()),
        ("b.Toml", format!("\u{feff}{}", story("b")).into_bytes()),
        ("c.toml", utf16(&story("c"))),
        ("d.toml", story("d").replace('\n', "\r\n").into_bytes()),
        ("e.toml", second_mark(story("e")).into_bytes()),
        ("f.toml", curly(story("f")).into_bytes()),
        ("g.toml", story("g").replace('\n', "\r").into_bytes()),
    ];
    for (name, bytes) in &files {
        fs::write(folder.join(name), bytes).expect("a file");
        let ran = run(starling(data.path()).arg("check").arg(folder.join(name)));
        assert!(
            ran.succeeds().out.contains(": ok, \""),
            "{name}: {}",
            ran.out
        );
    }
    assert_eq!(listed(data.path()), ["a", "b", "c", "d", "e", "f", "g"]);
}

#[cfg(target_os = "linux")]
#[test]
fn story_file_may_have_any_name() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let data = temp_folder();
    let folder = data.path().join(OsStr::from_bytes(b"caf\xe9"));
    let stories = folder.join("stories");
    fs::create_dir_all(&stories).expect("a folder");
    let file = stories.join(OsStr::from_bytes(b"r\xe9sum\xe9.toml"));
    fs::write(&file, story("mine")).expect("a file");
    assert_eq!(listed(&folder), ["mine"]);
    let ran = run(starling(data.path()).arg("check").arg(&file));
    assert!(ran.succeeds().out.contains(": ok, \""), "{}", ran.out);
}

#[test]
fn every_fault_of_a_file_is_reported_at_once_with_its_line() {
    let data = temp_folder();
    let text = story("mine");
    let line_of = |text: &str, part: &str| {
        let at = text.find(part).unwrap_or_else(|| panic!("no {part}"));
        text[..at].matches('\n').count() + 1
    };
    // No TOML in one line; a wrong key, a wrong value and a wrong section in others.
    let bad = text
        .replacen("title = ", "title ", 1)
        .replacen("purpose = ", "purpsoe = ", 1)
        .replacen("target = \"30 s\"", "target = \"30 ms\"", 1)
        .replacen("kind = \"reflection\"", "kind = \"reflexion\"", 1);
    let faults = ["title ", "purpsoe", "\"30 ms\"", "\"reflexion\""];
    let path = data.path().join("bad.toml");
    let reported = |bytes: &[u8]| {
        fs::write(&path, bytes).expect("a file");
        let ran = run(starling(data.path()).arg("check").arg(&path));
        assert_eq!((ran.code, ran.err.as_str()), (1, ""), "{}", ran.out);
        let number = |line: &str| {
            let place = line.strip_prefix(&format!("{}:", path.display()));
            let number = place.and_then(|rest| rest.split(':').next()?.parse().ok());
            number.unwrap_or_else(|| panic!("no line number: {line}"))
        };
        (ran.out.lines().map(number).collect::<Vec<usize>>(), ran.out)
    };
    let expected: Vec<usize> = faults.iter().map(|fault| line_of(&bad, fault)).collect();
    let (lines, out) = reported(bad.as_bytes());
    for line in &expected {
        assert!(lines.contains(line), "line {line} is not in:\n{out}");
    }
    assert!(
        !out.contains("missing"),
        "a fault that is only the consequence of another:\n{out}"
    );
    // The same in Latin-1, with two accents that are not UTF-8.
    let latin = bad
        .replacen("principle = \"", "principle = \"\u{e9}", 1)
        .replacen("question = \"", "question = \"\u{fc}", 1);
    let bytes: Vec<u8> = latin
        .chars()
        .map(|c| u8::try_from(c).unwrap_or(b'?'))
        .collect();
    let (lines, out) = reported(&bytes);
    for part in faults.into_iter().chain(["principle = ", "question = "]) {
        let line = line_of(&latin, part);
        assert!(lines.contains(&line), "line {line} is not in:\n{out}");
    }
    assert_eq!(out.matches("save the file as UTF-8").count(), 2, "{out}");
}

#[test]
fn file_that_is_no_text_is_one_sentence() {
    let data = temp_folder();
    for (name, bytes) in [
        ("photo.toml", &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR= \xff"[..]),
        ("letter.toml", b"My caf\xe9 story begins here."),
        ("wide.toml", b"\xff\xfe\0\x80"),
    ] {
        let path = data.path().join(name);
        fs::write(&path, bytes).expect("a file");
        let ran = run(starling(data.path()).arg("check").arg(&path));
        assert_eq!((ran.code, ran.out.as_str()), (1, ""));
        ran.has_one_message("not a story in UTF-8 or UTF-16 text");
    }
}

/// Whatever is wrong with a line, the lines after it are checked, too.
#[test]
fn line_that_is_no_toml_does_not_hide_later_problems() {
    let data = temp_folder();
    let text = story("mine").replacen("purpose = ", "purpsoe = ", 2);
    for fault in [
        "title \"x\"",
        "= 3",
        "title2 = ",
        "title2 = x y",
        "title2 = \"x",
        "title2 = 'x",
        "title2 = \u{201c}x",
        "title = \"twice\"",
        "just words",
        "title2 = [1, 2",
        "title2 = [\n  \"x\",\n  \"y\",\n",
        "title2 = [\"x\" \"y\"]",
        "title2 = { x = 1, y = 2",
        "}",
    ] {
        let bad = text.replacen("\nquestion", &format!("\n{fault}\nquestion"), 1);
        let lines = lines_with_problems(data.path(), &bad);
        let at = |part: &str| bad[..bad.find(part).expect("a part")].matches('\n').count() + 1;
        let expected = at(&format!("\n{fault}\nquestion")) + 1;
        // What is wrong with a list of several lines is its end.
        let expected = expected + fault.trim_end().matches('\n').count();
        assert!(lines.contains(&expected), "{fault}: {lines:?}");
        assert!(lines.contains(&at("purpsoe")), "{fault}: {lines:?}");
        assert!(lines.len() <= 4, "{fault}: {lines:?}");
    }
    // A header without its last bracket.
    for (from, to) in [
        ("[[section]]", "[[section]"),
        ("[[section.phrase]]", "[[section.phrase"),
    ] {
        let bad = text.replacen(from, to, 1);
        let at = |part: &str| bad[..bad.find(part).expect("a part")].matches('\n').count() + 1;
        let lines = lines_with_problems(data.path(), &bad);
        let expected = at(&format!("{to}\n"));
        assert!(lines.contains(&expected), "{to}: {lines:?}");
        assert!(lines.contains(&at("purpsoe")), "{to}: {lines:?}");
        assert!(lines.len() <= 4, "{to}: {lines:?}");
    }
}

/// The lines that `check` names for a story file of this text.
fn lines_with_problems(data: &Path, text: &str) -> Vec<usize> {
    let path = data.join("bad.toml");
    fs::write(&path, text).expect("a file");
    let ran = run(starling(data).arg("check").arg(&path));
    assert_eq!((ran.code, ran.err.as_str()), (1, ""), "{}", ran.out);
    let number = |line: &str| {
        let place = line.strip_prefix(&format!("{}:", path.display()));
        place.and_then(|rest| rest.split(':').next()?.parse().ok())
    };
    ran.out.lines().filter_map(number).collect()
}

/// What other systems and editors put beside a file is not a story: it is neither listed nor reported.
#[test]
fn hidden_files_beside_stories_are_left_out() {
    let data = temp_folder();
    let folder = data.path().join("stories");
    fs::create_dir(&folder).expect("a folder");
    fs::write(folder.join("talk.toml"), story("talk")).expect("a file");
    // macOS on a shared drive, a download that is under way, a copy that a sync program is writing.
    fs::write(
        folder.join("._talk.toml"),
        b"\0\x05\x16\x07\0\x02\0\0Mac OS X",
    )
    .expect("a file");
    fs::write(folder.join(".talk.toml"), &story("talk")[..400]).expect("a file");
    fs::write(folder.join(".syncthing.talk.TOML"), "").expect("a file");
    // The lock of Emacs leads nowhere.
    #[cfg(unix)]
    std::os::unix::fs::symlink("ann@host.4711:1", folder.join(".#talk.toml")).expect("a link");
    assert_eq!(listed(data.path()), ["talk"]);
}

/// Copies made because of a conflict, or by hand, have longer names. They do not take the place of the story,
/// and each is reported together with it.
#[test]
fn copy_of_a_story_never_replaces_it() {
    for copy in [
        "talk (Ann's conflicted copy 2026-01-02).toml",
        "talk.sync-conflict-20260102-030405-ABCDEFG.toml",
        "talk-LAPTOP7.toml",
        "talk - Copy.toml",
        "Copy of talk.toml",
        "talk (1).toml",
        "Talk copy.TOML",
    ] {
        let data = temp_folder();
        let folder = data.path().join("stories");
        fs::create_dir(&folder).expect("a folder");
        let newer = story("talk").replacen("title = \"", "title = \"Newer: ", 1);
        fs::write(folder.join("talk.toml"), newer).expect("a file");
        fs::write(folder.join(copy), story("talk")).expect("a file");
        let ran = run(starling(data.path()).arg("stories"));
        assert!(ran.out.contains("Newer: "), "{copy}: {}", ran.out);
        ran.has_one_message(copy);
        assert!(
            ran.err.contains("talk.toml has the same id `talk`"),
            "{copy}: {}",
            ran.err
        );
    }
}
