//! A microphone that is not there, a private sound server, and the program while it runs. Each ends
//! when it is dropped. Needs neither root nor a session bus.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// Name of the microphone, as `starling devices` shows it.
pub const MIC: &str = "FakeMic";

/// A machine that lets a thread wait for so long cannot play sound in time: PulseAudio holds a fifth of a
/// second.
const STOOD_STILL: Duration = Duration::from_millis(150);
/// So often such a test is run on one.
const TRIES: usize = 3;
/// A program that plays or records sound has this priority on a desktop, by rtkit.
const PROMPT: i32 = -11;

/// A tool of the system.
pub fn tool(name: &str) -> Command {
    let there = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|place| place.join(name).is_file()));
    assert!(
        there,
        "{name} is missing: `.ci/packages test` installs what the tests need"
    );
    Command::new(name)
}

/// Asks until there is an answer; fails with `what` was waited for.
#[track_caller]
pub fn wait_until<T>(what: &str, patience: Duration, mut ask: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + patience;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < end, "waited {patience:?} for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Taken by tests that are not to be disturbed by each other, in whatever program they are: by what those do to
/// the time of the machine, or to what is counted of it. No other runs until it is dropped.
pub fn serial_lock() -> File {
    let turn = Path::new(env!("CARGO_TARGET_TMPDIR")).join("one-at-a-time");
    let turn = File::create(turn).expect("a place for it");
    turn.lock().expect("its turn");
    turn
}

/// Runs a test that needs sound to be played and heard in time. If it fails, and the machine stood still
/// meanwhile, which was seen, it is run again. On a machine that went on it fails at once.
#[allow(clippy::print_stderr, reason = "a test that was repeated says so")]
pub fn retry_if_stalled(test: impl Fn()) {
    for attempt in 1.. {
        let witness = StallDetector::begin();
        let ran = catch_unwind(AssertUnwindSafe(&test));
        let stood_still = witness.end();
        let Err(why) = ran else { return };
        if stood_still < STOOD_STILL || attempt == TRIES {
            resume_unwind(why);
        }
        eprintln!("the machine stood still for {stood_still:?}: the test is run once more");
    }
}

/// Sees for how long a machine stands still.
struct StallDetector {
    over: Arc<AtomicBool>,
    thread: JoinHandle<Duration>,
}

impl StallDetector {
    fn begin() -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let until = Arc::clone(&over);
        let look = move || {
            let nap = Duration::from_millis(5);
            let mut longest = Duration::ZERO;
            while !until.load(Ordering::Relaxed) {
                let began = Instant::now();
                std::thread::sleep(nap);
                longest = longest.max(began.elapsed().saturating_sub(nap));
            }
            longest
        };
        Self {
            over,
            thread: std::thread::spawn(look),
        }
    }

    /// The longest that it saw.
    fn end(self) -> Duration {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().expect("it only sleeps")
    }
}

/// This thread plays or records: it comes before others, where that is allowed.
pub fn raise_priority() {
    // Linux has a priority a thread. Without the right to it, it stays as it is.
    let _ = rustix::process::setpriority_process(None, PROMPT);
}

/// Keeps every core busy until it is dropped.
pub struct CpuBurner {
    stop: Arc<AtomicBool>,
    cores: Vec<JoinHandle<()>>,
}

impl CpuBurner {
    /// One busy loop a core.
    pub fn every_core() -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let count = std::thread::available_parallelism().map_or(2, usize::from);
        let burn = || {
            let stop = Arc::clone(&stop);
            std::thread::spawn(move || while !stop.load(Ordering::Relaxed) {})
        };
        Self {
            cores: (0..count).map(|_| burn()).collect(),
            stop,
        }
    }
}

impl Drop for CpuBurner {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for core in self.cores.drain(..) {
            // It has nothing to say.
            let _ = core.join();
        }
    }
}

/// Ends with its owner.
pub struct KillOnDrop(pub Child);

impl KillOnDrop {
    /// Whether it runs yet.
    pub fn runs(&mut self) -> bool {
        self.0.try_wait().expect("it can be asked").is_none()
    }
}

impl Drop for KillOnDrop {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A sound server whose one microphone hears what is played to it.
pub struct SoundServer {
    place: PathBuf,
    /// Goes with it, where it is its own.
    _folder: Option<TempDir>,
    server: Mutex<KillOnDrop>,
}

impl SoundServer {
    /// Starts it, and waits until it answers.
    pub fn start() -> Self {
        let sound = Self::without_microphone();
        sound.add_ear();
        sound
    }

    /// One without any microphone.
    pub fn without_microphone() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self::at(folder.path().to_owned(), Some(folder))
    }

    /// One that this process finds, since [`environment`] was set for it.
    pub fn here() -> Self {
        let place = std::env::var_os("XDG_RUNTIME_DIR").expect("it is set");
        Self::at(place.into(), None)
    }

