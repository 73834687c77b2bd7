//! The codecs that compressed recordings may use.

use std::sync::LazyLock;

use symphonia::core::codecs::audio::well_known as codec;
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

/// The names of compressed formats, each with whether a decoder for it is there.
pub fn compressed_formats() -> [(&'static str, bool); 8] {
    [
        ("AAC", codec::CODEC_ID_AAC),
        ("ADPCM", codec::CODEC_ID_ADPCM_IMA_WAV),
        ("ALAC", codec::CODEC_ID_ALAC),
        ("FLAC", codec::CODEC_ID_FLAC),
        ("MP3", codec::CODEC_ID_MP3),
        ("Opus", codec::CODEC_ID_OPUS),
        ("Vorbis", codec::CODEC_ID_VORBIS),
        ("A-law", codec::CODEC_ID_PCM_ALAW),
    ]
    .map(|(name, id)| (name, CODECS.get_audio_decoder(id).is_some()))
}
