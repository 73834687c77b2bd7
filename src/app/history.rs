//! Takes of the past: found again after their program died, listed, opened, erased and brought back.

use std::sync::Arc;

use super::{Controller, Notification};
use crate::analysis::analyze;
use crate::audio;
use crate::domain::story::{Part, Story};
use crate::domain::take::{Take, TakeId};
use crate::domain::time::Secs;
use crate::practice::session::{Reviewed, Session};
use crate::storage as store;
use crate::storage::{Store, StoreError, TakeFilter, TakeStatus, TakeSummary};

/// Below this nothing was said, and nothing is offered.
const WORTH_HEARING: Secs = 1.0;

/// A take in the history.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    /// Its name.
    pub id: TakeId,
    /// When it began, `2026-11-23 18:04`; its name where that does not tell.
    pub began: String,
    /// Its story's id; `None` where only the sound was found.
    pub story: Option<String>,
    /// Its story's title; the id where the story is gone.
    pub title: String,
    /// What it answers; `None` where nothing tells.
    pub part: Option<Part>,
    /// Its length; `None` where its file does not tell.
    pub seconds: Option<Secs>,
    /// How many words were heard; `None` where it was not transcribed.
    pub words: Option<u32>,
    /// How far it came.
    pub state: TakeStatus,
}

/// Which takes of the past are wanted; all of them by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// Words that stand in its date, title, section or state, in any order.
    pub text: String,
    /// Of this story only.
    pub story: Option<String>,
    /// Of this part only.
    pub part: Option<Part>,
}

impl HistoryFilter {
    /// Whether a take is among those that are wanted.
    pub fn finds(&self, past: &HistoryEntry) -> bool {
        let part = past.part.map_or(String::new(), |part| part.to_string());
        let told = format!("{} {} {part} {}", past.began, past.title, past.state).to_lowercase();
        let story = self.story.as_ref();
        story.is_none_or(|story| past.story.as_ref() == Some(story))
            && self.part.is_none_or(|part| past.part == Some(part))
            && self
                .text
                .to_lowercase()
                .split_whitespace()
                .all(|word| told.contains(word))
    }
}

/// Where a take stands among those of its part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakePosition {
    /// Its number, counted from the first.
    pub number: usize,
    /// The one before it in which words were heard, and its number.
    pub before: Option<(TakeId, usize)>,
}

/// A take that was erased: it can come back until the program ends.
pub(super) struct Undo {
    id: TakeId,
    /// What was known of it; `None` where that was only its sound.
    take: Option<Take>,
    wav: Option<Vec<u8>>,
}

impl Controller {
    /// The takes there are, newest first.
    pub fn history(&mut self) -> Result<Vec<HistoryEntry>, StoreError> {
        if !self.store.has_takes() {
            return Ok(Vec::new());
        }
        self.keep_unkept();
        let list = self.opened()?.list(&TakeFilter::default())?;
        Ok(list.into_iter().map(|listed| self.told(listed)).collect())
    }

    /// How often each follow-up of a story was answered so far, the first one first.
    pub fn answered(&mut self, story: &Story) -> Vec<usize> {
        let past = match self.history() {
            Ok(past) => past,
            Err(why) => {
                self.problem(why);
                Vec::new()
            }
        };
        let times = |number| {
            let of = |take: &&HistoryEntry| {
                take.story.as_ref() == Some(&story.id) && take.part == Some(Part::FollowUp(number))
            };
            past.iter().filter(of).count()
        };
        (1..=story.follow_ups.len()).map(times).collect()
    }

    /// A take whose program died before its words were known, and which is worth hearing.
    pub fn recoverable_take(&self) -> Option<&HistoryEntry> {
        self.recoverable.as_ref()
    }

    /// Never mind its words: it is not offered again, and stays in the history.
    pub fn dismiss_recoverable(&mut self) {
        let Some(past) = self.recoverable.take() else {
            return;
        };
        // Its length is all that tells an interrupted take from one that was recorded to its end.
        if past.state == TakeStatus::Interrupted
            && let Err(why) = self.measure(&past.id)
        {
            self.problem(why);
        }
        self.recoverable = self.next_recoverable(Some(&past.id));
    }

    /// Goes to the feedback of a take, which is computed anew; where its words are not known, they are
    /// on their way then. False where it cannot be opened; why is told.
    pub fn open_take(&mut self, id: &TakeId) -> bool {
        self.keep_unkept();
        match self.try_to_open(id) {
            Ok(()) => true,
            Err(why) => {
                self.problem(why);
                false
            }
        }
    }

