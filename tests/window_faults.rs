//! The window where its host fails it: an X server that ends, a window destroyed by others, signals, OpenGL and
//! libraries that are missing, fonts. Every fault is real.
//! Linux only: the tests use an X server and mount namespaces.
#![allow(clippy::expect_used, reason = "a failed test panics")]
#![cfg(target_os = "linux")]

#[path = "common/mod.rs"]
mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use common::process::{Program, send_signal, tool};
use common::scheduling::serial_lock;
use common::x_server::Screen;
use common::{STARLING, clip_as_mic, run, starling, take_files, temp_folder, wait_until};
use serde_json::Value;

/// No single step takes longer, even on a slow machine.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Bytes of one second of a take: 16 kHz, 16 bits, mono.
const BYTES_PER_SECOND: u64 = 32_000;

/// The window on a screen, with a clip as its microphone.
fn open_window(screen: &mut Screen, data: &Path) -> Program {
    let mut command = Command::new(STARLING);
    command
        .args(["open", "--mic", &clip_as_mic("strong_situation_joe.flac")])
        .env("STARLING_DATA", data)
        .env("PULSE_SERVER", "unix:/nonexistent")
        .env_remove("RUST_BACKTRACE");
    screen.set_environment(&mut command);
    let mut program = Program::start(&mut command);
    screen.focus("Starling", &mut program);
    program
}

/// Starts a take, and returns when three seconds of it are on the disk.
fn record(screen: &Screen, program: &mut Program, data: &Path) {
    wait_until("a take of three seconds", TIMEOUT, || {
        assert!(program.is_running(), "the program ended");
        let wav = take_files(data, "wav").pop();
        if wav.is_none() {
            // Enter opens the section, space starts the take, which then counts in for three seconds.
            screen.press("Return");
            std::thread::sleep(Duration::from_millis(700));
            screen.press("space");
            std::thread::sleep(Duration::from_millis(4500));
        }
        let bytes = wav
            .and_then(|wav| fs::metadata(wav).ok())
            .map_or(0, |meta| meta.len());
        (bytes > 3 * BYTES_PER_SECOND).then_some(())
    });
}

/// Waits for the end of the program. Its stderr has this sentence and nothing about its insides.
#[track_caller]
fn ends_with(program: Program, code: i32, sentence: Option<&str>) {
    let (status, _, errors) = program.wait_for_exit();
    let text = errors.join("\n");
    assert_eq!(status.code(), Some(code), "{status}: {text}");
    for jargon in ["panicked", "backtrace", "glutin", "ConfigTemplate", ".rs:"] {
        assert!(!text.contains(jargon), "{text}");
    }
    let ours = errors.iter().filter(|line| line.starts_with("starling: "));
    assert_eq!(ours.count(), usize::from(sentence.is_some()), "{text}");
    assert!(
        sentence.is_none_or(|sentence| text.contains(sentence)),
        "{text}"
    );
}

/// The only take, as the history lists it. Its recording has at least three seconds.
#[track_caller]
fn only_take(data: &Path) -> Value {
    let listed = run(starling(data).args(["history", "--json"]));
    let takes = listed.succeeds().documents().pop().expect("a list");
    assert_eq!(takes.as_array().map(Vec::len), Some(1), "{takes:#}");
    let seconds = takes[0]["seconds"].as_f64();
    assert!(seconds.is_some_and(|seconds| seconds > 3.0), "{takes:#}");
    takes[0].clone()
}

#[test]
fn ended_x_server_ends_the_window_with_a_sentence() {
    let _serial = serial_lock();
    let data = temp_folder();
    let mut screen = Screen::start();
    let program = open_window(&mut screen, data.path());
    drop(screen);
    ends_with(program, 1, Some("the display ended or closed it"));
}

#[test]
fn ended_x_server_keeps_the_take_being_recorded() {
    let _serial = serial_lock();
    let data = temp_folder();
    let mut screen = Screen::start();
    let mut program = open_window(&mut screen, data.path());
    record(&screen, &mut program, data.path());
    drop(screen);
    ends_with(program, 1, Some("A take that was being recorded is kept"));
    only_take(data.path());
}

#[test]
fn window_destroyed_by_another_program_keeps_the_take() {
    let _serial = serial_lock();
    let data = temp_folder();
    let mut screen = Screen::start();
    let mut program = open_window(&mut screen, data.path());
    record(&screen, &mut program, data.path());
    screen.destroy_window("Starling");
    ends_with(program, 1, Some("A take that was being recorded is kept"));
    only_take(data.path());
}

#[test]
fn signals_close_the_window_and_complete_the_take() {
    let _serial = serial_lock();
    for signal in ["TERM", "HUP", "INT"] {
        let data = temp_folder();
        let mut screen = Screen::start();
        let mut program = open_window(&mut screen, data.path());
        record(&screen, &mut program, data.path());
        send_signal(program.pid(), signal);
        ends_with(program, 0, None);
        let take = only_take(data.path());
        assert_ne!(take["state"], "interrupted", "{signal}: {take:#}");
    }
}

/// A window started with `nohup` outlives its terminal.
#[test]
fn window_that_ignores_hangups_stays_open() {
    let _serial = serial_lock();
    let data = temp_folder();
    let mut screen = Screen::start();
    let mut command = Command::new("sh");
    command
        .args([
            "-c",
            "trap '' HUP; exec \"$0\" open --model no-such",
            STARLING,
        ])
        .env("STARLING_DATA", data.path())
        .env("PULSE_SERVER", "unix:/nonexistent");
    screen.set_environment(&mut command);
    let mut program = Program::start(&mut command);
    screen.focus("Starling", &mut program);
    send_signal(program.pid(), "HUP");
    std::thread::sleep(Duration::from_secs(2));
    assert!(program.is_running());
    screen.focus("Starling", &mut program);
}

