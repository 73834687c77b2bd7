//! Damaged databases: what is quarantined, what is recovered, and that no message quotes a transcript.

use std::fs;

use rusqlite::Connection;

use super::{files_with_prefix, listed, save_takes};
use crate::analysis::analyze;
use crate::domain::builders::webhook_story;
use crate::domain::profile::Profile;
use crate::domain::take::TakeId;
use crate::practice::quiz::QuizAnswer;
use crate::storage::Store;
use crate::storage::take_db::database::TakeFilter;
use crate::storage::take_db::quarantine::{quarantined_files, with_suffix};
use crate::storage::test_support::{temp_store, transcribed_take};

#[test]
fn damaged_database_is_quarantined_and_its_takes_are_recovered() {
    let bytes_of = |store: &Store| fs::read(store.database()).expect("a database");
    type Break = fn(Vec<u8>) -> Vec<u8>;
    fn noise(mut bytes: Vec<u8>, page: usize) -> Vec<u8> {
        let noise = (0..4096).map(|i| (i * 31 % 251) as u8);
        bytes.splice(page * 4096..(page + 1) * 4096, noise);
        bytes
    }
    // The damage, and the number of takes whose transcripts are still readable.
    let cases: [(&str, usize, Break); 7] = [
        ("no database", 0, |_| b"dear diary".to_vec()),
        ("its first page", 0, |mut bytes| {
            bytes.truncate(4096);
            bytes
        }),
        ("an index of noise", 2, |bytes| noise(bytes, 3)),
        ("words of noise", 0, |bytes| noise(bytes, 5)),
        ("another program's", 0, |mut bytes| {
            bytes[68..72].copy_from_slice(b"ELSE");
            bytes
        }),
        ("a version that never was", 2, |mut bytes| {
            bytes[60..64].copy_from_slice(&(-7_i32).to_be_bytes());
            bytes
        }),
        ("no header", 0, |mut bytes| {
            bytes[..100].fill(0);
            bytes
        }),
    ];
    for (what, readable, damage) in cases {
        let (_folder, store) = temp_store();
        save_takes(&store, &["2026-11-23T18-04-09.120-task", "mine"]);
        let answers = ["1", "2"].map(|at| QuizAnswer {
            at: at.to_owned(),
            story: "webhook-drop".to_owned(),
            ask: "Who owned it?".to_owned(),
            option: "Nobody".to_owned(),
        });
        let mut db = store.open_take_db().expect("writable").db;
        for answer in &answers {
            db.save_quiz_answer(answer).expect("writable");
        }
        drop(db);
        let damaged = damage(bytes_of(&store));
        fs::write(store.database(), &damaged).expect("writable");
        let opened = store.open_take_db().expect("a new one");
        let takes = listed(&opened);
        let names: Vec<&str> = takes.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["mine", "2026-11-23T18-04-09.120-task"], "{what}");
        let transcribed = takes.iter().filter(|(_, words)| *words == Some(1)).count();
        assert_eq!(transcribed, readable, "{what}");
        let quiz = opened.db.quiz_answers("webhook-drop").expect("a table");
        let expected = match what {
            "an index of noise" | "words of noise" | "a version that never was" => &answers[..],
            _ => &[],
        };
        assert_eq!(quiz, expected, "{what}");
        assert_eq!(opened.notices.len(), 1, "{what}: {:?}", opened.notices);
        let notice = &opened.notices[0];
        let recovered = match what {
            "an index of noise" | "words of noise" | "a version that never was" => "with 2 takes",
            _ => "with the audio of 2 takes",
        };
        assert!(notice.contains(recovered), "{what}: {notice}");
        assert!(notice.contains("Nothing was deleted"), "{what}: {notice}");
        let files = files_with_prefix(&store, "journal.db.broken-");
        assert!(
            notice.contains(
                files[0]
                    .file_name()
                    .and_then(|n| n.to_str())
                    .expect("a name")
            )
        );
        assert!(fs::read(&files[0]).expect("saved") == damaged, "{what}");
        drop(opened);
        assert!(
            store.open_take_db().expect("it exists").notices.is_empty(),
            "{what}"
        );
    }
}

