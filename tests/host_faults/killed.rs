//! The program is killed in the middle of an export, an erase or a migration. strace kills it at a chosen system call.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;

use serde_json::Value;
use starling::domain::take::TakeId;
use starling::storage::Store;
use tempfile::TempDir;

use crate::common::builders::{TakeBuilder, words};
use crate::common::process::tool;
use crate::common::{STARLING, run, starling, take_files};
use crate::{files_containing, files_of_take, rehearse_fast};

const SIGKILL: i32 = 9;
/// The takes that the erase test writes.
const TAKES: [&str; 3] = ["one", "two", "three"];

/// The export leaves the previous file, or all of the new one.
#[test]
fn killed_export_leaves_no_partial_file() {
    let data = tempfile::tempdir().expect("a folder");
    rehearse_fast(data.path());
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("take.html");
    run(starling(data.path())
        .args(["export", "last", "--to"])
        .arg(&target))
    .succeeds();
    let complete = fs::read(&target).expect("the export");
    let writes = (1..=6).map(|number| format!("write:signal=KILL:when={number}"));
    let others = [
        "fsync:signal=KILL",
        "linkat:signal=KILL",
        "/^rename:signal=KILL",
    ];
    let mut killed = 0;
    for fault in writes.chain(others.map(str::to_owned)) {
        for previous in [None, Some("before")] {
            // Fails if there is no file, which is what the test needs.
            let _ = fs::remove_file(&target);
            if let Some(text) = previous {
                fs::write(&target, text).expect("space");
            }
            let status = export_with_fault(data.path(), &target, &fault);
            killed += usize::from(status.signal() == Some(SIGKILL));
            for entry in fs::read_dir(folder.path()).expect("a folder") {
                let path = entry.expect("an entry").path();
                let content = fs::read(&path).expect("a file");
                let is_previous =
                    path == target && previous.is_some_and(|text| content == text.as_bytes());
                assert!(
                    is_previous || content == complete,
                    "{fault}, previous file {previous:?}: {} has {} bytes of {}",
                    path.display(),
                    content.len(),
                    complete.len()
                );
                if path != target {
                    fs::remove_file(path).expect("a file");
                }
            }
        }
    }
    assert!(killed >= 7, "only {killed} exports were killed");
}

/// Runs an export in which strace injects `fault`.
fn export_with_fault(data: &Path, target: &Path, fault: &str) -> ExitStatus {
    let mut command = tool("strace");
    command
        .args(["-f", "-qq", "-o", "/dev/null", "-e"])
        .arg(format!("inject={fault}"))
        .arg(STARLING)
        .args(["export", "last", "--to"])
        .arg(target)
        .env("STARLING_DATA", data);
    command.output().expect("strace starts").status
}

/// After the next start, each take is there completely, or gone completely.
#[test]
fn killed_erase_is_finished_at_next_start() {
    let before = data_folder_with_takes();
    for erased in [vec!["two"], vec!["--all"]] {
        let (mut present, mut gone) = (0, 0);
        for fault in faults_of_erase(before.path(), &erased) {
            let (data, status, _) = trace_erase(before.path(), &erased, &fault);
            assert_eq!(status.signal(), Some(SIGKILL), "{erased:?}, {fault}");
            let history = run(starling(data.path()).args(["history", "--json"]));
            let history = history.succeeds().documents().pop().expect("a list");
            for name in TAKES {
                let case = format!("erase {erased:?}, {fault}: take {name}");
                if is_listed(&history, name) {
                    present += 1;
                    assert_take_is_complete(before.path(), data.path(), name, &case);
                } else {
                    gone += 1;
                    assert!(erased == ["--all"] || erased == [name], "{case} is missing");
                    let text = files_containing(data.path(), secret(name).as_bytes());
                    assert_eq!(text, [""; 0], "{case}");
                    assert_eq!(files_of_take(data.path(), name), [""; 0], "{case}");
                }
            }
        }
        assert!(
            present > 0 && gone > 10,
            "{erased:?}: {present} takes were present, {gone} were gone"
        );
    }
}

/// A word that only this take contains, in transcript and audio.
fn secret(take: &str) -> String {
    format!("secret{take}q")
}

/// A data folder whose takes were saved several times with different lengths, so that their text lies on many
/// pages of the take database.
fn data_folder_with_takes() -> TempDir {
    let data = tempfile::tempdir().expect("a folder");
    let store = Store::at(Some(data.path().to_owned())).expect("a data folder");
    let mut take_db = store.open_take_db().expect("a take database").db;
    for turn in 0..9 {
        let name = TAKES[turn * 2 % 3];
        let text = vec![secret(name); 40 + turn * 71 % 200].join(" ");
        let take = TakeBuilder::new(name).words(words(&text)).build();
        fs::write(store.wav(&take.id), secret(name).repeat(20_000)).expect("space");
        take_db.save(&take).expect("space");
    }
    data
}

