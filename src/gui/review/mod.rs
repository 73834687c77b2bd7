//! What an interviewer would have noticed in a take, to be seen and heard.

mod compare;
mod metrics;
mod timeline;

use egui::{Key, ScrollArea, Ui, vec2};

use super::Action;
use super::command::Command;
use super::layout;
use super::practice::{example_ui, next_offer};
use super::theme;
use super::theme::{BODY, LARGE, SMALL, SPACE, TITLE};
use super::widgets::button::ButtonStyle;
use super::widgets::findings::{findings_ui, reason_ui};
use super::widgets::icon::{line_icon_ui, of_severity, severity_of};
use super::widgets::live_region::announce_ui;
use super::widgets::phrases::heard_ui;
use super::widgets::play_button as play;
use super::widgets::play_button::play_ui;
use super::widgets::transcript::{Listening, legend_ui, transcript_ui};
use crate::analysis::verdict::Verdict;
use crate::analysis::{Feedback, Finding, Severity};
use crate::app::{Controller, TakePosition};
use crate::audio::SPEEDS;
use crate::domain::take::TakeId;
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::Transcript;
use crate::practice::progress::compare::compare;
use crate::practice::session::{Reviewed, SessionEvent, Stage};

use compare::{ComparePanel, beside_ui};
pub use metrics::{time_severity, time_word};

/// Heard on either side of what is to be heard.
pub const AROUND: Secs = 0.3;
/// Going back by a word goes to the one before, once so much of this one was heard.
const JUST_BEGUN: Secs = 0.3;

/// What can be asked for here.
#[derive(Debug, Clone, PartialEq)]
pub enum ReviewAction {
    /// Hear this, and a little on either side of it.
    Hear(Span),
    /// Hear the take from where it stands, or no more.
    PlayOrPause,
    /// Go to this place.
    GoTo(Secs),
    /// Hear it from here.
    HearFrom(Secs),
    /// Hear it faster or slower.
    Speed(f64),
    /// Go to the strong example.
    Example,
    /// Set it beside the take before it, or no more.
    Compare(bool),
    /// Hear a take of so many seconds.
    HearTake(TakeId, Secs),
}

/// What the review has in mind of the take that it shows.
#[derive(Debug, Default)]
pub struct ReviewState {
    of: Option<TakeId>,
    /// Where it stands among the takes of its part.
    among: Option<TakePosition>,
    beside: Option<ComparePanel>,
}

impl ReviewState {
    /// Follows the practice: what is known of a take is looked up once, when it comes to the screen.
    pub fn follow(&mut self, runtime: &mut Controller) {
        let shown = shown(runtime).map(|shown| shown.take.id.clone());
        if shown == self.of {
            return;
        }
        *self = Self {
            of: shown,
            ..Self::default()
        };
        if let Some(id) = &self.of {
            runtime.load_waveform(id);
            self.among = runtime.take_position(id);
        }
    }

    /// Does what is asked.
    pub fn act(&mut self, ask: &ReviewAction, runtime: &mut Controller, ctx: &egui::Context) {
        let Some(Reviewed { take, .. }) = shown(runtime) else {
            return;
        };
        let (id, seconds) = (take.id.clone(), take.audio.seconds);
        match ask {
            ReviewAction::Hear(span) => runtime.play(&id, span.widened(AROUND)),
            ReviewAction::PlayOrPause => runtime.play_or_pause(&id, seconds),
            ReviewAction::GoTo(at) => runtime.seek(&id, *at),
            ReviewAction::HearFrom(at) => runtime.play(&id, Span::new(*at, seconds)),
            ReviewAction::Speed(speed) => runtime.set_play_speed(*speed),
            ReviewAction::Example => {
                ctx.data_mut(|data| data.insert_temp(example_id(), true));
            }
            ReviewAction::HearTake(id, seconds) => runtime.play(id, Span::new(0.0, *seconds)),
            ReviewAction::Compare(false) => {
                runtime.pause();
                self.beside = None;
            }
            ReviewAction::Compare(true) => {
                runtime.pause();
                self.compare(runtime);
            }
        }
    }

