//! The recorder's thread: takes sound from a microphone or a file, shows its level, and writes a
//! take. Knows nothing of sessions; says what happened, in the past tense.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::mic::{self, Feed, MicError, Pace, Source};
use super::read::{Blocks, ReadError, ToAnalysis};
use super::resample::RateError;
use super::take_file::TakeFile;
use crate::coach::take::Audio;
use crate::coach::time::Secs;
use crate::coach::voice::{ANALYSIS_RATE_HZ, rms_dbfs};

/// Kept from before the answer begins: people start on "one".
const PRE_ROLL: usize = (ANALYSIS_RATE_HZ as usize * 45) / 100;
/// How often the ring is emptied.
const TURN: Duration = Duration::from_millis(20);
/// How often level and progress are told.
const TELL_EVERY: usize = ANALYSIS_RATE_HZ as usize / 10;
/// What was said before the end of a take may still be on its way through the sound server.
const IN_FLIGHT: Duration = Duration::from_millis(150);
/// Sound arrives this unevenly without any of it being lost.
const UNEVEN: Secs = 0.2;
/// A microphone that gave no sample for so long will not give any.
const STALLED_AFTER: Duration = Duration::from_millis(1500);
/// ... but it may need a moment to wake.
const WAKES_WITHIN: Duration = Duration::from_secs(4);

/// What a recorder tells.
#[derive(Debug)]
pub enum Happened {
    /// Sound arrives.
    Listening,
    /// The last tenth of a second, in dB below full scale.
    Level(f64),
    /// So much of the take is written.
    Recorded(Secs),
    /// The take is whole on disk. Nothing follows.
    Saved {
        /// What it holds.
        audio: Audio,
        /// When its last sample arrived.
        ended: Instant,
        /// What ended it, where it was not asked to end.
        cut_short: Option<RecordError>,
    },
    /// There is no take. Nothing follows.
    Failed(RecordError),
}

