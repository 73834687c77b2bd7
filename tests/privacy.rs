//! Privacy, shown and not claimed: nothing that could send is built in, a practice opens no socket but
//! this machine's own, nothing spoken is found outside the data folder or open to others, and nothing
//! at all once it is erased. Linux only, as strace, namespaces and loop devices are Linux's.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]
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
use common::{STARLING, clip, documents, run, starling, take_files, wait_until};
use starling::cli;

/// What is spoken in each practice.
const SPOKEN: &str = "strong_result_joe.flac";
/// Set for a copy of this test program that does what is forbidden.
const CULPRIT: &str = "STARLING_TEST_CULPRIT";

#[test]
fn no_crate_that_could_send_is_built_in() {
    let deny = fs::read_to_string("deny.toml").expect("deny.toml");
    let lock = fs::read_to_string("Cargo.lock").expect("Cargo.lock");
    assert_eq!(banned(&deny, &lock), [""; 0]);

    // The reader sees what it should.
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
fn our_own_code_names_no_network() {
    let mut found = Vec::new();
    each_file(Path::new("src"), &mut |path| {
        let source = fs::read_to_string(path).expect("a source");
        for (index, line) in source.lines().enumerate() {
            if reaches_out(line) {
                found.push(format!("{}:{}: {line}", path.display(), index + 1));
            }
        }
    });
    // The recognizer process runs this program again.
    let own = "src/asr/recognizer/subprocess.rs";
    found.retain(|line| !(line.starts_with(own) && line.ends_with("Command::new(program);")));
    assert_eq!(found, [""; 0]);
    for planted in [
        "use std::net::TcpStream;",
        "let s = net::UdpSocket::bind(a)?;",
        "use std::{fs, net};",
        "Command::new(\"curl\")",
    ] {
        assert!(reaches_out(planted), "{planted}");
    }
    assert!(!reaches_out("let network = \"a net of our own\";"));
    assert!(!reaches_out("use std::os::unix::net::UnixStream;"));
}

#[test]
fn a_practice_opens_no_internet_socket() {
    let folder = tempfile::tempdir().expect("a folder");
    let trace = folder.path().join("trace");
    // Without the traced program's own socket this would prove nothing.
    let mut culprit = traced(&trace, &me());
    culprit.args(culprit_arguments()).env(CULPRIT, "send");
    let ran = culprit.output().expect("strace starts");
    assert!(
        ran.status.success(),
        "strace may not trace here; in a container allow it (docker run --cap-add=SYS_PTRACE), \
         elsewhere look at kernel.yama.ptrace_scope: {}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let sockets = internet_sockets(&trace);
    assert!(sockets.len() >= 2, "strace saw {sockets:?}");

    let data = folder.path().join("data");
    let mut command = traced(&trace, Path::new(STARLING));
    practise(&mut command, &data);
    heard(&command.output().expect("strace starts"));
    assert_eq!(internet_sockets(&trace), [""; 0]);
    // Nor is the sound left to the system's memory, where it would go with the power.
    assert!(put_on_the_disk(&trace) >= 1);
}

/// The same in the window, with a microphone, on a screen.
#[test]
fn the_window_opens_no_internet_socket() {
    let folder = tempfile::tempdir().expect("a folder");
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
    // Keys may come before the window takes any; the second of each is without effect.
    wait_until("a take", Duration::from_secs(90), || {
        screen.press("Return");
        std::thread::sleep(Duration::from_secs(1));
        screen.press("space");
        let end = Instant::now() + Duration::from_secs(15);
        while take_files(&data, "wav").is_empty() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(100));
        }
        take_files(&data, "wav").pop()
    });
    sound.play(&clip("weak_quiz_team_happy_joe.flac"));
    screen.press("space");
    wait_until("the words of a take", Duration::from_secs(90), || {
        let listed = run(starling(&data).args(["history", "--json"]));
        let listed = listed.succeeds().documents().remove(0);
        (listed[0]["state"] == "transcribed").then_some(())
    });
    screen.press("alt+F4");
    let (status, _, complaints) = program.wait_for_exit();
    assert!(status.success(), "{complaints:?}");
    let told = fs::read_to_string(&trace).expect("a trace");
    assert!(told.contains("AF_UNIX"), "no screen was spoken to: {told}");
    assert_eq!(internet_sockets(&trace), [""; 0]);
    // Somebody spoke for more than five seconds.
    assert!(put_on_the_disk(&trace) >= 3, "{told}");
}

