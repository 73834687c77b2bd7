//! The real window on an X server, drawn with OpenGL in software.

use std::process::Command;
use std::time::Duration;

use crate::common::process::Program;
use crate::common::x_server::Screen;
use crate::common::{STARLING, clip_as_mic, temp_folder, wait_until};

/// Size of the scaled pictures of the window.
const COLUMNS: usize = 150;
const ROWS: usize = 90;
/// A channel that differs by this much shows another color.
const COLOR_DIFFERENCE: u8 = 32;
const TIMEOUT: Duration = Duration::from_secs(60);

#[test]
fn real_window_opens_draws_and_closes() {
    let data = temp_folder();
    let mut screen = Screen::start();
    let mut command = Command::new(STARLING);
    command
        .args(["open", "--story", "webhook-drop", "--mic"])
        .arg(clip_as_mic("edge_silence_30s.flac"))
        .env("STARLING_DATA", data.path());
    screen.set_environment(&mut command);
    let mut program = Program::start(&mut command);
    screen.focus("Starling", &mut program);
    screen.resize(1200, 720);
    let home = wait_until("a window that is not blank", TIMEOUT, || {
        let picture = screen.picture(COLUMNS, ROWS);
        has_content(&picture).then_some(picture)
    });
    wait_until("the list of shortcuts", TIMEOUT, || {
        screen.press("question");
        let picture = screen.picture(COLUMNS, ROWS);
        let changed = differing_pixels(&picture, &home);
        (changed > COLUMNS * ROWS / 20).then_some(())
    });
    screen.press("alt+F4");
    let (status, _, errors) = program.wait_for_exit();
    assert!(status.success(), "{errors:?}");
}

/// Screens as small laptops have them: size in pixels, and pixels per point.
const SMALL_SCREENS: [(&str, &str); 3] = [
    ("1024x600", "1"),
    ("1366x768", "1.5"),
    ("1920x1080", "2.25"),
];

#[test]
fn start_button_is_on_a_small_screen() {
    for (size, scale) in SMALL_SCREENS {
        let data = temp_folder();
        std::fs::write(data.path().join("settings.toml"), "theme = \"dark\"\n").expect("space");
        let mut screen = Screen::start_sized(size);
        let mut command = Command::new(STARLING);
        command
            .args(["open", "--story", "webhook-drop", "--mic"])
            .arg(clip_as_mic("edge_silence_30s.flac"))
            .env("WINIT_X11_SCALE_FACTOR", scale)
            .env("STARLING_DATA", data.path());
        screen.set_environment(&mut command);
        let mut program = Program::start(&mut command);
        screen.focus("Starling", &mut program);
        let what = format!("the primary button at the bottom of {size} at scale {scale}");
        wait_until(&what, TIMEOUT, || {
            // From home to the preparation; there, the key does nothing.
            screen.press("Return");
            let picture = screen.whole_picture(COLUMNS, ROWS);
            has_primary_button(&picture).then_some(())
        });
        screen.press("alt+F4");
        let (status, _, errors) = program.wait_for_exit();
        assert!(status.success(), "{errors:?}");
    }
}

/// Whether the lowest fifth of the picture has the color of primary buttons, with some background below it.
fn has_primary_button(picture: &[u8]) -> bool {
    let accent = [0x35_u8, 0xC2, 0xAE];
    let is_accent = |pixel: &[u8]| {
        let channels = std::iter::zip(pixel, accent);
        channels
            .into_iter()
            .all(|(a, b)| a.abs_diff(b) < COLOR_DIFFERENCE)
    };
    let rows: Vec<bool> = picture
        .chunks(3 * COLUMNS)
        .map(|row| row.chunks(3).filter(|pixel| is_accent(pixel)).count() >= 4)
        .collect();
    let lowest = rows.iter().rposition(|has_accent| *has_accent);
    lowest.is_some_and(|row| row > ROWS * 4 / 5 && row < ROWS - 1)
}

/// At least a fiftieth of the picture has another color than its first pixel, which is background.
fn has_content(picture: &[u8]) -> bool {
    let background: Vec<u8> = picture[..3].repeat(picture.len() / 3);
    differing_pixels(picture, &background) > COLUMNS * ROWS / 50
}

fn differing_pixels(picture: &[u8], other: &[u8]) -> usize {
    let pixels = std::iter::zip(picture.chunks(3), other.chunks(3));
    let differs = |(pixel, other): &(&[u8], &[u8])| {
        std::iter::zip(*pixel, *other).any(|(a, b)| a.abs_diff(*b) > COLOR_DIFFERENCE)
    };
    pixels.filter(differs).count()
}
