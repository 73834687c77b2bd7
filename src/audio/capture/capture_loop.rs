//! What the recorder's thread does: takes sound in, shows its level, and writes a take; what is missing is
//! silence of its length. Knows nothing of sessions.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::capture_report::{CaptureReport, InputSignal, SilenceDetector};
use super::input::{InputSource, ReadStatus};
use super::input_device::FilePacing;
use super::recorder::{Command, RecordError, RecorderEvent, SampleSink};
use super::stream_clock::StreamClock;
use super::take_writer as writing;
use super::take_writer::{FinishedTake, TakeWriter};
use super::wav_writer::WavWriter;
use crate::acoustics::{ANALYSIS_RATE_HZ, rms_dbfs};
use crate::audio::decode::AnalysisConverter;
use crate::domain::take::Audio;
use crate::domain::time::{Secs, Span};

/// Kept from before the answer begins: people start on "one".
const PRE_ROLL: usize = (ANALYSIS_RATE_HZ as usize * 45) / 100;
/// How often the ring is emptied.
const TURN: Duration = Duration::from_millis(20);
/// How often level and progress are told.
const TELL_EVERY: usize = ANALYSIS_RATE_HZ as usize / 10;
/// What was said before the end of a take may still be on its way through the sound server.
const IN_FLIGHT: Duration = Duration::from_millis(150);
/// From then on the speaker is told that nothing arrives.
const QUIET_FROM: Duration = Duration::from_millis(1500);

/// Where the recorder's thread stands.
pub(crate) struct CaptureLoop<'a> {
    intake: InputSource,
    tell: &'a dyn Fn(RecorderEvent),
    take: Option<TakeWriter>,
    /// Hears what comes without a take.
    ear: Option<SampleSink>,
    /// Sound before the take, until there is one.
    pre_roll: VecDeque<f32>,
    monitor: Option<AnalysisConverter>,
    /// Of a microphone, from its opening on.
    arrivals: Option<StreamClock>,
    /// Rate and channels of what arrives.
    shape: (u32, u16),
    /// What arrived after a hole, until it is known how much of it is missing.
    held: Vec<f32>,
    /// How much of that is older than what is missing.
    waited: usize,
    /// Frames at full scale, before the microphone was opened anew.
    clipped_frames: u64,
    lost_frames: u64,
    level: Vec<f32>,
    /// Zero of the clock.
    began: Instant,
    last_sound: Instant,
    heard_any: bool,
}

impl<'a> CaptureLoop<'a> {
    pub(crate) fn new(intake: InputSource, tell: &'a dyn Fn(RecorderEvent)) -> Self {
        let now = Instant::now();
        Self {
            intake,
            tell,
            take: None,
            ear: None,
            pre_roll: VecDeque::new(),
            monitor: None,
            arrivals: None,
            shape: (0, 0),
            held: Vec::new(),
            waited: 0,
            clipped_frames: 0,
            lost_frames: 0,
            level: Vec::new(),
            began: now,
            last_sound: now,
            heard_any: false,
        }
    }

    /// Until the take ends, the source does, or nobody wants it any more.
    pub(crate) fn run(mut self, inbox: &Receiver<Command>) {
        let ended = self.until_the_end(inbox);
        let (tell, last_sound, cut_short) = (self.tell, self.last_sound, ended.err());
        match (self.finish(), cut_short) {
            (Ok(Some(finished)), cut_short) => tell(RecorderEvent::Saved {
                audio: finished.audio,
                ended: last_sound,
                cut_short: cut_short.or(finished.unfinished),
                mishaps: finished.mishaps,
            }),
            (Ok(None), Some(error)) | (Err(error), _) => tell(RecorderEvent::Failed(error)),
            (Ok(None), None) => {}
        }
    }

