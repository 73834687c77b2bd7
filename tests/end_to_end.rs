//! The whole way, from a microphone to the words: through cpal, a sound server, and the window as a
//! person drives it. Linux only, as the microphone and the screen that are not there are Linux's.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]
#![cfg(target_os = "linux")]

mod common;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use common::process::{Program, recognizer_pids, send_signal};
use common::scheduling::{retry_if_stalled, serial_lock};
use common::sound_server::{MIC, SoundServer};
use common::x_server::Screen;
use common::{
    STARLING, clip, documents, plain_words, run, said_phrases, share_recognized, starling,
    take_files, wait_until,
};
use serde_json::Value;

/// What the task clips say.
const TASK: &str = "the service was not mine so the bug was not either there was no ticket and nobody had asked \
    i decided to take ownership find the cause hand the platform team a fix they could ship and make sure the \
    drops stopped";
/// What they say in six seconds.
const BEGINNING: &str = "the service was not mine so the bug was not either there was no ticket";

#[test]
fn what_is_spoken_is_recorded_and_heard() {
    let _alone = serial_lock();
    retry_if_stalled(|| {
        let (data, sound) = (folder(), SoundServer::start());
        let mut program = rehearse(data.path(), &sound);
        program.wait_for("recording");
        sound.play(&clip("strong_task_joe.flac"));
        program.press_enter();
        let feedback = program.wait_for("feedback");
        let (status, events, complaints) = program.wait_for_exit();
        assert!(status.success(), "{complaints:?}");
        assert_eq!(complaints, Vec::<String>::new());
        assert!(!events.iter().any(|event| event["event"] == "problem"));

        let report = &feedback["report"];
        assert_eq!(report["audio"]["lost_samples"], 0);
        let words = plain_words(report);
        assert!(share_recognized(&words, TASK) >= 0.85, "{words}");
        // Where the take begins decides how Whisper hears a word or two: "not mine", "at mine".
        assert!(said_phrases(report).len() >= 3, "{}", plain_words(report));
        let wav = take_files(data.path(), "wav").pop().expect("a take");
        let told = report["audio"]["seconds"].as_f64().unwrap_or_default();
        assert!((seconds_on_disk(&wav) - told).abs() < 0.01);
        assert!((14.5..22.9).contains(&told), "{told} s of 14.47 s");
        assert!(
            (spoken(report) - 13.97).abs() < 0.2,
            "{} s of 13.97 s",
            spoken(report)
        );
    });
}

/// Cable pulled, or sound server dead: what was said before is kept, and heard.
#[test]
fn a_microphone_that_vanishes_leaves_its_take() {
    let _alone = serial_lock();
    retry_if_stalled(|| {
        for name in ["pulled", "killed"] {
            let (data, mut sound) = (folder(), SoundServer::start());
            let mut program = rehearse(data.path(), &sound);
            program.wait_for("recording");
            let wav = wait_until("a take", Duration::from_secs(10), || {
                take_files(data.path(), "wav").pop()
            });
            sound.play_while(&clip("strong_task_joe.flac"), || {
                wait_until("six seconds on disk", Duration::from_secs(30), || {
                    (seconds_on_disk(&wav) >= 6.0).then_some(())
                });
            });
            match name {
                "pulled" => sound.unplug_microphone(),
                _ => sound.kill(),
            }
            let (status, events, complaints) = program.wait_for_exit();
            assert_eq!(status.code(), Some(1), "{name}: {complaints:?}");
            assert_eq!(complaints.len(), 1, "{name}: {complaints:?}");
            let said = &complaints[0];
            let why =
                said.contains("microphone was disconnected") || said.contains("delivers no audio");
            assert!(
                why && said.ends_with("The recording so far is saved."),
                "{name}: {said}"
            );

            let kept = seconds_on_disk(&wav);
            assert!((6.0..9.0).contains(&kept), "{name}: {kept} s kept");
            let names: Vec<&str> = events.iter().filter_map(|e| e["event"].as_str()).collect();
            for name_told in ["problem", "take_saved", "feedback"] {
                assert!(names.contains(&name_told), "{name}: {names:?}");
            }
            let feedback = events.iter().find(|event| event["event"] == "feedback");
            let words = feedback
                .map(|f| plain_words(&f["report"]))
                .unwrap_or_default();
            assert!(
                share_recognized(&words, BEGINNING) >= 0.8,
                "{name}: {words}"
            );
        }
    });
}

