//! Where the window opens, and how small it may become: always inside one monitor, without the bars of the desktop.
//!
//! Positions are in pixels of the desktop; sizes are in points at a text size of 100 %.

use egui::{Context, Pos2, Rect, Vec2, ViewportCommand, pos2, vec2};

use crate::storage::WindowPlace;

/// The size of the first window: fits the screen of a small laptop.
pub const START_SIZE: [f32; 2] = [1180.0, 700.0];
/// The smallest window, if the monitor is not even smaller.
pub const MIN_SIZE: [f32; 2] = [480.0, 360.0];
/// What the bars of a desktop and the frame of a window usually occupy of a monitor. Desktops do not reliably tell.
const DESKTOP_BARS: Vec2 = vec2(16.0, 88.0);
/// The frame of the window, above its content.
const TITLE_BAR: f32 = 32.0;
/// A window of which less than this share is on a monitor is not restored there.
const MIN_VISIBLE_SHARE: f32 = 0.25;

/// A monitor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Monitor {
    /// Its position and size on the desktop, in pixels.
    pub rect: Rect,
    /// Pixels per point at a text size of 100 %.
    pub scale: f32,
}

impl Monitor {
    /// The size that a window may have, in points.
    fn work_size(&self) -> Vec2 {
        let size = self.rect.size() / self.scale;
        // A desktop that small has no bars.
        (size - DESKTOP_BARS).max(0.8 * size)
    }
}

/// Where a window opens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placement {
    /// Its outer top left corner, in pixels of the desktop.
    pub position: Pos2,
    /// Its inner size, in points.
    pub size: Vec2,
    /// The scale of its monitor.
    pub scale: f32,
    /// Whether it fills its monitor.
    pub maximized: bool,
}

/// Decides where a window opens: where it was closed, as far as that is on a monitor, or else in the middle of the
/// monitor `current`. A window that does not fit is maximized. `None` without a monitor.
pub fn place(
    saved: Option<&WindowPlace>,
    monitors: &[Monitor],
    current: usize,
) -> Option<Placement> {
    let current = monitors.get(current).or(monitors.first())?;
    let restored = saved.and_then(|saved| {
        let position = saved.position?;
        let visible_share = |monitor: &Monitor| {
            let rect = outer_rect(position, saved.size, monitor);
            let visible = rect.intersect(monitor.rect);
            match visible.is_positive() && rect.is_positive() {
                true => visible.area() / rect.area(),
                false => 0.0,
            }
        };
        let shares = monitors.iter().map(|one| (one, visible_share(one)));
        let most = shares.max_by(|(_, a), (_, b)| a.total_cmp(b));
        let (monitor, _) = most.filter(|(_, share)| *share >= MIN_VISIBLE_SHARE)?;
        Some((monitor, position))
    });
    let monitor = restored.map_or(current, |(monitor, _)| monitor);
    let wanted = saved.map_or(START_SIZE, |saved| saved.size);
    let wanted = finite(wanted)
        .unwrap_or(START_SIZE)
        .map(|side| side.max(1.0));
    let wanted = Vec2::from(wanted).max(smallest(monitor));
    let work_size = monitor.work_size();
    let size = wanted.min(work_size);
    let outer = outer_size(size, monitor);
    let position = match restored {
        Some((_, [x, y])) => {
            let max = (monitor.rect.max - outer).max(monitor.rect.min);
            pos2(x as f32, y as f32).clamp(monitor.rect.min, max)
        }
        None => monitor.rect.min + 0.5 * (monitor.rect.size() - outer).max(Vec2::ZERO),
    };
    Some(Placement {
        position,
        size,
        scale: monitor.scale,
        maximized: saved.is_some_and(|saved| saved.maximized) || wanted != size,
    })
}

/// The smallest inner size on a monitor, in points.
pub fn smallest(monitor: &Monitor) -> Vec2 {
    Vec2::from(MIN_SIZE).min(monitor.work_size())
}

fn outer_size(size: Vec2, monitor: &Monitor) -> Vec2 {
    monitor.scale * (size + vec2(0.0, TITLE_BAR))
}

fn outer_rect(position: [i32; 2], size: [f32; 2], monitor: &Monitor) -> Rect {
    let size = finite(size).unwrap_or(START_SIZE);
    let corner = pos2(position[0] as f32, position[1] as f32);
    Rect::from_min_size(corner, outer_size(size.into(), monitor))
}

/// A size that may have been edited by hand.
fn finite(size: [f32; 2]) -> Option<[f32; 2]> {
    size.iter().all(|side| side.is_finite()).then_some(size)
}