    fn at(place: PathBuf, folder: Option<TempDir>) -> Self {
        fs::set_permissions(&place, fs::Permissions::from_mode(0o700)).expect("it is ours");
        // Without a cookie of this length, cpal does not even knock.
        fs::write(place.join("cookie"), [7; 256]).expect("room");
        let server = Mutex::new(serve(&place));
        let sound = Self {
            place,
            _folder: folder,
            server,
        };
        sound.wait_for_answer();
        sound
    }

    /// It hears what is spoken.
    pub fn add_ear(&self) {
        for module in [
            // With rewinds, what is played came up to two seconds late.
            "module-null-sink sink_name=mouth norewinds=1 rate=48000 channels=1 format=s16le",
            &format!(
                "module-remap-source source_name=ear master=mouth.monitor source_properties=device.description={MIC}"
            ),
        ] {
            let arguments: Vec<&str> = ["load-module"]
                .into_iter()
                .chain(module.split(' '))
                .collect();
            self.pactl(&arguments).expect("the sound server obeys");
        }
        for default in [["set-default-source", "ear"], ["set-default-sink", "mouth"]] {
            self.pactl(&default).expect("the sound server obeys");
        }
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.place
    }

    /// It dies, and is started anew, with nothing plugged in.
    pub fn restart(&self) {
        self.kill();
        *self.server() = serve(&self.place);
        self.wait_for_answer();
    }

    /// It stands still, or goes on.
    pub fn stand_still(&self, still: bool) {
        signal(self.server().0.id(), if still { "STOP" } else { "CONT" });
    }

    /// What it answers; `None` where it does not obey.
    pub fn ask(&self, arguments: &[&str]) -> Option<String> {
        let mut pactl = tool("pactl");
        pactl.args(arguments).stderr(Stdio::null());
        self.lend(&mut pactl);
        let output = pactl.output().ok()?;
        let said = String::from_utf8(output.stdout).ok()?;
        output.status.success().then_some(said)
    }

    /// How many listen to its microphones.
    pub fn listeners(&self) -> usize {
        let listed = self.ask(&["list", "short", "source-outputs"]);
        // A remapped source listens to its master.
        let listed = listed.expect("the sound server answers");
        listed
            .lines()
            .filter(|line| !line.contains("module-remap-source"))
            .count()
    }

    fn server(&self) -> MutexGuard<'_, KillOnDrop> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_for_answer(&self) {
        wait_until("the sound server", Duration::from_secs(30), || {
            self.pactl(&["info"])
        });
    }

    /// Lets a command hear and speak here, and nowhere else.
    pub fn lend(&self, command: &mut Command) {
        environment(command, &self.place);
    }

    /// Somebody speaks a clip, to its end.
    pub fn speak(&self, clip: &Path) {
        let mut speaker = self.start_speaking(clip);
        assert!(
            speaker.0.wait().expect("paplay ends").success(),
            "paplay failed"
        );
    }

    /// Somebody begins to speak a clip.
    fn start_speaking(&self, clip: &Path) -> KillOnDrop {
        let mut paplay = tool("paplay");
        paplay.arg("--device=mouth").arg(clip).stderr(Stdio::null());
        self.lend(&mut paplay);
        KillOnDrop(paplay.spawn().expect("paplay starts"))
    }

    /// Somebody speaks a clip while `meanwhile` happens.
    pub fn speaking<T>(&self, clip: &Path, meanwhile: impl FnOnce() -> T) -> T {
        let speaker = self.start_speaking(clip);
        let result = meanwhile();
        drop(speaker);
        result
    }

    /// The microphone is pulled out, and there is no other.
    pub fn pull_out(&mut self) {
        for module in ["module-remap-source", "module-null-sink"] {
            self.pactl(&["unload-module", module])
                .expect("the sound server obeys");
        }
    }

    /// The sound server dies.
    pub fn kill(&self) {
        let mut server = self.server();
        server.0.kill().expect("it runs");
        let _ = server.0.wait();
    }

    fn pactl(&self, arguments: &[&str]) -> Option<()> {
        self.ask(arguments).map(|_| ())
    }
}

fn serve(place: &Path) -> KillOnDrop {
    let socket = place.join("native").display().to_string();
    let mut server = tool("pulseaudio");
    server
        .args([
            "-n",
            "--daemonize=no",
            "--use-pid-file=no",
            "--exit-idle-time=-1",
        ])
        // Only root gets a high priority; anybody else's server goes on without.
        .args(["--disallow-exit", "--realtime=no", "--high-priority=yes"])
        .arg(format!("--log-target=file:{}", place.join("log").display()))
        .arg("-L")
        .arg(format!(
            "module-native-protocol-unix socket={socket} auth-anonymous=1"
        ))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    environment(&mut server, place);
    KillOnDrop(server.spawn().expect("pulseaudio starts"))
}

/// Lets a command find the sound server of a folder, and no other.
pub fn environment(command: &mut Command, place: &Path) {
    command
        .env("HOME", place)
        .env("XDG_RUNTIME_DIR", place)
        .env("PULSE_RUNTIME_PATH", place)
        .env(
            "PULSE_SERVER",
            format!("unix:{}", place.join("native").display()),
        )
        .env("PULSE_COOKIE", place.join("cookie"))
        .env("ALSA_CONFIG_PATH", "/dev/null")
        .env("DBUS_SESSION_BUS_ADDRESS", "disabled:")
        .env("LC_ALL", "C.UTF-8");
}

