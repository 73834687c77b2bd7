//! Tests of listing, opening, erasing and restoring takes.

use super::*;
use crate::app::test_support::{Fixture, problems, take};
use crate::domain::take::Audio;

const AUDIO_ONLY: &str = "2026-11-23T18-04-09.120-task";

/// A data folder whose only take has audio but no database row of its own.
struct AudioOnly {
    fixture: Fixture,
    history: History,
}

impl AudioOnly {
    fn new() -> Self {
        let mut fixture = Fixture::new();
        let context = &mut fixture.context;
        context.store.prepare().expect("room");
        let wav = context.store.wav(&TakeId(AUDIO_ONLY.to_owned()));
        std::fs::write(wav, "sound").expect("room");
        fixture.records = TakeRecords::open_existing(&mut fixture.context);
        let history = History::new(&fixture.records, &fixture.context);
        Self { fixture, history }
    }

    fn list(&mut self) -> Vec<HistoryEntry> {
        list(&mut self.fixture.records, &mut self.fixture.context).expect("a list")
    }

    fn open(&mut self, id: &TakeId) -> Result<(Arc<Story>, Take), String> {
        take_to_open(id, &mut self.fixture.records, &mut self.fixture.context)
    }

    fn load(&mut self, id: &TakeId) -> Take {
        load(id, &mut self.fixture.records, &mut self.fixture.context).expect("a row")
    }

    fn erase(&mut self, id: &TakeId) -> Result<(), StoreError> {
        let Fixture {
            records, context, ..
        } = &mut self.fixture;
        let snapshot = snapshot_for_erasing(id, records, context)?;
        self.history.erase(snapshot, records, context);
        Ok(())
    }

    fn undo_erase(&mut self) {
        let Fixture {
            records, context, ..
        } = &mut self.fixture;
        self.history.undo_erase(records, context);
    }

    fn add_audio_only(&mut self, id: &TakeId) {
        let Fixture {
            records, context, ..
        } = &mut self.fixture;
        records.save_audio_only(id, context).expect("room");
    }

    fn wav(&self, id: &TakeId) -> std::path::PathBuf {
        self.fixture.context.store.wav(id)
    }

    fn problems(&mut self) -> Vec<String> {
        problems(&mut self.fixture.context)
    }
}

#[test]
fn audio_only_take_can_be_erased_and_restored_but_not_opened() {
    let mut data = AudioOnly::new();
    let id = TakeId(AUDIO_ONLY.to_owned());
    let before = data.list();
    assert_eq!((before.len(), before[0].seconds), (1, None));
    assert_eq!(data.history.recoverable(), None);
    data.problems();
    let why = data.open(&id).expect_err("only audio");
    assert_eq!(why, StoreError::AudioOnly(id.clone()).to_string());

    data.erase(&id).expect("erased");
    assert_eq!(data.list(), []);
    assert_eq!(data.history.last_erased(), Some(&id));
    assert!(!data.wav(&id).exists());
    data.undo_erase();
    assert_eq!(data.list(), before);
    let audio = std::fs::read_to_string(data.wav(&id));
    assert_eq!(audio.expect("restored"), "sound");
    assert_eq!(data.history.last_erased(), None);
    assert_eq!(data.problems(), [""; 0]);
}

#[test]
fn take_without_audio_cannot_be_restored_but_earlier_erased_takes_can() {
    let mut data = AudioOnly::new();
    data.erase(&TakeId(AUDIO_ONLY.to_owned())).expect("erased");
    assert!(data.history.last_erased().is_some());
    let silent = TakeId("2026-11-23T19-04-09.120-task".to_owned());
    data.add_audio_only(&silent);
    data.erase(&silent).expect("erased");
    assert_eq!(data.list(), []);
    assert_eq!(
        data.history.last_erased(),
        Some(&TakeId(AUDIO_ONLY.to_owned()))
    );
}

