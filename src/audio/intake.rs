//! Where a recorder's sound comes from: a file that plays the microphone's part, or a microphone, which
//! may go away and come back. Knows nothing of takes.

use std::time::{Duration, Instant};

use super::mic::{Feed, MicError, Pace, Source};
use super::opening::Opening;
use super::read::Blocks;
use super::recorder::RecordError;

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
pub(super) enum Intake {
    Microphone(Microphone),
    File {
        blocks: Blocks,
        pace: Pace,
        /// Frames that are due but not played yet.
        pending: Vec<f32>,
        began: Option<Instant>,
        played_frames: u64,
    },
}

/// What became of a look for sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum More {
    /// There may be more.
    Comes,
    /// A microphone was opened: what follows may have another rate and other channels.
    Opened,
    /// There is no more.
    Ended,
}

/// A microphone, whether it is there or not.
pub(super) struct Microphone {
    name: Option<String>,
    feed: Option<Feed>,
    opening: Option<Opening>,
    /// Why it went away.
    why: Option<MicError>,
    looked: Instant,
    /// How long it was looked for sound since some came last, ...
    quiet: Duration,
    /// ... or since it was opened, if that is later.
    waited: Duration,
    heard_any: bool,
}

impl Intake {
    pub(super) fn open(source: &Source) -> Result<Self, RecordError> {
        Ok(match source {
            Source::Default => Intake::Microphone(Microphone::open(None)?),
            Source::Device(name) => Intake::Microphone(Microphone::open(Some(name.clone()))?),
            Source::File(path, pace) => Intake::File {
                blocks: Blocks::open(path)?,
                pace: *pace,
                pending: Vec::new(),
                began: None,
                played_frames: 0,
            },
        })
    }

    pub(super) fn is_file(&self) -> bool {
        matches!(self, Intake::File { .. })
    }

    /// Rate and channels; `None` while there is no microphone.
    pub(super) fn shape(&self) -> Option<(u32, u16)> {
        match self {
            Intake::Microphone(microphone) => {
                let feed = microphone.feed.as_ref()?;
                Some((feed.rate_hz, feed.channels))
            }
            Intake::File { blocks, .. } => Some((blocks.rate_hz, blocks.channels)),
        }
    }

    /// The microphone that is heard, as the system calls it.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Intake::Microphone(microphone) => Some(&microphone.feed.as_ref()?.name),
            Intake::File { .. } => None,
        }
    }

    /// Frames that were lost on the way so far, behind those that [`Intake::take`] will give.
    pub(super) fn lost_frames(&self) -> u64 {
        match self {
            Intake::Microphone(microphone) => {
                let feed = microphone.feed.as_ref();
                feed.map_or(0, |feed| feed.state.lost_frames())
            }
            Intake::File { .. } => 0,
        }
    }

    /// How long nothing has come from a microphone.
    pub(super) fn quiet_for(&self) -> Duration {
        match self {
            Intake::Microphone(microphone) => microphone.quiet,
            Intake::File { .. } => Duration::ZERO,
        }
    }

    /// Appends what has arrived, whole frames. In a take, a microphone that goes away is waited for.
    pub(super) fn take(&mut self, out: &mut Vec<f32>, in_take: bool) -> Result<More, RecordError> {
        match self {
            Intake::Microphone(microphone) => Ok(microphone.take(out, in_take)?),
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
                Ok(match more || !pending.is_empty() {
                    true => More::Comes,
                    false => More::Ended,
                })
            }
        }
    }
}

impl Microphone {
    fn open(name: Option<String>) -> Result<Self, MicError> {
        Ok(Self {
            opening: Some(Opening::begin(name.clone())?),
            name,
            feed: None,
            why: None,
            looked: Instant::now(),
            quiet: Duration::ZERO,
            waited: Duration::ZERO,
            heard_any: false,
        })
    }

    fn take(&mut self, out: &mut Vec<f32>, in_take: bool) -> Result<More, MicError> {
        let now = Instant::now();
        let passed = now.duration_since(self.looked).min(LONGEST_TURN);
        self.looked = now;
        self.quiet += passed;
        self.waited += passed;
        if let Some(opening) = &self.opening {
            match opening.answer() {
                Some(Ok(feed)) => {
                    (self.feed, self.opening, self.why) = (Some(feed), None, None);
                    self.waited = Duration::ZERO;
                    return Ok(More::Opened);
                }
                Some(Err(error)) => return Err(error),
                None => {}
            }
        }
        let failed = self.feed.as_mut().and_then(|feed| feed.take(out));
        if !out.is_empty() {
            (self.quiet, self.waited) = (Duration::ZERO, Duration::ZERO);
            self.heard_any = true;
        }
        match (failed, in_take) {
            (Some(error), true) => self.open_again(error)?,
            (Some(error), false) => return Err(error),
            (None, _) => {}
        }
        self.watch(in_take)?;
        Ok(More::Comes)
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
            true => self.quiet,
            false => self.waited,
        };
        if away_for > patience {
            return Err(self.why.clone().unwrap_or(MicError::Stalled));
        }
        match in_take && self.feed.is_some() && self.waited > OPENED_ANEW_AFTER {
            true => self.open_again(MicError::Stalled),
            false => Ok(()),
        }
    }

    fn open_again(&mut self, why: MicError) -> Result<(), MicError> {
        if let Some(feed) = self.feed.take() {
            self.opening = Some(Opening::again(self.name.clone(), &feed)?);
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
        let mut microphone = Microphone {
            name: None,
            feed: None,
            opening: None,
            why: None,
            looked: Instant::now(),
            quiet: Duration::ZERO,
            waited: Duration::ZERO,
            heard_any: true,
        };
        let mut turn = |stood_still: Duration, in_take| {
            let before = Instant::now().checked_sub(stood_still);
            microphone.looked = before.expect("the machine runs for longer");
            microphone.take(&mut Vec::new(), in_take)
        };
        let minute = Duration::from_secs(60);
        assert!(turn(minute, false).is_ok());
        assert!(turn(minute, true).is_ok());
        let turns = AWAY_AT_MOST.as_millis() / LONGEST_TURN.as_millis();
        let ended = (0..turns).find_map(|_| turn(LONGEST_TURN, true).err());
        assert!(matches!(ended, Some(MicError::Stalled)), "{ended:?}");
    }
}
