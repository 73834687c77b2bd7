//! The trends: one metric of the takes of a part as a chart and a sentence, the practice streak, and the best take
//! of each part.

use egui::{
    Align, CentralPanel, ComboBox, Context, Frame, Key, Label, Layout, Margin, Panel, Rect, Role,
    ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, accesskit, pos2, vec2,
};

use super::command::Command;
use super::layout;
use super::layout::{MinHeight, Page};
use super::screen::Screen;
use super::text::{part_name, part_order};
use super::theme;
use super::theme::{BODY, LARGE, SMALL, SPACE};
use super::widgets::button::focus_ring;
use super::widgets::chart::{chart_ui, point_label};
use super::widgets::icon::{leaning_severity, paint, severity_style};
use super::widgets::tab::tab_ui;
use crate::analysis::Severity;
use crate::app::{Controller, HistoryEntry, today};
use crate::domain::profile::Profile;
use crate::domain::story::{Part, SectionKind};
use crate::domain::take::TakeId;
use crate::practice::progress::{Best, Loaded, Metric, Point, Streak, TakeMetrics, Trend};
use crate::storage::TakeStatus;

const SIDE_WIDTH: f32 = 268.0;
const BEST_HEIGHT: f32 = 48.0;
/// Below the chart: the selected take, and the legend.
const BELOW_CHART: f32 = 68.0;
/// The chart of a narrow window, whose page scrolls.
const STACKED_CHART_HEIGHT: f32 = 200.0;
const METRIC_KEYS: [Key; 5] = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5];

/// What the user can ask for on this screen.
#[derive(Debug, Clone, PartialEq)]
pub enum TrendsAction {
    /// Show another trend.
    Show(TrendQuery),
    /// Select a take of the trend.
    SelectTake(TakeId),
    /// Open the feedback of a take.
    OpenTake(TakeId),
    /// Return to the list of takes.
    ShowTakes,
}

/// Which trend is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrendQuery {
    /// The id of the story.
    pub story: String,
    /// The part of the story.
    pub part: Part,
    /// The metric of each take.
    pub metric: Metric,
}

/// What the trends show.
#[derive(Debug, Default)]
pub struct TrendsState {
    query: Option<TrendQuery>,
    /// Title and id of the stories that have transcribed takes.
    stories: Vec<(String, String)>,
    parts: Vec<Part>,
    trend: Trend,
    /// The selected take. Without one, the newest is selected.
    selected: Option<TakeId>,
    bests: Vec<PartBest>,
    streak: Streak,
}

/// The best take of a part.
#[derive(Debug)]
struct PartBest {
    part: Part,
    /// How many takes of the part are not analyzed yet.
    pending: usize,
    best: Option<Best>,
}

impl TrendsState {
    /// Starts with the part of a take.
    pub fn starting_with(entry: Option<&HistoryEntry>) -> Self {
        Self {
            query: entry.and_then(default_query),
            ..Self::default()
        }
    }

    /// Shows these takes, newest first, as far as they are analyzed.
    pub fn set_takes(&mut self, takes: &[HistoryEntry], controller: &Controller) {
        let days = takes.iter().filter_map(|entry| entry.day);
        self.streak = Streak::from_days(days, today());
        let transcribed: Vec<&HistoryEntry> = takes
            .iter()
            .rev()
            .filter(|entry| entry.state == TakeStatus::Transcribed)
            .collect();
        let newest = transcribed.last().and_then(|entry| default_query(entry));
        let has_takes = |query: &TrendQuery| {
            let mut stories = transcribed.iter().filter_map(|entry| entry.story.as_ref());
            stories.any(|story| *story == query.story)
        };
        self.query = self.query.take().filter(has_takes).or(newest);
        let Some(query) = &self.query else {
            *self = Self {
                streak: self.streak,
                ..Self::default()
            };
            return;
        };
        let story = |entry: &&HistoryEntry| Some((entry.title.clone(), entry.story.clone()?));
        self.stories = transcribed.iter().filter_map(story).collect();
        self.stories.sort();
        self.stories.dedup();

        let of_story: Vec<&HistoryEntry> = transcribed
            .into_iter()
            .filter(|entry| entry.story.as_ref() == Some(&query.story))
            .collect();
        let metrics_of = |part: Part| {
            let takes = of_story
                .iter()
                .filter(move |entry| entry.part == Some(part));
            takes.map(|entry| (*entry, controller.metrics_of(&entry.id)))
        };
        let mut parts: Vec<Part> = of_story.iter().filter_map(|entry| entry.part).collect();
        parts.sort_by_key(|part| part_order(*part));
        parts.dedup();
        self.bests = parts
            .iter()
            .map(|part| {
                let (loaded, pending) =
                    split_loaded(metrics_of(*part).map(|(entry, loaded)| (&entry.id, loaded)));
                PartBest {
                    part: *part,
                    pending,
                    best: Best::from_takes(loaded, controller.profile()),
                }
            })
            .collect();
        // Parts without takes can be chosen too; their trend says what to do.
        parts.extend(SectionKind::ALL.map(Part::Section));
        parts.extend([Part::Whole, query.part]);
        parts.sort_by_key(|part| part_order(*part));
        parts.dedup();
        self.parts = parts;
        let takes = metrics_of(query.part);
        let takes = takes.map(|(entry, loaded)| (&entry.id, entry.began.as_str(), loaded));
        self.trend = Trend::new(query.metric, takes);
    }

