//! Where a recorder's sound comes from: a file that plays the microphone's part, or a microphone, which
//! may go away and come back. Knows nothing of takes.

use std::time::{Duration, Instant};

use super::device_open::PendingOpen;
use super::input_device::{AudioSource, FilePacing, InputStream, MicError};
use super::recorder::RecordError;
use crate::audio::decode::BlockReader;

/// A sound server that did not open a microphone by then will not.
const OPENS_WITHIN: Duration = Duration::from_secs(8);
/// A microphone that gave no sample for so long will not give any by itself.
const STALLED_AFTER: Duration = Duration::from_millis(1500);
/// ... but it may need a moment to wake.
const WAKES_WITHIN: Duration = Duration::from_secs(4);
/// During a take it is opened anew after this: a source that is suspended comes back by itself.
const OPENED_ANEW_AFTER: Duration = Duration::from_secs(4);
/// So long a take waits for its microphone to come back; then it ends.
const AWAY_AT_MOST: Duration = Duration::from_secs(10);
/// So much of the time since it looked last counts as quiet: sound that came while the program stood
/// still may not have been handed over yet.
const LONGEST_TURN: Duration = Duration::from_millis(200);

/// Where sound comes from.
pub(crate) enum InputSource {
    Microphone(ReconnectingDevice),
    File {
        blocks: BlockReader,
        pace: FilePacing,
        /// Frames that are due but not played yet.
        pending: Vec<f32>,
        began: Option<Instant>,
        played_frames: u64,
    },
}

/// What became of a look for sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadStatus {
    /// There may be more.
    Pending,
    /// A microphone was opened: what follows may have another rate and other channels.
    Reopened,
    /// There is no more.
    End,
}

/// A microphone, whether it is there or not.
pub(crate) struct ReconnectingDevice {
    name: Option<String>,
    feed: Option<InputStream>,
    opening: Option<PendingOpen>,
    /// Why it went away.
    why: Option<MicError>,
    last_poll: Instant,
    /// How long it was looked for sound since some came last, ...
    silent_for: Duration,
    /// ... or since it was opened, if that is later.
    since_open: Duration,
    heard_any: bool,
}

impl InputSource {
    pub(crate) fn open(source: &AudioSource) -> Result<Self, RecordError> {
        Ok(match source {
            AudioSource::Default => InputSource::Microphone(ReconnectingDevice::open(None)?),
            AudioSource::Device(name) => {
                InputSource::Microphone(ReconnectingDevice::open(Some(name.clone()))?)
            }
            AudioSource::File(path, pace) => InputSource::File {
                blocks: BlockReader::open(path)?,
                pace: *pace,
                pending: Vec::new(),
                began: None,
                played_frames: 0,
            },
        })
    }

    pub(crate) fn is_file(&self) -> bool {
        matches!(self, InputSource::File { .. })
    }

    /// Rate and channels; `None` while there is no microphone.
    pub(crate) fn shape(&self) -> Option<(u32, u16)> {
        match self {
            InputSource::Microphone(microphone) => {
                let feed = microphone.feed.as_ref()?;
                Some((feed.rate_hz, feed.channels))
            }
            InputSource::File { blocks, .. } => Some((blocks.rate_hz, blocks.channels)),
        }
    }

    /// The microphone that is heard, as the system calls it.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            InputSource::Microphone(microphone) => Some(&microphone.feed.as_ref()?.name),
            InputSource::File { .. } => None,
        }
    }

    /// Frames that were lost on the way so far, behind those that [`Intake::take`] will give.
    pub(crate) fn lost_frames(&self) -> u64 {
        match self {
            InputSource::Microphone(microphone) => {
                let feed = microphone.feed.as_ref();
                feed.map_or(0, |feed| feed.state.lost_frames())
            }
            InputSource::File { .. } => 0,
        }
    }

    /// How long nothing has come from a microphone.
    pub(crate) fn quiet_for(&self) -> Duration {
        match self {
            InputSource::Microphone(microphone) => microphone.silent_for,
            InputSource::File { .. } => Duration::ZERO,
        }
    }

    /// Appends what has arrived, whole frames. In a take, a microphone that goes away is waited for.
    pub(crate) fn read(
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
                began,
                played_frames,
            } => {
                let channels = usize::from(blocks.channels);
                let began = began.get_or_insert_with(Instant::now);
                let due = match pace {
                    // A block a turn, so that an end can be heard in between.
                    FilePacing::Unthrottled => *played_frames + u64::from(blocks.rate_hz),
                    FilePacing::RealTime => {
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
                Ok(match more || !pending.is_empty() {
                    true => ReadStatus::Pending,
                    false => ReadStatus::End,
                })
            }
        }
    }
}

