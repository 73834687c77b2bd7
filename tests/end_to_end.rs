//! The whole program, from the microphone to the transcript: through cpal, a sound server, and the window as a user
//! operates it. Linux only: sound server and screen are PulseAudio and Xvfb.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]
#![cfg(target_os = "linux")]

mod common;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use common::process::{Program, recognizer_pids, send_signal};
use common::scheduling::{retry_if_stalled, serial_lock};
use common::sound_server::{MIC, SoundServer};
use common::x_server::Screen;
use common::{
    STARLING, clip, documents, plain_words, run, said_phrases, share_recognized, starling,
    take_files, temp_folder, wait_until,
};
use serde_json::Value;

/// The text of the task clips.
const TASK_TEXT: &str = "the service was not mine so the bug was not either there was no ticket and nobody had asked \
    i decided to take ownership find the cause hand the platform team a fix they could ship and make sure the \
    drops stopped";
/// The part of it that is spoken in the first six seconds.
const TASK_BEGINNING: &str =
    "the service was not mine so the bug was not either there was no ticket";
/// No single step takes longer, even on a slow machine.
const TIMEOUT: Duration = Duration::from_secs(90);

#[test]
fn speech_is_recorded_and_transcribed() {
    let _serial = serial_lock();
    retry_if_stalled(|| {
        let (data, sound) = (temp_folder(), SoundServer::start());
        let mut program = start_rehearsal(data.path(), &sound);
        program.wait_for("recording");
        sound.play(&clip("strong_task_joe.flac"));
        program.press_enter();
        let feedback = program.wait_for("feedback");
        let (status, events, errors) = program.wait_for_exit();
        assert!(status.success(), "{errors:?}");
        assert_eq!(errors, Vec::<String>::new());
        assert!(!events.iter().any(|event| event["event"] == "problem"));

        let report = &feedback["report"];
        assert_eq!(report["audio"]["lost_samples"], 0);
        let transcript = plain_words(report);
        assert!(
            share_recognized(&transcript, TASK_TEXT) >= 0.85,
            "{transcript}"
        );
        // One of the four may be missing: where the take begins decides how Whisper writes a word or two, such as
        // "at mine" for "not mine".
        assert!(said_phrases(report).len() >= 3, "{transcript}");
        let wav = take_files(data.path(), "wav").pop().expect("a take");
        let reported_secs = report["audio"]["seconds"].as_f64().unwrap_or_default();
        assert!((seconds_on_disk(&wav) - reported_secs).abs() < 0.01);
        assert!(
            (14.5..22.9).contains(&reported_secs),
            "the take has {reported_secs} s, the clip 14.47 s"
        );
        let speech_secs = speech_secs(report);
        assert!(
            (speech_secs - 13.97).abs() < 0.2,
            "{speech_secs} s of speech, the clip has 13.97 s"
        );
    });
}

/// The cable is pulled, or the sound server dies: what was said before is saved and transcribed.
#[test]
fn vanished_microphone_leaves_its_take() {
    let _serial = serial_lock();
    retry_if_stalled(|| {
        for fault in ["unplugged", "killed"] {
            let (data, mut sound) = (temp_folder(), SoundServer::start());
            let mut program = start_rehearsal(data.path(), &sound);
            program.wait_for("recording");
            let wav = wait_until("a take", Duration::from_secs(10), || {
                take_files(data.path(), "wav").pop()
            });
            sound.play_while(&clip("strong_task_joe.flac"), || {
                wait_for_audio(&wav, 6.0);
            });
            match fault {
                "unplugged" => sound.unplug_microphone(),
                _ => sound.kill(),
            }
            let (status, events, errors) = program.wait_for_exit();
            assert_eq!(status.code(), Some(1), "{fault}: {errors:?}");
            assert_eq!(errors.len(), 1, "{fault}: {errors:?}");
            let error = &errors[0];
            let names_cause = error.contains("microphone was disconnected")
                || error.contains("delivers no audio");
            assert!(
                names_cause && error.ends_with("The recording so far is saved."),
                "{fault}: {error}"
            );
            let saved_secs = seconds_on_disk(&wav);
            assert!(
                (6.0..9.0).contains(&saved_secs),
                "{fault}: {saved_secs} s were saved"
            );
            assert_beginning_is_transcribed(fault, &events);
        }
    });
}

