//! What the user should know about the channels of an input: numbers from 1, and a sentence.

use std::fmt;

/// Channels that carry different sound, and what became of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelNote {
    /// It is not clear which one carries the user's voice, so all are mixed.
    Mixed(Vec<u16>),
    /// Some carry other sound than the user's voice and are left out.
    LeftOut {
        /// The channels with the voice.
        recorded: Vec<u16>,
        /// The channels with other sound.
        left_out: Vec<u16>,
    },
}

impl ChannelNote {
    /// The sentence about a file, whose channel is chosen on the command line.
    pub fn of_file(&self) -> String {
        self.sentence(" with --channel")
    }

    /// The sentence about a file that was dropped onto the window, where no channel can be chosen.
    pub fn of_dropped_file(&self) -> String {
        self.sentence(" with `starling analyze --channel`")
    }

    /// The sentence beside the choice of a channel.
    pub fn of_settings(&self) -> String {
        self.sentence("")
    }

    fn sentence(&self, place: &str) -> String {
        match self {
            ChannelNote::Mixed(channels) => format!(
                "{} carry different sound and are mixed, so words of others may be in the transcript: choose your \
                 channel{place}",
                named(channels)
            ),
            ChannelNote::LeftOut { recorded, left_out } => format!(
                "{} with other sound {} left out, and {} {} used: to change that, choose a channel{place}",
                named(left_out),
                are(left_out),
                named(recorded),
                are(recorded)
            ),
        }
    }
}

/// The sentence about a microphone.
impl fmt::Display for ChannelNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence(" in the settings or with --channel"))
    }
}

fn are(channels: &[u16]) -> &'static str {
    match channels.len() {
        1 => "is",
        _ => "are",
    }
}

/// `channel 3`, or `channels 1, 2 and 4`.
fn named(channels: &[u16]) -> String {
    let numbers: Vec<String> = channels.iter().map(u16::to_string).collect();
    match numbers.split_last() {
        Some((last, rest)) if !rest.is_empty() => {
            format!("channels {} and {last}", rest.join(", "))
        }
        _ => format!("channel {}", numbers.concat()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_name_the_channels_and_what_to_do() {
        let mixed = ChannelNote::Mixed(vec![1, 2, 5]).to_string();
        assert!(
            mixed.starts_with("channels 1, 2 and 5 carry different sound and are mixed"),
            "{mixed}"
        );
        let left_out = ChannelNote::LeftOut {
            recorded: vec![4],
            left_out: vec![1, 2],
        };
        assert!(left_out.to_string().starts_with(
            "channels 1 and 2 with other sound are left out, and channel 4 is used: to change that"
        ));
    }
}
