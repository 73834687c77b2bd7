//! The layout of the window: a header, a page, and a bottom bar.
//!
//! The two bars keep their place. A page fills the space between them. If the window is too small for a page, the
//! page keeps its minimum size and scrolls.

use egui::scroll_area::ScrollBarVisibility;
use egui::style::ScrollAnimation;
use egui::{
    CentralPanel, Frame, Id, Key, Margin, Modifiers, Panel, Rect, ScrollArea, Sense, Ui, UiBuilder,
    Vec2, vec2,
};

use super::theme;
use crate::storage::{Motion, Settings};

/// The smallest window in which nothing is cut off.
pub const MIN_SIZE: [f32; 2] = [900.0, 600.0];

const HEADER_HEIGHT: f32 = 56.0;
const BOTTOM_HEIGHT: f32 = 68.0;
/// The margin at the left and right of a bar.
const BAR_MARGIN: f32 = 24.0;
/// How far an arrow key scrolls, in points.
const ARROW_STEP: f32 = 80.0;
/// How much of the visible height Page Up and Page Down scroll. The last lines stay visible.
const PAGE_STEP: f32 = 0.9;

/// The space that a page needs before it scrolls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MinSize {
    /// All of the smallest window: the page never scrolls in it.
    All,
    /// The width of the smallest window, and most of its height.
    Most,
    /// The width of the smallest window. The page's own content scrolls vertically.
    Width,
    /// Little: its text wraps.
    Little,
}

impl MinSize {
    fn points(self) -> Vec2 {
        let width = MIN_SIZE[0] - 2.0 * BAR_MARGIN;
        match self {
            MinSize::All => vec2(width, MIN_SIZE[1] - HEADER_HEIGHT - BOTTOM_HEIGHT),
            MinSize::Most => vec2(width, 340.0),
            MinSize::Width => vec2(width, 160.0),
            MinSize::Little => vec2(512.0, 120.0),
        }
    }
}

/// Draws the header. It is always visible; in a narrow window it scrolls sideways.
pub fn header_ui<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let panel = Panel::top("bar").exact_size(HEADER_HEIGHT);
    bar_ui(ui, panel, "bar at the top", add)
}

/// Draws the bottom bar. It behaves as the header does.
pub fn bottom_ui<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let panel = Panel::bottom("commands").exact_size(BOTTOM_HEIGHT);
    bar_ui(ui, panel, "bar at the bottom", add)
}

fn bar_ui<R>(ui: &mut Ui, panel: Panel, name: &str, add: impl FnOnce(&mut Ui) -> R) -> R {
    let frame = Frame::new().inner_margin(Margin::symmetric(BAR_MARGIN as i8, 8));
    let min_size = vec2(MIN_SIZE[0] - 2.0 * BAR_MARGIN, 0.0);
    let shown = panel
        .frame(frame)
        .show(ui, |ui| scroll_if_needed_ui(ui, name, min_size, false, add));
    shown.inner
}

/// Draws the page between the bars. A page with another `name` starts at its top.
pub fn page_ui<R>(
    ui: &mut Ui,
    name: &str,
    min_size: MinSize,
    margin: Margin,
    add: impl FnOnce(&mut Ui) -> R,
) -> R {
    let panel = CentralPanel::default().frame(Frame::new().inner_margin(margin));
    let min_size = min_size.points() - vec2(0.0, margin.sum().y);
    // The id gives each page its own scroll positions.
    let shown = panel.show(ui, |ui| {
        ui.push_id(name, |ui| {
            scroll_if_needed_ui(ui, name, min_size, true, add)
        })
        .inner
    });
    shown.inner
}

/// Draws what `add` adds in all the available space. If that is less than `min_size`, it scrolls; with `keys`, it
/// also scrolls by the keyboard and shows scroll bars.
fn scroll_if_needed_ui<R>(
    ui: &mut Ui,
    name: &str,
    min_size: Vec2,
    keys: bool,
    add: impl FnOnce(&mut Ui) -> R,
) -> R {
    let available = ui.available_size();
    // Scale factors round sizes by up to half a point.
    let too_small = [
        available.x + 0.5 < min_size.x,
        available.y + 0.5 < min_size.y,
    ];
    if too_small == [false, false] {
        return add(ui);
    }
    // The bars of the window are too low for a scroll bar.
    let scroll_bars = match keys {
        true => ScrollBarVisibility::VisibleWhenNeeded,
        false => ScrollBarVisibility::AlwaysHidden,
    };
    ScrollArea::new(too_small)
        .id_salt(name)
        .auto_shrink(false)
        .scroll_bar_visibility(scroll_bars)
        .show(ui, |ui| {
            // What the scroll bars leave.
            let inside = ui.available_size();
            let width = if too_small[0] { min_size.x } else { inside.x };
            let height = if too_small[1] { min_size.y } else { inside.y };
            let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
            let mut page = ui.new_child(UiBuilder::new().max_rect(rect).id_salt("page"));
            let added = add(&mut page);
            if keys {
                // After the page, whose own lists come first.
                ui.scroll_with_delta(ctrl_arrow_delta(ui));
                scroll_by_keys(ui);
            }
            scroll_to_new_focus(ui, rect);
            added
        })
        .inner
}

