//! The review screen: metrics, timeline, findings, transcript, phrases and the example.

use egui::{Context, Key, Response, ScrollArea, Ui, vec2};

use super::action::ReviewAction;
use super::compare::compare_ui;
use super::state::{ReviewState, example_id, shown_take};
use super::{metrics, timeline};
use crate::analysis::verdict::Verdict;
use crate::analysis::{Feedback, Finding, Severity};
use crate::app::Controller;
use crate::audio::SPEEDS;
use crate::domain::take::Transcription;
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::Transcript;
use crate::gui::command::Command;
use crate::gui::layout;
use crate::gui::layout::{MinHeight, Page};
use crate::gui::practice::{BackTarget, PracticeAction, example_ui, next_command};
use crate::gui::screen::Screen;
use crate::gui::text::capitalize;
use crate::gui::theme;
use crate::gui::theme::{BODY, LARGE, SMALL, SPACE, TITLE};
use crate::gui::widgets::button::ButtonStyle;
use crate::gui::widgets::findings::{findings_ui, reason_ui};
use crate::gui::widgets::icon::{leaning_severity, line_icon_ui, severity_style};
use crate::gui::widgets::live_region::announce_ui;
use crate::gui::widgets::phrases::phrase_results_ui;
use crate::gui::widgets::play_button;
use crate::gui::widgets::play_button::play_ui;
use crate::gui::widgets::transcript::{PlayerPosition, legend_ui, transcript_ui};
use crate::practice::session::{Reviewed, SessionRequest};

/// "Previous word" returns to the start of the current word, unless that started less than this ago.
const JUST_STARTED: Secs = 0.3;

/// The review of the newest take of a part.
pub struct ReviewScreen<'a> {
    /// Provides the session, the player and the recordings.
    pub controller: &'a Controller,
    /// The take, and its comparison with the previous one.
    pub state: &'a ReviewState,
    /// The screen to return to.
    pub back: BackTarget,
}

impl Screen for ReviewScreen<'_> {
    type Action = ReviewAction;

    fn title(&self) -> Option<String> {
        let session = self.controller.session()?;
        Some(session.story().title.clone())
    }

    fn commands(&self, _ctx: &Context) -> Vec<Command<ReviewAction>> {
        let Some(session) = self.controller.session() else {
            return Vec::new();
        };
        let plain = |label: &str, key, action| Command::plain(label, key, action);
        let next = next_command(session).map(ReviewAction::Practice);
        let start = ReviewAction::Practice(PracticeAction::StartTake);
        if self.state.comparison.is_some() {
            let close = ReviewAction::Compare(false);
            return vec![
                Command::primary("Again", Key::R, start),
                plain("Feedback", Key::C, close.clone()),
                next,
                plain("Back", Key::Escape, close),
            ];
        }
        let next = Command {
            style: ButtonStyle::Primary,
            ..next
        };
        let mut commands = vec![next, plain("Again", Key::R, start)];
        if let Some((_, number)) = self.state.before() {
            let label = format!("Compare with take {number}");
            commands.push(plain(&label, Key::C, ReviewAction::Compare(true)));
        }
        commands.push(plain("Strong example", Key::E, ReviewAction::Example));
        if let Some(previous) = session.current().checked_sub(1) {
            let go_to = PracticeAction::Session(SessionRequest::GoTo(previous));
            let go_to = ReviewAction::Practice(go_to);
            commands.push(plain("Previous", Key::P, go_to));
        }
        commands.extend(self.player_commands());
        let leave = ReviewAction::Practice(self.back.action());
        commands.push(plain(self.back.label(), Key::Escape, leave));
        commands
    }

    fn page(&self) -> Page {
        Page::new("review", MinHeight::Little)
    }

    fn is_in_bar(&self, command: &Command<ReviewAction>) -> bool {
        // The player draws its own commands, and the header leads to the previous part.
        let drawn_elsewhere = [Key::Space, Key::S, Key::ArrowLeft, Key::ArrowRight, Key::P];
        !drawn_elsewhere.contains(&command.key)
    }

    fn content_ui(&self, ui: &mut Ui, commands: &[Command<ReviewAction>]) -> Option<ReviewAction> {
        review_ui(ui, self.controller, self.state, commands)
    }
}

impl ReviewScreen<'_> {
    /// The commands of the player.
    fn player_commands(&self) -> Vec<Command<ReviewAction>> {
        let Some(Reviewed { take, .. }) = shown_take(self.controller) else {
            return Vec::new();
        };
        let position = self.controller.playback_position(&take.id);
        let label = match position.is_some_and(|position| position.playing) {
            true => "Pause",
            false => "Play",
        };
        let speed = self.controller.play_speed();
        let faster = SPEEDS.iter().find(|offered| **offered > speed);
        let faster = ReviewAction::Speed(*faster.unwrap_or(&SPEEDS[0]));
        let mut commands = vec![
            Command::plain(label, Key::Space, ReviewAction::PlayOrPause),
            Command::plain(speed_name(speed), Key::S, faster),
        ];
        if let Some(transcription) = &take.transcription {
            let at = position.map_or(0.0, |position| position.at);
            let (previous, next) = neighboring_words(&transcription.transcript, at);
            let go_to = |label, key, to: Secs| Command::plain(label, key, ReviewAction::GoTo(to));
            commands.extend(previous.map(|to| go_to("Previous word", Key::ArrowLeft, to)));
            commands.extend(next.map(|to| go_to("Next word", Key::ArrowRight, to)));
        }
        commands
    }
}

