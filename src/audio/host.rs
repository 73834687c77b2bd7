//! Chooses the system's audio interface and classifies its errors, for input and output streams alike.

use std::time::Duration;

use cpal::ErrorKind;

#[cfg(target_os = "linux")]
use super::pulse_cookie;

/// How long a sound server may take to answer.
pub(crate) const OPEN_TIMEOUT: Duration = Duration::from_secs(3);

/// Prefers PulseAudio (or PipeWire's emulation of it), because it reports when a device is disconnected.
/// Otherwise the system's default.
pub(crate) fn host() -> cpal::Host {
    #[cfg(target_os = "linux")]
    {
        let pulse = || cpal::host_from_id(cpal::HostId::PulseAudio).ok();
        if let Some(host) = pulse().or_else(|| pulse_cookie::create().and_then(|()| pulse())) {
            return host;
        }
        silence_alsa_errors();
    }
    cpal::default_host()
}

/// The host with this id, if it is available.
pub(crate) fn host_by_id(id: cpal::HostId) -> Option<cpal::Host> {
    #[cfg(target_os = "linux")]
    silence_alsa_errors();
    cpal::host_from_id(id).ok()
}

/// Whether an error ends the stream. The other ones are short disturbances.
pub(crate) fn ends_stream(kind: ErrorKind) -> bool {
    !matches!(
        kind,
        ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied
    )
}

/// ALSA prints every failed attempt to stderr. The same failures are returned as errors, so printing
/// them is turned off. The setting is per thread.
#[cfg(target_os = "linux")]
fn silence_alsa_errors() {
    let _ = alsa::Output::local_error_handler();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_disturbance_does_not_end_stream() {
        assert!(!ends_stream(ErrorKind::Xrun));
        assert!(!ends_stream(ErrorKind::DeviceChanged));
        assert!(ends_stream(ErrorKind::DeviceNotAvailable));
    }
}
