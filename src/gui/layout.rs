//! The layout of the window: a header, a page, and a bottom bar.
//!
//! The two bars are always visible as a whole. A page fills the space between them. In a window below [`FULL_SIZE`]
//! screens fold: columns are stacked, and the page scrolls vertically. Nothing scrolls sideways.

use egui::style::ScrollAnimation;
use egui::{
    CentralPanel, Context, Frame, Id, Key, Margin, Modifiers, Panel, Rect, ScrollArea, Sense, Ui,
    UiBuilder, Vec2, vec2,
};

use super::theme;
use crate::storage::{Motion, Settings};

/// The smallest window, in points, in which nothing folds.
pub const FULL_SIZE: [f32; 2] = [900.0, 600.0];
/// The smallest window, in points, that every screen fits into after it has folded.
pub const FOLDED_SIZE: [f32; 2] = [400.0, 240.0];
/// The width of a column of text or of a form.
pub const TEXT_WIDTH: f32 = 760.0;

/// The width of the bars, and of a page with two columns.
const MAX_WIDTH: f32 = TEXT_WIDTH + 340.0;
const HEADER_HEIGHT: f32 = 56.0;
const LOW_HEADER_HEIGHT: f32 = 44.0;
/// A bar with one row of buttons.
const BOTTOM_HEIGHT: f32 = 68.0;
/// The margin above and below the buttons if there is little space.
const LOW_BAR_MARGIN: f32 = 6.0;
/// How far an arrow key scrolls, in points.
const ARROW_STEP: f32 = 80.0;
/// How much of the visible height Page Up and Page Down scroll. The last lines stay visible.
const PAGE_STEP: f32 = 0.9;
/// Scale factors round sizes by up to this many points.
const ROUNDING: f32 = 0.5;

/// How a page uses the space between the two bars.
#[derive(Debug, Clone)]
pub struct Page {
    /// Identifies the page. A page with another name starts at its top.
    pub name: String,
    /// The height it needs before it scrolls.
    pub min_height: MinHeight,
    /// The space around its content.
    pub margin: Margin,
    /// Whether its content has all the width. It centers its columns itself.
    pub is_full_width: bool,
}

impl Page {
    /// A page of two columns, with the usual margin at its left and right.
    pub fn new(name: impl Into<String>, min_height: MinHeight) -> Self {
        Self {
            name: name.into(),
            min_height,
            margin: Margin::symmetric(24, 0),
            is_full_width: false,
        }
    }

    /// A page whose own content scrolls and is centered.
    pub fn full_width(name: impl Into<String>) -> Self {
        Self {
            is_full_width: true,
            ..Self::new(name, MinHeight::Little)
        }
    }

    /// The same page, with some space at its top.
    pub fn with_top_margin(self, top: i8) -> Self {
        let margin = Margin { top, ..self.margin };
        Self { margin, ..self }
    }
}

/// The height that a page needs before it scrolls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MinHeight {
    /// Enough for a clock and what stands below it.
    Clock,
    /// Enough for a list below its filters, for a chart, or for a question in the middle.
    Most,
    /// Little: its own content scrolls.
    Little,
}

impl MinHeight {
    fn points(self) -> f32 {
        match self {
            MinHeight::Clock => 290.0,
            MinHeight::Most => 340.0,
            MinHeight::Little => 100.0,
        }
    }
}

/// Whether the window is too narrow for two columns.
pub fn is_narrow(ctx: &Context) -> bool {
    ctx.content_rect().width() + ROUNDING < FULL_SIZE[0]
}

/// Whether the window is too low for margins.
pub fn is_low(ctx: &Context) -> bool {
    ctx.content_rect().height() + ROUNDING < FULL_SIZE[1]
}

/// The margin at the left and right of a bar and of a page.
pub fn side_margin(ctx: &Context) -> f32 {
    match is_narrow(ctx) {
        true => 12.0,
        false => 24.0,
    }
}

/// The width of what a bar contains.
pub fn bar_width(ctx: &Context) -> f32 {
    (ctx.content_rect().width() - 2.0 * side_margin(ctx)).min(MAX_WIDTH)
}

/// Draws the header.
pub fn header_ui<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let height = match is_low(ui.ctx()) {
        true => LOW_HEADER_HEIGHT,
        false => HEADER_HEIGHT,
    };
    bar_ui(ui, Panel::top("bar").exact_size(height), add)
}

