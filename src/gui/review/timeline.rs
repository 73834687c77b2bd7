//! A take along its time: the sound, the pace and who did it, one under the other, with the player above.

use egui::{
    Align2, Key, Layout, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, UiBuilder, Vec2,
};
use egui::{WidgetInfo, accesskit, pos2, vec2};
use egui_plot::{Line, Plot, PlotPoints, Points, VLine};

use super::ReviewAction;
use crate::acoustics::waveform::Waveform;
use crate::analysis;
use crate::analysis::Feedback;
use crate::analysis::ownership::pronouns::{OwnershipKind, OwnershipSpan};
use crate::app::{Controller, PlaybackPosition};
use crate::domain::profile::Profile;
use crate::domain::time::{Secs, Span, clock};
use crate::gui::Action;
use crate::gui::command::Command;
use crate::gui::theme;
use crate::gui::theme::{BODY, Palette, SMALL, SPACE};
use crate::gui::widgets::button::focus_ring;
use crate::gui::widgets::countdown::clock_ui;
use crate::gui::widgets::findings::is_moment;
use crate::gui::widgets::icon::{of_severity, paint};
use crate::practice::session::Reviewed;

/// What the lanes are called stands in front of them.
const NAMES: f32 = 72.0;
const VOICE: f32 = 84.0;
/// Above the sound, for the signs of what was noticed; below it, for fillers.
const SIGNS: f32 = 16.0;
const FILLERS: f32 = 8.0;
const PACE: f32 = 56.0;
const RIBBON: f32 = 16.0;
/// So many words a minute are shown beside those that are aimed for.
const BESIDE: f64 = 30.0;
/// Above and below the curve, so much of its height: the spot on it is whole.
const ROOM: f64 = 0.08;
/// From the left of one bar to that of the next.
const BAR: f32 = 3.0;

/// Where a time stands on the screen.
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

/// The player, and below it what lies along the take.
pub fn timeline_ui(
    ui: &mut Ui,
    runtime: &Controller,
    reviewed: &Reviewed,
    offers: &[Command],
) -> Option<Action> {
    let Reviewed { take, feedback } = reviewed;
    let place = runtime.playback_position(&take.id);
    let mut asked = None;
    let frame = theme::card(ui).inner_margin(egui::Margin::symmetric(12, 8));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = SPACE[0];
        asked = player_ui(ui, place, take.audio.seconds, offers);
        let axis = Axis {
            left: ui.max_rect().left() + NAMES,
            width: ui.available_width() - NAMES,
            seconds: take.audio.seconds,
        };
        let shape = runtime.waveform(&take.id);
        let stepped = voice_ui(ui, axis, shape, feedback, place, offers);
        asked = asked.take().or(stepped);
        let mut ask = None;
        pace_ui(ui, axis, feedback, runtime.profile(), place);
        if let Some(action) = analysis::action_of(take, feedback) {
            ask = ribbon_ui(ui, axis, feedback, action);
        }
        asked = asked.take().or(ask.map(Action::Review));
    });
    asked
}

/// Play, the place, and the speed.
fn player_ui(
    ui: &mut Ui,
    place: Option<&PlaybackPosition>,
    seconds: Secs,
    offers: &[Command],
) -> Option<Action> {
    let mut asked = None;
    let button = |ui: &mut Ui, key| {
        let offer = offers.iter().find(|offer| offer.key == key)?;
        offer.ui(ui)
    };
    ui.horizontal(|ui| {
        // As wide for "Pause" as for "Play": nothing moves.
        ui.allocate_ui_with_layout(
            vec2(136.0, 38.0),
            Layout::left_to_right(egui::Align::Center),
            |ui| {
                ui.set_min_width(136.0);
                asked = button(ui, egui::Key::Space);
            },
        );
        let at = place.map_or(0.0, |place| place.at);
        let says = format!("{} of {}", clock(at), clock(seconds));
        clock_ui(ui, &says, BODY, theme::palette(ui).text);
        ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
            asked = asked.take().or(button(ui, egui::Key::S));
            let says = "click to go there, \u{2190} \u{2192} word by word";
            ui.label(theme::dim(ui, says, SMALL));
        });
    });
    asked
}

