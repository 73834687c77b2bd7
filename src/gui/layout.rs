//! Where a page is drawn: between the bars, which stay where they are, as large as there is room, or, where
//! the window is too small for it, as large as it must be, and scrolled.

use egui::scroll_area::ScrollBarVisibility;
use egui::style::ScrollAnimation;
use egui::{
    CentralPanel, Frame, Id, Key, Margin, Modifiers, Panel, Rect, ScrollArea, Sense, Ui, UiBuilder,
    Vec2, vec2,
};

use super::MIN_SIZE;
use crate::storage::{Motion, Settings};

/// How high the bars are.
const TOP: f32 = 56.0;
const BOTTOM: f32 = 68.0;
/// At the left and right of a bar.
const SIDES: f32 = 24.0;
/// A press of an arrow goes so far.
const STRIDE: f32 = 80.0;
/// A press of page up or page down goes so much of what is seen: the last lines are seen again.
const TURN: f32 = 0.9;

/// What a page needs at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MinSize {
    /// All of the smallest window: nothing on it scrolls.
    All,
    /// Its width, and most of its height.
    Most,
    /// Its width; what does not fit below each other scrolls.
    Width,
    /// Little: its lines are broken where the window ends.
    Little,
}

impl MinSize {
    fn least(self) -> Vec2 {
        let [wide, high] = MIN_SIZE;
        match self {
            MinSize::All => vec2(wide - 2.0 * SIDES, high - TOP - BOTTOM),
            MinSize::Most => vec2(wide - 2.0 * SIDES, 340.0),
            MinSize::Width => vec2(wide - 2.0 * SIDES, 160.0),
            MinSize::Little => vec2(512.0, 120.0),
        }
    }
}

/// The bar at the top: always seen; in a narrow window it scrolls aside.
pub fn top_ui<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    bar_ui(ui, Panel::top("bar").exact_size(TOP), "bar at the top", add)
}

/// The bar at the bottom, likewise.
pub fn bottom_ui<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let panel = Panel::bottom("offers").exact_size(BOTTOM);
    bar_ui(ui, panel, "bar at the bottom", add)
}

fn bar_ui<R>(ui: &mut Ui, panel: Panel, name: &str, add: impl FnOnce(&mut Ui) -> R) -> R {
    let frame = Frame::new().inner_margin(Margin::symmetric(SIDES as i8, 8));
    let least = vec2(MIN_SIZE[0] - 2.0 * SIDES, 0.0);
    let shown = panel
        .frame(frame)
        .show(ui, |ui| roomy_ui(ui, name, least, false, add));
    shown.inner
}

/// What is between the bars. Another `page` begins at its top.
pub fn page_ui<R>(
    ui: &mut Ui,
    page: &str,
    needs: MinSize,
    margin: Margin,
    add: impl FnOnce(&mut Ui) -> R,
) -> R {
    let panel = CentralPanel::default().frame(Frame::new().inner_margin(margin));
    let least = needs.least() - vec2(0.0, margin.sum().y);
    // What scrolls on it remembers where it is for itself.
    let shown = panel.show(ui, |ui| {
        ui.push_id(page, |ui| roomy_ui(ui, page, least, true, add))
            .inner
    });
    shown.inner
}

