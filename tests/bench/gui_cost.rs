//! Cost of the window: time to start, idle cost, time per frame. Runs `tests/measure.sh` and `frames.rs`, which measure
//! it, and prints their results as tables.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::table::{header, measurement_row, row};

/// The output of the two programs.
pub struct Window {
    figures: String,
    frames: String,
}

/// Measures for about 75 s, and waits most of that time.
pub fn measure() -> Result<Window> {
    // This program is .../release/deps/bench-0123.
    let bench = std::env::current_exe()?;
    let release = bench
        .ancestors()
        .nth(2)
        .context("this program is not in a folder of cargo")?;
    let [starling, frames] = ["starling", "examples/frames"].map(|name| release.join(name));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/measure.sh");
    Ok(Window {
        figures: stdout(Command::new(script).arg(built(starling)?))?,
        frames: stdout(&mut Command::new(built(frames)?))?,
    })
}

impl Window {
    pub fn print(&self) {
        header(
            "The window, software GL",
            &["measurement", "measured", "limit"],
        );
        for line in self.figures.lines() {
            let Some((name, measured)) = line.split_once("  ") else {
                continue;
            };
            let limit = match name {
                "idle" => "under 0.5 %",
                "window visible" => "within 400 ms",
                _ => "",
            };
            measurement_row(name, measured.trim().to_owned(), limit);
        }
        header(
            "The window's own work per frame, without painting",
            &[
                "screen",
                "median",
                "99th percentile",
                "... CPU time of its thread",
                "limit",
            ],
        );
        for line in self.frames.lines() {
            let cells: Vec<&str> = line.split_whitespace().collect();
            if let ["frames", screen, median, p99, "cpu", _, p99_cpu] = cells[..] {
                let limit = match screen.starts_with("answering") {
                    true => "99th percentile under 8 ms",
                    false => "",
                };
                let [median, p99, p99_cpu] = [median, p99, p99_cpu].map(|ms| format!("{ms} ms"));
                row(&[screen.to_owned(), median, p99, p99_cpu, limit.to_owned()]);
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

fn stdout(command: &mut Command) -> Result<String> {
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
