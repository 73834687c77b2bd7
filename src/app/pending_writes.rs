//! Room for what is spoken: whether there is any before a take begins, and what is known of takes and
//! quizzes until it is written down: with the next look around, or when the disk has room.

use super::{Controller, Notification};
use crate::domain::take::{Take, TakeId};
use crate::domain::time::{Secs, clock};
use crate::practice::quiz::QuizAnswer;
use crate::storage::{StoreError, TakeDb};

/// What the file of a take grows by: 16 kHz, 16 bits.
const BYTES_A_SECOND: f64 = 32_000.0;
/// Below this nothing is begun: room for ten seconds of sound, and for the words of a long answer.
const LEAST_BYTES: u64 = 1 << 20;
/// Answers that take twice as long as planned are usual; where there is less room, it is told.
const TARGETS: f64 = 2.0;

/// Takes of which more is known than the journal says: it is new, or there was no room to write it.
#[derive(Default)]
pub(super) struct PendingWrites {
    takes: Vec<Take>,
    /// Whether one of them was not tried to be written yet.
    has_new: bool,
    /// Answers to quizzes, likewise.
    pub(super) chosen: Vec<QuizAnswer>,
    /// Why is told once, until it goes well again.
    told: bool,
    /// What was told of takes that the journal does not take.
    refused: Vec<String>,
}

/// What became of something that was to be written down.
enum WriteOutcome {
    Written,
    /// It waits, and so does all that follows.
    Retry,
    /// It alone waits.
    Rejected,
}

impl PendingWrites {
    /// Whether something was not tried to be written yet.
    pub(super) fn has_new(&self) -> bool {
        self.has_new
    }

    /// The same; from now on it was tried.
    pub(super) fn take_new(&mut self) -> bool {
        std::mem::take(&mut self.has_new)
    }

    /// What waits of a take.
    pub(super) fn of(&self, id: &TakeId) -> Option<&Take> {
        self.takes.iter().find(|take| take.id == *id)
    }
}

impl Controller {
    /// Whether there is room to begin a take; where it may run out, says so.
    pub(super) fn look_for_room(&mut self) -> Result<(), String> {
        // What cannot be asked may well have room.
        let Ok(bytes) = self.store.free_space() else {
            return Ok(());
        };
        let folder = self.store.folder().display().to_string();
        if bytes < LEAST_BYTES {
            return Err(format!(
                "the disk is full: make room for {folder}, or name another folder with --data"
            ));
        }
        let brief = self.session.as_ref().and_then(|s| s.brief(s.current()));
        let target = brief.map_or(0.0, |brief| brief.target);
        let seconds: Secs = (bytes - LEAST_BYTES) as f64 / BYTES_A_SECOND;
        if seconds < TARGETS * target {
            let left = clock(seconds);
            self.news.push(Notification::Problem(format!(
                "{folder} has room for {left} of speech only: make room there, or a longer take ends early"
            )));
        }
        Ok(())
    }

    /// Has what is known of a take written down with the next [`Runtime::pump`], as a disk takes its time and
    /// what is known now is to be shown; later where there is no room.
    pub(super) fn keep_soon(&mut self, take: Take) {
        self.unkept.takes.retain(|known| known.id != take.id);
        self.unkept.takes.push(take);
        self.unkept.has_new = true;
        (self.outbox.wake)();
    }

    /// Writes down what had to wait.
    pub(super) fn keep_unkept(&mut self) {
        self.unkept.has_new = false;
        let mut takes = std::mem::take(&mut self.unkept.takes);
        let mut chosen = std::mem::take(&mut self.unkept.chosen);
        if self.write_down(&mut takes, |journal, take| journal.save(take)) {
            self.write_down(&mut chosen, |journal, chosen| {
                journal.save_quiz_answer(chosen)
            });
        }
        (self.unkept.takes, self.unkept.chosen) = (takes, chosen);
    }

    /// Writes down one after the other; what waits stays. False where all that follows has to wait, too.
    fn write_down<T>(
        &mut self,
        waiting: &mut Vec<T>,
        keep: impl Fn(&mut TakeDb, &T) -> Result<(), StoreError>,
    ) -> bool {
        let mut goes_on = true;
        waiting.retain(|each| {
            if !goes_on {
                return true;
            }
            let kept = match self.opened() {
                Ok(journal) => {
                    let kept = keep(journal, each);
                    self.became(kept)
                }
                Err(error) => self.waits(error),
            };
            goes_on = !matches!(kept, WriteOutcome::Retry);
            !matches!(kept, WriteOutcome::Written)
        });
        goes_on
    }

