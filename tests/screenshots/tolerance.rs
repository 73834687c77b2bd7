//! Checks the comparison itself: it tolerates another machine's smoothing of letters, and finds small changes.

use egui::{Pos2, Rect, vec2};
use egui_kittest::{Harness, SnapshotResult, try_image_snapshot_options};
use image::RgbaImage;
use starling::gui::theme;

use crate::common::temp_folder;
use crate::software_renderer::SoftwareRenderer;
use crate::window::snapshot_options;

#[test]
fn different_smoothing_of_an_edge_is_tolerated() {
    let image = draw("Section 1 of 5", 20.0);
    let (x, y) = edge_pixel(&image);
    let mut smoothed = image.clone();
    for channel in 0..3 {
        let value = &mut smoothed.get_pixel_mut(x, y).0[channel];
        *value = value.saturating_add(40);
    }
    assert_ne!(image, smoothed);
    if let Err(difference) = compare(&image, &smoothed) {
        panic!("a differently smoothed pixel fails: {difference}");
    }
}

#[test]
fn one_changed_letter_is_found() {
    let (image, changed) = (draw("Section 1 of 5", 20.0), draw("Section 2 of 5", 20.0));
    assert!(compare(&image, &changed).is_err() || is_updating());
}

#[test]
fn element_moved_by_one_point_is_found() {
    let (image, moved) = (draw("Section 1 of 5", 20.0), draw("Section 1 of 5", 21.0));
    assert!(compare(&image, &moved).is_err() || is_updating());
}

/// egui_kittest replaces differing references instead of reporting them.
fn is_updating() -> bool {
    std::env::var_os("UPDATE_SNAPSHOTS").is_some()
}

/// Draws a label and a button.
fn draw(text: &str, left: f32) -> RgbaImage {
    let text = text.to_owned();
    let mut harness = Harness::builder()
        .with_size(vec2(200.0, 100.0))
        .with_context_setup(theme::install)
        .renderer(SoftwareRenderer::default())
        .build_ui(move |ui| {
            let place = Rect::from_min_size(Pos2::new(left, 20.0), vec2(150.0, 24.0));
            ui.put(place, egui::Label::new(&text));
            let place = Rect::from_min_size(Pos2::new(20.0, 60.0), vec2(100.0, 24.0));
            ui.put(place, egui::Button::new("Practice"));
        });
    harness.run_steps(3);
    harness.render().expect("an image")
}

/// A pixel on the edge of a letter, with a color between those of background and letter.
fn edge_pixel(image: &RgbaImage) -> (u32, u32) {
    let values = || image.enumerate_pixels().map(|(.., pixel)| pixel.0[0]);
    let (darkest, brightest) = (values().min(), values().max());
    let middle = darkest
        .expect("pixels")
        .midpoint(brightest.expect("pixels"));
    let edge = image
        .enumerate_pixels()
        .find(|(_, y, pixel)| *y < 50 && pixel.0[0].abs_diff(middle) < 40);
    let (x, y, _) = edge.expect("a smoothed letter");
    (x, y)
}

/// Compares an image with a reference as the tests of the screens do.
fn compare(reference: &RgbaImage, image: &RgbaImage) -> SnapshotResult {
    let folder = temp_folder();
    let path = folder.path().join("reference.png");
    reference.save(path).expect("space");
    try_image_snapshot_options(image, "reference", &snapshot_options(folder.path()))
}
