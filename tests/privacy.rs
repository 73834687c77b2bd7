//! Privacy: no crate or code can use a network, a practice opens only local sockets, what is spoken is
//! found nowhere outside the data folder, other users cannot read it, and after erasing it is gone.
//! Linux only, because it needs strace, namespaces and loop devices.
#![allow(clippy::expect_used, reason = "a failed test panics")]
#![cfg(target_os = "linux")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use common::process::{Program, recognizer_pids, send_signal, tool};
use common::sound_server::{MIC, SoundServer};
use common::x_server::Screen;
use common::{
    STARLING, clip, clip_as_mic, documents, fast_rehearsal, run, starling, take_files, temp_folder,
    wait_until,
};
use starling::cli;

/// Spoken in each practice.
const RESULT_CLIP: &str = "strong_result_joe.flac";
/// Environment variable that makes a copy of this test program do something forbidden.
const VIOLATION: &str = "STARLING_TEST_VIOLATION";
/// How long a file system may take to discard freed blocks.
const DISCARDS_WITHIN: Duration = Duration::from_secs(30);

#[test]
fn no_networking_crate_is_a_dependency() {
    let deny = fs::read_to_string("deny.toml").expect("deny.toml");
    let lock = fs::read_to_string("Cargo.lock").expect("Cargo.lock");
    assert_eq!(banned(&deny, &lock), [""; 0], "banned crates");

    // A planted dependency is found.
    let planted = "
        [[package]]
        name = \"ureq\"
        version = \"3.0.0\"
        dependencies = [\"mio 1.2.5\"]
        [[package]]
        name = \"mio\"
        version = \"1.2.5\"
        [[package]]
        name = \"starling\"
        version = \"0.1.0\"
        dependencies = [\"ureq\"]
    ";
    assert_eq!(
        banned(&deny, planted),
        [
            "mio may not be used by ureq",
            "ureq may not be used by starling"
        ]
    );
}

#[test]
fn no_source_uses_the_network_or_starts_programs() {
    let mut found = Vec::new();
    for_each_file(Path::new("src"), &mut |path| {
        let source = fs::read_to_string(path).expect("a source file");
        for (index, line) in source.lines().enumerate() {
            if uses_network_or_starts_program(line) {
                found.push(format!("{}:{}: {line}", path.display(), index + 1));
            }
        }
    });
    // These run this program again: the recognizer, the window with software rendering, and the window that `doctor`
    // examines.
    let allowed = [
        "src/asr/recognizer/subprocess.rs",
        "src/cli/doctor/window.rs",
        "src/gui/native_window.rs",
    ];
    found.retain(|line| {
        let is_allowed = allowed.iter().any(|file| line.starts_with(file));
        !(is_allowed && line.contains("Command::new(program)"))
    });
    assert_eq!(found, [""; 0]);

    // Planted lines are found.
    for planted in [
        "use std::net::TcpStream;",
        "let s = net::UdpSocket::bind(a)?;",
        "use std::{fs, net};",
        "Command::new(\"curl\")",
    ] {
        assert!(uses_network_or_starts_program(planted), "{planted}");
    }
    assert!(!uses_network_or_starts_program(
        "let network = \"a net of our own\";"
    ));
    assert!(!uses_network_or_starts_program(
        "use std::os::unix::net::UnixStream;"
    ));
}

#[test]
fn practice_opens_no_internet_socket() {
    let folder = temp_folder();
    let trace = folder.path().join("trace");
    // First, strace must find the sockets of a program that opens some.
    let mut violator = traced(&trace, &this_program());
    violator.args(VIOLATION_ARGUMENTS).env(VIOLATION, "connect");
    let ran = violator.output().expect("strace starts");
    assert!(
        ran.status.success(),
        "strace may not trace here; in a container allow it (docker run --cap-add=SYS_PTRACE), \
         elsewhere look at kernel.yama.ptrace_scope: {}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let sockets = internet_sockets(&trace);
    assert!(sockets.len() >= 2, "strace found {sockets:?}");

    let data = folder.path().join("data");
    let mut command = traced(&trace, Path::new(STARLING));
    configure_rehearsal(&mut command, &data);
    transcribed_words(&command.output().expect("strace starts"));
    assert_eq!(internet_sockets(&trace), [""; 0], "internet sockets");
    assert!(wav_syncs(&trace) >= 1, "the audio was not synced to disk");
}

#[test]
fn window_opens_no_internet_socket() {
    let folder = temp_folder();
    let (data, trace) = (folder.path().join("data"), folder.path().join("trace"));
    let (sound, mut screen) = (SoundServer::start(), Screen::start());
    let mut command = traced(&trace, Path::new(STARLING));
    command
        .args(["open", "--mic", MIC, "--story", "webhook-drop"])
        .env("STARLING_DATA", &data);
    sound.set_environment(&mut command);
    screen.set_environment(&mut command);
    let mut program = Program::start(&mut command);
    screen.focus("Starling", &mut program);
    start_recording(&screen, &data);
    sound.play(&clip("weak_quiz_team_happy_joe.flac"));
    screen.press("space");
    wait_until("a transcript", Duration::from_secs(90), || {
        let ran = run(starling(&data).args(["history", "--json"]));
        let list = ran.succeeds().documents().remove(0);
        (list[0]["state"] == "transcribed").then_some(())
    });
    screen.press("alt+F4");
    let (status, _, stderr) = program.wait_for_exit();
    assert!(status.success(), "{status}: {stderr:?}");
    let calls = fs::read_to_string(&trace).expect("a trace");
    assert!(
        calls.contains("AF_UNIX"),
        "strace missed the connection to the display: {calls}"
    );
    assert_eq!(internet_sockets(&trace), [""; 0], "internet sockets");
    // The answer lasted more than five seconds, and audio is synced once a second.
    assert!(wav_syncs(&trace) >= 3, "{calls}");
}

/// Starts a practice and a take in the window. The window may not take keys yet, so both keys are pressed
/// until a take appears; pressing a key again has no effect.
fn start_recording(screen: &Screen, data: &Path) {
    wait_until("a take", Duration::from_secs(90), || {
        screen.press("Return");
        std::thread::sleep(Duration::from_secs(1));
        screen.press("space");
        let end = Instant::now() + Duration::from_secs(15);
        while take_files(data, "wav").is_empty() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(100));
        }
        take_files(data, "wav").pop()
    });
}

/// Runs a practice in an empty network namespace. Where none can be created, strace refuses every socket
/// instead, which is stricter.
#[test]
fn practice_works_without_a_network() {
    let folder = temp_folder();
    let data = folder.path().join("data");
    for options in [&["-r", "-n"][..], &["-n"]] {
        let Some(routes) = routes_in_namespace(options) else {
            continue;
        };
        assert_eq!(routes, [""; 0], "the namespace is not empty");
        let mut command = tool("unshare");
        command.args(options).arg(STARLING);
        configure_rehearsal(&mut command, &data);
        transcribed_words(&command.output().expect("unshare starts"));
        return;
    }
    note("no network namespace is allowed here: strace refuses every socket instead");
    let mut command = tool("strace");
    command
        .args(["-f", "-qq", "-e", "inject=socket:error=EAFNOSUPPORT", "-o"])
        .arg(folder.path().join("trace"))
        .arg(STARLING);
    configure_rehearsal(&mut command, &data);
    transcribed_words(&command.output().expect("strace starts"));
}

/// Routes and addresses in a new network namespace, without those of the loopback device; `None` if it
/// cannot be created. The kernel may add devices that are down, which have neither.
fn routes_in_namespace(options: &[&str]) -> Option<Vec<String>> {
    let list = "cat /proc/net/route /proc/net/if_inet6 2>/dev/null; true";
    let mut unshare = tool("unshare");
    unshare.args(options).args(["sh", "-c", list]);
    let output = unshare.output().expect("unshare starts");
    let routes = String::from_utf8_lossy(&output.stdout).into_owned();
    let routes = routes
        .lines()
        .filter(|line| !line.starts_with("Iface") && !line.ends_with(" lo"));
    let routes = routes.map(str::to_owned).collect();
    output.status.success().then_some(routes)
}

#[test]
fn spoken_words_stay_in_the_data_folder_which_only_the_owner_can_read() {
    let folder = temp_folder();
    // Everywhere else that the program could write to.
    let places = ["home", "temp", "run", "cache", "here"].map(|name| folder.path().join(name));
    let [home, temp, runtime, cache, working] = &places;
    for place in &places {
        fs::create_dir(place).expect("a folder");
    }
    let data = folder.path().join("data");
    let mut command = Command::new(STARLING);
    configure_rehearsal(&mut command, &data);
    command
        .current_dir(working)
        .env("HOME", home)
        .env("TMPDIR", temp)
        .env("XDG_RUNTIME_DIR", runtime)
        .env("XDG_CACHE_HOME", cache)
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("XDG_DATA_HOME")
        .env_remove("XDG_STATE_HOME");
    let output = command.output().expect("the program starts");
    let words = transcribed_words(&output);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");

    check_permissions(&data);
    check_privacy_notice(&data);
    let secrets = secrets(&data, &words);
    assert!(
        !files_containing(&data, &secrets).is_empty(),
        "the search does not find the words where they are"
    );
    for place in &places {
        assert_eq!(files_containing(place, &secrets), [""; 0]);
    }
}

fn check_permissions(data: &Path) {
    let (mut files, mut folders) = (0, 0);
    for_each_entry(data, &mut |path| {
        let mode = path.metadata().expect("metadata").permissions().mode() & 0o777;
        let (expected, count) = match path.is_dir() {
            true => (0o700, &mut folders),
            false => (0o600, &mut files),
        };
        *count += 1;
        assert_eq!(mode, expected, "{}: {mode:o}", path.display());
    });
    assert!(
        files >= 3 && folders >= 2,
        "{files} files, {folders} folders"
    );
}

/// `starling privacy` names the data folder and everything in it, and creates nothing.
fn check_privacy_notice(data: &Path) {
    let ran = run(starling(data).arg("privacy"));
    let notice = &ran.succeeds().out;
    assert!(notice.contains(&data.display().to_string()), "{notice}");
    for entry in fs::read_dir(data).expect("a folder") {
        let name = entry.expect("an entry").file_name();
        let name = name.to_str().expect("UTF-8").replace("journal.db-", "-");
        assert!(notice.contains(&name), "{name} is not in: {notice}");
    }
    let absent = data.with_file_name("absent");
    run(starling(&absent).arg("privacy")).succeeds();
    assert!(!absent.exists(), "`starling privacy` created a data folder");
}

#[test]
fn panic_message_has_the_location_but_not_the_text() {
    let mut violator = Command::new(this_program());
    violator
        .args(VIOLATION_ARGUMENTS)
        .env(VIOLATION, "panic")
        .env_remove("RUST_BACKTRACE");
    let ran = violator.output().expect("this program starts");
    let stderr = String::from_utf8_lossy(&ran.stderr).into_owned();
    let stdout = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(!ran.status.success(), "it did not panic");
    assert!(stderr.contains("panicked at tests/privacy.rs:"), "{stderr}");
    let output = stderr + &stdout;
    assert!(!output.contains("spoken secret"), "{output}");
}

/// A core dump would contain words. The program sets its limit to zero, whatever it was started with.
#[test]
fn crash_leaves_no_core_dump() {
    let folder = temp_folder();
    let unlimited = |command: &str| {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -c unlimited; exec {command}")]);
        shell.current_dir(folder.path());
        shell
    };
    // First, a crash of another program must leave a dump.
    let crashed = unlimited("sh -c 'kill -ABRT $$'").status().expect("sh");
    if !crashed.core_dumped() {
        note("this system makes no core dumps: only the limit was checked");
    }
    for_each_file(folder.path(), &mut |path| {
        fs::remove_file(path).expect("a core dump");
    });

    let data = folder.path().join("data");
    let mut command = unlimited(&format!("{STARLING} \"$@\""));
    command
        .arg("starling")
        .args(["rehearse", "--section", "result", "--json", "--mic"])
        .arg(clip_as_mic(RESULT_CLIP))
        .env("STARLING_DATA", &data);
    let mut program = Program::start(&mut command);
    program.wait_for("recording");
    let recognizers = recognizer_pids(program.pid());
    assert_eq!(recognizers.len(), 1, "recognizer processes");
    for pid in recognizers.into_iter().chain([program.pid()]) {
        let limits = fs::read_to_string(format!("/proc/{pid}/limits")).expect("limits");
        let mut limits = limits.lines();
        let limit = limits.find(|line| line.starts_with("Max core file"));
        let limit: Vec<&str> = limit.expect("a limit").split_whitespace().collect();
        // Linux writes dumps to a pipe even with a limit of 0, but not with 1.
        assert_eq!(limit[4..6], ["1", "1"], "{limit:?}");
        send_signal(pid, "ABRT");
    }
    let (status, ..) = program.wait_for_exit();
    assert_eq!(status.signal(), Some(6), "{status}");
    assert!(!status.core_dumped(), "a core dump was made");
    let entries = fs::read_dir(folder.path()).expect("a folder");
    let names: Vec<_> = entries
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(names, ["data"], "files after the crash");
}

/// Searches the disk itself for every word and stretch of audio. A disk keeps freed blocks until they are
/// discarded, as on flash disks (`discard`). SECURITY.md says that other disks may keep them.
#[test]
fn erased_takes_are_gone_from_the_disk() {
    let folder = temp_folder();
    let disk = Disk::mount(folder.path());
    let place = disk
        .as_ref()
        .map_or(folder.path(), |disk| &disk.mount_point);
    let data = place.join("data");
    let searched = disk.as_ref().map_or(data.as_path(), |disk| &disk.image);
    let mut command = Command::new(STARLING);
    configure_rehearsal(&mut command, &data);
    let words = transcribed_words(&command.output().expect("the program starts"));
    let secrets = secrets(&data, &words);
    sync(disk.as_ref());
    let mut found = BTreeSet::new();
    for_each_file(searched, &mut |path| {
        found.extend(secrets_in(path, &secrets))
    });
    for secret in &secrets {
        assert!(
            found.contains(secret),
            "\"{}\" was not on the disk before",
            String::from_utf8_lossy(secret)
        );
    }
    run(starling(&data).args(["erase", "--all", "--yes"])).succeeds();
    wait_until_gone(searched, &secrets, disk.as_ref());
    assert_eq!(files_containing(searched, &secrets), [""; 0]);
    if disk.is_none() {
        note("no disk can be mounted here (that takes root): only the data folder was searched");
    }
}

/// Not a test: a copy of this program runs it to do what the tests above must detect.
#[test]
fn violation() {
    match std::env::var(VIOLATION).as_deref() {
        Ok("connect") => {
            for address in ["127.0.0.1:9", "[::1]:9"] {
                // strace shows the attempt, also without IPv6.
                let _ = std::net::TcpStream::connect(address);
            }
        }
        Ok("panic") => {
            cli::install_panic_hook();
            panic!("a spoken secret");
        }
        _ => {}
    }
}

/// Arguments with which this program runs only [`violation`].
const VIOLATION_ARGUMENTS: [&str; 3] = ["--exact", "violation", "--nocapture"];

fn this_program() -> PathBuf {
    std::env::current_exe().expect("the path of this program")
}

/// Writes to stderr, past the test harness, which hides the output of passed tests.
fn note(message: &str) {
    let _ = writeln!(std::io::stderr(), "tests/privacy.rs: {message}");
}

/// Makes a command rehearse a result as fast as possible.
fn configure_rehearsal(command: &mut Command, data: &Path) {
    command
        .args(fast_rehearsal("result", RESULT_CLIP))
        .env("STARLING_DATA", data)
        .env_remove("RUST_BACKTRACE");
}

/// The words in the feedback of a rehearsal.
#[track_caller]
fn transcribed_words(output: &Output) -> Vec<String> {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let events = documents(&String::from_utf8_lossy(&output.stdout));
    let feedback = events.iter().find(|event| event["event"] == "feedback");
    let words = &feedback.expect("feedback")["report"]["transcript"]["words"];
    let words = words.as_array().into_iter().flatten();
    let words: Vec<String> = words
        .filter_map(|word| Some(word["text"].as_str()?.to_owned()))
        .collect();
    assert!(words.len() > 33, "{words:?}");
    words
}

/// What a search must not find: the longer words, and 32 bytes of audio from each tenth of a second that
/// is loud enough to be unique.
fn secrets(data: &Path, words: &[String]) -> Vec<Vec<u8>> {
    let mut secrets: Vec<Vec<u8>> = words
        .iter()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| word.len() >= 8)
        .map(|word| word.as_bytes().to_vec())
        .collect();
    assert!(secrets.len() >= 3, "too few long words: {words:?}");
    let wav = take_files(data, "wav").pop().expect("a take");
    let audio = fs::read(wav).expect("audio");
    let samples = audio.chunks(3_200).filter_map(|tenth| tenth.get(..32));
    let samples: Vec<&[u8]> = samples
        .filter(|bytes| bytes.iter().collect::<BTreeSet<_>>().len() >= 24)
        .collect();
    assert!(samples.len() > 30, "{} loud stretches", samples.len());
    secrets.extend(samples.into_iter().map(<[u8]>::to_vec));
    secrets
}