    fn became(&mut self, kept: Result<(), StoreError>) -> WriteOutcome {
        match kept {
            Ok(()) => {
                self.unkept.told = false;
                WriteOutcome::Written
            }
            // It was erased: nothing will ever be written of it.
            Err(gone @ StoreError::AudioErased(_)) => {
                self.problem(gone);
                WriteOutcome::Written
            }
            Err(error) if error.is_transient() => self.waits(error),
            Err(error) => {
                let why = error.to_string();
                if !self.unkept.refused.contains(&why) {
                    self.problem(&why);
                    self.unkept.refused.push(why);
                }
                WriteOutcome::Rejected
            }
        }
    }

    fn waits(&mut self, error: StoreError) -> WriteOutcome {
        if !std::mem::replace(&mut self.unkept.told, true) {
            self.problem(error);
        }
        WriteOutcome::Retry
    }

    /// Nothing more is to be written of a take.
    pub(super) fn forget_unkept(&mut self, id: &TakeId) {
        self.unkept.takes.retain(|take| take.id != *id);
    }

    /// The user knows that the disk is full: the journal need not say it again.
    pub(super) fn told_of_full_disk(&mut self) {
        self.unkept.told = true;
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::app::{Config, Controller, Notification};
    use crate::domain::story::Level;
    use crate::domain::take::{Audio, Take, TakeId, Transcription, TranscriptionStats};
    use crate::domain::transcript::{Transcript, Word};
    use crate::domain::voice::Voice;
    use crate::storage::Theme;

    #[test]
    fn what_the_journal_refuses_holds_up_nothing_else() {
        let data = tempfile::tempdir().expect("a folder");
        let config = Config {
            data: Some(data.path().to_owned()),
            model: Some("no-such".to_owned()),
            ..Config::default()
        };
        let mut runtime = Controller::start(config, || {}).expect("a data folder");
        runtime.store().prepare().expect("room");
        let take = |minute: u8, confidence| Take {
            id: TakeId(format!("2026-11-23T18-{minute:02}-00.000-task")),
            story: "webhook-drop".to_owned(),
            part: "task".parse().expect("a part"),
            level: Level::Sde2,
            audio: Audio {
                seconds: 60.0,
                sample_rate_hz: 16_000,
                channels: 1,
                ..Audio::default()
            },
            transcription: Some(Transcription {
                voice: Voice::default(),
                transcript: Transcript {
                    words: vec![Word {
                        text: "ticket".to_owned(),
                        start: 0.0,
                        end: 0.5,
                        confidence,
                    }],
                },
                engine: TranscriptionStats {
                    model: "none".to_owned(),
                    threads: 1,
                    cpu_seconds: None,
                    wall_seconds: 0.0,
                },
            }),
        };
        let takes = [take(0, f32::NAN), take(1, 0.5)];
        for take in &takes {
            fs::write(runtime.store().wav(&take.id), "sound").expect("room");
            runtime.keep_soon(take.clone());
            runtime.keep_unkept();
        }
        runtime.keep_unkept();
        let journal = runtime.journal().expect("open");
        assert!(journal.take(&takes[0].id).is_err());
        assert_eq!(journal.take(&takes[1].id).expect("kept"), takes[1]);
        let waiting: Vec<&TakeId> = runtime.unkept.takes.iter().map(|take| &take.id).collect();
        assert_eq!(waiting, [&takes[0].id]);
        let news = runtime.take_notifications().into_iter();
        let told = news.filter(
            |news| matches!(news, Notification::Problem(what) if what.contains("cannot use the take database")),
        );
        assert_eq!(told.count(), 1);
    }

    #[test]
    fn what_is_set_leaves_what_was_written_into_the_file_meanwhile() {
        let data = tempfile::tempdir().expect("a folder");
        let config = Config {
            data: Some(data.path().to_owned()),
            model: Some("no-such".to_owned()),
            ..Config::default()
        };
        let mut runtime = Controller::start(config, || {}).expect("a data folder");
        let file = data.path().join("settings.toml");
        fs::write(&file, "microphone = \"Headset\"\n").expect("room");
        runtime.change_settings(|settings| settings.theme = Theme::Dark);
        let kept = runtime.store().settings().expect("whole");
        assert_eq!(kept.microphone.as_deref(), Some("Headset"));
        assert_eq!(kept.theme, Theme::Dark);
        // What is broken there is not ours to overwrite; it is told once.
        let broken = "theme = \"pink\"\n";
        fs::write(&file, broken).expect("room");
        runtime.take_notifications();
        for theme in [Theme::Light, Theme::System] {
            runtime.change_settings(|settings| settings.theme = theme);
            assert_eq!(fs::read_to_string(&file).expect("there"), broken);
        }
        let told = runtime.take_notifications().into_iter();
        let told = told
            .filter(|news| matches!(news, Notification::Problem(what) if what.contains("line 1")));
        assert_eq!(told.count(), 1);
    }
}
