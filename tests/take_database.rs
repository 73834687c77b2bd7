//! The journal by the program itself: what was rehearsed is listed, exported and erased; a database in
//! any state costs no take; and two programs at once do not harm each other.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]

mod common;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use base64::Engine;
use common::{CommandOutput, STARLING, clip, run, starling, take_files, wait_until};
use serde_json::Value;
use starling::domain::take::Take;
use starling::storage::{Store, TakeFilter};

#[test]
fn what_was_rehearsed_is_exported_as_it_was_reported() {
    let data = tempfile::tempdir().expect("a folder");
    let feedback = rehearse(data.path());
    let id = feedback["take"].as_str().expect("its name");
    let wav = fs::read(data.path().join(format!("takes/{id}.wav"))).expect("its sound");
    let out = tempfile::tempdir().expect("a folder");
    let export = |name: &str, take: &str| {
        let file = out.path().join(name);
        let mut command = starling(data.path());
        run(command.args(["export", take, "--to"]).arg(&file)).succeeds();
        fs::read(&file).expect("a file")
    };
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");

    let json: Value = serde_json::from_slice(&export("take.json", id)).expect("JSON");
    assert_eq!(json, feedback["report"]);
    assert!(export("take.WAV", "last") == wav);

    let html = text(export("take.html", &id[..19]));
    let (_, rest) = html.split_once("data:audio/wav;base64,").expect("sound");
    let (sound, _) = rest.split_once('"').expect("its end");
    let sound = base64::engine::general_purpose::STANDARD.decode(sound);
    assert!(sound.expect("base64") == wav);
    let page = html.replace(rest, "");
    assert!(!page.contains("http:") && !page.contains("https:"));
    let markdown = text(export("take.md", "last"));
    for page in [&html, &markdown] {
        for part in [
            "Task",
            &id[..10],
            "decided",
            "no ticket",
            "Likely hiring decision",
        ] {
            assert!(page.contains(part), "no {part}");
        }
    }
    let srt = text(export("take.srt", "last"));
    assert!(srt.starts_with("1\n00:00:0"), "{srt}");
    assert!(
        srt.contains(" --> 00:00:1") && srt.contains("decided"),
        "{srt}"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let file = fs::metadata(out.path().join("take.html")).expect("there");
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
    }

    // Wrong names, wrong places: one sentence, and nothing half.
    let fails = |arguments: [&str; 3], code: i32, part: &str| {
        let mut command = starling(data.path());
        let ran = run(command
            .current_dir(out.path())
            .arg("export")
            .args(arguments));
        assert_eq!(ran.code, code, "{}", ran.err);
        assert!(ran.err.contains(part), "{}", ran.err);
    };
    fails(
        ["last", "--to", "take.txt"],
        2,
        ".md, .html, .json, .srt or .wav",
    );
    fails(
        ["last", "--to", "no/such/folder.md"],
        1,
        "cannot write to no/such/folder.md",
    );
    fails(["2019", "--to", "x.md"], 2, "no take named `2019`");
    fails(["", "--to", "x.md"], 2, "is ambiguous");
    // Not in place of a take, its own neither.
    let takes = data.path().join("takes");
    for name in [
        format!("{id}.wav"),
        "other.wav".to_owned(),
        "a.md".to_owned(),
    ] {
        let to = takes.join(name);
        fails(
            [id, "--to", &to.display().to_string()],
            2,
            "inside the folder of the takes",
        );
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&takes, out.path().join("link")).expect("room");
        fails(
            [id, "--to", "link/other.wav"],
            2,
            "inside the folder of the takes",
        );
        fs::remove_file(out.path().join("link")).expect("ours");
    }
    assert_eq!(fs::read_dir(&takes).expect("a folder").count(), 1);
    fs::create_dir(out.path().join("folder.md")).expect("room");
    fails(
        ["last", "--to", "folder.md"],
        1,
        "cannot write to folder.md",
    );
    let mut names: Vec<String> = fs::read_dir(out.path())
        .expect("a folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .collect();
    names.sort();
    let expected = [
        "folder.md",
        "take.WAV",
        "take.html",
        "take.json",
        "take.md",
        "take.srt",
    ];
    assert_eq!(names, expected);

    let ran = run(starling(data.path()).args(["history", "--story", "wrong-call", "--json"]));
    assert_eq!(ran.succeeds().out, "[]\n");
    let ran = run(starling(data.path()).args(["history", "--section", "task"]));
    assert!(ran.succeeds().out.contains("webhook-drop"), "{}", ran.out);
}