/// Runs the program on a screen until it ends, at most ten seconds.
fn try_to_open(screen: &Screen, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let data = temp_folder();
    let mut command = tool("timeout");
    command
        .arg("10")
        .args(arguments)
        .env("STARLING_DATA", data.path())
        .env_remove("RUST_BACKTRACE");
    screen.set_environment(&mut command);
    command.env_remove("LIBGL_ALWAYS_SOFTWARE");
    command.envs(variables.iter().copied());
    command.output().expect("timeout starts")
}

#[test]
fn missing_opengl_is_one_sentence_after_an_attempt_in_software() {
    let _serial = serial_lock();
    let screen = Screen::start();
    for variables in [
        &[
            ("LIBGL_DRIVERS_PATH", "/nonexistent"),
            ("GBM_BACKENDS_PATH", "/nonexistent"),
        ][..],
        &[
            ("MESA_GL_VERSION_OVERRIDE", "1.3"),
            ("MESA_GLES_VERSION_OVERRIDE", "1.0"),
        ],
    ] {
        let output = try_to_open(&screen, &[STARLING, "open"], variables);
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{text}");
        let ours: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with("starling: "))
            .collect();
        let [software, sentence] = ours[..] else {
            panic!("{text}");
        };
        assert!(software.ends_with("trying software rendering"), "{text}");
        assert!(sentence.contains("Install Mesa"), "{text}");
        assert!(
            !text.contains("glutin") && !text.contains("Template"),
            "{text}"
        );
    }
}

/// Each library is hidden from the program in a mount namespace.
#[test]
#[allow(clippy::print_stderr, reason = "says that it was skipped")]
fn missing_library_of_the_window_is_named() {
    let _serial = serial_lock();
    let screen = Screen::start();
    for hidden in [
        "libxkbcommon-x11.so.0",
        "libX11-xcb.so.1",
        "libXcursor.so.1",
        "libXi.so.6",
    ] {
        let hide = format!(
            "find /usr/lib /lib -name '{hidden}*' -print0 | xargs -0 -n 1 mount --bind /dev/null && exec {STARLING}"
        );
        let probe = tool("unshare").args(["-m", "true"]).output();
        if !probe.is_ok_and(|probe| probe.status.success()) {
            eprintln!("missing_library_of_the_window_is_named was skipped: it needs root");
            return;
        }
        let output = try_to_open(&screen, &["unshare", "-m", "sh", "-c", &hide], &[]);
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{text}");
        let expected = format!("starling: cannot open the window: {hidden} is missing. Install it");
        assert!(text.starts_with(&expected), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
    }
}

/// The checks of `doctor` by name: whether each passed, was skipped, and its message.
fn doctor(command: &mut Command) -> (i32, Vec<Value>) {
    let output = command.output().expect("the program starts");
    let checks: Vec<Value> = serde_json::from_slice(&output.stdout).expect("a list of checks");
    (output.status.code().expect("an exit code"), checks)
}

fn check<'a>(checks: &'a [Value], name: &str) -> &'a Value {
    let found = checks.iter().find(|check| check["check"] == name);
    found.unwrap_or_else(|| panic!("no check {name} in {checks:#?}"))
}

#[test]
fn doctor_examines_screen_opengl_and_fonts() {
    let _serial = serial_lock();
    let data = temp_folder();
    let stories = data.path().join("stories");
    fs::create_dir_all(&stories).expect("space");
    let story = fs::read_to_string("content/wrong-call.toml").expect("a story");
    // Tibetan, which few fonts have.
    let foreign = story
        .replacen("id = \"wrong-call\"", "id = \"foreign\"", 1)
        .replacen("title = \"", "title = \"\u{0f40}\u{0f41} ", 1);
    fs::write(stories.join("foreign.toml"), foreign).expect("space");
    let screen = Screen::start();
    let mut command = starling(data.path());
    command.args(["doctor", "--json"]).timeout(TIMEOUT);
    let mut std_command = Command::new(STARLING);
    std_command.args(["doctor", "--json"]);
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => std_command.env(name, value),
            None => std_command.env_remove(name),
        };
    }
    screen.set_environment(&mut std_command);
    let (code, checks) = doctor(&mut std_command);
    assert_eq!(code, 1, "{checks:#?}");
    assert_eq!(
        check(&checks, "screen")["says"],
        "1280 x 800 points, scale 1"
    );
    let opengl = check(&checks, "opengl");
    assert_eq!(opengl["ok"], true, "{opengl}");
    // Whatever fonts there are, fontconfig knows them, too.
    let fonts = check(&checks, "fonts");
    let text = fonts["says"].as_str().expect("a sentence");
    let (is_ok, is_named) = (
        fonts["ok"] == true,
        text.contains("Tibetan characters in your texts"),
    );
    assert!(is_ok != is_named, "{fonts}");
    let has_tibetan = tool("fc-list").arg(":charset=f40").output();
    if let Ok(list) = has_tibetan {
        assert_eq!(is_ok, !list.stdout.is_empty(), "{fonts}");
    }

    std_command
        .env("LIBGL_DRIVERS_PATH", "/nonexistent")
        .env("GBM_BACKENDS_PATH", "/nonexistent");
    let started = Instant::now();
    let (code, checks) = doctor(&mut std_command);
    assert!(started.elapsed() < TIMEOUT);
    assert_eq!(code, 1);
    let opengl = check(&checks, "opengl");
    assert_eq!(opengl["ok"], false, "{opengl}");
    assert_eq!(check(&checks, "screen")["skipped"], true);
}
