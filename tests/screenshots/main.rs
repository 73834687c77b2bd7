//! The main screens look as they did when somebody last looked at them: each is compared, made small, with
//! the picture of it in `screenshots/`. `STARLING_LOOKS=keep cargo test --test screenshots` puts today's in their place.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]
#![cfg(target_os = "linux")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::process::{Program, tool};
use common::x_server::Screen;
use common::{STARLING, clip, run, starling};

/// The window, and the cells of eight points that it is looked at by: text is grey in them, so that another
/// machine's smoothing of letters does not count, and where it stands does.
const SIZE: (usize, usize) = (1200, 720);
const CELLS: (usize, usize) = (SIZE.0 / 8, SIZE.1 / 8);
/// A cell is another one when a colour is off by so much, of 255.
const ANOTHER: u8 = 32;
/// So many cells may be others: days and times change, and are a few letters each.
const OTHERS: usize = CELLS.0 * CELLS.1 / 200;
/// A screen stands still by then.
const SETTLES_WITHIN: Duration = Duration::from_secs(20);
/// Keeps the pictures where this is set.
const KEEP: &str = "STARLING_LOOKS";

/// Each screen by the keys that lead to it from the one before.
const SCREENS: [(&str, &[&str]); 14] = [
    ("home", &[]),
    ("shortcuts", &["question"]),
    ("settings", &["Escape", "comma"]),
    ("learn", &["Escape", "l"]),
    ("section", &["3"]),
    ("weak", &["0"]),
    ("quiz", &["q"]),
    ("mock", &["Escape", "i"]),
    ("question", &["Return"]),
    ("kept", &["Escape", "k"]),
    ("history", &["Escape", "h"]),
    ("trends", &["t"]),
    ("review", &["Escape", "Return"]),
    ("ready", &["Escape", "Escape", "Return"]),
];

#[test]
fn the_screens_look_as_they_did() {
    let mut wrong = Vec::new();
    let mut kept: Vec<(String, Vec<u8>)> = Vec::new();
    for theme in ["light", "dark"] {
        let data = tempfile::tempdir().expect("a folder");
        let mut rehearse = starling(data.path());
        rehearse
            .args([
                "rehearse",
                "--fast",
                "--json",
                "--story",
                "webhook-drop",
                "--section",
                "task",
                "--mic",
            ])
            .arg(format!("wav:{}", clip("strong_task_joe.flac").display()));
        run(&mut rehearse).succeeds();
        let settings = format!("theme = \"{theme}\"\nmotion = \"reduced\"\n");
        fs::write(data.path().join("settings.toml"), settings).expect("room");

        let mut screen = Screen::start();
        let mut command = Command::new(STARLING);
        command
            .args(["open", "--story", "webhook-drop", "--mic"])
            .arg(format!("wav:{}", clip("edge_silence_30s.flac").display()))
            .env("STARLING_DATA", data.path());
        screen.set_environment(&mut command);
        let mut program = Program::start(&mut command);
        screen.focus("Starling", &mut program);
        screen.resize(SIZE.0, SIZE.1);
        std::thread::sleep(Duration::from_secs(3));
        for (name, keys) in SCREENS {
            for key in keys {
                screen.press(key);
                settled(&screen);
            }
            let name = format!("{name}-{theme}");
            let reference = reference(&name);
            if std::env::var_os(KEEP).is_some() {
                keep(&settled(&screen), &reference);
            }
            let was = kept_in(&reference);
            let is = alike(&screen, &was);
            let others = others(&is, &was);
            if others > OTHERS {
                let now = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
                keep(&is, &now);
                wrong.push(format!(
                    "{name}: {others} cells differ, {OTHERS} may, see {}",
                    now.display()
                ));
            }
            kept.push((name, was));
        }
        screen.press("alt+F4");
        let (status, _, complaints) = program.wait_for_exit();
        assert!(status.success(), "{complaints:?}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // That it can fail: no two of them pass for each other.
    for (at, (name, picture)) in kept.iter().enumerate() {
        for (other, another) in &kept[..at] {
            assert!(
                others(picture, another) > 2 * OTHERS,
                "{name} looks like {other}"
            );
        }
    }
}

/// A picture of the window once two in a row are alike.
fn settled(screen: &Screen) -> Vec<u8> {
    let mut last = screen.picture(CELLS.0, CELLS.1);
    let end = Instant::now() + SETTLES_WITHIN;
    loop {
        std::thread::sleep(Duration::from_millis(150));
        let now = screen.picture(CELLS.0, CELLS.1);
        if others(&now, &last) == 0 || Instant::now() > end {
            return now;
        }
        last = now;
    }
}

/// A picture of the window once it is like another one, or of how it stays.
fn alike(screen: &Screen, another: &[u8]) -> Vec<u8> {
    let end = Instant::now() + SETTLES_WITHIN;
    loop {
        let now = settled(screen);
        if others(&now, another) <= OTHERS || Instant::now() > end {
            return now;
        }
    }
}

/// How many cells of one picture are others than those of another.
fn others(one: &[u8], another: &[u8]) -> usize {
    let cells = std::iter::zip(one.chunks(3), another.chunks(3));
    let is_another =
        |(a, b): &(&[u8], &[u8])| std::iter::zip(*a, *b).any(|(a, b)| a.abs_diff(*b) > ANOTHER);
    cells.filter(is_another).count()
}

fn reference(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/screenshots")
        .join(format!("{name}.png"))
}

fn keep(picture: &[u8], path: &Path) {
    use std::io::Write;
    let size = format!("{}x{}", CELLS.0, CELLS.1);
    let mut convert = tool("convert");
    convert
        .args(["-size", &size, "-depth", "8", "rgb:-"])
        .arg(path)
        .stdin(Stdio::piped());
    let mut convert = convert.spawn().expect("convert starts");
    let mut to = convert.stdin.take().expect("its stdin");
    to.write_all(picture).expect("it reads");
    drop(to);
    assert!(
        convert.wait().expect("it ends").success(),
        "{}",
        path.display()
    );
}

fn kept_in(path: &Path) -> Vec<u8> {
    let read = tool("convert")
        .arg(path)
        .args(["-depth", "8", "rgb:-"])
        .output()
        .expect("convert starts");
    assert!(
        read.status.success(),
        "{}: {}",
        path.display(),
        String::from_utf8_lossy(&read.stderr)
    );
    read.stdout
}