#[track_caller]
fn assert_beginning_is_transcribed(fault: &str, events: &[Value]) {
    let names: Vec<&str> = events.iter().filter_map(|e| e["event"].as_str()).collect();
    for expected in ["problem", "take_saved", "feedback"] {
        assert!(names.contains(&expected), "{fault}: {names:?}");
    }
    let feedback = events.iter().find(|event| event["event"] == "feedback");
    let transcript = feedback
        .map(|feedback| plain_words(&feedback["report"]))
        .unwrap_or_default();
    assert!(
        share_recognized(&transcript, TASK_BEGINNING) >= 0.8,
        "{fault}: {transcript}"
    );
}

#[test]
fn microphones_are_listed_and_checked() {
    let _serial = serial_lock();
    retry_if_stalled(|| {
        let (data, sound) = (temp_folder(), SoundServer::start());
        let listed = json_output(data.path(), &sound, &["devices", "--json"]);
        let microphones = listed[0].as_array().expect("a list");
        assert_eq!(
            (&microphones[0]["name"], &microphones[0]["default"]),
            (&MIC.into(), &true.into())
        );
        assert_eq!(
            (
                &microphones[0]["sample_rate_hz"],
                &microphones[0]["channels"]
            ),
            (&48_000.into(), &1.into())
        );
        let defaults = microphones.iter().filter(|one| one["default"] == true);
        assert_eq!(defaults.count(), 1);

        let doctor = || json_output(data.path(), &sound, &["doctor", "--json"]).remove(0);
        let with_speech = sound.play_while(&clip("strong_task_joe.flac"), doctor);
        let (is_ok, message) = microphone_check(&with_speech);
        assert!(
            is_ok && message.starts_with("signal present, peak -"),
            "{message}"
        );
        let (is_ok, message) = microphone_check(&doctor());
        assert!(!is_ok && message.contains("silent"), "{message}");
    });
}

/// Result and message of the microphone check in the output of `doctor`.
fn microphone_check(doctor: &Value) -> (bool, String) {
    let mut checks = doctor.as_array().expect("a list").iter();
    let check = checks.find(|check| check["check"] == "microphone");
    let check = check.expect("a check of the microphone");
    let message = check["says"].as_str().unwrap_or_default().to_owned();
    (check["ok"] == true, message)
}

/// A user practices two sections in the window by keyboard alone. The recognizer crashes during the second.
#[test]
fn two_sections_are_practiced_in_window() {
    let _serial = serial_lock();
    retry_if_stalled(|| {
        let mut desktop = Desktop::open(|_| {});
        // The same sentences in two voices; each section looks for its own planned phrases in them.
        let sections = [
            ("situation", "strong_task_joe.flac", 2),
            ("task", "strong_task_am_michael.flac", 3),
        ];
        for (index, (section, clip_name, min_phrases)) in sections.into_iter().enumerate() {
            // From home to the first section, or from the feedback to the next one.
            let forward_key = if index == 0 { "Return" } else { "n" };
            let wav = desktop.begin_take(index, Some(forward_key));
            let recognizers = recognizer_pids(desktop.program.pid());
            let recognizer = *recognizers.first().expect("a recognizer process");
            std::thread::scope(|scope| {
                scope.spawn(|| desktop.sound.play(&clip(clip_name)));
                if index == 1 {
                    wait_for_audio(&wav, 4.0);
                    // As ggml does after an error. The user must not notice it.
                    send_signal(recognizer, "ABRT");
                }
            });
            desktop.screen.press("space");
            let take = desktop.wait_for_transcribed_take(index + 1);
            assert_eq!(take["section"], section);
            desktop.assert_window_agrees_with_command(section, &wav, min_phrases);
        }
        assert_eq!(take_files(desktop.data.path(), "wav").len(), 2);
        desktop.close();
    });
}

/// The question, an answer and two follow-ups, spoken into the microphone. The questions are read aloud.
#[test]
fn mock_interview_is_held_in_window() {
    let _serial = serial_lock();
    retry_if_stalled(|| {
        let (speech_folder, speech_lines) = speech_dispatcher();
        let socket = speech_folder.path().join("voice");
        let mut desktop = Desktop::open(|command| {
            let address = format!("unix_socket:{}", socket.display());
            command.env("SPEECHD_ADDRESS", address);
        });
        desktop.wait_for_home();
        desktop.screen.press("i");
        let answers = [
            ("all", "strong_task_joe.flac"),
            ("followup:1", "weak_quiz_team_happy_joe.flac"),
            ("followup:2", "weak_quiz_team_happy_joe.flac"),
        ];
        for (index, (part, clip_name)) in answers.into_iter().enumerate() {
            // Return begins the interview; later questions come by themselves.
            desktop.begin_take(index, (index == 0).then_some("Return"));
            let question = question_read_aloud(&speech_lines);
            match index {
                0 => assert!(question.contains("ownership"), "{question}"),
                _ => assert!(question.ends_with('?'), "{question}"),
            }
            desktop.sound.play(&clip(clip_name));
            desktop.screen.press("space");
            let take = desktop.wait_for_transcribed_take(index + 1);
            assert_eq!(take["section"], part);
        }
        for (take, clip_secs) in std::iter::zip(desktop.history(), [2.9, 2.9, 14.5]) {
            let seconds = take["seconds"].as_f64().unwrap_or_default();
            assert!((clip_secs..clip_secs + 8.0).contains(&seconds), "{take}");
        }
        desktop.start_another_interview();
        desktop.begin_take(answers.len(), Some("Return"));
        desktop.close();
    });
}

