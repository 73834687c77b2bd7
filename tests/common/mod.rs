//! What the tests share: the program as a user runs it, the clips, and, in `machine` and
//! `screen`, a microphone and a screen that are not there.
#![allow(dead_code, reason = "each test program uses its part")]

pub mod machine;
pub mod reference_signal;
pub mod x_server;

use std::path::{Path, PathBuf};
use std::time::Duration;

use assert_cmd::Command;
use proptest::test_runner::{Config as ProptestConfig, RngSeed};
use serde_json::Value;

/// The program itself.
pub const STARLING: &str = env!("CARGO_BIN_EXE_starling");

/// Nothing here takes longer, not on a slow machine either.
const PATIENCE: Duration = Duration::from_secs(300);

/// So many generated cases, the same at every run; or as many as `make fuzz` asks for, which are others each
/// time.
pub fn cases(count: u32) -> ProptestConfig {
    let wanted = std::env::var("PROPTEST_CASES").ok();
    let wanted = wanted.and_then(|wanted| wanted.parse().ok());
    ProptestConfig {
        cases: wanted.unwrap_or(count),
        rng_seed: wanted.map_or(RngSeed::Fixed(1), |_: u32| RngSeed::Random),
        // What is found becomes a case with a name.
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// A clip of `tests/audio`.
pub fn clip(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/audio")
        .join(name)
}

/// The program with a data folder of its own, without screen and without microphone.
pub fn starling(data: &Path) -> Command {
    let mut command = Command::new(STARLING);
    command
        .timeout(PATIENCE)
        .env("STARLING_DATA", data)
        .env("PULSE_SERVER", "unix:/nonexistent")
        .env("PULSE_RUNTIME_PATH", data)
        .env("XDG_RUNTIME_DIR", data)
        .env("HOME", data)
        // ALSA without any card, wherever the tests run.
        .env("ALSA_CONFIG_PATH", "/dev/null")
        .env("RUST_BACKTRACE", "1")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY");
    command
}

/// What a run left.
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
    assert!(ran.code >= 0, "it died or hung: {}", ran.err);
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    ran
}

impl CommandOutput {
    /// It failed with `code` and said why in one sentence that contains `part`; stdout is empty.
    #[track_caller]
    pub fn fails(&self, code: i32, part: &str) {
        assert_eq!(self.code, code, "{}", self.err);
        self.says_once(part);
        assert_eq!(self.out, "");
    }

    /// One line on stderr, which contains `part`.
    #[track_caller]
    pub fn says_once(&self, part: &str) {
        assert!(
            self.err.contains(part),
            "\"{part}\" is not in: {}",
            self.err
        );
        assert_eq!(self.err.trim_end().lines().count(), 1, "{}", self.err);
        assert!(self.err.len() < 400, "not a sentence: {}", self.err);
    }

    /// It went well and said nothing else.
    #[track_caller]
    pub fn succeeds(&self) -> &Self {
        assert_eq!((self.code, self.err.as_str()), (0, ""));
        self
    }

    /// stdout as one JSON document a line.
    #[track_caller]
    pub fn documents(&self) -> Vec<Value> {
        documents(&self.out)
    }
}

/// One JSON document a line.
#[track_caller]
pub fn documents(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}")))
        .collect()
}

/// The words of a report, small and without punctuation: `the service was not mine`.
pub fn plain_words(report: &Value) -> String {
    let text = report["transcript"]["text"].as_str().expect("a text");
    plain(text)
}

/// Which share of the words of `said` were heard, in their order. Where a take begins decides how
/// Whisper hears a word or two; what was said must be there all the same.
pub fn share_heard(heard: &str, said: &str) -> f64 {
    let said: Vec<&str> = said.split_whitespace().collect();
    let mut longest = vec![0; said.len() + 1];
    for word in heard.split_whitespace() {
        let before = longest.clone();
        for (i, other) in said.iter().enumerate() {
            longest[i + 1] = match word == *other {
                true => before[i] + 1,
                false => before[i + 1].max(longest[i]),
            };
        }
    }
    longest[said.len()] as f64 / said.len() as f64
}

/// Small letters, no punctuation, single blanks.
pub fn plain(text: &str) -> String {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The planned phrases that were heard.
pub fn phrases_heard(report: &Value) -> Vec<&str> {
    let phrases = report["phrases"].as_array().expect("phrases");
    phrases
        .iter()
        .filter(|phrase| phrase["heard"] == true)
        .map(|phrase| phrase["phrase"].as_str().expect("its words"))
        .collect()
}

/// Puts a story into a data folder whose task may be told for four minutes, and gives its name: with
/// nobody at a terminal, an answer ends soon after its target.
pub fn long_answer(data: &Path) -> String {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("content/webhook-drop.toml");
    let text = std::fs::read_to_string(shipped).expect("a story");
    let (before, task) = text.split_once("kind = \"task\"").expect("a task");
    let task = task.replacen("target = \"20 s\"", "target = \"200 s\"", 1);
    let text = format!("{before}kind = \"task\"{task}").replacen("webhook-drop", "long-answer", 2);
    let stories = data.join("stories");
    std::fs::create_dir_all(&stories).expect("a folder");
    std::fs::write(stories.join("long-answer.toml"), text).expect("room");
    "long-answer".to_owned()
}
