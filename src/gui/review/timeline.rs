//! The timeline of a take: the player, and below it the lanes for sound, pace and ownership.

use egui::{
    Align2, Key, Layout, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, UiBuilder, Vec2,
};
use egui::{WidgetInfo, accesskit, pos2, vec2};
use egui_plot::{Line, Plot, PlotPoints, Points, VLine};

use super::action::ReviewAction;
use crate::acoustics::waveform::Waveform;
use crate::analysis;
use crate::analysis::Feedback;
use crate::analysis::ownership::pronouns::{OwnershipKind, OwnershipSpan};
use crate::app::{Controller, PlaybackPosition};
use crate::domain::profile::Profile;
use crate::domain::time::{Secs, Span, clock};
use crate::gui::command::Command;
use crate::gui::layout;
use crate::gui::theme;
use crate::gui::theme::{BODY, Palette, SMALL, SPACE};
use crate::gui::widgets::button::focus_ring;
use crate::gui::widgets::countdown::clock_ui;
use crate::gui::widgets::findings::is_moment;
use crate::gui::widgets::icon::{paint, severity_style};
use crate::practice::session::Reviewed;

/// The width of the names of the lanes.
const NAME_WIDTH: f32 = 72.0;
const SOUND_HEIGHT: f32 = 84.0;
/// The heights of the icons of findings above the sound, and of fillers below it.
const ICON_HEIGHT: f32 = 16.0;
const FILLER_HEIGHT: f32 = 8.0;
const PACE_HEIGHT: f32 = 56.0;
const OWNERSHIP_LANE_HEIGHT: f32 = 16.0;
/// How many words per minute are shown below and above the target range.
const WPM_MARGIN: f64 = 30.0;
/// The margin above and below the curve, as a share of its height. It leaves space for the marker on the curve.
const CURVE_MARGIN: f64 = 0.08;
/// The distance between the left edges of two bars.
const BAR_STEP: f32 = 3.0;

/// Converts between times and horizontal positions.
#[derive(Clone, Copy)]
struct Axis {
    left: f32,
    width: f32,
    seconds: Secs,
}

impl Axis {
    fn x(self, at: Secs) -> f32 {
        self.left + self.width * (at / self.seconds.max(0.1)).clamp(0.0, 1.0) as f32
    }

    fn at(self, x: f32) -> Secs {
        let share = f64::from((x - self.left) / self.width.max(1.0));
        share.clamp(0.0, 1.0) * self.seconds
    }
}

/// Draws the player and the lanes.
pub fn timeline_ui(
    ui: &mut Ui,
    controller: &Controller,
    reviewed: &Reviewed,
    commands: &[Command<ReviewAction>],
) -> Option<ReviewAction> {
    let Reviewed { take, feedback } = reviewed;
    let position = controller.playback_position(&take.id);
    let mut action = None;
    let frame = theme::card(ui).inner_margin(egui::Margin::symmetric(12, 8));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = SPACE[0];
        action = player_ui(ui, position, take.audio.seconds, commands);
        let axis = Axis {
            left: ui.max_rect().left() + NAME_WIDTH,
            width: ui.available_width() - NAME_WIDTH,
            seconds: take.audio.seconds,
        };
        let waveform = controller.waveform(&take.id);
        let step_action = sound_ui(ui, axis, waveform, feedback, position, commands);
        action = action.take().or(step_action);
        let mut ownership_action = None;
        pace_ui(ui, axis, feedback, controller.profile(), position);
        if let Some(section) = analysis::action_span(take, feedback) {
            ownership_action = ownership_ui(ui, axis, feedback, section);
        }
        action = action.take().or(ownership_action);
    });
    action
}

