//! All feedback on one take: measurements, findings and the verdict, in the shape of the report's JSON.

use serde::Serialize;

use super::delivery::{fillers, intonation, pacing, pauses, recording_quality};
use super::finding::Finding;
use super::impact::checks::{self as impact_checks, Impact};
use super::measurements::Measurements;
use super::ownership::pronouns::{self, Ownership};
use super::part_requirements::PartRequirements;
use super::phrases::planned_phrases::{self, PhraseResult};
use super::quote::Quote;
use super::red_flags::RedFlag;
use super::time_to_point::{self, TimeToPoint};
use super::verdict::{self, Evidence, Expectations, Verdict};
use super::{ranking, red_flags};
use crate::domain::profile::Profile;
use crate::domain::story::{Level, Part, SectionKind};
use crate::domain::take::{Audio, NoWords, Take};
use crate::domain::time::Span;
use crate::domain::transcript::Transcript;

/// All feedback on one take.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Feedback {
    /// Time used and speech rate.
    pub pacing: pacing::Pacing,
    /// Pauses between the first and the last word.
    pub pauses: Vec<pauses::Pause>,
    /// Filler words and filled pauses.
    pub fillers: Vec<fillers::Filler>,
    /// Planned phrases, said or missed, in story order.
    pub phrases: Vec<PhraseResult>,
    /// "I", "we" and the passive.
    pub ownership: Ownership,
    /// Red flags, in the order in which they were said.
    pub red_flags: Vec<RedFlag>,
    /// Measured change, business impact and lasting effect.
    pub impact: Impact,
    /// How soon the answer got to its point.
    #[serde(rename = "opening")]
    pub time_to_point: TimeToPoint,
    /// Pitch and loudness.
    #[serde(rename = "voice")]
    pub intonation: intonation::Intonation,
    /// All findings, most urgent first.
    pub findings: Vec<Finding>,
    /// How an interviewer would likely decide.
    pub verdict: Verdict,
}

impl Feedback {
    /// Feedback on an answer to `part`, recorded as `audio`, from what was measured in it.
    pub(super) fn new(
        measured: Measurements,
        audio: &Audio,
        part: Part,
        level: Level,
        required: &PartRequirements,
    ) -> Self {
        let intonation = intonation::measure(&measured.voice);
        let findings = ranking::rank(findings(&measured, &intonation, audio, part));
        let verdict = verdict::decide(
            &Evidence {
                part,
                level,
                words: measured.transcript.words.len(),
                no_words: NoWords::new(&measured.voice, &measured.transcript),
                used: measured.pacing.used_s,
                target: measured.pacing.target_s,
                expects: Expectations {
                    plans_boundary: required.phrases.boundaries().any(|planned| planned),
                    asks_ownership: required.question.asks_ownership,
                    plans_number: required.plans_number,
                },
                content: &measured.content,
                own_acts: &measured.own_acts,
                concrete_acts: measured.concrete_acts,
                boundary: boundary(&measured, required),
                is_on_topic: measured.is_on_topic,
                phrases: &measured.phrases,
                ownership: &measured.ownership,
                impact: &measured.impact,
                time_to_point: &measured.time_to_point,
                red_flags: &measured.red_flags,
            },
            &measured.profile,
        );
        Self {
            pacing: measured.pacing,
            pauses: measured.pauses,
            fillers: measured.fillers,
            phrases: measured.phrases,
            ownership: measured.ownership,
            red_flags: measured.red_flags,
            impact: measured.impact,
            time_to_point: measured.time_to_point,
            intonation,
            findings,
            verdict,
        }
    }
}

/// The words that say whose job it was not. A planned phrase that does so counts in any wording.
fn boundary(measured: &Measurements, required: &PartRequirements) -> Option<Quote> {
    let mention = measured.time_to_point.boundary.as_ref();
    mention.map(|mention| mention.quote.clone()).or_else(|| {
        std::iter::zip(&measured.phrases, required.phrases.boundaries())
            .filter(|(_, is_boundary)| *is_boundary)
            .find_map(|(phrase, _)| phrase.quote())
    })
}

/// The findings of all measurements that matter for this part, in no particular order.
fn findings(
    measured: &Measurements,
    intonation: &intonation::Intonation,
    audio: &Audio,
    part: Part,
) -> Vec<Finding> {
    let (transcript, profile): (&Transcript, &Profile) = (&measured.transcript, &measured.profile);
    let mut findings = recording_quality::findings(audio, &measured.voice, transcript, profile);
    findings.extend(red_flags::findings(&measured.red_flags));
    findings.extend(pacing::findings(&measured.pacing, transcript, profile));
    findings.extend(intonation::findings(intonation, transcript, profile));
    findings.extend(pauses::findings(&measured.pauses, profile));
    findings.extend(fillers::findings(&measured.fillers, transcript, profile));
    findings.extend(planned_phrases::findings(&measured.phrases, transcript));
    let (impact, time_to_point) = (&measured.impact, &measured.time_to_point);
    let found = || find_action(part, transcript, time_to_point, impact);
    if let Some(action) = measured.action.or_else(found) {
        let ownership = measured.ownership.within(action);
        findings.extend(pronouns::findings(&ownership, profile));
    }
    if matches!(part, Part::Section(SectionKind::Result) | Part::Whole) {
        findings.extend(impact_checks::findings(impact, transcript));
    }
    if matches!(part, Part::Section(SectionKind::Situation) | Part::Whole) {
        findings.extend(time_to_point::findings(time_to_point, transcript));
    }
    findings
}

/// Where in a take the speaker describes the Action, so that it matters who did it. `None` if nowhere.
pub fn action_span(take: &Take, feedback: &Feedback) -> Option<Span> {
    let transcript = &take.transcription.as_ref()?.transcript;
    find_action(
        take.part,
        transcript,
        &feedback.time_to_point,
        &feedback.impact,
    )
}

/// All of an Action section. In a whole answer, what lies between the ownership boundary and the
/// measured change, if these were said.
fn find_action(
    part: Part,
    transcript: &Transcript,
    time_to_point: &TimeToPoint,
    impact: &Impact,
) -> Option<Span> {
    let whole = transcript.span()?;
    match part {
        Part::Section(SectionKind::Action) => Some(whole),
        Part::Whole => {
            let boundary = time_to_point.boundary.as_ref().map(|b| b.quote.end);
            let start = boundary.unwrap_or(whole.start);
            let metric = impact.metric.as_ref().map(|quote| quote.start);
            let end = metric.filter(|end| *end > start).unwrap_or(whole.end);
            Some(Span::new(start, end))
        }
        _ => None,
    }
}
