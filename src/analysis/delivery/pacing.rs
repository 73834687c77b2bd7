//! Time used beside its target, and words a minute: over the take and along it.

use serde::Serialize;

use crate::analysis::finding::{Finding, FindingKind, Severity};
use crate::analysis::language::verbalize::spoken;
use crate::domain::profile::{Profile, Rating};
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::{Transcript, Word};

/// Width of the window that slides over the take.
const CURVE_WINDOW: Secs = 10.0;
/// How far it slides at a time.
const CURVE_STEP: Secs = 1.0;
/// A stretch that is this much of a take is the take.
const MOST_OF_IT: f64 = 0.8;
/// A rate over fewer words than this is chance.
const WORDS_FOR_A_RATE: usize = 5;

/// Time used and speed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pacing {
    /// How long the part should take.
    pub target_s: Secs,
    /// From the first word's or filler sound's start to the last one's end.
    pub used_s: Secs,
    /// How many words, as they are spoken: `0.3%` is four; filler sounds are among them.
    pub words: usize,
    /// Words a minute over the time used, pauses included; `None` for too few words.
    pub speech_rate_wpm: Option<f64>,
    /// Syllables a second of speech, pauses left out; `None` for too few words.
    pub articulation_rate_sps: Option<f64>,
    /// How the speech rate stands to the profile; `None` without a rate.
    pub band: Option<Rating>,
    /// Speech rate in a sliding window of ten seconds; empty for shorter takes.
    pub curve: Vec<CurvePoint>,
}

/// The speech rate around one moment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CurvePoint {
    /// The middle of the window.
    pub at: Secs,
    /// Words a minute in it.
    pub wpm: f64,
}

/// Reads time and speed. `sounds` are filler sounds that no word stands for: they are uttered all the
/// same, and whether a recogniser writes them must not change the pace.
pub fn read(transcript: &Transcript, sounds: &[Span], target: Secs, profile: &Profile) -> Pacing {
    let uttered = uttered(transcript, sounds);
    let words = uttered.iter().map(|(_, words)| words).sum();
    let whole = whole(&uttered);
    let used_s = whole.map_or(0.0, |span| span.len());
    let speech_rate_wpm =
        (words >= WORDS_FOR_A_RATE && used_s > 0.0).then(|| 60.0 * words as f64 / used_s);
    Pacing {
        target_s: target,
        used_s,
        words,
        speech_rate_wpm,
        articulation_rate_sps: None,
        band: speech_rate_wpm
            .map(|wpm| Rating::from_ranges(wpm, profile.pace_ok_wpm, profile.pace_red_wpm)),
        curve: whole.map_or(Vec::new(), |whole| curve(&uttered, whole)),
    }
}

/// How the time used stands to the target.
pub fn time_band(pacing: &Pacing, profile: &Profile) -> Rating {
    Rating::from_ranges(
        pacing.used_s / pacing.target_s,
        profile.time_ok,
        profile.time_red,
    )
}

/// What is worth saying about time and speed.
pub fn findings(pacing: &Pacing, transcript: &Transcript, profile: &Profile) -> Vec<Finding> {
    let Some(whole) = transcript.span() else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    let (used, target) = (pacing.used_s, pacing.target_s);
    let noticed = match time_band(pacing, profile) {
        Rating::Ok => FindingKind::OnTime { used, target },
        _ if used > target => FindingKind::OverTime { used, target },
        _ => FindingKind::UnderTime { used, target },
    };
    let severity = Severity::of(time_band(pacing, profile));
    findings.push(Finding::new(noticed, severity, whole));
    if let (Some(words_per_minute), Some(band)) = (pacing.speech_rate_wpm, pacing.band) {
        let noticed = match band {
            Rating::Ok => FindingKind::GoodPace { words_per_minute },
            _ if words_per_minute > profile.pace_ok_wpm[1] => {
                FindingKind::Rushed { words_per_minute }
            }
            _ => FindingKind::Slow { words_per_minute },
        };
        findings.push(Finding::new(noticed, Severity::of(band), whole));
    }
    findings.extend(raced(pacing, whole, profile));
    findings
}

/// The stretches above the red rate; none where that is most of the take, which is said of the
/// whole then.
fn raced(pacing: &Pacing, whole: Span, profile: &Profile) -> Vec<Finding> {
    let mut stretches: Vec<(Span, f64)> = Vec::new();
    for point in &pacing.curve {
        if point.wpm <= profile.pace_red_wpm[1] {
            continue;
        }
        let half = CURVE_WINDOW / 2.0;
        let window = Span::new(point.at - half, point.at + half);
        match stretches.last_mut() {
            Some((span, fastest)) if window.start <= span.end => {
                *span = span.join(window);
                *fastest = fastest.max(point.wpm);
            }
            _ => stretches.push((window, point.wpm)),
        }
    }
    let part = |(span, _): &(Span, f64)| span.len() < MOST_OF_IT * whole.len();
    stretches
        .into_iter()
        .filter(part)
        .map(|(span, words_per_minute)| {
            Finding::new(
                FindingKind::Raced { words_per_minute },
                Severity::Amber,
                span,
            )
        })
        .collect()
}

/// What was uttered, in order: when, and how many words it counts for.
fn uttered(transcript: &Transcript, sounds: &[Span]) -> Vec<(Span, usize)> {
    if transcript.words.is_empty() {
        return Vec::new();
    }
    let words = transcript.words.iter().map(|w| (w.span(), spoken_words(w)));
    let mut uttered: Vec<(Span, usize)> = words.chain(sounds.iter().map(|s| (*s, 1))).collect();
    uttered.sort_by(|a, b| a.0.start.total_cmp(&b.0.start));
    uttered
}

/// From the first start to the last end.
fn whole(uttered: &[(Span, usize)]) -> Option<Span> {
    uttered.iter().map(|(span, _)| *span).reduce(Span::join)
}

fn curve(uttered: &[(Span, usize)], whole: Span) -> Vec<CurvePoint> {
    let half = CURVE_WINDOW / 2.0;
    let mut points = Vec::new();
    let mut at = whole.start + half;
    while at + half <= whole.end {
        let inside = uttered.iter().filter(|(span, _)| {
            let middle = (span.start + span.end) / 2.0;
            (middle - at).abs() <= half
        });
        let words: usize = inside.map(|(_, words)| words).sum();
        points.push(CurvePoint {
            at,
            wpm: 60.0 * words as f64 / CURVE_WINDOW,
        });
        at += CURVE_STEP;
    }
    points
}

/// A written word as word counters count it: compounds such as "ready-to-merge" are one, figures as
/// many as are spoken.
fn spoken_words(word: &Word) -> usize {
    match word.text.contains(|c: char| c.is_ascii_digit()) {
        true => spoken(&word.text).len().max(1),
        false => 1,
    }
}
