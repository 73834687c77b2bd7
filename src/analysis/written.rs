//! Analyzes an answer that was written instead of spoken. Its words get times as if somebody spoke them at a
//! usual rate, because other measurements order and compare words by time. What needs audio is not measured.

use std::sync::Arc;

use super::feedback::Feedback;
use super::measurements::Measurements;
use super::part_requirements::PartRequirements;
use super::phrases::word_vectors::SentenceModel;
use crate::analysis::delivery::pacing::spoken_word_count;
use crate::domain::profile::Profile;
use crate::domain::story::{Level, Part, Story};
use crate::domain::take::Audio;
use crate::domain::time::Secs;
use crate::domain::transcript::{Transcript, Word};
use crate::domain::written_answer::WrittenAnswer;

/// Words per minute at which a text would be spoken, pauses included: the middle of the 140 to 160 that coaches
/// recommend.
const WORDS_PER_MINUTE: f64 = 150.0;

/// The words of a written answer with the times at which they would be spoken.
pub fn transcript(answer: &WrittenAnswer) -> Transcript {
    let mut at: Secs = 0.0;
    let word = |text: &String| {
        let start = at;
        at += 60.0 / WORDS_PER_MINUTE * spoken_word_count(text) as f64;
        Word {
            text: text.clone(),
            start,
            end: at,
            confidence: 1.0,
        }
    };
    Transcript {
        words: answer.words.iter().map(word).collect(),
    }
}

/// Feedback on a written answer to a part of a story, without anything that needs audio. All times are
/// estimates. With a `model`, planned phrases are also found in words that no rule foresees. `None` if the story has no such part.
pub fn analyze_written(
    answer: &WrittenAnswer,
    story: &Story,
    part: Part,
    level: Level,
    profile: &Profile,
    model: Option<Arc<dyn SentenceModel>>,
) -> Option<Feedback> {
    let required = PartRequirements::new(story, part, level)?.with_model(model);
    let transcript = transcript(answer);
    let measured = Measurements::of_text(&transcript, &answer.sections, &required, profile);
    Some(Feedback::new(
        measured,
        &Audio::default(),
        part,
        level,
        &required,
    ))
}