    /// What was read by other bands is read again.
    pub fn judge_anew(&mut self, runtime: &mut Controller) {
        if self.beside.is_some() {
            self.compare(runtime);
        }
    }

    fn compare(&mut self, runtime: &mut Controller) {
        let before = self.before().map(|(before, _)| before.clone());
        let before = before.and_then(|before| runtime.review_take(&before));
        self.beside = before.and_then(|before| {
            let comparison = compare(&before, shown(runtime)?, runtime.profile());
            Some(ComparePanel { before, comparison })
        });
    }

    fn before(&self) -> Option<&(TakeId, usize)> {
        self.among.as_ref()?.previous.as_ref()
    }

    /// What the take is called: `Situation, take 3`.
    fn title(&self, name: &str) -> String {
        match &self.among {
            Some(among) => format!("{name}, take {}", among.number),
            None => name.to_owned(),
        }
    }
}

/// The take that is on the screen.
fn shown(runtime: &Controller) -> Option<&Reviewed> {
    let session = runtime.session()?;
    let reviewed = session.reviewed(session.current());
    reviewed.filter(|_| *session.stage() == Stage::Review)
}

/// What can be done here.
pub fn offers(runtime: &Controller, view: &ReviewState) -> Vec<Command> {
    let Some(session) = runtime.session() else {
        return Vec::new();
    };
    let next = Command {
        look: ButtonStyle::Primary,
        ..next_offer(session)
    };
    let ask = |label: &str, key, ask| Command::plain(label, key, Action::Review(ask));
    let again = Command::plain("Again", Key::R, Action::Start);
    if view.beside.is_some() {
        return vec![
            Command {
                look: ButtonStyle::Primary,
                ..again
            },
            ask("Feedback", Key::C, ReviewAction::Compare(false)),
            next_offer(session),
            ask("Back", Key::Escape, ReviewAction::Compare(false)),
        ];
    }
    let mut offers = vec![next, again];
    if let Some((_, number)) = view.before() {
        let label = format!("Compare with take {number}");
        offers.push(ask(&label, Key::C, ReviewAction::Compare(true)));
    }
    offers.push(ask("Strong example", Key::E, ReviewAction::Example));
    if let Some(before) = session.current().checked_sub(1) {
        let action = Action::Practice(SessionEvent::GoTo(before));
        offers.push(Command::plain("Previous", Key::P, action));
    }
    if let Some(Reviewed { take, .. }) = shown(runtime) {
        let place = runtime.playback_position(&take.id);
        let label = match place.is_some_and(|place| place.playing) {
            true => "Pause",
            false => "Play",
        };
        offers.push(ask(label, Key::Space, ReviewAction::PlayOrPause));
        let speed = runtime.play_speed();
        let faster = SPEEDS.iter().find(|offered| **offered > speed);
        let faster = *faster.unwrap_or(&SPEEDS[0]);
        offers.push(ask(&speed_name(speed), Key::S, ReviewAction::Speed(faster)));
        let at = place.map_or(0.0, |place| place.at);
        if let Some(heard) = &take.transcription {
            let (back, on) = words_beside(&heard.transcript, at);
            let offer =
                |label, key, to: Option<Secs>| Some(ask(label, key, ReviewAction::GoTo(to?)));
            offers.extend(offer("Word before", Key::ArrowLeft, back));
            offers.extend(offer("Next word", Key::ArrowRight, on));
        }
    }
    offers.push(Command::plain("Home", Key::Escape, Action::Home));
    offers
}

/// The buttons of the bar; those of the player stand beside it, and to the part before there is a step above.
pub fn bar(offers: &[Command]) -> Vec<Command> {
    let elsewhere = [Key::Space, Key::S, Key::ArrowLeft, Key::ArrowRight, Key::P];
    let in_bar = |offer: &&Command| !elsewhere.contains(&offer.key);
    offers.iter().filter(in_bar).cloned().collect()
}

