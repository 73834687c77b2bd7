//! A data folder on a file system without locks, and one that is read-only.

use std::fs;
use std::path::Path;

use egui::{Key, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use starling::gui;
use starling::practice::session::{Session, Stage};
use starling::storage::Store;

use crate::common::process::tool;
use crate::common::{STARLING, run, starling};
use crate::{config, rehearse_fast, with_small_disk};

/// As on NFS: a server without locks is tolerated, and one with locks only locks files that are open for writing.
#[test]
fn file_system_without_locks_is_usable() {
    let data = tempfile::tempdir().expect("a folder");
    rehearse_fast(data.path());
    let log = data.path().join("calls");
    for _ in 0..2 {
        let mut command = tool("strace");
        command
            .args(["-f", "-qq", "-e", "trace=flock,openat", "-e"])
            .args(["inject=flock:error=ENOLCK", "-o"])
            .arg(&log)
            .arg(STARLING)
            .args(["history", "--json"])
            .env("STARLING_DATA", data.path());
        let output = command.output().expect("strace starts");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && errors.is_empty(), "{errors}");
        let list: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a list");
        assert_eq!(list[0]["state"], "transcribed", "{list:#}");
    }
    let calls = fs::read_to_string(log).expect("a log");
    assert!(calls.contains("ENOLCK"), "no lock was refused: {calls}");
    for name in ["journal.lock", "journal.open"] {
        let opened = calls.lines().filter(|line| line.contains(name));
        let opened: Vec<&str> = opened.collect();
        assert!(!opened.is_empty(), "{name} was not opened: {calls}");
        let for_writing = |line: &&str| line.contains("O_RDWR") || line.contains("O_WRONLY");
        assert!(opened.iter().all(for_writing), "{opened:#?}");
    }
}

/// Earlier takes can be listed and opened. The window reports once that nothing can be saved.
#[test]
fn read_only_data_folder_is_reported_once() {
    let name = "data_folder::read_only_data_folder_is_reported_once";
    with_small_disk(name, 12, |disk| {
        let with_take = disk.join("old");
        rehearse_fast(&with_take);
        let mut mount = tool("mount");
        mount.args(["-o", "remount,bind,ro"]).arg(disk);
        assert!(mount.status().expect("mount starts").success());
        for (data, takes) in [(&with_take, 1), (&disk.join("new"), 0)] {
            let list = run(starling(data).args(["history", "--json"]));
            let list = list.succeeds().documents().pop().expect("a list");
            assert_eq!(list.as_array().map(Vec::len), Some(takes));
            let mut window = open_window(data, takes);
            assert_problem_is_shown_once(&mut window);
            assert_take_is_refused(&mut window);

            window.key_press(Key::Escape);
            window.run_steps(3);
            window.key_press(Key::H);
            window.run_steps(3);
            let rows = labels(&window, "The webhook nobody owned");
            assert_eq!(rows > 0, takes > 0, "{:#?}", window.root());
        }
    });
}

/// The window on a data folder that cannot be locked because it is read-only.
fn open_window(data: &Path, takes: usize) -> Harness<'static, gui::App> {
    let store = Store::at(Some(data.to_owned())).expect("a data folder");
    let unwritable = store.lock_instance().expect_err("a read-only folder");
    assert_eq!(store.read_only().is_ok(), takes > 0);
    let app = gui::app(
        config(data, Some("no-such")),
        None,
        Some(&unwritable),
        || {},
    );
    let mut window = Harness::builder()
        .with_size(vec2(gui::FULL_SIZE[0], gui::FULL_SIZE[1]))
        .with_step_dt(0.1)
        .with_context_setup(gui::theme::install)
        .build_ui_state(
            |ui, app: &mut gui::App| {
                app.pump(ui.ctx());
                app.ui(ui);
            },
            app.expect("a window"),
        );
    window.run_steps(3);
    window
}

/// How many labels contain this text. The button that dismisses a notification repeats its text, and is not counted.
fn labels(window: &Harness<gui::App>, text: &str) -> usize {
    let nodes = window.query_all_by_label_contains(text);
    let nodes = nodes.filter(|node| {
        let label = node.accesskit_node().label().unwrap_or_default();
        !label.starts_with("Dismiss")
    });
    nodes.count()
}

/// The folder is reported at start; changed settings are reported once, however many change.
fn assert_problem_is_shown_once(window: &mut Harness<gui::App>) {
    assert_eq!(labels(window, "Recordings and settings cannot be saved"), 1);
    assert_eq!(
        labels(window, "Make it writable, or choose another folder"),
        1
    );
    window.key_press(Key::Comma);
    window.run_steps(3);
    for theme in ["Theme: Dark", "Theme: Light", "Theme: System"] {
        window.get_by_label(theme).click();
        window.run_steps(3);
    }
    window.key_press(Key::Escape);
    window.run_steps(3);
    assert_eq!(labels(window, "Your changes last until"), 1);
}

/// A take is refused with a message.
fn assert_take_is_refused(window: &mut Harness<gui::App>) {
    window.key_press(Key::Enter);
    window.run_steps(3);
    window.key_press(Key::Space);
    window.run_steps(3);
    assert_eq!(labels(window, "Cannot write to"), 2, "{:#?}", window.root());
    let stage = window.state().controller().session().map(Session::stage);
    assert_eq!(stage, Some(&Stage::Ready));
}
