//! Opens the take database in every state it may be in.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use super::store::Store;
use super::take_db::database::TakeFilter;
use super::take_db::import::import;
use super::take_db::open::OpenedDb;
use super::take_db::quarantine::{quarantined_files, with_suffix};
use super::take_db::salvage::Salvaged;
use super::take_db::schema;
use super::test_support::{temp_store, transcribed_take, untranscribed_take};
use crate::analysis::analyze;
use crate::domain::builders::webhook_story;
use crate::domain::profile::Profile;
use crate::domain::story::Part;
use crate::domain::take::{Take, TakeId};
use crate::practice::quiz::QuizAnswer;
use crate::storage::error::StoreError;

#[test]
fn new_take_id_is_unique() {
    let (_folder, store) = temp_store();
    store.prepare().expect("writable");
    let moment: jiff::Timestamp = "2026-11-23T18:04:09.9989Z".parse().expect("a moment");
    let started = moment.to_zoned(jiff::tz::TimeZone::UTC);
    for (part, name) in [
        (Part::Whole, "2026-11-23T18-04-09.998-all"),
        (Part::Whole, "2026-11-23T18-04-09.999-all"),
        (Part::Whole, "2026-11-23T18-04-10.000-all"),
        (Part::FollowUp(2), "2026-11-23T18-04-09.998-followup2"),
    ] {
        let take = store.new_take_id(started.clone(), part);
        assert_eq!(take.0, name);
        fs::write(store.wav(&take), "sound").expect("writable");
    }
}

/// Saves takes with these ids; each contains its id as only word.
fn save_takes(store: &Store, ids: &[&str]) {
    let mut db = store.open_take_db().expect("writable").db;
    for name in ids {
        fs::write(store.wav(&TakeId((*name).to_owned())), "sound").expect("writable");
        db.save(&transcribed_take(name, name)).expect("writable");
    }
}

fn listed(opened: &OpenedDb) -> Vec<(String, Option<u32>)> {
    let list = opened.db.list(&TakeFilter::default()).expect("a list");
    list.into_iter().map(|t| (t.id.0, t.words)).collect()
}

/// The files in the data folder whose names begin with `prefix`.
fn files_with_prefix(store: &Store, prefix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(store.folder()).expect("a folder");
    let mut paths: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    paths.retain(|path| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(prefix))
    });
    paths.sort();
    paths
}

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
fn newer_database_is_quarantined_and_older_one_is_migrated() {
    let (_folder, store) = temp_store();
    save_takes(&store, &["mine"]);
    let set_version = |store: &Store, version: i32| {
        let connection = Connection::open(store.database()).expect("it exists");
        let set = connection.pragma_update(None, "user_version", version);
        set.expect("writable");
    };
    set_version(&store, schema::VERSION + 1);
    let opened = store.open_take_db().expect("a new one");
    assert_eq!(listed(&opened), [("mine".to_owned(), None)]);
    assert!(opened.notices[0].contains("newer Starling"));
    assert_eq!(opened.notices.len(), 1, "{:?}", opened.notices);
    drop(opened);

    // The user goes back to the old database, as the notice explains.
    let files = files_with_prefix(&store, "journal.db.newer-");
    fs::rename(&files[0], store.database()).expect("writable");
    set_version(&store, 1);
    let older = Connection::open(store.database()).expect("it exists");
    older.execute_batch("DROP TABLE quiz").expect("writable");
    drop(older);
    let opened = store.open_take_db().expect("migrated");
    assert_eq!(listed(&opened), [("mine".to_owned(), Some(1))]);
    assert_eq!(opened.notices, [""; 0]);
    assert_eq!(opened.db.quiz_answers("webhook-drop").expect("a table"), []);
}

