//! A private X server with a window manager, a keyboard and screenshots. It ends when it is dropped.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::process::{KillOnDrop, Program, tool};

/// xdotool acts at once or never: some of its commands wait in loops of their own.
const XDOTOOL_TIMEOUT: Duration = Duration::from_secs(5);
/// A window manager that does not answer within this time is started again.
const MANAGER_TIMEOUT: Duration = Duration::from_secs(15);
/// Starts of the window manager before the test fails.
const MANAGER_STARTS: usize = 4;
/// Longest wait for a window to take the focus after a request.
const FOCUS_TIMEOUT: Duration = Duration::from_secs(2);
/// Longest wait for a focused window of the program, also on a slow machine.
const WINDOW_TIMEOUT: Duration = Duration::from_secs(60);
/// Time between two checks.
const POLL: Duration = Duration::from_millis(50);

/// A screen with a window manager.
pub struct Screen {
    display: String,
    manager: KillOnDrop,
    _server: KillOnDrop,
}

impl Screen {
    /// Starts a server on a free display and waits until its window manager answers.
    pub fn start() -> Self {
        Self::start_sized("1280x800")
    }

    /// As [`Screen::start`], with a screen of this size in pixels, such as `1024x600`.
    pub fn start_sized(size: &str) -> Self {
        let mut server = tool("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                &format!("{size}x24"),
                "-nolisten",
                "tcp",
            ])
            .args(["-noreset", "+extension", "GLX"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts");
        let mut number = String::new();
        let stdout = server.stdout.take().expect("stdout is piped");
        let server = KillOnDrop(server);
        BufReader::new(stdout)
            .read_line(&mut number)
            .expect("Xvfb prints its display");
        assert!(!number.trim().is_empty(), "Xvfb found no free display");
        let display = format!(":{}", number.trim());
        let mut screen = Self {
            manager: window_manager(&display),
            display,
            _server: server,
        };
        for _ in 1..MANAGER_STARTS {
            if screen.is_managed() {
                return screen;
            }
            screen.manager = window_manager(&screen.display);
        }
        assert!(
            screen.is_managed(),
            "openbox was started {MANAGER_STARTS} times and did not answer: {}",
            screen.state()
        );
        screen
    }

    /// Makes a command show its window on this screen.
    pub fn set_environment(&self, command: &mut Command) {
        command
            .env("DISPLAY", &self.display)
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env_remove("WAYLAND_DISPLAY");
    }

    /// Waits for the window called `title` and gives it the focus.
    #[track_caller]
    pub fn focus(&mut self, title: &str, program: &mut Program) {
        let end = Instant::now() + WINDOW_TIMEOUT;
        while let Err(why) = self.try_to_focus(title) {
            assert!(
                program.is_running(),
                "the program ended before it had a window"
            );
            assert!(
                Instant::now() < end,
                "{title} has no focused window after {WINDOW_TIMEOUT:?}: {why}; {}",
                self.state()
            );
            std::thread::sleep(POLL);
        }
    }

    /// Presses a key, such as `space` or `alt+F4`.
    #[track_caller]
    pub fn press(&self, key: &str) {
        if let Err(why) = self.xdotool(&["key", key]) {
            panic!("cannot press {key}: {why}");
        }
    }

    /// Resizes the focused window, not counting its frame.
    #[track_caller]
    pub fn resize(&self, width: usize, height: usize) {
        let size = [width, height].map(|pixels| pixels.to_string());
        let done = self.xdotool(&["getactivewindow", "windowsize", &size[0], &size[1]]);
        done.expect("the window is resized");
    }

    /// Destroys the window called `title`, as a faulty program may.
    #[track_caller]
    pub fn destroy_window(&self, title: &str) {
        let pattern = format!("^{title}$");
        // The window may be gone before xdotool has its answer.
        let _ = self.xdotool(&["search", "--onlyvisible", "--name", &pattern, "windowclose"]);
    }

    /// A picture of the focused window without its frame, scaled down to `columns` by `rows` pixels: red,
    /// green and blue of each pixel, line by line.
    pub fn picture(&self, columns: usize, rows: usize) -> Vec<u8> {
        let window = self
            .xdotool(&["getactivewindow"])
            .expect("a focused window");
        self.picture_of(&window, columns, rows)
    }

    /// As [`Screen::picture`], of the whole screen.
    pub fn whole_picture(&self, columns: usize, rows: usize) -> Vec<u8> {
        self.picture_of("root", columns, rows)
    }

    fn picture_of(&self, window: &str, columns: usize, rows: usize) -> Vec<u8> {
        let mut import = tool("import");
        self.set_environment(&mut import);
        import
            .args(["-window", window, "-filter", "box", "-resize"])
            .arg(format!("{columns}x{rows}!"))
            .args(["-depth", "8", "rgb:-"]);
        let picture = import.output().expect("import starts");
        assert_eq!(picture.stdout.len(), columns * rows * 3, "{picture:?}");
        picture.stdout
    }

    /// Minimizes the focused window.
    #[track_caller]
    pub fn minimize(&self) {
        let done = self.xdotool(&["getactivewindow", "windowminimize"]);
        done.expect("the window is minimized");
    }

    /// Whether the window called `title` has the focus.
    pub fn is_focused(&self, title: &str) -> bool {
        let focused = self.xdotool(&["getactivewindow", "getwindowname"]);
        focused.is_ok_and(|focused| focused == title)
    }

    /// Waits for an answer of the window manager; false if it ended or gave none.
    fn is_managed(&mut self) -> bool {
        let end = Instant::now() + MANAGER_TIMEOUT;
        while self.manager.is_running() && Instant::now() < end {
            // Only a window manager knows about desktops.
            if self.xdotool(&["get_desktop"]).is_ok() {
                return self.manager.is_running();
            }
            std::thread::sleep(POLL);
        }
        false
    }

    /// Requests the focus. `xdotool --sync` has no time limit, so this polls.
    fn try_to_focus(&self, title: &str) -> Result<(), String> {
        let found = self
            .xdotool(&["search", "--onlyvisible", "--name", title])
            .map_err(|why| format!("no visible window ({why})"))?;
        let window = found.lines().next().unwrap_or_default();
        let mut why = format!("window {window} was found");
        // The window manager is asked first, then the X server itself.
        for (request, query) in [
            ("windowactivate", "getactivewindow"),
            ("windowfocus", "getwindowfocus"),
        ] {
            let requested = self.xdotool(&[request, window]);
            let end = Instant::now() + FOCUS_TIMEOUT;
            let mut focused = self.xdotool(&[query, "getwindowname"]);
            while !focused.as_ref().is_ok_and(|name| name.contains(title)) {
                if Instant::now() > end {
                    why += &format!("; {request}: {requested:?}, then {query}: {focused:?}");
                    break;
                }
                std::thread::sleep(POLL);
                focused = self.xdotool(&[query, "getwindowname"]);
            }
            if focused.is_ok_and(|name| name.contains(title)) {
                return Ok(());
            }
        }
        Err(why)
    }

    /// State of the window manager, for failure messages.
    fn state(&mut self) -> &'static str {
        match self.manager.is_running() {
            true => "openbox is running",
            false => "openbox has ended",
        }
    }