#[test]
fn microphones_are_listed_and_listened_to() {
    let _alone = serial_lock();
    retry_if_stalled(|| {
        let (data, sound) = (folder(), SoundServer::start());
        let listed = output(data.path(), &sound, &["devices", "--json"]);
        let mics = listed[0].as_array().expect("a list");
        assert_eq!(
            (&mics[0]["name"], &mics[0]["default"]),
            (&MIC.into(), &true.into())
        );
        assert_eq!(
            (&mics[0]["sample_rate_hz"], &mics[0]["channels"]),
            (&48_000.into(), &1.into())
        );
        assert_eq!(mics.iter().filter(|mic| mic["default"] == true).count(), 1);

        let microphone = |lines: &Value| {
            let mut lines = lines.as_array().expect("a list").iter();
            let line = lines
                .find(|line| line["check"] == "microphone")
                .expect("a line");
            (
                line["ok"] == true,
                line["says"].as_str().unwrap_or_default().to_owned(),
            )
        };
        let while_spoken = sound.play_while(&clip("strong_task_joe.flac"), || {
            output(data.path(), &sound, &["doctor", "--json"])
        });
        let (ok, says) = microphone(&while_spoken[0]);
        assert!(ok && says.starts_with("signal present, peak -"), "{says}");
        let in_silence = output(data.path(), &sound, &["doctor", "--json"]);
        let (ok, says) = microphone(&in_silence[0]);
        assert!(!ok && says.contains("silent"), "{says}");
    });
}

/// A person practises two sections in the window, by keys alone.
#[test]
fn two_sections_in_the_window() {
    let _alone = serial_lock();
    retry_if_stalled(|| {
        let (data, sound, mut screen) = (folder(), SoundServer::start(), Screen::start());
        let mut command = Command::new(STARLING);
        command
            .args(["open", "--mic", MIC, "--story", "webhook-drop"])
            .env("STARLING_DATA", data.path());
        sound.set_environment(&mut command);
        screen.set_environment(&mut command);
        let mut program = Program::start(&mut command);
        screen.focus("Starling", &mut program);

        // The same sentences in two voices; each section looks for its own phrases in them.
        let sections = [
            ("situation", "strong_task_joe.flac", 2),
            ("task", "strong_task_am_michael.flac", 3),
        ];
        for (index, (section, name, phrases)) in sections.into_iter().enumerate() {
            // Home, or the feedback on the section before.
            let onward = if index == 0 { "Return" } else { "n" };
            begin_take(&mut screen, data.path(), index, Some(onward));
            let hears = *recognizer_pids(program.pid())
                .first()
                .expect("a recogniser");
            std::thread::scope(|scope| {
                scope.spawn(|| sound.play(&clip(name)));
                if index == 1 {
                    // What ggml does with what it does not like. Nobody is to notice.
                    pause(Duration::from_secs(4));
                    send_signal(hears, "ABRT");
                }
            });
            screen.press("space");
            let take = newest_of(data.path(), index + 1);
            assert_eq!(take["section"], section);
            let exported = data.path().join("take.json");
            let mut command = starling(data.path());
            run(command.args(["export", "last", "--to"]).arg(&exported)).succeeds();
            let facts = fs::read_to_string(&exported).expect("a report");
            let facts: Value = serde_json::from_str(&facts).expect("JSON");
            assert_eq!(facts["audio"]["lost_samples"], 0);

            let wav = &take_files(data.path(), "wav")[index];
            let mut command = starling(data.path());
            command
                .args(["analyze", "--section", section, "--json"])
                .arg(wav);
            let report = &run(&mut command).succeeds().documents()[0];
            let heard = plain_words(report);
            assert!(share_recognized(&heard, TASK) >= 0.85, "{section}: {heard}");
            assert!(said_phrases(report).len() >= phrases, "{section}: {heard}");
            // The window heard what the command hears.
            assert_eq!(
                facts["transcript"]["words"].as_array().map(Vec::len),
                report["transcript"]["words"].as_array().map(Vec::len)
            );
        }
        assert_eq!(take_files(data.path(), "wav").len(), 2);
        screen.press("alt+F4");
        let (status, _, complaints) = program.wait_for_exit();
        assert!(status.success(), "{complaints:?}");
        assert!(
            !complaints.iter().any(|line| line.contains("panicked")),
            "{complaints:?}"
        );
    });
}

