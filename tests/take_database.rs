//! The commands `history`, `export`, `erase` and `analyze --take`, and the take database underneath:
//! unusable, from older versions, used by two processes, or left by a killed one. No audio is lost.
#![allow(clippy::expect_used, reason = "a failed test panics")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use base64::Engine;
use common::process::Program;
use common::{
    STARLING, clip_as_mic, fast_rehearsal, plain_words, run, starling, take_files, temp_folder,
    wait_until,
};
use serde_json::Value;
use starling::domain::take::Take;
use starling::storage::{Store, TakeFilter};

const TASK_CLIP: &str = "strong_task_joe.flac";
/// The message about audio whose take the database does not know.
const WITHOUT_ENTRY: &str = "found a recording without a database entry";

#[test]
fn export_writes_the_report_and_audio_in_each_format() {
    let data = temp_folder();
    let feedback = rehearse(data.path());
    let id = feedback["take"].as_str().expect("a take id");
    let wav = fs::read(data.path().join(format!("takes/{id}.wav"))).expect("audio");
    let out = temp_folder();
    let export = |name: &str, take: &str| {
        let file = out.path().join(name);
        let mut command = starling(data.path());
        run(command.args(["export", take, "--to"]).arg(&file)).succeeds();
        fs::read(&file).expect("an exported file")
    };
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");

    let json: Value = serde_json::from_slice(&export("take.json", id)).expect("JSON");
    assert_eq!(json, feedback["report"], "exported report");
    assert!(
        export("take.WAV", "last") == wav,
        "exported audio differs from the take"
    );
    let html = text(export("take.html", &id[..19]));
    let (_, embedded) = html.split_once("data:audio/wav;base64,").expect("audio");
    let (base64, _) = embedded.split_once('"').expect("the end of the audio");
    let audio = base64::engine::general_purpose::STANDARD.decode(base64);
    assert!(audio.expect("base64") == wav, "audio in the HTML page");
    let page = html.replace(embedded, "");
    assert!(
        !page.contains("http:") && !page.contains("https:"),
        "the HTML page refers to the internet"
    );
    let markdown = text(export("take.md", "last"));
    for (format, page) in [("HTML", &html), ("Markdown", &markdown)] {
        for part in [
            "Task",
            &id[..10],
            "decided",
            "no ticket",
            "Likely hiring decision",
        ] {
            assert!(page.contains(part), "no \"{part}\" in {format}");
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
        let file = fs::metadata(out.path().join("take.html")).expect("the exported page");
        assert_eq!(file.permissions().mode() & 0o777, 0o600, "permissions");
    }

    let ran = run(starling(data.path()).args(["history", "--story", "wrong-call", "--json"]));
    assert_eq!(ran.succeeds().out, "[]\n", "takes of another story");
    let ran = run(starling(data.path()).args(["history", "--section", "task"]));
    assert!(ran.succeeds().out.contains("webhook-drop"), "{}", ran.out);
}

#[test]
fn export_refuses_unknown_takes_and_unsuitable_places() {
    let data = temp_folder();
    let feedback = rehearse(data.path());
    let id = feedback["take"].as_str().expect("a take id");
    let out = temp_folder();
    let fails = |take: &str, to: &str, code: i32, message: &str| {
        let mut command = starling(data.path());
        command.current_dir(out.path());
        let ran = run(command.args(["export", take, "--to", to]));
        assert_eq!(ran.code, code, "export to {to}: {}", ran.err);
        assert!(ran.err.contains(message), "export to {to}: {}", ran.err);
    };
    fails("last", "take.txt", 2, ".md, .html, .json, .srt or .wav");
    let missing = "cannot write to no/such/folder.md";
    fails("last", "no/such/folder.md", 1, missing);
    fails("2019", "x.md", 2, "no take named `2019`");
    fails("", "x.md", 2, "is ambiguous");
    fs::create_dir(out.path().join("folder.md")).expect("a folder");
    fails("last", "folder.md", 1, "cannot write to folder.md");

    // Not over another take, nor over itself.
    let takes = data.path().join("takes");
    let inside = "inside the folder of the takes";
    for name in [format!("{id}.wav").as_str(), "other.wav", "a.md"] {
        let to = takes.join(name).display().to_string();
        fails(id, &to, 2, inside);
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&takes, out.path().join("link")).expect("a link");
        fails(id, "link/other.wav", 2, inside);
        fs::remove_file(out.path().join("link")).expect("the link");
    }
    assert_eq!(file_names(&takes).len(), 1, "files beside the take");
    assert_eq!(file_names(out.path()), ["folder.md"], "partial exports");
}

