//! Which microphones there are, what they are called, and which of them a choice means. Knows nothing of streams.

mod alsa;
pub mod device;
pub mod error;
mod list;
mod loopback;
mod matching;
mod naming;
#[cfg(target_os = "linux")]
mod places;

pub use list::microphones;
pub(super) use list::{default_device, known_device, named_device};
pub use matching::find_known;
