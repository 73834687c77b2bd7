//! The journal in every state it may be found in; and takes for the tests beside this one.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use super::take_db::import::Salvaged;
use super::take_db::{import as found, quarantine, schema};
use super::{OpenedDb, Store, StoreError, TakeFilter};
use crate::analysis::analyze;
use crate::domain::profile::Profile;
use crate::domain::story::{Level, Part};
use crate::domain::story_file;
use crate::domain::take::{Audio, Take, TakeId, Transcription, TranscriptionStats};
use crate::domain::time::Span;
use crate::domain::transcript::{Transcript, Word};
use crate::domain::voice::Voice;
use crate::domain::voice::{CandidateKind, FilledPauseCandidate, Pitch};
use crate::practice::quiz::QuizAnswer;

pub fn in_a_folder() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::at(Some(folder.path().join("data"))).expect("named");
    (folder, store)
}

#[test]
fn a_take_is_never_called_like_another() {
    let (_folder, store) = in_a_folder();
    store.prepare().expect("room");
    let moment: jiff::Timestamp = "2026-11-23T18:04:09.9989Z".parse().expect("a moment");
    let began = moment.to_zoned(jiff::tz::TimeZone::UTC);
    for (part, name) in [
        (Part::Whole, "2026-11-23T18-04-09.998-all"),
        (Part::Whole, "2026-11-23T18-04-09.999-all"),
        (Part::Whole, "2026-11-23T18-04-10.000-all"),
        (Part::FollowUp(2), "2026-11-23T18-04-09.998-followup2"),
    ] {
        let take = store.new_take_id(began.clone(), part);
        assert_eq!(take.0, name);
        fs::write(store.wav(&take), "sound").expect("room");
    }
}

/// A take whose recording is over, and that was not transcribed.
pub fn silent_take(id: &str) -> Take {
    Take {
        heard: None,
        ..heard_take(id, "")
    }
}

