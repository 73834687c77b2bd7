//! Decodes a whole recording for the analysis.

use std::path::Path;

use super::block_reader::BlockReader;
use super::converter::AnalysisConverter;
use super::error::{AudioTracks, DecodeError, MissingAudio};
use crate::acoustics::ANALYSIS_RATE_HZ;
use crate::audio::channels::note::ChannelNote;
use crate::audio::channels::rule::ChannelRule;
use crate::domain::take::Audio;

/// Longer than any answer; protects against filling the memory with a film by mistake.
const LONGEST_SECONDS: u64 = 2 * 3600;

/// The channels of a file are compared over this time before the first of it is used.
const PREVIEW_SECONDS: usize = 8;

/// A decoded file, ready for analysis.
#[derive(Debug)]
pub struct DecodedAudio {
    /// 16 kHz, mono.
    pub samples: Vec<f32>,
    /// Facts about the file.
    pub audio: Audio,
    /// What could not be read of it.
    pub missing: Option<MissingAudio>,
    /// What the user should know about its channels.
    pub channels: Option<ChannelNote>,
    /// Which track was decoded, if the file has several.
    pub tracks: Option<AudioTracks>,
}

/// As [`decode_channels`], with every channel.
pub fn decode_file(path: &Path) -> Result<DecodedAudio, DecodeError> {
    decode_channels(path, &ChannelRule::default())
}

/// Decodes a whole file, or standard input for `-`. A truncated file yields the part that exists.
pub fn decode_channels(path: &Path, rule: &ChannelRule) -> Result<DecodedAudio, DecodeError> {
    let mut decoding = Decoding::open(path, rule)?;
    while decoding.next()? {}
    Ok(decoding.finish())
}

/// As [`decode_channels`], unless `stop` returns true meanwhile.
pub fn decode_file_unless(
    path: &Path,
    rule: &ChannelRule,
    stop: &dyn Fn() -> bool,
) -> Result<Option<DecodedAudio>, DecodeError> {
    let mut decoding = Decoding::open(path, rule)?;
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
    fn open(path: &'a Path, rule: &ChannelRule) -> Result<Self, DecodeError> {
        let mut blocks = BlockReader::open(path)?;
        let channel = blocks.channel(rule)?;
        let detector = rule.detector.as_ref();
        let converter = AnalysisConverter::new(blocks.rate_hz, blocks.channels, channel, detector);
        let mut converter = converter.map_err(|why| blocks.rate_error(why))?;
        let mut samples = Vec::new();
        let mut block = Vec::new();
        if converter.is_deciding() {
            let mut beginning = Vec::new();
            let previewed =
                PREVIEW_SECONDS * blocks.rate_hz as usize * usize::from(blocks.channels);
            while beginning.len() < previewed && blocks.next(&mut block)? {
                beginning.extend_from_slice(&block);
            }
            converter.preview(&beginning);
            converter.push(&beginning, &mut samples);
        }
        Ok(Self {
            path,
            blocks,
            converter,
            samples,
            block,
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
        let channels = self.converter.take_note(true);
        let audio = self.converter.finish(&mut self.samples);
        DecodedAudio {
            channels,
            samples: self.samples,
            audio,
            missing: self.blocks.missing(),
            tracks: self.blocks.tracks(),
        }
    }
}
