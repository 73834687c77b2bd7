//! What is known about the microphone that is open, or was opened last: which one it is, and what its channels carry.
//! Does not know who opened it.

use std::collections::BTreeSet;

use crate::audio::{ChannelNote, OpenedMicrophone, RecorderEvent};

/// The microphone that was opened last.
#[derive(Debug, Default)]
pub(super) struct OpenInput {
    opened: Option<OpenedMicrophone>,
    levels_dbfs: Vec<f64>,
    note: Option<ChannelNote>,
    /// Sentences that the user was told. Each is said once.
    told: BTreeSet<String>,
}

impl OpenInput {
    /// The microphone.
    pub(super) fn opened(&self) -> Option<&OpenedMicrophone> {
        self.opened.as_ref()
    }

    /// The level of each of several channels in the last tenth of a second.
    pub(super) fn levels_dbfs(&self) -> &[f64] {
        &self.levels_dbfs
    }

    /// What its channels carry, if they differ.
    pub(super) fn note(&self) -> Option<&ChannelNote> {
        self.note.as_ref()
    }

    /// No microphone is open any more, so there is no level.
    pub(super) fn close(&mut self) {
        self.levels_dbfs.clear();
    }

    /// Handles an event of a recorder. Returns a sentence that the user should be told now.
    pub(super) fn handle(&mut self, event: &RecorderEvent, is_take: bool) -> Option<String> {
        match event {
            RecorderEvent::Opened(opened) => {
                let name = &opened.microphone.name;
                let is_other =
                    |before: &OpenedMicrophone| before.microphone.id != opened.microphone.id;
                if self.opened.as_ref().is_none_or(is_other) {
                    self.note = None;
                }
                self.levels_dbfs.clear();
                let replaced = opened.replaces.as_ref().map(|known| {
                    format!(
                        "microphone \"{}\" is not connected as before, so \"{name}\" is used: choose another one in \
                         the settings if that is wrong",
                        known.name
                    )
                });
                self.opened = Some((**opened).clone());
                replaced.and_then(|sentence| self.say(sentence))
            }
            RecorderEvent::ChannelLevels(levels) => {
                self.levels_dbfs.clone_from(levels);
                None
            }
            RecorderEvent::ChannelsDiffer(note) => {
                self.note = Some(note.clone());
                // Before a take, the settings show it.
                if is_take {
                    self.say(note.to_string())
                } else {
                    None
                }
            }
            _ => None,
        }
    }

    fn say(&mut self, sentence: String) -> Option<String> {
        self.told.insert(sentence.clone()).then_some(sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{KnownMicrophone, Microphone};

    fn opened(id: &str, replaces: Option<&str>) -> RecorderEvent {
        RecorderEvent::Opened(Box::new(OpenedMicrophone {
            microphone: Microphone {
                id: id.to_owned(),
                name: id.to_owned(),
                ..Microphone::default()
            },
            channels: 2,
            channel: None,
            replaces: replaces.map(|name| KnownMicrophone {
                name: name.to_owned(),
                ..KnownMicrophone::default()
            }),
        }))
    }

    #[test]
    fn each_sentence_is_said_once() {
        let mut input = OpenInput::default();
        let differ =
            |channels: &[u16]| RecorderEvent::ChannelsDiffer(ChannelNote::Mixed(channels.to_vec()));
        assert_eq!(input.handle(&opened("a", None), true), None);
        let first = input.handle(&opened("b", Some("a")), false);
        assert!(first.is_some_and(|text| text.contains("\"b\" is used")));
        assert_eq!(input.handle(&opened("b", Some("a")), true), None);
        assert_eq!(input.handle(&differ(&[1, 2]), false), None);
        assert!(input.note().is_some());
        assert!(input.handle(&differ(&[1, 2]), true).is_some());
        assert_eq!(input.handle(&differ(&[1, 2]), true), None);
        assert!(input.handle(&differ(&[1, 4]), true).is_some());
        // Another microphone has other channels.
        input.handle(&opened("c", None), true);
        assert_eq!(input.note(), None);
    }
}
