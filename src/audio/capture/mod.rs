//! Records takes: a device or a file is read on the capture thread, checked for dropouts, converted to
//! 16 kHz mono and written as WAV. Knows nothing of sessions or transcripts.

mod capture_loop;
pub mod capture_report;
mod device_open;
mod input;
mod input_device;
pub mod message;
#[cfg(target_os = "linux")]
mod pulse_stream;
pub mod recorder;
pub mod source;
mod stream_clock;
mod stream_state;
mod take_writer;
pub mod wav_repair;
pub mod wav_writer;