/// The newest take of the current part, or that beside the one before it.
pub fn review_ui(
    ui: &mut Ui,
    runtime: &Controller,
    view: &ReviewState,
    offers: &[Command],
) -> Option<Action> {
    let session = runtime.session()?;
    let brief = session.brief(session.current())?;
    let reviewed = shown(runtime)?;
    if let Some(beside) = &view.beside {
        let title = match view.before() {
            Some((_, number)) => format!("{} beside take {number}", view.title(&brief.name)),
            None => view.title(&brief.name),
        };
        return beside_ui(ui, &title, beside, reviewed).map(Action::Review);
    }
    let Reviewed { take, feedback } = reviewed;
    let mut asked = None;
    let mut of_player = None;
    let body = ScrollArea::vertical().id_salt(&take.id.0);
    body.show(ui, |ui| {
        layout::scroll_by_keys(ui);
        ui.spacing_mut().item_spacing.y = SPACE[1];
        ui.add_space(SPACE[2]);
        announce_ui(ui, "result", &result_told(&brief.name, feedback));
        ui.label(theme::strong(view.title(&brief.name), TITLE));
        metrics::readings_ui(ui, feedback, session.profile());
        of_player = timeline::timeline_ui(ui, runtime, reviewed, offers);
        asked = asked.take().or(facts_ui(ui, feedback));
        ui.add_space(SPACE[1]);
        let gap = SPACE[4];
        let width = ui.available_width() - gap;
        let columns = [(width * 0.46).floor(), (width * 0.54).floor()];
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            column_ui(ui, columns[0], |ui| {
                asked = asked.take().or(said_ui(ui, feedback));
            });
            column_ui(ui, columns[1], |ui| {
                ui.label(theme::strong("What was heard", LARGE));
                let heard = take.transcription.as_ref().map(|heard| &heard.transcript);
                match heard.filter(|transcript| !transcript.words.is_empty()) {
                    None => {
                        ui.label(theme::dim(ui, "Nothing.", BODY));
                    }
                    Some(transcript) => {
                        let listening = listening(runtime, reviewed);
                        let from = transcript_ui(ui, transcript, feedback, listening);
                        asked = asked.take().or(from.map(ReviewAction::HearFrom));
                        legend_ui(ui);
                    }
                }
            });
        });
        ui.add_space(SPACE[3]);
        let row = ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            column_ui(ui, columns[0], |ui| {
                if !feedback.phrases.is_empty() {
                    ui.label(theme::strong("Planned phrases", LARGE));
                    let phrase = heard_ui(ui, &feedback.phrases);
                    asked = asked.take().or(phrase.map(ReviewAction::Hear));
                }
            });
            column_ui(ui, columns[1], |ui| example_ui(ui, &brief.strong));
        });
        let gone_to = ui.data_mut(|data| data.remove_temp::<bool>(example_id()));
        if gone_to.is_some() {
            ui.scroll_to_rect(row.response.rect, Some(egui::Align::Min));
        }
        ui.add_space(SPACE[1]);
        let file = runtime.store().wav(&take.id);
        let says = format!("Take saved as {}", file.display());
        ui.label(theme::dim(ui, says, SMALL));
        ui.add_space(SPACE[2]);
    });
    of_player.or(asked.map(Action::Review))
}

/// The result in a breath, for who does not see it come.
fn result_told(name: &str, feedback: &Feedback) -> String {
    let first = match first_to_do(feedback) {
        Some(finding) => format!("First: {}", finding.noticed),
        None => "Nothing is urgent.".to_owned(),
    };
    format!("{name} is read: {}. {first}", feedback.verdict.lean)
}

/// What is to be done first: the most urgent of what is worth a change.
pub fn first_to_do(feedback: &Feedback) -> Option<&Finding> {
    feedback.findings.iter().find(|finding| finding.act_on)
}

/// Where somebody listens, of words that are there.
fn listening(runtime: &Controller, reviewed: &Reviewed) -> Option<Listening> {
    let place = runtime.playback_position(&reviewed.take.id)?;
    Some(Listening {
        at: place.at,
        playing: place.playing,
    })
}

