//! A metric over the takes of a part: a line, the target range behind it, and an icon for each take.

use egui::{Color32, Pos2, Rect, Response, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};
use egui_plot::{Axis, AxisHints, GridInput, GridMark, Line, Plot, PlotPoint, PlotPoints, Span};

use super::icon::{leaning_severity, paint, severity_style};
use crate::domain::profile::Profile;
use crate::domain::take::TakeId;
use crate::gui::theme;
use crate::gui::theme::SMALL;
use crate::practice::progress::{Metric, Point, Trend};

/// With more takes than this, the icons are small.
const MAX_LARGE_ICONS: usize = 40;
/// How close the pointer must be to an icon.
const HOVER_DISTANCE: f32 = 16.0;
/// Fewer takes than this do not fill the width.
const MIN_TAKES_IN_WIDTH: usize = 5;

/// Draws the chart. Returns the take that was clicked.
pub fn chart_ui(
    ui: &mut Ui,
    trend: &Trend,
    profile: &Profile,
    selected: Option<&TakeId>,
    size: Vec2,
) -> Option<TakeId> {
    let palette = theme::palette(ui);
    let scale = trend.metric.scale(profile);
    let [low, high] = scale;
    let margin = match trend.metric {
        Metric::Verdict => 0.5,
        _ => 0.06 * (high - low),
    };
    let clamped = |point: &Point| [point.number as f64, point.value.clamp(low, high)];
    let points = trend.line.iter();
    let line: PlotPoints = points.map(|[x, y]| [*x, y.clamp(low, high)]).collect();
    let takes = trend.takes.max(MIN_TAKES_IN_WIDTH) as f64;
    let margin_x = 0.5 + 0.015 * takes;
    let [from, to] = match (trend.metric, trend.metric.target(profile)) {
        (Metric::Verdict, [from, to]) => [from - 0.5, to + 0.5],
        (_, target) => target,
    };
    let metric = trend.metric;
    let axis = |axis| {
        AxisHints::new(axis)
            .tick_label_font(theme::regular(SMALL))
            .tick_label_color(palette.dim)
    };
    let plot = Plot::new("trend")
        .width(size.x)
        .height(size.y)
        .default_x_bounds(1.0 - margin_x, takes + margin_x)
        .default_y_bounds(low - margin, high + margin)
        .reset()
        .sense(Sense::CLICK)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
        .show_x(false)
        .show_y(false)
        .show_crosshair(false)
        .show_background(false)
        .grid_color(palette.line)
        .grid_fade(0.0)
        .x_grid_spacer(move |input| whole_grid_marks(input, 8.0))
        .y_grid_spacer(move |input| match metric {
            Metric::Verdict => whole_grid_marks(input, 8.0),
            _ => grid_marks(input, scale),
        })
        .custom_x_axes(vec![axis(Axis::X).formatter(move |mark, _| {
            match (1.0..=takes).contains(&mark.value) {
                true => format!("{:.0}", mark.value),
                false => String::new(),
            }
        })])
        .custom_y_axes(vec![axis(Axis::Y).min_thickness(88.0).formatter(
            move |mark, _| match (low..=high).contains(&mark.value) {
                true => metric.axis_label(mark.value),
                false => String::new(),
            },
        )]);
    let plot_response = plot.show(ui, |plot| {
        let target_range = Span::new("", from..=to)
            .axis(Axis::Y)
            .fill(palette.target_range())
            .border(Stroke::new(1.0, palette.target_edge()));
        plot.span(target_range);
        let line = Line::new("", line)
            .color(palette.voice)
            .width(2.0)
            .allow_hover(false);
        plot.line(line);
    });
    let response = plot_response.response;
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, trend.describe()));
    let position = |point: &Point| -> Pos2 {
        let [x, y] = clamped(point);
        plot_response
            .transform
            .position_from_point(&PlotPoint::new(x, y))
    };
    let clip = ui.clip_rect().intersect(response.rect.expand(12.0));
    ui.scope(|ui| {
        ui.set_clip_rect(clip);
        icons_ui(ui, trend, selected, &position);
    });
    hover_ui(ui, response, trend, &position)
}

