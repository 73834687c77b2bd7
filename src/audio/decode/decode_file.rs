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
    let mut decoding = Decoding::open(path)?;
    while decoding.next()? {}
    Ok(decoding.finish())
}

/// As [`decode_file`], unless `stop` returns true meanwhile.
pub fn decode_file_unless(
    path: &Path,
    stop: &dyn Fn() -> bool,
) -> Result<Option<DecodedAudio>, DecodeError> {
    let mut decoding = Decoding::open(path)?;
    while decoding.next()? {
        if stop() {
            return Ok(None);
        }
    }
    Ok(Some(decoding.finish()))
}

/// A file that is being decoded.
struct Decoding<'a> {
    path: &'a Path,
    blocks: BlockReader,
    converter: AnalysisConverter,
    samples: Vec<f32>,
    block: Vec<f32>,
}

impl<'a> Decoding<'a> {
    fn open(path: &'a Path) -> Result<Self, DecodeError> {
        let blocks = BlockReader::open(path)?;
        let converter = AnalysisConverter::new(blocks.rate_hz, blocks.channels)
            .map_err(|why| blocks.rate_error(why))?;
        Ok(Self {
            path,
            blocks,
            converter,
            samples: Vec::new(),
            block: Vec::new(),
        })
    }

    /// Decodes the next block, if there is one.
    fn next(&mut self) -> Result<bool, DecodeError> {
        if !self.blocks.next(&mut self.block)? {
            return Ok(false);
        }
        self.converter.push(&self.block, &mut self.samples);
        match self.samples.len() as u64 > LONGEST_SECONDS * u64::from(ANALYSIS_RATE_HZ) {
            true => Err(DecodeError::TooLong(self.path.to_owned())),
            false => Ok(true),
        }
    }

    fn finish(mut self) -> DecodedAudio {
        let audio = self.converter.finish(&mut self.samples);
        DecodedAudio {
            samples: self.samples,
            audio,
            missing: self.blocks.missing(),
            tracks: self.blocks.tracks(),
        }
    }
}