/// A lane with its name in front.
fn lane(ui: &mut Ui, axis: Axis, name: &str, height: f32, sense: Sense) -> (Rect, egui::Response) {
    let palette = theme::palette(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let named = pos2(rect.left(), rect.center().y);
    let font = theme::regular(SMALL);
    let painter = ui.painter();
    painter.text(named, Align2::LEFT_CENTER, name, font, palette.dim);
    let lane = Rect::from_min_max(pos2(axis.left, rect.top()), rect.max);
    let response = ui.interact(lane, ui.scope_id().with(name), sense);
    (lane, response)
}

/// The sound: pauses as gaps with their length, fillers as ticks, what was noticed as signs.
fn voice_ui(
    ui: &mut Ui,
    axis: Axis,
    shape: Option<&Result<Waveform, String>>,
    feedback: &Feedback,
    place: Option<&PlaybackPosition>,
    offers: &[Command],
) -> Option<Action> {
    let palette = theme::palette(ui);
    let (lane, response) = lane(ui, axis, "Sound", VOICE, Sense::click());
    let at = place.map_or(0.0, |place| place.at);
    let stepped = place_told(ui, &response, at, axis.seconds, offers);
    let sound = Rect::from_min_max(
        pos2(lane.left(), lane.top() + SIGNS),
        pos2(lane.right(), lane.bottom() - FILLERS),
    );
    let painter = ui.painter_at(lane.expand(8.0));
    match shape {
        Some(Ok(peaks)) => bars(&painter, axis, sound, peaks, place.map(|_| at), palette),
        Some(Err(why)) => {
            let says = format!("It cannot be heard: {why}");
            let font = theme::regular(SMALL);
            painter.text(
                sound.center(),
                Align2::CENTER_CENTER,
                says,
                font,
                palette.amber,
            );
        }
        None => {
            let middle = [sound.left_center(), sound.right_center()];
            painter.line_segment(middle, Stroke::new(1.0, palette.line));
        }
    }
    for pause in &feedback.pauses {
        let gap = Rect::from_min_max(
            pos2(axis.x(pause.start), sound.top() + 4.0),
            pos2(axis.x(pause.end), sound.bottom() - 4.0),
        );
        let edge = Stroke::new(1.0, palette.dim);
        painter.rect(gap, 3.0, palette.raised, edge, StrokeKind::Inside);
        let length = format!("{:.1} s", pause.span().len());
        let says = painter.layout_no_wrap(length.clone(), theme::regular(SMALL), palette.dim);
        if says.size().x + 4.0 <= gap.width() {
            let corner = gap.center() - says.size() / 2.0;
            painter.galley(corner, says, palette.dim);
        } else {
            let id = response.id.with(("pause", pause.start.to_bits()));
            let spot = gap.expand2(vec2(2.0, 0.0));
            let pointed = ui.interact(spot, id, Sense::hover());
            pointed.on_hover_text(format!("A pause of {length}"));
        }
    }
    for filler in &feedback.fillers {
        let x = axis.x((filler.start + filler.end) / 2.0);
        let ends = [pos2(x, lane.bottom() - FILLERS), pos2(x, lane.bottom())];
        painter.line_segment(ends, Stroke::new(2.0, palette.amber));
    }
    let mut asked = None;
    let mut last: Vec<f32> = Vec::new();
    let used = feedback.pacing.used_s;
    for finding in feedback.findings.iter().filter(|f| is_moment(f, used)) {
        let x = axis.x(finding.span.start);
        // The more urgent ones come first, and are not covered.
        if last.iter().any(|other| (other - x).abs() < 12.0) {
            continue;
        }
        last.push(x);
        let (icon, color, _) = of_severity(finding.severity, palette);
        let sign = Rect::from_center_size(pos2(x, lane.top() + 6.0), vec2(12.0, 12.0));
        let ends = [pos2(x, sound.top()), pos2(x, sound.bottom())];
        painter.line_segment(ends, Stroke::new(1.0, palette.thread(color)));
        // By the keyboard it is gone to in the list of findings.
        let id = response.id.with(("sign", finding.span.start.to_bits()));
        let mark = ui.interact(sign.expand(2.0), id, Sense::CLICK);
        let says = finding.noticed.to_string();
        let named = format!("At {}: {says}", clock(finding.span.start));
        mark.widget_info(|| WidgetInfo::labeled(Role::Button, true, &named));
        if mark.hovered() {
            painter.rect_filled(sign.expand(2.0), 4.0, palette.raised);
        }
        paint(ui, icon, sign, color);
        if mark.on_hover_text(says).clicked() {
            asked = Some(ReviewAction::Hear(finding.span));
        }
    }
    if let Some(pointer) = response.hover_pos() {
        let ends = [
            pos2(pointer.x, sound.top()),
            pos2(pointer.x, sound.bottom()),
        ];
        painter.line_segment(ends, Stroke::new(1.0, palette.dim));
    }
    playhead(&painter, axis, lane, place, palette);
    focus_ring(ui, &response);
    let clicked = response
        .interact_pointer_pos()
        .filter(|_| response.clicked());
    let gone_to = clicked.map(|pointer| ReviewAction::GoTo(axis.at(pointer.x)));
    asked.or(gone_to).map(Action::Review).or(stepped)
}

/// Tells who cannot see it where it is; whoever has the focus there steps from word to word, by the arrows
/// or as the screen reader does it.
fn place_told(
    ui: &Ui,
    response: &egui::Response,
    at: Secs,
    seconds: Secs,
    offers: &[Command],
) -> Option<Action> {
    let says = format!("Place in the take: {} of {}", clock(at), clock(seconds));
    response.widget_info(|| WidgetInfo::slider(true, at, &says));
    let steps = [
        (accesskit::Action::Decrement, Key::ArrowLeft),
        (accesskit::Action::Increment, Key::ArrowRight),
    ];
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_value(format!("{} of {}", clock(at), clock(seconds)));
        node.set_min_numeric_value(0.0);
        node.set_max_numeric_value(seconds);
        for (action, key) in steps {
            if offers.iter().any(|offer| offer.key == key) {
                node.add_action(action);
            }
        }
    });
    let asked = steps.into_iter().find(|(action, _)| {
        ui.input(|input| input.has_accesskit_action_request(response.id, *action))
    });
    let (_, key) = asked?;
    let offer = offers.iter().find(|offer| offer.key == key)?;
    Some(offer.action.clone())
}

