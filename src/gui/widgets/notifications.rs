//! What the user is told on the side: problems, and small notes. Each stays until it is dismissed
//! or no longer true.

use egui::{
    Align, Area, Frame, Id, Key, Layout, Margin, Order, Panel, Role, ScrollArea, Sense, Stroke, Ui,
    WidgetInfo, vec2,
};

use super::button::focus_ring;
use super::icon;
use super::icon::{Icon, line_icon_ui};
use crate::gui::command::key_name;
use crate::gui::theme;
use crate::gui::theme::{BODY, SMALL, SPACE};

/// More than this at once are not read by anybody; the oldest go.
const AT_MOST: usize = 5;
/// How high they are at most; over the bar at the top they are no higher than that.
const HIGH: f32 = 150.0;
const LOW: f32 = 52.0;

/// Notices, oldest first.
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
    /// Something went wrong. What is there already is only counted.
    pub fn problem(&mut self, text: String) {
        self.add(Kind::Problem, text);
    }

    /// Something worth knowing, until the next thing is done.
    pub fn note(&mut self, text: String) {
        self.clear_notes();
        self.add(Kind::Note, text);
    }

    /// The notes have been read.
    pub fn clear_notes(&mut self) {
        self.list.retain(|notice| notice.kind != Kind::Note);
    }

    /// Whether there is something to show.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The newest has been read.
    pub fn dismiss(&mut self) {
        self.list.pop();
    }

    /// Draws them above what follows; those that are dismissed go.
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
            .show(ui, |ui| self.list_ui(ui, HIGH));
    }

    /// Draws them over the bar at the top, so that nothing below it moves.
    pub fn over_ui(&mut self, ui: &mut Ui) {
        if self.is_empty() {
            return;
        }
        let room = ui.ctx().content_rect();
        let at = room.min + vec2(SPACE[2], SPACE[0]);
        Area::new(Id::unique("notices over the bar"))
            .order(Order::Foreground)
            .fixed_pos(at)
            .show(ui.ctx(), |ui| {
                ui.set_width(room.width() - 2.0 * SPACE[2]);
                self.list_ui(ui, LOW);
            });
    }

    fn list_ui(&mut self, ui: &mut Ui, high: f32) {
        let mut dismissed = None;
        ScrollArea::vertical()
            .max_height(high)
            .min_scrolled_height(high)
            .auto_shrink([false, true])
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = SPACE[0];
                // The newest on top: it is what just happened.
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
        if let Some(known) = self.list.iter_mut().find(|notice| notice.text == text) {
            known.times += 1;
            return;
        }
        if self.list.len() == AT_MOST {
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
                        let ink = match close.hovered() {
                            true => palette.text,
                            false => palette.dim,
                        };
                        icon::paint(ui, Icon::Cross, rect.shrink(4.0), ink);
                        focus_ring(ui, &close);
                        dismissed = close.clicked();
                        if newest {
                            ui.label(theme::dim(ui, key_name(Key::Backspace), SMALL));
                        }
                        if self.times > 1 {
                            let times = format!("{} times", self.times);
                            let told = ui.label(theme::dim(ui, times, SMALL));
                            theme::announce(ui, &told);
                        }
                        ui.with_layout(Layout::top_down(Align::Min), |ui| {
                            let told = ui.label(theme::text(capital(&self.text), BODY));
                            theme::announce(ui, &told);
                        });
                    });
                });
            });
        dismissed
    }
}

/// Errors begin in lower case, sentences do not.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
