//! What an interviewer would have noticed: facts of a take in, feedback out. One reading a file,
//! one shared list of findings. Everything that is not measured yet is `None`, never invented.

use serde::Serialize;

use self::impact::Impact;
use self::joins::Joins;
use self::opening::Opening;
use self::wording::Said;
use super::language::tokens;
use super::profile::Profile;
use super::story::{Part, SectionKind, Story};
use super::take::{Heard, Take};
use super::time::Span;
use super::transcript::Transcript;
use super::voice::Voice;

pub mod articulation;
pub mod deeds;
pub mod fillers;
pub mod finding;
pub mod flags;
pub mod hesitations;
pub mod impact;
mod joins;
pub mod melody;
pub mod opening;
pub mod ownership;
pub mod pacing;
pub mod pauses;
pub mod phrases;
mod plan;
pub mod ranking;
mod shape;
mod subject;
pub mod verdict;
mod wording;
mod worse;

pub use finding::{Finding, Noticed, Severity};
pub use melody::VoiceReading;
pub use plan::Plan;

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
    pub impact: Impact,
    /// How soon the answer got to its point.
    pub opening: Opening,
    /// How the voice moved.
    pub voice: VoiceReading,
    /// What to know, most urgent first.
    pub findings: Vec<Finding>,
    /// Where an interviewer would lean.
    pub verdict: verdict::Verdict,
}

/// Reads a take. `None` where it has not been transcribed, or the story has no such part.
pub fn analyze(take: &Take, story: &Story, profile: &Profile) -> Option<Feedback> {
    take.heard.as_ref()?;
    Plan::of(story, take.part, take.level)?.analyze(take, profile)
}

/// What a take tells by its voice and its words alone: all that takes time to find out, and can be found
/// out before it is known how the sound was recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Readings {
    /// What was read, ...
    heard: (Voice, Transcript),
    /// ... and by which bands.
    profile: Profile,
    pacing: pacing::Pacing,
    pauses: Vec<pauses::Pause>,
    fillers: Vec<fillers::Filler>,
    phrases: Vec<phrases::PhraseReading>,
    ownership: ownership::Ownership,
    impact: Impact,
    opening: Opening,
    flags: Vec<flags::Flagged>,
    is_on_topic: bool,
}

impl Readings {
    /// Of what was said in an answer to the part that `plan` is of.
    fn of(voice: &Voice, words: &Transcript, plan: &Plan, profile: &Profile) -> Self {
        let said = Said::new(tokens(words), &Joins::default());
        let tokens = &said.tokens;
        let hesitations = hesitations::read(voice, words);
        let sounds: Vec<Span> = hesitations
            .iter()
            .map(|h| Span::new(h.start, h.end))
            .collect();
        let mut pacing = pacing::read(words, &sounds, plan.target, profile);
        pacing.articulation_rate_sps = articulation::rate_sps(words, &voice.speech, &sounds);
        let mut fillers = fillers::read(words);
        fillers.extend(hesitations);
        fillers.sort_by(|a, b| a.start.total_cmp(&b.start));
        Self {
            pacing,
            pauses: pauses::read(voice, &sounds, words),
            fillers,
            phrases: plan.phrases.read(words, tokens.clone()),
            ownership: ownership::of_tokens(words, tokens),
            impact: impact::of_said(words, &said),
            opening: opening::of_tokens(words, tokens.clone()),
            flags: flags::of_said(words, &said),
            is_on_topic: plan.is_on_topic(tokens),
            heard: (voice.clone(), words.clone()),
            profile: profile.clone(),
        }
    }

    /// Whether they are what would be read anew.
    fn hold_for(&self, heard: &Heard, profile: &Profile) -> bool {
        let (voice, words) = &self.heard;
        *voice == heard.voice && *words == heard.transcript && self.profile == *profile
    }

    /// What is to be said of `take`, in which that was heard.
    fn conclude(self, take: &Take, plan: &Plan) -> Feedback {
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
        let voice_reading = melody::read(&voice);

        let mut findings = finding::of_audio(&take.audio, &voice, words, profile);
        findings.extend(flags::findings(&flags));
        findings.extend(pacing::findings(&pacing, words, profile));
        findings.extend(melody::findings(&voice_reading, words, profile));
        findings.extend(pauses::findings(&pauses, profile));
        findings.extend(fillers::findings(&fillers, words, profile));
        findings.extend(phrases::findings(&phrases, words));
        if let Some(action) = action(take.part, words, &opening, &impact) {
            findings.extend(ownership::findings(&ownership.within(action), profile));
        }
        if matches!(take.part, Part::Section(SectionKind::Result) | Part::Whole) {
            findings.extend(impact::findings(&impact, words));
        }
        if matches!(
            take.part,
            Part::Section(SectionKind::Situation) | Part::Whole
        ) {
            findings.extend(opening::findings(&opening, words));
        }
        let findings = ranking::rank(findings);
        // A planned phrase that says it, said in words of one's own, is a boundary, too.
        let boundary = opening.boundary.as_ref().map(|at| at.quote.clone());
        let boundary = boundary.or_else(|| {
            let both = std::iter::zip(&phrases, plan.phrases.boundaries());
            both.filter(|(_, planned)| *planned)
                .find_map(|(phrase, _)| phrase.quote())
        });
        let verdict = verdict::read(
            &verdict::Evidence {
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
    let words = &take.heard.as_ref()?.transcript;
    action(take.part, words, &feedback.opening, &feedback.impact)
}

/// Where the Action is told: all of that section; of a whole answer what lies between the boundary and
/// the change in numbers, as far as those were said.
fn action(part: Part, words: &Transcript, opening: &Opening, impact: &Impact) -> Option<Span> {
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
    use crate::coach::story::Level;
    use crate::coach::take::{Audio, EngineRun, TakeId};
    use crate::coach::transcript::Word;
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
        let story = crate::coach::pack::parse(include_str!("../../../content/webhook-drop.toml"));
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
            heard: Some(Heard {
                voice: Voice {
                    speech,
                    speech_dbfs: Some(-20.0),
                    ..Voice::default()
                },
                transcript: Transcript { words },
                engine: EngineRun {
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