/// Where the system gives no namespace, every socket is refused instead, which asks for more.
#[test]
fn a_practice_needs_no_network() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    for with in [&["-r", "-n"][..], &["-n"]] {
        let mut look = tool("unshare");
        // No card leads out of it: none has a route or an address. (The kernel may put some there that are off.)
        let ways = "cat /proc/net/route /proc/net/if_inet6 2>/dev/null; true";
        look.args(with).args(["sh", "-c", ways]);
        let look = look.output().expect("unshare starts");
        if look.status.success() {
            let ways = String::from_utf8_lossy(&look.stdout).into_owned();
            let ways: Vec<&str> = ways
                .lines()
                .filter(|way| !way.starts_with("Iface") && !way.ends_with(" lo"))
                .collect();
            assert_eq!(ways, [""; 0], "the namespace is not empty");
            let mut command = tool("unshare");
            command.args(with).arg(STARLING);
            practise(&mut command, &data);
            heard(&command.output().expect("unshare starts"));
            return;
        }
    }
    aloud("no network namespace is allowed here: every socket is refused by strace instead");
    let mut command = tool("strace");
    command
        .args(["-f", "-qq", "-e", "inject=socket:error=EAFNOSUPPORT", "-o"])
        .arg(folder.path().join("trace"))
        .arg(STARLING);
    practise(&mut command, &data);
    heard(&command.output().expect("strace starts"));
}

