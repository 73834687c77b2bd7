//! What an interviewer would have noticed in a take.

use egui::{Key, Role, ScrollArea, Ui, WidgetInfo, vec2};

use super::Action;
use super::offer::Offer;
use super::practice::{example_offer, example_ui, next_offer};
use super::theme::{self, BODY, LARGE, SMALL, SPACE, TITLE};
use super::widgets::announce::announce_ui;
use super::widgets::findings::findings_ui;
use super::widgets::icon::{Icon, line_icon_ui, of_severity, severity_of};
use super::widgets::phrases::heard_ui;
use super::widgets::transcript::{legend_ui, transcript_ui};
use crate::coach::analysis::verdict::Verdict;
use crate::coach::analysis::{Feedback, Finding, Noticed, Severity};
use crate::coach::profile::{Band, Profile};
use crate::coach::session::{Reviewed, Session};
use crate::coach::time::{Secs, clock};
use crate::store::Store;

/// What can be done here.
pub fn offers(session: &Session, example: bool) -> Vec<Offer> {
    use crate::coach::session::Input;
    let next = Offer {
        look: super::widgets::button::Look::Primary,
        ..next_offer(session)
    };
    let mut offers = vec![
        next,
        Offer::plain("Again", Key::R, Action::Start),
        example_offer(example),
    ];
    if let Some(before) = session.current().checked_sub(1) {
        let action = Action::Practice(Input::GoTo(before));
        offers.push(Offer::plain("Previous", Key::P, action));
    }
    offers.push(Offer::plain("Home", Key::Escape, Action::Home));
    offers
}

/// The newest take of the current part.
pub fn review_ui(ui: &mut Ui, session: &Session, store: &Store, example: bool) {
    let (Some(reviewed), Some(brief)) = (
        session.reviewed(session.current()),
        session.brief(session.current()),
    ) else {
        return;
    };
    let Reviewed { take, feedback } = reviewed;
    let body = ScrollArea::vertical().id_salt(&take.id.0);
    body.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = SPACE[1];
        ui.add_space(SPACE[2]);
        announce_ui(ui, "result", &result_told(&brief.name, feedback));
        ui.horizontal(|ui| {
            ui.label(theme::strong(&brief.name, TITLE));
        });
        readings_ui(ui, feedback, session.profile());
        let facts = facts(feedback);
        if !facts.is_empty() {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = SPACE[3];
                ui.spacing_mut().interact_size.y = 0.0;
                for fact in facts {
                    // Whole facts go to the next line, not half of one.
                    ui.label(theme::dim(ui, fact.replace(' ', "\u{a0}"), SMALL));
                }
            });
        }
        ui.add_space(SPACE[1]);
        let gap = SPACE[4];
        let width = ui.available_width() - gap;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            column_ui(ui, (width * 0.46).floor(), |ui| {
                said_ui(ui, feedback);
            });
            column_ui(ui, (width * 0.54).floor(), |ui| {
                if example {
                    example_ui(ui, brief.strong);
                    ui.add_space(SPACE[1]);
                }
                if let Some(heard) = &take.heard {
                    ui.label(theme::strong("What was heard", LARGE));
                    match heard.transcript.words.is_empty() {
                        true => {
                            ui.label(theme::dim(ui, "Nothing.", BODY));
                        }
                        false => {
                            transcript_ui(ui, &heard.transcript, feedback);
                            legend_ui(ui);
                        }
                    }
                    ui.add_space(SPACE[3]);
                }
                if !feedback.phrases.is_empty() {
                    ui.label(theme::strong("Planned phrases", LARGE));
                    heard_ui(ui, &feedback.phrases);
                }
            });
        });
        ui.add_space(SPACE[1]);
        let file = store.wav(&take.id);
        let says = format!("Take saved as {}", file.display());
        ui.label(theme::dim(ui, says, SMALL));
        ui.add_space(SPACE[2]);
    });
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

