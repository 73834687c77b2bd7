//! What a part of a story asks to be said, read once for all takes of it.

use std::collections::BTreeSet;

use super::phrases::planned_phrases::PlannedPhrases;
use super::{Feedback, Measurements};
use crate::analysis::language::lexicon::is_function;
use crate::analysis::language::{Token, tokens, tokens_of_text};
use crate::domain::profile::Profile;
use crate::domain::story::{Level, Part, Story};
use crate::domain::take::Take;
use crate::domain::time::Secs;
use crate::domain::transcript::{Transcript, Word};
use crate::domain::voice::Voice;

/// Words that an answer shares with a strong one when it is on its subject.
const SHARED: usize = 3;
/// Words before the newest ones that may belong to a phrase with them, or deny it: two sentences.
const CONTEXT_WORDS: usize = 60;
/// So many of them only tell what the others mean.
const CONTEXT_BEFORE: usize = 12;

/// A part of a story, ready to be compared with what was said.
#[derive(Debug)]
pub struct PartPlan {
    /// How long it should take.
    pub(crate) target: Secs,
    pub(crate) phrases: PlannedPhrases,
    /// Stems of the words that carry a strong answer.
    carrying: BTreeSet<String>,
}

impl PartPlan {
    /// That of a part; `None` where the story has no such part.
    pub fn of(story: &Story, part: Part, level: Level) -> Option<Self> {
        let brief = story.brief(part, level)?;
        Some(Self {
            target: brief.target,
            phrases: PlannedPhrases::new(&brief.phrases),
            carrying: carrying(&tokens_of_text(&brief.strong)),
        })
    }

    /// Reads a take of this part, as [`super::analyze`] does; `None` where it has not been transcribed.
    pub fn analyze(&self, take: &Take, profile: &Profile) -> Option<Feedback> {
        self.analyze_with(None, take, profile)
    }

    /// The same; what was read before is used where it is what was heard in the end.
    pub fn analyze_with(
        &self,
        known: Option<Measurements>,
        take: &Take,
        profile: &Profile,
    ) -> Option<Feedback> {
        let heard = take.transcription.as_ref()?;
        let known = known.filter(|known| known.hold_for(heard, profile));
        let readings =
            known.unwrap_or_else(|| self.measure(&heard.voice, &heard.transcript, profile));
        Some(readings.conclude(take, self))
    }

    /// What an answer to this part tells by its voice and its words.
    pub fn measure(&self, voice: &Voice, words: &Transcript, profile: &Profile) -> Measurements {
        Measurements::of(voice, words, self, profile)
    }

    /// How many phrases are planned.
    pub fn phrases(&self) -> usize {
        self.phrases.count()
    }

    /// Marks, in story order, the planned phrases that were said in `words`, of which the first `known`
    /// were looked through before. What is marked stays so.
    pub fn mark_said(&self, words: &[Word], known: usize, marks: &mut [bool]) {
        if known >= words.len() || marks.iter().all(|mark| *mark) {
            return;
        }
        let start = known.saturating_sub(CONTEXT_WORDS);
        let newest = Transcript {
            words: words[start..].to_vec(),
        };
        let from = if start == 0 { 0 } else { CONTEXT_BEFORE };
        self.phrases.mark(tokens(&newest), from, marks);
    }

    /// Whether an answer shares enough of the words that carry a strong one to be on its subject.
    pub(crate) fn is_on_topic(&self, said: &[Token]) -> bool {
        carrying(said).intersection(&self.carrying).count() >= SHARED
    }
}

fn carrying(tokens: &[Token]) -> BTreeSet<String> {
    let carrying = tokens.iter().filter(|token| !is_function(&token.text));
    carrying.map(|token| token.stem.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::story_file;
    use crate::domain::take::{Transcription, TranscriptionStats};

    #[test]
    fn readings_hold_for_what_they_were_read_from_and_for_nothing_else() {
        let story = story_file::parse(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/content/webhook-drop.toml"
        )));
        let plan =
            PartPlan::of(&story.expect("a story"), Part::Whole, Level::Sde2).expect("a part");
        let heard = |text: &str| Transcription {
            voice: Voice::default(),
            transcript: Transcript {
                words: vec![Word {
                    text: text.to_owned(),
                    start: 0.5,
                    end: 1.0,
                    confidence: 0.9,
                }],
            },
            engine: TranscriptionStats {
                model: "none".to_owned(),
                threads: 1,
                cpu_seconds: None,
                wall_seconds: 0.0,
            },
        };
        let (said, bands) = (heard("nobody"), Profile::default());
        let readings = plan.measure(&said.voice, &said.transcript, &bands);
        assert!(readings.hold_for(&said, &bands));
        assert!(!readings.hold_for(&heard("somebody"), &bands));
        let louder = Transcription {
            voice: Voice {
                speech_dbfs: Some(-20.0),
                ..Voice::default()
            },
            ..said.clone()
        };
        assert!(!readings.hold_for(&louder, &bands));
        let other = Profile {
            pace_red_wpm: [1.0, 2.0],
            ..Profile::default()
        };
        assert!(!readings.hold_for(&said, &other));
    }

    #[test]
    fn what_is_marked_by_and_by_is_what_is_heard_in_the_whole() {
        let story = story_file::parse(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/content/webhook-drop.toml"
        )));
        let story = story.expect("a story");
        let strong: Vec<&str> = story.sections.iter().map(|s| s.strong.as_str()).collect();
        let texts = strong.join(" ");
        let word = |(i, text): (usize, &str)| Word {
            text: text.to_owned(),
            start: i as f64 * 0.4,
            end: i as f64 * 0.4 + 0.3,
            confidence: 0.9,
        };
        let words: Vec<Word> = texts.split_whitespace().enumerate().map(word).collect();
        let transcript = Transcript { words };
        let plan = PartPlan::of(&story, Part::Whole, Level::Sde2).expect("a part");
        let read = plan.phrases.read(&transcript, tokens(&transcript));
        let heard: Vec<bool> = read.iter().map(|reading| reading.heard).collect();
        assert!(
            heard.iter().filter(|heard| **heard).count() > 15,
            "{read:?}"
        );
        for at_a_time in [1, 4, 11, 70, 1_000] {
            let mut marks = vec![false; plan.phrases()];
            let mut known = 0;
            while known < transcript.words.len() {
                let now = (known + at_a_time).min(transcript.words.len());
                plan.mark_said(&transcript.words[..now], known, &mut marks);
                known = now;
            }
            assert_eq!(marks, heard, "{at_a_time} words at a time");
        }
    }
}