#[test]
fn what_is_erased_is_gone_from_every_file() {
    let data = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(data.path().join("stories")).expect("room");
    fs::write(data.path().join("settings.toml"), "theme = \"dark\"\n").expect("room");
    let first = rehearse(data.path());
    rehearse(data.path());
    let id = first["take"].as_str().expect("its name");
    assert!(!holding(data.path(), "decided").is_empty());

    run(starling(data.path()).args(["erase", id])).fails(2, "--yes erases without asking");
    run(starling(data.path()).args(["erase", "--all"])).fails(2, "--yes erases without asking");
    assert_eq!(run(starling(data.path()).args(["erase"])).code, 2);
    assert_eq!(
        run(starling(data.path()).args(["erase", id, "--all"])).code,
        2
    );
    assert_eq!(listed(data.path()).len(), 2);

    let erased = run(starling(data.path()).args(["erase", id, "--yes"]));
    assert_eq!(erased.succeeds().out, "erased 1 take\n");
    assert_eq!(listed(data.path()).len(), 1);
    assert_eq!(holding(data.path(), id), [""; 0]);
    assert!(!data.path().join(format!("takes/{id}.wav")).exists());
    run(starling(data.path()).args(["erase", id, "--yes"])).fails(2, "no take named");

    fs::write(data.path().join("journal.db.broken-2026-01-01"), "decided").expect("room");
    let erased = run(starling(data.path()).args(["erase", "--all", "--yes"]));
    let said = &erased.succeeds().out;
    assert!(
        said.starts_with("erased 1 take. Your settings, stories"),
        "{said}"
    );
    assert_eq!(holding(data.path(), "decided"), [""; 0]);
    assert_eq!(holding(data.path(), "RIFF"), [""; 0]);
    assert!(data.path().join("settings.toml").exists());
    assert!(data.path().join("stories").exists());
    assert_eq!(listed(data.path()), [Value::Null; 0]);
}

/// `script` is part of every Debian; it lends a terminal.
#[cfg(target_os = "linux")]
#[test]
fn at_a_terminal_erasing_asks() {
    let data = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(data.path().join("takes")).expect("room");
    fs::write(data.path().join("takes/mine.wav"), "sound").expect("room");
    let wav = data.path().join("takes/mine.wav");
    for (answer, left) in [("\n", true), ("no\n", true), ("y\n", false)] {
        let mut command = assert_cmd::Command::new("script");
        command
            .args(["--quiet", "--return", "--command"])
            .arg(format!("{STARLING} erase mine"))
            .arg("/dev/null")
            .env("STARLING_DATA", data.path())
            .timeout(std::time::Duration::from_secs(60))
            .write_stdin(answer);
        let ran = run(&mut command);
        assert_eq!(ran.code, 0, "{}", ran.out);
        assert!(ran.out.contains("cannot be undone. [y/N]"), "{}", ran.out);
        assert_eq!(ran.out.contains("erased 1 take"), !left, "{}", ran.out);
        assert_eq!(wav.exists(), left);
    }
}

