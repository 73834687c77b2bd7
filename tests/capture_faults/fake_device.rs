//! A microphone of which the test controls every frame: a source of a private sound server that reads a pipe. As in a
//! real room, it is bound to the clock: what is not recorded in time is lost.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::common::reference_signal::RATE_HZ;
use crate::common::scheduling::raise_priority;
use crate::common::sound_server::{MIC, SoundServer};
use crate::common::wait_until;

/// Time between two writes of frames.
const WRITE_INTERVAL: Duration = Duration::from_millis(10);
/// Largest write in seconds of audio. The device catches up in several writes: PulseAudio drops frames from a write of
/// more than 200 ms, which no sound card causes.
const MAX_WRITE_SECS: f64 = 0.05;
/// Frames that wait in the pipe, in seconds, as in the buffer of a sound card. What comes on top is lost.
const BUFFER_SECS: f64 = 0.2;
/// Linux writes this many bytes to a pipe completely or not at all (`PIPE_BUF`), so no frame is split.
const ATOMIC_WRITE_BYTES: usize = 4_096;
/// `O_NONBLOCK` on Linux: what does not fit into the pipe is lost.
const NON_BLOCKING: i32 = 0o4000;

/// How a device behaves.
#[derive(Debug, Clone, Copy)]
pub struct DeviceConfig {
    /// The sample rate that the device reports.
    pub reported_rate_hz: u32,
    /// The frames per second that it delivers.
    pub true_rate_hz: f64,
    /// Number of channels. All have the same signal.
    pub channels: usize,
    /// `(dropped, period)`: the device drops the first `dropped` seconds of every `period` seconds.
    pub dropped: Option<(f64, f64)>,
}

impl DeviceConfig {
    /// A device without faults.
    pub fn exact(rate_hz: u32, channels: usize) -> Self {
        Self {
            reported_rate_hz: rate_hz,
            true_rate_hz: f64::from(rate_hz),
            channels,
            dropped: None,
        }
    }
}

/// A room in which a WAV of [`RATE_HZ`] is played.
pub struct Room {
    signal: Signal,
}

/// A signal, and when it started to play.
#[derive(Clone)]
struct Signal {
    samples: Arc<Vec<i16>>,
    started: Arc<Mutex<Option<Instant>>>,
}

impl Room {
    /// A room with this signal, which does not play yet.
    pub fn new(wav: &Path) -> Self {
        let mut reader = hound::WavReader::open(wav).expect("the signal");
        assert_eq!(reader.spec().sample_rate as usize, RATE_HZ);
        let samples = reader
            .samples()
            .map(|sample| sample.expect("a sample"))
            .collect();
        Self {
            signal: Signal {
                samples: Arc::new(samples),
                started: Arc::default(),
            },
        }
    }

    /// Starts to play.
    pub fn play(&self) {
        let mut started = self
            .signal
            .started
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *started = Some(Instant::now());
    }

    /// Waits until this much of the signal was played.
    pub fn wait_until_played(&self, seconds: f64) {
        wait_until("the signal to be played", Duration::from_secs(120), || {
            let played = self.signal.started()?.elapsed().as_secs_f64();
            (played >= seconds).then_some(())
        });
    }

    /// Length of the signal.
    pub fn seconds(&self) -> f64 {
        self.signal.samples.len() as f64 / RATE_HZ as f64
    }
}

impl Signal {
    fn started(&self) -> Option<Instant> {
        *self.started.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The position in the signal at a moment, as a whole number of samples; `None` before it plays.
    fn position(&self, moment: Instant) -> Option<f64> {
        let started = self.started()?;
        let after = moment.saturating_duration_since(started).as_secs_f64();
        let before = started.saturating_duration_since(moment).as_secs_f64();
        Some(((after - before) * RATE_HZ as f64).round())
    }

    /// The sample at a position, linearly interpolated; zero outside the signal.
    fn sample(&self, position: f64) -> i16 {
        if position < 0.0 {
            return 0;
        }
        let index = position as usize;
        let Some(sample) = self.samples.get(index) else {
            return 0;
        };
        let next = self.samples.get(index + 1).unwrap_or(sample);
        let fraction = position - index as f64;
        (f64::from(*sample) * (1.0 - fraction) + f64::from(*next) * fraction).round() as i16
    }
}

/// A microphone in a room. Dropping it unplugs it.
pub struct Device<'a> {
    server: &'a SoundServer,
    module: String,
    unplugged: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl<'a> Device<'a> {
    /// Plugs the device in and waits until the server reads from it.
    pub fn plug_in(server: &'a SoundServer, room: &Room, config: DeviceConfig) -> Self {
        let path = server.folder().join("pipe");
        // A killed server leaves its pipe behind.
        let _ = std::fs::remove_file(&path);
        let module = server.pactl(&[
            "load-module",
            "module-pipe-source",
            "source_name=device",
            &format!("file={}", path.display()),
            "format=s16le",
            &format!("rate={}", config.reported_rate_hz),
            &format!("channels={}", config.channels),
            &format!("source_properties=device.description={MIC}"),
        ]);
        let module = module.expect("the device is loaded").trim().to_owned();
        let pipe = wait_until("the pipe of the device", Duration::from_secs(10), || {
            let mut options = OpenOptions::new();
            options.write(true).custom_flags(NON_BLOCKING);
            options.open(&path).ok()
        });
        let unplugged = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&unplugged);
        let signal = room.signal.clone();
        let thread = std::thread::spawn(move || deliver(pipe, config, &signal, &stop));
        Self {
            server,
            module,
            unplugged,
            thread: Some(thread),
        }
    }
}

impl Drop for Device<'_> {
    fn drop(&mut self) {
        self.unplugged.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was already printed.
            let _ = thread.join();
        }
        // Fails if the server was killed.
        let _ = self.server.pactl(&["unload-module", &self.module]);
    }
}

/// Writes frames to the pipe at the pace of the device's clock until `stop` is set.
fn deliver(mut pipe: File, config: DeviceConfig, signal: &Signal, stop: &AtomicBool) {
    raise_priority();
    let started = Instant::now();
    let mut frames_written = 0_u64;
    let max_frames = (MAX_WRITE_SECS * config.true_rate_hz) as u64;
    let frame_bytes = 2 * config.channels;
    while !stop.load(Ordering::Relaxed) {
        let frames_due = (started.elapsed().as_secs_f64() * config.true_rate_hz) as u64;
        let frames_due = frames_due.min(frames_written + max_frames);
        let position_at_start = signal.position(started);
        let mut bytes = Vec::new();
        for frame in frames_written..frames_due {
            let time = frame as f64 / config.true_rate_hz;
            let is_dropped = config
                .dropped
                .is_some_and(|(dropped, period)| time > period && time % period < dropped);
            if is_dropped {
                continue;
            }
            let sample = position_at_start.map_or(0, |start| {
                signal.sample(start + frame as f64 * RATE_HZ as f64 / config.true_rate_hz)
            });
            for _ in 0..config.channels {
                bytes.extend(sample.to_le_bytes());
            }
        }
        frames_written = frames_due;
        // A frozen or killed server does not read the pipe, so it loses these frames.
        let waiting = rustix::io::ioctl_fionread(&pipe).unwrap_or(0) as f64;
        if waiting > BUFFER_SECS * config.true_rate_hz * frame_bytes as f64 {
            bytes.clear();
        }
        for piece in bytes.chunks(ATOMIC_WRITE_BYTES / frame_bytes * frame_bytes) {
            // A full pipe loses them, too.
            let _ = pipe.write_all(piece);
        }
        std::thread::sleep(WRITE_INTERVAL);
    }
}