#[test]
fn erased_take_is_gone_from_every_file() {
    let data = temp_folder();
    fs::create_dir_all(data.path().join("stories")).expect("a folder");
    fs::write(data.path().join("settings.toml"), "theme = \"dark\"\n").expect("settings");
    let first = rehearse(data.path());
    rehearse(data.path());
    let id = first["take"].as_str().expect("a take id");
    assert!(!files_with(data.path(), "decided").is_empty());

    let unconfirmed = "--yes erases without asking";
    run(starling(data.path()).args(["erase", id])).fails(2, unconfirmed);
    run(starling(data.path()).args(["erase", "--all"])).fails(2, unconfirmed);
    for arguments in [&["erase"][..], &["erase", id, "--all"]] {
        let ran = run(starling(data.path()).args(arguments));
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.err);
    }
    assert_eq!(history(data.path()).len(), 2);

    let erased = run(starling(data.path()).args(["erase", id, "--yes"]));
    assert_eq!(erased.succeeds().out, "erased 1 take\n");
    assert_eq!(history(data.path()).len(), 1);
    assert_eq!(files_with(data.path(), id), [""; 0]);
    assert!(!data.path().join(format!("takes/{id}.wav")).exists());
    run(starling(data.path()).args(["erase", id, "--yes"])).fails(2, "no take named");

    fs::write(data.path().join("journal.db.broken-2026-01-01"), "decided").expect("a file");
    let erased = run(starling(data.path()).args(["erase", "--all", "--yes"]));
    let message = &erased.succeeds().out;
    assert!(
        message.starts_with("erased 1 take. Your settings, stories"),
        "{message}"
    );
    for text in ["decided", "RIFF"] {
        assert_eq!(files_with(data.path(), text), [""; 0], "files with {text}");
    }
    assert!(data.path().join("settings.toml").exists());
    assert!(data.path().join("stories").exists());
    assert_eq!(history(data.path()), [Value::Null; 0]);
}

#[cfg(target_os = "linux")]
#[test]
fn erase_asks_at_a_terminal() {
    let data = temp_folder();
    fs::create_dir_all(data.path().join("takes")).expect("a folder");
    let wav = data.path().join("takes/mine.wav");
    fs::write(&wav, "sound").expect("an audio file");
    for (answer, is_kept) in [("\n", true), ("no\n", true), ("y\n", false)] {
        let output = erase_at_a_terminal(data.path(), "mine", answer);
        assert!(output.contains("cannot be undone. [y/N]"), "{output}");
        assert_eq!(output.contains("erased 1 take"), !is_kept, "{output}");
        assert_eq!(wav.exists(), is_kept, "audio after the answer {answer:?}");
    }
}

