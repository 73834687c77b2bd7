//! TODO-DOC

pub(crate) mod capture_loop;
pub mod capture_report;
pub(crate) mod device_open;
pub(crate) mod input;
pub mod input_device;
#[cfg(target_os = "linux")]
pub(crate) mod pulse_cookie;
pub mod recorder;
pub(crate) mod stream_clock;
pub(crate) mod take_writer;
pub mod wav_writer;
