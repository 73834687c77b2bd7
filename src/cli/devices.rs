//! `starling devices`: lists the microphones.

use std::io::Write;

use crate::audio;

use super::failure::Failure;
use super::terminal;

/// Lists the microphones, the default one first.
pub fn run(json: bool) -> Result<(), Failure> {
    let microphones = audio::microphones().map_err(anyhow::Error::from)?;
    if json {
        return Ok(terminal::print_json(&microphones)?);
    }
    let mut out = terminal::stdout();
    let has_microphone = microphones.iter().any(|mic| !mic.loopback);
    for mic in microphones {
        let label = mic.label();
        let mark = if mic.default { "*" } else { " " };
        let format = match (mic.sample_rate_hz, mic.channels, mic.format) {
            (Some(rate), Some(1), Some(format)) => format!("{rate} Hz, 1 channel, {format}"),
            (Some(rate), Some(channels), Some(format)) => {
                format!("{rate} Hz, {channels} channels, {format}")
            }
            _ => "format unknown".to_owned(),
        };
        writeln!(out, "{mark} {label}  ({format})")?;
    }
    if !has_microphone {
        let note = "There is no microphone. Without --mic, what the computer plays is recorded.";
        writeln!(out, "{note}")?;
    }
    Ok(out.flush()?)
}
