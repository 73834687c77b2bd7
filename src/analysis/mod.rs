//! What an interviewer would have noticed: facts of a take in, feedback out. One reading a file,
//! one shared list of findings. Everything that is not measured yet is `None`, never invented.

pub mod delivery;
pub mod finding;
pub mod impact;
pub mod language;
pub mod ownership;
mod part_plan;
pub mod phrases;
pub mod red_flags;
pub mod time_to_point;
pub mod verdict;

use serde::Serialize;

use self::impact::impact_checks::Impact;
use self::phrases::compounds::Compounds;
use self::phrases::phrase_matcher::TokenIndex;
use self::time_to_point::TimeToPoint;
use crate::analysis::language::tokens;
use crate::domain::profile::Profile;
use crate::domain::story::{Part, SectionKind, Story};
use crate::domain::take::{Take, Transcription};
use crate::domain::time::Span;
use crate::domain::transcript::Transcript;
use crate::domain::voice::Voice;

pub use delivery::intonation::Intonation;
pub use finding::{Finding, FindingKind, Severity};
pub use part_plan::PartPlan;

/// All readings of one take, in the shapes of the report's JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Feedback {
    /// Time used and speed.
    pub pacing: delivery::pacing::Pacing,
    /// Silences between the first and the last word.
    pub pauses: Vec<delivery::pauses::Pause>,
    /// Words and sounds that only fill.
    pub fillers: Vec<delivery::fillers::Filler>,
    /// Planned phrases, said or missed, in story order.
    pub phrases: Vec<phrases::planned_phrases::PhraseResult>,
    /// "I", "we" and the passive.
    pub ownership: ownership::pronouns::Ownership,
    /// What came of it, in numbers.
    pub impact: Impact,
    /// How soon the answer got to its point.
    pub opening: TimeToPoint,
    /// How the voice moved.
    pub voice: Intonation,
    /// What to know, most urgent first.
    pub findings: Vec<Finding>,
    /// Where an interviewer would lean.
    pub verdict: verdict::hiring::Verdict,
}

/// Reads a take. `None` where it has not been transcribed, or the story has no such part.
pub fn analyze(take: &Take, story: &Story, profile: &Profile) -> Option<Feedback> {
    take.transcription.as_ref()?;
    PartPlan::of(story, take.part, take.level)?.analyze(take, profile)
}

/// What a take tells by its voice and its words alone: all that takes time to find out, and can be found
/// out before it is known how the sound was recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurements {
    /// What was read, ...
    heard: (Voice, Transcript),
    /// ... and by which bands.
    profile: Profile,
    pacing: delivery::pacing::Pacing,
    pauses: Vec<delivery::pauses::Pause>,
    fillers: Vec<delivery::fillers::Filler>,
    phrases: Vec<phrases::planned_phrases::PhraseResult>,
    ownership: ownership::pronouns::Ownership,
    impact: Impact,
    opening: TimeToPoint,
    flags: Vec<red_flags::Flagged>,
    is_on_topic: bool,
}

impl Measurements {
    /// Of what was said in an answer to the part that `plan` is of.
    fn of(voice: &Voice, words: &Transcript, plan: &PartPlan, profile: &Profile) -> Self {
        let said = TokenIndex::new(tokens(words), &Compounds::default());
        let tokens = &said.tokens;
        let hesitations = delivery::filled_pauses::read(voice, words);
        let sounds: Vec<Span> = hesitations
            .iter()
            .map(|h| Span::new(h.start, h.end))
            .collect();
        let mut pacing = delivery::pacing::read(words, &sounds, plan.target, profile);
        pacing.articulation_rate_sps =
            delivery::articulation::rate_sps(words, &voice.speech, &sounds);
        let mut fillers = delivery::fillers::read(words);
        fillers.extend(hesitations);
        fillers.sort_by(|a, b| a.start.total_cmp(&b.start));
        Self {
            pacing,
            pauses: delivery::pauses::read(voice, &sounds, words),
            fillers,
            phrases: plan.phrases.read(words, tokens.clone()),
            ownership: ownership::pronouns::of_tokens(words, tokens),
            impact: impact::impact_checks::of_said(words, &said),
            opening: time_to_point::of_tokens(words, tokens.clone()),
            flags: red_flags::of_said(words, &said),
            is_on_topic: plan.is_on_topic(tokens),
            heard: (voice.clone(), words.clone()),
            profile: profile.clone(),
        }
    }

