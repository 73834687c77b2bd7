//! The bottom bar: the buttons of a screen, or a question with its answers.
//!
//! All buttons are always visible. Without enough width, the buttons lose the names of their keys, and then form
//! several rows. The height is known before the bar is drawn.

use egui::{Align, Key, Label, Layout, Rect, Ui, UiBuilder, Vec2, pos2, vec2};

use super::command::{Command, key_name};
use super::layout;
use super::theme;
use super::theme::{BODY, SPACE};
use super::widgets::button::{HEIGHT, key_button_width};

/// The gap between two buttons, and between two rows.
const GAP: Vec2 = vec2(SPACE[1], 6.0);
/// A question beside its answers has at least this width.
const MIN_QUESTION_WIDTH: f32 = 280.0;

/// How the buttons of a bar are arranged.
pub struct Bar {
    /// The buttons of each row, by their index.
    rows: Vec<Vec<usize>>,
    /// The width of each button.
    widths: Vec<f32>,
    /// Whether the buttons show their keys.
    has_keys: bool,
}

impl Bar {
    /// Arranges the buttons of `commands` in the width of the window.
    pub fn new<A: Clone>(ui: &Ui, commands: &[&Command<A>]) -> Self {
        let available = layout::bar_width(ui.ctx());
        let width_of = |command: &&Command<A>, has_keys: bool| {
            let key = if has_keys { key_name(command.key) } else { "" };
            key_button_width(ui, &command.label, key).min(available)
        };
        let widths = |has_keys| -> Vec<f32> {
            let commands = commands.iter();
            commands
                .map(|command| width_of(command, has_keys))
                .collect()
        };
        let order = order(commands);
        let with_keys = widths(true);
        let has_keys = row_width(&with_keys) <= available;
        let widths = if has_keys { with_keys } else { widths(false) };
        Self {
            rows: rows(&order, &widths, available),
            widths,
            has_keys,
        }
    }

    /// The height of all rows.
    pub fn height(&self) -> f32 {
        let rows = self.rows.len().max(1) as f32;
        rows * HEIGHT + (rows - 1.0) * GAP.y
    }

    /// The width of a row that has all buttons.
    fn width(&self) -> f32 {
        row_width(&self.widths)
    }

    /// Draws the buttons, with the command that leaves the screen (Escape) at the right.
    pub fn ui<A: Clone>(&self, ui: &mut Ui, commands: &[&Command<A>]) -> Option<A> {
        let area = ui.max_rect();
        let mut y = area.center().y - 0.5 * self.height();
        let mut action = None;
        for row in &self.rows {
            let mut x = area.left();
            let leaving = row.iter().filter(|index| leaves(commands[**index]));
            let leaving_widths: Vec<f32> = leaving.map(|index| self.widths[*index]).collect();
            let leaving_left = area.right() - row_width(&leaving_widths);
            for index in row {
                let (command, width) = (commands[*index], self.widths[*index]);
                if leaves(command) {
                    x = x.max(leaving_left);
                }
                let rect = Rect::from_min_size(pos2(x, y), vec2(width, HEIGHT));
                let layout = Layout::left_to_right(Align::Center);
                let builder = UiBuilder::new().max_rect(rect).layout(layout);
                let button = ui.scope_builder(builder, |ui| command.button_ui(ui, self.has_keys));
                action = action.or(button.inner);
                x += width + GAP.x;
            }
            y += HEIGHT + GAP.y;
        }
        action
    }
}

/// A question in place of the buttons, with its answers at the right or below it.
pub struct Question<'a, A> {
    text: &'a str,
    answers: &'a [&'a Command<A>],
    bar: Bar,
    text_height: f32,
    is_stacked: bool,
}

impl<'a, A: Clone> Question<'a, A> {
    /// Arranges the question and its answers in the width of the window.
    pub fn new(ui: &Ui, text: &'a str, answers: &'a [&'a Command<A>]) -> Self {
        let bar = Bar::new(ui, answers);
        let width = layout::bar_width(ui.ctx());
        let beside = width - bar.width() - 2.0 * GAP.x;
        let is_stacked = beside < MIN_QUESTION_WIDTH;
        let text_width = if is_stacked { width } else { beside };
        let color = theme::palette(ui).text;
        let font = theme::regular(BODY);
        let galley = ui
            .painter()
            .layout(text.to_owned(), font, color, text_width);
        Self {
            text,
            answers,
            bar,
            text_height: galley.size().y,
            is_stacked,
        }
    }

    /// The height of the question with its answers.
    pub fn height(&self) -> f32 {
        match self.is_stacked {
            true => self.text_height + GAP.y + self.bar.height(),
            false => self.text_height.max(self.bar.height()),
        }
    }

    /// Draws the question and its answers.
    pub fn ui(&self, ui: &mut Ui) -> Option<A> {
        let mut area = ui.max_rect();
        area = Rect::from_center_size(area.center(), vec2(area.width(), self.height()));
        let (mut text_area, mut bar_area) = (area, area);
        match self.is_stacked {
            true => {
                text_area.max.y = area.top() + self.text_height;
                bar_area.min.y = area.bottom() - self.bar.height();
            }
            false => {
                bar_area.min.x = area.right() - self.bar.width();
                text_area.max.x = bar_area.left() - 2.0 * GAP.x;
            }
        }
        let layout = Layout::left_to_right(Align::Center);
        let builder = UiBuilder::new().max_rect(text_area).layout(layout);
        ui.scope_builder(builder, |ui| {
            let label = ui.add(Label::new(theme::text(self.text, BODY)).wrap());
            theme::announce(ui, &label);
        });
        let builder = UiBuilder::new().max_rect(bar_area);
        ui.scope_builder(builder, |ui| self.bar.ui(ui, self.answers))
            .inner
    }
}

fn leaves<A>(command: &Command<A>) -> bool {
    command.key == Key::Escape
}

/// The order of the buttons: those that leave the screen come last.
fn order<A>(commands: &[&Command<A>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..commands.len()).collect();
    order.sort_by_key(|index| leaves(commands[*index]));
    order
}

/// The width of a row of buttons.
fn row_width(widths: &[f32]) -> f32 {
    let gaps = widths.len().saturating_sub(1) as f32 * GAP.x;
    widths.iter().sum::<f32>() + gaps
}

/// Fills rows of this width, one after the other.
fn rows(order: &[usize], widths: &[f32], available: f32) -> Vec<Vec<usize>> {
    let mut rows: Vec<Vec<usize>> = Vec::new();
    let mut used = f32::INFINITY;
    for index in order {
        let width = widths[*index];
        match rows.last_mut() {
            Some(row) if used + GAP.x + width <= available => {
                row.push(*index);
                used += GAP.x + width;
            }
            _ => {
                rows.push(vec![*index]);
                used = width;
            }
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_filled_in_order_and_never_wider_than_the_window() {
        let widths = [100.0, 80.0, 120.0, 60.0, 90.0];
        let order = [0, 1, 2, 3, 4];
        for (available, expected) in [
            (1000.0, vec![vec![0, 1, 2, 3, 4]]),
            (482.0, vec![vec![0, 1, 2, 3, 4]]),
            (481.0, vec![vec![0, 1, 2, 3], vec![4]]),
            (200.0, vec![vec![0, 1], vec![2, 3], vec![4]]),
            (120.0, vec![vec![0], vec![1], vec![2], vec![3], vec![4]]),
        ] {
            let rows = rows(&order, &widths, available);
            assert_eq!(rows, expected, "in {available} points");
        }
        assert!(rows(&[], &[], 100.0).is_empty());
    }
}
