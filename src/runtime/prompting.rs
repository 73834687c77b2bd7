//! What the program says of its own accord: a question by the system's voice, and a soft sound at a target.

use crate::audio::{Aloud, Player, cue};

use super::Runtime;

/// The voice, and the sound that is played.
#[derive(Default)]
pub(super) struct Prompting {
    voice: Option<Aloud>,
    cue: Option<Player>,
}

impl Runtime {
    /// Whether the system has a voice.
    pub fn has_voice(&self) -> bool {
        self.prompting.voice.is_some() || Aloud::find().is_some()
    }

    /// Says a question by the system's voice; nothing where it has none, or the microphone is open.
    pub fn say(&mut self, question: &str) {
        if self.take.is_some() {
            return;
        }
        if self.prompting.voice.is_none() {
            self.prompting.voice = Aloud::find();
        }
        if let Some(voice) = &self.prompting.voice {
            voice.say(question);
        }
    }

    /// Says no more.
    pub fn hush(&self) {
        if let Some(voice) = &self.prompting.voice {
            voice.hush();
        }
    }

    /// Plays a soft sound. Where nothing can be played there is none: it says no more than the screen.
    pub fn sound_cue(&mut self) {
        self.prompting.cue = Player::play_samples(cue(), |_| {}).ok();
    }
}
