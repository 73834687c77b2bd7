//! The audio source of the capture thread: a microphone, which is reopened if it is lost, or a file.
//! Knows nothing of takes.

use std::time::{Duration, Instant};

use super::device_open::PendingOpen;
use super::input_device::InputStream;
use super::message::RecordError;
use super::source::{AudioSource, DeviceChoice, FilePacing};
use crate::audio::channels::rule::ChannelRule;
use crate::audio::decode::BlockReader;
use crate::audio::microphones::device::{KnownMicrophone, Microphone};
use crate::audio::microphones::error::MicError;

/// A sound server that has not opened a microphone by then will not.
const OPEN_DEADLINE: Duration = Duration::from_secs(8);
/// A microphone that delivered no samples for this long has stalled.
const STALLED_AFTER: Duration = Duration::from_millis(1500);
/// The same right after opening, when the device may have to wake up.
const WAKE_TIMEOUT: Duration = Duration::from_secs(4);
/// During a take, a stalled microphone is reopened only after this, because a suspended source recovers by
/// itself.
const REOPEN_AFTER: Duration = Duration::from_secs(4);
/// A take ends if its microphone has been lost for this long.
const LOST_TIMEOUT: Duration = Duration::from_secs(10);
/// At most this much time between two polls counts as silence: while the process was suspended, arrived
/// samples may not have been delivered yet.
const MAX_POLL_GAP: Duration = Duration::from_millis(200);

/// Where samples come from.
pub(super) enum InputSource {
    Microphone(ReconnectingDevice),
    File {
        blocks: BlockReader,
        pace: FilePacing,
        /// Samples read from the file but not due yet.
        pending: Vec<f32>,
        started: Option<Instant>,
        played_frames: u64,
    },
}

/// Result of reading from an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadStatus {
    /// More may follow.
    Pending,
    /// A microphone was opened: its rate and channel count may differ.
    Reopened,
    /// The input has ended.
    End,
}

/// A microphone that is reopened if it is lost during a take.
pub(super) struct ReconnectingDevice {
    choice: DeviceChoice,
    stream: Option<InputStream>,
    opening: Option<PendingOpen>,
    /// Why it was lost.
    lost_because: Option<MicError>,
    last_poll: Instant,
    /// Polled time since the last samples.
    silent_for: Duration,
    /// Polled time since the last samples or since opening, whichever is later.
    since_open: Duration,
    has_delivered: bool,
}

impl InputSource {
    pub(super) fn open(source: &AudioSource) -> Result<Self, RecordError> {
        let microphone = |choice| {
            let opening = ReconnectingDevice::open(choice);
            opening.map(InputSource::Microphone)
        };
        Ok(match source {
            AudioSource::Default => microphone(DeviceChoice::Default)?,
            AudioSource::Device(name) => microphone(DeviceChoice::Named(name.clone()))?,
            AudioSource::Chosen(known) => microphone(DeviceChoice::Known(known.clone()))?,
            AudioSource::File(path, pace) => InputSource::File {
                blocks: BlockReader::open(path)?,
                pace: *pace,
                pending: Vec::new(),
                started: None,
                played_frames: 0,
            },
        })
    }

    pub(super) fn is_file(&self) -> bool {
        matches!(self, InputSource::File { .. })
    }

    /// Sample rate and channel count; `None` while no microphone is open.
    pub(super) fn format(&self) -> Option<(u32, u16)> {
        match self {
            InputSource::Microphone(microphone) => {
                let stream = microphone.stream.as_ref()?;
                Some((stream.rate_hz, stream.channels))
            }
            InputSource::File { blocks, .. } => Some((blocks.rate_hz, blocks.channels)),
        }
    }

    /// Display name of the open microphone.
    pub(super) fn name(&self) -> Option<&str> {
        Some(&self.microphone()?.name)
    }

    /// The open microphone.
    pub(super) fn microphone(&self) -> Option<&Microphone> {
        match self {
            InputSource::Microphone(microphone) => Some(&microphone.stream.as_ref()?.microphone),
            InputSource::File { .. } => None,
        }
    }

    /// The microphone that was chosen earlier, if another one is open in its place.
    pub(super) fn replaced(&self) -> Option<&KnownMicrophone> {
        match self {
            InputSource::Microphone(ReconnectingDevice {
                choice: DeviceChoice::Known(known),
                stream: Some(stream),
                ..
            }) if !known.id.is_empty() && known.id != stream.microphone.id => Some(known),
            _ => None,
        }
    }

    /// The channel that a rule chooses of the open input, from 1.
    pub(super) fn channel(&self, rule: &ChannelRule) -> Result<Option<u16>, RecordError> {
        match self {
            InputSource::Microphone(device) => {
                let Some(stream) = &device.stream else {
                    return Ok(None);
                };
                let Microphone { id, name, .. } = &stream.microphone;
                let input = format!("microphone \"{name}\"");
                Ok(rule.channel(Some(id), &input, stream.channels)?)
            }
            InputSource::File { blocks, .. } => Ok(blocks.channel(rule)?),
        }
    }

    /// Frames lost so far, all of them after those that [`Self::read`] returns next.
    pub(super) fn lost_frames(&self) -> u64 {
        match self {
            InputSource::Microphone(microphone) => {
                let stream = microphone.stream.as_ref();
                stream.map_or(0, |stream| stream.state.lost_frames())
            }
            InputSource::File { .. } => 0,
        }
    }

