//! What the takes of a part have in common: one reading as a chart and as a sentence, days in a row, and
//! the best take of each part.

use egui::{
    Align, CentralPanel, ComboBox, Frame, Key, Label, Layout, Margin, Panel, Rect, Role,
    ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, accesskit, pos2, vec2,
};

use super::Action;
use super::command as offer;
use super::command::Command;
use super::history::{part_name, part_order};
use super::layout as canvas;
use super::layout::MinSize;
use super::theme;
use super::theme::{BODY, LARGE, SMALL, SPACE};
use super::widgets::button::focus_ring;
use super::widgets::chart::{chart_ui, point_told};
use super::widgets::icon::{of_severity, paint, severity_of};
use super::widgets::tab::tab_ui;
use crate::analysis::Severity;
use crate::app::{Controller, HistoryEntry, today};
use crate::domain::profile::Profile;
use crate::domain::story::{Part, SectionKind};
use crate::domain::take::TakeId;
use crate::practice::progress::{Best, Loaded, Metric, Point, Streak, TakeMetrics, Trend, day};
use crate::storage::TakeStatus;

const SIDE: f32 = 268.0;
const ROW: f32 = 48.0;
/// Under the chart: the take that is gone to, and what the signs mean.
const BELOW: f32 = 68.0;
const DIGITS: [Key; 5] = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5];

/// What is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrendQuery {
    /// Takes of this story.
    pub story: String,
    /// ... and of this part of it.
    pub part: Part,
    /// What is read of them.
    pub reading: Metric,
}

/// What the screen shows.
#[derive(Debug, Default)]
pub struct TrendsState {
    followed: Option<TrendQuery>,
    /// Title and id of the stories that there are takes of.
    stories: Vec<(String, String)>,
    parts: Vec<Part>,
    trend: Trend,
    /// The take that is gone to; the newest where there is none.
    chosen: Option<TakeId>,
    bests: Vec<PartBest>,
    streak: Streak,
}

/// The best take of a part, as far as its takes were read.
#[derive(Debug)]
struct PartBest {
    part: Part,
    unread: usize,
    best: Option<Best>,
}

impl TrendsState {
    /// Follows the part of a take first.
    pub fn begin_with(past: Option<&HistoryEntry>) -> Self {
        let followed = past.and_then(|past| {
            Some(TrendQuery {
                story: past.story.clone()?,
                part: past.part?,
                reading: Metric::default(),
            })
        });
        Self {
            followed,
            ..Self::default()
        }
    }

    /// Shows these takes, newest first, as far as they were read.
    pub fn show(&mut self, takes: &[HistoryEntry], runtime: &Controller) {
        let days = takes.iter().filter_map(|past| day(&past.id));
        self.streak = Streak::from_days(days, today());
        let heard: Vec<&HistoryEntry> = takes
            .iter()
            .rev()
            .filter(|past| past.state == TakeStatus::Transcribed)
            .collect();
        let newest = heard.last().and_then(|past| {
            let (story, part) = (past.story.clone()?, past.part?);
            let reading = Metric::default();
            Some(TrendQuery {
                story,
                part,
                reading,
            })
        });
        let there = |followed: &TrendQuery| {
            let mut stories = heard.iter().filter_map(|past| past.story.as_ref());
            stories.any(|story| *story == followed.story)
        };
        self.followed = self.followed.take().filter(there).or(newest);
        let Some(followed) = &self.followed else {
            *self = Self {
                streak: self.streak,
                ..Self::default()
            };
            return;
        };
        let of_story = |past: &&HistoryEntry| Some((past.title.clone(), past.story.clone()?));
        self.stories = heard.iter().filter_map(of_story).collect();
        self.stories.sort();
        self.stories.dedup();

        let told: Vec<&HistoryEntry> = heard
            .into_iter()
            .filter(|past| past.story.as_ref() == Some(&followed.story))
            .collect();
        let of = |part: Part| {
            let takes = told.iter().filter(move |past| past.part == Some(part));
            takes.map(|past| (&past.id, runtime.metrics_of(&past.id)))
        };
        let mut parts: Vec<Part> = told.iter().filter_map(|past| past.part).collect();
        parts.sort_by_key(|part| part_order(*part));
        parts.dedup();
        self.bests = parts
            .iter()
            .map(|part| {
                let (known, unread) = read_of(of(*part));
                PartBest {
                    part: *part,
                    unread,
                    best: Best::from_takes(known, runtime.profile()),
                }
            })
            .collect();
        // Those that nobody has tried yet can be chosen all the same, and say what to do.
        parts.extend(SectionKind::ALL.map(Part::Section));
        parts.extend([Part::Whole, followed.part]);
        parts.sort_by_key(|part| part_order(*part));
        parts.dedup();
        self.parts = parts;
        self.trend = Trend::new(followed.reading, of(followed.part));
    }