/// The question, an answer and two follow-ups, spoken into the microphone; a key for each. The questions
/// are said by the system's voice.
#[test]
fn a_mock_interview_in_the_window() {
    let _alone = serial_lock();
    retry_if_stalled(|| {
        let (data, sound, mut screen) = (folder(), SoundServer::start(), Screen::start());
        let (socket, heard) = voice();
        let mut command = Command::new(STARLING);
        command
            .args(["open", "--mic", MIC, "--story", "webhook-drop"])
            .env("STARLING_DATA", data.path())
            .env(
                "SPEECHD_ADDRESS",
                format!("unix_socket:{}", socket.path().join("voice").display()),
            );
        sound.set_environment(&mut command);
        screen.set_environment(&mut command);
        let mut program = Program::start(&mut command);
        screen.focus("Starling", &mut program);
        pause(Duration::from_secs(1));
        screen.press("i");

        let answers = [
            ("all", "strong_task_joe.flac"),
            ("followup:1", "weak_quiz_team_happy_joe.flac"),
            ("followup:2", "weak_quiz_team_happy_joe.flac"),
        ];
        for (index, (part, name)) in answers.into_iter().enumerate() {
            // Begins the interview; between the answers nothing is to be pressed.
            let onward = (index == 0).then_some("Return");
            begin_take(&mut screen, data.path(), index, onward);
            // One question, and silence before the microphone opens.
            let mut told: Vec<String> = Vec::new();
            while !told.iter().any(|line| line == "SPEAK")
                || told.last().is_none_or(|line| line != "STOP SELF")
            {
                let line = heard.recv_timeout(Duration::from_secs(10));
                told.push(line.unwrap_or_else(|why| panic!("{why}: {told:?}")));
            }
            told.extend(heard.try_iter());
            let said = told.iter().position(|line| line == "SPEAK");
            let question = told.get(said.expect("a question") + 1);
            assert!(
                question.is_some_and(|line| line.ends_with('?') || index == 0),
                "{told:?}"
            );
            assert_eq!(
                told.iter().filter(|line| *line == "SPEAK").count(),
                1,
                "{told:?}"
            );
            assert_eq!(
                told.last().map(String::as_str),
                Some("STOP SELF"),
                "{told:?}"
            );
            if index == 0 {
                let question = question.expect("it was asked");
                assert!(question.contains("ownership"), "{question}");
            }
            sound.play(&clip(name));
            screen.press("space");
            let take = newest_of(data.path(), index + 1);
            assert_eq!(take["section"], part);
        }
        let mut command = starling(data.path());
        let told = run(command.args(["history", "--json"]))
            .succeeds()
            .documents()
            .remove(0);
        for (take, seconds) in std::iter::zip(told.as_array().expect("takes"), [2.9, 2.9, 14.5]) {
            let lasted = take["seconds"].as_f64().unwrap_or_default();
            assert!((seconds..seconds + 8.0).contains(&lasted), "{take}");
        }
        // The last page: another interview is asked for there, once it is sure that this verdict may go.
        pause(Duration::from_secs(2));
        screen.press("r");
        pause(Duration::from_secs(1));
        screen.press("y");
        begin_take(&mut screen, data.path(), answers.len(), Some("Return"));
        screen.press("alt+F4");
        let (status, _, complaints) = program.wait_for_exit();
        assert!(status.success(), "{complaints:?}");
        assert!(
            !complaints.iter().any(|line| line.contains("panicked")),
            "{complaints:?}"
        );
    });
}

