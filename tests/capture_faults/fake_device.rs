//! A microphone whose every frame a test decides: a source of a private sound server that reads a pipe.
//! What it hears is bound to the clock, as it is in a room: what is not heard in time is lost.

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

/// Frames are written this often.
const TURN: Duration = Duration::from_millis(10);
/// At most so many seconds of them at a time, one after the other until it has caught up: of more than 200 ms
/// in one piece PulseAudio drops some, as no sound card makes it do.
const AT_MOST: f64 = 0.05;
/// So many seconds of it wait to be heard, as in the ring of a sound card; what comes then is lost.
const WAITS: f64 = 0.2;
/// Bytes that a pipe of Linux takes whole or not at all (`PIPE_BUF`): never half a frame.
const WHOLE: usize = 4_096;
/// `O_NONBLOCK` of Linux: a pipe that nobody reads loses what does not fit into it.
const WITHOUT_WAITING: i32 = 0o4000;

/// How a device runs.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// What it says.
    pub promised_hz: u32,
    /// What it does, in frames a second.
    pub true_hz: f64,
    /// All alike.
    pub channels: usize,
    /// Seconds that are dropped at the beginning of every such number of seconds.
    pub drops: Option<(f64, f64)>,
}

impl Shape {
    /// One that keeps what it promises.
    pub fn honest(rate_hz: u32, channels: usize) -> Self {
        Self {
            promised_hz: rate_hz,
            true_hz: f64::from(rate_hz),
            channels,
            drops: None,
        }
    }
}

/// A room in which a WAV of [`RATE_HZ`] is heard from a moment on.
pub struct Room {
    sound: Arc<Vec<i16>>,
    /// Since when it is heard.
    began: Arc<Mutex<Option<Instant>>>,
}

impl Room {
    /// Nobody speaks yet.
    pub fn new(wav: &Path) -> Self {
        let mut file = hound::WavReader::open(wav).expect("what is to be heard");
        assert_eq!(file.spec().sample_rate as usize, RATE_HZ);
        let sound = file.samples().map(|s| s.expect("a sample")).collect();
        Self {
            sound: Arc::new(sound),
            began: Arc::default(),
        }
    }

    /// From now on it is heard.
    pub fn speak(&self) {
        *self.began.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Waits until so much of it was heard.
    pub fn wait_until(&self, seconds: f64) {
        let heard = || {
            let began = *self.began.lock().unwrap_or_else(PoisonError::into_inner);
            began.is_some_and(|began| began.elapsed().as_secs_f64() >= seconds)
        };
        wait_until("what is heard", Duration::from_secs(120), || {
            heard().then_some(())
        });
    }

    /// How long it is.
    pub fn seconds(&self) -> f64 {
        self.sound.len() as f64 / RATE_HZ as f64
    }
}

/// A microphone in a room. It is unplugged when it is dropped.
pub struct Device<'a> {
    server: &'a SoundServer,
    module: String,
    unplugged: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl<'a> Device<'a> {
    /// Plugs it in.
    pub fn plug_in(server: &'a SoundServer, room: &Room, shape: Shape) -> Self {
        let pipe = server.folder().join("pipe");
        // A server that died has left one.
        let _ = std::fs::remove_file(&pipe);
        let module = server.pactl(&[
            "load-module",
            "module-pipe-source",
            "source_name=device",
            &format!("file={}", pipe.display()),
            "format=s16le",
            &format!("rate={}", shape.promised_hz),
            &format!("channels={}", shape.channels),
            &format!("source_properties=device.description={MIC}"),
        ]);
        let module = module.expect("the sound server obeys").trim().to_owned();
        let pipe = wait_until("its pipe", Duration::from_secs(10), || {
            let mut options = OpenOptions::new();
            options.write(true).custom_flags(WITHOUT_WAITING);
            options.open(&pipe).ok()
        });
        let unplugged = Arc::new(AtomicBool::new(false));
        let (sound, began) = (Arc::clone(&room.sound), Arc::clone(&room.began));
        let over = Arc::clone(&unplugged);
        let run = move || {
            let heard = Heard { sound, began };
            play(pipe, shape, &heard, &over);
        };
        Self {
            server,
            module,
            unplugged,
            thread: Some(std::thread::spawn(run)),
        }
    }
}

impl Drop for Device<'_> {
    fn drop(&mut self) {
        self.unplugged.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A panic in it has been told.
            let _ = thread.join();
        }
        // The server may be gone.
        let _ = self.server.pactl(&["unload-module", &self.module]);
    }
}

fn play(mut pipe: File, shape: Shape, room: &Heard, over: &AtomicBool) {
    raise_priority();
    let began = Instant::now();
    let mut frames = 0_u64;
    let at_most = (AT_MOST * shape.true_hz) as u64;
    let frame_bytes = 2 * shape.channels;
    while !over.load(Ordering::Relaxed) {
        let due = (began.elapsed().as_secs_f64() * shape.true_hz) as u64;
        let due = due.min(frames + at_most);
        let first = room.at(began);
        let mut bytes = Vec::new();
        for frame in frames..due {
            let at = frame as f64 / shape.true_hz;
            let dropped = shape
                .drops
                .is_some_and(|(share, every)| at > every && at % every < share);
            if !dropped {
                let heard = first.map_or(0, |first| {
                    room.sample(first + frame as f64 * RATE_HZ as f64 / shape.true_hz)
                });
                for _ in 0..shape.channels {
                    bytes.extend(heard.to_le_bytes());
                }
            }
        }
        frames = due;
        // A server that stands still, or is gone, does not hear it.
        let waiting = rustix::io::ioctl_fionread(&pipe).unwrap_or(0) as f64;
        if waiting > WAITS * shape.true_hz * frame_bytes as f64 {
            bytes.clear();
        }
        for piece in bytes.chunks(WHOLE / frame_bytes * frame_bytes) {
            // Nor where there is no room.
            let _ = pipe.write_all(piece);
        }
        std::thread::sleep(TURN);
    }
}

struct Heard {
    sound: Arc<Vec<i16>>,
    began: Arc<Mutex<Option<Instant>>>,
}

impl Heard {
    /// Which sample is heard at a moment, a whole number; `None` while nobody speaks.
    fn at(&self, moment: Instant) -> Option<f64> {
        let began = (*self.began.lock().unwrap_or_else(PoisonError::into_inner))?;
        let after = moment.saturating_duration_since(began).as_secs_f64();
        let before = began.saturating_duration_since(moment).as_secs_f64();
        Some(((after - before) * RATE_HZ as f64).round())
    }

    /// What is heard at a place; between two samples a straight line.
    fn sample(&self, place: f64) -> i16 {
        if place < 0.0 {
            return 0;
        }
        let before = place as usize;
        let Some(one) = self.sound.get(before) else {
            return 0;
        };
        let other = self.sound.get(before + 1).unwrap_or(one);
        let share = place - before as f64;
        (f64::from(*one) * (1.0 - share) + f64::from(*other) * share).round() as i16
    }
}