/// Draws the newest take of the current part, or its comparison with the previous take.
fn review_ui(
    ui: &mut Ui,
    controller: &Controller,
    state: &ReviewState,
    commands: &[Command<ReviewAction>],
) -> Option<ReviewAction> {
    let session = controller.session()?;
    let brief = session.brief(session.current())?;
    let reviewed = shown_take(controller)?;
    if let Some(comparison) = &state.comparison {
        let title = match state.before() {
            Some((_, number)) => {
                format!("{}, compared with take {number}", state.title(&brief.name))
            }
            None => state.title(&brief.name),
        };
        return compare_ui(ui, &title, comparison, reviewed);
    }
    let Reviewed { take, feedback } = reviewed;
    let mut action = None;
    let mut player_action = None;
    let body = ScrollArea::vertical().id_salt(&take.id.0);
    body.show(ui, |ui| {
        layout::scroll_by_keys(ui);
        ui.spacing_mut().item_spacing.y = SPACE[1];
        ui.add_space(SPACE[2]);
        announce_ui(ui, "result", &announcement(&brief.name, feedback));
        ui.label(theme::strong(state.title(&brief.name), TITLE));
        metrics::metrics_ui(ui, feedback, session.profile());
        player_action = timeline::timeline_ui(ui, controller, reviewed, commands);
        action = action.take().or(facts_ui(ui, feedback));
        ui.add_space(SPACE[1]);
        let gap = SPACE[4];
        let width = ui.available_width() - gap;
        let columns = match layout::is_narrow(ui.ctx()) {
            true => [ui.available_width(); 2],
            false => [(width * 0.46).floor(), (width * 0.54).floor()],
        };
        row_ui(ui, |ui| {
            ui.spacing_mut().item_spacing.x = gap;
            column_ui(ui, columns[0], |ui| {
                action = action.take().or(findings_column_ui(ui, feedback));
            });
            column_ui(ui, columns[1], |ui| {
                ui.label(theme::strong("Transcript", LARGE));
                let no_words = take.transcription.as_ref().map(Transcription::no_words);
                let transcript = take.transcription.as_ref().map(|heard| &heard.transcript);
                match (no_words.flatten(), transcript) {
                    (Some(why), _) => {
                        ui.label(theme::dim(ui, why.to_string(), BODY));
                    }
                    (None, None) => {}
                    (None, Some(transcript)) => {
                        let player_position = player_position(controller, reviewed);
                        let clicked_word = transcript_ui(ui, transcript, feedback, player_position);
                        action = action.take().or(clicked_word.map(ReviewAction::PlayFrom));
                        legend_ui(ui);
                    }
                }
            });
        });
        ui.add_space(SPACE[3]);
        let row = row_ui(ui, |ui| {
            ui.spacing_mut().item_spacing.x = gap;
            column_ui(ui, columns[0], |ui| {
                if !feedback.phrases.is_empty() {
                    ui.label(theme::strong("Planned phrases", LARGE));
                    let phrase = phrase_results_ui(ui, &feedback.phrases);
                    action = action.take().or(phrase.map(ReviewAction::Play));
                }
            });
            column_ui(ui, columns[1], |ui| example_ui(ui, &brief.strong));
        });
        let scroll_requested = ui.data_mut(|data| data.remove_temp::<bool>(example_id()));
        if scroll_requested.is_some() {
            ui.scroll_to_rect(row.rect, Some(egui::Align::Min));
        }
        ui.add_space(SPACE[1]);
        let file = controller.store().wav(&take.id);
        let text = format!("Take saved as {}", file.display());
        ui.label(theme::dim(ui, text, SMALL));
        ui.add_space(SPACE[2]);
    });
    player_action.or(action)
}

/// What a screen reader announces when the review appears.
fn announcement(name: &str, feedback: &Feedback) -> String {
    let first = match most_urgent_finding(feedback) {
        Some(finding) => format!("First: {}", finding.kind),
        None => "Nothing is urgent.".to_owned(),
    };
    format!("Feedback on {name}: {}. {first}", feedback.verdict.leaning)
}

/// What to change first: the most urgent finding that asks for a change.
pub fn most_urgent_finding(feedback: &Feedback) -> Option<&Finding> {
    feedback.findings.iter().find(|finding| finding.act_on)
}

/// The position of the player, for the transcript.
fn player_position(controller: &Controller, reviewed: &Reviewed) -> Option<PlayerPosition> {
    let position = controller.playback_position(&reviewed.take.id)?;
    Some(PlayerPosition {
        at: position.at,
        playing: position.playing,
    })
}