/// Nobody else may read what is kept, and nothing of it is anywhere else.
#[test]
fn what_is_spoken_stays_in_the_data_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    // Where it may leave things: each is searched.
    let places = ["home", "temp", "run", "cache", "here"].map(|name| folder.path().join(name));
    let [home, temp, runs, cache, here] = &places;
    for place in &places {
        fs::create_dir(place).expect("room");
    }
    let data = folder.path().join("data");
    let mut command = Command::new(STARLING);
    practise(&mut command, &data);
    command
        .current_dir(here)
        .env("HOME", home)
        .env("TMPDIR", temp)
        .env("XDG_RUNTIME_DIR", runs)
        .env("XDG_CACHE_HOME", cache)
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("XDG_DATA_HOME")
        .env_remove("XDG_STATE_HOME");
    let output = command.output().expect("it starts");
    let words = heard(&output);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");

    let (mut files, mut folders) = (0, 0);
    each(&data, &mut |path| {
        let mode = path.metadata().expect("there").permissions().mode() & 0o777;
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

    // The page that says what is kept names all of it.
    let page = run(starling(&data).arg("privacy"));
    let page = &page.succeeds().out;
    assert!(page.contains(&data.display().to_string()), "{page}");
    for entry in fs::read_dir(&data).expect("a folder") {
        let name = entry.expect("an entry").file_name();
        let name = name.to_str().expect("UTF-8").replace("journal.db-", "-");
        assert!(page.contains(&name), "{name} is not in: {page}");
    }
    let nowhere = folder.path().join("nowhere");
    run(starling(&nowhere).arg("privacy")).succeeds();
    assert!(!nowhere.exists());

    let secrets = secrets(&data, &words);
    assert!(!holding(&data, &secrets).is_empty());
    for place in &places {
        assert_eq!(holding(place, &secrets), [""; 0]);
    }
}

#[test]
fn a_panic_says_where_and_not_what() {
    let mut culprit = Command::new(me());
    culprit
        .args(culprit_arguments())
        .env(CULPRIT, "panic")
        .env_remove("RUST_BACKTRACE");
    let ran = culprit.output().expect("it starts");
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    let told = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(!ran.status.success());
    assert!(said.contains("panicked at tests/privacy.rs:"), "{said}");
    assert!(!(said + &told).contains("confession"));
}

/// A dump of its memory would hold words. None is made, whatever the limits it was started with.
#[test]
fn a_program_that_crashes_leaves_no_dump() {
    let folder = tempfile::tempdir().expect("a folder");
    let unlimited = |command: &str| {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -c unlimited; exec {command}")]);
        shell.current_dir(folder.path());
        shell
    };
    // That the system makes any is to be seen first.
    let crashed = unlimited("sh -c 'kill -ABRT $$'").status().expect("sh");
    if !crashed.core_dumped() {
        aloud(
            "this system makes no core dumps: that Starling makes none was seen by its limit only",
        );
    }
    each_file(folder.path(), &mut |path| {
        fs::remove_file(path).expect("a dump");
    });

    let mut command = unlimited(&format!("{STARLING} \"$@\""));
    command.arg("starling");
    let data = folder.path().join("data");
    let mic = format!("wav:{}", clip(SPOKEN).display());
    command
        .args(["rehearse", "--section", "result", "--json", "--mic", &mic])
        .env("STARLING_DATA", &data);
    let mut program = Program::start(&mut command);
    program.wait_for("recording");
    let recogniser = recognizer_pids(program.pid());
    assert_eq!(recogniser.len(), 1);
    for pid in recogniser.into_iter().chain([program.pid()]) {
        let limits = fs::read_to_string(format!("/proc/{pid}/limits")).expect("Linux");
        let mut limits = limits.lines();
        let limit = limits.find(|line| line.starts_with("Max core file"));
        let limit: Vec<&str> = limit.expect("a limit").split_whitespace().collect();
        assert_eq!(limit[4..6], ["1", "1"], "{limit:?}");
        send_signal(pid, "ABRT");
    }
    let (status, ..) = program.wait_for_exit();
    assert_eq!(status.signal(), Some(6), "{status}");
    assert!(!status.core_dumped());
    let left = fs::read_dir(folder.path()).expect("a folder");
    let left: Vec<_> = left
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(left, ["data"]);
}

/// Every word and every stretch of sound is searched for on the disk itself. A disk keeps what is freed
/// until it is told to forget it, as flash disks are (`discard`); what is left without that is not ours
/// to reach, and SECURITY.md says so.
#[test]
fn erased_is_gone_from_the_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = Disk::mount(folder.path());
    let place = disk.as_ref().map_or(folder.path(), |disk| &disk.place);
    let data = place.join("data");
    let searched = disk.as_ref().map_or(data.as_path(), |disk| &disk.image);
    let mut command = Command::new(STARLING);
    practise(&mut command, &data);
    let words = heard(&command.output().expect("it starts"));
    let secrets = secrets(&data, &words);
    settle(disk.as_ref());
    let mut there = BTreeSet::new();
    each_file(searched, &mut |path| there.extend(held(path, &secrets)));
    for secret in &secrets {
        assert!(
            there.contains(secret),
            "{} was never there",
            String::from_utf8_lossy(secret)
        );
    }
    run(starling(&data).args(["erase", "--all", "--yes"])).succeeds();
    forgets(searched, &secrets, disk.as_ref());
    assert_eq!(holding(searched, &secrets), [""; 0]);
    if disk.is_none() {
        aloud("no disk can be mounted here (that takes root): only the data folder was searched");
    }
}

/// Not a test of its own: what the tests above must be able to see, done by a copy of this program.
#[test]
fn culprit() {
    match std::env::var(CULPRIT).as_deref() {
        Ok("send") => {
            for address in ["127.0.0.1:9", "[::1]:9"] {
                // Where there is no IPv6, asking for it is seen all the same.
                let _ = std::net::TcpStream::connect(address);
            }
        }
        Ok("panic") => {
            cli::install_panic_hook();
            panic!("a confession");
        }
        _ => {}
    }
}