fn bars(
    painter: &egui::Painter,
    axis: Axis,
    sound: Rect,
    peaks: &Waveform,
    heard: Option<Secs>,
    palette: &Palette,
) {
    // However quiet somebody speaks, the shape is to be seen; noise alone is not blown up.
    let scale = 0.5 * sound.height() / peaks.max_peak().max(0.05);
    let mut x = sound.left();
    // Not by the colour alone: below what was heard there runs a line.
    if let Some(at) = heard {
        let ends = [sound.left_bottom(), pos2(axis.x(at), sound.bottom())];
        painter.line_segment(ends, Stroke::new(2.0, palette.voice));
    }
    while x < sound.right() {
        let height = scale * peaks.peak_between(axis.at(x), axis.at(x + BAR));
        let bar = Rect::from_center_size(
            pos2(x + 1.0, sound.center().y),
            vec2(BAR - 1.0, (2.0 * height).max(1.0)),
        );
        let color = match heard.is_some_and(|at| axis.x(at) > x) {
            true => palette.voice,
            false => palette.unheard(),
        };
        painter.rect_filled(bar, 1.0, color);
        x += BAR;
    }
}

fn playhead(
    painter: &egui::Painter,
    axis: Axis,
    lane: Rect,
    place: Option<&PlaybackPosition>,
    palette: &Palette,
) {
    let Some(place) = place else { return };
    let x = axis.x(place.at);
    let ends = [pos2(x, lane.top()), pos2(x, lane.bottom())];
    painter.line_segment(ends, Stroke::new(2.0, palette.text));
    let (top, half) = (lane.top(), 4.0);
    let corners = vec![pos2(x - half, top), pos2(x + half, top), pos2(x, top + 6.0)];
    painter.add(Shape::convex_polygon(corners, palette.text, Stroke::NONE));
}

