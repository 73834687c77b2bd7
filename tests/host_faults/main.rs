//! Faults of the host: a full disk, a data folder that is read-only or has no locks, kills in the middle of a write,
//! a second window, a stopped process, a model file that disappears. Every fault is real.
//! Linux only: the tests use namespaces and strace.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]
#![cfg(target_os = "linux")]

#[path = "../common/mod.rs"]
mod common;

mod data_folder;
mod disk_full;
mod killed;
mod process;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use common::process::tool;
use common::{STARLING, clip, clip_as_mic, run, starling, take_files, wait_until};
use starling::app::{Config, Controller};
use starling::asr::Isolation;
use starling::audio::{AudioSource, FilePacing};

/// No single step takes longer, even on a slow machine.
const STEP_TIMEOUT: Duration = Duration::from_secs(120);
/// Bytes of one second of a take: 16 kHz, 16 bits, mono.
const BYTES_PER_SECOND: u64 = 32_000;
/// Names the mount point in the copy of this test program that runs in its own mount namespace.
const DISK_VARIABLE: &str = "STARLING_TEST_DISK";

/// Runs `work` with the mount point of a small disk. `test` is the full name of the calling test.
///
/// Mounting needs a mount namespace, so the test program starts itself again in one and runs only this test there.
fn with_small_disk(test: &str, megabytes: u32, work: impl FnOnce(&Path)) {
    if let Some(disk) = std::env::var_os(DISK_VARIABLE).map(PathBuf::from) {
        let mut mount = tool("mount");
        let size = format!("size={megabytes}m");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&disk);
        assert!(mount.status().expect("mount starts").success());
        return work(&disk);
    }
    // Root in a container may create a mount namespace. Other users need a user namespace, too.
    let allowed = [&["-m"][..], &["-r", "-m"]].into_iter().find(|flags| {
        let mut probe = tool("unshare");
        let probe = probe
            .args(*flags)
            .args(["mount", "-t", "tmpfs", "tmpfs", "/mnt"]);
        probe.output().is_ok_and(|probe| probe.status.success())
    });
    let Some(flags) = allowed else {
        let _ = writeln!(
            std::io::stderr(),
            "tests/host_faults: {test} was skipped: this system does not allow mounting a disk. In a container allow \
             it with `docker run --cap-add=SYS_ADMIN --security-opt apparmor=unconfined`; elsewhere allow user \
             namespaces with `sysctl kernel.unprivileged_userns_clone=1`"
        );
        return;
    };
    let disk = tempfile::tempdir().expect("a folder");
    let output = tool("unshare")
        .args(flags)
        .arg(std::env::current_exe().expect("path of this program"))
        .args(["--exact", test, "--nocapture"])
        .env(DISK_VARIABLE, disk.path())
        .output()
        .expect("unshare starts");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && stdout.contains("1 passed"),
        "{stdout}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Writes a file that takes all the free space, and returns its path.
fn fill_disk(disk: &Path) -> PathBuf {
    let path = disk.join("filler");
    let mut file = fs::File::create(&path).expect("a file");
    for block in [1 << 16, 1 << 12, 1] {
        while file.write_all(&vec![7; block]).is_ok() {}
    }
    path
}

/// All files under a folder, recursively.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => files(&path),
            false => vec![path],
        })
        .collect()
}

/// The files that contain these bytes.
fn files_containing(folder: &Path, bytes: &[u8]) -> Vec<String> {
    let mut found = files(folder);
    found.retain(|path| {
        let content = fs::read(path).expect("a readable file");
        content.windows(bytes.len()).any(|window| window == bytes)
    });
    found
        .iter()
        .map(|path| path.display().to_string())
        .collect()
}

/// The files with the id of a take in their path.
fn files_of_take(folder: &Path, take: &str) -> Vec<String> {
    let paths = files(folder).into_iter();
    let paths = paths.map(|path| {
        let relative = path.strip_prefix(folder).expect("inside the folder");
        relative.display().to_string()
    });
    paths.filter(|path| path.contains(take)).collect()
}

/// The value of `--mic` for a clip of a Task.
fn mic_argument() -> String {
    clip_as_mic("strong_task_joe.flac")
}

/// Practices a task as fast as the clip can be read.
fn rehearse_fast(data: &Path) {
    let mut command = starling(data);
    command.args(["rehearse", "--section", "task", "--fast", "--mic"]);
    run(command.arg(mic_argument())).succeeds();
}

/// Practices a task at the pace of speech, with these arguments added.
fn rehearse_command(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(STARLING);
    command
        .args(["rehearse", "--section", "task", "--json", "--mic"])
        .arg(mic_argument())
        .args(arguments)
        .env("STARLING_DATA", data)
        .env("PULSE_SERVER", "unix:/nonexistent");
    command
}

/// Waits until the take after `earlier` others has this much audio on disk.
#[track_caller]
fn wait_for_audio(data: &Path, earlier: usize, seconds: u64) {
    wait_until("audio of the take on disk", STEP_TIMEOUT, || {
        let take = take_files(data, "wav").into_iter().nth(earlier)?;
        let bytes = fs::metadata(take).ok()?.len();
        (bytes >= seconds * BYTES_PER_SECOND).then_some(())
    });
}

fn config(data: &Path, model: Option<&str>) -> Config {
    let clip = clip("strong_task_joe.flac");
    Config {
        data: Some(data.to_owned()),
        source: Some(AudioSource::File(clip, FilePacing::RealTime)),
        model: model.map(Into::into),
        channel: None,
        isolation: Isolation::Subprocess(STARLING.into()),
    }
}

fn start_controller(data: &Path, model: Option<&str>) -> Controller {
    Controller::start(config(data, model), || {}).expect("a data folder")
}
