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

/// More screens, and the keys that lead to each from the one before. The last leads back home.
const DIALOGS: [(&str, &[Key]); 4] = [
    ("erase", &[Key::H, Key::A]),
    ("comparison", &[Key::Escape, Key::Enter, Key::C]),
    (
        "overview",
        &[
            Key::Escape,
            Key::Escape,
            Key::Escape,
            Key::Enter,
            Key::N,
            Key::N,
            Key::N,
            Key::N,
            Key::N,
        ],
    ),
    ("home", &[Key::Escape]),
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

#[test]
fn screens_of_a_netbook_look_like_their_references() {
    let window = Window::open("light", vec2(1024.0, 600.0));
    compare_folded_screens(window, "1024x600");
}

#[test]
fn screens_of_a_scaled_laptop_look_like_their_references() {
    let window = Window::open_scaled("dark", vec2(960.0, 540.0), 2.0);
    compare_folded_screens(window, "1920x1080@2");
}

#[test]
fn screens_of_a_narrow_window_look_like_their_references() {
    let mut window = Window::open("light", vec2(480.0, 480.0));
    window.compare("home-narrow");
    window.press(&[Key::H, Key::Enter]);
    window.compare("review-narrow");
    window.press(&[Key::Escape, Key::Escape, Key::Enter, Key::Space]);
    window.answer();
    window.compare("recording-narrow");
}

/// Compares every screen, and the answer at the end, which leads nowhere.
fn compare_folded_screens(mut window: Window, size: &str) {
    // The last dialog and the first screen are home.
    for (name, keys) in DIALOGS.into_iter().chain(SCREENS.into_iter().skip(1)) {
        window.press(keys);
        window.compare(&format!("{name}-{size}"));
    }
    window.press(&[Key::Space]);
    window.answer();
    window.compare(&format!("recording-{size}"));
}

fn compare_all_screens(theme: &str) {
    let mut window = Window::open(theme, SIZE);
    for (name, keys) in SCREENS {
        window.press(keys);
        window.compare(&format!("{name}-{theme}"));
    }
}
