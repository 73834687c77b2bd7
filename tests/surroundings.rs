//! What shells, terminals, desktops and other programs do to the program's arguments and files: links, read-only
//! files, pipes, unexpanded paths, control characters, updates while it runs. docs/field-reports.md has the reports
//! that these tests come from.
#![allow(clippy::expect_used, reason = "a failed test panics")]
#![cfg(unix)]

mod common;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use common::process::{Program, recognizer_pids, send_signal, tool};
use common::{STARLING, clip_as_mic, fast_rehearsal, run, starling, temp_folder, wait_until};
use starling::domain::profile::OwnershipStyle;
use starling::storage::{Settings, Store, Theme};

/// Too short for words, so that a rehearsal takes no longer than it must.
const CLIP: &str = "edge_tiny_0.2s.wav";

fn folder_with_take() -> tempfile::TempDir {
    let data = temp_folder();
    run(starling(data.path()).args(fast_rehearsal("task", CLIP))).succeeds();
    data
}

fn export(data: &Path, to: &Path) -> common::CommandOutput {
    run(starling(data)
        .args(["export", "last", "--to"])
        .arg(to)
        .env("HOME", data))
}

#[test]
fn export_writes_the_file_that_a_link_names() {
    let data = folder_with_take();
    let folder = temp_folder();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("shared")).expect("a folder");
    fs::write(at("shared/report.md"), "old").expect("a file");
    // A link to a link, and one to a file that does not exist yet.
    symlink("shared/report.md", at("second.md")).expect("a link");
    symlink(at("second.md"), at("first.md")).expect("a link");
    symlink("shared/new.md", at("new.md")).expect("a link");
    for (link, file) in [
        ("first.md", "shared/report.md"),
        ("new.md", "shared/new.md"),
    ] {
        export(data.path(), &at(link)).succeeds();
        assert!(at(link).is_symlink(), "{link} was replaced");
        let text = fs::read_to_string(at(file)).expect("a report");
        assert!(text.starts_with("# "), "{link}: {text}");
    }
    assert!(at("second.md").is_symlink());
    // Not even a link leads into the folder of the takes.
    let take = common::take_files(data.path(), "wav").remove(0);
    let before = fs::read(&take).expect("a take");
    symlink(&take, at("take.wav")).expect("a link");
    export(data.path(), &at("take.wav")).fails(2, "inside the folder of the takes");
    assert_eq!(fs::read(&take).expect("a take"), before);
    symlink(at("round.md"), at("round.md")).expect("a link");
    export(data.path(), &at("round.md")).fails(1, "round.md");
}

#[test]
fn export_keeps_read_only_files_and_feeds_pipes() {
    let data = folder_with_take();
    let folder = temp_folder();
    let locked = folder.path().join("final.html");
    fs::write(&locked, "signed off").expect("a file");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o444)).expect("own file");
    export(data.path(), &locked).fails(1, "Make it writable, or choose another place");
    assert_eq!(fs::read_to_string(&locked).expect("a file"), "signed off");

    let pipe = folder.path().join("take.json");
    assert!(
        tool("mkfifo")
            .arg(&pipe)
            .status()
            .expect("mkfifo")
            .success()
    );
    let reader = tool("cat").arg(&pipe).stdout(Stdio::piped()).spawn();
    let reader = reader.expect("cat starts");
    export(data.path(), &pipe).succeeds();
    let read = reader.wait_with_output().expect("what was read").stdout;
    assert!(read.starts_with(b"{\"schema\":1"), "{read:?}");
    let kind = pipe.metadata().expect("a pipe").file_type();
    assert!(kind.is_fifo(), "the pipe was replaced");
}

/// A message names what is wrong, and does not blame the disk for it.
#[test]
fn missing_places_are_named() {
    let data = folder_with_take();
    let folder = temp_folder();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("folder.srt")).expect("a folder");
    symlink("/nonexistent/drive/x.md", at("x.md")).expect("a link");
    for (to, part) in [
        ("no such/x.md", "there is no folder"),
        ("x.md", "there is no folder /nonexistent/drive"),
        ("folder.srt", "is a directory"),
    ] {
        let ran = export(data.path(), &at(to));
        ran.fails(1, part);
        assert!(!ran.err.contains("disk space"), "{}", ran.err);
    }
    symlink("/nonexistent/drive", at("data")).expect("a link");
    fs::write(at("file"), "").expect("a file");
    for (place, part) in [
        (
            at("data"),
            "is a link to /nonexistent/drive, which does not exist",
        ),
        (
            at("data/deeper"),
            "is a link to /nonexistent/drive, which does not exist",
        ),
        (at("file/data"), "Not a directory"),
    ] {
        let ran = run(starling(&place).args(fast_rehearsal("task", CLIP)));
        ran.fails(1, part);
        assert!(!ran.err.contains("disk space"), "{}", ran.err);
    }
}

