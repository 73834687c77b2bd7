//! Where a page is drawn: as large as the window, or, where the window is too small for it, as large as it
//! must be, and scrolled.

use egui::{Id, Key, Modifiers, ScrollArea, Sense, Ui, UiBuilder, Vec2, vec2};

use super::MIN_SIZE;
use crate::store::{Motion, Settings};

/// A press of ctrl and an arrow goes so far.
const STRIDE: f32 = 80.0;

/// Draws what `add` adds. Another `page` begins at its top.
pub fn canvas_ui<R>(ui: &mut Ui, page: &str, add: impl FnOnce(&mut Ui) -> R) -> R {
    let (room, least) = (ui.available_size(), Vec2::from(MIN_SIZE));
    // Half a point is lost where scales round.
    if room.x + 0.5 >= least.x && room.y + 0.5 >= least.y {
        return add(ui);
    }
    let scrolled = ScrollArea::both().id_salt(page).auto_shrink([false, false]);
    scrolled
        .show(ui, |ui| {
            let (rect, _) = ui.allocate_exact_size(room.max(least), Sense::hover());
            let mut page = ui.new_child(UiBuilder::new().max_rect(rect).id_salt("page"));
            let added = add(&mut page);
            // After the page, whose own lists would take it.
            ui.scroll_with_delta(asked(ui));
            follow_focus(ui);
            added
        })
        .inner
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

/// What has got the keyboard is to be seen.
fn follow_focus(ui: &Ui) {
    let focused = ui.memory(|memory| memory.focused());
    let id = Id::unique("canvas follows");
    let before: Option<Id> = ui.data(|data| data.get_temp(id)).flatten();
    if focused == before {
        return;
    }
    ui.data_mut(|data| data.insert_temp(id, focused));
    if let Some(response) = focused.and_then(|focused| ui.ctx().read_response(focused)) {
        ui.scroll_to_rect(response.rect, None);
    }
}
