//! What the program says of its own accord: a question by the system's voice, and a soft sound at a target.

use crate::audio;
use crate::audio::{Player, SpeechDispatcher};

use super::Controller;

/// The voice, and the sound that is played.
#[derive(Default)]
pub(super) struct Prompter {
    voice: Option<SpeechDispatcher>,
    cue: Option<Player>,
}

impl Controller {
    /// Whether the system has a voice.
    pub fn has_voice(&self) -> bool {
        self.prompting.voice.is_some() || SpeechDispatcher::find().is_some()
    }

    /// Says a question by the system's voice; nothing where it has none, or the microphone is open.
    pub fn speak(&mut self, question: &str) {
        if self.take.is_some() {
            return;
        }
        if self.prompting.voice.is_none() {
            self.prompting.voice = SpeechDispatcher::find();
        }
        if let Some(voice) = &self.prompting.voice {
            voice.speak(question);
        }
    }

    /// Says no more.
    pub fn stop_speaking(&self) {
        if let Some(voice) = &self.prompting.voice {
            voice.stop();
        }
    }

    /// Plays a soft sound. Where nothing can be played there is none: it says no more than the screen.
    pub fn play_chime(&mut self) {
        self.prompting.cue = Player::play_samples(audio::chime(), |_| {}).ok();
    }
}