fn said_ui(ui: &mut Ui, feedback: &Feedback) {
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
    findings_ui(ui, &first, used);
    ui.add_space(SPACE[2]);
    verdict_ui(ui, &feedback.verdict);
    for (title, findings) in [("Well done", &good), ("Also noticed", &also)] {
        if findings.is_empty() {
            continue;
        }
        ui.add_space(SPACE[2]);
        ui.label(theme::strong(title, BODY).color(theme::palette(ui).dim));
        findings_ui(ui, findings, used);
    }
}

/// How an interviewer would lean, and why.
fn verdict_ui(ui: &mut Ui, verdict: &Verdict) {
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
    for because in &verdict.because {
        ui.label(theme::text(because.to_string(), BODY));
    }
}

/// A reading at a glance.
struct Reading {
    name: &'static str,
    value: String,
    /// What the value is measured against.
    of: String,
    /// Beside the sign, or alone where nothing is judged.
    word: String,
    severity: Option<Severity>,
}

fn readings_ui(ui: &mut Ui, feedback: &Feedback, profile: &Profile) {
    let readings = readings(feedback, profile);
    let gap = SPACE[1];
    let count = readings.len() as f32;
    let width = ((ui.available_width() - gap * (count - 1.0)) / count).floor();
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        for reading in &readings {
            reading_ui(ui, reading, width);
        }
    });
}

fn reading_ui(ui: &mut Ui, reading: &Reading, width: f32) {
    let palette = theme::palette(ui);
    let frame = theme::card(ui).inner_margin(egui::Margin::symmetric(12, 10));
    let value = format!("{} {}", reading.value, reading.of);
    let says = format!("{}: {}, {}", reading.name, value.trim_end(), reading.word);
    let shown = frame.show(ui, |ui| {
        ui.set_width(width - 26.0);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing = vec2(6.0, 2.0);
            ui.spacing_mut().interact_size.y = 18.0;
            ui.label(theme::dim(ui, reading.name, SMALL));
            ui.horizontal(|ui| {
                ui.label(theme::strong(&reading.value, LARGE));
                ui.label(theme::dim(ui, &reading.of, SMALL));
            });
            ui.horizontal(|ui| {
                let (icon, color, word) = match reading.severity {
                    Some(severity) => of_severity(severity, palette),
                    None => (Icon::Circle, palette.dim, "not judged"),
                };
                if reading.severity.is_some() {
                    line_icon_ui(ui, icon, SMALL, color, word);
                }
                ui.label(theme::text(&reading.word, SMALL).color(color));
            });
        });
    });
    shown
        .response
        .widget_info(|| WidgetInfo::labeled(Role::Group, true, &says));
}

fn readings(feedback: &Feedback, profile: &Profile) -> [Reading; 6] {
    let Feedback {
        pacing,
        pauses,
        fillers,
        phrases,
        ownership,
        ..
    } = feedback;
    let heard = phrases.iter().filter(|phrase| phrase.heard).count();
    let longest = pauses.iter().map(|p| p.span().len()).fold(0.0, Secs::max);
    let [from, to] = profile.pace_quiet_wpm;
    let severity = |of: fn(&Noticed) -> bool| worst(feedback, of);
    [
        Reading {
            name: "Time used",
            value: clock(pacing.used_s),
            of: format!("of {}", clock(pacing.target_s)),
            word: time_word(feedback).to_owned(),
            severity: severity(is_time),
        },
        Reading {
            name: "Words a minute",
            value: pacing
                .speech_rate_wpm
                .map_or("\u{2013}".to_owned(), |wpm| format!("{wpm:.0}")),
            of: String::new(),
            word: match pacing.band {
                Some(Band::Quiet) => format!("within {from:.0}\u{2013}{to:.0}"),
                Some(_) => format!("aim for {from:.0}\u{2013}{to:.0}"),
                None => "too few words".to_owned(),
            },
            severity: severity(is_pace),
        },
        Reading {
            name: "Pauses",
            value: pauses.len().to_string(),
            of: String::new(),
            word: match pauses.is_empty() {
                true => "none".to_owned(),
                false => format!("longest {longest:.1} s"),
            },
            severity: severity(is_pause),
        },
        Reading {
            name: "Fillers",
            value: fillers.len().to_string(),
            of: String::new(),
            word: match (fillers.is_empty(), severity(is_filler)) {
                (true, _) => "none heard",
                (false, None) => "few",
                (false, Some(_)) => "many",
            }
            .to_owned(),
            severity: severity(is_filler),
        },
        Reading {
            name: "Phrases",
            value: heard.to_string(),
            of: format!("of {}", phrases.len()),
            word: match phrases.len() - heard {
                0 => "all heard".to_owned(),
                missed => format!("{missed} missed"),
            },
            severity: severity(is_phrase),
        },
        Reading {
            name: "\u{201c}I\u{201d} and \u{201c}we\u{201d}",
            value: format!("{} / {}", ownership.i, ownership.we),
            of: String::new(),
            word: match ownership.we {
                0 => "no \u{201c}we\u{201d}".to_owned(),
                we => format!("\u{201c}we\u{201d} {we} times"),
            },
            severity: severity(is_ownership),
        },
    ]
}