/// Whatever goes is named before; a journal that was kept aside goes also where nothing else is left.
#[cfg(target_os = "linux")]
#[test]
fn what_else_goes_is_named_before_all_is_erased() {
    let data = tempfile::tempdir().expect("a folder");
    let ask = |answer: &str, part: &str| {
        let mut command = assert_cmd::Command::new("script");
        command
            .args(["--quiet", "--return", "--command"])
            .arg(format!("{STARLING} erase --all"))
            .arg("/dev/null")
            .env("STARLING_DATA", data.path())
            .timeout(std::time::Duration::from_secs(60))
            .write_stdin(answer);
        let ran = run(&mut command);
        assert!(ran.code == 0 && ran.out.contains(part), "{}", ran.out);
    };
    let aside = |word: &str| {
        let old = data
            .path()
            .join(format!("journal.db.{word}-2026-11-23T18-04-09"));
        fs::write(&old, "words").expect("room");
        old
    };
    fs::create_dir_all(data.path().join("takes")).expect("room");
    fs::write(data.path().join("takes/mine.wav"), "sound").expect("room");
    ask(
        "n\n",
        "the only take with its recording and transcript, and all quiz answers?",
    );
    fs::remove_dir_all(data.path().join("takes")).expect("ours");
    fs::remove_file(data.path().join("journal.db")).expect("ours");
    let old = ["broken", "newer"].map(aside);
    ask(
        "n\n",
        "all 0 takes with their recordings and transcripts, all quiz answers, and 2 quarantined databases?",
    );
    fs::remove_dir_all(data.path().join("takes")).expect("ours");
    fs::remove_file(data.path().join("journal.db")).expect("ours");
    ask("y\n", "erased 0 takes");
    assert!(!old.iter().any(|old| old.exists()));
}

#[test]
fn a_database_in_any_state_costs_no_sound() {
    let data = tempfile::tempdir().expect("a folder");
    let feedback = rehearse(data.path());
    let database = data.path().join("journal.db");
    let whole = fs::read(&database).expect("a database");
    let mut newer = whole.clone();
    // The header's user version (sqlite.org/fileformat2.html, 1.3).
    newer[60..64].copy_from_slice(&99_u32.to_be_bytes());
    let kept = |word: &str| {
        let entries = fs::read_dir(data.path()).expect("a folder");
        let names = entries.map(|entry| entry.expect("an entry").path());
        let kept = names.filter(|path| path.display().to_string().contains(word));
        kept.map(|path| fs::read(path).expect("kept"))
            .collect::<Vec<_>>()
    };
    let cases: [(&[u8], &str, &str); 4] = [
        (b"dear diary", "journal.db.broken-", "cannot be read"),
        (&whole[..4096], "journal.db.broken-", "cannot be read"),
        (
            &newer,
            "journal.db.newer-",
            "was written by a newer Starling",
        ),
        (b"", "", "found a recording without a database entry"),
    ];
    for (bytes, name, said) in cases {
        fs::write(&database, bytes).expect("room");
        let ran = run(starling(data.path()).args(["history", "--json"]));
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.has_one_message(said);
        let takes = ran.documents().remove(0);
        assert_eq!(takes[0]["take"], feedback["take"]);
        assert_eq!(
            (&takes[0]["state"], &takes[0]["section"]),
            (&"interrupted".into(), &"task".into())
        );
        assert_eq!(takes[1], Value::Null);
        if !name.is_empty() {
            assert!(kept(name).iter().any(|kept| kept == bytes), "{said}");
        }
        run(starling(data.path()).arg("history")).succeeds();
        run(starling(data.path()).args(["export", "last", "--to", "x.md"]))
            .fails(1, " remains: `starling analyze");
    }
    // The next take is kept in the new one.
    rehearse(data.path());
    assert_eq!(listed(data.path()).len(), 2);
    // Back with the old one, and all it knew is there.
    fs::write(&database, whole).expect("room");
    // Sound that was written to a moment ago would be taken for another program's.
    std::thread::sleep(Duration::from_millis(2_100));
    run(starling(data.path()).arg("history"))
        .has_one_message("found a recording without a database entry");
    assert_eq!(
        states(data.path())
            .iter()
            .filter(|s| *s == "transcribed")
            .count(),
        1
    );
}

