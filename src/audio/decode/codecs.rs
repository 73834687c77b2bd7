//! The codecs that compressed recordings may use.

use std::sync::LazyLock;

use symphonia::core::codecs::registry::CodecRegistry;

use super::aac::AacDecoder;
use super::opus::OpusDecoder;

/// Every codec that can be decoded. It never changes, so that threads share it.
pub(super) static CODECS: LazyLock<CodecRegistry> = LazyLock::new(|| {
    let mut codecs = CodecRegistry::new();
    symphonia::default::register_enabled_codecs(&mut codecs);
    // The later registration of a codec replaces the earlier one.
    codecs.register_audio_decoder::<AacDecoder>();
    codecs.register_audio_decoder::<OpusDecoder>();
    codecs
});
