//! The metrics of a take, as tiles.

use egui::{Role, Ui, WidgetInfo, vec2};

use crate::analysis::{Feedback, FindingKind, Severity};
use crate::domain::profile::{Profile, Rating};
use crate::domain::time::{Secs, clock};
use crate::gui::layout;
use crate::gui::theme;
use crate::gui::theme::{LARGE, SMALL, SPACE};
use crate::gui::widgets::icon::{Icon, line_icon_ui, severity_style};

/// A tile.
struct Tile {
    name: &'static str,
    value: String,
    /// The value to compare with, such as "of 0:30".
    reference: String,
    /// The word beside the icon. A tile without a severity has no icon.
    word: String,
    severity: Option<Severity>,
}

/// The tiles of a row. In a narrow window, two rows have half as many.
const TILES_PER_ROW: usize = 6;

/// Draws the six tiles.
pub fn metrics_ui(ui: &mut Ui, feedback: &Feedback, profile: &Profile) {
    let tiles = tiles(feedback, profile);
    let gap = SPACE[1];
    let count = match layout::is_narrow(ui.ctx()) {
        true => TILES_PER_ROW / 2,
        false => TILES_PER_ROW,
    };
    let gaps = gap * (count as f32 - 1.0);
    let width = (ui.available_width() - gaps) / count as f32;
    for row in tiles.chunks(count) {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            for tile in row {
                tile_ui(ui, tile, width);
            }
        });
    }
}

fn tile_ui(ui: &mut Ui, tile: &Tile, width: f32) {
    let palette = theme::palette(ui);
    let frame = theme::card(ui).inner_margin(egui::Margin::symmetric(12, 10));
    let value = format!("{} {}", tile.value, tile.reference);
    let text = format!("{}: {}, {}", tile.name, value.trim_end(), tile.word);
    let response = frame.show(ui, |ui| {
        ui.set_width(width - 26.0);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing = vec2(6.0, 2.0);
            ui.spacing_mut().interact_size.y = 18.0;
            ui.label(theme::dim(ui, tile.name, SMALL));
            ui.horizontal(|ui| {
                ui.label(theme::strong(&tile.value, LARGE));
                ui.label(theme::dim(ui, &tile.reference, SMALL));
            });
            ui.horizontal(|ui| {
                let (icon, color, word) = match tile.severity {
                    Some(severity) => severity_style(severity, palette),
                    None => (Icon::Circle, palette.dim, "not judged"),
                };
                if tile.severity.is_some() {
                    line_icon_ui(ui, icon, SMALL, color, word);
                }
                ui.label(theme::text(&tile.word, SMALL).color(color));
            });
        });
    });
    response
        .response
        .widget_info(|| WidgetInfo::labeled(Role::Group, true, &text));
}

fn tiles(feedback: &Feedback, profile: &Profile) -> [Tile; 6] {
    let Feedback {
        pacing,
        pauses,
        fillers,
        phrases,
        ownership,
        ..
    } = feedback;
    let said_count = phrases.iter().filter(|phrase| phrase.is_said).count();
    let longest = pauses.iter().map(|p| p.span().len()).fold(0.0, Secs::max);
    let [from, to] = profile.pace_ok_wpm;
    let severity = |is_kind: fn(&FindingKind) -> bool| worst(feedback, is_kind);
    [
        Tile {
            name: "Time used",
            value: clock(pacing.used_s),
            reference: format!("of {}", clock(pacing.target_s)),
            word: time_word(feedback).to_owned(),
            severity: severity(is_time),
        },
        Tile {
            name: "Words/min",
            value: pacing
                .speech_rate_wpm
                .map_or("\u{2013}".to_owned(), |wpm| format!("{wpm:.0}")),
            reference: String::new(),
            word: match pacing.rating {
                Some(Rating::Ok) => format!("within {from:.0}\u{2013}{to:.0}"),
                Some(_) => format!("aim for {from:.0}\u{2013}{to:.0}"),
                None => "too few words".to_owned(),
            },
            severity: severity(is_pace),
        },
        Tile {
            name: "Pauses",
            value: pauses.len().to_string(),
            reference: String::new(),
            word: match pauses.is_empty() {
                true => "none".to_owned(),
                false => format!("longest {longest:.1} s"),
            },
            severity: severity(is_pause),
        },
        Tile {
            name: "Fillers",
            value: fillers.len().to_string(),
            reference: String::new(),
            word: match (fillers.is_empty(), severity(is_filler)) {
                (true, _) => "none",
                (false, None) => "few",
                (false, Some(_)) => "many",
            }
            .to_owned(),
            severity: severity(is_filler),
        },
        Tile {
            name: "Phrases",
            value: said_count.to_string(),
            reference: format!("of {}", phrases.len()),
            word: match phrases.len() - said_count {
                0 => "all said".to_owned(),
                missed => format!("{missed} missed"),
            },
            severity: severity(is_phrase),
        },
        Tile {
            name: "\u{201c}I\u{201d} and \u{201c}we\u{201d}",
            value: format!("{} / {}", ownership.i, ownership.we),
            reference: String::new(),
            word: match ownership.we {
                0 => "no \u{201c}we\u{201d}".to_owned(),
                we => format!("\u{201c}we\u{201d} {we} times"),
            },
            severity: severity(is_ownership),
        },
    ]
}

