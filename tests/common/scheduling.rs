//! When tests run and how much of the processor they get: one at a time, again after a stall of the
//! machine, with priority, or while every core is busy.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// PulseAudio buffers a fifth of a second. A machine that delays a thread for longer than this cannot
/// play in time.
const STALL: Duration = Duration::from_millis(150);
/// Runs of a test on a machine that stalls.
const ATTEMPTS: usize = 3;
/// Priority that rtkit gives to a program that plays or records audio on a desktop.
const AUDIO_PRIORITY: i32 = -11;

/// Waits for its turn among all test programs. For tests that measure time or memory, or use all of it:
/// no other holder runs until the lock is dropped.
pub fn serial_lock() -> File {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("one-at-a-time");
    let lock = File::create(path).expect("a lock file");
    lock.lock().expect("the lock");
    lock
}

/// Runs a test that needs audio to be played and recorded in time. If it fails while the machine stalled,
/// it runs again; otherwise the failure counts at once.
#[allow(clippy::print_stderr, reason = "reports that a test was repeated")]
pub fn retry_if_stalled(test: impl Fn()) {
    for attempt in 1.. {
        let detector = StallDetector::start();
        let result = catch_unwind(AssertUnwindSafe(&test));
        let longest_stall = detector.stop();
        let Err(panic) = result else { return };
        if longest_stall < STALL || attempt == ATTEMPTS {
            resume_unwind(panic);
        }
        eprintln!("the machine stalled for {longest_stall:?}: running the test again");
    }
}

/// Measures how long the machine delays a thread.
struct StallDetector {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Duration>,
}

impl StallDetector {
    fn start() -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let measure = move || {
            let nap = Duration::from_millis(5);
            let mut longest = Duration::ZERO;
            while !stopped.load(Ordering::Relaxed) {
                let started = Instant::now();
                std::thread::sleep(nap);
                longest = longest.max(started.elapsed().saturating_sub(nap));
            }
            longest
        };
        Self {
            stop,
            thread: std::thread::spawn(measure),
        }
    }

    /// Returns the longest delay.
    fn stop(self) -> Duration {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("the thread only sleeps")
    }
}

/// Raises the priority of this thread, which plays or records, where that is allowed.
pub fn raise_priority() {
    // Linux has a priority per thread. Without permission it does not change.
    let _ = rustix::process::setpriority_process(None, AUDIO_PRIORITY);
}

/// Keeps every core busy until it is dropped.
pub struct CpuBurner {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl CpuBurner {
    /// Starts one busy loop per core.
    pub fn every_core() -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let burn = || {
            let stop = Arc::clone(&stop);
            std::thread::spawn(move || while !stop.load(Ordering::Relaxed) {})
        };
        Self {
            threads: (0..cores).map(|_| burn()).collect(),
            stop,
        }
    }
}

impl Drop for CpuBurner {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            // A busy loop has no result.
            let _ = thread.join();
        }
    }
}
