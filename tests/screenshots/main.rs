//! Screenshot tests: the main screens, light and dark, look like their reference images in this folder.
//! CONTRIBUTING.md says how to renew the images.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]

#[path = "../common/mod.rs"]
mod common;
mod software_renderer;
mod tolerance;
mod window;
#[cfg(target_os = "linux")]
mod x11;

use egui::{Key, Vec2, vec2};
use window::Window;

const SIZE: Vec2 = vec2(1280.0, 800.0);
const SMALL_SIZE: Vec2 = vec2(900.0, 600.0);

/// The screens, and the keys that lead to each from the one before.
const SCREENS: [(&str, &[Key]); 14] = [
    ("home", &[]),
    ("shortcuts", &[Key::Questionmark]),
    ("settings", &[Key::Escape, Key::Comma]),
    ("learn", &[Key::Escape, Key::L]),
    ("section", &[Key::Num3]),
    ("weak", &[Key::Num0]),
    ("quiz", &[Key::Q]),
    ("mock", &[Key::Escape, Key::I]),
    ("question", &[Key::Enter]),
    ("privacy", &[Key::Escape, Key::K]),
    ("history", &[Key::Escape, Key::H]),
    ("trends", &[Key::T]),
    ("review", &[Key::Escape, Key::Enter]),
    ("ready", &[Key::Escape, Key::Escape, Key::Enter]),
];

#[test]
fn light_screens_look_like_their_references() {
    compare_all_screens("light");
}

#[test]
fn dark_screens_look_like_their_references() {
    compare_all_screens("dark");
}

#[test]
fn screens_of_smallest_window_look_like_their_references() {
    let mut window = Window::open("light", SMALL_SIZE);
    window.compare("home-small");
    window.press(&[Key::H, Key::Enter]);
    window.compare("review-small");
}

fn compare_all_screens(theme: &str) {
    let mut window = Window::open(theme, SIZE);
    for (name, keys) in SCREENS {
        window.press(keys);
        window.compare(&format!("{name}-{theme}"));
    }
}
