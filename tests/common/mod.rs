//! What integration tests share: runs of the program, clips, stories, and checks of output and words.
#![allow(dead_code, reason = "each test program uses a part of it")]

pub mod builders;
pub mod process;
pub mod recordings;
pub mod reference_signal;
pub mod scheduling;
pub mod sound_server;
pub mod x_server;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use assert_cmd::Command;
use proptest::test_runner::{Config as ProptestConfig, RngSeed};
use serde_json::Value;

/// Path of the program.
pub const STARLING: &str = env!("CARGO_BIN_EXE_starling");

/// Longest run of a command, also on a slow machine.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(300);

/// Runs `count` generated cases, the same each time. `make fuzz` sets `PROPTEST_CASES`: that many, and
/// different ones each time.
pub fn cases(count: u32) -> ProptestConfig {
    let from_environment = std::env::var("PROPTEST_CASES").ok();
    let from_environment = from_environment.and_then(|count| count.parse().ok());
    ProptestConfig {
        cases: from_environment.unwrap_or(count),
        rng_seed: from_environment.map_or(RngSeed::Fixed(1), |_: u32| RngSeed::Random),
        // A failure that was found becomes a named test instead.
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Path of a clip in `tests/audio`.
pub fn clip(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/audio")
        .join(name)
}

/// The value of `--mic` that uses a clip as the microphone.
pub fn clip_as_mic(name: &str) -> String {
    format!("wav:{}", clip(name).display())
}

/// Arguments of a rehearsal of a section that runs as fast as possible, with a clip as the microphone and
/// with events as JSON.
pub fn fast_rehearsal(section: &str, clip: &str) -> Vec<String> {
    let mic = clip_as_mic(clip);
    [
        "rehearse",
        "--section",
        section,
        "--fast",
        "--json",
        "--mic",
        &mic,
    ]
    .map(str::to_owned)
    .to_vec()
}

/// An empty folder, deleted when dropped.
pub fn temp_folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// The program with its own data folder, without screen and microphone.
pub fn starling(data: &Path) -> Command {
    let mut command = Command::new(STARLING);
    command
        .timeout(COMMAND_TIMEOUT)
        .env("STARLING_DATA", data)
        .env("PULSE_SERVER", "unix:/nonexistent")
        .env("PULSE_RUNTIME_PATH", data)
        .env("XDG_RUNTIME_DIR", data)
        .env("HOME", data)
        // ALSA finds no card, on any machine.
        .env("ALSA_CONFIG_PATH", "/dev/null")
        .env("RUST_BACKTRACE", "1")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY");
    command
}

/// Exit code, stdout and stderr of a command.
pub struct CommandOutput {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> CommandOutput {
    let output = command.output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    let ran = CommandOutput {
        code: output.status.code().unwrap_or(-1),
        out: text(output.stdout),
        err: text(output.stderr),
    };
    assert!(
        ran.code >= 0,
        "the program was killed or timed out: {}",
        ran.err
    );
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    ran
}

impl CommandOutput {
    /// Fails unless the command exited with `code`, one line on stderr that contains `part`, and nothing
    /// on stdout.
    #[track_caller]
    pub fn fails(&self, code: i32, part: &str) {
        assert_eq!(self.code, code, "exit code; stderr: {}", self.err);
        self.has_one_message(part);
        assert_eq!(self.out, "", "stdout of a failed command");
    }

    /// Fails unless stderr is one line that contains `part`.
    #[track_caller]
    pub fn has_one_message(&self, part: &str) {
        assert!(
            self.err.contains(part),
            "\"{part}\" is not in stderr: {}",
            self.err
        );
        let lines = self.err.trim_end().lines().count();
        assert_eq!(lines, 1, "lines on stderr: {}", self.err);
        assert!(self.err.len() < 400, "longer than a sentence: {}", self.err);
    }

    /// Fails unless the command succeeded without a message.
    #[track_caller]
    pub fn succeeds(&self) -> &Self {
        assert_eq!(
            (self.code, self.err.as_str()),
            (0, ""),
            "exit code and stderr"
        );
        self
    }

    /// stdout as one JSON document per line.
    #[track_caller]
    pub fn documents(&self) -> Vec<Value> {
        documents(&self.out)
    }
}

/// Parses one JSON document per line.
#[track_caller]
pub fn documents(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}")))
        .collect()
}

/// Calls `check` until it returns a value. Fails after `timeout`, naming `what` was expected.
#[track_caller]
pub fn wait_until<T>(what: &str, timeout: Duration, mut check: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + timeout;
    loop {
        if let Some(value) = check() {
            return value;
        }
        assert!(Instant::now() < end, "waited {timeout:?} for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Files with an extension among the takes of a data folder, oldest first.
pub fn take_files(data: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(data.join("takes")).into_iter().flatten();
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .collect();
    files.sort();
    files
}

/// Transcript of a report in lower case without punctuation: `the service was not mine`.
pub fn plain_words(report: &Value) -> String {
    let text = report["transcript"]["text"].as_str();
    plain(text.expect("a transcript"))
}

/// Share of the words of `expected` that `transcript` contains in the same order. Whisper recognizes a
/// word or two differently depending on where a take begins, so tests ask for most words, not all.
pub fn share_recognized(transcript: &str, expected: &str) -> f64 {
    // Longest common subsequence.
    let expected: Vec<&str> = expected.split_whitespace().collect();
    let mut longest = vec![0; expected.len() + 1];
    for word in transcript.split_whitespace() {
        let before = longest.clone();
        for (i, other) in expected.iter().enumerate() {
            longest[i + 1] = match word == *other {
                true => before[i] + 1,
                false => before[i + 1].max(longest[i]),
            };
        }
    }
    longest[expected.len()] as f64 / expected.len() as f64
}

/// Lower case, no punctuation, single spaces.
pub fn plain(text: &str) -> String {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The planned phrases that a report marks as said.
pub fn said_phrases(report: &Value) -> Vec<&str> {
    let phrases = report["phrases"].as_array().expect("phrases");
    phrases
        .iter()
        .filter(|phrase| phrase["heard"] == true)
        .map(|phrase| phrase["phrase"].as_str().expect("a phrase"))
        .collect()
}

/// Adds a story to a data folder whose task may take four minutes, and returns its id. Without a
/// terminal, an answer ends soon after its target.
pub fn add_long_answer_story(data: &Path) -> String {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("content/webhook-drop.toml");
    let text = std::fs::read_to_string(shipped).expect("the shipped story");
    let (before, task) = text.split_once("kind = \"task\"").expect("a task");
    let task = task.replacen("target = \"20 s\"", "target = \"200 s\"", 1);
    let text = format!("{before}kind = \"task\"{task}").replacen("webhook-drop", "long-answer", 2);
    let stories = data.join("stories");
    std::fs::create_dir_all(&stories).expect("a folder");
    std::fs::write(stories.join("long-answer.toml"), text).expect("a story file");
    "long-answer".to_owned()
}