/// The files at or below `place` that contain a secret.
fn files_containing(place: &Path, secrets: &[Vec<u8>]) -> Vec<String> {
    let mut found = Vec::new();
    for_each_file(place, &mut |path| {
        if !secrets_in(path, secrets).is_empty() {
            found.push(path.display().to_string());
        }
    });
    found
}

/// The secrets that a file contains. Passes over the file once, because a disk image is large.
fn secrets_in(path: &Path, secrets: &[Vec<u8>]) -> BTreeSet<Vec<u8>> {
    let bytes = fs::read(path).expect("a file");
    let mut by_first_byte: [Vec<&Vec<u8>>; 256] = [const { Vec::new() }; 256];
    for secret in secrets {
        by_first_byte[usize::from(secret[0])].push(secret);
    }
    let mut found = BTreeSet::new();
    for (at, byte) in bytes.iter().enumerate() {
        for secret in &by_first_byte[usize::from(*byte)] {
            if bytes[at..].starts_with(secret) {
                found.insert(secret.to_vec());
            }
        }
    }
    found
}

fn for_each_file(place: &Path, action: &mut dyn FnMut(&Path)) {
    for_each_entry(place, &mut |path| {
        if path.is_file() {
            action(path);
        }
    });
}

/// Calls `action` for `place` and everything below it.
fn for_each_entry(place: &Path, action: &mut dyn FnMut(&Path)) {
    action(place);
    if place.is_dir() {
        for entry in fs::read_dir(place).expect("a folder") {
            for_each_entry(&entry.expect("an entry").path(), action);
        }
    }
}