    /// Follows something else from now on; to be shown anew.
    pub fn follow(&mut self, followed: TrendQuery) {
        self.followed = Some(followed);
    }

    /// Goes to a take.
    pub fn choose(&mut self, take: TakeId) {
        self.chosen = Some(take);
    }

    /// The place of the take that is gone to, among the points.
    fn place(&self) -> Option<usize> {
        let points = &self.trend.points;
        let chosen = points
            .iter()
            .position(|point| Some(&point.take) == self.chosen.as_ref());
        chosen.or(points.len().checked_sub(1))
    }

    fn point(&self) -> Option<&Point> {
        self.trend.points.get(self.place()?)
    }
}

fn read_of<'a>(
    takes: impl Iterator<Item = (&'a TakeId, Loaded<'a>)>,
) -> (Vec<(&'a TakeId, &'a TakeMetrics)>, usize) {
    let (mut read, mut unread) = (Vec::new(), 0);
    for (take, known) in takes {
        match known {
            Loaded::Ready(mark) => read.push((take, mark)),
            Loaded::Pending => unread += 1,
            Loaded::Unavailable => {}
        }
    }
    (read, unread)
}

/// What can be done here.
pub fn offers(trends: &TrendsState) -> Vec<Command> {
    let mut offers = Vec::new();
    if let (Some(place), Some(point)) = (trends.place(), trends.point()) {
        let open = Action::OpenTake(point.take.clone());
        offers.push(Command::primary("Open", Key::Enter, open));
        let beside = |place: usize| trends.trend.points.get(place);
        for (label, key, point) in [
            (
                "Before",
                Key::ArrowLeft,
                place.checked_sub(1).and_then(beside),
            ),
            ("After", Key::ArrowRight, beside(place + 1)),
        ] {
            let go = point.map(|point| Action::ChoosePoint(point.take.clone()));
            offers.extend(go.map(|go| Command::plain(label, key, go)));
        }
    }
    if let Some(followed) = &trends.followed {
        for (reading, key) in std::iter::zip(Metric::ALL, DIGITS) {
            let followed = TrendQuery {
                reading,
                ..followed.clone()
            };
            offers.push(Command::plain(
                reading.to_string(),
                key,
                Action::Follow(followed),
            ));
        }
    }
    let takes = Action::ShowTrends(false);
    offers.push(Command::plain("Takes", Key::T, takes));
    offers.push(Command::plain(
        "Takes",
        Key::Escape,
        Action::ShowTrends(false),
    ));
    offers
}

