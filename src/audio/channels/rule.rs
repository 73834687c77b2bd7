//! The user's choice of a channel, for the command line, for microphones and for files.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A channel that does not exist was chosen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{input} has {}, so there is no channel {channel}: {}", counted(*.channels), remedy(*.channels))]
pub struct NoSuchChannel {
    /// Name of the microphone or of the file.
    pub input: String,
    /// The chosen channel, from 1.
    pub channel: u16,
    /// The number of channels that the input has.
    pub channels: u16,
}

/// Estimates whether audio contains a voice. One instance follows one channel.
pub trait VoiceDetector: Send {
    /// The probability, 0 to 1, for the next 512 samples (16 kHz).
    fn voice_probability(&mut self, samples: &[f32]) -> f32;
}

/// Number of samples in one question to a [`VoiceDetector`]: 32 ms.
pub const HOP: usize = 512;

/// Makes a detector for one channel; `None` if there is none on this computer.
pub type NewVoiceDetector = Arc<dyn Fn() -> Option<Box<dyn VoiceDetector>> + Send + Sync>;

/// How the channels of an input become one. By default, the sound decides.
#[derive(Clone, Default)]
pub struct ChannelRule {
    /// The channel of the command line, from 1. It must exist.
    pub fixed: Option<u16>,
    /// The channels chosen in the settings, from 1, by the id of the microphone.
    pub stored: BTreeMap<String, u16>,
    /// Without it, every sound could be a voice.
    pub detector: Option<NewVoiceDetector>,
}

impl ChannelRule {
    /// A rule that uses only this channel, from 1; `None` lets the sound decide.
    pub fn of(channel: Option<u16>, detector: Option<NewVoiceDetector>) -> Self {
        Self {
            fixed: channel,
            stored: BTreeMap::new(),
            detector,
        }
    }

    /// The chosen channel, from 1, of an input with this number of channels. A stored channel that the microphone no
    /// longer has counts as none.
    pub fn channel(
        &self,
        id: Option<&str>,
        input: &str,
        channels: u16,
    ) -> Result<Option<u16>, NoSuchChannel> {
        let exists = |channel: &u16| (1..=channels).contains(channel);
        match self.fixed {
            Some(channel) if !exists(&channel) => Err(NoSuchChannel {
                input: input.to_owned(),
                channel,
                channels,
            }),
            Some(channel) => Ok(Some(channel)),
            None => Ok(id
                .and_then(|id| self.stored.get(id).copied())
                .filter(exists)),
        }
    }
}

impl fmt::Debug for ChannelRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChannelRule")
            .field("fixed", &self.fixed)
            .field("stored", &self.stored)
            .finish_non_exhaustive()
    }
}

fn counted(channels: u16) -> String {
    match channels {
        1 => "one channel".to_owned(),
        n => format!("{n} channels"),
    }
}

fn remedy(channels: u16) -> String {
    match channels {
        1 => "leave out --channel".to_owned(),
        n => format!("choose 1 to {n}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_channel_must_exist_and_a_stored_one_may_be_gone() {
        let mut rule = ChannelRule::default();
        rule.stored.insert("a:b".to_owned(), 7);
        assert_eq!(rule.channel(Some("a:b"), "Box", 8), Ok(Some(7)));
        assert_eq!(rule.channel(Some("a:b"), "Box", 2), Ok(None));
        assert_eq!(rule.channel(Some("a:c"), "Box", 8), Ok(None));
        assert_eq!(rule.channel(None, "Box", 8), Ok(None));
        rule.fixed = Some(2);
        assert_eq!(rule.channel(Some("a:b"), "Box", 8), Ok(Some(2)));
        let message = |channel, channels| {
            rule_of(channel)
                .channel(None, "Box", channels)
                .expect_err("missing")
                .to_string()
        };
        assert_eq!(
            message(3, 2),
            "Box has 2 channels, so there is no channel 3: choose 1 to 2"
        );
        assert_eq!(
            message(2, 1),
            "Box has one channel, so there is no channel 2: leave out --channel"
        );
        assert!(message(0, 6).contains("no channel 0"));
    }

    fn rule_of(channel: u16) -> ChannelRule {
        ChannelRule::of(Some(channel), None)
    }
}
