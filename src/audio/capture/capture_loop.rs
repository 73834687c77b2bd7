//! The loop of the capture thread: reads the input, reports its level, and writes the take. Missing
//! audio is replaced by silence of the same length. Knows nothing of sessions.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::input::{InputSource, ReadStatus};
use super::message::{Command, OpenedMicrophone, RecordError, RecorderEvent, SampleSink};
use super::source::FilePacing;
use super::stream_clock::StreamClock;
use super::take_writer::{FinishedTake, TakeStart, TakeWriter};
use super::wav_writer::WavWriter;
use crate::acoustics::{ANALYSIS_RATE_HZ, rms_dbfs};
use crate::audio::channels::rule::ChannelRule;
use crate::audio::decode::AnalysisConverter;
use crate::domain::take::Audio;
use crate::domain::time::Secs;

/// Audio kept from before a take: people start to speak on "one".
const PRE_ROLL: usize = (ANALYSIS_RATE_HZ as usize * 45) / 100;
/// How often the input is read.
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// How often level and progress are reported, in samples.
const REPORT_INTERVAL: usize = ANALYSIS_RATE_HZ as usize / 10;
/// At the end of a take, audio may still be in the sound server's queue for this long.
const DRAIN_TIME: Duration = Duration::from_millis(150);
/// Without samples for this long, the signal is reported as lost.
const SIGNAL_LOST_AFTER: Duration = Duration::from_millis(1500);

/// State of the capture thread.
pub(super) struct CaptureLoop<'a> {
    input: InputSource,
    channel_rule: ChannelRule,
    emit: &'a dyn Fn(RecorderEvent),
    take: Option<TakeWriter>,
    /// Receives samples while there is no take.
    monitor_sink: Option<SampleSink>,
    /// The latest samples before a take.
    pre_roll: VecDeque<f32>,
    converter: Option<AnalysisConverter>,
    /// `None` for files, and until a microphone is open.
    clock: Option<StreamClock>,
    /// Sample rate and channel count of the input.
    format: (u32, u16),
    /// Frames received after a dropout, until its loss is known.
    pending: Vec<f32>,
    /// How many samples of that were recorded before the missing part.
    pending_backlog: usize,
    /// Clipped frames before the input's format changed.
    clipped_frames: u64,
    lost_frames: u64,
    level: Vec<f32>,
    /// Reference for the stream clock's times.
    started: Instant,
    last_arrival: Instant,
    has_received: bool,
}

impl<'a> CaptureLoop<'a> {
    pub(super) fn new(
        input: InputSource,
        channel_rule: ChannelRule,
        emit: &'a dyn Fn(RecorderEvent),
    ) -> Self {
        let now = Instant::now();
        Self {
            input,
            channel_rule,
            emit,
            take: None,
            monitor_sink: None,
            pre_roll: VecDeque::new(),
            converter: None,
            clock: None,
            format: (0, 0),
            pending: Vec::new(),
            pending_backlog: 0,
            clipped_frames: 0,
            lost_frames: 0,
            level: Vec::new(),
            started: now,
            last_arrival: now,
            has_received: false,
        }
    }

    /// Runs until the take or the input ends, or the recorder is dropped.
    pub(super) fn run(mut self, inbox: &Receiver<Command>) {
        let ended = self.run_until_end(inbox);
        let (emit, last_arrival, cut_short) = (self.emit, self.last_arrival, ended.err());
        match (self.finish(), cut_short) {
            (Ok(Some(finished)), cut_short) => emit(RecorderEvent::Saved {
                audio: finished.audio,
                ended: last_arrival,
                cut_short: cut_short.or(finished.unfinished),
                report: finished.report,
            }),
            (Ok(None), Some(error)) | (Err(error), _) => emit(RecorderEvent::Failed(error)),
            (Ok(None), None) => {}
        }
    }