fn me() -> PathBuf {
    std::env::current_exe().expect("this program")
}

fn culprit_arguments() -> [&'static str; 3] {
    ["--exact", "culprit", "--nocapture"]
}

/// Past the test harness, which shows nothing of a test that passes.
fn aloud(what: &str) {
    let _ = writeln!(std::io::stderr(), "tests/privacy.rs: {what}");
}

/// A result that is spoken by a file, as fast as it goes.
fn practise(command: &mut Command, data: &Path) {
    command
        .args([
            "rehearse",
            "--section",
            "result",
            "--fast",
            "--json",
            "--mic",
        ])
        .arg(format!("wav:{}", clip(SPOKEN).display()))
        .env("STARLING_DATA", data)
        .env_remove("RUST_BACKTRACE");
}

/// The words that a practice heard.
#[track_caller]
fn heard(output: &Output) -> Vec<String> {
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaints}");
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

/// What must not be found: the longer words, and 32 bytes of sound from every tenth of a second that is
/// loud enough to be like no other.
fn secrets(data: &Path, words: &[String]) -> Vec<Vec<u8>> {
    let mut secrets: Vec<Vec<u8>> = words
        .iter()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| word.len() >= 8)
        .map(|word| word.as_bytes().to_vec())
        .collect();
    assert!(secrets.len() >= 3, "{words:?}");
    let wav = take_files(data, "wav").pop().expect("a take");
    let sound = fs::read(wav).expect("its sound");
    let runs = sound.chunks(3_200).filter_map(|tenth| tenth.get(..32));
    let runs: Vec<&[u8]> = runs
        .filter(|run| run.iter().collect::<BTreeSet<_>>().len() >= 24)
        .collect();
    assert!(runs.len() > 30, "{} stretches of sound", runs.len());
    secrets.extend(runs.into_iter().map(<[u8]>::to_vec));
    secrets
}

/// The files at or under `place` that hold any of them.
fn holding(place: &Path, secrets: &[Vec<u8>]) -> Vec<String> {
    let mut found = Vec::new();
    each_file(place, &mut |path| {
        if !held(path, secrets).is_empty() {
            found.push(path.display().to_string());
        }
    });
    found
}

/// Those of them that a file holds. It is gone through once: a disk is a large file.
fn held(path: &Path, secrets: &[Vec<u8>]) -> BTreeSet<Vec<u8>> {
    let bytes = fs::read(path).expect("a file");
    let mut begin: [Vec<&Vec<u8>>; 256] = [const { Vec::new() }; 256];
    for secret in secrets {
        begin[usize::from(secret[0])].push(secret);
    }
    let mut held = BTreeSet::new();
    for (at, byte) in bytes.iter().enumerate() {
        for secret in &begin[usize::from(*byte)] {
            if bytes[at..].starts_with(secret) {
                held.insert(secret.to_vec());
            }
        }
    }
    held
}

fn each_file(place: &Path, each_one: &mut dyn FnMut(&Path)) {
    each(place, &mut |path| {
        if path.is_file() {
            each_one(path);
        }
    });
}

/// `place`, and all that lies in it.
fn each(place: &Path, each_one: &mut dyn FnMut(&Path)) {
    each_one(place);
    if place.is_dir() {
        for entry in fs::read_dir(place).expect("a folder") {
            each(&entry.expect("an entry").path(), each_one);
        }
    }
}

/// Runs it under strace, which writes what is said to the network, by whichever thread, to `trace`; and
/// what is put on the disk.
fn traced(trace: &Path, program: &Path) -> Command {
    let mut command = tool("strace");
    command
        .args(["-f", "--seccomp-bpf", "-qq", "-y"])
        .args(["-e", "trace=%network,fdatasync", "-o"])
        .arg(trace)
        .arg(program);
    command
}