/// Faults that kill the erase: up to ten, evenly spread, at each kind of system call that changes a file.
fn faults_of_erase(before: &Path, erased: &[&str]) -> Vec<String> {
    const CALLS: &str = "pwrite64,write,ftruncate,fsync,fdatasync,/^rename,/^unlink";
    const PER_CALL: usize = 10;
    let (_, status, log) = trace_erase(before, erased, &format!("trace={CALLS}"));
    assert!(status.success());
    // strace numbers the calls of each kind separately.
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for line in log.lines() {
        let (call, _) = line.split_once('(').expect("a system call");
        *counts.entry(call).or_insert(0) += 1;
    }
    let faults = counts.iter().flat_map(|(call, count)| {
        let numbers = (1..=*count).step_by(count.div_ceil(PER_CALL));
        numbers.map(move |number| format!("inject={call}:signal=KILL:when={number}"))
    });
    faults.collect()
}

/// Erases in a copy of the data folder, under strace with this expression. Returns the copy, the exit status and
/// the log of strace.
fn trace_erase(before: &Path, erased: &[&str], expression: &str) -> (TempDir, ExitStatus, String) {
    let data = tempfile::tempdir().expect("a folder");
    copy_folder(before, data.path());
    let log_path = data.path().join("calls");
    let mut command = tool("strace");
    command
        .args(["-qq", "-o"])
        .arg(&log_path)
        .args(["-e", expression])
        .arg(STARLING)
        .arg("erase")
        .args(erased)
        .arg("--yes")
        .env("STARLING_DATA", data.path());
    let output = command.output().expect("strace starts");
    let log = fs::read_to_string(&log_path).expect("a log");
    fs::remove_file(log_path).expect("the log");
    (data, output.status, log)
}

fn is_listed(history: &Value, take: &str) -> bool {
    let rows = history.as_array().expect("a list").iter();
    rows.filter(|row| row["take"] == take).count() == 1
}

fn assert_take_is_complete(before: &Path, data: &Path, take: &str, case: &str) {
    let audio = |data: &Path| fs::read(data.join(format!("takes/{take}.wav"))).ok();
    assert!(
        audio(data) == audio(before),
        "{case}: its audio has changed"
    );
    let store = Store::at(Some(data.to_owned())).expect("a data folder");
    let take_db = store.open_take_db().expect("a take database").db;
    let take = take_db.take(&TakeId(take.to_owned())).expect("the take");
    assert!(
        take.transcription.is_some(),
        "{case} has lost its transcript"
    );
}

/// Copies a folder with everything in it.
fn copy_folder(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let copy = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            fs::create_dir_all(&copy).expect("space");
            copy_folder(&path, &copy);
        } else {
            fs::copy(&path, copy).expect("space");
        }
    }
}

/// A migration of an older take database leaves the old state or the new one.
#[test]
fn killed_migration_loses_nothing() {
    let before = tempfile::tempdir().expect("a folder");
    rehearse_fast(before.path());
    let older = rusqlite::Connection::open(before.path().join("journal.db")).expect("a database");
    older
        .execute_batch(include_str!("../data/take_db_version_2.sql"))
        .expect("a database of the current version");
    older
        .execute_batch("DROP TABLE quiz; PRAGMA user_version = 1")
        .expect("an older database");
    drop(older);
    let mut killed = 0;
    // One run for each of the first write calls of SQLite.
    for number in 1..=14 {
        let data = tempfile::tempdir().expect("a folder");
        fs::create_dir(data.path().join("takes")).expect("space");
        let wavs = take_files(before.path(), "wav").into_iter();
        for file in wavs.chain([before.path().join("journal.db")]) {
            let name = file.strip_prefix(before.path()).expect("inside the folder");
            fs::copy(&file, data.path().join(name)).expect("space");
        }
        let mut command = tool("strace");
        command
            .args(["-f", "-qq", "-o", "/dev/null", "-e"])
            .arg(format!(
                "inject=pwrite64,ftruncate:signal=KILL:when={number}"
            ))
            .arg(STARLING)
            .args(["history", "--json"])
            .env("STARLING_DATA", data.path());
        let output = command.output().expect("strace starts");
        killed += usize::from(output.status.signal() == Some(SIGKILL));
        let history = run(starling(data.path()).args(["history", "--json"]));
        let history = history.succeeds().documents().pop().expect("a list");
        assert_eq!(
            history.as_array().map(Vec::len),
            Some(1),
            "killed at write {number}"
        );
        assert_eq!(
            history[0]["state"], "transcribed",
            "killed at write {number}"
        );
    }
    assert!(killed >= 5, "only {killed} migrations were killed");
}