/// Places the window when it opens, limits its size, and remembers where it is.
#[derive(Debug, Default)]
pub struct PlacedWindow {
    /// What the smallest size was last derived from: the size of the monitor, its scale, and the scale of the text.
    screen: Option<[Option<f32>; 4]>,
    maximized: MaximizedByPlacement,
    is_placed: bool,
    /// Where the window is now, as far as the user chose that.
    now: Option<WindowPlace>,
}

/// Whether the window was maximized when it was placed. That is not yet a choice of the user.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum MaximizedByPlacement {
    #[default]
    No,
    /// Asked of the desktop, which has not done it yet.
    Asked,
    Yes,
}

impl PlacedWindow {
    /// Whether [`PlacedWindow::follow`] has something to do with the monitors. They are slow to list.
    pub fn needs_monitors(&self, ctx: &Context) -> bool {
        self.screen != Some(screen(ctx))
    }

    /// Places the window once, and limits its size. `current` is the index of the monitor that it is on.
    pub fn follow(
        &mut self,
        ctx: &Context,
        saved: Option<&WindowPlace>,
        monitors: &[Monitor],
        current: usize,
    ) {
        let zoom = ctx.zoom_factor();
        self.screen = Some(screen(ctx));
        if !self.is_placed
            && let Some(placement) = place(saved, monitors, current)
        {
            self.is_placed = true;
            self.now = saved.copied();
            ctx.send_viewport_cmd(ViewportCommand::InnerSize(placement.size / zoom));
            let position = placement.position / (placement.scale * zoom);
            ctx.send_viewport_cmd(ViewportCommand::OuterPosition(position));
            if placement.maximized {
                self.maximized = MaximizedByPlacement::Asked;
                ctx.send_viewport_cmd(ViewportCommand::Maximized(true));
            }
        }
        if let Some(monitor) = monitors.get(current).or(monitors.first()) {
            let min_size = smallest(monitor) / zoom;
            ctx.send_viewport_cmd(ViewportCommand::MinInnerSize(min_size));
        }
    }

    /// Where the window is, as far as the user chose that.
    pub fn place(&self) -> Option<WindowPlace> {
        self.now
    }

    /// Remembers where the window is. A maximized window keeps its size and position from before.
    pub fn remember(&mut self, ctx: &Context) {
        let (viewport, size) = ctx.input(|input| {
            let size = input.content_rect().size();
            (input.viewport().clone(), size)
        });
        let hidden = [viewport.minimized, viewport.fullscreen].contains(&Some(true));
        let Some(scale) = viewport.native_pixels_per_point.filter(|_| !hidden) else {
            return;
        };
        if viewport.maximized == Some(true) {
            match (self.maximized, &mut self.now) {
                (MaximizedByPlacement::No, Some(now)) => now.maximized = true,
                (MaximizedByPlacement::No, None) => {}
                _ => self.maximized = MaximizedByPlacement::Yes,
            }
            return;
        }
        if self.maximized == MaximizedByPlacement::Asked {
            return;
        }
        // The user has restored it.
        self.maximized = MaximizedByPlacement::No;
        let zoom = ctx.zoom_factor();
        let position = viewport.outer_rect.map(|rect| rect.min * (scale * zoom));
        self.now = Some(WindowPlace {
            position: position.map(|corner| [corner.x.round() as i32, corner.y.round() as i32]),
            size: (size * zoom).round().into(),
            maximized: false,
        });
    }
}