/// How often the sound of a take was put on the disk.
fn put_on_the_disk(trace: &Path) -> usize {
    let told = fs::read_to_string(trace).expect("a trace");
    let syncs = |line: &&str| line.contains("fdatasync(") && line.contains(".wav>");
    told.lines().filter(syncs).count()
}

/// The lines of a trace in which anything but this machine's own is asked for.
fn internet_sockets(trace: &Path) -> Vec<String> {
    let told = fs::read_to_string(trace).expect("a trace");
    let asks = |line: &&str| line.contains("socket(") && !line.contains("socket(AF_UNIX");
    let named = |line: &&str| line.contains("AF_INET");
    told.lines()
        .filter(|line| asks(line) || named(line))
        .map(str::to_owned)
        .collect()
}

/// The crates of a lock file that a list for cargo-deny bans: `crate` anywhere, or by any other than
/// its `wrappers`.
fn banned(deny: &str, lock: &str) -> Vec<String> {
    let deny: toml::Value = toml::from_str(deny).expect("TOML");
    let lock: toml::Value = toml::from_str(lock).expect("TOML");
    let packages = lock["package"].as_array().expect("packages");
    let name = |package: &toml::Value| package["name"].as_str().expect("a name").to_owned();
    let users = |of: &str| -> Vec<String> {
        let uses = |package: &&toml::Value| {
            let wanted = package.get("dependencies").and_then(|d| d.as_array());
            let mut wanted = wanted.into_iter().flatten().filter_map(|d| d.as_str());
            wanted.any(|wanted| wanted.split(' ').next() == Some(of))
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

/// Whether a line of ours could speak to another machine, or have another program do it.
fn reaches_out(line: &str) -> bool {
    let names = [
        "net",
        "TcpStream",
        "TcpListener",
        "UdpSocket",
        "ToSocketAddrs",
        "SocketAddr",
        "IpAddr",
    ];
    // Sockets that lead nowhere but to another process here.
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

/// A disk in a file, for as long as it is mounted.
struct Disk {
    image: PathBuf,
    place: PathBuf,
}

impl Disk {
    /// `None` where this may not be done, or the file does not forget what the disk does.
    fn mount(folder: &Path) -> Option<Self> {
        if fs::metadata("/proc/self").expect("Linux").uid() != 0 {
            return None;
        }
        let (image, place) = (folder.join("image"), folder.join("disk"));
        let file = fs::File::create(&image).expect("room");
        file.set_len(64 << 20).expect("room");
        fs::create_dir(&place).expect("room");
        let done = |program: &str, arguments: &[&Path]| {
            let ran = tool(program).args(arguments).output();
            ran.is_ok_and(|ran| ran.status.success())
        };
        let made = done("mkfs.ext4", &[Path::new("-q"), &image]);
        assert!(made, "mkfs.ext4 cannot format a file");
        let options = [Path::new("-o"), Path::new("loop,discard"), &image, &place];
        if !done("mount", &options) {
            return None;
        }
        let disk = Self { image, place };
        let (file, secret) = (disk.place.join("file"), [b"remember".to_vec()]);
        fs::write(&file, secret[0].repeat(2_000)).expect("room");
        settle(Some(&disk));
        assert!(!holding(&disk.image, &secret).is_empty());
        fs::remove_file(&file).expect("there");
        forgets(&disk.image, &secret, Some(&disk)).then_some(disk)
    }
}

/// Whether nothing of this is there any more: what a disk is told to forget, it forgets when it has time.
fn forgets(place: &Path, secrets: &[Vec<u8>], disk: Option<&Disk>) -> bool {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        settle(disk);
        let gone = holding(place, secrets).is_empty();
        if gone || disk.is_none() || Instant::now() > end {
            return gone;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// What was written, and freed, has reached the disk.
fn settle(disk: Option<&Disk>) {
    let Some(disk) = disk else { return };
    let synced = tool("sync").arg("-f").arg(&disk.place).status();
    assert!(synced.expect("sync starts").success());
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = tool("umount").arg(&self.place).status();
    }
}