/// Scrolls by the arrow keys, Page Up, Page Down, Home and End. To be called first inside a scroll area.
///
/// It leaves the keys alone that a command has used, all keys while the user types, and the arrow keys while a
/// widget has the focus.
pub fn scroll_by_keys(ui: &Ui) {
    let ctx = ui.ctx();
    if ctx.text_edit_focused() || egui::Popup::is_any_open(ctx) {
        return;
    }
    let focused = ctx.memory(|memory| memory.focused().is_some());
    let page = PAGE_STEP * ui.clip_rect().height();
    let steps = [
        (Key::PageUp, page),
        (Key::PageDown, -page),
        (Key::Home, f32::from(u16::MAX)),
        (Key::End, -f32::from(u16::MAX)),
        (Key::ArrowUp, ARROW_STEP),
        (Key::ArrowDown, -ARROW_STEP),
    ];
    let mut delta = 0.0;
    ui.input_mut(|input| {
        for (key, step) in steps {
            let arrow = matches!(key, Key::ArrowUp | Key::ArrowDown);
            if !(focused && arrow) {
                delta += step * input.count_and_consume_key(Modifiers::NONE, key) as f32;
            }
        }
    });
    if delta != 0.0 {
        ui.scroll_with_delta_animation(vec2(0.0, delta), ScrollAnimation::none());
    }
}

/// Applies the text size and the motion that the settings ask for.
///
/// `applied` remembers the scale that was set last. Returns the new text size in percent if the user changed it
/// with egui's own shortcuts.
pub fn apply_display_settings(
    ui: &Ui,
    settings: &Settings,
    applied: &mut Option<f32>,
    system_reduces_motion: bool,
) -> Option<u16> {
    let ctx = ui.ctx();
    let reduced = match settings.motion {
        Motion::System => system_reduces_motion,
        Motion::Reduced => true,
        Motion::Full => false,
    };
    theme::set_animations(ctx, !reduced);
    let (wanted, actual) = (settings.text_scale(), ctx.zoom_factor());
    let near = |a: f32, b: f32| (a - b).abs() < 0.001;
    if near(wanted, actual) {
        *applied = Some(wanted);
        return None;
    }
    match *applied {
        // The wanted scale was applied before, so a shortcut has changed it.
        Some(before) if near(before, wanted) => {
            *applied = None;
            Some((actual * 100.0).round() as u16)
        }
        _ => {
            ctx.set_zoom_factor(wanted);
            None
        }
    }
}

/// How far Ctrl and the arrow keys scroll in this frame.
fn ctrl_arrow_delta(ui: &Ui) -> Vec2 {
    let steps = [
        (Key::ArrowLeft, vec2(ARROW_STEP, 0.0)),
        (Key::ArrowRight, vec2(-ARROW_STEP, 0.0)),
        (Key::ArrowUp, vec2(0.0, ARROW_STEP)),
        (Key::ArrowDown, vec2(0.0, -ARROW_STEP)),
    ];
    ui.input_mut(|input| {
        let pressed = steps
            .into_iter()
            .filter(|(key, _)| input.consume_key(Modifiers::CTRL, *key));
        pressed.fold(Vec2::ZERO, |sum, (_, step)| sum + step)
    })
}

/// Scrolls to the widget that has just received the keyboard focus, if it is on this page.
fn scroll_to_new_focus(ui: &Ui, page: Rect) {
    let focused = ui.memory(|memory| memory.focused());
    let id = ui.scope_id().with("focus before");
    let before: Option<Id> = ui.data(|data| data.get_temp(id)).flatten();
    if focused == before {
        return;
    }
    ui.data_mut(|data| data.insert_temp(id, focused));
    let response = focused.and_then(|focused| ui.ctx().read_response(focused));
    if let Some(response) = response.filter(|response| page.contains(response.rect.center())) {
        ui.scroll_to_rect(response.rect, None);
    }
}
