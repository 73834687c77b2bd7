//! The recording itself: no words, a quiet voice, clipping, or audio that is missing.

use crate::analysis::finding::{Finding, FindingKind, Severity};
use crate::domain::profile::Profile;
use crate::domain::take::{Audio, NoWords};
use crate::domain::time::Span;
use crate::domain::transcript::Transcript;
use crate::domain::voice::Voice;

/// Clipping of a larger share of the samples is audible as distortion. Less is a plosive or two.
const AUDIBLE_CLIPPING: f64 = 0.001;

/// Findings about the recording.
pub fn findings(
    audio: &Audio,
    voice: &Voice,
    transcript: &Transcript,
    profile: &Profile,
) -> Vec<Finding> {
    let whole = Span::new(0.0, audio.seconds);
    let mut findings = Vec::new();
    let mut add = |kind, severity| findings.push(Finding::new(kind, severity, whole));
    if let Some(why) = NoWords::new(voice, transcript) {
        add(FindingKind::NoWords(why), Severity::Red);
    }
    if let Some(dbfs) = voice
        .speech_dbfs
        .filter(|db| *db < profile.quiet_speech_dbfs)
    {
        add(FindingKind::TooQuiet { dbfs }, Severity::Amber);
    }
    if audio.clipped_samples > 0 {
        let samples = audio.clipped_samples;
        let frames = audio.seconds * f64::from(audio.sample_rate_hz);
        let severity = match samples as f64 > frames * AUDIBLE_CLIPPING {
            true => Severity::Amber,
            false => Severity::Note,
        };
        add(FindingKind::Clipped { samples }, severity);
    }
    if audio.lost_samples > 0 {
        let seconds = audio.lost_samples as f64 / f64::from(audio.sample_rate_hz.max(1));
        add(FindingKind::LostAudio { seconds }, Severity::Amber);
    }
    findings
}
