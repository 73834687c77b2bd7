//! Exporting a take from the history.

use std::path::Path;

use egui::{Key, Modifiers};

use crate::common::temp_folder;
use crate::harness::Window;
use crate::past;

/// The history with the dialog that exports its only take.
fn open_dialog() -> Window {
    let mut window = past::with_takes(1).open();
    window.press(Key::H);
    window.press(Key::X);
    window.expect_texts([
        "Export Situation of ",
        "Format: Web page with audio (.html)",
    ]);
    window
}

/// Replaces the folder in the field of the dialog.
fn enter_folder(window: &mut Window, folder: &Path) {
    window.press(Key::F);
    window.press_with(Modifiers::COMMAND, Key::A);
    window.type_text(&folder.display().to_string());
}

/// How many files of a folder end in `ending`.
fn files(folder: &Path, ending: &str) -> usize {
    let entries = std::fs::read_dir(folder).expect("the destination");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    names
        .filter(|name| name.to_string_lossy().ends_with(ending))
        .count()
}

#[test]
fn take_is_exported_in_every_format_without_overwriting() {
    let destination = temp_folder();
    let destination = destination.path();
    let mut window = open_dialog();
    enter_folder(&mut window, destination);
    window.press(Key::Enter);
    window.wait_for_text("Exported to ");
    window.expect_announcement(&destination.display().to_string());
    assert_eq!(files(destination, ".html"), 1);

    // The destination is remembered, and the name gets a number.
    window.press_all([Key::X, Key::Num1, Key::Enter]);
    window.wait_for_text("-2.html");
    assert_eq!(files(destination, ".html"), 2);
    for (format, ending) in [
        (Key::Num2, ".md"),
        (Key::Num3, ".json"),
        (Key::Num4, ".srt"),
        (Key::Num5, ".wav"),
    ] {
        window.press_all([Key::X, format, Key::Enter]);
        window.wait_for_text(ending);
        window.wait_for_text("Exported to ");
        assert_eq!(files(destination, ending), 1, "files in {ending}");
    }
}

#[test]
fn export_into_a_missing_folder_is_reported_in_the_dialog() {
    let folder = temp_folder();
    let mut window = open_dialog();
    enter_folder(&mut window, &folder.path().join("nowhere"));
    window.press(Key::Enter);
    window.wait_for_text("does not exist: choose another one");
    window.expect_text("Export Situation of ");
    window.press(Key::Escape);
    window.expect_text("1 take");
}