/// Draws what `add` adds in all the room there is, or, where that is less than `least`, scrolled; by `keys`,
/// too, and not only after the focus.
fn roomy_ui<R>(
    ui: &mut Ui,
    name: &str,
    least: Vec2,
    keys: bool,
    add: impl FnOnce(&mut Ui) -> R,
) -> R {
    let room = ui.available_size();
    // Half a point is lost where scales round.
    if room.x + 0.5 >= least.x && room.y + 0.5 >= least.y {
        return add(ui);
    }
    let scrolls = [room.x + 0.5 < least.x, room.y + 0.5 < least.y];
    // A bar is too low for one that scrolls it.
    let shown = match keys {
        true => ScrollBarVisibility::VisibleWhenNeeded,
        false => ScrollBarVisibility::AlwaysHidden,
    };
    ScrollArea::new(scrolls)
        .id_salt(name)
        .auto_shrink(false)
        .scroll_bar_visibility(shown)
        .show(ui, |ui| {
            // What is left beside the bars that scroll it.
            let left = ui.available_size();
            let wide = if scrolls[0] { least.x } else { left.x };
            let high = if scrolls[1] { least.y } else { left.y };
            let (rect, _) = ui.allocate_exact_size(vec2(wide, high), Sense::hover());
            let mut page = ui.new_child(UiBuilder::new().max_rect(rect).id_salt("page"));
            let added = add(&mut page);
            if keys {
                // After the page, whose own lists would take it.
                ui.scroll_with_delta(asked(ui));
                scroll_by_keys(ui);
            }
            follow_focus(ui, rect);
            added
        })
        .inner
}

/// To be called at the top of what a page scrolls: arrows, page up and down, home and end go through it,
/// unless something else on the page has taken them. Where somebody types, or has the focus on something
/// that the arrows lead away from, they stay there.
pub fn scroll_by_keys(ui: &Ui) {
    let ctx = ui.ctx();
    if ctx.text_edit_focused() || egui::Popup::is_any_open(ctx) {
        return;
    }
    let focused = ctx.memory(|memory| memory.focused().is_some());
    let page = TURN * ui.clip_rect().height();
    let ways = [
        (Key::PageUp, page),
        (Key::PageDown, -page),
        (Key::Home, f32::from(u16::MAX)),
        (Key::End, -f32::from(u16::MAX)),
        (Key::ArrowUp, STRIDE),
        (Key::ArrowDown, -STRIDE),
    ];
    let mut by = 0.0;
    ui.input_mut(|input| {
        for (key, way) in ways {
            let arrow = matches!(key, Key::ArrowUp | Key::ArrowDown);
            if !(focused && arrow) {
                by += way * input.count_and_consume_key(Modifiers::NONE, key) as f32;
            }
        }
    });
    if by != 0.0 {
        ui.scroll_with_delta_animation(vec2(0.0, by), ScrollAnimation::none());
    }
}

/// Draws everything as large and as lively as settings have it. Tells the size in percent where it was
/// changed by egui's own keys.
pub fn adjust(
    ui: &Ui,
    settings: &Settings,
    applied: &mut Option<f32>,
    system_less: bool,
) -> Option<u16> {
    let ctx = ui.ctx();
    let less = match settings.motion {
        Motion::System => system_less,
        Motion::Reduced => true,
        Motion::Full => false,
    };
    super::theme::glide(ctx, !less);
    let (wanted, is) = (settings.text_scale(), ctx.zoom_factor());
    let near = |a: f32, b: f32| (a - b).abs() < 0.001;
    if near(wanted, is) {
        *applied = Some(wanted);
        return None;
    }
    match *applied {
        // It was as wanted, and is not any more: a key did it.
        Some(before) if near(before, wanted) => {
            *applied = None;
            Some((is * 100.0).round() as u16)
        }
        _ => {
            ctx.set_zoom_factor(wanted);
            None
        }
    }
}

fn asked(ui: &Ui) -> Vec2 {
    let ways = [
        (Key::ArrowLeft, vec2(STRIDE, 0.0)),
        (Key::ArrowRight, vec2(-STRIDE, 0.0)),
        (Key::ArrowUp, vec2(0.0, STRIDE)),
        (Key::ArrowDown, vec2(0.0, -STRIDE)),
    ];
    ui.input_mut(|input| {
        let pressed = ways
            .into_iter()
            .filter(|(key, _)| input.consume_key(Modifiers::CTRL, *key));
        pressed.fold(Vec2::ZERO, |all, (_, way)| all + way)
    })
}

/// What has got the keyboard is to be seen, where it is on this page.
fn follow_focus(ui: &Ui, page: Rect) {
    let focused = ui.memory(|memory| memory.focused());
    let id = ui.scope_id().with("follows");
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