impl ReconnectingDevice {
    fn open(name: Option<String>) -> Result<Self, MicError> {
        Ok(Self {
            opening: Some(PendingOpen::start(name.clone())?),
            name,
            feed: None,
            why: None,
            last_poll: Instant::now(),
            silent_for: Duration::ZERO,
            since_open: Duration::ZERO,
            heard_any: false,
        })
    }

    fn read(&mut self, out: &mut Vec<f32>, in_take: bool) -> Result<ReadStatus, MicError> {
        let now = Instant::now();
        let passed = now.duration_since(self.last_poll).min(LONGEST_TURN);
        self.last_poll = now;
        self.silent_for += passed;
        self.since_open += passed;
        if let Some(opening) = &self.opening {
            match opening.poll() {
                Some(Ok(feed)) => {
                    (self.feed, self.opening, self.why) = (Some(feed), None, None);
                    self.since_open = Duration::ZERO;
                    return Ok(ReadStatus::Reopened);
                }
                Some(Err(error)) => return Err(error),
                None => {}
            }
        }
        let failed = self.feed.as_mut().and_then(|feed| feed.read(out));
        if !out.is_empty() {
            (self.silent_for, self.since_open) = (Duration::ZERO, Duration::ZERO);
            self.heard_any = true;
        }
        match (failed, in_take) {
            (Some(error), true) => self.open_again(error)?,
            (Some(error), false) => return Err(error),
            (None, _) => {}
        }
        self.watch(in_take)?;
        Ok(ReadStatus::Pending)
    }

    /// Callbacks may stop without a word.
    fn watch(&mut self, in_take: bool) -> Result<(), MicError> {
        let patience = match (in_take, self.heard_any, &self.feed) {
            (true, ..) => AWAY_AT_MOST,
            (false, _, None) => OPENS_WITHIN,
            (false, false, _) => WAKES_WITHIN,
            (false, true, _) => STALLED_AFTER,
        };
        let away_for = match in_take {
            true => self.silent_for,
            false => self.since_open,
        };
        if away_for > patience {
            return Err(self.why.clone().unwrap_or(MicError::Stalled));
        }
        match in_take && self.feed.is_some() && self.since_open > OPENED_ANEW_AFTER {
            true => self.open_again(MicError::Stalled),
            false => Ok(()),
        }
    }

    fn open_again(&mut self, why: MicError) -> Result<(), MicError> {
        if let Some(feed) = self.feed.take() {
            self.opening = Some(PendingOpen::reopen(self.name.clone(), &feed)?);
            self.why = Some(why);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_while_somebody_looks_for_sound_can_it_stay_away() {
        let mut microphone = ReconnectingDevice {
            name: None,
            feed: None,
            opening: None,
            why: None,
            last_poll: Instant::now(),
            silent_for: Duration::ZERO,
            since_open: Duration::ZERO,
            heard_any: true,
        };
        let mut turn = |stood_still: Duration, in_take| {
            let before = Instant::now().checked_sub(stood_still);
            microphone.last_poll = before.expect("the machine runs for longer");
            microphone.read(&mut Vec::new(), in_take)
        };
        let minute = Duration::from_secs(60);
        assert!(turn(minute, false).is_ok());
        assert!(turn(minute, true).is_ok());
        let turns = AWAY_AT_MOST.as_millis() / LONGEST_TURN.as_millis();
        let ended = (0..turns).find_map(|_| turn(LONGEST_TURN, true).err());
        assert!(matches!(ended, Some(MicError::Stalled)), "{ended:?}");
    }
}