#[test]
fn failed_migration_leaves_the_old_database_unchanged() {
    let (_folder, store) = temp_store();
    save_takes(&store, &["mine"]);
    let older = Connection::open(store.database()).expect("it exists");
    // The migration fails, because its table exists with other columns.
    older
        .execute_batch("DROP TABLE quiz; CREATE TABLE quiz (x); PRAGMA user_version = 1")
        .expect("writable");
    drop(older);
    let opened = store.open_take_db().expect("a new one");
    assert_eq!(listed(&opened), [("mine".to_owned(), Some(1))]);
    let files = files_with_prefix(&store, "journal.db.broken-");
    let old = Connection::open(&files[0]).expect("saved");
    let count = |table: &str| -> i64 {
        let query = format!("SELECT count(*) FROM {table}");
        old.query_row(&query, [], |row| row.get(0)).expect("rows")
    };
    assert_eq!((count("takes"), count("words"), count("quiz")), (1, 1, 0));
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

#[test]
fn legacy_files_are_imported_once_and_then_removed() {
    let (_folder, store) = temp_store();
    store.prepare().expect("writable");
    let json = |name: &str, take: &Take| {
        let path = store.takes().join(format!("{name}.json"));
        fs::write(path, serde_json::to_vec(take).expect("JSON")).expect("writable");
    };
    let exists = |name: &str| store.takes().join(format!("{name}.json")).exists();
    for name in ["a", "b", "c"] {
        fs::write(store.takes().join(format!("{name}.wav")), "sound").expect("writable");
    }
    json("a", &transcribed_take("a", "I traced it"));
    json("b", &untranscribed_take("b"));
    json("elsewhere", &transcribed_take("../b", "x"));
    fs::write(store.takes().join("half.json"), "{\"id\": \"half").expect("writable");
    let opened = store.open_take_db().expect("a database");
    assert_eq!(
        listed(&opened),
        [
            ("c".to_owned(), None),
            ("b".to_owned(), None),
            ("a".to_owned(), Some(3))
        ]
    );
    let a = TakeId("a".to_owned());
    let take = opened.db.take(&a).expect("saved");
    assert_eq!(take, transcribed_take("a", "I traced it"));
    assert_eq!(
        ["a", "b", "elsewhere", "half"].map(exists),
        [false, false, true, true]
    );
    let message = opened.notices.join("\n");
    assert!(
        message.contains("elsewhere.json: it describes another take"),
        "{message}"
    );
    assert!(message.contains("(and 1 more)"), "{message}");
    assert!(
        message.contains("found a recording without a database entry"),
        "{message}"
    );

    // Imported, but the process died before it removed the file: a newer transcript stays.
    let mut db = opened.db;
    db.save(&transcribed_take("a", "I traced it again"))
        .expect("writable");
    json("a", &transcribed_take("a", "I traced it"));
    drop(db);
    let opened = store.open_take_db().expect("a database");
    assert_eq!(listed(&opened)[2], ("a".to_owned(), Some(4)));
    assert!(!exists("a"));
}

#[test]
fn files_are_kept_if_the_import_fails() {
    let (_folder, store) = temp_store();
    drop(store.open_take_db().expect("writable"));
    let path = store.takes().join("a.json");
    let json = serde_json::to_vec(&transcribed_take("a", "I traced it")).expect("JSON");
    fs::write(&path, json).expect("writable");
    // Another process writes for longer than the timeout, which is zero here.
    let mut connection = Connection::open(store.database()).expect("it exists");
    let other = Connection::open(store.database()).expect("it exists");
    other.execute_batch("BEGIN IMMEDIATE").expect("locked");
    connection
        .busy_timeout(Duration::ZERO)
        .expect("pragma is set");
    assert!(import(&mut connection, &store, false, Salvaged::default()).is_err());
    assert!(path.exists());
    other.execute_batch("ROLLBACK").expect("locked");
    let imported = import(&mut connection, &store, false, Salvaged::default()).expect("writable");
    assert_eq!((imported.known, path.exists()), (1, false));
}

#[test]
fn several_processes_can_open_and_write_at_once() {
    let (_folder, store) = temp_store();
    let work = |thread: usize| {
        let store = store.clone();
        move || {
            for number in 0..10 {
                let name = format!("{thread}-{number}");
                save_takes(&store, &[name.as_str()]);
            }
        }
    };
    let threads: Vec<_> = (0..4).map(|n| std::thread::spawn(work(n))).collect();
    for thread in threads {
        thread.join().expect("every take is saved");
    }
    let opened = store.open_take_db().expect("it exists");
    assert_eq!(opened.notices, [""; 0]);
    let list = listed(&opened);
    assert_eq!(list.len(), 40);
    assert!(list.iter().all(|(_, words)| *words == Some(1)));
}

#[cfg(unix)]
#[test]
fn database_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, store) = temp_store();
    let mode = |path: &Path| fs::metadata(path).expect("it exists").permissions().mode() & 0o777;
    save_takes(&store, &["mine"]);
    // As restored from a backup.
    let open = fs::Permissions::from_mode(0o644);
    fs::set_permissions(store.database(), open).expect("own file");
    let mut opened = store.open_take_db().expect("it exists");
    opened
        .db
        .save(&transcribed_take("mine", "once more"))
        .expect("writable");
    assert_eq!(mode(store.folder()), 0o700);
    for end in ["", "-wal", "-shm"] {
        let path = with_suffix(&store.database(), end);
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[cfg(unix)]
#[test]
fn own_folders_are_made_private() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, store) = temp_store();
    let mode = |path: &Path| {
        let there = path.metadata().expect("it exists");
        there.permissions().mode() & 0o7777
    };
    let open = |path: &Path, mode| {
        fs::create_dir_all(path).expect("writable");
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("own file");
    };
    open(store.folder(), 0o755);
    open(&store.takes(), 0o775);
    drop(store.open_take_db().expect("writable"));
    assert_eq!((mode(store.folder()), mode(&store.takes())), (0o700, 0o700));
    // A folder with other files is not restricted, neither the first time nor later; our files in it are.
    let documents = folder.path().join("documents");
    open(&documents, 0o755);
    fs::write(documents.join("letter.txt"), "dear").expect("writable");
    let old = documents.join("journal.db.broken-2026-11-23T18-04-09");
    fs::write(&old, "words").expect("writable");
    fs::set_permissions(&old, fs::Permissions::from_mode(0o644)).expect("own file");
    let chosen_store = Store::at(Some(documents.clone())).expect("chosen folder");
    for _ in 0..2 {
        save_takes(&chosen_store, &["mine"]);
        assert_eq!(mode(&documents), 0o755);
        assert_eq!(mode(&chosen_store.takes()), 0o700);
        for path in files_with_prefix(&chosen_store, "journal.") {
            assert_eq!(mode(&path) & 0o777, 0o600, "{}", path.display());
        }
        assert_eq!(mode(&documents.join("letter.txt")) & 0o400, 0o400);
    }
    // A folder for everybody is not restricted; our files in it are.
    open(folder.path(), 0o1777);
    let store = Store::at(Some(folder.path().to_owned())).expect("chosen folder");
    store.prepare().expect("writable");
    assert_eq!((mode(folder.path()), mode(&store.takes())), (0o1777, 0o700));
}

