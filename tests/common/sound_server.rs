//! A private PulseAudio server with a virtual microphone and loudspeaker. It needs neither root nor a
//! session bus, and ends when it is dropped.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tempfile::TempDir;

use super::process::{KillOnDrop, send_signal, tool};
use super::{temp_folder, wait_until};

/// Name of the microphone in `starling devices`.
pub const MIC: &str = "FakeMic";

/// A sound server. What is played to its sink `speaker` arrives at its source `microphone`.
pub struct SoundServer {
    folder: PathBuf,
    /// Deletes the folder if this server created it.
    _temp_folder: Option<TempDir>,
    // Tests restart the server from several threads.
    server: Mutex<KillOnDrop>,
}

impl SoundServer {
    /// Starts a server with a microphone and waits until it answers.
    pub fn start() -> Self {
        let sound = Self::without_microphone();
        sound.add_microphone();
        sound
    }

    /// Starts a server without any device.
    pub fn without_microphone() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self::start_in(folder.path().to_owned(), Some(folder))
    }

    /// Starts a server that this process uses, because [`set_environment`] was applied to it.
    pub fn in_current_environment() -> Self {
        let folder = std::env::var_os("XDG_RUNTIME_DIR").expect("XDG_RUNTIME_DIR is set");
        Self::start_in(folder.into(), None)
    }

    fn start_in(folder: PathBuf, temp_folder: Option<TempDir>) -> Self {
        let owner_only = fs::Permissions::from_mode(0o700);
        fs::set_permissions(&folder, owner_only).expect("the folder is ours");
        // cpal does not connect without a cookie of this length.
        fs::write(folder.join("cookie"), [7; 256]).expect("a cookie file");
        let server = Mutex::new(spawn_server(&folder));
        let sound = Self {
            folder,
            _temp_folder: temp_folder,
            server,
        };
        sound.wait_until_ready();
        sound
    }

    /// Adds the loudspeaker and the microphone, and makes them the defaults.
    pub fn add_microphone(&self) {
        for module in [
            // With rewinds, played audio arrived up to two seconds late.
            "module-null-sink sink_name=speaker norewinds=1 rate=48000 channels=1 format=s16le",
            &format!(
                "module-remap-source source_name=microphone master=speaker.monitor \
                 source_properties=device.description={MIC}"
            ),
        ] {
            let arguments: Vec<&str> = ["load-module"]
                .into_iter()
                .chain(module.split_whitespace())
                .collect();
            self.expect_pactl(&arguments);
        }
        self.expect_pactl(&["set-default-source", "microphone"]);
        self.expect_pactl(&["set-default-sink", "speaker"]);
    }

    /// Unloads the microphone and the loudspeaker.
    pub fn unplug_microphone(&mut self) {
        for module in ["module-remap-source", "module-null-sink"] {
            self.expect_pactl(&["unload-module", module]);
        }
    }

    /// Runtime folder of the server.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Kills the server and starts a new one without devices.
    pub fn restart(&self) {
        self.kill();
        *self.server() = spawn_server(&self.folder);
        self.wait_until_ready();
    }

    /// Kills the server.
    pub fn kill(&self) {
        let mut server = self.server();
        server.0.kill().expect("pulseaudio is running");
        let _ = server.0.wait();
    }

    /// Stops the server's process with SIGSTOP, or continues it.
    pub fn set_frozen(&self, frozen: bool) {
        send_signal(self.server().0.id(), if frozen { "STOP" } else { "CONT" });
    }

    /// Output of `pactl`; `None` if it fails.
    pub fn pactl(&self, arguments: &[&str]) -> Option<String> {
        let mut pactl = tool("pactl");
        pactl.args(arguments).stderr(Stdio::null());
        self.set_environment(&mut pactl);
        let output = pactl.output().ok()?;
        let stdout = String::from_utf8(output.stdout).ok()?;
        output.status.success().then_some(stdout)
    }

    /// Number of streams that record from its microphones.
    pub fn recording_streams(&self) -> usize {
        let list = self.pactl(&["list", "short", "source-outputs"]);
        // A remapped source records from its master.
        list.expect("pactl lists the streams")
            .lines()
            .filter(|line| !line.contains("module-remap-source"))
            .count()
    }

    /// Makes a command use this sound server and no other.
    pub fn set_environment(&self, command: &mut Command) {
        set_environment(command, &self.folder);
    }

    /// Plays a clip to the microphone, to its end.
    pub fn play(&self, clip: &Path) {
        let status = self.start_playing(clip).0.wait();
        assert!(status.expect("paplay exits").success(), "paplay failed");
    }

    /// Plays a clip to the microphone while `action` runs, and stops it then.
    pub fn play_while<T>(&self, clip: &Path, action: impl FnOnce() -> T) -> T {
        let _player = self.start_playing(clip);
        action()
    }

    fn start_playing(&self, clip: &Path) -> KillOnDrop {
        let mut paplay = tool("paplay");
        paplay
            .arg("--device=speaker")
            .arg(clip)
            .stderr(Stdio::null());
        self.set_environment(&mut paplay);
        KillOnDrop(paplay.spawn().expect("paplay starts"))
    }

    fn expect_pactl(&self, arguments: &[&str]) {
        let output = self.pactl(arguments);
        assert!(output.is_some(), "`pactl {}` failed", arguments.join(" "));
    }

    fn server(&self) -> MutexGuard<'_, KillOnDrop> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_until_ready(&self) {
        let limit = Duration::from_secs(30);
        wait_until("an answer of the sound server", limit, || {
            self.pactl(&["info"])
        });
    }
}

/// Makes a command use the sound server in `folder` and no other.
pub fn set_environment(command: &mut Command, folder: &Path) {
    let socket = format!("unix:{}", folder.join("native").display());
    command
        .env("HOME", folder)
        .env("XDG_RUNTIME_DIR", folder)
        .env("PULSE_RUNTIME_PATH", folder)
        .env("PULSE_SERVER", socket)
        .env("PULSE_COOKIE", folder.join("cookie"))
        .env("ALSA_CONFIG_PATH", "/dev/null")
        .env("DBUS_SESSION_BUS_ADDRESS", "disabled:")
        .env("LC_ALL", "C.UTF-8");
}

/// Runs an ignored test of this program in a process of its own, for which a sound server can be started: cpal reads
/// from the environment which one to use.
pub fn run_in_own_process(test: &str) {
    let folder = temp_folder();
    let mut command = Command::new(std::env::current_exe().expect("path of this program"));
    command.args(["--exact", test, "--ignored"]);
    set_environment(&mut command, folder.path());
    let output = command.output().expect("this program starts again");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && stdout.contains("1 passed"),
        "{stdout}"
    );
}

fn spawn_server(folder: &Path) -> KillOnDrop {
    let socket = folder.join("native").display().to_string();
    let mut server = tool("pulseaudio");
    server
        .args([
            "-n",
            "--daemonize=no",
            "--use-pid-file=no",
            "--exit-idle-time=-1",
        ])
        // Only root gets the high priority; for other users the server continues without it.
        .args(["--disallow-exit", "--realtime=no", "--high-priority=yes"])
        .arg(format!(
            "--log-target=file:{}",
            folder.join("log").display()
        ))
        .arg("-L")
        .arg(format!(
            "module-native-protocol-unix socket={socket} auth-anonymous=1"
        ))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    set_environment(&mut server, folder);
    KillOnDrop(server.spawn().expect("pulseaudio starts"))
}