    /// Chooses another trend. It is shown after the next [`TrendsState::set_takes`].
    pub fn set_query(&mut self, query: TrendQuery) {
        self.query = Some(query);
    }

    /// Selects a take.
    pub fn select(&mut self, take: TakeId) {
        self.selected = Some(take);
    }

    /// The index of the selected take among the points.
    fn selected_index(&self) -> Option<usize> {
        let points = &self.trend.points;
        let selected = points
            .iter()
            .position(|point| Some(&point.take) == self.selected.as_ref());
        selected.or(points.len().checked_sub(1))
    }

    fn selected_point(&self) -> Option<&Point> {
        self.trend.points.get(self.selected_index()?)
    }
}

/// The default metric of the part of a take.
fn default_query(entry: &HistoryEntry) -> Option<TrendQuery> {
    Some(TrendQuery {
        story: entry.story.clone()?,
        part: entry.part?,
        metric: Metric::default(),
    })
}

/// The takes that are analyzed, and the number of those that are still pending.
fn split_loaded<'a>(
    takes: impl Iterator<Item = (&'a TakeId, Loaded<'a>)>,
) -> (Vec<(&'a TakeId, &'a TakeMetrics)>, usize) {
    let (mut ready, mut pending) = (Vec::new(), 0);
    for (take, loaded) in takes {
        match loaded {
            Loaded::Ready(metrics) => ready.push((take, metrics)),
            Loaded::Pending => pending += 1,
            Loaded::Unavailable => {}
        }
    }
    (ready, pending)
}

/// The trends.
pub struct TrendsScreen<'a> {
    /// What it shows.
    pub state: &'a TrendsState,
    /// The ranges that the chart shows.
    pub profile: &'a Profile,
}

impl Screen for TrendsScreen<'_> {
    type Action = TrendsAction;

    fn title(&self) -> Option<String> {
        Some("History".to_owned())
    }

    fn commands(&self, _ctx: &Context) -> Vec<Command<TrendsAction>> {
        let trends = self.state;
        let mut commands = Vec::new();
        if let (Some(index), Some(point)) = (trends.selected_index(), trends.selected_point()) {
            let open = TrendsAction::OpenTake(point.take.clone());
            commands.push(Command::primary("Open", Key::Enter, open));
            let points = &trends.trend.points;
            let previous = index.checked_sub(1).and_then(|index| points.get(index));
            let next = points.get(index + 1);
            for (label, key, point) in [
                ("Previous take", Key::ArrowLeft, previous),
                ("Next take", Key::ArrowRight, next),
            ] {
                let select = point.map(|point| TrendsAction::SelectTake(point.take.clone()));
                commands.extend(select.map(|select| Command::plain(label, key, select)));
            }
        }
        if let Some(query) = &trends.query {
            for (metric, key) in std::iter::zip(Metric::ALL, METRIC_KEYS) {
                let query = TrendQuery {
                    metric,
                    ..query.clone()
                };
                let show = TrendsAction::Show(query);
                commands.push(Command::plain(metric.to_string(), key, show));
            }
        }
        for key in [Key::T, Key::Escape] {
            commands.push(Command::plain("Takes", key, TrendsAction::ShowTakes));
        }
        commands
    }

    fn page(&self) -> Page {
        Page::new("trends", MinHeight::Most).with_top_margin(12)
    }

    fn is_in_bar(&self, command: &Command<TrendsAction>) -> bool {
        command.key != Key::T && !METRIC_KEYS.contains(&command.key)
    }

    fn content_ui(&self, ui: &mut Ui, _commands: &[Command<TrendsAction>]) -> Option<TrendsAction> {
        let trends = self.state;
        let Some(query) = &trends.query else {
            ui.label(theme::strong("No trends yet", theme::TITLE));
            let hint = "Record two takes of a section to see a trend.";
            ui.label(theme::dim(ui, hint, BODY));
            return None;
        };
        if layout::is_narrow(ui.ctx()) {
            let page = ScrollArea::vertical().auto_shrink(false);
            let stacked = page.show(ui, |ui| self.stacked_ui(ui, query));
            return stacked.inner;
        }
        let mut action = query_ui(ui, trends, query);
        ui.add_space(SPACE[1]);
        let side = Panel::right("progress")
            .exact_size(SIDE_WIDTH)
            .resizable(false)
            .show_separator_line(false)
            .frame(Frame::new())
            .show(ui, |ui| side_ui(ui, trends));
        action = action.or(side.inner);
        let frame = Frame::new().inner_margin(Margin {
            left: 0,
            right: 24,
            top: 0,
            bottom: 0,
        });
        let main = CentralPanel::default().frame(frame);
        let main = main.show(ui, |ui| trend_ui(ui, trends, self.profile));
        action.or(main.inner)
    }
}

