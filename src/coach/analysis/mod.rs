//! What an interviewer would have noticed: facts of a take in, feedback out. One reading a file,
//! one shared list of findings. Everything that is not measured yet is `None`, never invented.

use serde::Serialize;

use super::profile::Profile;
use super::story::{Part, Story};
use super::take::Take;

pub mod fillers;
pub mod finding;
pub mod flags;
pub mod impact;
pub mod ownership;
pub mod pacing;
pub mod pauses;
pub mod phrases;
pub mod verdict;

pub use finding::{Finding, Noticed, Severity};

/// All readings of one take, in the shapes of the report's JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Feedback {
    /// Time used and speed.
    pub pacing: pacing::Pacing,
    /// Silences between the first and the last word.
    pub pauses: Vec<pauses::Pause>,
    /// Words and sounds that only fill.
    pub fillers: Vec<fillers::Filler>,
    /// Planned phrases, said or missed, in story order.
    pub phrases: Vec<phrases::PhraseReading>,
    /// "I", "we" and the passive.
    pub ownership: ownership::Ownership,
    /// What came of it, in numbers.
    pub impact: impact::Impact,
    /// How the voice moved.
    pub voice: VoiceReading,
    /// What to know, most urgent first.
    pub findings: Vec<Finding>,
    /// Where an interviewer would lean.
    pub verdict: verdict::Verdict,
}

/// How the voice moved. Not measured yet: all `None`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct VoiceReading {
    /// Median pitch.
    pub pitch_median_hz: Option<f64>,
    /// Standard deviation of the pitch about its median.
    pub pitch_sd_semitones: Option<f64>,
    /// Loud minus soft.
    pub loudness_range_db: Option<f64>,
}

/// Reads a take. `None` where it has not been transcribed, or the story has no such part.
pub fn analyze(take: &Take, story: &Story, profile: &Profile) -> Option<Feedback> {
    let heard = take.heard.as_ref()?;
    let brief = story.brief(take.part, take.level)?;
    let words = &heard.transcript;

    let pacing = pacing::read(words, brief.target, profile);
    let pauses = pauses::read(&heard.voice, words);
    let fillers = fillers::read(words);
    let phrases = phrases::read(words, &brief.phrases);
    let ownership = ownership::read(words);

    let mut findings = finding::of_audio(&take.audio, &heard.voice, words, profile);
    findings.extend(flags::findings(words));
    findings.extend(pacing::findings(&pacing, words, profile));
    findings.extend(pauses::findings(&pauses, profile));
    findings.extend(fillers::findings(&fillers, words, profile));
    findings.extend(phrases::findings(&phrases, words));
    if matches!(
        take.part,
        Part::Section(super::story::SectionKind::Action) | Part::Whole
    ) {
        findings.extend(ownership::findings(&ownership, profile));
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));

    Some(Feedback {
        verdict: verdict::read(words),
        pacing,
        pauses,
        fillers,
        phrases,
        ownership,
        impact: impact::Impact::default(),
        voice: VoiceReading::default(),
        findings,
    })
}
