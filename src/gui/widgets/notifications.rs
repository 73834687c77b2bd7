//! Notifications: problems, which stay until they are dismissed, and notes, which the next action removes.

use egui::{
    Align, Area, Frame, Id, Key, Layout, Margin, Order, Panel, Role, ScrollArea, Sense, Stroke, Ui,
    WidgetInfo, vec2,
};

use super::button::focus_ring;
use super::icon;
use super::icon::{Icon, line_icon_ui};
use crate::gui::command::key_name;
use crate::gui::text::capitalize;
use crate::gui::theme;
use crate::gui::theme::{BODY, SMALL, SPACE};

/// The most notifications at once. The oldest ones are removed.
const MAX_COUNT: usize = 5;
/// The largest height, below the header and over it.
const HEIGHT_BELOW_HEADER: f32 = 150.0;
const HEIGHT_OVER_HEADER: f32 = 52.0;
/// The largest height below the header, as a share of the window.
const LARGEST_SHARE: f32 = 0.25;

/// Notifications, oldest first.
#[derive(Debug, Default)]
pub struct Notifications {
    list: Vec<Notice>,
}

#[derive(Debug)]
struct Notice {
    kind: Kind,
    text: String,
    times: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Problem,
    Note,
}

impl Notifications {
    /// Adds a problem. A problem that is already shown is only counted.
    pub fn problem(&mut self, text: String) {
        self.add(Kind::Problem, text);
    }

    /// Shows a note until the next action.
    pub fn note(&mut self, text: String) {
        self.clear_notes();
        self.add(Kind::Note, text);
    }

    /// Removes the notes.
    pub fn clear_notes(&mut self) {
        self.list.retain(|notice| notice.kind != Kind::Note);
    }

    /// Whether there is no notification.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Removes the newest notification.
    pub fn dismiss(&mut self) {
        self.list.pop();
    }

    /// Draws them below the header.
    pub fn ui(&mut self, ui: &mut Ui) {
        if self.is_empty() {
            return;
        }
        let frame = Frame::new().inner_margin(Margin {
            left: 24,
            right: 24,
            top: 12,
            bottom: 0,
        });
        Panel::top("notices")
            .frame(frame)
            .show_separator_line(false)
            .show(ui, |ui| {
                let window_height = ui.ctx().content_rect().height();
                let height = HEIGHT_BELOW_HEADER.min(LARGEST_SHARE * window_height);
                self.list_ui(ui, height);
            });
    }

    /// Draws them over the header, so that nothing below it moves.
    pub fn over_ui(&mut self, ui: &mut Ui) {
        if self.is_empty() {
            return;
        }
        let screen_rect = ui.ctx().content_rect();
        let position = screen_rect.min + vec2(SPACE[2], SPACE[0]);
        Area::new(Id::unique("notices over the header"))
            .order(Order::Foreground)
            .fixed_pos(position)
            .show(ui.ctx(), |ui| {
                ui.set_width(screen_rect.width() - 2.0 * SPACE[2]);
                self.list_ui(ui, HEIGHT_OVER_HEADER);
            });
    }

    fn list_ui(&mut self, ui: &mut Ui, max_height: f32) {
        let mut dismissed = None;
        ScrollArea::vertical()
            .max_height(max_height)
            .min_scrolled_height(max_height)
            .auto_shrink([false, true])
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = SPACE[0];
                // The newest first.
                for (index, notice) in self.list.iter().enumerate().rev() {
                    let newest = index + 1 == self.list.len();
                    if notice.ui(ui, newest) {
                        dismissed = Some(index);
                    }
                }
            });
        if let Some(index) = dismissed {
            self.list.remove(index);
        }
    }

    fn add(&mut self, kind: Kind, text: String) {
        if let Some(same) = self.list.iter_mut().find(|notice| notice.text == text) {
            same.times += 1;
            return;
        }
        if self.list.len() == MAX_COUNT {
            self.list.remove(0);
        }
        self.list.push(Notice {
            kind,
            text,
            times: 1,
        });
    }
}

impl Notice {
    fn ui(&self, ui: &mut Ui, newest: bool) -> bool {
        let palette = theme::palette(ui);
        let (icon, color, word) = match self.kind {
            Kind::Problem => (Icon::Triangle, palette.amber, "problem"),
            Kind::Note => (Icon::Check, palette.good, "note"),
        };
        let mut dismissed = false;
        Frame::new()
            .fill(palette.raised)
            .stroke(Stroke::new(1.0, palette.line))
            .corner_radius(theme::RADIUS)
            .inner_margin(Margin::symmetric(12, 6))
            .show(ui, |ui| {
                ui.horizontal_top(|ui| {
                    ui.spacing_mut().item_spacing.x = SPACE[2];
                    line_icon_ui(ui, icon, BODY, color, word);
                    ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                        let name = format!("Dismiss: {}", self.text);
                        let (rect, close) =
                            ui.allocate_exact_size(vec2(20.0, 20.0), Sense::click());
                        close.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
                        let icon_color = match close.hovered() {
                            true => palette.text,
                            false => palette.dim,
                        };
                        icon::paint(ui, Icon::Cross, rect.shrink(4.0), icon_color);
                        focus_ring(ui, &close);
                        dismissed = close.clicked();
                        if newest {
                            ui.label(theme::dim(ui, key_name(Key::Backspace), SMALL));
                        }
                        if self.times > 1 {
                            let times = format!("{} times", self.times);
                            let label = ui.label(theme::dim(ui, times, SMALL));
                            theme::announce(ui, &label);
                        }
                        ui.with_layout(Layout::top_down(Align::Min), |ui| {
                            let label = ui.label(theme::text(capitalize(&self.text), BODY));
                            theme::announce(ui, &label);
                        });
                    });
                });
            });
        dismissed
    }
}
