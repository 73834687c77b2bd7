//! Why a recording cannot be decoded, and what is missing from one that was. Knows nothing of formats.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::audio::channels::rule::NoSuchChannel;
use crate::audio::resample::RateError;

/// Why a file cannot be decoded.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// It is missing or not readable.
    #[error("cannot open {path}: {why}", path = display_name(path))]
    Open {
        /// The file.
        path: PathBuf,
        /// The system's error.
        why: io::Error,
    },
    /// It has no bytes.
    #[error("{path} has no content (0 bytes): choose another recording", path = display_name(.0))]
    Empty(PathBuf),
    /// A pipe delivers more than is kept in memory.
    #[error("{path} delivers more than 2 GB: save it as a file, then try again", path = display_name(.0))]
    PipeTooLarge(PathBuf),
    /// Its codec or its container is known, but cannot be decoded.
    #[error(
        "cannot decode {path}: {what} is not supported; convert it first: {command}",
        path = display_name(path), command = conversion(path)
    )]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// Codec and container, such as "AMR in 3GP".
        what: String,
    },
    /// It is a film without sound, or the like.
    #[error("{path} has no audio track: choose another recording", path = display_name(.0))]
    NoAudio(PathBuf),
    /// It begins like something else than a recording.
    #[error("cannot decode {path}: it begins like {what}, not like a recording", path = display_name(path))]
    OtherFile {
        /// The file.
        path: PathBuf,
        /// What it is, such as "a PDF document".
        what: &'static str,
    },
    /// Its format is unknown, or its header is invalid.
    #[error(
        "cannot decode {path} ({why}); if other programs play it, convert it first: {command}",
        path = display_name(path), command = conversion(path)
    )]
    NotAudio {
        /// The file.
        path: PathBuf,
        /// The decoder's error.
        why: String,
    },
    /// Its sample rate is not supported.
    #[error("{path}: {why}", path = display_name(path))]
    Rate {
        /// The file.
        path: PathBuf,
        /// The rate.
        why: RateError,
    },
    /// A channel was chosen that it does not have.
    #[error(transparent)]
    Channel(#[from] NoSuchChannel),
    /// It is far longer than any answer.
    #[error("{path} is longer than two hours: trim it to the answer", path = display_name(.0))]
    TooLong(PathBuf),
}

/// What could not be read of a recording that was decoded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MissingAudio {
    /// Its header states a longer duration than there is.
    Shorter {
        /// Duration by the header, in seconds.
        stated_secs: f64,
        /// What was read of it, in seconds.
        read_secs: f64,
    },
    /// The rest is unreadable.
    Rest {
        /// What was read, in seconds.
        read_secs: f64,
    },
    /// Some packets could not be decoded.
    Packets {
        /// Their number.
        count: u64,
    },
}

impl fmt::Display for MissingAudio {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shorter {
                stated_secs,
                read_secs,
            } => write!(
                out,
                "its header says {stated_secs:.1} s, but only {read_secs:.1} s could be read"
            ),
            Self::Rest { read_secs } => {
                write!(out, "only the first {read_secs:.1} s could be read")
            }
            Self::Packets { count: 1 } => {
                write!(out, "1 packet could not be decoded and was left out")
            }
            Self::Packets { count } => {
                write!(
                    out,
                    "{count} packets could not be decoded and were left out"
                )
            }
        }
    }
}

/// A file with several audio tracks, as recorders of screens and meetings write them: only one is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AudioTracks {
    /// The decoded track, counted from 0.
    pub decoded: usize,
    /// Number of audio tracks.
    pub count: usize,
}

impl AudioTracks {
    /// Says which track of `path` was decoded, and how to get another one.
    pub fn message(self, path: &Path) -> String {
        let other = usize::from(self.decoded == 0);
        format!(
            "{} has {} audio tracks, and only track {} was analyzed; for track {}: {}",
            display_name(path),
            self.count,
            self.decoded + 1,
            other + 1,
            extraction(path, other)
        )
    }
}

/// How messages call a recording.
pub fn display_name(path: &Path) -> String {
    match path == Path::new("-") {
        true => "standard input".to_owned(),
        false => path.display().to_string(),
    }
}

/// The command that converts a recording to a WAV file beside it.
fn conversion(path: &Path) -> String {
    let wav = path.with_extension("wav");
    let wav = match wav == path {
        true => path.with_extension("converted.wav"),
        false => wav,
    };
    // ffmpeg calls standard input `-` too.
    match path == Path::new("-") {
        true => "ffmpeg -i - recording.wav".to_owned(),
        false => format!("ffmpeg -i {} {}", quoted(path), quoted(&wav)),
    }
}

/// The command that writes one audio track, counted from 0, to a WAV file beside the recording.
fn extraction(path: &Path, track: usize) -> String {
    let wav = path.with_extension(format!("track{}.wav", track + 1));
    match path == Path::new("-") {
        true => format!("ffmpeg -i - -map 0:a:{track} recording.wav"),
        false => format!(
            "ffmpeg -i {} -map 0:a:{track} {}",
            quoted(path),
            quoted(&wav)
        ),
    }
}

/// The path as an argument for a shell.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+".contains(c);
    match text.chars().all(is_plain) && !text.starts_with('-') {
        true => text,
        false if text.starts_with('-') => format!("'./{}'", text.replace('\'', r"'\''")),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversion_can_be_pasted_into_a_shell() {
        for (path, command) in [
            ("a/b.amr", "ffmpeg -i a/b.amr a/b.wav"),
            ("b.wav", "ffmpeg -i b.wav b.converted.wav"),
            ("memo 1.wma", "ffmpeg -i 'memo 1.wma' 'memo 1.wav'"),
            ("Ann's.wma", r"ffmpeg -i 'Ann'\''s.wma' 'Ann'\''s.wav'"),
            ("-x.wma", "ffmpeg -i './-x.wma' './-x.wav'"),
            ("-", "ffmpeg -i - recording.wav"),
        ] {
            assert_eq!(conversion(Path::new(path)), command);
        }
    }
}