#[test]
fn all_erased_takes_can_be_restored_last_one_first() {
    let mut data = AudioOnly::new();
    let ids: Vec<TakeId> = (1..4)
        .map(|n| TakeId(format!("{AUDIO_ONLY}-{n}")))
        .collect();
    for id in &ids {
        std::fs::write(data.wav(id), id.to_string()).expect("room");
        data.add_audio_only(id);
    }
    let before = data.list();
    assert_eq!(before.len(), 4);
    for id in &ids {
        data.erase(id).expect("erased");
    }
    assert_eq!(data.list().len(), 1);
    for id in ids.iter().rev() {
        assert_eq!(data.history.last_erased(), Some(id));
        data.undo_erase();
        let audio = std::fs::read_to_string(data.wav(id));
        assert_eq!(audio.expect("restored"), id.to_string());
    }
    assert_eq!(data.history.last_erased(), None);
    assert_eq!(data.list(), before);
    // The next start must not treat a restored take as erased.
    let Fixture {
        data: _folder,
        context,
        records,
        ..
    } = data.fixture;
    drop(records);
    let opened = context.store.open_take_db().expect("it opens");
    let list = opened.db.list(&TakeFilter::default()).expect("a list");
    assert_eq!(list.len(), 4);
}

#[test]
fn pending_transcript_and_legible_part_of_inconsistent_row_are_restored() {
    let mut data = AudioOnly::new();
    let story = data.fixture.context.stories[0].clone();
    // The database rejects the first transcript, and stores the second one but finds it inconsistent.
    let with_end = |id: &str, end: f64| {
        let mut take = take(id, &story.id, "ticket");
        take.level = story.level;
        if let Some(transcription) = &mut take.transcription {
            transcription.transcript.words[0].end = end;
        }
        take
    };
    let pending = with_end("2026-11-23T19-04-09.120-task", f64::NAN);
    let inconsistent = with_end("2026-11-23T20-04-09.120-task", 3e13);
    for take in [&pending, &inconsistent] {
        std::fs::write(data.wav(&take.id), "sound").expect("room");
        let untranscribed = Take {
            transcription: None,
            ..take.clone()
        };
        let Fixture {
            records, context, ..
        } = &mut data.fixture;
        for version in [untranscribed, take.clone()] {
            records.save_soon(version, context);
            records.flush(context);
        }
    }
    assert_eq!(data.load(&pending.id).transcription, None);
    let text = |take: &Take| {
        take.transcription
            .as_ref()
            .map(|heard| heard.transcript.text())
    };
    let Fixture {
        records, context, ..
    } = &mut data.fixture;
    let snapshot = records.snapshot(&pending.id, context).expect("readable");
    assert_eq!(snapshot.as_ref().and_then(text).as_deref(), Some("ticket"));
    data.erase(&pending.id).expect("erased");
    let Fixture {
        records, context, ..
    } = &mut data.fixture;
    // Nothing is pending any more, and there is no row.
    assert_eq!(
        records.snapshot(&pending.id, context).expect("readable"),
        None
    );
    let erased = data.history.erased.last();
    let erased = erased.and_then(|erased| erased.take.as_ref());
    assert_eq!(erased.and_then(text).as_deref(), Some("ticket"));
    data.erase(&inconsistent.id).expect("erased");
    data.undo_erase();
    let restored = data.load(&inconsistent.id);
    assert_eq!(
        (restored.story, restored.transcription),
        (story.id.clone(), None)
    );
}

/// Otherwise it could not be restored.
#[test]
fn take_is_not_erased_while_its_row_cannot_be_read() {
    let mut data = AudioOnly::new();
    let id = TakeId(AUDIO_ONLY.to_owned());
    drop(data.fixture.records.detach());
    let folder = data.fixture.data.path();
    let (database, moved) = (folder.join("journal.db"), folder.join("aside"));
    std::fs::rename(&database, &moved).expect("ours");
    // A folder blocks the path of the database.
    std::fs::create_dir(&database).expect("room");
    let why = data.erase(&id).expect_err("no database").to_string();
    assert!(why.contains("journal.db"), "{why}");
    assert!(data.wav(&id).exists());
    assert_eq!(data.history.last_erased(), None);
}