#[test]
fn takes_of_older_versions_are_taken_in() {
    let data = tempfile::tempdir().expect("a folder");
    let report = rehearse(data.path())["report"].clone();
    // As it was before there was a journal: a JSON file beside the WAV.
    let store = Store::at(Some(data.path().to_owned())).expect("named");
    let journal = store.open_take_db().expect("there").db;
    let id = journal.list(&TakeFilter::default()).expect("a list")[0]
        .id
        .clone();
    let take = journal.take(&id).expect("kept");
    drop(journal);
    fs::remove_file(data.path().join("journal.db")).expect("there");
    let sidecar = store.wav(&id).with_extension("json");
    fs::write(&sidecar, serde_json::to_vec_pretty(&take).expect("JSON")).expect("room");

    assert_eq!(states(data.path()), ["transcribed"]);
    assert!(!sidecar.exists());
    let exported = data.path().join("take.json");
    let mut command = starling(data.path());
    run(command.args(["export", "last", "--to"]).arg(&exported)).succeeds();
    let exported = fs::read(exported).expect("a report");
    let exported: Value = serde_json::from_slice(&exported).expect("JSON");
    // Times may differ in their last digit: JSON's reader rounds.
    for part in ["/transcript/text", "/audio", "/ownership/i", "/verdict"] {
        assert_eq!(exported.pointer(part), report.pointer(part), "{part}");
    }

    // One that cannot be read stays, and its sound is listed all the same.
    fs::remove_file(data.path().join("journal.db")).expect("there");
    fs::write(&sidecar, "{").expect("room");
    let ran = run(starling(data.path()).arg("history"));
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("The file was not changed"), "{}", ran.err);
    assert!(ran.out.contains("interrupted"), "{}", ran.out);
    assert!(sidecar.exists());
}

#[cfg(unix)]
#[test]
fn a_program_killed_while_it_takes_them_in_loses_none() {
    let data = tempfile::tempdir().expect("a folder");
    rehearse(data.path());
    let store = Store::at(Some(data.path().to_owned())).expect("named");
    let journal = store.open_take_db().expect("there").db;
    let id = journal.list(&TakeFilter::default()).expect("a list")[0]
        .id
        .clone();
    let mut take = journal.take(&id).expect("kept");
    drop(journal);
    fs::remove_file(data.path().join("journal.db")).expect("there");
    let count = 400;
    for number in 0..count {
        take.id.0 = format!("older-{number:03}");
        let json = serde_json::to_vec(&take).expect("JSON");
        fs::write(store.wav(&take.id).with_extension("json"), json).expect("room");
    }
    fs::remove_file(store.wav(&id)).expect("there");
    // At whatever instant it dies; the last ones may well be done by then.
    for ms in [5, 10, 20, 30, 40, 60, 80, 120, 160, 240] {
        let mut program = std::process::Command::new(STARLING)
            .env("STARLING_DATA", data.path())
            .arg("history")
            .stdout(Stdio::null())
            .spawn()
            .expect("it starts");
        std::thread::sleep(std::time::Duration::from_millis(ms));
        program.kill().expect("it is ours");
        program.wait().expect("it ran");
    }
    assert_eq!(states(data.path()), vec!["transcribed"; count]);
    assert!(common::take_files(data.path(), "json").is_empty());
    // Whole, each of them.
    take.id.0 = "older-007".to_owned();
    let journal = store.open_take_db().expect("there").db;
    let kept = journal.take(&take.id).expect("kept");
    let text = |take: &Take| {
        take.transcription
            .as_ref()
            .map(|heard| heard.transcript.text())
    };
    assert_eq!(text(&kept), text(&take));
}

#[test]
fn two_at_once_both_keep_their_takes() {
    let data = tempfile::tempdir().expect("a folder");
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2)
            .map(|_| scope.spawn(|| rehearse(data.path())))
            .collect();
        // And somebody who looks in, over and over, from before the journal is there.
        while threads.iter().any(|thread| !thread.is_finished()) {
            let ran = run(starling(data.path()).args(["history", "--json"]));
            assert_eq!(ran.code, 0, "{}", ran.err);
        }
        for thread in threads {
            thread.join().expect("a take");
        }
    });
    assert_eq!(states(data.path()), ["transcribed", "transcribed"]);
}