/// Draws a ring and a tooltip for the take nearest to the pointer. Returns the take when it is clicked.
fn hover_ui(
    ui: &Ui,
    response: Response,
    trend: &Trend,
    position: &impl Fn(&Point) -> Pos2,
) -> Option<TakeId> {
    let palette = theme::palette(ui);
    let pointer = response.hover_pos()?;
    let distance = |point: &Point| position(point).distance(pointer);
    let nearest = trend
        .points
        .iter()
        .min_by(|a, b| distance(a).total_cmp(&distance(b)))
        .filter(|point| distance(point) <= HOVER_DISTANCE)?;
    ring(ui, position(nearest), palette.dim);
    let label = point_label(nearest, trend);
    let clicked = response.clicked();
    response
        .on_hover_cursor(egui::CursorIcon::PointingHand)
        .on_hover_text_at_pointer(theme::text(label, SMALL));
    clicked.then(|| nearest.take.clone())
}

/// Describes a take of a trend in one line.
pub fn point_label(point: &Point, trend: &Trend) -> String {
    let when = &point.began;
    let value = trend.metric.describe(&point.metrics);
    let lean = match trend.metric {
        Metric::Verdict => String::new(),
        _ => format!("; {}", point.metrics.lean),
    };
    format!("Take {}, {when}: {value}{lean}", point.number)
}

fn icons_ui(ui: &Ui, trend: &Trend, selected: Option<&TakeId>, position: &impl Fn(&Point) -> Pos2) {
    let palette = theme::palette(ui);
    let is_large = trend.takes <= MAX_LARGE_ICONS;
    let size = if is_large { SMALL } else { 8.0 };
    for point in &trend.points {
        let at = position(point);
        if is_large {
            ui.painter().circle_filled(at, size * 0.62, palette.ground);
        }
        let (icon, color, _) = severity_style(leaning_severity(point.metrics.lean), palette);
        paint(
            ui,
            icon,
            Rect::from_center_size(at, vec2(size, size)),
            color,
        );
        if selected == Some(&point.take) {
            ring(ui, at, palette.accent);
        }
    }
}

fn ring(ui: &Ui, at: Pos2, color: Color32) {
    ui.painter()
        .circle_stroke(pos2(at.x, at.y), 11.0, Stroke::new(2.0, color));
}

/// Grid lines at whole numbers, at most this many.
fn whole_grid_marks(input: GridInput, at_most: f64) -> Vec<GridMark> {
    let (from, to) = input.bounds;
    multiples(round_step((to - from) / at_most).max(1.0), from, to)
}

/// About five grid lines over a scale.
fn grid_marks(input: GridInput, [low, high]: [f64; 2]) -> Vec<GridMark> {
    let (from, to) = input.bounds;
    multiples(round_step((high - low) / 5.0), from, to)
}

fn multiples(step: f64, from: f64, to: f64) -> Vec<GridMark> {
    let (first, last) = ((from / step).ceil() as i64, (to / step).floor() as i64);
    let mark = |count: i64| GridMark {
        value: count as f64 * step,
        step_size: step,
    };
    (first..=last).map(mark).collect()
}

/// The next number of 1, 2, 5, 10, 20, 50, ...
fn round_step(at_least: f64) -> f64 {
    let power_of_ten = 10_f64.powf(at_least.max(1e-6).log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power_of_ten);
    let fits = steps.into_iter().find(|step| *step >= at_least);
    fits.unwrap_or(10.0 * power_of_ten)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grid_lines_are_at_round_numbers() {
        let steps = [0.5, 1.0, 1.1, 4.4, 5.1, 36.0, 200.1].map(round_step);
        assert_eq!(steps, [0.5, 1.0, 2.0, 5.0, 10.0, 50.0, 500.0]);
        let at: Vec<f64> = multiples(5.0, -1.4, 25.4).iter().map(|m| m.value).collect();
        assert_eq!(at, [0.0, 5.0, 10.0, 15.0, 20.0, 25.0]);
    }
}