/// Shells leave `~` in `--data=~/folder`, in quotes, and in the files that set variables.
#[test]
fn home_is_found_where_no_shell_has_named_it() {
    let home = temp_folder();
    let elsewhere = temp_folder();
    let command = || {
        let mut command = starling(home.path());
        command
            .current_dir(elsewhere.path())
            .env("HOME", home.path());
        command
    };
    let mut by_argument = command();
    by_argument
        .arg("--data=~/kept here")
        .args(fast_rehearsal("task", CLIP));
    run(&mut by_argument).succeeds();
    let mut by_variable = command();
    by_variable
        .env("STARLING_DATA", "~/kept here")
        .arg("history");
    let listed = run(&mut by_variable);
    assert_eq!(listed.succeeds().out.lines().count(), 1, "{}", listed.out);
    let mut exported = command();
    exported.env("STARLING_DATA", "~/kept here");
    run(exported.args(["export", "last", "--to=~/take.srt"])).succeeds();
    assert!(home.path().join("take.srt").is_file());
    let left = fs::read_dir(elsewhere.path()).expect("a folder").count();
    assert_eq!(left, 0, "something was written to the current folder");
}

#[test]
fn settings_stay_a_link_and_a_locked_file_stays_as_it_is() {
    let dotfiles = temp_folder();
    let data = temp_folder();
    let store = Store::at(Some(data.path().to_owned())).expect("chosen folder");
    let (kept, link) = (dotfiles.path().join("s"), data.path().join("settings.toml"));
    fs::write(&kept, "theme = \"dark\"\n").expect("a file");
    symlink(&kept, &link).expect("a link");
    let mut settings = store.settings().expect("read through the link");
    assert_eq!(settings.theme, Theme::Dark);
    settings.theme = Theme::Light;
    store.save_settings(&settings).expect("writable");
    assert!(link.is_symlink(), "the link was replaced");
    let text = fs::read_to_string(&kept).expect("the file of the link");
    assert!(text.contains("theme = \"light\""), "{text}");

    fs::set_permissions(&kept, fs::Permissions::from_mode(0o400)).expect("own file");
    let why = store
        .save_settings(&Settings::default())
        .expect_err("locked");
    assert!(why.to_string().contains("Make it writable"), "{why}");
    assert_eq!(fs::read_to_string(&kept).expect("as it was"), text);
}

/// As Notepad, PowerShell and word processors save it.
#[test]
fn profile_is_read_in_every_encoding() {
    let text = "# 90 %\r\nownership = \"collaborative\"\r\npause_red = 3.0\r\n";
    let utf16 = |mark: u16, unit: fn(u16) -> [u8; 2]| {
        let units = std::iter::once(mark).chain(text.encode_utf16());
        units.flat_map(unit).collect::<Vec<u8>>()
    };
    let curly = text.replace("\"collaborative\"", "\u{201d}collaborative\u{201d}");
    for (name, bytes) in [
        ("a mark", format!("\u{feff}{text}").into_bytes()),
        ("UTF-16", utf16(0xfeff, u16::to_le_bytes)),
        ("big-endian UTF-16", utf16(0xfeff, u16::to_be_bytes)),
        ("curly quotes", curly.into_bytes()),
        ("old Mac lines", text.replace("\r\n", "\r").into_bytes()),
    ] {
        let data = temp_folder();
        let store = Store::at(Some(data.path().to_owned())).expect("chosen folder");
        fs::write(data.path().join("profile.toml"), bytes).expect("a file");
        let profile = store
            .profile()
            .unwrap_or_else(|why| panic!("{name}: {why}"));
        assert_eq!(profile.ownership, OwnershipStyle::Collaborative, "{name}");
        let changed = store.change_profile(|profile| profile.pause_red = 2.5);
        let changed = changed.unwrap_or_else(|why| panic!("{name}: {why}"));
        assert_eq!(store.profile().expect("saved"), changed, "{name}");
        assert_eq!(changed.ownership, OwnershipStyle::Collaborative, "{name}");
    }
    let data = temp_folder();
    fs::write(data.path().join("profile.toml"), b"# \xfc\n\n# caf\xe9\n").expect("a file");
    let store = Store::at(Some(data.path().to_owned())).expect("chosen folder");
    let why = store.profile().expect_err("Latin-1").to_string();
    assert!(why.contains("line 1: not UTF-8"), "{why}");
    assert!(why.contains("save the file as UTF-8"), "{why}");
}