/// The window on a screen with a sound server, and its data folder.
struct Desktop {
    data: tempfile::TempDir,
    sound: SoundServer,
    screen: Screen,
    program: Program,
}

impl Desktop {
    /// Opens the window with the focus. `configure` may change its environment.
    fn open(configure: impl FnOnce(&mut Command)) -> Self {
        let (data, sound, mut screen) = (temp_folder(), SoundServer::start(), Screen::start());
        let mut command = Command::new(STARLING);
        command
            .args(["open", "--mic", MIC, "--story", "webhook-drop"])
            .env("STARLING_DATA", data.path());
        configure(&mut command);
        sound.set_environment(&mut command);
        screen.set_environment(&mut command);
        let mut program = Program::start(&mut command);
        screen.focus("Starling", &mut program);
        Self {
            data,
            sound,
            screen,
            program,
        }
    }

    /// Waits until home is drawn: it opens the microphone then.
    fn wait_for_home(&self) {
        wait_until("home to open the microphone", TIMEOUT, || {
            (self.sound.recording_streams() > 0).then_some(())
        });
    }

    /// Begins the take that follows `takes_so_far` takes, and returns its WAV file. `forward_key` leads to its screen.
    ///
    /// From outside it is not visible which screen the window shows. If a key came too early, the keys are pressed
    /// again; they have no effect during the count-in.
    fn begin_take(&mut self, takes_so_far: usize, forward_key: Option<&str>) -> PathBuf {
        const ATTEMPTS: usize = 6;
        for attempt in 0..ATTEMPTS {
            // A repeated forward key would skip a section.
            if let Some(key) = forward_key.filter(|_| takes_so_far == 0 || attempt == 0) {
                std::thread::sleep(Duration::from_secs(1));
                self.screen.press(key);
            }
            std::thread::sleep(Duration::from_secs(1));
            self.screen.press("space");
            let deadline = Instant::now() + Duration::from_secs(10);
            while Instant::now() < deadline {
                let mut takes = take_files(self.data.path(), "wav");
                if takes.len() > takes_so_far {
                    return takes.swap_remove(takes_so_far);
                }
                std::thread::sleep(Duration::from_millis(100));
            }
        }
        panic!("no recording began after {takes_so_far} takes");
    }

    /// Leaves the verdict of an interview for another one, and confirms that the verdict may be lost.
    ///
    /// From outside it is not visible when the window has got to the verdict and to the confirmation.
    fn start_another_interview(&self) {
        std::thread::sleep(Duration::from_secs(2));
        self.screen.press("r");
        std::thread::sleep(Duration::from_secs(1));
        self.screen.press("y");
    }

    /// The takes that `starling history` lists, newest first.
    fn history(&self) -> Vec<Value> {
        let mut command = starling(self.data.path());
        let history = run(command.args(["history", "--json"]));
        let history = history.succeeds().documents().remove(0);
        history.as_array().expect("a list").clone()
    }

    /// Waits until there are `count` takes and the newest is transcribed, and returns it.
    fn wait_for_transcribed_take(&self, count: usize) -> Value {
        wait_until("the transcript of a take", TIMEOUT, || {
            let history = self.history();
            let newest = history.first()?.clone();
            (history.len() == count && newest["state"] == "transcribed").then_some(newest)
        })
    }

    /// The newest take lost no audio, and the window has transcribed it as `starling analyze` does.
    fn assert_window_agrees_with_command(&self, section: &str, wav: &Path, min_phrases: usize) {
        let exported = self.data.path().join("take.json");
        let mut command = starling(self.data.path());
        run(command.args(["export", "last", "--to"]).arg(&exported)).succeeds();
        let exported = fs::read_to_string(&exported).expect("a report");
        let exported: Value = serde_json::from_str(&exported).expect("JSON");
        assert_eq!(exported["audio"]["lost_samples"], 0);

        let mut command = starling(self.data.path());
        command
            .args(["analyze", "--section", section, "--json"])
            .arg(wav);
        let report = &run(&mut command).succeeds().documents()[0];
        let transcript = plain_words(report);
        assert!(
            share_recognized(&transcript, TASK_TEXT) >= 0.85,
            "{section}: {transcript}"
        );
        assert!(
            said_phrases(report).len() >= min_phrases,
            "{section}: {transcript}"
        );
        let word_count = |report: &Value| report["transcript"]["words"].as_array().map(Vec::len);
        assert_eq!(word_count(&exported), word_count(report), "{section}");
    }