/// Draws the play button, the position, and the speed.
fn player_ui(
    ui: &mut Ui,
    position: Option<&PlaybackPosition>,
    seconds: Secs,
    commands: &[Command<ReviewAction>],
) -> Option<ReviewAction> {
    let mut action = None;
    let button = |ui: &mut Ui, key| {
        let command = commands.iter().find(|command| command.key == key)?;
        command.ui(ui)
    };
    ui.horizontal(|ui| {
        // Equally wide for "Pause" and "Play", so nothing moves.
        ui.allocate_ui_with_layout(
            vec2(136.0, 38.0),
            Layout::left_to_right(egui::Align::Center),
            |ui| {
                ui.set_min_width(136.0);
                action = button(ui, egui::Key::Space);
            },
        );
        let at = position.map_or(0.0, |position| position.at);
        let text = format!("{} of {}", clock(at), clock(seconds));
        clock_ui(ui, &text, BODY, theme::palette(ui).text);
        ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
            action = action.take().or(button(ui, egui::Key::S));
            if layout::is_narrow(ui.ctx()) {
                return;
            }
            let text = "Click to jump, \u{2190} \u{2192} word by word";
            ui.label(theme::dim(ui, text, SMALL));
        });
    });
    action
}

/// Allocates a lane, and draws its name in front of it.
fn lane(ui: &mut Ui, axis: Axis, name: &str, height: f32, sense: Sense) -> (Rect, egui::Response) {
    let palette = theme::palette(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let name_position = pos2(rect.left(), rect.center().y);
    let font = theme::regular(SMALL);
    let painter = ui.painter();
    painter.text(name_position, Align2::LEFT_CENTER, name, font, palette.dim);
    let lane = Rect::from_min_max(pos2(axis.left, rect.top()), rect.max);
    let response = ui.interact(lane, ui.scope_id().with(name), sense);
    (lane, response)
}

/// Draws the sound: pauses as gaps with their length, fillers as ticks, and findings as icons.
fn sound_ui(
    ui: &mut Ui,
    axis: Axis,
    waveform: Option<&Result<Waveform, String>>,
    feedback: &Feedback,
    position: Option<&PlaybackPosition>,
    commands: &[Command<ReviewAction>],
) -> Option<ReviewAction> {
    let palette = theme::palette(ui);
    let (lane, response) = lane(ui, axis, "Sound", SOUND_HEIGHT, Sense::click());
    let at = position.map_or(0.0, |position| position.at);
    let step_action = slider_ui(ui, &response, at, axis.seconds, commands);
    let sound = Rect::from_min_max(
        pos2(lane.left(), lane.top() + ICON_HEIGHT),
        pos2(lane.right(), lane.bottom() - FILLER_HEIGHT),
    );
    let painter = ui.painter_at(lane.expand(8.0));
    match waveform {
        Some(Ok(peaks)) => bars(&painter, axis, sound, peaks, position.map(|_| at), palette),
        Some(Err(why)) => {
            let text = format!("Cannot play this take: {why}");
            let font = theme::regular(SMALL);
            painter.text(
                sound.center(),
                Align2::CENTER_CENTER,
                text,
                font,
                palette.amber,
            );
        }
        None => {
            let middle = [sound.left_center(), sound.right_center()];
            painter.line_segment(middle, Stroke::new(1.0, palette.line));
        }
    }
    pauses_ui(ui, &painter, axis, sound, response.id, feedback);
    for filler in &feedback.fillers {
        let x = axis.x((filler.start + filler.end) / 2.0);
        let ends = [
            pos2(x, lane.bottom() - FILLER_HEIGHT),
            pos2(x, lane.bottom()),
        ];
        painter.line_segment(ends, Stroke::new(2.0, palette.amber));
    }
    let action = finding_icons_ui(ui, &painter, axis, lane, response.id, feedback);
    if let Some(pointer) = response.hover_pos() {
        let ends = [
            pos2(pointer.x, sound.top()),
            pos2(pointer.x, sound.bottom()),
        ];
        painter.line_segment(ends, Stroke::new(1.0, palette.dim));
    }
    playhead(&painter, axis, lane, position, palette);
    focus_ring(ui, &response);
    let clicked = response
        .interact_pointer_pos()
        .filter(|_| response.clicked());
    let go_to = clicked.map(|pointer| ReviewAction::GoTo(axis.at(pointer.x)));
    action.or(go_to).or(step_action)
}

/// Draws pauses as gaps in the sound, each with its length. Short gaps show it in a tooltip.
fn pauses_ui(
    ui: &Ui,
    painter: &egui::Painter,
    axis: Axis,
    sound: Rect,
    lane_id: egui::Id,
    feedback: &Feedback,
) {
    let palette = theme::palette(ui);
    for pause in &feedback.pauses {
        let gap = Rect::from_min_max(
            pos2(axis.x(pause.start), sound.top() + 4.0),
            pos2(axis.x(pause.end), sound.bottom() - 4.0),
        );
        let edge = Stroke::new(1.0, palette.dim);
        painter.rect(gap, 3.0, palette.raised, edge, StrokeKind::Inside);
        let length = format!("{:.1} s", pause.span().len());
        let text = painter.layout_no_wrap(length.clone(), theme::regular(SMALL), palette.dim);
        if text.size().x + 4.0 <= gap.width() {
            let corner = gap.center() - text.size() / 2.0;
            painter.galley(corner, text, palette.dim);
        } else {
            let id = lane_id.with(("pause", pause.start.to_bits()));
            let hover_rect = gap.expand2(vec2(2.0, 0.0));
            let response = ui.interact(hover_rect, id, Sense::hover());
            response.on_hover_text(format!("A pause of {length}"));
        }
    }
}

/// Draws an icon for each finding about a moment. Returns the passage of the clicked one.
fn finding_icons_ui(
    ui: &Ui,
    painter: &egui::Painter,
    axis: Axis,
    lane: Rect,
    lane_id: egui::Id,
    feedback: &Feedback,
) -> Option<ReviewAction> {
    let palette = theme::palette(ui);
    let mut action = None;
    let mut icon_positions: Vec<f32> = Vec::new();
    let used = feedback.pacing.used_s;
    for finding in feedback.findings.iter().filter(|f| is_moment(f, used)) {
        let x = axis.x(finding.span.start);
        // The most urgent findings come first; others must not cover them.
        if icon_positions.iter().any(|other| (other - x).abs() < 12.0) {
            continue;
        }
        icon_positions.push(x);
        let (icon, color, _) = severity_style(finding.severity, palette);
        let icon_rect = Rect::from_center_size(pos2(x, lane.top() + 6.0), vec2(12.0, 12.0));
        let ends = [
            pos2(x, lane.top() + ICON_HEIGHT),
            pos2(x, lane.bottom() - FILLER_HEIGHT),
        ];
        painter.line_segment(ends, Stroke::new(1.0, palette.finding_line(color)));
        // Not focusable: keyboard users reach the findings in their list.
        let id = lane_id.with(("finding", finding.span.start.to_bits()));
        let mark = ui.interact(icon_rect.expand(2.0), id, Sense::CLICK);
        let text = finding.kind.to_string();
        let label = format!("At {}: {text}", clock(finding.span.start));
        mark.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
        if mark.hovered() {
            painter.rect_filled(icon_rect.expand(2.0), 4.0, palette.raised);
        }
        paint(ui, icon, icon_rect, color);
        if mark.on_hover_text(text).clicked() {
            action = Some(ReviewAction::Play(finding.span));
        }
    }
    action
}

/// Makes the lane a slider for screen readers. They step from word to word, as the arrow keys do.
fn slider_ui(
    ui: &Ui,
    response: &egui::Response,
    at: Secs,
    seconds: Secs,
    commands: &[Command<ReviewAction>],
) -> Option<ReviewAction> {
    let text = format!("Position in the take: {} of {}", clock(at), clock(seconds));
    response.widget_info(|| WidgetInfo::slider(true, at, &text));
    let steps = [
        (accesskit::Action::Decrement, Key::ArrowLeft),
        (accesskit::Action::Increment, Key::ArrowRight),
    ];
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_value(format!("{} of {}", clock(at), clock(seconds)));
        node.set_min_numeric_value(0.0);
        node.set_max_numeric_value(seconds);
        for (step, key) in steps {
            if commands.iter().any(|command| command.key == key) {
                node.add_action(step);
            }
        }
    });
    let action = steps
        .into_iter()
        .find(|(step, _)| ui.input(|input| input.has_accesskit_action_request(response.id, *step)));
    let (_, key) = action?;
    let command = commands.iter().find(|command| command.key == key)?;
    Some(command.action.clone())
}