/// Whatever bytes change: no audio is lost, and all takes can be listed.
#[test]
fn database_with_random_damage_can_be_opened() {
    let (_folder, store) = temp_store();
    let names = ["2026-11-23T18-04-09.120-task", "mine", "other"];
    save_takes(&store, &names);
    let whole = fs::read(store.database()).expect("a database");
    let mut random = 1_u64;
    let mut draw = |below: usize| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (random >> 33) as usize % below
    };
    let story = webhook_story();
    let mut notices = 0;
    for case in 0..150 {
        let mut bytes = whole.clone();
        for _ in 0..1 + draw(20) {
            // Damage used bytes more often than unused ones.
            let page = draw(bytes.len() / 4096) * 4096;
            let from = [0, 3800, 0][draw(3)];
            let offset = page + from + draw(4096 - from);
            bytes[offset] = draw(256) as u8;
        }
        if draw(10) == 0 {
            bytes.truncate(draw(bytes.len()));
        }
        fs::write(store.database(), bytes).expect("writable");
        let opened = store
            .open_take_db()
            .unwrap_or_else(|why| panic!("{case}: {why}"));
        notices += opened.notices.len();
        let list = opened.db.list(&TakeFilter::default());
        let mut listed: Vec<String> = list.expect("a list").into_iter().map(|t| t.id.0).collect();
        for id in &listed {
            // The take may be damaged or unreadable, which is an error. If it is readable, it can be
            // analyzed.
            if let Ok(take) = opened.db.take(&TakeId(id.clone())) {
                analyze(&take, &story, &Profile::default());
            }
        }
        listed.retain(|id| names.contains(&id.as_str()));
        assert_eq!(listed.len(), names.len(), "{case}: {:?}", opened.notices);
        drop(opened);
        for path in quarantined_files(&store) {
            fs::remove_file(path).expect("own file");
        }
    }
    assert!((50..150).contains(&notices), "{notices} notices");
}

#[test]
fn messages_about_damaged_files_and_rows_do_not_quote_them() {
    let (_folder, store) = temp_store();
    store.prepare().expect("writable");
    let path = store.takes().join("mine.json");
    let json = serde_json::to_string(&transcribed_take("mine", "so")).expect("JSON");
    for (from, to, expected) in [
        ("\"start\":0.0", "\"start\":\"secret\"", "unexpected value"),
        (
            "\"part\":\"followup:2\"",
            "\"part\":\"secret\"",
            "unexpected value",
        ),
        (
            "\"shape\":\"steady\"",
            "\"shape\":\"secret\"",
            "unexpected value",
        ),
        ("\"text\":\"so\"", "\"text\":secret", "not valid JSON"),
        (
            "\"id\":\"mine\"",
            "\"id\":\"secret\"",
            "describes another take",
        ),
    ] {
        let changed = json.replacen(from, to, 1);
        assert!(changed != json, "no {from} in {json}");
        fs::write(&path, changed).expect("writable");
        let message = store.open_take_db().expect("it opens").notices.join("\n");
        assert!(
            message.contains(expected) && !message.contains("secret"),
            "{message}"
        );
    }
    fs::remove_file(&path).expect("own file");
    for (column, notices) in [
        ("takes SET part", 1),
        ("takes SET level", 1),
        ("sounds SET shape", 0),
    ] {
        save_takes(&store, &["mine"]);
        let connection = Connection::open(store.database()).expect("it exists");
        let damage = format!("UPDATE {column} = 'secret'");
        connection.execute_batch(&damage).expect("writable");
        drop(connection);
        let opened = store.open_take_db().expect("it opens");
        assert_eq!(opened.notices.len(), notices, "{:?}", opened.notices);
        let id = TakeId("mine".to_owned());
        let error = opened.db.take(&id).expect_err(column).to_string();
        let message = format!("{error}{}", opened.notices.join("\n"));
        assert!(
            message.contains("unknown") || message.contains("only the audio"),
            "{message}"
        );
        assert!(!message.contains("secret"), "{message}");
    }
}

/// The analysis would cover all of that time.
#[test]
fn inconsistent_take_is_reported_and_its_audio_stays() {
    for damage in [
        "UPDATE words SET end_s = 3e13",
        "UPDATE speech SET start_s = -1e300",
        "UPDATE sounds SET start_s = 3e13, end_s = 3e13",
        "UPDATE takes SET seconds = 3e13",
    ] {
        let (_folder, store) = temp_store();
        save_takes(&store, &["mine"]);
        let connection = Connection::open(store.database()).expect("it exists");
        connection.execute_batch(damage).expect("writable");
        drop(connection);
        let opened = store.open_take_db().expect("it opens");
        assert_eq!(opened.notices, [""; 0], "{damage}");
        let id = TakeId("mine".to_owned());
        let reader = store.read_only().expect("it opens");
        for read in [
            opened.db.take(&id),
            reader.take(&id).map(|take| take.expect("one")),
        ] {
            let message = read.expect_err(damage).to_string();
            assert!(message.contains("take mine is inconsistent"), "{message}");
        }
        assert_eq!(listed(&opened).len(), 1);
        assert!(store.wav(&id).exists());
    }
}

#[test]
fn empty_file_becomes_a_database_unless_it_has_a_log() {
    let (_folder, store) = temp_store();
    store.prepare().expect("writable");
    fs::write(store.database(), "").expect("writable");
    let opened = store.open_take_db().expect("a database");
    assert_eq!((listed(&opened).len(), opened.notices.len()), (0, 0));
    drop(opened);
    fs::write(store.database(), "").expect("writable");
    fs::write(with_suffix(&store.database(), "-wal"), "words").expect("writable");
    let opened = store.open_take_db().expect("a database");
    assert!(opened.notices[0].contains("the file is empty"));
    let files = files_with_prefix(&store, "journal.db.broken-");
    assert_eq!(fs::read_to_string(&files[1]).expect("the log"), "words");
}