    /// Whether they are what would be read anew.
    fn hold_for(&self, heard: &Transcription, profile: &Profile) -> bool {
        let (voice, words) = &self.heard;
        *voice == heard.voice && *words == heard.transcript && self.profile == *profile
    }

    /// What is to be said of `take`, in which that was heard.
    fn conclude(self, take: &Take, plan: &PartPlan) -> Feedback {
        let Self {
            heard: (voice, words),
            profile,
            pacing,
            pauses,
            fillers,
            phrases,
            ownership,
            impact,
            opening,
            flags,
            is_on_topic,
        } = self;
        let (words, profile) = (&words, &profile);
        let voice_reading = delivery::intonation::read(&voice);

        let mut findings = finding::of_audio(&take.audio, &voice, words, profile);
        findings.extend(red_flags::findings(&flags));
        findings.extend(delivery::pacing::findings(&pacing, words, profile));
        findings.extend(delivery::intonation::findings(
            &voice_reading,
            words,
            profile,
        ));
        findings.extend(delivery::pauses::findings(&pauses, profile));
        findings.extend(delivery::fillers::findings(&fillers, words, profile));
        findings.extend(phrases::planned_phrases::findings(&phrases, words));
        if let Some(action) = action(take.part, words, &opening, &impact) {
            findings.extend(ownership::pronouns::findings(
                &ownership.within(action),
                profile,
            ));
        }
        if matches!(take.part, Part::Section(SectionKind::Result) | Part::Whole) {
            findings.extend(impact::impact_checks::findings(&impact, words));
        }
        if matches!(
            take.part,
            Part::Section(SectionKind::Situation) | Part::Whole
        ) {
            findings.extend(time_to_point::findings(&opening, words));
        }
        let findings = verdict::ranking::rank(findings);
        // A planned phrase that says it, said in words of one's own, is a boundary, too.
        let boundary = opening.boundary.as_ref().map(|at| at.quote.clone());
        let boundary = boundary.or_else(|| {
            let both = std::iter::zip(&phrases, plan.phrases.boundaries());
            both.filter(|(_, planned)| *planned)
                .find_map(|(phrase, _)| phrase.quote())
        });
        let verdict = verdict::hiring::read(
            &verdict::hiring::Evidence {
                part: take.part,
                level: take.level,
                words: words.words.len(),
                time: (pacing.used_s, pacing.target_s),
                boundary_planned: plan.phrases.boundaries().any(|planned| planned),
                boundary,
                on_topic: is_on_topic,
                phrases: &phrases,
                ownership: &ownership,
                impact: &impact,
                opening: &opening,
                flags: &flags,
            },
            profile,
        );

        Feedback {
            verdict,
            pacing,
            pauses,
            fillers,
            phrases,
            ownership,
            impact,
            opening,
            voice: voice_reading,
            findings,
        }
    }
}

/// Where in a take the Action is told, and so who did it matters; `None` where it is not.
pub fn action_of(take: &Take, feedback: &Feedback) -> Option<Span> {
    let words = &take.transcription.as_ref()?.transcript;
    action(take.part, words, &feedback.opening, &feedback.impact)
}