/// Draws the bottom bar, with buttons of this height.
pub fn bottom_ui<R>(ui: &mut Ui, content_height: f32, add: impl FnOnce(&mut Ui) -> R) -> R {
    let needed = content_height + 2.0 * LOW_BAR_MARGIN;
    let height = match is_low(ui.ctx()) {
        true => needed,
        false => needed.max(BOTTOM_HEIGHT),
    };
    bar_ui(ui, Panel::bottom("commands").exact_size(height), add)
}

fn bar_ui<R>(ui: &mut Ui, panel: Panel, add: impl FnOnce(&mut Ui) -> R) -> R {
    let margin = side_margin(ui.ctx()) as i8;
    let frame = Frame::new().inner_margin(Margin::symmetric(margin, 0));
    let shown = panel
        .frame(frame)
        .show(ui, |ui| column_ui(ui, MAX_WIDTH, add));
    shown.inner
}

/// Draws the page between the bars.
pub fn page_ui<R>(ui: &mut Ui, page: &Page, add: impl FnOnce(&mut Ui) -> R) -> R {
    let side = side_margin(ui.ctx()) as i8;
    let margin = Margin {
        left: page.margin.left.min(side),
        right: page.margin.right.min(side),
        ..page.margin
    };
    let panel = CentralPanel::default().frame(Frame::new().inner_margin(margin));
    let max_width = match page.is_full_width {
        true => f32::INFINITY,
        false => MAX_WIDTH,
    };
    let min_height = page.min_height.points() - margin.sum().y;
    // The id gives each page its own scroll position.
    let shown = panel.show(ui, |ui| {
        let scrolled = ui.push_id(&page.name, |ui| {
            scroll_if_low_ui(ui, &page.name, min_height, |ui| {
                column_ui(ui, max_width, add)
            })
        });
        scrolled.inner
    });
    shown.inner
}

/// Draws what `add` adds in a column of at most this width, in the middle of the available space.
pub fn column_ui<R>(ui: &mut Ui, max_width: f32, add: impl FnOnce(&mut Ui) -> R) -> R {
    let mut rect = ui.available_rect_before_wrap();
    let width = rect.width().min(max_width);
    rect.min.x += (0.5 * (rect.width() - width)).floor();
    rect.max.x = rect.min.x + width;
    let builder = UiBuilder::new().max_rect(rect);
    ui.scope_builder(builder, add).inner
}

/// Draws what `add` adds in a column of the usual width for text, in the middle of a page that scrolls as a whole.
pub fn text_page_ui<R>(ui: &mut Ui, id: &str, add: impl FnOnce(&mut Ui) -> R) -> R {
    let page = ScrollArea::vertical().id_salt(id).auto_shrink(false);
    page.show(ui, |ui| {
        scroll_by_keys(ui);
        column_ui(ui, TEXT_WIDTH, add)
    })
    .inner
}

/// Draws what `add` adds in all the available space. If that is lower than `min_height`, it scrolls, also by the
/// keyboard.
fn scroll_if_low_ui<R>(
    ui: &mut Ui,
    name: &str,
    min_height: f32,
    add: impl FnOnce(&mut Ui) -> R,
) -> R {
    if ui.available_height() + ROUNDING >= min_height {
        return add(ui);
    }
    ScrollArea::vertical()
        .id_salt(name)
        .auto_shrink(false)
        .show(ui, |ui| {
            let size = vec2(ui.available_width(), min_height);
            let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
            let mut page = ui.new_child(UiBuilder::new().max_rect(rect).id_salt("page"));
            let added = add(&mut page);
            // After the page, whose own lists come first.
            ui.scroll_with_delta(ctrl_arrow_delta(ui));
            scroll_by_keys(ui);
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
    let actual = ctx.zoom_factor();
    let window = ctx.content_rect().size() * actual;
    let wanted = fitting_scale(settings.text_scale(), window);
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

/// The scale of the text, as far as a window of this size at 100 % has room for it: the bars stay visible.
fn fitting_scale(wanted: f32, window: Vec2) -> f32 {
    let largest = (window.x / FOLDED_SIZE[0]).min(window.y / FOLDED_SIZE[1]);
    let least = f32::from(Settings::TEXT_PERCENT[0]) / 100.0;
    // Windows that are resized step by step do not change the scale all the time.
    let largest = (largest * 20.0).floor() / 20.0;
    wanted.min(largest.max(least))
}

/// How far Ctrl and the arrow keys scroll in this frame.
fn ctrl_arrow_delta(ui: &Ui) -> Vec2 {
    let steps = [
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
