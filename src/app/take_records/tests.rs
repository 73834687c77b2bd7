//! Tests of the take records.

use std::fs;

use crate::app::quiz::quiz_answer;
use crate::app::test_support::{Fixture, problems, take};

#[test]
fn rejected_take_does_not_block_other_writes() {
    let Fixture {
        data: _data,
        mut context,
        mut records,
        ..
    } = Fixture::new();
    context.store.prepare().expect("room");
    let takes = ["00", "01"].map(|minute| {
        let id = format!("2026-11-23T18-{minute}-00.000-task");
        take(&id, "webhook-drop", "ticket")
    });
    let [mut invalid, valid] = takes;
    if let Some(transcription) = &mut invalid.transcription {
        transcription.transcript.words[0].confidence = f32::NAN;
    }
    for take in [&invalid, &valid] {
        fs::write(context.store.wav(&take.id), "sound").expect("room");
        records.save_soon(take.clone(), &context);
        records.flush(&mut context);
    }
    records.flush(&mut context);
    let connection = records.connection().expect("open");
    assert!(connection.take(&invalid.id).is_err());
    assert_eq!(connection.take(&valid.id).expect("stored"), valid);
    assert!(records.pending.take(&invalid.id).is_some());
    assert!(records.pending.take(&valid.id).is_none());
    let problems = problems(&mut context);
    let rejections = problems
        .iter()
        .filter(|text| text.contains("cannot use the"));
    assert_eq!(rejections.count(), 1);
}

#[test]
fn quiz_answer_that_cannot_be_written_stays_pending_and_is_reported_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let mut fixture = Fixture::in_folder(&data);
    let (context, records) = (&mut fixture.context, &mut fixture.records);
    let story = context.stories[0].clone();
    // A file blocks the path of the data folder.
    fs::remove_dir_all(&data).ok();
    fs::write(&data, "in the way").expect("room");
    let answers = [0, 1].map(|question| quiz_answer(&story, question, 1).expect("a question"));
    for answer in &answers {
        records.save_quiz_answer(answer.clone(), context);
    }
    assert_eq!(problems(context).len(), 1);
    fs::remove_file(&data).expect("it goes");
    assert_eq!(records.quiz_answers(&story.id, context), answers);
    assert_eq!(records.pending.quiz_answers(&story.id), []);
    assert_eq!(problems(context).len(), 0);
}