/// Runs a program under strace, which writes the network calls and file syncs of all threads to `trace`.
fn traced(trace: &Path, program: &Path) -> Command {
    let mut command = tool("strace");
    command
        .args(["-f", "--seccomp-bpf", "-qq", "-y"])
        .args(["-e", "trace=%network,fdatasync", "-o"])
        .arg(trace)
        .arg(program);
    command
}

/// How often the audio of a take was synced to disk.
fn wav_syncs(trace: &Path) -> usize {
    let calls = fs::read_to_string(trace).expect("a trace");
    let is_sync = |line: &&str| line.contains("fdatasync(") && line.contains(".wav>");
    calls.lines().filter(is_sync).count()
}

/// The lines of a trace that ask for a socket other than a local one.
fn internet_sockets(trace: &Path) -> Vec<String> {
    let calls = fs::read_to_string(trace).expect("a trace");
    let is_other_socket =
        |line: &&str| line.contains("socket(") && !line.contains("socket(AF_UNIX");
    let names_internet = |line: &&str| line.contains("AF_INET");
    calls
        .lines()
        .filter(|line| is_other_socket(line) || names_internet(line))
        .map(str::to_owned)
        .collect()
}

/// The crates of a lock file that a configuration of cargo-deny bans, each with a user that is not among
/// its `wrappers`.
fn banned(deny: &str, lock: &str) -> Vec<String> {
    let deny: toml::Value = toml::from_str(deny).expect("TOML");
    let lock: toml::Value = toml::from_str(lock).expect("TOML");
    let packages = lock["package"].as_array().expect("packages");
    let name = |package: &toml::Value| package["name"].as_str().expect("a name").to_owned();
    let users = |of: &str| -> Vec<String> {
        let uses = |package: &&toml::Value| {
            let names = package.get("dependencies").and_then(|d| d.as_array());
            let mut names = names.into_iter().flatten().filter_map(|d| d.as_str());
            names.any(|name| name.split(' ').next() == Some(of))
        };
        packages.iter().filter(uses).map(name).collect()
    };
    let mut found = Vec::new();
    for entry in deny["bans"]["deny"].as_array().expect("a list") {
        let crate_ = entry["crate"].as_str().expect("a name");
        if !packages.iter().any(|package| name(package) == crate_) {
            continue;
        }
        let wrappers = entry.get("wrappers").and_then(|w| w.as_array());
        let wrappers: Vec<&str> = wrappers
            .into_iter()
            .flatten()
            .filter_map(|wrapper| wrapper.as_str())
            .collect();
        let users = users(crate_).into_iter();
        found.extend(
            users
                .filter(|user| !wrappers.contains(&user.as_str()))
                .map(|user| format!("{crate_} may not be used by {user}")),
        );
    }
    found.sort();
    found
}