/// What the smallest size depends on.
fn screen(ctx: &Context) -> [Option<f32>; 4] {
    let zoom = ctx.zoom_factor();
    ctx.input(|input| {
        let viewport = input.viewport();
        let size = viewport.monitor_size.map(|size| size * zoom);
        let scale = viewport.native_pixels_per_point;
        [
            size.map(|size| size.x),
            size.map(|size| size.y),
            scale,
            Some(zoom),
        ]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn monitor(x: f32, y: f32, width: f32, height: f32, scale: f32) -> Monitor {
        let rect = Rect::from_min_size(pos2(x, y), vec2(width, height));
        Monitor { rect, scale }
    }

    fn saved(x: i32, y: i32, size: [f32; 2]) -> WindowPlace {
        WindowPlace {
            position: Some([x, y]),
            size,
            maximized: false,
        }
    }

    /// The window with its frame, in pixels.
    fn outer(placement: &Placement) -> Rect {
        let size = placement.scale * (placement.size + vec2(0.0, TITLE_BAR));
        Rect::from_min_size(placement.position, size)
    }

    #[track_caller]
    fn placed(saved: Option<&WindowPlace>, monitors: &[Monitor], current: usize) -> Placement {
        place(saved, monitors, current).expect("a monitor")
    }

    #[test]
    fn window_is_completely_on_one_monitor_whatever_was_saved() {
        let sizes = [
            (800.0, 480.0),
            (1024.0, 600.0),
            (1366.0, 768.0),
            (1920.0, 1080.0),
            (1080.0, 1920.0),
            (2560.0, 1080.0),
            (3840.0, 2160.0),
            (5120.0, 2880.0),
        ];
        let places = [
            None,
            Some(saved(100, 80, [1000.0, 640.0])),
            Some(saved(-3000, 40, [1180.0, 700.0])),
            Some(saved(1900, 1000, [600.0, 500.0])),
            Some(saved(7000, 3000, [900.0, 600.0])),
            Some(saved(0, 0, [9000.0, 50.0])),
            Some(saved(i32::MAX, i32::MIN, [f32::NAN, f32::INFINITY])),
            Some(saved(10, 10, [-5.0, 0.0])),
        ];
        for (width, height) in sizes {
            for scale in [1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0] {
                let monitors = [
                    monitor(0.0, 0.0, width, height, scale),
                    monitor(width, -200.0, 1920.0, 1080.0, 1.0),
                ];
                for (place, current) in places.iter().flat_map(|place| [(place, 0), (place, 1)]) {
                    let placement = placed(place.as_ref(), &monitors, current);
                    let rect = outer(&placement);
                    let on = |monitor: &Monitor| monitor.rect.expand(1.0).contains_rect(rect);
                    assert!(
                        monitors.iter().any(on),
                        "{place:?} on {width}x{height} at {scale}: {placement:?}"
                    );
                    assert!(placement.size.x >= 1.0 && placement.size.y >= 1.0);
                }
            }
        }
        assert_eq!(place(None, &[], 0), None);
    }

    #[test]
    fn visible_place_is_restored_and_other_places_become_the_middle() {
        let main = monitor(0.0, 0.0, 1920.0, 1080.0, 1.0);
        let left = monitor(-2560.0, 0.0, 2560.0, 1440.0, 2.0);
        let there = saved(-2000, 100, [700.0, 500.0]);
        let placement = placed(Some(&there), &[main, left], 0);
        assert_eq!(placement.position, pos2(-2000.0, 100.0));
        assert_eq!((placement.size, placement.scale), (vec2(700.0, 500.0), 2.0));
        assert!(!placement.maximized);
        // The left monitor was unplugged.
        let placement = placed(Some(&there), &[main], 0);
        assert_eq!(placement.size, vec2(700.0, 500.0));
        let center = outer(&placement).center();
        assert!(
            (center - main.rect.center()).length() < 1.0,
            "{placement:?}"
        );
        // Half of it was beyond the edge.
        let beyond = saved(1600, 700, [700.0, 500.0]);
        let placement = placed(Some(&beyond), &[main], 0);
        assert_eq!(placement.position, pos2(1920.0 - 700.0, 1080.0 - 532.0));
    }

    #[test]
    fn window_that_does_not_fit_is_maximized() {
        for (monitor, maximized) in [
            (monitor(0.0, 0.0, 1024.0, 600.0, 1.0), true),
            (monitor(0.0, 0.0, 1366.0, 768.0, 1.25), true),
            (monitor(0.0, 0.0, 1920.0, 1080.0, 2.0), true),
            (monitor(0.0, 0.0, 1080.0, 1920.0, 1.0), true),
            (monitor(0.0, 0.0, 1280.0, 800.0, 1.0), false),
            (monitor(0.0, 0.0, 3840.0, 2160.0, 2.5), false),
            (monitor(0.0, 0.0, 3840.0, 2160.0, 3.0), true),
        ] {
            let placement = placed(None, &[monitor], 0);
            assert_eq!(placement.maximized, maximized, "{monitor:?}");
        }
    }

    #[test]
    fn smallest_window_fits_every_monitor() {
        for (width, height, scale, expected) in [
            (1920.0, 1080.0, 1.0, vec2(480.0, 360.0)),
            (1920.0, 1080.0, 3.0, vec2(480.0, 288.0)),
            (800.0, 480.0, 2.0, vec2(384.0, 192.0)),
        ] {
            let monitor = monitor(0.0, 0.0, width, height, scale);
            assert_eq!(smallest(&monitor), expected);
        }
    }
}
