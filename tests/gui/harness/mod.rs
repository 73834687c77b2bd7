//! Opens the window without a screen, operates it and checks what it shows. Knows labels, roles and keys; the
//! tests know the screens.
//!
//! `setup` decides what the window starts with, `input` is what the user does, `events` what happens behind the
//! window, `screen` what the window is expected to show, and `state` what is behind it.
#![allow(dead_code, reason = "each test program uses its part")]

mod events;
mod input;
mod screen;
mod setup;
mod state;

use egui::Vec2;
use egui_kittest::Harness;
use starling::gui::App;

pub use screen::{PAGE, text_of};
pub use setup::Setup;
pub use state::{is_answering, stage};

/// The story that most tests practice.
pub const STORY: &str = "webhook-drop";
/// What a frame takes on egui's clock.
pub const FRAME_SECS: f32 = 0.1;

/// Frames after which an input or an event has taken effect.
const SETTLE_FRAMES: usize = 3;

/// An open window.
pub struct Window {
    harness: Harness<'static, App>,
    setup: Setup,
}

impl Window {
    /// The default [`Setup`].
    pub fn open() -> Self {
        Setup::new().open()
    }

    /// Closes the window. Its data folder stays.
    pub fn close(self) -> Setup {
        drop(self.harness);
        self.setup
    }

    /// Closes the window and opens it again on the same data folder.
    pub fn reopen(self) -> Self {
        self.close().open()
    }

    /// Makes the window this large, in points.
    pub fn resize(&mut self, size: Vec2) {
        self.harness.set_size(size);
        self.settle();
    }

    /// As [`Window::resize`], on a monitor with this many pixels per point.
    pub fn resize_scaled(&mut self, size: Vec2, scale: f32) {
        let viewports = &mut self.harness.input_mut().viewports;
        if let Some(viewport) = viewports.get_mut(&egui::ViewportId::ROOT) {
            viewport.native_pixels_per_point = Some(scale);
        }
        self.resize(size);
    }

    /// Makes the window this large, in points at a text size of 100 %.
    pub fn resize_native(&mut self, size: Vec2) {
        // A larger window may have room for larger text.
        for _ in 0..2 {
            let zoom = self.harness.ctx.zoom_factor();
            self.resize(size / zoom);
        }
    }
}
