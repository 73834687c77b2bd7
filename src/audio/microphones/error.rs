//! Why a microphone delivers no audio, in the words of the user.

use cpal::ErrorKind;

use crate::audio::stream::system_message;

/// At most this many choices are listed in a message.
const LISTED: usize = 6;

/// Why a microphone delivers no audio.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MicError {
    /// There is no microphone.
    #[error("no microphone found: plug one in, or switch it on in the system's sound settings")]
    NotFound,
    /// No microphone has the requested name.
    #[error("microphone \"{0}\" not found: `starling devices` lists the available ones")]
    Unknown(String),
    /// Several microphones have the requested name.
    #[error("several microphones match \"{text}\": choose {}", one_of(choices))]
    Ambiguous {
        /// What was asked for.
        text: String,
        /// The names of those that match.
        choices: Vec<String>,
    },
    /// Another program uses it.
    #[error("the microphone is in use by another program: close that program, then try again")]
    Busy,
    /// The system denies access.
    #[error(
        "the system denies access to the microphone: allow it in the system's privacy settings"
    )]
    Denied,
    /// It was unplugged or switched off.
    #[error("the microphone was disconnected: plug it in again or choose another one")]
    Disconnected,
    /// It is open but delivers no samples.
    #[error("the microphone delivers no audio: choose another one, or restart the sound server")]
    Stalled,
    /// Any other error of the system.
    #[error("cannot use the microphone ({0}): choose another one")]
    Other(String),
}

/// Translates an error of the system.
pub(in crate::audio) fn mic_error(error: cpal::Error) -> MicError {
    match error.kind() {
        ErrorKind::DeviceBusy => MicError::Busy,
        ErrorKind::PermissionDenied => MicError::Denied,
        ErrorKind::DeviceNotAvailable | ErrorKind::StreamInvalidated => MicError::Disconnected,
        ErrorKind::HostUnavailable => MicError::NotFound,
        _ => MicError::Other(system_message(&error)),
    }
}

/// `"a", "b" or "c"`.
fn one_of(choices: &[String]) -> String {
    let mut quoted: Vec<String> = choices.iter().map(|name| format!("\"{name}\"")).collect();
    if quoted.len() > LISTED {
        quoted.truncate(LISTED - 1);
        quoted.push("another one of `starling devices`".to_owned());
    }
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_says_what_to_do() {
        for (kind, expected) in [
            (ErrorKind::DeviceBusy, "in use by another program"),
            (ErrorKind::PermissionDenied, "privacy settings"),
            (ErrorKind::DeviceNotAvailable, "was disconnected"),
            (ErrorKind::StreamInvalidated, "was disconnected"),
            (ErrorKind::HostUnavailable, "plug one in"),
            (ErrorKind::UnsupportedConfig, "choose another one"),
        ] {
            let message = mic_error(cpal::Error::new(kind)).to_string();
            assert!(message.contains(expected), "{kind:?}: {message}");
            assert!(
                !message.contains('\n') && !message.ends_with('.'),
                "{message}"
            );
        }
    }

    #[test]
    fn ambiguous_name_lists_the_choices_in_one_sentence() {
        let message = |names: &[&str]| {
            MicError::Ambiguous {
                text: "USB".to_owned(),
                choices: names.iter().map(|name| (*name).to_owned()).collect(),
            }
            .to_string()
        };
        assert_eq!(
            message(&["USB (port 2)", "USB (port 4)", "USB line"]),
            "several microphones match \"USB\": choose \"USB (port 2)\", \"USB (port 4)\" or \"USB line\""
        );
        let many = message(&["a", "b", "c", "d", "e", "f", "g"]);
        assert!(
            many.ends_with("\"e\" or another one of `starling devices`"),
            "{many}"
        );
    }
}
