//! Pacing: time used against the target, and speech rate over the take and along it.

use serde::Serialize;

use crate::analysis::finding::{Finding, FindingKind, Severity, TimeUsed};
use crate::analysis::language::verbalize::spoken_words;
use crate::domain::profile::{Profile, Rating};
use crate::domain::time::{Secs, Span};
use crate::domain::transcript::Transcript;

/// Width of the sliding window.
const CURVE_WINDOW: Secs = 10.0;
/// Step of the sliding window.
const CURVE_STEP: Secs = 1.0;
/// A fast stretch of this share of the take is not a finding of its own.
const WHOLE_TAKE_SHARE: f64 = 0.8;
/// Fewer words than this do not give a meaningful rate.
const MIN_WORDS: usize = 5;

/// Time used and speech rate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pacing {
    /// Target time.
    pub target_s: Secs,
    /// From the start of the first word or filled pause to the end of the last. For a written answer, the
    /// estimate.
    pub used_s: Secs,
    /// How long a written answer would take; `None` for a spoken one.
    pub estimated_s: Option<Secs>,
    /// Number of spoken words, filled pauses included. `0.3%` is four words.
    pub words: usize,
    /// Words per minute of the time used, pauses included; `None` for too few words.
    pub speech_rate_wpm: Option<f64>,
    /// Syllables per second of speech, pauses excluded; `None` for too little speech.
    pub articulation_rate_sps: Option<f64>,
    /// Rating of the speech rate; `None` without a rate.
    #[serde(rename = "band")]
    pub rating: Option<Rating>,
    /// Speech rate in a sliding window of ten seconds; empty for shorter takes.
    pub curve: Vec<CurvePoint>,
}

/// The speech rate around a point in time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CurvePoint {
    /// Middle of the window.
    pub at: Secs,
    /// Words per minute in the window.
    pub wpm: f64,
}

/// Measures time and speech rate. `filled_pauses` are those that the transcript lacks. They count as
/// words, so that the rate does not depend on whether the recognizer transcribed them.
pub fn measure(
    transcript: &Transcript,
    filled_pauses: &[Span],
    target: Secs,
    profile: &Profile,
) -> Pacing {
    let uttered = uttered(transcript, filled_pauses);
    let words = uttered.iter().map(|(_, words)| words).sum();
    let whole = whole(&uttered);
    let used_s = whole.map_or(0.0, |span| span.len());
    let speech_rate_wpm =
        (words >= MIN_WORDS && used_s > 0.0).then(|| 60.0 * words as f64 / used_s);
    Pacing {
        target_s: target,
        used_s,
        estimated_s: None,
        words,
        speech_rate_wpm,
        articulation_rate_sps: None,
        rating: speech_rate_wpm
            .map(|wpm| Rating::from_ranges(wpm, profile.pace_ok_wpm, profile.pace_red_wpm)),
        curve: whole.map_or(Vec::new(), |whole| curve(&uttered, whole)),
    }
}

/// The time that a written answer would take, from the estimated times of its words. Its rate is not measured.
pub fn estimate(transcript: &Transcript, target: Secs) -> Pacing {
    let seconds = transcript.span().map_or(0.0, |span| span.len());
    let words = transcript.words.iter();
    Pacing {
        target_s: target,
        used_s: seconds,
        estimated_s: Some(seconds),
        words: words.map(|word| spoken_word_count(&word.text)).sum(),
        speech_rate_wpm: None,
        articulation_rate_sps: None,
        rating: None,
        curve: Vec::new(),
    }
}

/// Rating of the time used.
pub fn time_rating(pacing: &Pacing, profile: &Profile) -> Rating {
    Rating::from_ranges(
        pacing.used_s / pacing.target_s,
        profile.time_ok,
        profile.time_red,
    )
}

/// Findings about time and speech rate.
pub fn findings(pacing: &Pacing, transcript: &Transcript, profile: &Profile) -> Vec<Finding> {
    let Some(whole) = transcript.span() else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    let time = TimeUsed {
        used: pacing.used_s,
        target: pacing.target_s,
        is_estimate: pacing.estimated_s.is_some(),
    };
    let kind = match time_rating(pacing, profile) {
        Rating::Ok => FindingKind::OnTime(time),
        _ if time.used > time.target => FindingKind::OverTime(time),
        _ => FindingKind::UnderTime(time),
    };
    let severity = Severity::from_rating(time_rating(pacing, profile));
    findings.push(Finding::new(kind, severity, whole));
    if let (Some(words_per_minute), Some(rating)) = (pacing.speech_rate_wpm, pacing.rating) {
        let kind = match rating {
            Rating::Ok => FindingKind::GoodPace { words_per_minute },
            _ if words_per_minute > profile.pace_ok_wpm[1] => {
                FindingKind::Rushed { words_per_minute }
            }
            _ => FindingKind::Slow { words_per_minute },
        };
        findings.push(Finding::new(kind, Severity::from_rating(rating), whole));
    }
    findings.extend(fast_stretches(pacing, whole, profile));
    findings
}

/// Findings about stretches above the red rate. If most of the take is that fast, the finding about the
/// whole take says so.
fn fast_stretches(pacing: &Pacing, whole: Span, profile: &Profile) -> Vec<Finding> {
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
    let is_stretch = |(span, _): &(Span, f64)| span.len() < WHOLE_TAKE_SHARE * whole.len();
    stretches
        .into_iter()
        .filter(is_stretch)
        .map(|(span, words_per_minute)| {
            Finding::new(
                FindingKind::FastStretch { words_per_minute },
                Severity::Amber,
                span,
            )
        })
        .collect()
}

/// Words and filled pauses in order, each with its time and the number of words it counts as.
fn uttered(transcript: &Transcript, filled_pauses: &[Span]) -> Vec<(Span, usize)> {
    if transcript.words.is_empty() {
        return Vec::new();
    }
    let words = transcript
        .words
        .iter()
        .map(|w| (w.span(), spoken_word_count(&w.text)));
    let mut uttered: Vec<(Span, usize)> = words
        .chain(filled_pauses.iter().map(|pause| (*pause, 1)))
        .collect();
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

/// The number of words that a written word counts as. Compounds such as "ready-to-merge" count as one,
/// figures as they are spoken.
pub(in crate::analysis) fn spoken_word_count(word: &str) -> usize {
    match word.contains(|c: char| c.is_ascii_digit()) {
        true => spoken_words(word).len().max(1),
        false => 1,
    }
}
