//! A screen that nobody sees: a private X server with a window manager, a keyboard and a camera. Ends
//! when it is dropped.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::machine::{KillOnDrop, Program, tool};

/// xdotool does what it is asked at once, or never: some of its commands wait in loops of their own.
const XDOTOOL_WITHIN: Duration = Duration::from_secs(5);
/// A window manager that does not answer for so long is started anew.
const MANAGES_WITHIN: Duration = Duration::from_secs(15);
/// ... so many times.
const MANAGERS: usize = 4;
/// A window that is asked for the keyboard has it by then.
const FOCUSES_WITHIN: Duration = Duration::from_secs(2);
/// The program has a window with the keyboard by then, however slow the machine.
const SHOWS_WITHIN: Duration = Duration::from_secs(60);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(50);

/// A screen with a window manager.
pub struct Screen {
    display: String,
    manager: KillOnDrop,
    _server: KillOnDrop,
}

impl Screen {
    /// Starts it on a number that is free, and waits until its window manager answers.
    pub fn start() -> Self {
        let mut server = tool("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1280x800x24",
                "-nolisten",
                "tcp",
            ])
            .args(["-noreset", "+extension", "GLX"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts");
        let mut number = String::new();
        let told = server.stdout.take().expect("its stdout");
        let server = KillOnDrop(server);
        BufReader::new(told)
            .read_line(&mut number)
            .expect("Xvfb tells its display");
        assert!(!number.trim().is_empty(), "Xvfb found no free display");
        let display = format!(":{}", number.trim());
        let mut screen = Self {
            manager: window_manager(&display),
            display,
            _server: server,
        };
        for _ in 1..MANAGERS {
            if screen.is_managed() {
                return screen;
            }
            screen.manager = window_manager(&screen.display);
        }
        assert!(
            screen.is_managed(),
            "openbox was started {MANAGERS} times and does not answer: {}",
            screen.state()
        );
        screen
    }

    /// Lets a command show itself here.
    pub fn lend(&self, command: &mut Command) {
        command
            .env("DISPLAY", &self.display)
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env_remove("WAYLAND_DISPLAY");
    }

    /// Waits for the window called `title` and gives it the keyboard.
    #[track_caller]
    pub fn focus(&mut self, title: &str, program: &mut Program) {
        let end = Instant::now() + SHOWS_WITHIN;
        while let Err(why) = self.try_to_focus(title) {
            assert!(program.runs(), "it ended before it had a window");
            assert!(
                Instant::now() < end,
                "{title} has no window with the keyboard after {SHOWS_WITHIN:?}: {why}; {}",
                self.state()
            );
            std::thread::sleep(LOOK);
        }
    }

    /// Presses a key, such as `space` or `alt+F4`.
    #[track_caller]
    pub fn press(&self, key: &str) {
        if let Err(why) = self.xdotool(&["key", key]) {
            panic!("{key} cannot be pressed: {why}");
        }
    }

    /// Makes the window that has the keyboard so wide and high, its frame not counted.
    #[track_caller]
    pub fn resize(&self, width: usize, height: usize) {
        let size = [width, height].map(|pixels| pixels.to_string());
        let done = self.xdotool(&["getactivewindow", "windowsize", &size[0], &size[1]]);
        done.expect("it is resized");
    }

    /// A picture of the window that has the keyboard, without its frame, made so small: red, green and
    /// blue of each cell, line by line.
    pub fn picture(&self, columns: usize, rows: usize) -> Vec<u8> {
        let window = self.xdotool(&["getactivewindow"]).expect("a window");
        let mut camera = tool("import");
        self.lend(&mut camera);
        camera
            .args(["-window", &window, "-filter", "box", "-resize"])
            .arg(format!("{columns}x{rows}!"))
            .args(["-depth", "8", "rgb:-"]);
        let taken = camera.output().expect("import starts");
        assert_eq!(taken.stdout.len(), columns * rows * 3, "{taken:?}");
        taken.stdout
    }

    /// Puts the window that has the keyboard out of sight.
    #[track_caller]
    pub fn minimize(&self) {
        let done = self.xdotool(&["getactivewindow", "windowminimize"]);
        done.expect("it goes");
    }

    /// Whether the window called `title` has the keyboard.
    pub fn is_in_front(&self, title: &str) -> bool {
        let front = self.xdotool(&["getactivewindow", "getwindowname"]);
        front.is_ok_and(|front| front == title)
    }

    /// Waits for an answer of the window manager. False where it ended, or gives none.
    fn is_managed(&mut self) -> bool {
        let end = Instant::now() + MANAGES_WITHIN;
        while self.manager.runs() && Instant::now() < end {
            // Only a window manager knows of desktops.
            if self.xdotool(&["get_desktop"]).is_ok() {
                return self.manager.runs();
            }
            std::thread::sleep(LOOK);
        }
        false
    }

    /// Not with `--sync`, which waits for as long as it likes.
    fn try_to_focus(&self, title: &str) -> Result<(), String> {
        let found = self
            .xdotool(&["search", "--onlyvisible", "--name", title])
            .map_err(|why| format!("there is no such window to be seen ({why})"))?;
        let window = found.lines().next().unwrap_or_default();
        let mut why = format!("window {window} was found");
        // The window manager is asked first, then the X server itself.
        for (ask, holder) in [
            ("windowactivate", "getactivewindow"),
            ("windowfocus", "getwindowfocus"),
        ] {
            let asked = self.xdotool(&[ask, window]);
            let end = Instant::now() + FOCUSES_WITHIN;
            let mut has = self.xdotool(&[holder, "getwindowname"]);
            while !has.as_ref().is_ok_and(|name| name.contains(title)) {
                if Instant::now() > end {
                    why += &format!("; {ask}: {asked:?}, then {holder}: {has:?}");
                    break;
                }
                std::thread::sleep(LOOK);
                has = self.xdotool(&[holder, "getwindowname"]);
            }
            if has.is_ok_and(|name| name.contains(title)) {
                return Ok(());
            }
        }
        Err(why)
    }

    /// For who looks for what went wrong.
    fn state(&mut self) -> &'static str {
        match self.manager.runs() {
            true => "openbox runs",
            false => "openbox has ended",
        }
    }