    /// The output of xdotool, or its error message.
    fn xdotool(&self, arguments: &[&str]) -> Result<String, String> {
        let mut xdotool = tool("xdotool");
        xdotool
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        self.set_environment(&mut xdotool);
        let mut xdotool = KillOnDrop(xdotool.spawn().expect("xdotool starts"));
        let end = Instant::now() + XDOTOOL_TIMEOUT;
        // Its output fits into the pipe, so it does not block on it.
        while xdotool.is_running() {
            if Instant::now() > end {
                return Err(format!("xdotool did not finish within {XDOTOOL_TIMEOUT:?}"));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let status = xdotool.0.wait().expect("a finished process");
        match status.success() {
            true => Ok(read_all(xdotool.0.stdout.take())),
            false => Err(format!(
                "xdotool, {status}: {}",
                read_all(xdotool.0.stderr.take())
            )),
        }
    }
}

impl Drop for Screen {
    /// A failed test leaves a picture of the screen.
    #[allow(clippy::print_stderr, reason = "says where the picture is")]
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        let picture = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screen-at-failure.png");
        let mut import = Command::new("import");
        self.set_environment(&mut import);
        let status = import.args(["-window", "root"]).arg(&picture).status();
        if status.is_ok_and(|status| status.success()) {
            eprintln!("screen at the failure: {}", picture.display());
        }
    }
}

fn window_manager(display: &str) -> KillOnDrop {
    let openbox = tool("openbox")
        // The previous one may be slow and still running.
        .arg("--replace")
        .env("DISPLAY", display)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    KillOnDrop(openbox.expect("openbox starts"))
}

fn read_all(pipe: Option<impl Read>) -> String {
    let mut text = String::new();
    let read = pipe.map(|mut pipe| pipe.read_to_string(&mut text));
    match read {
        Some(Ok(_)) => text.trim().to_owned(),
        _ => "(its output cannot be read)".to_owned(),
    }
}