/// Why a recording ended, or never began.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The microphone's fault.
    #[error(transparent)]
    Mic(#[from] MicError),
    /// The file that plays the microphone cannot be read.
    #[error(transparent)]
    File(#[from] ReadError),
    /// The microphone's rate is out of reach.
    #[error("the microphone cannot be used: {0}")]
    Rate(#[from] RateError),
    /// Our own fault.
    #[error("the recorder broke: what was recorded is on the disk. Start again, and report it")]
    Broke,
    /// The disk's fault.
    #[error("the take cannot be written to {path}: {why}. Make room or choose another folder with --data", path = path.display())]
    Disk {
        /// The take's file.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
}

/// An open source of sound on a thread of its own. Closes it when dropped; a take that is being
/// written is completed first.
pub struct Recorder {
    commands: Option<SyncSender<Command>>,
    thread: Option<JoinHandle<()>>,
    opening: Arc<AtomicBool>,
}

/// Is handed every sample of a take, just as it is written; dropped behind the last one.
pub type Ear = Box<dyn FnMut(&[f32]) + Send>;

enum Command {
    Begin(PathBuf, Ear),
    End,
}

impl Recorder {
    /// Opens `source`; `tell` is called on the recorder's thread.
    pub fn open(source: Source, tell: impl Fn(Happened) + Send + 'static) -> io::Result<Self> {
        let (commands, inbox) = sync_channel(4);
        let opening = Arc::new(AtomicBool::new(true));
        let opened = Arc::clone(&opening);
        let thread = std::thread::Builder::new()
            .name("recorder".to_owned())
            .spawn(move || {
                let work = AssertUnwindSafe(|| {
                    let intake = Intake::open(&source);
                    opened.store(false, Ordering::Release);
                    match intake {
                        Ok(intake) => Running::new(intake, &tell).run(&inbox),
                        Err(error) => tell(Happened::Failed(error)),
                    }
                });
                // A defect here must not leave a session that waits for ever.
                if catch_unwind(work).is_err() {
                    opened.store(false, Ordering::Release);
                    tell(Happened::Failed(RecordError::Broke));
                }
            })?;
        Ok(Self {
            commands: Some(commands),
            thread: Some(thread),
            opening,
        })
    }

    /// Begins to write a take to `path`, from a moment before now, with `ear` listening.
    pub fn begin(&self, path: PathBuf, ear: Ear) {
        self.command(Command::Begin(path, ear));
    }

    /// Ends the take: `Saved` follows, or nothing where none was begun.
    pub fn end(&self) {
        self.command(Command::End);
    }

    fn command(&self, command: Command) {
        // A recorder that is gone has said why.
        if let Some(commands) = &self.commands {
            let _ = commands.send(command);
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.commands = None;
        // A sound server can keep an opening waiting for seconds; the window is not made to wait
        // with it. The thread finds its inbox closed and ends by itself.
        if self.opening.load(Ordering::Acquire) {
            return;
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

enum Intake {
    Microphone(Feed),
    File {
        blocks: Blocks,
        pace: Pace,
        /// Frames that are due but not played yet.
        pending: Vec<f32>,
        began: Option<Instant>,
        played_frames: u64,
    },
}

impl Intake {
    fn open(source: &Source) -> Result<Self, RecordError> {
        Ok(match source {
            Source::Default => Intake::Microphone(mic::open(None)?),
            Source::Device(name) => Intake::Microphone(mic::open(Some(name))?),
            Source::File(path, pace) => Intake::File {
                blocks: Blocks::open(path)?,
                pace: *pace,
                pending: Vec::new(),
                began: None,
                played_frames: 0,
            },
        })
    }

    fn shape(&self) -> (u32, u16) {
        match self {
            Intake::Microphone(feed) => (feed.rate_hz, feed.channels),
            Intake::File { blocks, .. } => (blocks.rate_hz, blocks.channels),
        }
    }

    fn lost_frames(&self) -> u64 {
        match self {
            Intake::Microphone(feed) => feed.state.lost_frames(),
            Intake::File { .. } => 0,
        }
    }

    /// Appends what has arrived, whole frames. False where nothing more will.
    fn take(&mut self, out: &mut Vec<f32>) -> Result<bool, RecordError> {
        match self {
            Intake::Microphone(feed) => {
                let ready = feed.samples.slots();
                if let Ok(chunk) = feed.samples.read_chunk(ready) {
                    let (first, second) = chunk.as_slices();
                    out.extend_from_slice(first);
                    out.extend_from_slice(second);
                    chunk.commit_all();
                }
                match feed.state.failed() {
                    Some(error) => Err(error.into()),
                    None => Ok(true),
                }
            }
            Intake::File {
                blocks,
                pace,
                pending,
                began,
                played_frames,
            } => {
                let channels = usize::from(blocks.channels);
                let began = began.get_or_insert_with(Instant::now);
                let due = match pace {
                    // A block a turn, so that an end can be heard in between.
                    Pace::Fast => *played_frames + u64::from(blocks.rate_hz),
                    Pace::RealTime => {
                        (began.elapsed().as_secs_f64() * f64::from(blocks.rate_hz)) as u64
                    }
                };
                let wanted = (due - *played_frames) as usize * channels;
                let mut block = Vec::new();
                let mut more = true;
                while more && pending.len() < wanted {
                    more = blocks.next(&mut block)?;
                    pending.extend_from_slice(&block);
                }
                let given = wanted.min(pending.len());
                out.extend(pending.drain(..given));
                *played_frames += (given / channels) as u64;
                Ok(more || !pending.is_empty())
            }
        }
    }
}

/// Where the recorder's thread stands.
struct Running<'a> {
    intake: Intake,
    tell: &'a dyn Fn(Happened),
    lost_before: u64,
    take: Option<Writing>,
    /// Sound before the take, until there is one.
    pre_roll: VecDeque<f32>,
    monitor: Option<ToAnalysis>,
    level: Vec<f32>,
    last_sound: Instant,
    heard_any: bool,
}

struct Writing {
    file: TakeFile,
    ear: Ear,
    clipped_before: u64,
    told_samples: u64,
    /// When sound last arrived before the take began.
    began: Instant,
    /// What has arrived since, all channels.
    arrived_samples: u64,
}

impl<'a> Running<'a> {
    fn new(intake: Intake, tell: &'a dyn Fn(Happened)) -> Self {
        Self {
            intake,
            tell,
            lost_before: 0,
            take: None,
            pre_roll: VecDeque::new(),
            monitor: None,
            level: Vec::new(),
            last_sound: Instant::now(),
            heard_any: false,
        }
    }

    /// Until the take ends, the source does, or nobody wants it any more.
    fn run(mut self, inbox: &Receiver<Command>) {
        let ended = self.until_the_end(inbox);
        let (tell, last_sound, cut_short) = (self.tell, self.last_sound, ended.err());
        match (self.finish(), cut_short) {
            (Ok(Some((audio, unfinished))), cut_short) => tell(Happened::Saved {
                audio,
                ended: last_sound,
                cut_short: cut_short.or(unfinished),
            }),
            (Ok(None), Some(error)) | (Err(error), _) => tell(Happened::Failed(error)),
            (Ok(None), None) => {}
        }
    }

    fn until_the_end(&mut self, inbox: &Receiver<Command>) -> Result<(), RecordError> {
        let (rate_hz, channels) = self.intake.shape();
        let monitor = ToAnalysis::new(rate_hz, channels);
        self.monitor = Some(monitor.map_err(|why| match &self.intake {
            Intake::File { blocks, .. } => blocks.rate_error(why).into(),
            Intake::Microphone(_) => RecordError::Rate(why),
        })?);
        let is_file = matches!(self.intake, Intake::File { .. });
        if is_file {
            self.listening();
        }
        loop {
            let fast = matches!(
                self.intake,
                Intake::File {
                    pace: Pace::Fast,
                    ..
                }
            );
            let patience = match fast && self.take.is_some() {
                true => Duration::ZERO,
                false => TURN,
            };
            match inbox.recv_timeout(patience) {
                Ok(Command::Begin(path, ear)) => self.begin(path, ear)?,
                Ok(Command::End) | Err(RecvTimeoutError::Disconnected) => {
                    return match is_file || self.take.is_none() {
                        true => Ok(()),
                        false => self.last_turns(),
                    };
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            // A file waits for its take; a microphone does not.
            if is_file && self.take.is_none() {
                continue;
            }
            if !self.turn()? {
                return Ok(());
            }
            self.watch()?;
        }
    }

    /// Takes in what was said before the end and is still to arrive.
    fn last_turns(&mut self) -> Result<(), RecordError> {
        let until = Instant::now() + IN_FLIGHT;
        while self.turn()? && Instant::now() < until {
            std::thread::sleep(TURN);
        }
        Ok(())
    }

    /// Takes in what has arrived; false where nothing more will.
    fn turn(&mut self) -> Result<bool, RecordError> {
        let mut arrived = Vec::new();
        let more = self.intake.take(&mut arrived);
        if !arrived.is_empty() {
            self.last_sound = Instant::now();
            self.listening();
        }
        if let Some(take) = &mut self.take {
            take.arrived_samples += arrived.len() as u64;
        }
        let mut samples = Vec::new();
        if let Some(monitor) = &mut self.monitor {
            monitor.push(&arrived, &mut samples);
        }
        self.accept(&samples)?;
        more
    }

    fn listening(&mut self) {
        if !self.heard_any {
            self.heard_any = true;
            (self.tell)(Happened::Listening);
        }
    }

    fn accept(&mut self, samples: &[f32]) -> Result<(), RecordError> {
        self.level.extend_from_slice(samples);
        while self.level.len() >= TELL_EVERY {
            let tenth: Vec<f32> = self.level.drain(..TELL_EVERY).collect();
            (self.tell)(Happened::Level(rms_dbfs(&tenth)));
        }
        match &mut self.take {
            None => {
                self.pre_roll.extend(samples);
                let over = self.pre_roll.len().saturating_sub(PRE_ROLL);
                self.pre_roll.drain(..over);
                Ok(())
            }
            Some(take) => {
                take.push(samples)?;
                if take.file.samples() - take.told_samples >= TELL_EVERY as u64 {
                    take.told_samples = take.file.samples();
                    (self.tell)(Happened::Recorded(seconds(take.told_samples)));
                }
                Ok(())
            }
        }
    }

    fn begin(&mut self, path: PathBuf, ear: Ear) -> Result<(), RecordError> {
        if self.take.is_some() {
            return Ok(());
        }
        let file = TakeFile::create(&path).map_err(|why| RecordError::Disk { path, why })?;
        self.lost_before = self.intake.lost_frames();
        let mut take = Writing {
            file,
            ear,
            clipped_before: self.monitor.as_ref().map_or(0, ToAnalysis::clipped_frames),
            told_samples: 0,
            began: self.last_sound,
            arrived_samples: 0,
        };
        let pre_roll: Vec<f32> = self.pre_roll.drain(..).collect();
        let begun = take.push(&pre_roll);
        self.take = Some(take);
        begun
    }

    /// Completes the take, if there is one; with it, what went wrong at its very end.
    fn finish(mut self) -> Result<Option<(Audio, Option<RecordError>)>, RecordError> {
        let Some(mut take) = self.take.take() else {
            return Ok(None);
        };
        // What was lost at the full ring is missing by the clock, too.
        let dropped = self.intake.lost_frames() - self.lost_before;
        let lost_samples = dropped.max(self.missing_frames(&take));
        let mut rest = Vec::new();
        let Some(monitor) = self.monitor.take() else {
            return Ok(None);
        };
        let audio = monitor.finish(&mut rest);
        // A full disk ends a take; what was written before is the take.
        let written = take.push(&rest);
        // Whoever listens need not wait for the disk.
        drop(take.ear);
        let path = take.file.path().to_owned();
        let (samples, finished) = take.file.finish();
        let finished = finished.map_err(|why| RecordError::Disk { path, why });
        let unfinished = match (samples, written.and(finished)) {
            (0, ended) => ended.map(|()| None)?,
            (_, ended) => ended.err(),
        };
        let audio = Audio {
            seconds: seconds(samples),
            clipped_samples: audio.clipped_samples.saturating_sub(take.clipped_before),
            lost_samples,
            ..audio
        };
        Ok(Some((audio, unfinished)))
    }

    /// Frames that the clock says should have come and did not: a sound server drops without a
    /// word what it cannot deliver in time.
    fn missing_frames(&self, take: &Writing) -> u64 {
        let (rate_hz, channels) = self.intake.shape();
        let lasted = self.last_sound.saturating_duration_since(take.began);
        let due = lasted.as_secs_f64() * f64::from(rate_hz);
        let missing = due - take.arrived_samples as f64 / f64::from(channels.max(1));
        let is_file = matches!(self.intake, Intake::File { .. });
        match is_file || missing < UNEVEN * f64::from(rate_hz) {
            true => 0,
            false => missing as u64,
        }
    }

    fn watch(&self) -> Result<(), RecordError> {
        if matches!(self.intake, Intake::File { .. }) {
            return Ok(());
        }
        let patience = match self.heard_any {
            true => STALLED_AFTER,
            false => WAKES_WITHIN,
        };
        match self.last_sound.elapsed() > patience {
            true => Err(MicError::Stalled.into()),
            false => Ok(()),
        }
    }
}

impl Writing {
    fn push(&mut self, samples: &[f32]) -> Result<(), RecordError> {
        let written = self.file.push(samples).map_err(|why| RecordError::Disk {
            path: self.file.path().to_owned(),
            why,
        })?;
        (self.ear)(&written);
        Ok(())
    }
}

fn seconds(samples: u64) -> Secs {
    samples as f64 / f64::from(ANALYSIS_RATE_HZ)
}
