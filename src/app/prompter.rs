//! Owns what speaks to the user: the system's text-to-speech voice, and the chime at a target.

use crate::audio::{self, Player, SpeechDispatcher};

/// The voice and the player of the chime.
#[derive(Default)]
pub(super) struct Prompter {
    voice: Option<SpeechDispatcher>,
    chime: Option<Player>,
}

impl Prompter {
    /// Whether the system has a voice.
    pub(super) fn has_voice(&self) -> bool {
        self.voice.is_some() || SpeechDispatcher::find().is_some()
    }

    /// Speaks a text; does nothing if the system has no voice.
    pub(super) fn speak(&mut self, text: &str) {
        if self.voice.is_none() {
            self.voice = SpeechDispatcher::find();
        }
        if let Some(voice) = &self.voice {
            voice.speak(text);
        }
    }

    /// Stops speaking.
    pub(super) fn stop(&self) {
        if let Some(voice) = &self.voice {
            voice.stop();
        }
    }

    /// Plays the chime. A failure is not reported, because the screen shows the same information.
    pub(super) fn play_chime(&mut self) {
        self.chime = Player::play_samples(audio::chime(), |_| {}).ok();
    }
}