/// The chart with its sentence, and beside it days and best takes.
pub fn trends_ui(
    ui: &mut Ui,
    trends: &TrendsState,
    profile: &Profile,
    offers: &[Command],
) -> Option<Action> {
    let asked = canvas::bottom_ui(ui, |ui| {
        let in_bar = |offer: &&Command| offer.key != Key::T && !DIGITS.contains(&offer.key);
        let shown: Vec<Command> = offers.iter().filter(in_bar).cloned().collect();
        offer::bar_ui(ui, &shown)
    });
    let margin = Margin {
        left: 24,
        right: 24,
        top: 12,
        bottom: 0,
    };
    let shown = canvas::page_ui(ui, "trends", MinSize::Most, margin, |ui| {
        let Some(followed) = &trends.followed else {
            ui.label(theme::strong(
                "There is nothing to follow yet.",
                theme::TITLE,
            ));
            let says = "Record a second take to see a trend.";
            ui.label(theme::dim(ui, says, BODY));
            return None;
        };
        let mut asked = followed_ui(ui, trends, followed);
        ui.add_space(SPACE[1]);
        let side = Panel::right("progress")
            .exact_size(SIDE)
            .resizable(false)
            .show_separator_line(false)
            .frame(Frame::new())
            .show(ui, |ui| side_ui(ui, trends));
        asked = asked.or(side.inner);
        let frame = Frame::new().inner_margin(Margin {
            left: 0,
            right: 24,
            top: 0,
            bottom: 0,
        });
        let main = CentralPanel::default().frame(frame);
        asked.or(main.show(ui, |ui| trend_ui(ui, trends, profile)).inner)
    });
    asked.or(shown)
}

/// Which takes, and what is read of them.
fn followed_ui(ui: &mut Ui, trends: &TrendsState, followed: &TrendQuery) -> Option<Action> {
    let mut wanted = followed.clone();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[1];
        let stories = trends.stories.iter();
        let stories = stories.map(|(title, id)| (id.clone(), title.clone()));
        combo_ui(ui, "Story", 190.0, &mut wanted.story, stories);
        let parts = trends.parts.iter().map(|part| (*part, part_name(*part)));
        combo_ui(ui, "Section", 130.0, &mut wanted.part, parts);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for (place, reading) in Metric::ALL.into_iter().enumerate().rev() {
                let (name, digit) = (reading.to_string(), (place + 1).to_string());
                let on = reading == followed.reading;
                if tab_ui(ui, &name, &digit, on).clicked() {
                    wanted.reading = reading;
                }
            }
        });
    });
    (wanted != *followed).then_some(Action::Follow(wanted))
}

/// The sentence, the chart, and the take that is gone to.
fn trend_ui(ui: &mut Ui, trends: &TrendsState, profile: &Profile) -> Option<Action> {
    let trend = &trends.trend;
    let says = Label::new(theme::strong(trend.describe(), LARGE)).truncate();
    ui.add(says);
    let hint = theme::dim(ui, trend.hint(profile), SMALL);
    ui.add(Label::new(hint).truncate());
    ui.add_space(SPACE[0]);
    let high = (ui.available_height() - BELOW).max(120.0);
    let size = vec2(ui.available_width(), high);
    let chosen = trends.point().map(|point| &point.take);
    let clicked = chart_ui(ui, trend, profile, chosen, size);
    ui.spacing_mut().item_spacing.y = SPACE[0];
    let told = trends.point().map(|point| point_told(point, trend));
    let label = Label::new(theme::text(told.unwrap_or_default(), BODY)).truncate();
    let told = ui.add(label);
    // Who goes from take to take by the keyboard hears where he is.
    ui.ctx()
        .accesskit_node_builder(told.id, |node| node.set_live(accesskit::Live::Polite));
    signs_ui(ui);
    clicked.map(Action::OpenTake)
}

/// What the signs of the chart mean.
fn signs_ui(ui: &mut Ui) {
    let palette = theme::palette(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        ui.spacing_mut().interact_size.y = SMALL;
        for (severity, says) in [
            (Severity::Good, "hire"),
            (Severity::Amber, "lean no hire"),
            (Severity::Red, "no hire"),
            (Severity::Note, "not enough heard"),
        ] {
            let (icon, color, _) = of_severity(severity, palette);
            let (rect, _) = ui.allocate_exact_size(vec2(SMALL, SMALL), Sense::hover());
            paint(ui, icon, rect, color);
            ui.label(theme::dim(ui, says, SMALL));
            ui.add_space(SPACE[1]);
        }
    });
}

