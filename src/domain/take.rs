//! A take: one recording of one part of a story. Facts are kept here; what is judged of them is
//! computed anew each time, so that a better rule improves every take there is.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::story::{Level, Part};
use super::time::{Secs, Span};
use super::transcript::Transcript;
use super::voice::Voice;

/// No take is longer; a file is refused from two hours on.
const LONGEST: Secs = 86_400.0;
/// How far a time may lie behind the end of the sound: what rounding does, and no more.
const BEYOND_THE_END: Secs = 1.0;

/// Names a take and its files, such as `2026-11-23T18-04-09.120-situation`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TakeId(pub String);

impl TakeId {
    /// Letters of the time in front of a take's name.
    const TIME: usize = "2026-11-23T18-04-09.120".len();

    /// The name of a take of `part` that begins at `time`, written `2026-11-23T18-04-09.120`.
    pub fn new(time: &str, part: Part) -> Self {
        // No system has a colon in the names of its files.
        Self(format!("{time}-{part}").replace(':', ""))
    }

    /// When it began, on the clock of that place: `2026-11-23 18:04`; `None` for a name that was given
    /// by hand.
    pub fn began(&self) -> Option<String> {
        let (date, time) = self.time()?.split_once('T')?;
        let shape = |text: &str| -> String {
            let digit = |c: char| if c.is_ascii_digit() { '0' } else { c };
            text.chars().map(digit).collect()
        };
        let told = shape(date) == "0000-00-00" && shape(time) == "00-00-00.000";
        told.then(|| format!("{date} {}", time[..5].replace('-', ":")))
    }

    /// The part that its name tells.
    pub fn part(&self) -> Option<Part> {
        self.began()?;
        let part = self.0.get(Self::TIME..)?.strip_prefix('-')?;
        let follow_up = part.strip_prefix("followup");
        follow_up
            .map_or(part.to_owned(), |number| format!("followup:{number}"))
            .parse()
            .ok()
    }

    /// Whether it can only be the name of a file within a folder.
    pub fn is_file_name(&self) -> bool {
        let strange = |c: char| c.is_control() || matches!(c, '/' | '\\' | ':');
        !self.0.is_empty() && !self.0.starts_with('.') && !self.0.contains(strange)
    }

    fn time(&self) -> Option<&str> {
        self.0.get(..Self::TIME)
    }
}

/// What is known of a take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Take {
    /// Its name.
    pub id: TakeId,
    /// The story it belongs to.
    pub story: String,
    /// The part of the story that it answers.
    pub part: Part,
    /// The level it is judged at.
    pub level: Level,
    /// What the recorder or the file says of the audio.
    pub audio: Audio,
    /// What was heard in it; `None` until it was transcribed.
    pub heard: Option<Transcription>,
}

/// What the recorder or the file says of the audio.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Audio {
    /// Its length.
    pub seconds: Secs,
    /// As it came in, before resampling.
    pub sample_rate_hz: u32,
    /// As it came in, before they were mixed to one.
    pub channels: u16,
    /// Frames at full scale, as they came in.
    pub clipped_samples: u64,
    /// Frames that the machine was too slow to take.
    pub lost_samples: u64,
}

/// What was heard in a take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transcription {
    /// What the audio says by itself.
    pub voice: Voice,
    /// The words.
    pub transcript: Transcript,
    /// Who transcribed it, and at what cost.
    pub engine: TranscriptionStats,
}

/// What a transcription took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TranscriptionStats {
    /// Name of the model.
    pub model: String,
    /// Threads it ran on.
    pub threads: u32,
    /// Processor time of those threads; `None` where the system does not tell.
    pub cpu_seconds: Option<Secs>,
    /// Time on the clock.
    pub wall_seconds: Secs,
}

impl Take {
    /// What cannot be true of any take, in a few words; `None` for a take that can be worked with. The
    /// readings walk along the time of a take, and would walk for days where that is said to be days.
    pub fn problem(&self) -> Option<&'static str> {
        let end = self.audio.seconds;
        if !(0.0..=LONGEST).contains(&end) {
            return Some("its sound is said to last longer than a day");
        }
        let heard = self.heard.as_ref()?;
        let inside = |span: Span| {
            0.0 <= span.start && span.start <= span.end && span.end <= end + BEYOND_THE_END
        };
        let words = &heard.transcript.words;
        if !words.iter().all(|w| {
            inside(Span {
                start: w.start,
                end: w.end,
            })
        }) {
            return Some("words are said to lie outside its sound");
        }
        let voice = &heard.voice;
        let sounds = voice.sounds.iter().map(|s| Span {
            start: s.start,
            end: s.end,
        });
        let speech = voice.speech.iter().copied();
        if !speech.chain(sounds).all(inside) {
            return Some("speech is said to lie outside its sound");
        }
        None
    }
}

impl fmt::Display for TakeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::transcript::Word;

    #[test]
    fn what_no_take_can_be_is_named() {
        let take = |seconds: f64, word: [f64; 2], speech: [f64; 2]| Take {
            id: TakeId("mine".to_owned()),
            story: String::new(),
            part: Part::Whole,
            level: Level::Senior,
            audio: Audio {
                seconds,
                ..Audio::default()
            },
            heard: Some(Transcription {
                voice: Voice {
                    speech: vec![Span {
                        start: speech[0],
                        end: speech[1],
                    }],
                    ..Voice::default()
                },
                transcript: Transcript {
                    words: vec![Word {
                        text: "so".to_owned(),
                        start: word[0],
                        end: word[1],
                        confidence: 1.0,
                    }],
                },
                engine: TranscriptionStats {
                    model: String::new(),
                    threads: 1,
                    cpu_seconds: None,
                    wall_seconds: 0.0,
                },
            }),
        };
        let good = [1.0, 2.0];
        assert_eq!(take(3.0, good, good).problem(), None);
        for (seconds, word, speech, part) in [
            (1e15, good, good, "a day"),
            (-1.0, good, good, "a day"),
            (f64::NAN, good, good, "a day"),
            (3.0, [1.0, 1e15], good, "words"),
            (3.0, [2.0, 1.0], good, "words"),
            (3.0, good, [-1.0, 1.0], "speech"),
        ] {
            let said = take(seconds, word, speech).problem();
            assert!(said.is_some_and(|said| said.contains(part)), "{said:?}");
        }
    }

    #[test]
    fn a_name_tells_when_and_of_what() {
        for part in ["situation", "all", "followup:2"] {
            let part: Part = part.parse().expect("a part");
            let id = TakeId::new("2026-11-23T18-04-09.120", part);
            assert!(id.is_file_name(), "{id}");
            assert_eq!(id.began().as_deref(), Some("2026-11-23 18:04"));
            assert_eq!(id.part(), Some(part));
        }
        for name in [
            "mine",
            "",
            "2026-11-23T18-04-09.12",
            "ééééééééééééééé-task",
            "2026-11-23T18-04-09.120-nonsense",
        ] {
            assert_eq!(TakeId(name.to_owned()).part(), None, "{name}");
        }
        for name in ["", ".", "..", "../up", "a/b", "c:\\d", ".hidden", "a\nb"] {
            assert!(!TakeId(name.to_owned()).is_file_name(), "{name}");
        }
    }
}
