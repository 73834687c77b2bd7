//! The configuration with which the window and `starling rehearse` start the controller.

use std::path::PathBuf;

use crate::app::Config;
use crate::asr::Isolation;
use crate::audio::{AudioSource, FilePacing};

/// The controller's configuration from command-line arguments.
pub fn controller_config(
    data: Option<PathBuf>,
    source: Option<AudioSource>,
    model: Option<String>,
) -> Config {
    Config {
        data,
        source,
        model,
        isolation: isolation(),
    }
}

/// The recognizer runs in a subprocess of this executable.
pub fn isolation() -> Isolation {
    // If the system does not provide the path, the executable is looked up by name.
    Isolation::Subprocess(std::env::current_exe().unwrap_or_else(|_| PathBuf::from("starling")))
}

/// Parses a `--mic` argument: `wav:FILE`, or the name of a microphone.
pub fn parse_audio_source(text: &str) -> Result<AudioSource, String> {
    match text.strip_prefix("wav:") {
        Some("") => Err("the file is missing: wav:FILE".to_owned()),
        Some(file) => Ok(AudioSource::File(PathBuf::from(file), FilePacing::RealTime)),
        None => Ok(AudioSource::Device(text.to_owned())),
    }
}
