//! Sound in and out: microphones, recordings, files, loudspeaker. Everything that leaves this module as samples
//! is 16 kHz, one channel, -1 to 1. Knows nothing of stories, sessions or words.

pub mod capture;
pub mod decode;
pub mod downmix;
pub mod playback;
pub mod resample;
pub mod tts;

pub use capture::capture_report::{CaptureReport, InputSignal};
pub use capture::input_device::{AudioSource, FilePacing, MicError, Microphone, microphones};
pub use capture::recorder::{RecordError, Recorder, RecorderEvent};
pub use capture::wav_writer::repair_take;
pub use decode::{DecodeError, DecodedAudio, decode_file};
pub use playback::chime::chime;
pub use playback::output_stream::PlayError;
pub use playback::player::{Player, PlayerEvent, SPEEDS};
pub use tts::SpeechDispatcher;
