//! The program in unusual places: copied, linked, packaged, with a data folder that others can read, and names and
//! settings as people and other programs write them.
#![allow(clippy::expect_used, reason = "a failed test panics")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use common::{STARLING, clip, fast_rehearsal, run, starling, temp_folder};
use serde_json::Value;

/// The program at `path`, with its own data folder, without screen and microphone.
fn program(path: &Path, data: &Path) -> Command {
    let mut command = Command::new(path);
    let environment = starling(data);
    for (name, value) in environment.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

/// The check called `name` in the output of `doctor`.
fn check(command: &mut Command, name: &str) -> Value {
    let checks = run(command).documents().remove(0);
    let mut checks = checks.as_array().into_iter().flatten();
    checks
        .find(|check| check["check"] == name)
        .unwrap_or_else(|| panic!("no check {name}"))
        .clone()
}

/// A copy of the program in a new folder.
fn copy_to(folder: &Path) -> PathBuf {
    fs::create_dir_all(folder).expect("space");
    let copy = folder.join("starling");
    fs::copy(STARLING, &copy).expect("space");
    copy
}

#[cfg(unix)]
#[test]
fn copied_and_linked_program_transcribes_without_any_model_file() {
    let folder = temp_folder();
    let copy = copy_to(&folder.path().join("a/very/deep/folder"));
    let link = folder.path().join("bin/starling");
    fs::create_dir_all(folder.path().join("bin")).expect("space");
    std::os::unix::fs::symlink(&copy, &link).expect("a link");
    for path in [&copy, &link] {
        let data = folder.path().join("data");
        for name in ["model", "language"] {
            let check = check(program(path, &data).args(["doctor", "--json"]), name);
            assert_eq!(check["ok"], true, "{check}");
            let says = check["says"].as_str().expect("a sentence");
            assert!(says.ends_with("part of this program"), "{says}");
        }
        let mut analyze = program(path, &data);
        analyze
            .args(["analyze", "--section", "task"])
            .arg(clip("short_two_weeks_joe.flac"));
        let output = run(&mut analyze).succeeds().out.to_lowercase();
        assert!(output.contains("two weeks"), "{output}");
    }
}

/// A copy that is damaged or was put into the data folder by hand does not matter.
#[test]
fn damaged_copies_of_the_included_models_are_not_used() {
    let data = temp_folder();
    let models = data.path().join("models");
    fs::create_dir_all(&models).expect("space");
    for name in [
        "ggml-tiny.en-q8_0.bin",
        "ggml-silero-v6.2.0.bin",
        "all-minilm-l6-v2-int8.safetensors",
    ] {
        fs::write(models.join(name), "no model").expect("space");
    }
    run(starling(data.path()).args(fast_rehearsal("task", "strong_task_joe.flac"))).succeeds();
}

/// Models that are not included: beside the program, or where packages put data.
#[test]
fn other_models_are_found_where_packages_put_them() {
    for place in [
        "usr/bin/models",
        "usr/share/starling/models",
        "usr/lib/starling/models",
    ] {
        let root = temp_folder();
        let copy = copy_to(&root.path().join("usr/bin"));
        let models = root.path().join(place);
        fs::create_dir_all(&models).expect("space");
        fs::copy(
            "models/ggml-tiny.en-q8_0.bin",
            models.join("ggml-packaged.bin"),
        )
        .expect("space");
        let mut doctor = program(&copy, &root.path().join("data"));
        let check = check(
            doctor.args(["doctor", "--json", "--model", "packaged"]),
            "model",
        );
        assert_eq!(check["ok"], true, "{place}: {check}");
        let says = check["says"].as_str().expect("a sentence");
        assert!(says.contains(place), "{place}: {says}");
    }
}

/// An append-only folder keeps its permissions, as an exFAT disk does, even for the superuser.
#[cfg(target_os = "linux")]
#[test]
#[allow(clippy::print_stderr, reason = "says that it was skipped")]
fn folder_whose_permissions_do_not_hold_is_reported_once() {
    use std::os::unix::fs::PermissionsExt;
    // Not below a folder that is closed to others, as temporary folders are.
    let root = temp_folder();
    let everyone = fs::Permissions::from_mode(0o755);
    fs::set_permissions(root.path(), everyone.clone()).expect("own folder");
    let data = root.path().join("data");
    let takes = data.join("takes");
    fs::create_dir_all(&takes).expect("space");
    for folder in [&data, &takes] {
        fs::set_permissions(folder, everyone.clone()).expect("own folder");
    }
    // A folder with files of others is not restricted.
    fs::write(data.join("letter.txt"), "dear").expect("space");
    let attribute = |flag: &str| {
        let changed = Command::new("chattr").arg(flag).arg(&takes).output();
        changed.is_ok_and(|output| output.status.success())
    };
    if !attribute("+a") {
        eprintln!(
            "folder_whose_permissions_do_not_hold_is_reported_once was skipped: it needs root and chattr"
        );
        return;
    }
    let checked = check(starling(&data).args(["doctor", "--json"]), "permissions");
    let rehearsed = run(starling(&data).args(fast_rehearsal("task", "short_yes_joe.flac")));
    let notice = run(starling(&data).arg("privacy")).out;
    assert!(attribute("-a"), "the folder can be deleted");
    let sentence = "other users of this computer can read";
    assert_eq!(checked["ok"], false, "{checked}");
    let says = checked["says"].as_str().expect("a sentence");
    assert!(
        says.starts_with(sentence) && says.contains("--data"),
        "{says}"
    );
    let events = rehearsed.succeeds().documents();
    let warnings = events.iter().filter(|event| {
        let text = event["text"].as_str().unwrap_or_default();
        event["event"] == "warning" && text.starts_with(sentence)
    });
    assert_eq!(warnings.count(), 1, "{events:#?}");
    let notice = notice.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        notice.contains("Other users of this computer can read"),
        "{notice}"
    );
    assert!(!notice.contains("only you"), "{notice}");
    // The same folder, once its permissions can be restricted.
    let checked = check(starling(&data).args(["doctor", "--json"]), "permissions");
    assert_eq!(checked["ok"], true, "{checked}");
}