/// Quarantined databases are erased too, even if there is nothing else.
#[cfg(target_os = "linux")]
#[test]
fn erase_all_names_everything_it_erases() {
    let data = temp_folder();
    let asks = |answer: &str, question: &str| {
        let output = erase_at_a_terminal(data.path(), "--all", answer);
        assert!(output.contains(question), "no {question:?} in {output}");
    };
    let forget_takes = || {
        fs::remove_dir_all(data.path().join("takes")).expect("takes");
        fs::remove_file(data.path().join("journal.db")).expect("a database");
    };
    fs::create_dir_all(data.path().join("takes")).expect("a folder");
    fs::write(data.path().join("takes/mine.wav"), "sound").expect("an audio file");
    asks(
        "n\n",
        "the only take with its recording and transcript, and all quiz answers?",
    );
    forget_takes();
    let quarantined = ["broken", "newer"].map(|why| {
        let name = format!("journal.db.{why}-2026-11-23T18-04-09");
        let file = data.path().join(name);
        fs::write(&file, "words").expect("a file");
        file
    });
    asks(
        "n\n",
        "all 0 takes with their recordings and transcripts, all quiz answers, and 2 quarantined databases?",
    );
    forget_takes();
    asks("y\n", "erased 0 takes");
    let left: Vec<&PathBuf> = quarantined.iter().filter(|file| file.exists()).collect();
    assert!(left.is_empty(), "not erased: {left:?}");
}

#[test]
fn unusable_database_is_quarantined_and_costs_no_audio() {
    let data = temp_folder();
    let feedback = rehearse(data.path());
    let database = data.path().join("journal.db");
    let original = fs::read(&database).expect("a database");
    let mut newer = original.clone();
    // The user version in the header (sqlite.org/fileformat2.html, 1.3).
    newer[60..64].copy_from_slice(&99_u32.to_be_bytes());
    let cases: [(&[u8], &str, &str); 4] = [
        (b"dear diary", "journal.db.broken-", "cannot be read"),
        (&original[..4096], "journal.db.broken-", "cannot be read"),
        (
            &newer,
            "journal.db.newer-",
            "was written by a newer Starling",
        ),
        (b"", "", WITHOUT_ENTRY),
    ];
    for (bytes, quarantine, message) in cases {
        fs::write(&database, bytes).expect("a database");
        let ran = run(starling(data.path()).args(["history", "--json"]));
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.has_one_message(message);
        let takes = ran.documents().remove(0);
        assert_eq!(takes.as_array().map(Vec::len), Some(1), "{message}");
        assert_eq!(takes[0]["take"], feedback["take"]);
        assert_eq!(takes[0]["state"], "interrupted");
        assert_eq!(takes[0]["section"], "task");
        if !quarantine.is_empty() {
            let names = file_names(data.path()).into_iter();
            let mut quarantined = names.filter(|name| name.starts_with(quarantine));
            assert!(
                quarantined.any(|name| fs::read(data.path().join(name)).expect("a file") == bytes),
                "the database was not quarantined as {quarantine}: {message}"
            );
        }
        run(starling(data.path()).arg("history")).succeeds();
        run(starling(data.path()).args(["export", "last", "--to", "x.md"]))
            .fails(1, " remains: `starling analyze");
    }
    // The new database takes the next take, and the original one still knows the first.
    rehearse(data.path());
    assert_eq!(history(data.path()).len(), 2);
    fs::write(&database, original).expect("a database");
    let long_ago = SystemTime::now() - Duration::from_secs(60);
    for wav in take_files(data.path(), "wav") {
        // Audio that was written a moment ago would count as being recorded by another process.
        let file = fs::File::options().append(true).open(wav);
        let file = file.expect("an audio file");
        file.set_modified(long_ago).expect("an older file");
    }
    run(starling(data.path()).arg("history")).has_one_message(WITHOUT_ENTRY);
    let mut states = states(data.path());
    states.sort();
    assert_eq!(states, ["interrupted", "transcribed"]);
}

