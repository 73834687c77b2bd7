//! The configuration with which the window and `starling rehearse` start the controller.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};

use crate::app::Config;
use crate::asr::Isolation;
use crate::audio::{AudioSource, FilePacing};

/// The controller's configuration from command-line arguments.
pub fn controller_config(
    data: Option<PathBuf>,
    source: Option<AudioSource>,
    channel: Option<u16>,
    model: Option<PathBuf>,
) -> Config {
    Config {
        data,
        source,
        channel,
        model,
        isolation: isolation(),
    }
}

/// The recognizer runs in a subprocess of this executable.
pub fn isolation() -> Isolation {
    // Names the running program even after an update has replaced or removed its file.
    let running = PathBuf::from("/proc/self/exe");
    let program = match running.exists() {
        true => Ok(running),
        false => std::env::current_exe(),
    };
    // If the system does not provide the path, the executable is looked up by name.
    Isolation::Subprocess(program.unwrap_or_else(|_| PathBuf::from("starling")))
}

/// Gives the recognizer's process the name of the program in lists of processes, instead of `exe`.
pub fn name_process() {
    #[cfg(target_os = "linux")]
    // Without a name it works as well.
    let _ = std::fs::write("/proc/self/comm", "starling");
}

/// The parser of a `--mic` argument: `wav:FILE`, or the name of a microphone. The file may have any name.
pub fn audio_source_parser() -> impl TypedValueParser<Value = AudioSource> {
    OsStringValueParser::new().try_map(|text| parse_audio_source(&text))
}

fn parse_audio_source(text: &OsStr) -> Result<AudioSource, String> {
    match strip_prefix(text, "wav:") {
        Some(file) if file.is_empty() => Err("the file is missing: wav:FILE".to_owned()),
        Some(file) => Ok(AudioSource::File(PathBuf::from(file), FilePacing::RealTime)),
        None => match text.to_str() {
            Some(name) => Ok(AudioSource::Device(name.to_owned())),
            None => Err("the name of the microphone is not UTF-8".to_owned()),
        },
    }
}

#[cfg(unix)]
fn strip_prefix(text: &OsStr, prefix: &str) -> Option<OsString> {
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    let rest = text.as_bytes().strip_prefix(prefix.as_bytes())?;
    Some(OsString::from_vec(rest.to_vec()))
}

#[cfg(not(unix))]
fn strip_prefix(text: &OsStr, prefix: &str) -> Option<OsString> {
    Some(text.to_str()?.strip_prefix(prefix)?.into())
}
