//! Data folders and takes for tests.

use super::store::Store;
use crate::domain::story::{Level, Part};
use crate::domain::take::{Audio, Take, TakeId, Transcription, TranscriptionStats};
use crate::domain::time::Span;
use crate::domain::transcript::{Transcript, Word};
use crate::domain::voice::{CandidateKind, FilledPauseCandidate, Pitch, Voice};

/// A store in a temporary folder, which is deleted with the first value.
pub fn temp_store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::at(Some(folder.path().join("data"))).expect("chosen folder");
    (folder, store)
}

/// A complete recording without a transcript.
pub fn untranscribed_take(id: &str) -> Take {
    Take {
        transcription: None,
        ..transcribed_take(id, "")
    }
}

/// A take with the transcript `text`, and with fractions that have no exact decimal form.
pub fn transcribed_take(id: &str, text: &str) -> Take {
    let seconds = text.split_whitespace().count() as f64 / 3.0;
    let words = text.split_whitespace().enumerate().map(|(i, word)| Word {
        text: word.to_owned(),
        start: i as f64 / 3.0,
        end: (i + 1) as f64 / 3.0,
        confidence: 0.1 + i as f32 / 700.0,
    });
    let sound = FilledPauseCandidate {
        start: 0.1,
        end: 0.7,
        kind: CandidateKind::Sustained,
        pitch_hz: None,
        pitch_sd_semitones: 1.0 / 7.0,
        level_db: -3.3,
        voiced: 1.0,
        murmur: 0.0,
        closing: 0.5,
        vowel: 0.6,
        hiss: 1e-300,
    };
    Take {
        id: TakeId(id.to_owned()),
        story: "webhook-drop".to_owned(),
        part: Part::FollowUp(2),
        level: Level::Senior,
        started: None,
        audio: Audio {
            seconds: seconds.max(11.1),
            sample_rate_hz: 48_000,
            channels: 2,
            clipped_samples: 3,
            lost_samples: 0,
        },
        transcription: Some(Transcription {
            voice: Voice {
                speech: vec![Span::new(0.1, 2.0), Span::new(3.0, 10.0 / 3.0)],
                speech_dbfs: Some(-20.5),
                loudness_range_db: None,
                pitch: Some(Pitch {
                    median_hz: 100.0 / 3.0,
                    sd_semitones: 2.0,
                }),
                filled_pause_candidates: vec![
                    sound,
                    FilledPauseCandidate {
                        kind: CandidateKind::Isolated,
                        pitch_hz: Some(99.9),
                        ..sound
                    },
                ],
            },
            transcript: Transcript {
                words: words.collect(),
            },
            engine: TranscriptionStats {
                model: "tiny.en".to_owned(),
                threads: 1,
                cpu_seconds: Some(0.7),
                wall_seconds: 0.8,
            },
        }),
    }
}
