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
