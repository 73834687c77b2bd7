//! Decodes recordings of any format: uncompressed and ADPCM files here, codecs with symphonia and with two
//! decoders of our own choice behind its interface. Knows nothing of transcripts.

mod aac;
mod adpcm;
pub(crate) mod block_reader;
mod chunks;
mod codecs;
pub(crate) mod converter;
mod decode_file;
mod demuxed;
pub(crate) mod error;
mod format_adapter;
mod frame_source;
mod identify;
mod media;
mod mp4;
mod opus;
mod pcm;
mod sample_file;
mod timeline;
mod wave;

pub(crate) use block_reader::BlockReader;
pub use codecs::compressed_formats;
pub(crate) use converter::AnalysisConverter;
pub use decode_file::{DecodedAudio, decode_channels, decode_file, decode_file_unless};
pub use error::{AudioTracks, DecodeError, MissingAudio, display_name};