/// Whether a source line could use the network or start a program that does.
fn uses_network_or_starts_program(line: &str) -> bool {
    let names = [
        "net",
        "TcpStream",
        "TcpListener",
        "UdpSocket",
        "ToSocketAddrs",
        "SocketAddr",
        "IpAddr",
    ];
    // These sockets lead only to other local processes.
    let line = &line.replace("std::os::unix::net::", "");
    let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
    let code = line.split("//").next().unwrap_or_default();
    let path = |name: &str| {
        let wrapped = [
            format!("::{name}"),
            format!("{name}::"),
            format!("{{{name}"),
            format!(", {name}"),
        ];
        wrapped.iter().any(|text| code.contains(text.as_str()))
    };
    words.any(|word| names.contains(&word) && path(word)) || code.contains("Command::new(")
}

/// A mounted disk image, unmounted when dropped.
struct Disk {
    image: PathBuf,
    mount_point: PathBuf,
}

impl Disk {
    /// `None` if mounting is not allowed, or if the image keeps what the disk discards.
    fn mount(folder: &Path) -> Option<Self> {
        if fs::metadata("/proc/self").expect("procfs").uid() != 0 {
            return None;
        }
        let (image, mount_point) = (folder.join("image"), folder.join("disk"));
        let file = fs::File::create(&image).expect("an image file");
        file.set_len(64 << 20).expect("a sparse file");
        fs::create_dir(&mount_point).expect("a folder");
        let succeeds = |program: &str, arguments: &[&Path]| {
            let ran = tool(program).args(arguments).output();
            ran.is_ok_and(|ran| ran.status.success())
        };
        let is_formatted = succeeds("mkfs.ext4", &[Path::new("-q"), &image]);
        assert!(is_formatted, "mkfs.ext4 cannot format a file");
        let options = [
            Path::new("-o"),
            Path::new("loop,discard"),
            &image,
            &mount_point,
        ];
        if !succeeds("mount", &options) {
            return None;
        }
        let disk = Self { image, mount_point };
        let (file, secret) = (disk.mount_point.join("file"), [b"remember".to_vec()]);
        fs::write(&file, secret[0].repeat(2_000)).expect("a file");
        sync(Some(&disk));
        assert!(
            !files_containing(&disk.image, &secret).is_empty(),
            "the image does not contain what was written to the disk"
        );
        fs::remove_file(&file).expect("the file");
        wait_until_gone(&disk.image, &secret, Some(&disk)).then_some(disk)
    }
}

/// Waits until no file contains a secret, because a file system discards freed blocks some time later.
/// Returns false if some are left.
fn wait_until_gone(place: &Path, secrets: &[Vec<u8>], disk: Option<&Disk>) -> bool {
    let end = Instant::now() + DISCARDS_WITHIN;
    loop {
        sync(disk);
        let is_gone = files_containing(place, secrets).is_empty();
        if is_gone || disk.is_none() || Instant::now() > end {
            return is_gone;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Waits until everything is written to the disk.
fn sync(disk: Option<&Disk>) {
    let Some(disk) = disk else { return };
    let status = tool("sync").arg("-f").arg(&disk.mount_point).status();
    assert!(status.expect("sync starts").success(), "sync failed");
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = tool("umount").arg(&self.mount_point).status();
    }
}
