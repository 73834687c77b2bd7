//! Take after take in one process, and the recogniser stopped in the middle of its work.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use starling::app::{Config, Controller, ModelState, Notification};
use starling::asr::Isolation;
use starling::audio::{AudioSource, FilePacing};
use starling::domain::story::Part;
use starling::practice::session::{SessionRequest, Stage};

use crate::common::machine::{recognisers, resident_mb, sleeps};

/// After this many the process has what it needs.
pub const WARM: usize = 10;
/// Nothing here takes longer.
const PATIENCE: Duration = Duration::from_secs(600);

/// Megabytes resident after [`WARM`] takes and after `count`, in a process of its own: this program,
/// called with what [`as_asked`] expects.
pub fn memory(wav: &Path, count: usize) -> Result<(f64, f64)> {
    let mut command = Command::new(std::env::current_exe()?);
    let output = command
        .arg("--takes")
        .arg(count.to_string())
        .arg(wav)
        .output()?;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut figures = told.split_whitespace().map(str::parse::<f64>);
    match (figures.next(), figures.next()) {
        (Some(Ok(before)), Some(Ok(after))) => Ok((before, after)),
        _ => bail!("{}", String::from_utf8_lossy(&output.stderr)),
    }
}

/// The other side of [`memory`]. True where that was asked for.
pub fn as_asked(arguments: &[String]) -> Result<bool> {
    let [takes, count, wav] = arguments else {
        return Ok(false);
    };
    if takes != "--takes" {
        return Ok(false);
    }
    let mut practice = Practice::of(Path::new(wav))?;
    let count: usize = count.parse()?;
    let mut before = 0.0;
    for number in 1..=count {
        practice.take()?;
        if number == WARM.min(count) {
            before = resident_mb(std::process::id());
        }
    }
    println!("{before:.1} {:.1}", resident_mb(std::process::id()));
    Ok(true)
}

/// Milliseconds from a wish to its effect, in the middle of decoding.
pub struct Aborted {
    /// From the cancelling of a transcription until the practice is ready for the next take.
    pub ready_ms: Vec<f64>,
    /// ... until the recogniser's process does nothing.
    pub idle_ms: Vec<f64>,
    /// From the closing of the program until it lets go.
    pub close_ms: Vec<f64>,
}

/// Stops the hearing of a long answer at `points` moments of it.
pub fn abort(wav: &Path, points: usize) -> Result<Aborted> {
    let (mut ready_ms, mut idle_ms, mut close_ms) = (Vec::new(), Vec::new(), Vec::new());
    let mut practice = Practice::of(wav)?;
    for point in 0..points {
        practice.decode_for(Duration::from_millis(150 + 170 * point as u64))?;
        let began = Instant::now();
        practice.runtime.request(SessionRequest::Cancel);
        let stage = practice.runtime.session().map(|session| session.stage());
        if matches!(stage, Some(Stage::Transcribing { .. })) {
            bail!("it was not cancelled");
        }
        ready_ms.push(1000.0 * began.elapsed().as_secs_f64());
        let asleep = since_it_sleeps()?;
        idle_ms.push(1000.0 * asleep.saturating_duration_since(began).as_secs_f64());
    }
    for point in 0..points {
        let mut practice = Practice::of(wav)?;
        practice.decode_for(Duration::from_millis(150 + 170 * point as u64))?;
        let began = Instant::now();
        drop(practice.runtime);
        close_ms.push(1000.0 * began.elapsed().as_secs_f64());
    }
    Ok(Aborted {
        ready_ms,
        idle_ms,
        close_ms,
    })
}

/// The program without window and command line.
struct Practice {
    runtime: Controller,
    _data: tempfile::TempDir,
}

impl Practice {
    fn of(wav: &Path) -> Result<Self> {
        let data = tempfile::tempdir()?;
        let config = Config {
            data: Some(data.path().to_owned()),
            source: Some(AudioSource::File(
                PathBuf::from(wav),
                FilePacing::Unthrottled,
            )),
            model: None,
            isolation: Isolation::Subprocess(env!("CARGO_BIN_EXE_starling").into()),
        };
        let mut runtime = Controller::start(config, || {})?;
        while *runtime.model() == ModelState::Loading {
            runtime.wait(Duration::from_millis(20));
        }
        let story = runtime
            .stories()
            .first()
            .context("there is no story")?
            .clone();
        let level = story.level;
        runtime.start_practice(
            story,
            vec!["situation".parse::<Part>().map_err(anyhow::Error::msg)?],
            level,
        );
        Ok(Self {
            runtime,
            _data: data,
        })
    }

    /// One take to its feedback.
    fn take(&mut self) -> Result<()> {
        self.runtime.start_take();
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            self.runtime.wait(Duration::from_millis(20));
            for news in self.runtime.take_notifications() {
                match news {
                    Notification::FeedbackReady(..) => return Ok(()),
                    Notification::Problem(what) => bail!("{what}"),
                    _ => {}
                }
            }
        }
        bail!("no feedback came")
    }

    /// Starts a take and lets its hearing go on for a while after the stop.
    fn decode_for(&mut self, time: Duration) -> Result<()> {
        self.runtime.start_take();
        let end = Instant::now() + PATIENCE;
        let mut since: Option<Instant> = None;
        while since.is_none_or(|since| since.elapsed() < time) {
            self.runtime.wait(Duration::from_millis(5));
            let stage = self.runtime.session().map(|session| session.stage());
            match stage {
                Some(Stage::Transcribing {
                    progress: Some(_), ..
                }) => {
                    since.get_or_insert_with(Instant::now);
                }
                Some(Stage::Review) => bail!("it was heard before it could be cancelled"),
                _ if Instant::now() > end => bail!("no hearing began"),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Waits until the recogniser's process sleeps, and gives the moment from which on it did.
fn since_it_sleeps() -> Result<Instant> {
    let recogniser = recognisers(std::process::id());
    let recogniser = *recogniser.first().context("there is no recogniser")?;
    let mut since = None;
    loop {
        let asleep = sleeps(recogniser);
        since = asleep.then(|| since.unwrap_or_else(Instant::now));
        match since {
            // Not only for a moment, while it waits for something.
            Some(since) if since.elapsed() > Duration::from_millis(20) => return Ok(since),
            _ => std::thread::sleep(Duration::from_millis(1)),
        }
    }
}