#[cfg(unix)]
#[test]
fn what_a_killed_program_recorded_is_listed() {
    let data = tempfile::tempdir().expect("a folder");
    let mic = format!("wav:{}", clip("strong_task_joe.flac").display());
    let mut program = std::process::Command::new(STARLING)
        .env("STARLING_DATA", data.path())
        .args(["rehearse", "--section", "task", "--json", "--mic", &mic])
        .stdout(Stdio::piped())
        .stdin(Stdio::null())
        .spawn()
        .expect("it starts");
    let events = BufReader::new(program.stdout.take().expect("a pipe")).lines();
    for event in events {
        if event.expect("UTF-8").contains("\"recording\"") {
            break;
        }
    }
    // A second and more of it is on the disk, and so is what it is.
    wait_until("sound", Duration::from_secs(60), || {
        let wav = take_files(data.path(), "wav").pop()?;
        (fs::metadata(wav).ok()?.len() > 48_000).then_some(())
    });
    program.kill().expect("it runs");
    program.wait().expect("it ran");
    let list = listed(data.path());
    assert_eq!(list.len(), 1);
    let told = (&list[0]["state"], &list[0]["story"], &list[0]["section"]);
    let expected = ("interrupted".into(), "webhook-drop".into(), "task".into());
    assert_eq!(told, (&expected.0, &expected.1, &expected.2));
    run(starling(data.path()).args(["export", "last", "--to", "x.srt"]))
        .fails(1, "is not transcribed yet: run `starling analyze --take");
    // Its words come into the journal by the terminal, too.
    let analyze = |arguments: &[&str]| {
        let ran = run(starling(data.path()).arg("analyze").args(arguments));
        ran.succeeds().documents().pop().expect("a report")
    };
    let report = analyze(&["--take", "last", "--json"]);
    let told = (&report["story"], &report["section"]);
    assert_eq!(told, (&expected.1, &expected.2));
    assert_eq!(states(data.path()), ["transcribed"]);
    let words = common::plain_words(&report);
    // And where nothing but its sound is left, as what it is said to be.
    fs::remove_file(data.path().join("journal.db")).expect("there");
    run(starling(data.path()).arg("history"))
        .has_one_message("found a recording without a database entry");
    let report = analyze(&["--take", "last", "--story", "wrong-call", "--json"]);
    let told = (&report["story"], &report["section"]);
    assert_eq!(told, (&"wrong-call".into(), &"task".into()));
    // A story's own terms are heard more easily; that there is speech, they do not change.
    assert_eq!(common::plain_words(&report).is_empty(), words.is_empty());
    let list = listed(data.path());
    assert_eq!(
        (&list[0]["state"], &list[0]["story"]),
        (&"transcribed".into(), &"wrong-call".into())
    );
    let wav = take_files(data.path(), "wav").pop().expect("a take");
    let wav = wav.display().to_string();
    let both = run(starling(data.path()).args(["analyze", "--take", "last", &wav]));
    assert_eq!(both.code, 2, "{}", both.err);
}

/// Rehearses a Task as fast as it goes; gives its feedback.
fn rehearse(data: &Path) -> Value {
    let mic = format!("wav:{}", clip("strong_task_joe.flac").display());
    let mut command = starling(data);
    command.args([
        "rehearse",
        "--section",
        "task",
        "--fast",
        "--json",
        "--mic",
        &mic,
    ]);
    let ran: CommandOutput = run(&mut command);
    let events = ran.succeeds().documents();
    let feedback = events.iter().find(|event| event["event"] == "feedback");
    feedback.expect("feedback").clone()
}

/// What `history` lists, newest first.
fn listed(data: &Path) -> Vec<Value> {
    let ran = run(starling(data).args(["history", "--json"]));
    let list = ran.succeeds().documents().remove(0);
    list.as_array().expect("a list").clone()
}

fn states(data: &Path) -> Vec<String> {
    let takes = listed(data);
    let states = takes.iter().filter_map(|take| take["state"].as_str());
    states.map(str::to_owned).collect()
}

/// The files under `folder` in which `text` stands.
fn holding(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(holding(&path, text));
        } else {
            let bytes = fs::read(&path).expect("a file");
            if bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes())
            {
                found.push(path.display().to_string());
            }
        }
    }
    found
}