/// The program while it runs: its events, its keyboard, and how it ends.
pub struct Program {
    child: KillOnDrop,
    events: Receiver<Value>,
    complaints: Receiver<String>,
    told: Vec<Value>,
}

impl Program {
    /// Starts `command`, which tells its events on stdout.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let (tell, events) = channel();
        let out = BufReader::new(child.stdout.take().expect("its stdout"));
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let event = serde_json::from_str(&line).expect("one JSON event a line");
                if tell.send(event).is_err() {
                    break;
                }
            }
        });
        let (complain, complaints) = channel();
        let err = BufReader::new(child.stderr.take().expect("its stderr"));
        std::thread::spawn(move || {
            for line in err.lines().map_while(Result::ok) {
                let _ = complain.send(line);
            }
        });
        Self {
            child: KillOnDrop(child),
            events,
            complaints,
            told: Vec::new(),
        }
    }

    /// Whether it runs yet.
    pub fn runs(&mut self) -> bool {
        self.child.runs()
    }

    /// The next event called `name`, which must come within a minute and a half.
    #[track_caller]
    pub fn wait_for(&mut self, name: &str) -> Value {
        self.wait_at_most(Duration::from_secs(90), name)
    }

    /// The next event called `name`, which must come in time.
    #[track_caller]
    pub fn wait_at_most(&mut self, patience: Duration, name: &str) -> Value {
        let end = Instant::now() + patience;
        loop {
            let Ok(event) = self
                .events
                .recv_timeout(end.saturating_duration_since(Instant::now()))
            else {
                let complaints: Vec<String> = self.complaints.try_iter().collect();
                panic!("no \"{name}\" came; told: {:#?}, {complaints:?}", self.told);
            };
            self.told.push(event.clone());
            if event["event"] == name {
                return event;
            }
        }
    }

    /// It stands still, or goes on.
    pub fn stand_still(&self, still: bool) {
        signal(self.pid(), if still { "STOP" } else { "CONT" });
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.0.id()
    }

    /// Processor time of all its threads and its recogniser's so far; 0 where they have ended.
    pub fn cpu_seconds(&self) -> f64 {
        let everyone = recognisers(self.pid()).into_iter().chain([self.pid()]);
        // `utime` and `stime`, in hundredths of a second (Linux's USER_HZ).
        let ticks = everyone.flat_map(|pid| {
            let fields = stat(pid).into_iter().skip(11).take(2);
            fields.filter_map(|field| field.parse::<f64>().ok())
        });
        ticks.sum::<f64>() / 100.0
    }

    /// The user presses Enter.
    pub fn press_enter(&mut self) {
        let keyboard = self.child.0.stdin.as_mut().expect("its stdin");
        keyboard.write_all(b"\n").expect("it reads");
    }

    /// Waits for its end: exit status, every event, every line of stderr.
    #[track_caller]
    pub fn end(mut self) -> (ExitStatus, Vec<Value>, Vec<String>) {
        let status = wait_until("the program's end", Duration::from_secs(90), || {
            self.child.0.try_wait().expect("it can be asked")
        });
        self.told.extend(self.events.iter());
        (status, self.told.clone(), self.complaints.iter().collect())
    }
}

/// The processes in which speech is recognised for a program.
pub fn recognisers(program: u32) -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| {
        let parent = stat(*pid).get(1).and_then(|parent| parent.parse().ok());
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line);
        parent == Some(program) && line.split('\0').nth(1) == Some("recogniser")
    })
    .collect()
}

/// Megabytes that a program and its recogniser have in memory. What they share is counted twice.
pub fn resident_mb(program: u32) -> f64 {
    let everyone = recognisers(program).into_iter().chain([program]);
    let kb = everyone.map(|pid| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("Linux tells");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kb = line.and_then(|line| line.trim().strip_suffix(" kB"));
        kb.and_then(|kb| kb.trim().parse::<f64>().ok())
            .expect("a figure")
    });
    kb.sum::<f64>() / 1024.0
}

/// Whether a process waits for something.
pub fn sleeps(pid: u32) -> bool {
    stat(pid).first().is_some_and(|state| state == "S")
}

/// What Linux tells of a process, from its state on; nothing where it has ended.
fn stat(pid: u32) -> Vec<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name before it may hold blanks.
    let fields = stat.rsplit(") ").next().unwrap_or_default();
    fields.split(' ').map(str::to_owned).collect()
}

/// Sends a process a signal, such as `ABRT`.
pub fn signal(pid: u32, name: &str) {
    let mut kill = tool("kill");
    kill.arg(format!("-{name}")).arg(pid.to_string());
    // It may have ended by itself.
    let _ = kill.stderr(Stdio::null()).status().expect("it runs");
}

/// Files in the takes of a data folder that end so, oldest first.
pub fn takes(data: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(data.join("takes")).into_iter().flatten();
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == ending))
        .collect();
    files.sort();
    files
}