impl TrendsScreen<'_> {
    /// Everything in one column, for a narrow window.
    fn stacked_ui(&self, ui: &mut Ui, query: &TrendQuery) -> Option<TrendsAction> {
        layout::scroll_by_keys(ui);
        let trends = self.state;
        let mut action = query_ui(ui, trends, query);
        ui.add_space(SPACE[1]);
        action = action.or(trend_ui(ui, trends, self.profile));
        ui.add_space(SPACE[2]);
        streak_ui(ui, trends);
        action.or(bests_ui(ui, trends))
    }
}

/// The choice of story, part and metric.
fn query_ui(ui: &mut Ui, trends: &TrendsState, query: &TrendQuery) -> Option<TrendsAction> {
    let mut wanted = query.clone();
    let is_narrow = layout::is_narrow(ui.ctx());
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[1];
        let stories = trends.stories.iter();
        let stories = stories.map(|(title, id)| (id.clone(), title.clone()));
        combo_ui(ui, "Story", 190.0, &mut wanted.story, stories);
        let parts = trends.parts.iter().map(|part| (*part, part_name(*part)));
        combo_ui(ui, "Section", 130.0, &mut wanted.part, parts);
        let tabs = Metric::ALL.into_iter().enumerate();
        let tab = |ui: &mut Ui, (index, metric): (usize, Metric)| {
            let (name, digit) = (metric.to_string(), (index + 1).to_string());
            let key = if is_narrow { "" } else { &digit };
            let tab = tab_ui(ui, &name, key, metric == query.metric);
            tab.clicked().then_some(metric)
        };
        if is_narrow {
            ui.end_row();
            for one in tabs {
                wanted.metric = tab(ui, one).unwrap_or(wanted.metric);
            }
            return;
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for one in tabs.rev() {
                wanted.metric = tab(ui, one).unwrap_or(wanted.metric);
            }
        });
    });
    (wanted != *query).then_some(TrendsAction::Show(wanted))
}

/// The sentence, the chart, and the selected take.
fn trend_ui(ui: &mut Ui, trends: &TrendsState, profile: &Profile) -> Option<TrendsAction> {
    let trend = &trends.trend;
    let is_narrow = layout::is_narrow(ui.ctx());
    let fit = |label: Label| match is_narrow {
        true => label.wrap(),
        false => label.truncate(),
    };
    ui.add(fit(Label::new(theme::strong(trend.describe(), LARGE))));
    let hint = theme::dim(ui, trend.hint(profile), SMALL);
    ui.add(fit(Label::new(hint)));
    ui.add_space(SPACE[0]);
    let height = match is_narrow {
        true => STACKED_CHART_HEIGHT,
        false => (ui.available_height() - BELOW_CHART).max(120.0),
    };
    let size = vec2(ui.available_width(), height);
    let selected = trends.selected_point().map(|point| &point.take);
    let clicked = chart_ui(ui, trend, profile, selected, size);
    ui.spacing_mut().item_spacing.y = SPACE[0];
    let point = trends.selected_point();
    let text = point.map_or_else(String::new, |point| point_label(point, trend));
    let label = ui.add(Label::new(theme::text(text, BODY)).truncate());
    // Screen readers announce the take that the arrow keys select.
    ui.ctx()
        .accesskit_node_builder(label.id, |node| node.set_live(accesskit::Live::Polite));
    legend_ui(ui);
    clicked.map(TrendsAction::OpenTake)
}