/// What is measured and not judged: it has no band but one's own.
fn facts(feedback: &Feedback) -> Vec<String> {
    let Feedback {
        pacing,
        opening,
        voice,
        ..
    } = feedback;
    let rate = pacing.articulation_rate_sps;
    let pitch = voice.pitch_sd_semitones.zip(voice.pitch_median_hz);
    let arrivals = [
        ("problem", &opening.problem),
        ("boundary", &opening.boundary),
        ("first number", &opening.number),
    ];
    let arrivals = arrivals.into_iter().filter_map(|(name, arrival)| {
        let arrival = arrival.as_ref()?;
        Some(format!("{name} after {:.0} s", arrival.after))
    });
    let facts = [
        rate.map(|rate| format!("{rate:.1} syllables a second while speaking")),
        pitch.map(|(sd, hz)| format!("pitch moves {sd:.1} semitones about {hz:.0} Hz")),
        voice
            .loudness_range_db
            .map(|range| format!("loudness range {range:.0} dB")),
    ];
    facts.into_iter().flatten().chain(arrivals).collect()
}

/// How urgent the worst finding of a kind is; `None` where there is none.
fn worst(feedback: &Feedback, of: fn(&Noticed) -> bool) -> Option<Severity> {
    let findings = feedback.findings.iter();
    findings
        .filter(|finding| of(&finding.noticed))
        .map(|finding| finding.severity)
        .max()
}

/// How the time used stands to the target, in two words.
pub fn time_word(feedback: &Feedback) -> &'static str {
    let findings = feedback.findings.iter();
    let mut words = findings.filter_map(|finding| match finding.noticed {
        Noticed::OnTime { .. } => Some("on time"),
        Noticed::OverTime { .. } => Some("over"),
        Noticed::UnderTime { .. } => Some("short"),
        _ => None,
    });
    words.next().unwrap_or("not measured")
}

/// The worst reading of the time used.
pub fn time_severity(feedback: &Feedback) -> Option<Severity> {
    worst(feedback, is_time)
}

fn is_time(noticed: &Noticed) -> bool {
    matches!(
        noticed,
        Noticed::OnTime { .. } | Noticed::OverTime { .. } | Noticed::UnderTime { .. }
    )
}

fn is_pace(noticed: &Noticed) -> bool {
    matches!(
        noticed,
        Noticed::GoodPace { .. }
            | Noticed::Rushed { .. }
            | Noticed::Raced { .. }
            | Noticed::Slow { .. }
    )
}

fn is_pause(noticed: &Noticed) -> bool {
    matches!(
        noticed,
        Noticed::LongPause { .. } | Noticed::BrokenClause { .. } | Noticed::GoodPauses { .. }
    )
}

fn is_filler(noticed: &Noticed) -> bool {
    matches!(noticed, Noticed::Fillers { .. })
}

fn is_phrase(noticed: &Noticed) -> bool {
    matches!(
        noticed,
        Noticed::PhraseMissed { .. } | Noticed::AllPhrases { .. }
    )
}

fn is_ownership(noticed: &Noticed) -> bool {
    matches!(noticed, Noticed::We { .. } | Noticed::OwnActs { .. })
}

fn column_ui(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    ui.vertical(|ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing = vec2(SPACE[1], SPACE[1]);
        add(ui);
    });
}