    fn until_the_end(&mut self, inbox: &Receiver<Command>) -> Result<(), RecordError> {
        let is_file = self.intake.is_file();
        if is_file {
            self.opened()?;
            self.listening();
        }
        loop {
            let fast = matches!(
                self.intake,
                InputSource::File {
                    pace: FilePacing::Unthrottled,
                    ..
                }
            );
            let patience = match fast && self.take.is_some() {
                true => Duration::ZERO,
                false => TURN,
            };
            match inbox.recv_timeout(patience) {
                Ok(Command::Begin(path, ear)) => self.begin(path, ear)?,
                Ok(Command::Monitor(ear)) => self.ear = Some(ear),
                Ok(Command::End) | Err(RecvTimeoutError::Disconnected) => {
                    return match is_file || self.take.is_none() {
                        true => Ok(()),
                        false => self.last_turns(),
                    };
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            // A file waits for who hears it; a microphone does not.
            if is_file && self.take.is_none() && self.ear.is_none() {
                continue;
            }
            if !self.poll()? {
                return Ok(());
            }
        }
    }

    /// Takes in what was said before the end and is still to arrive.
    fn last_turns(&mut self) -> Result<(), RecordError> {
        let until = Instant::now() + IN_FLIGHT;
        while self.poll()? && Instant::now() < until {
            std::thread::sleep(TURN);
        }
        Ok(())
    }

    /// Takes in what has arrived; false where nothing more will.
    fn poll(&mut self) -> Result<bool, RecordError> {
        let lost_frames = self.intake.lost_frames();
        let mut arrived = Vec::new();
        let more = self.intake.read(&mut arrived, self.take.is_some());
        if let Ok(ReadStatus::Reopened) = more {
            self.opened()?;
            return Ok(true);
        }
        if !arrived.is_empty() {
            self.last_sound = Instant::now();
            self.listening();
        }
        match self.intake.is_file() {
            true => self.process(&arrived)?,
            false => {
                self.arrived(arrived)?;
                self.lost(lost_frames)?;
                self.tell_hearing();
            }
        }
        Ok(more? != ReadStatus::End)
    }

    fn listening(&mut self) {
        if !self.heard_any {
            self.heard_any = true;
            (self.tell)(RecorderEvent::Listening);
        }
    }

    /// What follows comes from a source that was just opened.
    fn opened(&mut self) -> Result<(), RecordError> {
        self.settle()?;
        let Some((rate_hz, channels)) = self.intake.shape() else {
            return Ok(());
        };
        self.lost_frames = 0;
        if let Some(take) = &mut self.take {
            take.frames = 0;
            if take.name.as_deref() != self.intake.name() {
                take.mishaps.switched_to = self.intake.name().map(str::to_owned);
            }
        }
        match &mut self.arrivals {
            _ if self.intake.is_file() => {}
            Some(arrivals) => arrivals.reopened(rate_hz),
            none => *none = Some(StreamClock::new(rate_hz)),
        }
        self.reshape(rate_hz, channels)
    }

    fn reshape(&mut self, rate_hz: u32, channels: u16) -> Result<(), RecordError> {
        let mut rest = Vec::new();
        if let Some(before) = self.monitor.take() {
            self.clipped_frames += before.finish(&mut rest).clipped_samples;
        }
        self.shape = (rate_hz, channels);
        let monitor = AnalysisConverter::new(rate_hz, channels);
        self.monitor = Some(monitor.map_err(|why| match &self.intake {
            InputSource::File { blocks, .. } => blocks.rate_error(why).into(),
            InputSource::Microphone(_) => RecordError::Rate(why),
        })?);
        self.accept(&rest)
    }

    /// Sound of a microphone arrived, or none.
    fn arrived(&mut self, arrived: Vec<f32>) -> Result<(), RecordError> {
        let at = self.began.elapsed().as_secs_f64();
        let (rate_hz, channels) = self.shape;
        let frames = arrived.len() / usize::from(channels.max(1));
        let Some(arrivals) = &mut self.arrivals else {
            return Ok(());
        };
        if frames == 0 {
            return match arrivals.settled(at) {
                Some(lost) => self.release(lost, at),
                None => Ok(()),
            };
        }
        if arrivals.unsure() && arrivals.ends_a_hole(at) {
            self.settle()?;
        }
        let Some(arrivals) = &mut self.arrivals else {
            return Ok(());
        };
        arrivals.arrived(at, frames);
        let (unsure, waited) = (arrivals.unsure(), arrivals.waited(at));
        let settled = arrivals.settled(at);
        let true_rate_hz = arrivals.true_rate_hz();
        if let Some(take) = &mut self.take {
            let seconds = frames as f64 / f64::from(rate_hz);
            take.silence.push(&arrived, seconds);
        }
        match unsure {
            false => self.process(&arrived)?,
            true => {
                self.held.extend(arrived);
                if waited {
                    self.waited = self.held.len();
                }
            }
        }
        if let Some(lost) = settled {
            self.release(lost, at)?;
        }
        match true_rate_hz {
            Some(true_rate_hz) if !unsure => self.correct(true_rate_hz),
            _ => Ok(()),
        }
    }

    /// `lost_frames` fell out of a full ring, behind all that has arrived.
    fn lost(&mut self, lost_frames: u64) -> Result<(), RecordError> {
        let frames = lost_frames.saturating_sub(self.lost_frames);
        self.lost_frames = lost_frames;
        if frames == 0 {
            return Ok(());
        }
        let seconds = frames as f64 / f64::from(self.shape.0.max(1));
        if let Some(arrivals) = &mut self.arrivals {
            arrivals.lost(seconds);
        }
        self.settle()?;
        self.insert_gap(seconds)
    }

    /// The stream runs at another rate than it promised: what is in the take already is too short.
    fn correct(&mut self, true_rate_hz: u32) -> Result<(), RecordError> {
        let (promised_hz, channels) = self.shape;
        self.arrivals = Some(StreamClock::new(true_rate_hz));
        self.reshape(true_rate_hz, channels)?;
        let Some(take) = &mut self.take else {
            return Ok(());
        };
        let frames = std::mem::take(&mut take.frames) as f64;
        let short = frames / f64::from(true_rate_hz) - frames / f64::from(promised_hz);
        self.silence(short)
    }

    /// By what is known so far of a hole.
    fn settle(&mut self) -> Result<(), RecordError> {
        let at = self.began.elapsed().as_secs_f64();
        match self.arrivals.as_mut().and_then(StreamClock::settle) {
            Some(lost) => self.release(lost, at),
            None => Ok(()),
        }
    }

    /// What was held back goes on, with silence where `lost` seconds are missing.
    fn release(&mut self, lost: Secs, at: Secs) -> Result<(), RecordError> {
        let held = std::mem::take(&mut self.held);
        let (waited, fresh) = held.split_at(std::mem::take(&mut self.waited));
        self.process(waited)?;
        if lost > 0.0 {
            // What was missing before the take is not missing in it.
            let begun = self.take.as_ref().map(|take| {
                let since = take.began.saturating_duration_since(self.began);
                (at - since.as_secs_f64()).max(0.0)
            });
            self.insert_gap(begun.map_or(lost, |begun| lost.min(begun)))?;
        }
        self.process(fresh)
    }

    /// `seconds` are missing here.
    fn insert_gap(&mut self, seconds: Secs) -> Result<(), RecordError> {
        let Some(take) = &mut self.take else {
            return Ok(());
        };
        let start = writing::seconds(take.file.samples());
        take.lost += seconds;
        take.mishaps.gaps.push(Span {
            start,
            end: start + seconds,
        });
        self.silence(seconds)
    }

    fn silence(&mut self, seconds: Secs) -> Result<(), RecordError> {
        let (rate_hz, channels) = self.shape;
        let mut frames = (seconds.max(0.0) * f64::from(rate_hz)).round() as usize;
        while frames > 0 {
            let piece = frames.min(rate_hz as usize);
            self.process(&vec![0.0; piece * usize::from(channels)])?;
            frames -= piece;
        }
        Ok(())
    }

    fn process(&mut self, interleaved: &[f32]) -> Result<(), RecordError> {
        if let Some(take) = &mut self.take {
            take.frames += interleaved.len() as u64 / u64::from(self.shape.1.max(1));
        }
        let mut samples = Vec::new();
        if let Some(monitor) = &mut self.monitor {
            monitor.push(interleaved, &mut samples);
        }
        self.accept(&samples)
    }

    fn accept(&mut self, samples: &[f32]) -> Result<(), RecordError> {
        self.level.extend_from_slice(samples);
        while self.level.len() >= TELL_EVERY {
            let tenth: Vec<f32> = self.level.drain(..TELL_EVERY).collect();
            (self.tell)(RecorderEvent::Level(rms_dbfs(&tenth)));
        }
        match &mut self.take {
            None => {
                if let Some(ear) = &mut self.ear {
                    ear(samples);
                }
                self.pre_roll.extend(samples);
                let over = self.pre_roll.len().saturating_sub(PRE_ROLL);
                self.pre_roll.drain(..over);
                Ok(())
            }
            Some(take) => {
                take.push(samples)?;
                if take.file.samples() - take.reported_samples >= TELL_EVERY as u64 {
                    take.reported_samples = take.file.samples();
                    (self.tell)(RecorderEvent::Recorded(writing::seconds(
                        take.reported_samples,
                    )));
                }
                Ok(())
            }
        }
    }

    fn tell_hearing(&mut self) {
        let Some(take) = &mut self.take else { return };
        let hears = match take.silence.is_silent() {
            _ if self.intake.quiet_for() > QUIET_FROM => InputSignal::Lost,
            true => InputSignal::Silent,
            false => InputSignal::Present,
        };
        if hears != take.signal {
            take.signal = hears;
            (self.tell)(RecorderEvent::SignalChanged(hears));
        }
    }

    fn begin(&mut self, path: PathBuf, ear: SampleSink) -> Result<(), RecordError> {
        if self.take.is_some() {
            return Ok(());
        }
        self.settle()?;
        let file = WavWriter::create(&path).map_err(|why| RecordError::Disk { path, why })?;
        let pre_roll: Vec<f32> = self.pre_roll.drain(..).collect();
        let mut take = TakeWriter {
            file,
            ear,
            clipped_before: self.clipped(),
            reported_samples: 0,
            began: self.last_sound,
            pre_roll: writing::seconds(pre_roll.len() as u64),
            frames: 0,
            lost: 0.0,
            silence: SilenceDetector::default(),
            signal: InputSignal::Present,
            name: self.intake.name().map(str::to_owned),
            mishaps: CaptureReport::default(),
        };
        let begun = take.push(&pre_roll);
        self.take = Some(take);
        begun
    }

    fn clipped(&self) -> u64 {
        self.clipped_frames
            + self
                .monitor
                .as_ref()
                .map_or(0, AnalysisConverter::clipped_frames)
    }

    /// Completes the take, if there is one.
    fn finish(mut self) -> Result<Option<FinishedTake>, RecordError> {
        let settled = self.settle();
        let clipped_samples = self.clipped();
        let (Some(mut take), Some(monitor)) = (self.take.take(), self.monitor.take()) else {
            return Ok(None);
        };
        let lasted = self.last_sound.saturating_duration_since(take.began);
        let lasted = (!self.intake.is_file()).then_some(lasted.as_secs_f64());
        // From here on nobody listens.
        drop(self.intake);
        let mut rest = Vec::new();
        let audio = Audio {
            clipped_samples,
            ..monitor.finish(&mut rest)
        };
        // A full disk ends a take; what was written before is the take.
        let written = settled.and_then(|()| take.push(&rest));
        take.finish(audio, lasted, written).map(Some)
    }
}