#[test]
fn doctor_without_sound_and_screen_checks_the_rest() {
    let data = temp_folder();
    let doctor = run(starling(data.path()).args(["doctor", "--json"]));
    assert_eq!(doctor.code, 1);
    let checks = doctor.documents().remove(0);
    let checks = checks.as_array().expect("a list");
    let state = |check: &Value| match (&check["ok"], &check["skipped"]) {
        (Value::Bool(true), Value::Bool(false)) => "ok",
        (Value::Bool(true), Value::Bool(true)) => "skipped",
        (Value::Bool(false), Value::Bool(false)) => "failed",
        _ => "?",
    };
    let states: Vec<String> = checks
        .iter()
        .map(|check| {
            format!(
                "{} {}",
                check["check"].as_str().unwrap_or("?"),
                state(check)
            )
        })
        .collect();
    let expected = [
        "processor ok",
        "model ok",
        "language ok",
        "microphone failed",
        "formats ok",
        "disk ok",
        "permissions ok",
        "database ok",
        "settings ok",
        "stories ok",
        "zone ok",
        "screen failed",
        "opengl skipped",
        "fonts skipped",
    ];
    assert_eq!(states, expected);
}

#[test]
fn doctor_names_unreadable_settings_stories_database_and_zone() {
    let data = temp_folder();
    let folder = data.path();
    fs::create_dir_all(folder.join("stories")).expect("space");
    fs::create_dir_all(folder.join("takes")).expect("space");
    fs::write(folder.join("settings.toml"), "\n\ncues = 7\n").expect("space");
    fs::write(folder.join("stories/mine.toml"), "schema = 1\nid = 3\n").expect("space");
    fs::write(folder.join("journal.db"), "no database".repeat(500)).expect("space");
    for (name, expected) in [
        ("settings", "line 3: "),
        ("stories", "mine.toml:2: "),
        ("database", "journal.db"),
        ("zone", "TZ=Mars/Olympus is unknown"),
    ] {
        let mut doctor = starling(folder);
        doctor.args(["doctor", "--json"]).env("TZ", "Mars/Olympus");
        let check = check(&mut doctor, name);
        assert_eq!(check["ok"], false, "{check}");
        assert!(
            check["says"]
                .as_str()
                .expect("a sentence")
                .contains(expected),
            "{check}"
        );
    }
    // Nothing was changed or set aside.
    let database = fs::read_to_string(folder.join("journal.db")).expect("it exists");
    assert!(database.starts_with("no database"));
}

/// As copied from a text, a chat or a keyboard of another language.
#[test]
fn stories_and_takes_are_found_by_other_spellings_of_their_names() {
    let data = temp_folder();
    for story in [
        "wrong-call",
        "Wrong-Call",
        "wrong\u{2011}call",
        "ｗｒｏｎｇ－ｃａｌｌ",
        " wrong\u{2013}call\u{200b}",
    ] {
        let mut analyze = starling(data.path());
        analyze
            .args(["analyze", "--json", "--section", "task", "--story", story])
            .arg(clip("short_yes_joe.flac"));
        let report = run(&mut analyze).succeeds().documents().remove(0);
        assert_eq!(report["story"], "wrong-call", "{story}");
    }
    run(starling(data.path()).args(fast_rehearsal("task", "short_yes_joe.flac"))).succeeds();
    let takes = run(starling(data.path()).args(["history", "--json"]))
        .documents()
        .remove(0);
    let id = takes[0]["take"].as_str().expect("an id").to_owned();
    let copied = format!(" {}\u{200e}", id.replace('-', "\u{2013}"));
    run(starling(data.path()).args(["erase", "--yes", &copied])).succeeds();
    let takes = run(starling(data.path()).args(["history", "--json"]))
        .documents()
        .remove(0);
    assert_eq!(takes.as_array().map(Vec::len), Some(0));
}