/// Words a minute along the take, and what is aimed for behind them.
fn pace_ui(
    ui: &mut Ui,
    axis: Axis,
    feedback: &Feedback,
    profile: &Profile,
    place: Option<&PlaybackPosition>,
) {
    let palette = theme::palette(ui);
    let (lane, response) = lane(ui, axis, "Pace", PACE, Sense::hover());
    let curve = &feedback.pacing.curve;
    let [from, to] = profile.pace_ok_wpm;
    let slowest = curve.iter().map(|point| point.wpm).reduce(f64::min);
    let fastest = curve.iter().map(|point| point.wpm).reduce(f64::max);
    let says = match slowest.zip(fastest) {
        Some((slowest, fastest)) => format!(
            "Pace along the take: {slowest:.0} to {fastest:.0} words a minute; aim for {from:.0} to {to:.0}"
        ),
        None => "Too short for a pace along the take: it needs ten seconds of speech.".to_owned(),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &says));
    let small = || theme::regular(SMALL);
    if curve.is_empty() {
        let corner = lane.left_center();
        ui.painter()
            .text(corner, Align2::LEFT_CENTER, says, small(), palette.dim);
        return;
    }
    // All of the curve is to be seen, and something on either side of what is aimed for.
    let low = slowest.map_or(from, |wpm| wpm.min(from - BESIDE));
    let high = fastest.map_or(to, |wpm| wpm.max(to + BESIDE));
    let room = ROOM * (high - low);
    let (low, high) = (low - room, high + room);
    for wpm in [from, to] {
        let share = ((wpm - low) / (high - low)).clamp(0.0, 1.0);
        let y = lane.bottom() - lane.height() * share as f32;
        let corner = pos2(lane.left() - 6.0, y);
        let says = format!("{wpm:.0}");
        ui.painter()
            .text(corner, Align2::RIGHT_CENTER, says, small(), palette.dim);
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
        let aim = egui_plot::Span::new("", from..=to)
            .axis(egui_plot::Axis::Y)
            .fill(palette.aim())
            .border(Stroke::new(1.0, palette.aim_edge()));
        plot.span(aim);
        let points: PlotPoints = curve.iter().map(|point| [point.at, point.wpm]).collect();
        let line = Line::new("", points).color(palette.voice).width(2.0);
        plot.line(line.allow_hover(false));
        let Some(place) = place else { return };
        let here = VLine::new("", place.at).color(palette.text).width(1.0);
        plot.vline(here);
        let near = curve.iter().min_by(|a, b| {
            let off = |at: Secs| (at - place.at).abs();
            off(a.at).total_cmp(&off(b.at))
        });
        if let Some(point) = near {
            let spot = Points::new("", [point.at, point.wpm]);
            let spot = spot.color(palette.voice).radius(3.5);
            plot.points(spot.allow_hover(false));
        }
    });
}

/// Who did it, in the Action: a line each for "I", "we" and the passive.
fn ribbon_ui(ui: &mut Ui, axis: Axis, feedback: &Feedback, action: Span) -> Option<ReviewAction> {
    let palette = theme::palette(ui);
    let told = feedback.ownership.within(action);
    let mut asked = None;
    for (kind, name, color) in [
        (OwnershipKind::I, "I", palette.accent),
        (OwnershipKind::We, "we", palette.amber),
        (OwnershipKind::Passive, "passive", palette.red),
    ] {
        let spans: Vec<&OwnershipSpan> = told.spans.iter().filter(|s| s.kind == kind).collect();
        let name = format!("{name} {}", spans.len());
        let (lane, _) = lane(ui, axis, &name, RIBBON, Sense::hover());
        let ends = [
            pos2(axis.x(action.start), lane.center().y),
            pos2(axis.x(action.end), lane.center().y),
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
            let says = format!("Hear \u{201c}{}\u{201d}, {}", span.text, clock(span.start));
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &says));
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
                asked = Some(ReviewAction::Hear(Span::new(span.start, span.end)));
            }
        }
    }
    asked
}
