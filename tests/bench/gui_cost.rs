//! The window: how soon it is there, what it costs while nobody does anything, what a frame takes. Two
//! programs measure that, `tests/measure.sh` and `frames.rs`; this runs them and tells what they say.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::table::{head, row, tell};

/// What the two printed.
pub struct Window {
    figures: String,
    frames: String,
}

/// Measures it: about 75 s, most of them waiting.
pub fn measure() -> Result<Window> {
    // .../release/deps/bench-0123: the others are beside it.
    let bench = std::env::current_exe()?;
    let release = bench.ancestors().nth(2).context("where is this program?")?;
    let [starling, frames] = ["starling", "examples/frames"].map(|name| release.join(name));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/measure.sh");
    Ok(Window {
        figures: said(Command::new(script).arg(built(starling)?))?,
        frames: said(&mut Command::new(built(frames)?))?,
    })
}

impl Window {
    pub fn tell(&self) {
        head("The window, software GL", &["what", "measured", "asked"]);
        for line in self.figures.lines() {
            let Some((what, is)) = line.split_once("  ") else {
                continue;
            };
            let asked = match what {
                "idle" => "under 0.5 %",
                "window visible" => "within 400 ms",
                _ => "",
            };
            tell(what, is.trim().to_owned(), asked);
        }
        head(
            "The window's own work for a frame, without the painting",
            &[
                "screen",
                "median",
                "99 of 100 within",
                "... by its thread's clock",
                "asked",
            ],
        );
        for line in self.frames.lines() {
            let cells: Vec<&str> = line.split_whitespace().collect();
            if let ["frames", screen, middle, most, "cpu", _, most_cpu] = cells[..] {
                let asked = match screen.starts_with("answering") {
                    true => "99 of 100 under 8 ms",
                    false => "",
                };
                let [middle, most, most_cpu] =
                    [middle, most, most_cpu].map(|ms| format!("{ms} ms"));
                row(&[screen.to_owned(), middle, most, most_cpu, asked.to_owned()]);
            }
        }
    }
}

fn built(program: PathBuf) -> Result<PathBuf> {
    match program.is_file() {
        true => Ok(program),
        false => bail!("{} is not built: `make bench` builds it", program.display()),
    }
}

fn said(command: &mut Command) -> Result<String> {
    let output = command.output()?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => bail!(
            "{}: {}",
            command.get_program().display(),
            String::from_utf8_lossy(&output.stderr)
        ),
    }
}