/// Where the Action is told: all of that section; of a whole answer what lies between the boundary and
/// the change in numbers, as far as those were said.
fn action(part: Part, words: &Transcript, opening: &TimeToPoint, impact: &Impact) -> Option<Span> {
    let whole = words.span()?;
    match part {
        Part::Section(SectionKind::Action) => Some(whole),
        Part::Whole => {
            let boundary = opening.boundary.as_ref().map(|at| at.quote.end);
            let start = boundary.unwrap_or(whole.start);
            let metric = impact.metric.as_ref().map(|quote| quote.start);
            let end = metric.filter(|end| *end > start).unwrap_or(whole.end);
            Some(Span::new(start, end))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::story::Level;
    use crate::domain::take::{Audio, TakeId, TranscriptionStats};
    use crate::domain::transcript::Word;
    use expect_test::{Expect, expect};

    /// What is read of an Action told as `said`: 0.4 s a
    /// word, and silence where seconds stand in brackets: `I led [1.2] um the team`.
    fn feedback(said: &str) -> Feedback {
        let mut words = Vec::new();
        let mut speech = vec![Span::new(0.0, 0.0)];
        let mut at = 0.0;
        for part in said.split_whitespace() {
            match part.strip_prefix('[').and_then(|p| p.strip_suffix(']')) {
                Some(silence) => {
                    at += silence.parse::<f64>().expect("seconds");
                    speech.push(Span::new(at, at));
                }
                None => {
                    words.push(Word {
                        text: part.to_owned(),
                        start: at,
                        end: at + 0.4,
                        confidence: 0.9,
                    });
                    at += 0.4;
                    speech.last_mut().expect("one").end = at;
                }
            }
        }
        let story = crate::domain::story_file::parse(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/content/webhook-drop.toml"
        )));
        let take = Take {
            id: TakeId("test".to_owned()),
            story: "webhook-drop".to_owned(),
            part: Part::Section(SectionKind::Action),
            level: Level::Sde2,
            audio: Audio {
                seconds: at,
                sample_rate_hz: 16_000,
                channels: 1,
                clipped_samples: 0,
                lost_samples: 0,
            },
            transcription: Some(Transcription {
                voice: Voice {
                    speech,
                    speech_dbfs: Some(-20.0),
                    ..Voice::default()
                },
                transcript: Transcript { words },
                engine: TranscriptionStats {
                    model: "test".to_owned(),
                    threads: 1,
                    cpu_seconds: None,
                    wall_seconds: 0.0,
                },
            }),
        };
        analyze(&take, &story.expect("a story"), &Profile::default()).expect("feedback")
    }

    fn check(said: &str, expected: Expect) {
        let feedback = feedback(said);
        let pauses: Vec<String> = feedback
            .pauses
            .iter()
            .map(|p| format!("{:.1} s {:?}", p.span().len(), p.place).to_lowercase())
            .collect();
        let fillers: Vec<&str> = feedback.fillers.iter().map(|f| f.text.as_str()).collect();
        let said: Vec<&str> = feedback
            .phrases
            .iter()
            .filter_map(|p| p.said.as_deref())
            .collect();
        let kinds: Vec<&str> = feedback.findings.iter().map(|f| f.noticed.kind()).collect();
        let kinds = kinds.join(" ").replace(" phrase_missed", "");
        expected.assert_eq(&format!(
            "pauses: {}; fillers: {}; phrases: {}; I {}, we {}; {kinds}",
            pauses.join(", "),
            fillers.join(", "),
            said.join(", "),
            feedback.ownership.i,
            feedback.ownership.we,
        ));
    }

    #[test]
    fn readings_of_what_was_said() {
        check(
            "I traced it [1.2] um to the [0.2] retry logic. [0.7] Then I wrote a fix.",
            expect![
                "pauses: 1.2 s inside, 0.7 s between; fillers: um; phrases: I traced, I wrote; I 2, we 0; under_time slow broken_clause good_pauses"
            ],
        );
        check(
            "We found, like, the cause and our fix you know works. I like it so that is it",
            expect![
                "pauses: ; fillers: like, you know; phrases: ; I 1, we 2; under_time we good_pace"
            ],
        );
        check(
            "My manager asked me to look [4.5] and things got better, the team was happy.",
            expect![
                "pauses: 4.5 s between; fillers: ; phrases: ; I 0, we 0; red_flag under_time slow red_flag red_flag long_pause"
            ],
        );
        check(
            "",
            expect!["pauses: ; fillers: ; phrases: ; I 0, we 0; no_speech"],
        );
    }

    #[test]
    fn numbers_count_as_they_are_spoken() {
        let pacing = feedback("It fell from 0.3% to zero, $8,000 a week.").pacing;
        // it fell from | zero point three percent | to zero | eight thousand dollars | a week
        assert_eq!(pacing.words, 14);
    }
}