/// A running Starling would continue to write to the renamed file.
#[test]
fn database_in_use_is_not_quarantined() {
    let (_folder, store) = temp_store();
    let opened = store.open_take_db().expect("writable");
    let other = Connection::open(store.database()).expect("it exists");
    other
        .pragma_update(None, "user_version", schema::VERSION + 1)
        .expect("writable");
    drop(other);
    let message = store.open_take_db().expect_err("it is open").to_string();
    assert!(message.contains("close it"), "{message}");
    assert_eq!(
        files_with_prefix(&store, "journal.db.newer"),
        [""; 0].map(PathBuf::from)
    );
    drop(opened);
    let notices = store.open_take_db().expect("writable").notices;
    assert!(notices[0].contains("by a newer Starling"), "{notices:?}");
}

/// Its disk may be mounted again.
#[cfg(unix)]
#[test]
fn take_whose_audio_cannot_be_examined_does_not_count_as_erased() {
    let (_folder, store) = temp_store();
    let mut db = store.open_take_db().expect("writable").db;
    let take = transcribed_take("2026-11-23T18-04-09.120-task", "there was no ticket");
    fs::write(store.wav(&take.id), "sound").expect("writable");
    let (takes, moved) = (store.takes(), store.folder().join("moved"));
    fs::rename(&takes, &moved).expect("writable");
    // A link to itself is an error for root, too, who ignores permissions.
    std::os::unix::fs::symlink(&takes, &takes).expect("writable");
    let error = db.save(&take).expect_err("it cannot be examined");
    assert!(matches!(error, StoreError::Write { .. }), "{error}");
    assert!(error.is_transient());
    fs::remove_file(&takes).expect("own file");
    fs::rename(&moved, &takes).expect("writable");
    db.save(&take).expect("writable");
}
