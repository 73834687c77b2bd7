//! The analysis of takes: from a take, its story and the thresholds of a profile to feedback. It is
//! pure: no files, clocks or threads. Anything that was not measured is `None`, never a guess.
//!
//! Each file makes one measurement and states its findings. [`Measurements`] collects the
//! measurements, and [`Feedback`] adds the findings and the verdict.
#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod delivery;
pub mod feedback;
pub mod finding;
mod finding_text;
pub mod grammar;
pub mod impact;
pub mod judgment;
pub mod language;
mod measurements;
mod number_reader;
pub mod ownership;
mod part_plan;
mod part_requirements;
pub mod phrases;
pub mod quote;
pub mod ranking;
pub mod red_flags;
pub mod section_content;
pub mod statement_kinds;
pub mod structure;
pub mod time_to_point;
pub mod verdict;
pub mod written;

use std::sync::Arc;

use crate::domain::profile::Profile;
use crate::domain::story::Story;
use crate::domain::take::Take;

pub use delivery::intonation::Intonation;
pub use feedback::{Feedback, action_span};
pub use finding::{Finding, FindingKind, Severity};
pub use measurements::Measurements;
pub use part_plan::PartPlan;
use phrases::word_vectors::SentenceModel;
pub use written::analyze_written;

/// Analyzes a take. `None` if it has not been transcribed, or if the story has no such part.
pub fn analyze(take: &Take, story: &Story, profile: &Profile) -> Option<Feedback> {
    analyze_with_model(take, story, profile, None)
}

/// Analyzes a take. With a `model`, planned phrases are also found in words that no rule foresees.
pub fn analyze_with_model(
    take: &Take,
    story: &Story,
    profile: &Profile,
    model: Option<Arc<dyn SentenceModel>>,
) -> Option<Feedback> {
    take.transcription.as_ref()?;
    let plan = PartPlan::new(story, take.part, take.level)?.with_model(model);
    plan.analyze(take, profile)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::builders::{TakeBuilder, webhook_story, word};
    use crate::domain::story::SectionKind;
    use crate::domain::time::Span;
    use expect_test::{Expect, expect};

    /// Feedback on an Action with this text. Every word takes 0.4 s, and a number in brackets is a
    /// silence in seconds: `I led [1.2] um the team`.
    fn feedback(text: &str) -> Feedback {
        let mut words = Vec::new();
        let mut speech = vec![Span::new(0.0, 0.0)];
        let mut at = 0.0;
        for part in text.split_whitespace() {
            match part.strip_prefix('[').and_then(|p| p.strip_suffix(']')) {
                Some(silence) => {
                    at += silence.parse::<f64>().expect("seconds");
                    speech.push(Span::new(at, at));
                }
                None => {
                    words.push(word(part, at, at + 0.4));
                    at += 0.4;
                    speech.last_mut().expect("one").end = at;
                }
            }
        }
        if words.is_empty() {
            speech.clear();
        }
        let take = TakeBuilder::new("test")
            .section(SectionKind::Action)
            .seconds(at)
            .words(words)
            .speech(speech)
            .build();
        analyze(&take, &webhook_story(), &Profile::default()).expect("feedback")
    }

    fn check(text: &str, expected: Expect) {
        let feedback = feedback(text);
        let pauses: Vec<String> = feedback
            .pauses
            .iter()
            .map(|p| format!("{:.1} s {:?}", p.span().len(), p.place).to_lowercase())
            .collect();
        let fillers: Vec<&str> = feedback.fillers.iter().map(|f| f.text.as_str()).collect();
        let said: Vec<&str> = feedback
            .phrases
            .iter()
            .filter_map(|p| p.match_text.as_deref())
            .collect();
        let kinds: Vec<&str> = feedback.findings.iter().map(|f| f.kind.name()).collect();
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
    fn feedback_on_short_actions() {
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
    fn numbers_count_as_spoken_words() {
        let pacing = feedback("It fell from 0.3% to zero, $8,000 a week.").pacing;
        // it fell from | zero point three percent | to zero | eight thousand dollars | a week
        assert_eq!(pacing.words, 14);
    }
}