    /// Where a take stands among those of the same part of the same story; `None` where that cannot be looked
    /// up.
    pub fn take_position(&mut self, id: &TakeId) -> Option<TakePosition> {
        let found = self.known(id).and_then(|take| {
            let wanted = TakeFilter {
                story: Some(take.story),
                part: Some(take.part),
            };
            let list = self.opened().and_then(|journal| journal.list(&wanted));
            list.map_err(|error| error.to_string())
        });
        // What cannot be looked up is not offered; whoever opens the history is told why.
        let list = found.ok()?.into_iter();
        let earlier: Vec<TakeSummary> = list.filter(|listed| listed.id < *id).collect();
        let before = earlier.iter().position(|take| take.words.unwrap_or(0) > 0);
        Some(TakePosition {
            number: earlier.len() + 1,
            before: before.map(|at| (earlier[at].id.clone(), earlier.len() - at)),
        })
    }

    /// A take with its feedback, which is computed anew; `None` where it cannot be read, and why is told.
    pub fn review_take(&mut self, id: &TakeId) -> Option<Reviewed> {
        let read = self.known(id).and_then(|take| {
            let story = self.story_of(&take)?;
            let feedback = analyze(&take, &story, &self.profile);
            let feedback = feedback.ok_or_else(|| format!("take {id} has no words yet"))?;
            Ok(Reviewed { take, feedback })
        });
        read.map_err(|why| self.problem(why)).ok()
    }

    /// Erases a take. It can be brought back until the program ends; where what is known of it cannot be
    /// read just now, and so not be brought back, it is not erased.
    pub fn erase(&mut self, id: &TakeId) {
        self.keep_unkept();
        let take = match self.all_known(id) {
            Ok(take) => take,
            Err(error) => return self.problem(error),
        };
        self.forget_mark(id);
        self.forget_sound(id);
        let undo = Undo {
            id: id.clone(),
            take,
            wav: std::fs::read(self.store.wav(id)).ok(),
        };
        match self.opened().and_then(|journal| journal.erase(id)) {
            Ok(erased) => self
                .news
                .extend(erased.messages().into_iter().map(Notification::Problem)),
            Err(error) => self.problem(error),
        }
        // Where it was refused, what is known of it waits as before. What could not be erased whole may have
        // lost its sound. What had none cannot come back.
        if !self.store.wav(id).exists() {
            self.forget_unkept(id);
            if undo.wav.is_some() {
                self.undo.push(undo);
            }
        }
        if self.recoverable.as_ref().is_some_and(|past| past.id == *id) {
            self.recoverable = self.next_recoverable(None);
        }
    }

    /// Of the takes that were erased and can be brought back, the last one.
    pub fn erased(&self) -> Option<&TakeId> {
        self.undo.last().map(|undo| &undo.id)
    }

    /// Brings back the take that was erased last; then the one before it can be.
    pub fn undo_erase(&mut self) {
        let Some(undo) = self.undo.pop() else { return };
        if let Err(error) = self.try_to_bring_back(&undo) {
            self.problem(error);
            // Once there is room, it still can be.
            self.undo.push(undo);
        }
    }

    /// What comes back with the sound of a take; `None` where that is all there is.
    fn all_known(&mut self, id: &TakeId) -> Result<Option<Take>, StoreError> {
        // Words that wait for room stand in no row yet.
        if let Some(waiting) = self.unkept.of(id) {
            return Ok(Some(waiting.clone()));
        }
        let journal = self.opened()?;
        match journal.take(id) {
            Ok(take) => Ok(Some(take)),
            Err(error) if error.is_transient() => Err(error),
            Err(_) => Ok(journal.salvage(id)),
        }
    }

    fn try_to_bring_back(&mut self, undo: &Undo) -> Result<(), StoreError> {
        if let Some(wav) = &undo.wav {
            store::write_whole(&self.store.wav(&undo.id), wav)?;
        }
        match &undo.take {
            Some(take) => self.opened()?.save(take),
            None => self.opened()?.save_audio_only(&undo.id),
        }
    }

    fn try_to_open(&mut self, id: &TakeId) -> Result<(), String> {
        let mut take = self.known(id)?;
        let story = self.story_of(&take)?;
        if take.transcription.is_none() {
            take = self.measure(id)?;
        }
        self.leave();
        self.stop_monitor();
        // What is offered is on the screen now.
        self.recoverable.take_if(|past| past.id == *id);
        let profile = self.profile.clone();
        let (session, effects) = Session::reopened(story, take, profile);
        let stage = session.stage().clone();
        self.session = Some(session);
        self.news.push(Notification::Entered(Box::new(stage)));
        for effect in effects {
            self.perform(effect);
        }
        Ok(())
    }