    fn run_until_end(&mut self, inbox: &Receiver<Command>) -> Result<(), RecordError> {
        let is_file = self.input.is_file();
        if is_file {
            self.input_opened()?;
            self.report_listening();
        }
        loop {
            let fast = matches!(
                self.input,
                InputSource::File {
                    pace: FilePacing::Unthrottled,
                    ..
                }
            );
            let timeout = match fast && self.take.is_some() {
                true => Duration::ZERO,
                false => POLL_INTERVAL,
            };
            match inbox.recv_timeout(timeout) {
                Ok(Command::Begin(path, sink)) => self.begin(path, sink)?,
                Ok(Command::Monitor(sink)) => self.monitor_sink = Some(sink),
                Ok(Command::End) | Err(RecvTimeoutError::Disconnected) => {
                    return match is_file || self.take.is_none() {
                        true => Ok(()),
                        false => self.drain(),
                    };
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            // A file is only read if something receives its samples; a microphone always is.
            if is_file && self.take.is_none() && self.monitor_sink.is_none() {
                continue;
            }
            if !self.poll()? {
                return Ok(());
            }
        }
    }

    /// Reads what was spoken before the end but has not arrived yet.
    fn drain(&mut self) -> Result<(), RecordError> {
        let until = Instant::now() + DRAIN_TIME;
        while self.poll()? && Instant::now() < until {
            std::thread::sleep(POLL_INTERVAL);
        }
        Ok(())
    }

    /// Reads and processes what has arrived; false at the end of the input.
    fn poll(&mut self) -> Result<bool, RecordError> {
        let lost_frames = self.input.lost_frames();
        let mut arrived = Vec::new();
        let more = self.input.read(&mut arrived, self.take.is_some());
        if let Ok(ReadStatus::Reopened) = more {
            self.input_opened()?;
            return Ok(true);
        }
        if !arrived.is_empty() {
            self.last_arrival = Instant::now();
            self.report_listening();
        }
        match self.input.is_file() {
            true => self.process(&arrived)?,
            false => {
                self.process_arrival(arrived)?;
                self.insert_lost_frames(lost_frames)?;
                self.report_signal();
            }
        }
        Ok(more? != ReadStatus::End)
    }

    fn report_listening(&mut self) {
        if !self.has_received {
            self.has_received = true;
            (self.emit)(RecorderEvent::Listening);
        }
    }

    /// Prepares for an input that was just opened.
    fn input_opened(&mut self) -> Result<(), RecordError> {
        self.resolve_dropout()?;
        let Some((rate_hz, channels)) = self.input.format() else {
            return Ok(());
        };
        self.lost_frames = 0;
        if let Some(take) = &mut self.take {
            take.follow_input(self.input.name());
        }
        match &mut self.clock {
            _ if self.input.is_file() => {}
            Some(clock) => clock.reopened(rate_hz),
            none => *none = Some(StreamClock::new(rate_hz)),
        }
        self.set_format(rate_hz, channels)?;
        if let Some(microphone) = self.input.microphone() {
            (self.emit)(RecorderEvent::Opened(Box::new(OpenedMicrophone {
                microphone: microphone.clone(),
                channels,
                channel: self.input.channel(&self.channel_rule)?,
                replaces: self.input.replaced().cloned(),
            })));
        }
        Ok(())
    }

    fn set_format(&mut self, rate_hz: u32, channels: u16) -> Result<(), RecordError> {
        let mut rest = Vec::new();
        if let Some(before) = self.converter.take() {
            self.clipped_frames += before.finish(&mut rest).clipped_samples;
        }
        self.format = (rate_hz, channels);
        let channel = self.input.channel(&self.channel_rule)?;
        let detector = self.channel_rule.detector.as_ref();
        let converter = AnalysisConverter::new(rate_hz, channels, channel, detector);
        self.converter = Some(converter.map_err(|why| match &self.input {
            InputSource::File { blocks, .. } => blocks.rate_error(why).into(),
            InputSource::Microphone(_) => RecordError::Rate(why),
        })?);
        self.write(&rest)
    }

    /// Handles audio from a microphone, or that none arrived.
    fn process_arrival(&mut self, arrived: Vec<f32>) -> Result<(), RecordError> {
        let at = self.started.elapsed().as_secs_f64();
        let (rate_hz, channels) = self.format;
        let frames = arrived.len() / usize::from(channels.max(1));
        let Some(clock) = &mut self.clock else {
            return Ok(());
        };
        if frames == 0 {
            return match clock.poll_dropout(at) {
                Some(lost) => self.release(lost, at),
                None => Ok(()),
            };
        }
        if clock.in_dropout() && clock.ends_new_dropout(at) {
            self.resolve_dropout()?;
        }
        let Some(clock) = &mut self.clock else {
            return Ok(());
        };
        clock.add_frames(at, frames);
        let (in_dropout, is_backlog) = (clock.in_dropout(), clock.is_backlog(at));
        let loss = clock.poll_dropout(at);
        let actual_rate_hz = clock.actual_rate_hz();
        if let Some(take) = &mut self.take {
            let seconds = frames as f64 / f64::from(rate_hz);
            match &self.converter {
                Some(converter) => take.observe(&converter.chosen(&arrived), seconds),
                None => take.observe(&arrived, seconds),
            }
        }
        match in_dropout {
            false => self.process(&arrived)?,
            true => {
                self.pending.extend(arrived);
                if is_backlog {
                    self.pending_backlog = self.pending.len();
                }
            }
        }
        if let Some(lost) = loss {
            self.release(lost, at)?;
        }
        match actual_rate_hz {
            Some(actual_rate_hz) if !in_dropout => self.correct_rate(actual_rate_hz),
            _ => Ok(()),
        }
    }

    /// Handles `lost_frames` that did not fit into the ring; they follow all that has arrived.
    fn insert_lost_frames(&mut self, lost_frames: u64) -> Result<(), RecordError> {
        let frames = lost_frames.saturating_sub(self.lost_frames);
        self.lost_frames = lost_frames;
        if frames == 0 {
            return Ok(());
        }
        let seconds = frames as f64 / f64::from(self.format.0.max(1));
        if let Some(clock) = &mut self.clock {
            clock.add_loss(seconds);
        }
        self.resolve_dropout()?;
        self.insert_gap(seconds)
    }

    /// Corrects the sample rate if the stream runs at another one. What is in the take is too short then.
    fn correct_rate(&mut self, actual_rate_hz: u32) -> Result<(), RecordError> {
        let (nominal_hz, channels) = self.format;
        self.clock = Some(StreamClock::new(actual_rate_hz));
        self.set_format(actual_rate_hz, channels)?;
        let Some(take) = &mut self.take else {
            return Ok(());
        };
        let frames = take.take_frames() as f64;
        let short = frames / f64::from(actual_rate_hz) - frames / f64::from(nominal_hz);
        self.write_silence(short)
    }

    /// Resolves a dropout with what has been received so far.
    fn resolve_dropout(&mut self) -> Result<(), RecordError> {
        let at = self.started.elapsed().as_secs_f64();
        match self.clock.as_mut().and_then(StreamClock::resolve_dropout) {
            Some(lost) => self.release(lost, at),
            None => Ok(()),
        }
    }

    /// Processes the pending frames, with silence in place of the `lost` seconds.
    fn release(&mut self, lost: Secs, at: Secs) -> Result<(), RecordError> {
        let pending = std::mem::take(&mut self.pending);
        let (backlog, fresh) = pending.split_at(std::mem::take(&mut self.pending_backlog));
        self.process(backlog)?;
        if lost > 0.0 {
            // A loss before the take started does not count.
            let since_start = self.take.as_ref().map(|take| {
                let since = take.started().saturating_duration_since(self.started);
                (at - since.as_secs_f64()).max(0.0)
            });
            self.insert_gap(since_start.map_or(lost, |since_start| lost.min(since_start)))?;
        }
        self.process(fresh)
    }

    /// Inserts `seconds` of silence and records the gap.
    fn insert_gap(&mut self, seconds: Secs) -> Result<(), RecordError> {
        let Some(take) = &mut self.take else {
            return Ok(());
        };
        take.report_gap(seconds);
        self.write_silence(seconds)
    }

    fn write_silence(&mut self, seconds: Secs) -> Result<(), RecordError> {
        let (rate_hz, channels) = self.format;
        let mut frames = (seconds.max(0.0) * f64::from(rate_hz)).round() as usize;
        while frames > 0 {
            let chunk = frames.min(rate_hz as usize);
            self.process(&vec![0.0; chunk * usize::from(channels)])?;
            frames -= chunk;
        }
        Ok(())
    }

    fn process(&mut self, interleaved: &[f32]) -> Result<(), RecordError> {
        if let Some(take) = &mut self.take {
            take.add_frames(interleaved.len() as u64 / u64::from(self.format.1.max(1)));
        }
        let mut samples = Vec::new();
        // A microphone test is too short to wait for certainty, and nothing is lost by a change of mind.
        let is_test = self.take.is_none() && self.monitor_sink.is_some();
        if let Some(converter) = &mut self.converter {
            converter.push(interleaved, &mut samples);
            if let Some(note) = converter.take_note(is_test) {
                (self.emit)(RecorderEvent::ChannelsDiffer(note));
            }
        }
        self.write(&samples)
    }

    fn write(&mut self, samples: &[f32]) -> Result<(), RecordError> {
        self.level.extend_from_slice(samples);
        while self.level.len() >= REPORT_INTERVAL {
            let tenth: Vec<f32> = self.level.drain(..REPORT_INTERVAL).collect();
            (self.emit)(RecorderEvent::Level(rms_dbfs(&tenth)));
            if let Some(levels) = self
                .converter
                .as_mut()
                .and_then(AnalysisConverter::take_levels)
            {
                (self.emit)(RecorderEvent::ChannelLevels(levels));
            }
        }
        match &mut self.take {
            None => {
                if let Some(sink) = &mut self.monitor_sink {
                    sink(samples);
                }
                self.pre_roll.extend(samples);
                let over = self.pre_roll.len().saturating_sub(PRE_ROLL);
                self.pre_roll.drain(..over);
                Ok(())
            }
            Some(take) => {
                take.push(samples)?;
                if let Some(seconds) = take.progress(REPORT_INTERVAL as u64) {
                    (self.emit)(RecorderEvent::Recorded(seconds));
                }
                Ok(())
            }
        }
    }

    fn report_signal(&mut self) {
        let Some(take) = &mut self.take else { return };
        let is_lost = self.input.silent_for() > SIGNAL_LOST_AFTER;
        if let Some(signal) = take.changed_signal(is_lost) {
            (self.emit)(RecorderEvent::SignalChanged(signal));
        }
    }

    fn begin(&mut self, path: PathBuf, sink: SampleSink) -> Result<(), RecordError> {
        if self.take.is_some() {
            return Ok(());
        }
        self.resolve_dropout()?;
        let file = WavWriter::create(&path).map_err(|why| RecordError::Disk { path, why })?;
        if let Some(converter) = &mut self.converter {
            converter.begin_take();
        }
        let pre_roll: Vec<f32> = self.pre_roll.drain(..).collect();
        let start = TakeStart {
            last_arrival: self.last_arrival,
            clipped_before: self.total_clipped_frames(),
            input: self.input.name().map(str::to_owned),
        };
        let (take, begun) = TakeWriter::new(file, sink, start, &pre_roll);
        self.take = Some(take);
        begun
    }

    fn total_clipped_frames(&self) -> u64 {
        self.clipped_frames
            + self
                .converter
                .as_ref()
                .map_or(0, AnalysisConverter::clipped_frames)
    }

    /// Completes the take, if there is one.
    fn finish(mut self) -> Result<Option<FinishedTake>, RecordError> {
        let resolved = self.resolve_dropout();
        let clipped_samples = self.total_clipped_frames();
        let (Some(mut take), Some(mut converter)) = (self.take.take(), self.converter.take())
        else {
            return Ok(None);
        };
        if let Some(note) = converter.take_note(true) {
            (self.emit)(RecorderEvent::ChannelsDiffer(note));
        }
        let elapsed = self.last_arrival.saturating_duration_since(take.started());
        let elapsed = (!self.input.is_file()).then_some(elapsed.as_secs_f64());
        // Close the input as soon as possible: nothing more is recorded.
        drop(self.input);
        let mut rest = Vec::new();
        let audio = Audio {
            clipped_samples,
            ..converter.finish(&mut rest)
        };
        // If the disk is full, the take consists of what was written before.
        let written = resolved.and_then(|()| take.push(&rest));
        take.finish(audio, elapsed, written).map(Some)
    }
}