fn bars(
    painter: &egui::Painter,
    axis: Axis,
    sound: Rect,
    peaks: &Waveform,
    position: Option<Secs>,
    palette: &Palette,
) {
    // The shape of a quiet voice is visible, but noise alone is not amplified.
    let scale = 0.5 * sound.height() / peaks.max_peak().max(0.05);
    let mut x = sound.left();
    // Besides the color, a line marks what has been played.
    if let Some(at) = position {
        let ends = [sound.left_bottom(), pos2(axis.x(at), sound.bottom())];
        painter.line_segment(ends, Stroke::new(2.0, palette.voice));
    }
    while x < sound.right() {
        let height = scale * peaks.peak_between(axis.at(x), axis.at(x + BAR_STEP));
        let bar = Rect::from_center_size(
            pos2(x + 1.0, sound.center().y),
            vec2(BAR_STEP - 1.0, (2.0 * height).max(1.0)),
        );
        let color = match position.is_some_and(|at| axis.x(at) > x) {
            true => palette.voice,
            false => palette.unplayed(),
        };
        painter.rect_filled(bar, 1.0, color);
        x += BAR_STEP;
    }
}

fn playhead(
    painter: &egui::Painter,
    axis: Axis,
    lane: Rect,
    position: Option<&PlaybackPosition>,
    palette: &Palette,
) {
    let Some(position) = position else { return };
    let x = axis.x(position.at);
    let ends = [pos2(x, lane.top()), pos2(x, lane.bottom())];
    painter.line_segment(ends, Stroke::new(2.0, palette.text));
    let (top, half) = (lane.top(), 4.0);
    let corners = vec![pos2(x - half, top), pos2(x + half, top), pos2(x, top + 6.0)];
    painter.add(Shape::convex_polygon(corners, palette.text, Stroke::NONE));
}