#[test]
fn unknown_take_is_neither_opened_nor_erased() {
    let mut data = AudioOnly::new();
    let id = TakeId("2019".to_owned());
    data.problems();
    data.erase(&id).expect("a snapshot of nothing");
    let why = data.problems().join("\n");
    assert_eq!(why, StoreError::Unknown(id.clone()).to_string());
    assert_eq!(data.history.last_erased(), None);
    let why = data.open(&id).expect_err("no such take");
    assert_eq!(why, StoreError::Unknown(id).to_string());
    assert_eq!(data.list().len(), 1);
}

#[test]
fn take_being_recorded_is_not_opened() {
    let mut data = AudioOnly::new();
    let id = TakeId("2026-11-23T19-04-09.120-task".to_owned());
    let story = data.fixture.context.stories[0].clone();
    let wav = data.wav(&id);
    let mut writer = audio::capture::wav_writer::WavWriter::create(&wav).expect("room");
    writer.push(&[0.25; 20_000]).expect("room");
    let unfinished = Take {
        level: story.level,
        audio: Audio::default(),
        transcription: None,
        ..take(&id.0, &story.id, "")
    };
    let Fixture {
        records, context, ..
    } = &mut data.fixture;
    records.save(&unfinished, context).expect("room");
    let why = data.open(&id).expect_err("being recorded");
    assert!(why.contains("is being recorded"), "{why}");
    assert_eq!(data.load(&id), unfinished);
    writer.finish().1.expect("room");
    data.open(&id).expect("complete");
    assert_eq!(data.load(&id).audio.seconds, 1.25);
}

/// The hour that comes twice when the clocks are set back: the second take has the smaller name.
#[test]
fn takes_are_counted_compared_and_restored_in_the_order_of_recording() {
    let mut data = AudioOnly::new();
    data.fixture.context.store.prepare().expect("room");
    let names = [
        "2024-11-03T01-50-00.000-task",
        "2024-11-03T01-10-00.000-task",
        "2023-11-03T01-10-00.000-task",
    ];
    let ids = names.map(|name| TakeId(name.to_owned()));
    for id in &ids {
        std::fs::write(data.wav(id), "sound").expect("room");
        let Fixture {
            records, context, ..
        } = &mut data.fixture;
        let saved = records.save(&take(&id.0, "webhook-drop", "so it went"), context);
        saved.expect("room");
    }
    let position_of = |data: &mut AudioOnly, id: &TakeId| {
        let Fixture {
            records, context, ..
        } = &mut data.fixture;
        position(id, records, context).expect("a position")
    };
    let first = position_of(&mut data, &ids[0]);
    assert_eq!((first.number, first.previous), (1, None));
    let last = position_of(&mut data, &ids[2]);
    let previous = Some((ids[1].clone(), 2));
    assert_eq!((last.number, last.previous), (3, previous.clone()));
    data.erase(&ids[1]).expect("erased");
    assert_eq!(position_of(&mut data, &ids[2]).number, 2);
    data.undo_erase();
    assert_eq!(position_of(&mut data, &ids[2]).previous, previous);
    let mut listed: Vec<TakeId> = data.list().into_iter().map(|entry| entry.id).collect();
    listed.retain(|id| ids.contains(id));
    assert!(listed.iter().eq(ids.iter().rev()), "{listed:?}");
}

#[test]
fn takes_that_wait_for_the_disk_are_written_in_the_order_of_recording() {
    let mut data = AudioOnly::new();
    let ids = ["b", "a"].map(|name| TakeId(name.to_owned()));
    let Fixture {
        records, context, ..
    } = &mut data.fixture;
    for (id, text) in [(&ids[0], ""), (&ids[1], ""), (&ids[0], "so it went")] {
        std::fs::write(context.store.wav(id), "sound").expect("room");
        records.save_soon(take(&id.0, "webhook-drop", text), context);
    }
    let mut listed: Vec<HistoryEntry> = data.list();
    listed.retain(|entry| ids.contains(&entry.id));
    let listed: Vec<(&TakeId, Option<u32>)> = listed
        .iter()
        .map(|entry| (&entry.id, entry.words))
        .collect();
    assert_eq!(listed, [(&ids[1], Some(0)), (&ids[0], Some(3))]);
}