#[test]
fn terminal_obeys_nothing_that_a_name_or_a_story_contains() {
    let data = folder_with_take();
    let stories = data.path().join("stories");
    fs::create_dir(&stories).expect("a folder");
    let story = fs::read_to_string("content/webhook-drop.toml").expect("a story file");
    let story = story.replacen("webhook-drop", "odd", 2).replacen(
        "title = \"",
        "title = \"\\u001b]0;owned\\u0007\\u009b2J",
        1,
    );
    fs::write(stories.join("odd.toml"), story).expect("a file");
    let name = |end: &str| data.path().join(format!("a\u{1b}[31mb\r{end}"));
    fs::copy(common::clip(CLIP), name(".wav")).expect("a copy");
    fs::write(name(".txt"), "I led it. I fixed it.").expect("a file");
    let os = OsStr::new;
    let (wav, text, missing) = (name(".wav"), name(".txt"), name(".no"));
    let commands: [Vec<&OsStr>; 7] = [
        vec![os("stories")],
        vec![os("check"), os("stories/odd.toml")],
        vec![os("check"), missing.as_os_str()],
        vec![os("analyze"), wav.as_os_str()],
        vec![os("analyze"), missing.as_os_str()],
        vec![os("analyze"), os("--text"), text.as_os_str()],
        vec![os("export"), os("last"), os("--to"), missing.as_os_str()],
    ];
    for arguments in commands {
        let ran = run(starling(data.path())
            .current_dir(data.path())
            .args(&arguments));
        let printed = ran.out + &ran.err;
        let is_obeyed = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        assert!(!printed.contains(is_obeyed), "{arguments:?}: {printed:?}");
        assert!(printed.len() > 10, "{arguments:?}");
    }
}

/// A key that a terminal sends in another encoding does not end the reading of keys.
#[test]
fn enter_stops_an_answer_after_bytes_that_are_no_text() {
    let data = temp_folder();
    let mut command = Command::new(STARLING);
    command
        .args(["rehearse", "--section", "task", "--json", "--mic"])
        .arg(clip_as_mic("strong_situation_joe.flac"))
        .env("STARLING_DATA", data.path())
        .env("PULSE_SERVER", "unix:/nonexistent");
    let mut program = Program::start(&mut command);
    program.wait_for("count_in");
    program.type_bytes(b"caf\xe9 \xff\xfe\n");
    program.wait_for("recording");
    std::thread::sleep(Duration::from_millis(500));
    program.press_enter();
    // The clip takes 24 seconds.
    program.wait_for_within(Duration::from_secs(15), "stopped");
}

/// An update replaces or removes the file of the running program. Its recognizer still starts again.
#[cfg(target_os = "linux")]
#[test]
fn recognizer_restarts_after_the_program_was_updated() {
    let data = temp_folder();
    let installed = temp_folder();
    let copy: PathBuf = installed.path().join("starling");
    for update in [
        (|path: &Path| fs::remove_file(path)) as fn(&Path) -> std::io::Result<()>,
        |path| {
            fs::remove_file(path)?;
            fs::write(path, "another version")
        },
    ] {
        fs::copy(STARLING, &copy).expect("a copy");
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
        let _ = symlink(&models, installed.path().join("models"));
        let mut command = Command::new(&copy);
        command
            .args(["rehearse", "--section", "task", "--json", "--mic"])
            .arg(clip_as_mic("short_two_weeks_joe.flac"))
            .env("STARLING_DATA", data.path())
            .env("PULSE_SERVER", "unix:/nonexistent");
        let mut program = Program::start(&mut command);
        program.wait_for("count_in");
        update(&copy).expect("an update");
        let first = recognizer_pids(program.pid());
        assert_eq!(first.len(), 1, "one recognizer");
        send_signal(first[0], "KILL");
        let feedback = program.wait_for("feedback");
        let words = common::plain_words(&feedback["report"]);
        assert_eq!(words, "two weeks");
        let (status, _, errors) = program.wait_for_exit();
        assert!(status.success(), "{errors:?}");
        wait_until("the end of the recognizer", Duration::from_secs(10), || {
            (!Path::new(&format!("/proc/{}", first[0])).exists()).then_some(())
        });
    }
}
