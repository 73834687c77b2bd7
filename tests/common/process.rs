//! Processes that tests run: system tools, and the program with its events, its keyboard and its
//! recognizer process. They end when they are dropped.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::wait_until;

/// Longest wait for an event or an exit, also on a slow machine.
const EVENT_TIMEOUT: Duration = Duration::from_secs(90);

/// A command that runs a system tool.
pub fn tool(name: &str) -> Command {
    let is_installed = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(name).is_file()));
    assert!(
        is_installed,
        "{name} is missing: `.ci/packages test` installs what the tests need"
    );
    Command::new(name)
}

/// Kills its process when it is dropped.
pub struct KillOnDrop(pub Child);

impl KillOnDrop {
    /// Whether the process is still running.
    pub fn is_running(&mut self) -> bool {
        let status = self.0.try_wait().expect("a status of the process");
        status.is_none()
    }
}

impl Drop for KillOnDrop {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The program while it runs with `--json`.
pub struct Program {
    child: KillOnDrop,
    events: Receiver<Value>,
    stderr_lines: Receiver<String>,
    received: Vec<Value>,
}

impl Program {
    /// Starts `command`, which must print one JSON event per line.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let parse = |line: String| serde_json::from_str(&line).expect("one JSON event per line");
        Self {
            events: read_lines(child.stdout.take().expect("stdout is piped"), parse),
            stderr_lines: read_lines(child.stderr.take().expect("stderr is piped"), |line| line),
            child: KillOnDrop(child),
            received: Vec::new(),
        }
    }

    /// Whether the program is still running.
    pub fn is_running(&mut self) -> bool {
        self.child.is_running()
    }

    /// Waits for the next event called `name`.
    #[track_caller]
    pub fn wait_for(&mut self, name: &str) -> Value {
        self.wait_for_within(EVENT_TIMEOUT, name)
    }

    /// Waits at most `timeout` for the next event called `name`.
    #[track_caller]
    pub fn wait_for_within(&mut self, timeout: Duration, name: &str) -> Value {
        let end = Instant::now() + timeout;
        loop {
            let remaining = end.saturating_duration_since(Instant::now());
            let Ok(event) = self.events.recv_timeout(remaining) else {
                let stderr: Vec<String> = self.stderr_lines.try_iter().collect();
                panic!(
                    "no event \"{name}\" within {timeout:?}; events: {:#?}; stderr: {stderr:?}",
                    self.received
                );
            };
            self.received.push(event.clone());
            if event["event"] == name {
                return event;
            }
        }
    }

    /// Stops the process with SIGSTOP, or continues it.
    pub fn set_frozen(&self, frozen: bool) {
        send_signal(self.pid(), if frozen { "STOP" } else { "CONT" });
    }

    /// Process id.
    pub fn pid(&self) -> u32 {
        self.child.0.id()
    }

    /// CPU time of all its threads and of its recognizer so far; 0 after they ended.
    pub fn cpu_seconds(&self) -> f64 {
        let processes = recognizer_pids(self.pid()).into_iter().chain([self.pid()]);
        // `utime` and `stime`, in hundredths of a second (Linux's USER_HZ).
        let ticks = processes.flat_map(|pid| {
            let fields = stat(pid).into_iter().skip(11).take(2);
            fields.filter_map(|field| field.parse::<f64>().ok())
        });
        ticks.sum::<f64>() / 100.0
    }

    /// Presses Enter at the program's terminal.
    pub fn press_enter(&mut self) {
        self.type_bytes(b"\n");
    }

    /// Sends bytes from the program's terminal.
    pub fn type_bytes(&mut self, bytes: &[u8]) {
        let stdin = self.child.0.stdin.as_mut().expect("stdin is piped");
        stdin.write_all(bytes).expect("the program reads stdin");
    }

    /// Waits until the program exits. Returns its status, all events, and all lines of stderr.
    #[track_caller]
    pub fn wait_for_exit(mut self) -> (ExitStatus, Vec<Value>, Vec<String>) {
        let status = wait_until("the program's exit", EVENT_TIMEOUT, || {
            self.child.0.try_wait().expect("a status of the process")
        });
        self.received.extend(self.events.iter());
        (
            status,
            self.received.clone(),
            self.stderr_lines.iter().collect(),
        )
    }
}

/// Reads lines on a thread of its own, which ends with the pipe.
fn read_lines<T: Send + 'static>(
    pipe: impl Read + Send + 'static,
    parse: impl Fn(String) -> T + Send + 'static,
) -> Receiver<T> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            if sender.send(parse(line)).is_err() {
                break;
            }
        }
    });
    receiver
}

/// The recognizer processes of a program.
pub fn recognizer_pids(program: u32) -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| {
        let parent = stat(*pid).get(1).and_then(|parent| parent.parse().ok());
        let arguments = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let arguments = String::from_utf8_lossy(&arguments);
        parent == Some(program) && arguments.split('\0').nth(1) == Some("recogniser")
    })
    .collect()
}

/// Resident memory of a program and its recognizer, in megabytes. Shared memory counts twice.
pub fn resident_mb(program: u32) -> f64 {
    let processes = recognizer_pids(program).into_iter().chain([program]);
    let kb = processes.map(|pid| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("a running process");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kb = line.and_then(|line| line.trim().strip_suffix(" kB"));
        kb.and_then(|kb| kb.trim().parse::<f64>().ok())
            .expect("VmRSS in kB")
    });
    kb.sum::<f64>() / 1024.0
}

/// Whether a process sleeps, that is, waits for something.
pub fn is_sleeping(pid: u32) -> bool {
    stat(pid).first().is_some_and(|state| state == "S")
}

/// The fields of `/proc/PID/stat` from the state on; empty after the process ended.
fn stat(pid: u32) -> Vec<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The process name before the state may contain spaces.
    let fields = stat.rsplit(") ").next().unwrap_or_default();
    fields.split(' ').map(str::to_owned).collect()
}

/// Sends a signal, such as `ABRT`, to a process.
pub fn send_signal(pid: u32, name: &str) {
    let mut kill = tool("kill");
    kill.arg(format!("-{name}")).arg(pid.to_string());
    // The process may have ended already.
    let _ = kill.stderr(Stdio::null()).status().expect("kill starts");
}
