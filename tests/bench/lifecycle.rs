//! Many takes in one process, and the recognizer stopped while it decodes.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use starling::app::{Config, Controller, ModelState, Notification};
use starling::asr::Isolation;
use starling::audio::{AudioSource, FilePacing};
use starling::domain::story::Part;
use starling::practice::session::{Session, SessionRequest, Stage};

use crate::common::process::{is_sleeping, recognizer_pids, resident_mb};

/// After this many takes the process has allocated what it needs.
pub const WARM_UP_TAKES: usize = 10;
/// No single step takes longer.
const TIMEOUT: Duration = Duration::from_secs(600);
/// Selects [`run_memory_process`] on the command line.
const MEMORY_FLAG: &str = "--takes";
/// A recognizer that sleeps for this long is idle; it also sleeps for moments while it decodes.
const IDLE_AFTER: Duration = Duration::from_millis(20);

/// Resident megabytes after [`WARM_UP_TAKES`] takes and after `count`. They are measured in a process of their own: this
/// program with the arguments of [`run_memory_process`].
pub fn memory(wav: &Path, count: usize) -> Result<(f64, f64)> {
    let mut command = Command::new(std::env::current_exe()?);
    let output = command
        .arg(MEMORY_FLAG)
        .arg(count.to_string())
        .arg(wav)
        .output()?;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut figures = stdout.split_whitespace().map(str::parse::<f64>);
    match (figures.next(), figures.next()) {
        (Some(Ok(before)), Some(Ok(after))) => Ok((before, after)),
        _ => bail!("{}", String::from_utf8_lossy(&output.stderr)),
    }
}

/// Takes and measures for [`memory`], if the arguments ask for that. Returns whether they do.
pub fn run_memory_process(arguments: &[String]) -> Result<bool> {
    let [flag, count, wav] = arguments else {
        return Ok(false);
    };
    if flag != MEMORY_FLAG {
        return Ok(false);
    }
    let mut practice = Practice::start(Path::new(wav))?;
    let count: usize = count.parse()?;
    let mut before = 0.0;
    for number in 1..=count {
        practice.record_take()?;
        if number == WARM_UP_TAKES.min(count) {
            before = resident_mb(std::process::id());
        }
    }
    println!("{before:.1} {:.1}", resident_mb(std::process::id()));
    Ok(true)
}

/// Milliseconds that aborting takes.
pub struct AbortTimes {
    /// From the cancellation of a transcription until the next take can start.
    pub ready_ms: Vec<f64>,
    /// From the cancellation until the recognizer is idle.
    pub idle_ms: Vec<f64>,
    /// From closing the program until it has released everything.
    pub close_ms: Vec<f64>,
}

/// Aborts the transcription of a long answer at `count` moments.
pub fn abort(wav: &Path, count: usize) -> Result<AbortTimes> {
    let decode_time = |index: usize| Duration::from_millis(150 + 170 * index as u64);
    let mut times = AbortTimes {
        ready_ms: Vec::new(),
        idle_ms: Vec::new(),
        close_ms: Vec::new(),
    };
    let mut practice = Practice::start(wav)?;
    for index in 0..count {
        practice.decode_for(decode_time(index))?;
        let started = Instant::now();
        practice.controller.request(SessionRequest::Cancel);
        if matches!(practice.stage(), Some(Stage::Transcribing { .. })) {
            bail!("the transcription was not cancelled");
        }
        times
            .ready_ms
            .push(1000.0 * started.elapsed().as_secs_f64());
        let idle = wait_for_idle_recognizer()?.saturating_duration_since(started);
        times.idle_ms.push(1000.0 * idle.as_secs_f64());
    }
    for index in 0..count {
        let mut practice = Practice::start(wav)?;
        practice.decode_for(decode_time(index))?;
        let started = Instant::now();
        drop(practice.controller);
        times
            .close_ms
            .push(1000.0 * started.elapsed().as_secs_f64());
    }
    Ok(times)
}

/// The program without window and command line.
struct Practice {
    controller: Controller,
    _data: tempfile::TempDir,
}

impl Practice {
    fn start(wav: &Path) -> Result<Self> {
        let data = tempfile::tempdir()?;
        let config = Config {
            data: Some(data.path().to_owned()),
            source: Some(AudioSource::File(
                PathBuf::from(wav),
                FilePacing::Unthrottled,
            )),
            model: None,
            channel: None,
            isolation: Isolation::Subprocess(env!("CARGO_BIN_EXE_starling").into()),
        };
        let mut controller = Controller::start(config, || {})?;
        while *controller.model() == ModelState::Loading {
            controller.wait(Duration::from_millis(20));
        }
        let stories = controller.stories();
        let story = stories.first().context("no story is shipped")?.clone();
        let level = story.level;
        let situation = "situation".parse::<Part>().map_err(anyhow::Error::msg)?;
        controller.start_practice(story, vec![situation], level);
        Ok(Self {
            controller,
            _data: data,
        })
    }

    fn stage(&self) -> Option<&Stage> {
        self.controller.session().map(Session::stage)
    }

    /// Records a take and waits for its feedback.
    fn record_take(&mut self) -> Result<()> {
        self.controller.start_take();
        let deadline = Instant::now() + TIMEOUT;
        while Instant::now() < deadline {
            self.controller.wait(Duration::from_millis(20));
            for notification in self.controller.take_notifications() {
                match notification {
                    Notification::FeedbackReady(..) => return Ok(()),
                    Notification::Problem(text) => bail!("{text}"),
                    _ => {}
                }
            }
        }
        bail!("no feedback within {TIMEOUT:?}")
    }

    /// Records a take and lets its transcription run for this time.
    fn decode_for(&mut self, time: Duration) -> Result<()> {
        self.controller.start_take();
        let deadline = Instant::now() + TIMEOUT;
        let mut decoding_since: Option<Instant> = None;
        while decoding_since.is_none_or(|since| since.elapsed() < time) {
            self.controller.wait(Duration::from_millis(5));
            match self.stage() {
                Some(Stage::Transcribing {
                    progress: Some(_), ..
                }) => {
                    decoding_since.get_or_insert_with(Instant::now);
                }
                Some(Stage::Review) => bail!("the transcription ended before it could be aborted"),
                _ if Instant::now() > deadline => bail!("no transcription within {TIMEOUT:?}"),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Waits until the recognizer is idle, and returns the moment since when.
fn wait_for_idle_recognizer() -> Result<Instant> {
    let recognizers = recognizer_pids(std::process::id());
    let recognizer = *recognizers.first().context("no recognizer is running")?;
    let mut sleeping_since = None;
    loop {
        sleeping_since =
            is_sleeping(recognizer).then(|| sleeping_since.unwrap_or_else(Instant::now));
        match sleeping_since {
            Some(since) if since.elapsed() > IDLE_AFTER => return Ok(since),
            _ => std::thread::sleep(Duration::from_millis(1)),
        }
    }
}