/// Days in a row, and the best take of each part.
fn side_ui(ui: &mut Ui, trends: &TrendsState) -> Option<Action> {
    ui.label(theme::strong(trends.streak.describe(), BODY));
    ui.label(theme::dim(ui, trends.streak.describe_total(), SMALL));
    ui.add_space(SPACE[2]);
    ui.label(theme::dim(ui, "Best takes", SMALL));
    let mut asked = None;
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        canvas::scroll_by_keys(ui);
        ui.spacing_mut().item_spacing.y = SPACE[0];
        for best in &trends.bests {
            asked = asked.take().or(best_ui(ui, best));
        }
    });
    asked
}

fn best_ui(ui: &mut Ui, of: &PartBest) -> Option<Action> {
    let palette = theme::palette(ui);
    let part = part_name(of.part);
    let size = vec2(ui.available_width() - SPACE[1], ROW);
    let best = of.best.as_ref().filter(|_| of.unread == 0);
    let sense = match best {
        Some(_) => Sense::click(),
        None => Sense::hover(),
    };
    let (rect, response) = ui.allocate_exact_size(size, sense);
    let (lean, because) = match (best, of.unread) {
        (Some(best), _) => (best.metrics.lean.to_string(), best.because()),
        (None, 0) => (String::new(), "too little was said to judge".to_owned()),
        (None, _) => (String::new(), "being read".to_owned()),
    };
    let role = if best.is_some() {
        Role::Button
    } else {
        Role::Label
    };
    let name = format!("Best {part}: {lean} {because}");
    response.widget_info(|| WidgetInfo::labeled(role, true, &name));
    let painter = ui.painter();
    let fill = match best.is_some() && response.hovered() {
        true => palette.raised,
        false => palette.surface,
    };
    let border = Stroke::new(1.0, palette.line);
    painter.rect(rect, theme::RADIUS, fill, border, StrokeKind::Inside);
    let x = rect.left() + SPACE[2];
    let title = painter.layout_no_wrap(part, theme::semibold(BODY), palette.text);
    let y = rect.top() + 5.0;
    let right = rect.right() - SPACE[2];
    let small = |text: String, ink| {
        let mut job = egui::text::LayoutJob::simple_singleline(text, theme::regular(SMALL), ink);
        job.wrap = egui::text::TextWrapping::truncate_at_width(right - x);
        painter.layout_job(job)
    };
    let middle = y + title.size().y / 2.0;
    painter.galley(pos2(x, y), title, palette.text);
    let why = small(because, palette.dim);
    painter.galley(
        pos2(x, rect.bottom() - 6.0 - why.size().y),
        why,
        palette.dim,
    );
    if let Some(best) = best {
        let (icon, color, _) = of_severity(severity_of(best.metrics.lean), palette);
        let lean = small(lean, color);
        let at = pos2(right - lean.size().x, middle - lean.size().y / 2.0);
        let sign = pos2(at.x - SMALL / 2.0 - 6.0, middle);
        painter.galley(at, lean, color);
        paint(
            ui,
            icon,
            Rect::from_center_size(sign, vec2(SMALL, SMALL)),
            color,
        );
    }
    focus_ring(ui, &response);
    let open = best.filter(|_| response.clicked());
    open.map(|best| Action::OpenTake(best.take.clone()))
}

fn combo_ui<T: PartialEq + Clone>(
    ui: &mut Ui,
    name: &str,
    width: f32,
    chosen: &mut T,
    all: impl Iterator<Item = (T, String)>,
) {
    let all: Vec<(T, String)> = all.collect();
    let shown = all.iter().find(|(value, _)| value == chosen);
    let shown = shown.map_or(String::new(), |(_, title)| title.clone());
    let combo = ComboBox::from_id_salt(name)
        .width(width)
        .truncate()
        .selected_text(shown)
        .show_ui(ui, |ui| {
            ui.set_min_width(width);
            for (value, title) in all {
                ui.selectable_value(chosen, value, title);
            }
        });
    combo
        .response
        .widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, name));
}
