//! What a part of a story asks to be said, read once for all takes of it.

use std::collections::BTreeSet;

use super::phrases::Planned;
use super::{Feedback, Readings};
use crate::coach::language::words::is_function;
use crate::coach::language::{Token, tokens, tokens_of_text};
use crate::coach::profile::Profile;
use crate::coach::story::{Level, Part, Story};
use crate::coach::take::Take;
use crate::coach::time::Secs;
use crate::coach::transcript::{Transcript, Word};
use crate::coach::voice::Voice;

/// Words that an answer shares with a strong one when it is on its subject.
const SHARED: usize = 3;
/// Words before the newest ones that may belong to a phrase with them, or deny it: two sentences.
const CONTEXT_WORDS: usize = 60;
/// So many of them only tell what the others mean.
const CONTEXT_BEFORE: usize = 12;

/// A part of a story, ready to be compared with what was said.
#[derive(Debug)]
pub struct Plan {
    /// How long it should take.
    pub(super) target: Secs,
    pub(super) phrases: Planned,
    /// Stems of the words that carry a strong answer.
    carrying: BTreeSet<String>,
}

impl Plan {
    /// That of a part; `None` where the story has no such part.
    pub fn of(story: &Story, part: Part, level: Level) -> Option<Self> {
        let brief = story.brief(part, level)?;
        Some(Self {
            target: brief.target,
            phrases: Planned::new(&brief.phrases),
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
        known: Option<Readings>,
        take: &Take,
        profile: &Profile,
    ) -> Option<Feedback> {
        let heard = take.heard.as_ref()?;
        let known = known.filter(|known| known.hold_for(heard, profile));
        let readings = known.unwrap_or_else(|| self.read(&heard.voice, &heard.transcript, profile));
        Some(readings.conclude(take, self))
    }

    /// What an answer to this part tells by its voice and its words.
    pub fn read(&self, voice: &Voice, words: &Transcript, profile: &Profile) -> Readings {
        Readings::of(voice, words, self, profile)
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
    pub(super) fn is_on_topic(&self, said: &[Token]) -> bool {
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
    use crate::coach::pack;
    use crate::coach::take::{EngineRun, Heard};

    #[test]
    fn readings_hold_for_what_they_were_read_from_and_for_nothing_else() {
        let story = pack::parse(include_str!("../../../content/webhook-drop.toml"));
        let plan = Plan::of(&story.expect("a story"), Part::Whole, Level::Sde2).expect("a part");
        let heard = |text: &str| Heard {
            voice: Voice::default(),
            transcript: Transcript {
                words: vec![Word {
                    text: text.to_owned(),
                    start: 0.5,
                    end: 1.0,
                    confidence: 0.9,
                }],
            },
            engine: EngineRun {
                model: "none".to_owned(),
                threads: 1,
                cpu_seconds: None,
                wall_seconds: 0.0,
            },
        };
        let (said, bands) = (heard("nobody"), Profile::default());
        let readings = plan.read(&said.voice, &said.transcript, &bands);
        assert!(readings.hold_for(&said, &bands));
        assert!(!readings.hold_for(&heard("somebody"), &bands));
        let louder = Heard {
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
        let story = pack::parse(include_str!("../../../content/webhook-drop.toml"));
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
        let plan = Plan::of(&story, Part::Whole, Level::Sde2).expect("a part");
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