/// A take in which `said` was heard, with fractions that no decimal holds.
pub fn heard_take(id: &str, said: &str) -> Take {
    let seconds = said.split_whitespace().count() as f64 / 3.0;
    let words = said.split_whitespace().enumerate().map(|(i, text)| Word {
        text: text.to_owned(),
        start: i as f64 / 3.0,
        end: (i + 1) as f64 / 3.0,
        confidence: 0.1 + i as f32 / 700.0,
    });
    let sound = FilledPauseCandidate {
        start: 0.1,
        end: 0.7,
        shape: CandidateKind::Steady,
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
        audio: Audio {
            seconds: seconds.max(11.1),
            sample_rate_hz: 48_000,
            channels: 2,
            clipped_samples: 3,
            lost_samples: 0,
        },
        heard: Some(Transcription {
            voice: Voice {
                speech: vec![Span::new(0.1, 2.0), Span::new(3.0, 10.0 / 3.0)],
                speech_dbfs: Some(-20.5),
                loudness_range_db: None,
                pitch: Some(Pitch {
                    median_hz: 100.0 / 3.0,
                    sd_semitones: 2.0,
                }),
                sounds: vec![
                    sound,
                    FilledPauseCandidate {
                        shape: CandidateKind::Alone,
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

/// Keeps takes by name; each said its own name.
fn keep(store: &Store, names: &[&str]) {
    let mut journal = store.open_take_db().expect("room").db;
    for name in names {
        fs::write(store.wav(&TakeId((*name).to_owned())), "sound").expect("room");
        journal.save(&heard_take(name, name)).expect("room");
    }
}

fn listed(opened: &OpenedDb) -> Vec<(String, Option<u32>)> {
    let list = opened.db.list(&TakeFilter::default()).expect("a list");
    list.into_iter().map(|t| (t.id.0, t.words)).collect()
}

/// The files of the data folder whose names begin so.
fn beginning(store: &Store, with: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(store.folder()).expect("a folder");
    let mut paths: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    paths.retain(|path| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(with))
    });
    paths.sort();
    paths
}

#[test]
fn a_broken_database_is_kept_and_its_sound_found() {
    let bytes_of = |store: &Store| fs::read(store.database()).expect("a database");
    type Break = fn(Vec<u8>) -> Vec<u8>;
    fn noise(mut bytes: Vec<u8>, page: usize) -> Vec<u8> {
        let noise = (0..4096).map(|i| (i * 31 % 251) as u8);
        bytes.splice(page * 4096..(page + 1) * 4096, noise);
        bytes
    }
    // How it is damaged, and of how many takes the words can still be read.
    let ways: [(&str, usize, Break); 7] = [
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
    for (what, legible, damage) in ways {
        let (_folder, store) = in_a_folder();
        keep(&store, &["2026-11-23T18-04-09.120-task", "mine"]);
        let chosen = ["1", "2"].map(|at| QuizAnswer {
            at: at.to_owned(),
            story: "webhook-drop".to_owned(),
            ask: "Who owned it?".to_owned(),
            option: "Nobody".to_owned(),
        });
        let mut journal = store.open_take_db().expect("room").db;
        for chosen in &chosen {
            journal.save_quiz_answer(chosen).expect("room");
        }
        drop(journal);
        let damaged = damage(bytes_of(&store));
        fs::write(store.database(), &damaged).expect("room");
        let opened = store.open_take_db().expect("a new one");
        let takes = listed(&opened);
        let names: Vec<&str> = takes.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["mine", "2026-11-23T18-04-09.120-task"], "{what}");
        let told = takes.iter().filter(|(_, words)| *words == Some(1)).count();
        assert_eq!(told, legible, "{what}");
        let quiz = opened.db.quiz_answers("webhook-drop").expect("a table");
        let begins = match what {
            "an index of noise" | "words of noise" | "a version that never was" => &chosen[..],
            _ => &[],
        };
        assert_eq!(quiz, begins, "{what}");
        assert_eq!(opened.notices.len(), 1, "{what}: {:?}", opened.notices);
        let said = &opened.notices[0];
        let begun = match what {
            "an index of noise" | "words of noise" | "a version that never was" => "with 2 takes",
            _ => "with the sound of 2 takes",
        };
        assert!(said.contains(begun), "{what}: {said}");
        assert!(said.contains("Nothing was deleted"), "{what}: {said}");
        let kept = beginning(&store, "journal.db.broken-");
        assert!(
            said.contains(
                kept[0]
                    .file_name()
                    .and_then(|n| n.to_str())
                    .expect("a name")
            )
        );
        assert!(fs::read(&kept[0]).expect("kept") == damaged, "{what}");
        drop(opened);
        assert!(
            store.open_take_db().expect("there").notices.is_empty(),
            "{what}"
        );
    }
}

/// Whatever becomes of the bytes: no sound is lost, and what is there can be listed.
#[test]
fn a_database_of_which_bytes_changed_opens_all_the_same() {
    let (_folder, store) = in_a_folder();
    let names = ["2026-11-23T18-04-09.120-task", "mine", "other"];
    keep(&store, &names);
    let whole = fs::read(store.database()).expect("a database");
    let mut chance = 1_u64;
    let mut draw = |below: usize| {
        chance = chance
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (chance >> 33) as usize % below
    };
    let story = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/content/webhook-drop.toml"
    ));
    let story = story_file::parse(story).expect("a story");
    let mut aside = 0;
    for case in 0..150 {
        let mut bytes = whole.clone();
        for _ in 0..1 + draw(20) {
            // Where something is, more often than where nothing is.
            let page = draw(bytes.len() / 4096) * 4096;
            let from = [0, 3800, 0][draw(3)];
            let place = page + from + draw(4096 - from);
            bytes[place] = draw(256) as u8;
        }
        if draw(10) == 0 {
            bytes.truncate(draw(bytes.len()));
        }
        fs::write(store.database(), bytes).expect("room");
        let opened = store
            .open_take_db()
            .unwrap_or_else(|why| panic!("{case}: {why}"));
        aside += opened.notices.len();
        let list = opened.db.list(&TakeFilter::default());
        let mut listed: Vec<String> = list.expect("a list").into_iter().map(|t| t.id.0).collect();
        for id in &listed {
            // It may be wrong, or unreadable; it is told, and nothing else happens. What is read can be
            // worked with.
            if let Ok(take) = opened.db.take(&TakeId(id.clone())) {
                analyze(&take, &story, &Profile::default());
            }
        }
        listed.retain(|id| names.contains(&id.as_str()));
        assert_eq!(listed.len(), names.len(), "{case}: {:?}", opened.notices);
        drop(opened);
        for path in quarantine::kept_aside(&store) {
            fs::remove_file(path).expect("ours");
        }
    }
    assert!((50..150).contains(&aside), "{aside} were kept aside");
}

#[test]
fn what_is_told_of_a_broken_file_or_row_quotes_nothing() {
    let (_folder, store) = in_a_folder();
    store.prepare().expect("room");
    let path = store.takes().join("mine.json");
    let json = serde_json::to_string(&heard_take("mine", "so")).expect("JSON");
    for (from, to, part) in [
        (
            "\"start\":0.0",
            "\"start\":\"secret\"",
            "something else is expected",
        ),
        (
            "\"part\":\"followup:2\"",
            "\"part\":\"secret\"",
            "something else is expected",
        ),
        (
            "\"shape\":\"steady\"",
            "\"shape\":\"secret\"",
            "something else is expected",
        ),
        ("\"text\":\"so\"", "\"text\":secret", "it is no JSON"),
        ("\"id\":\"mine\"", "\"id\":\"secret\"", "about another take"),
    ] {
        let changed = json.replacen(from, to, 1);
        assert!(changed != json, "no {from} in {json}");
        fs::write(&path, changed).expect("room");
        let said = store.open_take_db().expect("it opens").notices.join("\n");
        assert!(said.contains(part) && !said.contains("secret"), "{said}");
    }
    fs::remove_file(&path).expect("ours");
    for (column, told) in [
        ("takes SET part", 1),
        ("takes SET level", 1),
        ("sounds SET shape", 0),
    ] {
        keep(&store, &["mine"]);
        let connection = Connection::open(store.database()).expect("there");
        let damage = format!("UPDATE {column} = 'secret'");
        connection.execute_batch(&damage).expect("room");
        drop(connection);
        let opened = store.open_take_db().expect("it opens");
        assert_eq!(opened.notices.len(), told, "{:?}", opened.notices);
        let id = TakeId("mine".to_owned());
        let refused = opened.db.take(&id).expect_err(column).to_string();
        let said = format!("{refused}{}", opened.notices.join("\n"));
        assert!(
            said.contains("no such") || said.contains("only the sound"),
            "{said}"
        );
        assert!(!said.contains("secret"), "{said}");
    }
}

/// Its words would be looked for along all of that time.
#[test]
fn a_take_that_cannot_be_true_is_told_and_its_sound_stays() {
    for damage in [
        "UPDATE words SET end_s = 3e13",
        "UPDATE speech SET start_s = -1e300",
        "UPDATE sounds SET start_s = 3e13, end_s = 3e13",
        "UPDATE takes SET seconds = 3e13",
    ] {
        let (_folder, store) = in_a_folder();
        keep(&store, &["mine"]);
        let connection = Connection::open(store.database()).expect("there");
        connection.execute_batch(damage).expect("room");
        drop(connection);
        let opened = store.open_take_db().expect("it opens");
        assert_eq!(opened.notices, [""; 0], "{damage}");
        let id = TakeId("mine".to_owned());
        let reader = store.read_only().expect("it opens");
        for read in [
            opened.db.take(&id),
            reader.take(&id).map(|take| take.expect("one")),
        ] {
            let said = read.expect_err(damage).to_string();
            assert!(said.contains("take mine cannot be true"), "{said}");
        }
        assert_eq!(listed(&opened).len(), 1);
        assert!(store.wav(&id).exists());
    }
}

#[test]
fn a_newer_database_is_kept_and_an_older_one_brought_up() {
    let (_folder, store) = in_a_folder();
    keep(&store, &["mine"]);
    let version = |store: &Store, version: i32| {
        let connection = Connection::open(store.database()).expect("there");
        let set = connection.pragma_update(None, "user_version", version);
        set.expect("room");
    };
    version(&store, schema::VERSION + 1);
    let opened = store.open_take_db().expect("a new one");
    assert_eq!(listed(&opened), [("mine".to_owned(), None)]);
    assert!(opened.notices[0].contains("newer Starling"));
    assert_eq!(opened.notices.len(), 1, "{:?}", opened.notices);
    drop(opened);

    // Back with the old one, as it tells to do.
    let kept = beginning(&store, "journal.db.newer-");
    fs::rename(&kept[0], store.database()).expect("room");
    version(&store, 1);
    let older = Connection::open(store.database()).expect("there");
    older.execute_batch("DROP TABLE quiz").expect("room");
    drop(older);
    let opened = store.open_take_db().expect("brought up");
    assert_eq!(listed(&opened), [("mine".to_owned(), Some(1))]);
    assert_eq!(opened.notices, [""; 0]);
    assert_eq!(opened.db.quiz_answers("webhook-drop").expect("a table"), []);
}

#[test]
fn a_migration_that_fails_leaves_the_old_state() {
    let (_folder, store) = in_a_folder();
    keep(&store, &["mine"]);
    let older = Connection::open(store.database()).expect("there");
    // A step that cannot be taken: its table is there already, with other columns.
    older
        .execute_batch("DROP TABLE quiz; CREATE TABLE quiz (x); PRAGMA user_version = 1")
        .expect("room");
    drop(older);
    let opened = store.open_take_db().expect("a new one");
    assert_eq!(listed(&opened), [("mine".to_owned(), Some(1))]);
    let kept = beginning(&store, "journal.db.broken-");
    let old = Connection::open(&kept[0]).expect("kept");
    let count = |table: &str| -> i64 {
        let query = format!("SELECT count(*) FROM {table}");
        old.query_row(&query, [], |row| row.get(0)).expect("rows")
    };
    assert_eq!((count("takes"), count("words"), count("quiz")), (1, 1, 0));
}

#[test]
fn an_empty_file_becomes_a_journal_unless_a_log_is_beside_it() {
    let (_folder, store) = in_a_folder();
    store.prepare().expect("room");
    fs::write(store.database(), "").expect("room");
    let opened = store.open_take_db().expect("a journal");
    assert_eq!((listed(&opened).len(), opened.notices.len()), (0, 0));
    drop(opened);
    fs::write(store.database(), "").expect("room");
    fs::write(quarantine::with_end(&store.database(), "-wal"), "words").expect("room");
    let opened = store.open_take_db().expect("a journal");
    assert!(opened.notices[0].contains("its file is empty"));
    let kept = beginning(&store, "journal.db.broken-");
    assert_eq!(fs::read_to_string(&kept[1]).expect("the log"), "words");
}

#[test]
fn older_files_are_taken_in_once_and_go_when_they_are_in() {
    let (_folder, store) = in_a_folder();
    store.prepare().expect("room");
    let json = |name: &str, take: &Take| {
        let path = store.takes().join(format!("{name}.json"));
        fs::write(path, serde_json::to_vec(take).expect("JSON")).expect("room");
    };
    let there = |name: &str| store.takes().join(format!("{name}.json")).exists();
    for name in ["a", "b", "c"] {
        fs::write(store.takes().join(format!("{name}.wav")), "sound").expect("room");
    }
    json("a", &heard_take("a", "I traced it"));
    json("b", &silent_take("b"));
    json("elsewhere", &heard_take("../b", "x"));
    fs::write(store.takes().join("half.json"), "{\"id\": \"half").expect("room");
    let opened = store.open_take_db().expect("a journal");
    assert_eq!(
        listed(&opened),
        [
            ("c".to_owned(), None),
            ("b".to_owned(), None),
            ("a".to_owned(), Some(3))
        ]
    );
    let a = TakeId("a".to_owned());
    let take = opened.db.take(&a).expect("kept");
    assert_eq!(take, heard_take("a", "I traced it"));
    assert_eq!(
        ["a", "b", "elsewhere", "half"].map(there),
        [false, false, true, true]
    );
    let said = opened.notices.join("\n");
    assert!(
        said.contains("elsewhere.json: it is about another take"),
        "{said}"
    );
    assert!(said.contains("(and 1 like it)"), "{said}");
    assert!(said.contains("found the sound of a take"), "{said}");

    // Taken in, but the process died before it was removed: what was heard since stays.
    let mut journal = opened.db;
    journal
        .save(&heard_take("a", "I traced it again"))
        .expect("room");
    json("a", &heard_take("a", "I traced it"));
    drop(journal);
    let opened = store.open_take_db().expect("a journal");
    assert_eq!(listed(&opened)[2], ("a".to_owned(), Some(4)));
    assert!(!there("a"));
}

#[test]
fn files_that_cannot_be_taken_in_stay() {
    let (_folder, store) = in_a_folder();
    drop(store.open_take_db().expect("room"));
    let path = store.takes().join("a.json");
    let json = serde_json::to_vec(&heard_take("a", "I traced it")).expect("JSON");
    fs::write(&path, json).expect("room");
    // Another process writes for longer than anybody waits; here: not at all.
    let mut connection = Connection::open(store.database()).expect("there");
    let other = Connection::open(store.database()).expect("there");
    other.execute_batch("BEGIN IMMEDIATE").expect("alone");
    connection.busy_timeout(Duration::ZERO).expect("set");
    assert!(found::import(&mut connection, &store, false, Salvaged::default()).is_err());
    assert!(path.exists());
    other.execute_batch("ROLLBACK").expect("alone");
    let taken = found::import(&mut connection, &store, false, Salvaged::default()).expect("room");
    assert_eq!((taken.told, path.exists()), (1, false));
}

#[test]
fn many_may_open_and_write_at_once() {
    let (_folder, store) = in_a_folder();
    let work = |thread: usize| {
        let store = store.clone();
        move || {
            for number in 0..10 {
                let name = format!("{thread}-{number}");
                keep(&store, &[name.as_str()]);
            }
        }
    };
    let threads: Vec<_> = (0..4).map(|n| std::thread::spawn(work(n))).collect();
    for thread in threads {
        thread.join().expect("every take is kept");
    }
    let opened = store.open_take_db().expect("there");
    assert_eq!(opened.notices, [""; 0]);
    let list = listed(&opened);
    assert_eq!(list.len(), 40);
    assert!(list.iter().all(|(_, words)| *words == Some(1)));
}

#[cfg(unix)]
#[test]
fn the_journal_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, store) = in_a_folder();
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    keep(&store, &["mine"]);
    // As it may come out of a backup.
    let open = fs::Permissions::from_mode(0o644);
    fs::set_permissions(store.database(), open).expect("ours");
    let mut opened = store.open_take_db().expect("there");
    opened
        .db
        .save(&heard_take("mine", "once more"))
        .expect("room");
    assert_eq!(mode(store.folder()), 0o700);
    for end in ["", "-wal", "-shm"] {
        let path = quarantine::with_end(&store.database(), end);
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[cfg(unix)]
#[test]
fn folders_that_were_open_to_others_are_shut() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, store) = in_a_folder();
    let mode = |path: &Path| {
        let there = path.metadata().expect("there");
        there.permissions().mode() & 0o7777
    };
    let open = |path: &Path, mode| {
        fs::create_dir_all(path).expect("room");
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("ours");
    };
    open(store.folder(), 0o755);
    open(&store.takes(), 0o775);
    drop(store.open_take_db().expect("room"));
    assert_eq!((mode(store.folder()), mode(&store.takes())), (0o700, 0o700));
    // One in which other things lie is not ours to shut, the first time or later; what is in it is.
    let documents = folder.path().join("documents");
    open(&documents, 0o755);
    fs::write(documents.join("letter.txt"), "dear").expect("room");
    let old = documents.join("journal.db.broken-2026-11-23T18-04-09");
    fs::write(&old, "words").expect("room");
    fs::set_permissions(&old, fs::Permissions::from_mode(0o644)).expect("ours");
    let there = Store::at(Some(documents.clone())).expect("named");
    for _ in 0..2 {
        keep(&there, &["mine"]);
        assert_eq!(mode(&documents), 0o755);
        assert_eq!(mode(&there.takes()), 0o700);
        for path in beginning(&there, "journal.") {
            assert_eq!(mode(&path) & 0o777, 0o600, "{}", path.display());
        }
        assert_eq!(mode(&documents.join("letter.txt")) & 0o400, 0o400);
    }
    // One that is everybody's is not ours to shut; what is in it is.
    open(folder.path(), 0o1777);
    let store = Store::at(Some(folder.path().to_owned())).expect("named");
    store.prepare().expect("room");
    assert_eq!((mode(folder.path()), mode(&store.takes())), (0o1777, 0o700));
}

/// A Starling that is open would go on to write into what was renamed.
#[test]
fn a_journal_that_is_open_is_not_set_aside() {
    let (_folder, store) = in_a_folder();
    let opened = store.open_take_db().expect("room");
    let other = Connection::open(store.database()).expect("there");
    other
        .pragma_update(None, "user_version", schema::VERSION + 1)
        .expect("room");
    drop(other);
    let refused = store.open_take_db().expect_err("it is open").to_string();
    assert!(refused.contains("close it"), "{refused}");
    assert_eq!(
        beginning(&store, "journal.db.newer"),
        [""; 0].map(PathBuf::from)
    );
    drop(opened);
    let notices = store.open_take_db().expect("room").notices;
    assert!(notices[0].contains("of a newer Starling"), "{notices:?}");
}

/// It may come back, with the disk it lies on.
#[cfg(unix)]
#[test]
fn a_take_whose_sound_cannot_be_looked_at_is_not_taken_for_erased() {
    let (_folder, store) = in_a_folder();
    let mut journal = store.open_take_db().expect("room").db;
    let take = heard_take("2026-11-23T18-04-09.120-task", "there was no ticket");
    fs::write(store.wav(&take.id), "sound").expect("room");
    let (takes, aside) = (store.takes(), store.folder().join("aside"));
    fs::rename(&takes, &aside).expect("room");
    // Round in circles: an error for root as well, whom no mode keeps out.
    std::os::unix::fs::symlink(&takes, &takes).expect("room");
    let error = journal.save(&take).expect_err("it cannot be looked at");
    assert!(matches!(error, StoreError::Write { .. }), "{error}");
    assert!(error.is_transient());
    fs::remove_file(&takes).expect("ours");
    fs::rename(&aside, &takes).expect("room");
    journal.save(&take).expect("room");
}