    /// How long a microphone has delivered nothing.
    pub(super) fn silent_for(&self) -> Duration {
        match self {
            InputSource::Microphone(microphone) => microphone.silent_for,
            InputSource::File { .. } => Duration::ZERO,
        }
    }

    /// Appends the frames that have arrived. During a take, a lost microphone is reopened.
    pub(super) fn read(
        &mut self,
        out: &mut Vec<f32>,
        in_take: bool,
    ) -> Result<ReadStatus, RecordError> {
        match self {
            InputSource::Microphone(microphone) => Ok(microphone.read(out, in_take)?),
            InputSource::File {
                blocks,
                pace,
                pending,
                started,
                played_frames,
            } => {
                let channels = usize::from(blocks.channels);
                let started = started.get_or_insert_with(Instant::now);
                let due = match pace {
                    // One second per poll, so that commands are handled in between.
                    FilePacing::Unthrottled => *played_frames + u64::from(blocks.rate_hz),
                    FilePacing::RealTime => {
                        (started.elapsed().as_secs_f64() * f64::from(blocks.rate_hz)) as u64
                    }
                };
                let wanted_samples = (due - *played_frames) as usize * channels;
                let mut block = Vec::new();
                let mut more = true;
                while more && pending.len() < wanted_samples {
                    more = blocks.next(&mut block)?;
                    pending.extend_from_slice(&block);
                }
                let taken = wanted_samples.min(pending.len());
                out.extend(pending.drain(..taken));
                *played_frames += (taken / channels) as u64;
                Ok(match more || !pending.is_empty() {
                    true => ReadStatus::Pending,
                    false => ReadStatus::End,
                })
            }
        }
    }
}

impl ReconnectingDevice {
    fn open(choice: DeviceChoice) -> Result<Self, MicError> {
        Ok(Self {
            opening: Some(PendingOpen::start(choice.clone())?),
            choice,
            stream: None,
            lost_because: None,
            last_poll: Instant::now(),
            silent_for: Duration::ZERO,
            since_open: Duration::ZERO,
            has_delivered: false,
        })
    }

    fn read(&mut self, out: &mut Vec<f32>, in_take: bool) -> Result<ReadStatus, MicError> {
        let now = Instant::now();
        let passed = now.duration_since(self.last_poll).min(MAX_POLL_GAP);
        self.last_poll = now;
        self.silent_for += passed;
        self.since_open += passed;
        if let Some(opening) = &self.opening {
            match opening.poll() {
                Some(Ok(stream)) => {
                    (self.stream, self.opening, self.lost_because) = (Some(stream), None, None);
                    self.since_open = Duration::ZERO;
                    return Ok(ReadStatus::Reopened);
                }
                Some(Err(error)) => return Err(error),
                None => {}
            }
        }
        let failed = self.stream.as_mut().and_then(|stream| stream.read(out));
        if !out.is_empty() {
            (self.silent_for, self.since_open) = (Duration::ZERO, Duration::ZERO);
            self.has_delivered = true;
        }
        match (failed, in_take) {
            (Some(error), true) => self.start_reopening(error)?,
            (Some(error), false) => return Err(error),
            (None, _) => {}
        }
        self.check_stalled(in_take)?;
        Ok(ReadStatus::Pending)
    }

    /// Detects a stalled stream: callbacks may stop without an error.
    fn check_stalled(&mut self, in_take: bool) -> Result<(), MicError> {
        let timeout = match (in_take, self.has_delivered, &self.stream) {
            (true, ..) => LOST_TIMEOUT,
            (false, _, None) => OPEN_DEADLINE,
            (false, false, _) => WAKE_TIMEOUT,
            (false, true, _) => STALLED_AFTER,
        };
        let elapsed = match in_take {
            true => self.silent_for,
            false => self.since_open,
        };
        if elapsed > timeout {
            return Err(self.lost_because.clone().unwrap_or(MicError::Stalled));
        }
        match in_take && self.stream.is_some() && self.since_open > REOPEN_AFTER {
            true => self.start_reopening(MicError::Stalled),
            false => Ok(()),
        }
    }

    fn start_reopening(&mut self, lost_because: MicError) -> Result<(), MicError> {
        if let Some(stream) = self.stream.take() {
            self.opening = Some(PendingOpen::reopen(self.choice.clone(), &stream)?);
            self.lost_because = Some(lost_because);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_without_polling_does_not_count_as_stalled() {
        let mut microphone = ReconnectingDevice {
            choice: DeviceChoice::Default,
            stream: None,
            opening: None,
            lost_because: None,
            last_poll: Instant::now(),
            silent_for: Duration::ZERO,
            since_open: Duration::ZERO,
            has_delivered: true,
        };
        let mut poll = |paused_for: Duration, in_take| {
            let before = Instant::now().checked_sub(paused_for);
            microphone.last_poll = before.expect("the machine has been up for longer");
            microphone.read(&mut Vec::new(), in_take)
        };
        let minute = Duration::from_secs(60);
        assert!(poll(minute, false).is_ok());
        assert!(poll(minute, true).is_ok());
        let polls = LOST_TIMEOUT.as_millis() / MAX_POLL_GAP.as_millis();
        let ended = (0..polls).find_map(|_| poll(MAX_POLL_GAP, true).err());
        assert!(matches!(ended, Some(MicError::Stalled)), "{ended:?}");
    }
}