    /// What xdotool prints, or what it complains of.
    fn xdotool(&self, arguments: &[&str]) -> Result<String, String> {
        let mut xdotool = tool("xdotool");
        xdotool
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        self.lend(&mut xdotool);
        let mut xdotool = KillOnDrop(xdotool.spawn().expect("xdotool starts"));
        let end = Instant::now() + XDOTOOL_WITHIN;
        // What it prints fits into a pipe.
        while xdotool.runs() {
            if Instant::now() > end {
                return Err(format!("xdotool did nothing for {XDOTOOL_WITHIN:?}"));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let status = xdotool.0.wait().expect("it has ended");
        match status.success() {
            true => Ok(all_of(xdotool.0.stdout.take())),
            false => Err(format!(
                "xdotool, {status}: {}",
                all_of(xdotool.0.stderr.take())
            )),
        }
    }
}

impl Drop for Screen {
    /// A test that fails shows what was on the screen.
    #[allow(clippy::print_stderr, reason = "says where the picture is")]
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        let picture = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screen-at-failure.png");
        let mut camera = Command::new("import");
        self.lend(&mut camera);
        let taken = camera.args(["-window", "root"]).arg(&picture).status();
        if taken.is_ok_and(|status| status.success()) {
            eprintln!("the screen at that moment: {}", picture.display());
        }
    }
}

fn window_manager(display: &str) -> KillOnDrop {
    let openbox = tool("openbox")
        // The one before may be slow, and still there.
        .arg("--replace")
        .env("DISPLAY", display)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    KillOnDrop(openbox.expect("openbox starts"))
}

fn all_of(pipe: Option<impl Read>) -> String {
    let mut text = String::new();
    let read = pipe.map(|mut pipe| pipe.read_to_string(&mut text));
    match read {
        Some(Ok(_)) => text.trim().to_owned(),
        _ => "what it says cannot be read".to_owned(),
    }
}
