//! The rows of the settings: a name with its key, a control, and a note.

use egui::{Align, Label, Layout, Ui, vec2};

use crate::gui::theme;
use crate::gui::theme::{BODY, SMALL, SPACE, TITLE};
use crate::gui::widgets::radio::choice_ui;

const NAME_WIDTH: f32 = 190.0;
/// Below this width, the control stands below its name.
const NARROW: f32 = 660.0;

/// A heading above some rows.
pub fn heading_ui(ui: &mut Ui, text: &str) {
    ui.add_space(SPACE[1]);
    ui.label(theme::strong(text, TITLE));
}

/// A name with its key, the control that `add` adds, and a note below it.
pub fn row_ui<A>(
    ui: &mut Ui,
    name: &str,
    key: &str,
    note: &str,
    add: impl FnOnce(&mut Ui) -> Option<A>,
) -> Option<A> {
    let name_ui = |ui: &mut Ui| {
        let layout = Layout::left_to_right(Align::Center);
        ui.allocate_ui_with_layout(vec2(NAME_WIDTH, 34.0), layout, |ui| {
            ui.set_min_width(NAME_WIDTH);
            ui.label(theme::strong(name, BODY));
            ui.label(theme::dim(ui, key, SMALL));
        });
    };
    let control_ui = |ui: &mut Ui| {
        ui.spacing_mut().item_spacing.y = SPACE[0];
        let action = ui.horizontal_wrapped(|ui| add(ui)).inner;
        if !note.is_empty() {
            ui.add(Label::new(theme::dim(ui, note, SMALL)).wrap());
        }
        action
    };
    if ui.available_width() < NARROW {
        return ui
            .vertical(|ui| {
                name_ui(ui);
                control_ui(ui)
            })
            .inner;
    }
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[1];
        name_ui(ui);
        ui.vertical(control_ui).inner
    })
    .inner
}

/// One button for each option. Returns the option that was clicked.
pub fn options_ui<T: Copy + PartialEq>(
    ui: &mut Ui,
    group: &str,
    options: &[(T, &str)],
    selected: T,
) -> Option<T> {
    let mut clicked = None;
    for (option, label) in options {
        if choice_ui(ui, group, label, "", *option == selected).clicked() {
            clicked = Some(*option);
        }
    }
    clicked
}