/// What the icons of the chart mean.
fn legend_ui(ui: &mut Ui) {
    let palette = theme::palette(ui);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        ui.spacing_mut().interact_size.y = SMALL;
        for (severity, text) in [
            (Severity::Good, "hire"),
            (Severity::Amber, "lean no hire"),
            (Severity::Red, "no hire"),
            (Severity::Note, "not enough to judge"),
        ] {
            let (icon, color, _) = severity_style(severity, palette);
            let (rect, _) = ui.allocate_exact_size(vec2(SMALL, SMALL), Sense::hover());
            paint(ui, icon, rect, color);
            ui.label(theme::dim(ui, text, SMALL));
            ui.add_space(SPACE[1]);
        }
    });
}

/// The practice streak, and the best take of each part.
fn side_ui(ui: &mut Ui, trends: &TrendsState) -> Option<TrendsAction> {
    streak_ui(ui, trends);
    let list = ScrollArea::vertical().auto_shrink(false);
    list.show(ui, |ui| {
        layout::scroll_by_keys(ui);
        bests_ui(ui, trends)
    })
    .inner
}

fn streak_ui(ui: &mut Ui, trends: &TrendsState) {
    ui.label(theme::strong(trends.streak.describe(), BODY));
    ui.label(theme::dim(ui, trends.streak.describe_total(), SMALL));
    ui.add_space(SPACE[2]);
    ui.label(theme::dim(ui, "Best takes", SMALL));
}

fn bests_ui(ui: &mut Ui, trends: &TrendsState) -> Option<TrendsAction> {
    let mut action = None;
    ui.spacing_mut().item_spacing.y = SPACE[0];
    for best in &trends.bests {
        action = action.take().or(best_ui(ui, best));
    }
    action
}

fn best_ui(ui: &mut Ui, row: &PartBest) -> Option<TrendsAction> {
    let palette = theme::palette(ui);
    let part = part_name(row.part);
    let size = vec2(ui.available_width() - SPACE[1], BEST_HEIGHT);
    let best = row.best.as_ref().filter(|_| row.pending == 0);
    let sense = match best {
        Some(_) => Sense::click(),
        None => Sense::hover(),
    };
    let (rect, response) = ui.allocate_exact_size(size, sense);
    let (leaning, reason) = match (best, row.pending) {
        (Some(best), _) => (best.metrics.lean.to_string(), best.because()),
        (None, 0) => (String::new(), "not enough speech to judge".to_owned()),
        (None, _) => (String::new(), "being analyzed".to_owned()),
    };
    let role = if best.is_some() {
        Role::Button
    } else {
        Role::Label
    };
    let name = format!("Best {part}: {leaning} {reason}");
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
    let reason = small(reason, palette.dim);
    painter.galley(
        pos2(x, rect.bottom() - 6.0 - reason.size().y),
        reason,
        palette.dim,
    );
    if let Some(best) = best {
        let (icon, color, _) = severity_style(leaning_severity(best.metrics.lean), palette);
        let leaning = small(leaning, color);
        let corner = pos2(right - leaning.size().x, middle - leaning.size().y / 2.0);
        let icon_center = pos2(corner.x - SMALL / 2.0 - 6.0, middle);
        painter.galley(corner, leaning, color);
        paint(
            ui,
            icon,
            Rect::from_center_size(icon_center, vec2(SMALL, SMALL)),
            color,
        );
    }
    focus_ring(ui, &response);
    let open = best.filter(|_| response.clicked());
    open.map(|best| TrendsAction::OpenTake(best.take.clone()))
}

fn combo_ui<T: PartialEq + Clone>(
    ui: &mut Ui,
    name: &str,
    width: f32,
    selected: &mut T,
    options: impl Iterator<Item = (T, String)>,
) {
    let options: Vec<(T, String)> = options.collect();
    let selected_text = options.iter().find(|(value, _)| value == selected);
    let selected_text = selected_text.map_or(String::new(), |(_, title)| title.clone());
    let combo = ComboBox::from_id_salt(name)
        .width(width)
        .truncate()
        .selected_text(selected_text)
        .show_ui(ui, |ui| {
            ui.set_min_width(width);
            for (value, title) in options {
                ui.selectable_value(selected, value, title);
            }
        });
    combo
        .response
        .widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, name));
}
