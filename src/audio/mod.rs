//! Audio input and output: microphones, audio files, loudspeakers and speech output. All samples that
//! leave this module are 16 kHz mono from -1 to 1. Knows nothing of stories, sessions or transcripts.

#[cfg(target_os = "linux")]
mod block_on;
pub mod capture;
mod channels;
pub mod decode;
pub mod downmix;
mod host;
mod microphones;
pub mod playback;
#[cfg(target_os = "linux")]
mod pulse_cookie;
pub mod resample;
mod stream;
pub mod tts;

pub use capture::capture_report::{CaptureReport, InputSignal};
pub use capture::message::{OpenedMicrophone, RecordError, RecorderEvent};
pub use capture::recorder::Recorder;
pub use capture::source::{AudioSource, FilePacing, InputRequest};
pub use capture::wav_repair::repair_take;
pub use channels::note::ChannelNote;
pub use channels::rule::{ChannelRule, NewVoiceDetector, VoiceDetector};
pub use decode::{
    AudioTracks, DecodeError, DecodedAudio, MissingAudio, compressed_formats, decode_channels,
    decode_file, decode_file_unless, display_name,
};
pub use microphones::device::{KnownMicrophone, Microphone};
pub use microphones::error::MicError;
pub use microphones::{find_known, microphones};
pub use playback::chime::chime;
pub use playback::output_stream::PlayError;
pub use playback::player::{Player, PlayerEvent, SPEEDS};
pub use tts::SpeechDispatcher;