#[test]
fn takes_of_older_versions_are_imported() {
    let data = temp_folder();
    let report = rehearse(data.path())["report"].clone();
    let store = Store::at(Some(data.path().to_owned())).expect("a data folder");
    let take = remove_from_database(&store);
    let sidecar = store.wav(&take.id).with_extension("json");
    fs::write(&sidecar, serde_json::to_vec_pretty(&take).expect("JSON")).expect("a JSON file");

    assert_eq!(states(data.path()), ["transcribed"]);
    assert!(!sidecar.exists(), "the imported file is left");
    let file = data.path().join("take.json");
    let mut command = starling(data.path());
    run(command.args(["export", "last", "--to"]).arg(&file)).succeeds();
    let exported: Value =
        serde_json::from_slice(&fs::read(file).expect("an exported report")).expect("JSON");
    // Times may differ in their last digit, because the JSON parser rounds.
    for part in ["/transcript/text", "/audio", "/ownership/i", "/verdict"] {
        assert_eq!(exported.pointer(part), report.pointer(part), "{part}");
    }

    // A file that cannot be read is left unchanged, and its audio is listed.
    fs::remove_file(data.path().join("journal.db")).expect("a database");
    fs::write(&sidecar, "{").expect("a JSON file");
    let ran = run(starling(data.path()).arg("history"));
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("The file was not changed"), "{}", ran.err);
    assert!(ran.out.contains("interrupted"), "{}", ran.out);
    assert!(sidecar.exists(), "the unreadable file is gone");
}

#[cfg(unix)]
#[test]
fn killed_import_loses_no_take() {
    let data = temp_folder();
    rehearse(data.path());
    let store = Store::at(Some(data.path().to_owned())).expect("a data folder");
    let mut take = remove_from_database(&store);
    fs::remove_file(store.wav(&take.id)).expect("an audio file");
    let count = 400;
    for number in 0..count {
        take.id.0 = format!("older-{number:03}");
        let json = serde_json::to_vec(&take).expect("JSON");
        fs::write(store.wav(&take.id).with_extension("json"), json).expect("a JSON file");
    }
    // Kills at various times. The import may be complete before the last ones.
    for ms in [5, 10, 20, 30, 40, 60, 80, 120, 160, 240] {
        let mut program = std::process::Command::new(STARLING)
            .env("STARLING_DATA", data.path())
            .arg("history")
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        std::thread::sleep(Duration::from_millis(ms));
        program.kill().expect("the program can be killed");
        program.wait().expect("an exit status");
    }
    assert_eq!(states(data.path()), vec!["transcribed"; count]);
    let left = take_files(data.path(), "json");
    assert!(left.is_empty(), "not imported: {left:?}");
    take.id.0 = "older-007".to_owned();
    let take_db = store.open_take_db().expect("a take database").db;
    let imported = take_db.take(&take.id).expect("an imported take");
    assert_eq!(text(&imported), text(&take));
}

#[test]
fn two_processes_keep_the_takes_of_both() {
    let data = temp_folder();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2)
            .map(|_| scope.spawn(|| rehearse(data.path())))
            .collect();
        // A third process reads all the time, also while the database is created.
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
fn take_of_a_killed_program_is_listed_and_can_be_transcribed() {
    let data = temp_folder();
    record_and_kill(data.path());
    let is_listed_as = |state: &str, story: &str| {
        let list = history(data.path());
        assert_eq!(list.len(), 1, "{list:#?}");
        let listed = ["state", "story", "section"].map(|key| list[0][key].as_str());
        assert_eq!(listed, [Some(state), Some(story), Some("task")]);
    };
    is_listed_as("interrupted", "webhook-drop");
    run(starling(data.path()).args(["export", "last", "--to", "x.srt"]))
        .fails(1, "is not transcribed yet: run `starling analyze --take");

    let analyze = |arguments: &[&str]| {
        let ran = run(starling(data.path()).arg("analyze").args(arguments));
        ran.succeeds().documents().pop().expect("a report")
    };
    let report = analyze(&["--take", "last", "--json"]);
    assert_eq!(report["story"], "webhook-drop");
    assert_eq!(report["section"], "task");
    assert_eq!(states(data.path()), ["transcribed"]);

    // Without the database only the audio is left. The user then names the story.
    fs::remove_file(data.path().join("journal.db")).expect("a database");
    run(starling(data.path()).arg("history")).has_one_message(WITHOUT_ENTRY);
    let other = analyze(&["--take", "last", "--story", "wrong-call", "--json"]);
    assert_eq!(other["story"], "wrong-call");
    assert_eq!(other["section"], "task");
    // The terms of a story help the recognizer. They do not decide whether there is speech.
    assert_eq!(
        plain_words(&other).is_empty(),
        plain_words(&report).is_empty()
    );
    is_listed_as("transcribed", "wrong-call");

    let wav = take_files(data.path(), "wav").pop().expect("a take");
    let wav = wav.display().to_string();
    let both = run(starling(data.path()).args(["analyze", "--take", "last", &wav]));
    assert_eq!(both.code, 2, "a take and a file at once: {}", both.err);
}

