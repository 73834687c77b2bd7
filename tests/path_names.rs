//! Every path that a command takes may have any bytes in it, as file systems allow: also ones that are not
//! UTF-8.
#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, reason = "a failed test panics")]

mod common;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use common::{clip, run, starling, temp_folder};

/// A file name in Latin-1, with the characters that URIs escape.
fn odd(name: &str) -> OsString {
    let bytes = [b"caf\xe9 100%?#", name.as_bytes()].concat();
    OsStr::from_bytes(&bytes).to_owned()
}

/// `prefix` followed by a path.
fn joined(prefix: &str, path: &Path) -> OsString {
    let mut text = OsString::from(prefix);
    text.push(path);
    text
}

/// A data folder with an odd name, and a model in it.
fn data_folder(parent: &Path) -> PathBuf {
    let data = parent.join(odd(""));
    fs::create_dir_all(data.join("models")).expect("a folder");
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/ggml-tiny.en-q8_0.bin");
    std::os::unix::fs::symlink(model, data.join("models/ggml-mine.bin")).expect("a link");
    data
}

#[test]
fn paths_of_any_bytes_work_in_every_command() {
    let folder = temp_folder();
    let data = data_folder(folder.path());
    let recording = folder.path().join(odd(".flac"));
    fs::copy(clip("short_yes_joe.flac"), &recording).expect("a recording");
    let story = folder.path().join(odd(".toml"));
    fs::copy("content/wrong-call.toml", &story).expect("a story file");
    let answer = folder.path().join(odd(".txt"));
    fs::write(&answer, "I fixed it myself, and the errors fell by half.").expect("a text");

    let mut rehearse = starling(&data);
    rehearse.args([
        "rehearse",
        "--section",
        "task",
        "--fast",
        "--json",
        "--model",
        "mine",
        "--mic",
    ]);
    let ran = run(rehearse.arg(joined("wav:", &recording)));
    assert_eq!(ran.code, 0, "{}", ran.err);

    let mut analyze = starling(&data);
    analyze.args(["analyze", "--json", "--section", "task", "--story"]);
    run(analyze.arg(&story).arg(&recording)).succeeds();
    let mut analyze = starling(&data);
    analyze.args(["analyze", "--json", "--section", "task", "--text"]);
    run(analyze.arg(&answer)).succeeds();
    run(starling(&data).arg("check").arg(&story)).succeeds();
    let model = data.join("models").join(odd(".bin"));
    fs::rename(data.join("models/ggml-mine.bin"), &model).expect("own file");
    let mut analyze = starling(&data);
    analyze.args(["analyze", "--json", "--model"]).arg(&model);
    run(analyze.arg(&recording)).succeeds();

    for extension in [".md", ".html", ".json", ".srt", ".wav"] {
        let target = folder.path().join(odd(extension));
        let ran = run(starling(&data)
            .args(["export", "last", "--to"])
            .arg(&target));
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(target.exists(), "{extension} is not there");
    }
    let listed = || {
        let ran = run(starling(&data).args(["history", "--json"]));
        ran.succeeds().documents()[0].as_array().map(Vec::len)
    };
    assert_eq!(listed(), Some(1));
    // A folder that cannot be written to can be read.
    fs::set_permissions(&data, fs::Permissions::from_mode(0o500)).expect("own folder");
    assert_eq!(listed(), Some(1));
    fs::set_permissions(&data, fs::Permissions::from_mode(0o700)).expect("own folder");
    run(starling(&data).args(["erase", "last", "--yes"])).succeeds();
    assert_eq!(listed(), Some(0));
}

#[test]
fn missing_files_of_any_name_are_named() {
    let folder = temp_folder();
    let data = folder.path().join(odd(""));
    let missing = folder.path().join(odd(".missing.toml"));
    for arguments in [
        vec![OsStr::new("analyze"), missing.as_os_str()],
        vec![OsStr::new("check"), missing.as_os_str()],
        vec![
            OsStr::new("analyze"),
            OsStr::new("--text"),
            missing.as_os_str(),
        ],
        vec![
            OsStr::new("rehearse"),
            OsStr::new("--fast"),
            OsStr::new("--mic"),
            &joined("wav:", &missing),
        ],
    ] {
        let ran = run(starling(&data).args(&arguments));
        assert_ne!(ran.code, 0, "{arguments:?}");
        assert!(
            ran.err.contains(".missing.toml"),
            "{arguments:?}: {}",
            ran.err
        );
    }
}