/// Where the words before and after a place begin.
fn words_beside(transcript: &Transcript, at: Secs) -> (Option<Secs>, Option<Secs>) {
    let begins = || transcript.words.iter().map(|word| word.start);
    let back = begins().rfind(|start| *start < at - JUST_BEGUN);
    let back = back.or(begins().next().filter(|first| *first < at));
    let on = begins().find(|start| *start > at + 0.01);
    (back, on)
}

fn speed_name(speed: f64) -> String {
    format!("Speed {speed}\u{d7}")
}

fn example_id() -> egui::Id {
    egui::Id::unique("go to the strong example")
}

/// When the answer got to its point, to be heard; and below, what was measured.
fn facts_ui(ui: &mut Ui, feedback: &Feedback) -> Option<ReviewAction> {
    let mut asked = None;
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = play::SIZE;
        asked = arrivals_ui(ui, feedback);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = SPACE[3];
            for fact in metrics::facts(feedback) {
                // Whole facts go to the next line, not half of one.
                ui.label(theme::dim(ui, fact.replace(' ', "\u{a0}"), SMALL));
            }
        });
    });
    asked
}

fn arrivals_ui(ui: &mut Ui, feedback: &Feedback) -> Option<ReviewAction> {
    let opening = &feedback.opening;
    let arrivals = [
        ("problem", &opening.problem),
        ("boundary", &opening.boundary),
        ("first number", &opening.number),
    ];
    if arrivals.iter().all(|(_, arrival)| arrival.is_none()) {
        return None;
    }
    let mut asked = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[3];
        for (name, arrival) in arrivals {
            let Some(arrival) = arrival else { continue };
            let quote = &arrival.quote;
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = SPACE[0];
                let hear = format!("Hear the {name}, \u{201c}{}\u{201d}", quote.said);
                if play_ui(ui, &hear).clicked() {
                    asked = Some(ReviewAction::Hear(quote.span()));
                }
                let says = format!("{name} after {:.0} s", arrival.after);
                ui.label(theme::dim(ui, says.replace(' ', "\u{a0}"), SMALL));
            });
        }
    });
    asked
}

fn said_ui(ui: &mut Ui, feedback: &Feedback) -> Option<ReviewAction> {
    let used = feedback.pacing.used_s;
    let (first, rest): (Vec<&Finding>, Vec<&Finding>) =
        feedback.findings.iter().partition(|finding| finding.act_on);
    let (good, also): (Vec<&Finding>, Vec<&Finding>) = rest
        .into_iter()
        .partition(|finding| finding.severity == Severity::Good);

    ui.label(theme::strong("What to do next", LARGE));
    if first.is_empty() {
        let says = "Nothing urgent. Tell it once more, or go on.";
        ui.label(theme::text(says, BODY));
    }
    let mut hear = findings_ui(ui, &first, used);
    ui.add_space(SPACE[2]);
    hear = hear.or(verdict_ui(ui, &feedback.verdict));
    for (title, findings) in [("Well done", &good), ("Also noticed", &also)] {
        if findings.is_empty() {
            continue;
        }
        ui.add_space(SPACE[2]);
        ui.label(theme::strong(title, BODY).color(theme::palette(ui).dim));
        hear = hear.or(findings_ui(ui, findings, used));
    }
    hear.map(ReviewAction::Hear)
}

/// How an interviewer would lean, and why.
fn verdict_ui(ui: &mut Ui, verdict: &Verdict) -> Option<Span> {
    let palette = theme::palette(ui);
    let severity = severity_of(verdict.lean);
    let (icon, color, word) = of_severity(severity, palette);
    ui.label(theme::strong("How an interviewer would lean", BODY).color(palette.dim));
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE[2];
        line_icon_ui(ui, icon, LARGE, color, word);
        ui.label(theme::strong(
            super::capital(&verdict.lean.to_string()),
            LARGE,
        ));
    });
    let mut asked = None;
    for reason in &verdict.because {
        asked = asked.or(reason_ui(ui, reason, &reason.to_string()));
    }
    asked
}

fn column_ui(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    ui.vertical(|ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing = vec2(SPACE[1], SPACE[1]);
        add(ui);
    });
}