/// Rehearses in real time and kills the program when more than a second of audio is on disk.
#[cfg(unix)]
fn record_and_kill(data: &Path) {
    let mut command = std::process::Command::new(STARLING);
    command
        .env("STARLING_DATA", data)
        .args(["rehearse", "--section", "task", "--json", "--mic"])
        .arg(clip_as_mic(TASK_CLIP));
    let mut program = Program::start(&mut command);
    program.wait_for("recording");
    wait_until("a second of audio", Duration::from_secs(60), || {
        let wav = take_files(data, "wav").pop()?;
        (fs::metadata(wav).ok()?.len() > 48_000).then_some(())
    });
    drop(program);
}

/// Rehearses a task as fast as possible and returns the event with its feedback.
fn rehearse(data: &Path) -> Value {
    let ran = run(starling(data).args(fast_rehearsal("task", TASK_CLIP)));
    let events = ran.succeeds().documents().into_iter();
    let mut feedback = events.filter(|event| event["event"] == "feedback");
    feedback.next().expect("feedback")
}

/// Erases a take, or `--all`, at a terminal and returns what it shows. `script` provides the terminal and
/// is part of every Debian.
#[cfg(target_os = "linux")]
fn erase_at_a_terminal(data: &Path, what: &str, answer: &str) -> String {
    let mut command = assert_cmd::Command::new("script");
    command
        .args(["--quiet", "--return", "--command"])
        .arg(format!("{STARLING} erase {what}"))
        .arg("/dev/null")
        .env("STARLING_DATA", data)
        .timeout(Duration::from_secs(60))
        .write_stdin(answer);
    let ran = run(&mut command);
    assert_eq!(ran.code, 0, "{}", ran.out);
    ran.out
}

/// Deletes the database, as if the takes were from a version that had none, and returns its only take.
fn remove_from_database(store: &Store) -> Take {
    let take_db = store.open_take_db().expect("a take database").db;
    let list = take_db.list(&TakeFilter::default()).expect("a list");
    let take = take_db.take(&list[0].id).expect("a take");
    drop(take_db);
    let wav = store.wav(&take.id);
    let data = wav.ancestors().nth(2).expect("a data folder");
    fs::remove_file(data.join("journal.db")).expect("a database");
    take
}

/// The takes that `history` lists, newest first.
fn history(data: &Path) -> Vec<Value> {
    let ran = run(starling(data).args(["history", "--json"]));
    let list = ran.succeeds().documents().remove(0);
    list.as_array().expect("a list").clone()
}

fn states(data: &Path) -> Vec<String> {
    let takes = history(data);
    let states = takes.iter().filter_map(|take| take["state"].as_str());
    states.map(str::to_owned).collect()
}

fn text(take: &Take) -> Option<String> {
    let transcription = take.transcription.as_ref();
    transcription.map(|transcription| transcription.transcript.text())
}

/// Sorted names of the files in a folder.
fn file_names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string());
    let mut names: Vec<String> = names.map(|name| name.expect("UTF-8")).collect();
    names.sort();
    names
}

/// The files below `folder` that contain `text`.
fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
            continue;
        }
        let bytes = fs::read(&path).expect("a file");
        let mut windows = bytes.windows(text.len());
        if windows.any(|window| window == text.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
    found
}