/// Answers as speech-dispatcher does, and tells the lines it is sent. It listens at `voice` in the folder.
fn voice() -> (tempfile::TempDir, Receiver<String>) {
    let folder = folder();
    let listener = UnixListener::bind(folder.path().join("voice")).expect("a socket");
    let (tell, lines) = channel();
    std::thread::spawn(move || {
        let Ok((mut to, _)) = listener.accept() else {
            return;
        };
        let from = BufReader::new(to.try_clone().expect("two ends"));
        let mut text = false;
        for line in from.lines().map_while(Result::ok) {
            text = line == "SPEAK" || (text && line != ".");
            let answer = match line.as_str() {
                "SPEAK" => "230 OK RECEIVING DATA\r\n",
                "." => "225-1\r\n225 OK MESSAGE QUEUED\r\n",
                _ if text => "",
                _ => "210 OK\r\n",
            };
            if to.write_all(answer.as_bytes()).is_err() || tell.send(line).is_err() {
                return;
            }
        }
    });
    (folder, lines)
}

/// Goes on with a key, and begins the take that comes after so many. The window may still be on its way to
/// the screen that the keys are meant for; both are without effect during the count-in.
fn begin_take(screen: &mut Screen, data: &Path, known: usize, onward: Option<&str>) {
    let mut patience = 6;
    while take_files(data, "wav").len() <= known {
        assert!(patience > 0, "no recording began after {known} takes");
        patience -= 1;
        if let Some(key) = onward.filter(|_| known == 0 || patience == 5) {
            pause(Duration::from_secs(1));
            screen.press(key);
        }
        pause(Duration::from_secs(1));
        screen.press("space");
        for _ in 0..100 {
            if take_files(data, "wav").len() <= known {
                pause(Duration::from_millis(100));
            }
        }
    }
}

/// The newest of so many takes, once its words are known.
fn newest_of(data: &Path, takes: usize) -> Value {
    wait_until("the words of a take", Duration::from_secs(90), || {
        let listed = run(starling(data).args(["history", "--json"]));
        let listed = listed.succeeds().documents().remove(0);
        let take = listed.get(0)?.clone();
        let whole = listed.as_array()?.len() == takes && take["state"] == "transcribed";
        whole.then_some(take)
    })
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn pause(time: Duration) {
    std::thread::sleep(time);
}

fn rehearse(data: &Path, sound: &SoundServer) -> Program {
    let mut command = Command::new(STARLING);
    command
        .args(["rehearse", "--section", "task", "--mic", MIC, "--json"])
        .env("STARLING_DATA", data);
    sound.set_environment(&mut command);
    Program::start(&mut command)
}

/// What a command tells on stdout, whatever its exit code.
fn output(data: &Path, sound: &SoundServer, arguments: &[&str]) -> Vec<Value> {
    let mut command = Command::new(STARLING);
    command.args(arguments).env("STARLING_DATA", data);
    sound.set_environment(&mut command);
    let output = command.output().expect("the program starts");
    documents(&String::from_utf8_lossy(&output.stdout))
}

/// From the first sound of speech to the last: shorter than what was said, where some was lost.
fn spoken(report: &Value) -> f64 {
    let spans = report["speech"]["spans"].as_array().expect("spans");
    let at = |span: Option<&Value>, key: &str| span.and_then(|s| s[key].as_f64());
    let whole = at(spans.last(), "end").zip(at(spans.first(), "start"));
    whole.map_or(0.0, |(end, start)| end - start)
}

fn seconds_on_disk(wav: &Path) -> f64 {
    let reader = hound::WavReader::open(wav);
    reader.map_or(0.0, |reader| f64::from(reader.duration()) / 16_000.0)
}
