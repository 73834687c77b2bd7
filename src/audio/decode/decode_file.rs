//! Decodes a whole recording for the analysis.

use std::path::Path;

use super::block_reader::BlockReader;
use super::converter::AnalysisConverter;
use super::error::{AudioTracks, DecodeError, MissingAudio};
use crate::acoustics::ANALYSIS_RATE_HZ;
use crate::domain::take::Audio;

/// Longer than any answer; protects against filling the memory with a film by mistake.
const LONGEST_SECONDS: u64 = 2 * 3600;

/// A decoded file, ready for analysis.
#[derive(Debug)]
pub struct DecodedAudio {
    /// 16 kHz, mono.
    pub samples: Vec<f32>,
    /// Facts about the file.
    pub audio: Audio,
    /// What could not be read of it.
    pub missing: Option<MissingAudio>,
    /// Which track was decoded, if the file has several.
    pub tracks: Option<AudioTracks>,
}

/// Decodes a whole file, or standard input for `-`. A truncated file yields the part that exists.
pub fn decode_file(path: &Path) -> Result<DecodedAudio, DecodeError> {
    let mut blocks = BlockReader::open(path)?;
    let mut converter = AnalysisConverter::new(blocks.rate_hz, blocks.channels)
        .map_err(|why| blocks.rate_error(why))?;
    let mut samples = Vec::new();
    let mut block = Vec::new();
    while blocks.next(&mut block)? {
        converter.push(&block, &mut samples);
        if samples.len() as u64 > LONGEST_SECONDS * u64::from(ANALYSIS_RATE_HZ) {
            return Err(DecodeError::TooLong(path.to_owned()));
        }
    }
    let audio = converter.finish(&mut samples);
    Ok(DecodedAudio {
        samples,
        audio,
        missing: blocks.missing(),
        tracks: blocks.tracks(),
    })
}