/// Draws the pace along the take, with the target range behind it.
fn pace_ui(
    ui: &mut Ui,
    axis: Axis,
    feedback: &Feedback,
    profile: &Profile,
    position: Option<&PlaybackPosition>,
) {
    let palette = theme::palette(ui);
    let (lane, response) = lane(ui, axis, "Pace", PACE_HEIGHT, Sense::hover());
    let curve = &feedback.pacing.curve;
    let [from, to] = profile.pace_ok_wpm;
    let slowest = curve.iter().map(|point| point.wpm).reduce(f64::min);
    let fastest = curve.iter().map(|point| point.wpm).reduce(f64::max);
    let text = match slowest.zip(fastest) {
        Some((slowest, fastest)) => format!(
            "Pace along the take: {slowest:.0} to {fastest:.0} words/min; aim for {from:.0} to {to:.0}"
        ),
        None => "At least 10 seconds of speech are needed to plot the pace.".to_owned(),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &text));
    let small = || theme::regular(SMALL);
    if curve.is_empty() {
        let corner = lane.left_center();
        ui.painter()
            .text(corner, Align2::LEFT_CENTER, text, small(), palette.dim);
        return;
    }
    // The whole curve is visible, and some space below and above the target range.
    let low = slowest.map_or(from, |wpm| wpm.min(from - WPM_MARGIN));
    let high = fastest.map_or(to, |wpm| wpm.max(to + WPM_MARGIN));
    let margin = CURVE_MARGIN * (high - low);
    let (low, high) = (low - margin, high + margin);
    for wpm in [from, to] {
        let share = ((wpm - low) / (high - low)).clamp(0.0, 1.0);
        let y = lane.bottom() - lane.height() * share as f32;
        let corner = pos2(lane.left() - 6.0, y);
        let text = format!("{wpm:.0}");
        ui.painter()
            .text(corner, Align2::RIGHT_CENTER, text, small(), palette.dim);
    }
    let plot = Plot::new("pace")
        .width(lane.width())
        .height(lane.height())
        .default_x_bounds(0.0, axis.seconds.max(0.1))
        .default_y_bounds(low, high)
        .set_margin_fraction(Vec2::ZERO)
        .reset()
        .sense(Sense::hover())
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
        .show_axes(false)
        .show_grid(false)
        .label_formatter(|_| None);
    let mut on_lane = ui.new_child(UiBuilder::new().max_rect(lane).id_salt("pace"));
    plot.show(&mut on_lane, |plot| {
        let target_range = egui_plot::Span::new("", from..=to)
            .axis(egui_plot::Axis::Y)
            .fill(palette.target_range())
            .border(Stroke::new(1.0, palette.target_edge()));
        plot.span(target_range);
        let points: PlotPoints = curve.iter().map(|point| [point.at, point.wpm]).collect();
        let line = Line::new("", points).color(palette.voice).width(2.0);
        plot.line(line.allow_hover(false));
        let Some(position) = position else { return };
        let position_line = VLine::new("", position.at).color(palette.text).width(1.0);
        plot.vline(position_line);
        let near = curve.iter().min_by(|a, b| {
            let off = |at: Secs| (at - position.at).abs();
            off(a.at).total_cmp(&off(b.at))
        });
        if let Some(point) = near {
            let marker = Points::new("", [point.at, point.wpm]);
            let marker = marker.color(palette.voice).radius(3.5);
            plot.points(marker.allow_hover(false));
        }
    });
}