/// Measurements that are not judged, as there are no common ranges for them.
pub fn facts(feedback: &Feedback) -> Vec<String> {
    let Feedback {
        pacing,
        intonation: voice,
        ..
    } = feedback;
    let rate = pacing.articulation_rate_sps;
    let pitch = voice.pitch_sd_semitones.zip(voice.pitch_median_hz);
    let facts = [
        rate.map(|rate| format!("{rate:.1} syllables/s while speaking")),
        pitch.map(|(sd, hz)| format!("pitch moves {sd:.1} semitones about {hz:.0} Hz")),
        voice
            .loudness_range_db
            .map(|range| format!("loudness range {range:.0} dB")),
    ];
    facts.into_iter().flatten().collect()
}

/// The severity of the worst finding of a kind; `None` without one.
fn worst(feedback: &Feedback, is_kind: fn(&FindingKind) -> bool) -> Option<Severity> {
    let findings = feedback.findings.iter();
    findings
        .filter(|finding| is_kind(&finding.kind))
        .map(|finding| finding.severity)
        .max()
}

/// How the time used compares with the target, in a word or two.
pub fn time_word(feedback: &Feedback) -> &'static str {
    let findings = feedback.findings.iter();
    let mut words = findings.filter_map(|finding| match finding.kind {
        FindingKind::OnTime(_) => Some("on time"),
        FindingKind::OverTime(_) => Some("over"),
        FindingKind::UnderTime(_) => Some("short"),
        _ => None,
    });
    words.next().unwrap_or("not measured")
}

/// The severity of the time used.
pub fn time_severity(feedback: &Feedback) -> Option<Severity> {
    worst(feedback, is_time)
}

fn is_time(kind: &FindingKind) -> bool {
    matches!(
        kind,
        FindingKind::OnTime(_) | FindingKind::OverTime(_) | FindingKind::UnderTime(_)
    )
}

fn is_pace(kind: &FindingKind) -> bool {
    matches!(
        kind,
        FindingKind::GoodPace { .. }
            | FindingKind::Rushed { .. }
            | FindingKind::FastStretch { .. }
            | FindingKind::Slow { .. }
    )
}

fn is_pause(kind: &FindingKind) -> bool {
    matches!(
        kind,
        FindingKind::LongPause { .. }
            | FindingKind::PauseInClause { .. }
            | FindingKind::GoodPauses { .. }
    )
}

fn is_filler(kind: &FindingKind) -> bool {
    matches!(kind, FindingKind::Fillers { .. })
}

fn is_phrase(kind: &FindingKind) -> bool {
    matches!(
        kind,
        FindingKind::PhraseMissed { .. } | FindingKind::AllPhrases { .. }
    )
}

fn is_ownership(kind: &FindingKind) -> bool {
    matches!(
        kind,
        FindingKind::We { .. } | FindingKind::OwnActions { .. }
    )
}