    fn known(&mut self, id: &TakeId) -> Result<Take, String> {
        let take = self.opened().and_then(|journal| journal.take(id));
        take.map_err(|error| error.to_string())
    }

    fn story_of(&self, take: &Take) -> Result<Arc<Story>, String> {
        let Take {
            id, story, part, ..
        } = take;
        let told = self.stories.iter().find(|known| known.id == *story);
        let told = told.ok_or_else(|| {
            format!(
                "take {id} tells story `{story}`, which is not there any more: put it back into {} and start again",
                self.store.stories().display()
            )
        })?;
        match told.brief(*part, take.level) {
            Some(_) => Ok(Arc::clone(told)),
            None => Err(format!(
                "take {id} answers {part}, which story `{story}` does not have any more: put the old one back into {} and start again",
                self.store.stories().display()
            )),
        }
    }

    /// Writes down how long the sound of an interrupted take is, which makes it a recorded one.
    fn measure(&mut self, id: &TakeId) -> Result<Take, String> {
        let take = self.known(id)?;
        if take.audio.sample_rate_hz > 0 {
            return Ok(take);
        }
        let wav = self.store.wav(id);
        // What cannot be mended may be read all the same, or says better why not.
        if matches!(audio::repair_take(&wav), Ok(None)) {
            return Err(format!(
                "take {id} is being recorded by another Starling, or its sound is none of ours: end it there, then open it"
            ));
        }
        let recording = audio::decode_file(&wav).map_err(|error| error.to_string())?;
        if recording.samples.is_empty() {
            return Err(format!(
                "take {id} ended before there was sound in it: erase it"
            ));
        }
        let audio = recording.audio;
        let take = Take { audio, ..take };
        let kept = self.opened().and_then(|journal| journal.save(&take));
        kept.map_err(|error| error.to_string())?;
        Ok(take)
    }

    /// The newest take that was interrupted; else the newest of all, where its words are not known:
    /// perhaps the program died while they were on their way. Not `but`.
    pub(super) fn next_recoverable(&self, but: Option<&TakeId>) -> Option<HistoryEntry> {
        let journal = self.journal.as_ref()?;
        let interrupted = journal.interrupted().unwrap_or_default();
        let newest = || journal.newest().ok().flatten();
        let worth = |listed: TakeSummary| {
            let past = self.told(listed);
            let unheard = past.words.is_none() && past.story.is_some();
            let long = past.seconds.is_some_and(|seconds| seconds >= WORTH_HEARING);
            (unheard && long && Some(&past.id) != but).then_some(past)
        };
        let found = interrupted.into_iter().find_map(worth);
        found.or_else(|| newest().and_then(worth))
    }

    fn told(&self, listed: TakeSummary) -> HistoryEntry {
        let state = listed.status();
        let story = listed.story.as_deref();
        let known = self
            .stories
            .iter()
            .find(|known| Some(known.id.as_str()) == story);
        let title = known.map(|story| story.title.clone());
        let length = || repaired_length(&self.store, &listed.id);
        HistoryEntry {
            began: listed
                .id
                .started_at()
                .unwrap_or_else(|| listed.id.to_string()),
            title: title.unwrap_or_else(|| story.unwrap_or("unknown story").to_owned()),
            part: listed.part,
            seconds: listed.seconds.or_else(length),
            words: listed.words,
            state,
            story: listed.story.clone(),
            id: listed.id,
        }
    }
}