/// The starts of the words before and after a position.
fn neighboring_words(transcript: &Transcript, at: Secs) -> (Option<Secs>, Option<Secs>) {
    let starts = || transcript.words.iter().map(|word| word.start);
    let previous = starts().rfind(|start| *start < at - JUST_STARTED);
    let previous = previous.or(starts().next().filter(|first| *first < at));
    let next = starts().find(|start| *start > at + 0.01);
    (previous, next)
}

fn speed_name(speed: f64) -> String {
    format!("Speed {speed}\u{d7}")
}

/// Draws when the answer first mentioned the main points, and measurements that are not judged.
fn facts_ui(ui: &mut Ui, feedback: &Feedback) -> Option<ReviewAction> {
    let mut action = None;
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = play_button::SIZE;
        action = first_mentions_ui(ui, feedback);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE[3];
            for fact in metrics::facts(feedback) {
                // Wraps between facts, not inside one.
                ui.label(theme::dim(ui, fact.replace(' ', "\u{a0}"), SMALL));
            }
        });
    });
    action
}

fn first_mentions_ui(ui: &mut Ui, feedback: &Feedback) -> Option<ReviewAction> {
    let opening = &feedback.time_to_point;
    let mentions = [
        ("problem", &opening.problem),
        ("boundary", &opening.boundary),
        ("first number", &opening.number),
    ];
    if mentions.iter().all(|(_, mention)| mention.is_none()) {
        return None;
    }
    let mut action = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[3];
        for (name, mention) in mentions {
            let Some(mention) = mention else { continue };
            let quote = &mention.quote;
            let text = format!("{name} after {:.0} s", mention.after);
            let text = text.replace(' ', "\u{a0}");
            // A button and its text stay in one row.
            let text_width = width_of(ui, &text);
            if ui.available_size_before_wrap().x < play_button::SIZE + SPACE[0] + text_width {
                ui.end_row();
            }
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = SPACE[0];
                let label = format!("Play the {name}, \u{201c}{}\u{201d}", quote.text);
                if play_ui(ui, &label).clicked() {
                    action = Some(ReviewAction::Play(quote.span()));
                }
                ui.label(theme::dim(ui, text, SMALL));
            });
        }
    });
    action
}

/// The width of a short note in one line.
fn width_of(ui: &Ui, text: &str) -> f32 {
    let (font, color) = (theme::regular(SMALL), theme::palette(ui).dim);
    let galley = ui.painter().layout_no_wrap(text.to_owned(), font, color);
    galley.size().x
}

fn findings_column_ui(ui: &mut Ui, feedback: &Feedback) -> Option<ReviewAction> {
    let used = feedback.pacing.used_s;
    let (first, rest): (Vec<&Finding>, Vec<&Finding>) =
        feedback.findings.iter().partition(|finding| finding.act_on);
    let (good, also): (Vec<&Finding>, Vec<&Finding>) = rest
        .into_iter()
        .partition(|finding| finding.severity == Severity::Good);

    ui.label(theme::strong("What to do next", LARGE));
    if first.is_empty() {
        let text = "Nothing urgent. Practice it again, or continue.";
        ui.label(theme::text(text, BODY));
    }
    let mut passage = findings_ui(ui, &first, used);
    ui.add_space(SPACE[2]);
    passage = passage.or(verdict_ui(ui, &feedback.verdict));
    for (title, findings) in [("Well done", &good), ("Also noticed", &also)] {
        if findings.is_empty() {
            continue;
        }
        ui.add_space(SPACE[2]);
        ui.label(theme::strong(title, BODY).color(theme::palette(ui).dim));
        passage = passage.or(findings_ui(ui, findings, used));
    }
    passage.map(ReviewAction::Play)
}

/// Draws the likely hiring decision with its reasons.
fn verdict_ui(ui: &mut Ui, verdict: &Verdict) -> Option<Span> {
    let palette = theme::palette(ui);
    let severity = leaning_severity(verdict.leaning);
    let (icon, color, word) = severity_style(severity, palette);
    ui.label(theme::strong("Likely hiring decision", BODY).color(palette.dim));
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[2];
        line_icon_ui(ui, icon, LARGE, color, word);
        ui.label(theme::strong(
            capitalize(&verdict.leaning.to_string()),
            LARGE,
        ));
    });
    let mut action = None;
    for reason in &verdict.reasons {
        action = action.or(reason_ui(ui, reason, &reason.to_string()));
    }
    action
}

/// Columns side by side or, in a narrow window, one below the other.
fn row_ui(ui: &mut Ui, add: impl FnOnce(&mut Ui)) -> Response {
    match layout::is_narrow(ui.ctx()) {
        true => ui.vertical(add).response,
        false => ui.horizontal_top(add).response,
    }
}

fn column_ui(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    ui.vertical(|ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing = vec2(SPACE[1], SPACE[1]);
        add(ui);
    });
}
