//! The checks of display, OpenGL and fonts. A process of its own opens a window, because a faulty graphics driver may
//! end or stop the process.

use std::io::{self, Read};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::app::WindowReport;
use crate::storage::Store;

use super::outcome::Outcome;

/// How long the window has to open.
const TIMEOUT: Duration = Duration::from_secs(20);
const NO_SCREEN: &str = "not checked: there is no screen";

/// The outcomes for screen, OpenGL and fonts.
pub(super) fn check(store: &Store) -> [Outcome; 3] {
    if !has_display() {
        let screen = "no screen found: the window cannot open; use `starling rehearse` instead";
        return [
            Outcome::Failed(screen.to_owned()),
            Outcome::Skipped(NO_SCREEN.to_owned()),
            Outcome::Skipped(NO_SCREEN.to_owned()),
        ];
    }
    match open_window(store) {
        Ok(report) => [
            Outcome::Passed(screen(&report)),
            Outcome::Passed(report.opengl.clone()),
            fonts(&report),
        ],
        Err(why) => {
            let skipped = || Outcome::Skipped("not checked: the window cannot open".to_owned());
            match why.contains("OpenGL") {
                true => [skipped(), Outcome::Failed(why), skipped()],
                false => [Outcome::Failed(why), skipped(), skipped()],
            }
        }
    }
}

fn screen(report: &WindowReport) -> String {
    let scale = format!(
        "scale {}",
        f64::from((report.scale * 100.0).round()) / 100.0
    );
    match report.screen {
        Some([width, height]) => format!("{width:.0} x {height:.0} points, {scale}"),
        None => format!("available, {scale}"),
    }
}

fn fonts(report: &WindowReport) -> Outcome {
    match &report.missing_fonts {
        Some(missing) => Outcome::Failed(missing.clone()),
        None => Outcome::Passed("all characters of your stories can be shown".to_owned()),
    }
}

fn has_display() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

/// Runs `starling examine-window`, and returns its report or its message.
fn open_window(store: &Store) -> Result<WindowReport, String> {
    let cannot = |why: io::Error| format!("cannot examine the screen ({why}): restart Starling");
    let program = std::env::current_exe().map_err(cannot)?;
    let mut process = Command::new(program)
        .arg("examine-window")
        .arg("--data")
        .arg(store.folder())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(cannot)?;
    // A report fits into the pipe, so that the process does not wait for a reader.
    if !ends_in_time(&mut process) {
        // Otherwise it has ended meanwhile.
        let _ = process.kill();
        let _ = process.wait();
        return Err(format!(
            "the display did not show a window within {} s: restart it, or use `starling rehearse`",
            TIMEOUT.as_secs()
        ));
    }
    let report = read_all(process.stdout.take());
    serde_json::from_str(&report).map_err(|_| {
        let messages = read_all(process.stderr.take());
        let ours = messages
            .lines()
            .rev()
            .find_map(|line| line.strip_prefix("starling: "));
        let crashed =
            "opening a window crashed: check the graphics driver, or use `starling rehearse`";
        ours.unwrap_or(crashed).to_owned()
    })
}

fn ends_in_time(process: &mut Child) -> bool {
    let deadline = Instant::now() + TIMEOUT;
    while Instant::now() < deadline {
        match process.try_wait() {
            Ok(None) => std::thread::sleep(Duration::from_millis(20)),
            Ok(Some(_)) | Err(_) => return true,
        }
    }
    false
}

fn read_all(pipe: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        // What cannot be read is treated as missing.
        let _ = pipe.read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