/// Draws the ownership in the Action: a lane each for "I", "we" and the passive.
fn ownership_ui(
    ui: &mut Ui,
    axis: Axis,
    feedback: &Feedback,
    section: Span,
) -> Option<ReviewAction> {
    let palette = theme::palette(ui);
    let ownership = feedback.ownership.within(section);
    let mut action = None;
    for (kind, name, color) in [
        (OwnershipKind::I, "I", palette.accent),
        (OwnershipKind::We, "we", palette.amber),
        (OwnershipKind::Passive, "passive", palette.red),
    ] {
        let spans: Vec<&OwnershipSpan> =
            ownership.spans.iter().filter(|s| s.kind == kind).collect();
        let name = format!("{name} {}", spans.len());
        let (lane, _) = lane(ui, axis, &name, OWNERSHIP_LANE_HEIGHT, Sense::hover());
        let ends = [
            pos2(axis.x(section.start), lane.center().y),
            pos2(axis.x(section.end), lane.center().y),
        ];
        ui.painter()
            .line_segment(ends, Stroke::new(1.0, palette.line));
        for span in spans {
            let (left, right) = (axis.x(span.start), axis.x(span.end));
            let mark = Rect::from_min_max(
                pos2(left, lane.top() + 3.0),
                pos2(right.max(left + 6.0), lane.bottom() - 3.0),
            );
            let id = ui.scope_id().with((name.as_str(), span.start.to_bits()));
            let response = ui.interact(mark, id, Sense::click());
            let text = format!("Play \u{201c}{}\u{201d}, {}", span.text, clock(span.start));
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &text));
            let painter = ui.painter();
            match kind {
                OwnershipKind::I => {
                    painter.rect_filled(mark, 2.0, color);
                }
                OwnershipKind::We => {
                    let stroke = Stroke::new(2.0, color);
                    painter.rect_stroke(mark, 2.0, stroke, StrokeKind::Inside);
                }
                OwnershipKind::Passive => {
                    let (y, stroke) = (mark.center().y, Stroke::new(3.0, color));
                    let ends = [pos2(mark.left(), y), pos2(mark.right(), y)];
                    painter.extend(Shape::dashed_line(&ends, stroke, 3.0, 2.0));
                }
            }
            focus_ring(ui, &response);
            if response.on_hover_text(&span.text).clicked() {
                action = Some(ReviewAction::Play(Span::new(span.start, span.end)));
            }
        }
    }
    action
}