/// The length of an interrupted take, whose header tells it from now on; `None` where it is being
/// recorded, or its sound is not there or not ours.
pub fn repaired_length(store: &Store, id: &TakeId) -> Option<Secs> {
    audio::repair_take(&store.wav(id)).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Config;
    use crate::domain::take::{Audio, Transcription, TranscriptionStats};
    use crate::domain::transcript::{Transcript, Word};
    use crate::domain::voice::Voice;

    const SOUND: &str = "2026-11-23T18-04-09.120-task";

    /// Of whose one take only the sound is known.
    fn found() -> (tempfile::TempDir, Controller) {
        let data = tempfile::tempdir().expect("a folder");
        let config = Config {
            data: Some(data.path().to_owned()),
            model: Some("no-such-model".to_owned()),
            ..Config::default()
        };
        let store = Store::at(config.data.clone()).expect("a folder");
        store.prepare().expect("room");
        let wav = store.wav(&TakeId(SOUND.to_owned()));
        std::fs::write(wav, "sound").expect("room");
        let runtime = Controller::start(config, || {}).expect("a data folder");
        (data, runtime)
    }

    fn problems(runtime: &mut Controller) -> String {
        let news = runtime.take_notifications().into_iter();
        let told = news.filter_map(|news| match news {
            Notification::Problem(what) => Some(what),
            _ => None,
        });
        told.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn sound_alone_is_erased_and_brought_back_and_cannot_be_opened() {
        let (_data, mut runtime) = found();
        let id = TakeId(SOUND.to_owned());
        let before = runtime.history().expect("a list");
        assert_eq!((before.len(), before[0].seconds), (1, None));
        assert_eq!(runtime.recoverable_take(), None);
        problems(&mut runtime);
        assert!(!runtime.open_take(&id));
        let said = problems(&mut runtime);
        assert!(said.contains("only the audio of take"), "{said}");

        runtime.erase(&id);
        assert_eq!(runtime.history().expect("a list"), []);
        assert_eq!(runtime.erased(), Some(&id));
        assert!(!runtime.store.wav(&id).exists());
        runtime.undo_erase();
        assert_eq!(runtime.history().expect("a list"), before);
        let sound = std::fs::read_to_string(runtime.store.wav(&id));
        assert_eq!(sound.expect("it is back"), "sound");
        assert_eq!(runtime.erased(), None);
        assert_eq!(problems(&mut runtime), "");
    }

    #[test]
    fn what_had_no_sound_cannot_be_brought_back_and_what_was_erased_before_it_can() {
        let (_data, mut runtime) = found();
        runtime.erase(&TakeId(SOUND.to_owned()));
        assert!(runtime.erased().is_some());
        let silent = TakeId("2026-11-23T19-04-09.120-task".to_owned());
        let journal = runtime.opened().expect("open");
        journal.save_audio_only(&silent).expect("room");
        runtime.erase(&silent);
        assert_eq!(runtime.history().expect("a list"), []);
        assert_eq!(runtime.erased(), Some(&TakeId(SOUND.to_owned())));
    }

    #[test]
    fn all_that_was_erased_is_brought_back_the_last_one_first() {
        let (_data, mut runtime) = found();
        let ids: Vec<TakeId> = (1..4).map(|n| TakeId(format!("{SOUND}-{n}"))).collect();
        for id in &ids {
            std::fs::write(runtime.store.wav(id), id.to_string()).expect("room");
            let journal = runtime.opened().expect("open");
            journal.save_audio_only(id).expect("room");
        }
        let before = runtime.history().expect("a list");
        assert_eq!(before.len(), 4);
        for id in &ids {
            runtime.erase(id);
        }
        assert_eq!(runtime.history().expect("a list").len(), 1);
        for id in ids.iter().rev() {
            assert_eq!(runtime.erased(), Some(id));
            runtime.undo_erase();
            let sound = std::fs::read_to_string(runtime.store.wav(id));
            assert_eq!(sound.expect("it is back"), id.to_string());
        }
        assert_eq!(runtime.erased(), None);
        assert_eq!(runtime.history().expect("a list"), before);
        // Nothing that was erased once is taken for erased at the next start.
        let store = runtime.store.clone();
        drop(runtime);
        let opened = store.open_take_db().expect("it opens");
        let list = opened.db.list(&TakeFilter::default()).expect("a list");
        assert_eq!(list.len(), 4);
    }

    #[test]
    fn words_that_wait_for_room_come_back_and_so_does_what_is_legible() {
        let (_data, mut runtime) = found();
        let story = runtime.stories()[0].clone();
        let take = |id: &str, end: f64| Take {
            id: TakeId(id.to_owned()),
            story: story.id.clone(),
            part: "task".parse().expect("a part"),
            level: story.level,
            audio: Audio {
                seconds: 2.0,
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
                        end,
                        confidence: 0.5,
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
        // One whose words the journal did not take, and one of which it tells what cannot be.
        let waiting = take("2026-11-23T19-04-09.120-task", f64::NAN);
        let untrue = take("2026-11-23T20-04-09.120-task", 3e13);
        for take in [&waiting, &untrue] {
            std::fs::write(runtime.store.wav(&take.id), "sound").expect("room");
            let unheard = Take {
                transcription: None,
                ..take.clone()
            };
            for known in [unheard, take.clone()] {
                runtime.keep_soon(known);
                runtime.keep_unkept();
            }
        }
        assert!(runtime.unkept.of(&waiting.id).is_some());
        assert_eq!(
            runtime.known(&waiting.id).expect("a row").transcription,
            None
        );
        runtime.erase(&waiting.id);
        assert!(runtime.unkept.of(&waiting.id).is_none());
        let undo = runtime.undo.last().and_then(|undo| undo.take.as_ref());
        let words = undo.and_then(|take| take.transcription.as_ref());
        assert_eq!(
            words.map(|heard| heard.transcript.text()).as_deref(),
            Some("ticket")
        );
        runtime.erase(&untrue.id);
        runtime.undo_erase();
        let known = runtime.known(&untrue.id).expect("it is back");
        assert_eq!((known.story, known.transcription), (story.id.clone(), None));
    }

    /// Nothing is erased that could not be brought back.
    #[test]
    fn a_take_whose_row_cannot_be_read_just_now_is_not_erased() {
        let (data, mut runtime) = found();
        let id = TakeId(SOUND.to_owned());
        runtime.journal = None;
        let (database, aside) = (data.path().join("journal.db"), data.path().join("aside"));
        std::fs::rename(&database, &aside).expect("ours");
        // A folder where the journal belongs.
        std::fs::create_dir(&database).expect("room");
        problems(&mut runtime);
        runtime.erase(&id);
        assert!(problems(&mut runtime).contains("journal.db"));
        assert!(runtime.store.wav(&id).exists());
        assert_eq!(runtime.erased(), None);
    }

    #[test]
    fn a_take_that_is_not_there_is_neither_opened_nor_erased() {
        let (_data, mut runtime) = found();
        problems(&mut runtime);
        let id = TakeId("2019".to_owned());
        runtime.erase(&id);
        assert_eq!(runtime.erased(), None);
        assert!(!runtime.open_take(&id));
        let said = problems(&mut runtime);
        assert_eq!(said.matches("there is no take `2019`").count(), 2, "{said}");
        assert_eq!(runtime.history().expect("a list").len(), 1);
    }

    #[test]
    fn a_take_that_is_being_recorded_is_not_opened() {
        let (_data, mut runtime) = found();
        let id = TakeId("2026-11-23T19-04-09.120-task".to_owned());
        let story = runtime.stories()[0].clone();
        let wav = runtime.store.wav(&id);
        let mut recorder = audio::capture::wav_writer::WavWriter::create(&wav).expect("room");
        recorder.push(&[0.25; 20_000]).expect("room");
        let take = Take {
            id: id.clone(),
            story: story.id.clone(),
            part: "task".parse().expect("a part"),
            level: story.level,
            audio: Audio::default(),
            transcription: None,
        };
        let journal = runtime.opened().expect("open");
        journal.save(&take).expect("room");
        problems(&mut runtime);
        assert!(!runtime.open_take(&id));
        let said = problems(&mut runtime);
        assert!(said.contains("is being recorded"), "{said}");
        assert_eq!(runtime.known(&id).expect("there"), take);
        recorder.finish().1.expect("room");
        assert!(runtime.open_take(&id), "{}", problems(&mut runtime));
        assert_eq!(runtime.known(&id).expect("there").audio.seconds, 1.25);
    }

    #[test]
    fn takes_are_sought_by_any_of_their_words() {
        let past = HistoryEntry {
            id: TakeId(SOUND.to_owned()),
            began: "2026-11-23 18:04".to_owned(),
            story: Some("webhook-drop".to_owned()),
            title: "The webhook nobody owned".to_owned(),
            part: "task".parse().ok(),
            seconds: None,
            words: None,
            state: TakeStatus::Interrupted,
        };
        let finds = |text: &str, story: Option<&str>, part: Option<&str>| {
            let sought = HistoryFilter {
                text: text.to_owned(),
                story: story.map(str::to_owned),
                part: part.and_then(|part| part.parse().ok()),
            };
            sought.finds(&past)
        };
        assert!(HistoryFilter::default().finds(&past));
        assert!(finds("NOBODY 11-23  task", None, None));
        assert!(finds("interrupted", Some("webhook-drop"), Some("task")));
        assert!(!finds("nobody result", None, None));
        assert!(!finds("", Some("wrong-call"), None));
        assert!(!finds("", None, Some("result")));
    }
}
