//! Analyzes takes of one part of a story. Prepared once and used for all takes of the part.

use std::sync::Arc;

use super::feedback::Feedback;
use super::language::tokens;
use super::measurements::Measurements;
use super::part_requirements::PartRequirements;
use super::phrases::word_vectors::SentenceModel;
use crate::domain::profile::Profile;
use crate::domain::story::{Level, Part, Story};
use crate::domain::take::Take;
use crate::domain::transcript::{Transcript, Word};
use crate::domain::voice::Voice;

/// Words before the new ones that may belong to the same phrase or negate it: about two sentences.
const CONTEXT_WORDS: usize = 60;
/// The first words of the context. They only help to interpret the others; a phrase that begins
/// among them was found before.
const LEADING_CONTEXT_WORDS: usize = 12;

/// A part of a story, ready to analyze takes of it.
#[derive(Debug)]
pub struct PartPlan {
    required: PartRequirements,
}

impl PartPlan {
    /// The plan for a part; `None` if the story has no such part.
    pub fn new(story: &Story, part: Part, level: Level) -> Option<Self> {
        let required = PartRequirements::new(story, part, level)?;
        Some(Self { required })
    }

    /// Finds planned phrases in other words with `model`, too.
    pub fn with_model(self, model: Option<Arc<dyn SentenceModel>>) -> Self {
        Self {
            required: self.required.with_model(model),
        }
    }

    /// Analyzes a take of this part. `None` if it has not been transcribed.
    pub fn analyze(&self, take: &Take, profile: &Profile) -> Option<Feedback> {
        self.analyze_with(None, take, profile)
    }

    /// Analyzes a take. Uses `measured` instead of measuring again, if it fits the final transcription.
    pub fn analyze_with(
        &self,
        measured: Option<Measurements>,
        take: &Take,
        profile: &Profile,
    ) -> Option<Feedback> {
        let transcription = take.transcription.as_ref()?;
        let measured = measured
            .filter(|measured| measured.are_valid_for(transcription, profile))
            .unwrap_or_else(|| {
                self.measure(&transcription.voice, &transcription.transcript, profile)
            });
        Some(Feedback::new(
            measured,
            &take.audio,
            take.part,
            take.level,
            &self.required,
        ))
    }

    /// Measures an answer to this part.
    pub fn measure(
        &self,
        voice: &Voice,
        transcript: &Transcript,
        profile: &Profile,
    ) -> Measurements {
        Measurements::new(voice, transcript, &self.required, profile)
    }

    /// Number of planned phrases.
    pub fn phrase_count(&self) -> usize {
        self.required.phrases.count()
    }

    /// Sets the marks of the planned phrases, in story order, that `words` say. The first `searched`
    /// words were searched before. Marks are never cleared.
    pub fn mark_said(&self, words: &[Word], searched: usize, marks: &mut [bool]) {
        if searched >= words.len() || marks.iter().all(|mark| *mark) {
            return;
        }
        let start = searched.saturating_sub(CONTEXT_WORDS);
        let newest = Transcript {
            words: words[start..].to_vec(),
        };
        let from_word = if start == 0 { 0 } else { LEADING_CONTEXT_WORDS };
        self.required
            .phrases
            .mark_said(tokens(&newest), from_word, marks);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::builders::{transcript, transcription, webhook_story, words};
    use crate::domain::take::Transcription;

    #[test]
    fn measurements_are_valid_only_for_the_same_input() {
        let plan = PartPlan::new(&webhook_story(), Part::Whole, Level::Mid).expect("a part");
        let (original, profile) = (transcription(words("nobody")), Profile::default());
        let measurements = plan.measure(&original.voice, &original.transcript, &profile);
        assert!(measurements.are_valid_for(&original, &profile));
        assert!(!measurements.are_valid_for(&transcription(words("somebody")), &profile));
        let louder = Transcription {
            voice: Voice {
                speech_dbfs: Some(-20.0),
                ..Voice::default()
            },
            ..original.clone()
        };
        assert!(!measurements.are_valid_for(&louder, &profile));
        let other_profile = Profile {
            pace_red_wpm: [1.0, 2.0],
            ..Profile::default()
        };
        assert!(!measurements.are_valid_for(&original, &other_profile));
    }

    #[test]
    fn phrases_marked_step_by_step_match_the_final_result() {
        let story = webhook_story();
        let strong: Vec<&str> = story.sections.iter().map(|s| s.strong.as_str()).collect();
        let transcript = transcript(&strong.join(" "));
        let plan = PartPlan::new(&story, Part::Whole, Level::Mid).expect("a part");
        let phrases = plan.required.phrases.find(&transcript, tokens(&transcript));
        let said: Vec<bool> = phrases.iter().map(|phrase| phrase.is_said).collect();
        assert!(
            said.iter().filter(|said| **said).count() > 15,
            "{phrases:?}"
        );
        for words_per_step in [1, 4, 11, 70, 1_000] {
            let mut marks = vec![false; plan.phrase_count()];
            let mut searched = 0;
            while searched < transcript.words.len() {
                let now = (searched + words_per_step).min(transcript.words.len());
                plan.mark_said(&transcript.words[..now], searched, &mut marks);
                searched = now;
            }
            assert_eq!(marks, said, "{words_per_step} words per step");
        }
    }
}