    /// Closes the window. It exits with success and without a panic.
    fn close(self) {
        self.screen.press("alt+F4");
        let (status, _, errors) = self.program.wait_for_exit();
        assert!(status.success(), "{errors:?}");
        assert!(
            !errors.iter().any(|line| line.contains("panicked")),
            "{errors:?}"
        );
    }
}

/// A server that answers as speech-dispatcher does, at the socket `voice` in the folder. Returns the lines that it
/// receives.
fn speech_dispatcher() -> (tempfile::TempDir, Receiver<String>) {
    let folder = temp_folder();
    let listener = UnixListener::bind(folder.path().join("voice")).expect("a socket");
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        let Ok((mut stream, _)) = listener.accept() else {
            return;
        };
        let reader = BufReader::new(stream.try_clone().expect("a second handle"));
        let mut is_text = false;
        for line in reader.lines().map_while(Result::ok) {
            is_text = line == "SPEAK" || (is_text && line != ".");
            let answer = match line.as_str() {
                "SPEAK" => "230 OK RECEIVING DATA\r\n",
                "." => "225-1\r\n225 OK MESSAGE QUEUED\r\n",
                _ if is_text => "",
                _ => "210 OK\r\n",
            };
            if stream.write_all(answer.as_bytes()).is_err() || sender.send(line).is_err() {
                return;
            }
        }
    });
    (folder, lines)
}

/// Waits until one question was read aloud and the voice was silenced, which happens before the microphone opens.
/// Returns the question.
fn question_read_aloud(lines: &Receiver<String>) -> String {
    const SPEAK: &str = "SPEAK";
    const SILENCE: &str = "STOP SELF";
    let mut received: Vec<String> = Vec::new();
    while !received.iter().any(|line| line == SPEAK)
        || received.last().is_none_or(|line| line != SILENCE)
    {
        let line = lines.recv_timeout(Duration::from_secs(10));
        received.push(line.unwrap_or_else(|why| panic!("{why}: {received:?}")));
    }
    received.extend(lines.try_iter());
    let questions = received.iter().filter(|line| *line == SPEAK).count();
    assert_eq!(questions, 1, "expected one question: {received:?}");
    assert_eq!(
        received.last().map(String::as_str),
        Some(SILENCE),
        "the voice speaks during the answer: {received:?}"
    );
    let start = received.iter().position(|line| line == SPEAK);
    let question = received.get(start.expect("a question") + 1);
    question.expect("the text of the question").clone()
}

fn start_rehearsal(data: &Path, sound: &SoundServer) -> Program {
    let mut command = Command::new(STARLING);
    command
        .args(["rehearse", "--section", "task", "--mic", MIC, "--json"])
        .env("STARLING_DATA", data);
    sound.set_environment(&mut command);
    Program::start(&mut command)
}

/// The JSON output of a command, whatever its exit code.
fn json_output(data: &Path, sound: &SoundServer, arguments: &[&str]) -> Vec<Value> {
    let mut command = Command::new(STARLING);
    command.args(arguments).env("STARLING_DATA", data);
    sound.set_environment(&mut command);
    let output = command.output().expect("the program starts");
    documents(&String::from_utf8_lossy(&output.stdout))
}

/// Seconds from the start to the end of speech: fewer than in the clip if audio was lost.
fn speech_secs(report: &Value) -> f64 {
    let spans = report["speech"]["spans"].as_array().expect("spans");
    let time = |span: Option<&Value>, key: &str| span.and_then(|span| span[key].as_f64());
    let span = time(spans.first(), "start").zip(time(spans.last(), "end"));
    span.map_or(0.0, |(start, end)| end - start)
}

/// Waits until the take has this much audio on disk.
fn wait_for_audio(wav: &Path, seconds: f64) {
    wait_until("audio on disk", Duration::from_secs(30), || {
        (seconds_on_disk(wav) >= seconds).then_some(())
    });
}

fn seconds_on_disk(wav: &Path) -> f64 {
    let reader = hound::WavReader::open(wav);
    reader.map_or(0.0, |reader| f64::from(reader.duration()) / 16_000.0)
}
