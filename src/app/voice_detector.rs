//! Owns the voice activity detector that decides which channels of an input have a voice. Loaded when an input with
//! several channels needs it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::asr::vad::{Silero, SileroState};
use crate::audio::{NewVoiceDetector, VoiceDetector};
use crate::storage::model_files;

/// Follows the voice on one channel.
struct ChannelDetector {
    silero: Arc<Silero>,
    state: SileroState,
}

impl VoiceDetector for ChannelDetector {
    fn voice_probability(&mut self, samples: &[f32]) -> f32 {
        self.silero.speech_probability(&mut self.state, samples)
    }
}

/// Makes detectors with the model beside this speech model, or the default one, in `folders` or near the executable.
pub fn voice_detector(model: Option<&Path>, folders: Vec<PathBuf>) -> NewVoiceDetector {
    let model = model.map(Path::to_owned);
    // Capture threads share the network, which the first of them loads.
    let loaded: OnceLock<Option<Arc<Silero>>> = OnceLock::new();
    Arc::new(move || {
        let load = || {
            let files = model_files::find(model.as_deref(), &folders);
            let files = files.or_else(|_| model_files::find(None, &folders)).ok()?;
            Silero::load(&files.vad).ok().map(Arc::new)
        };
        let silero = Arc::clone(loaded.get_or_init(load).as_ref()?);
        Some(Box::new(ChannelDetector {
            silero,
            state: SileroState::default(),
        }))
    })
}
