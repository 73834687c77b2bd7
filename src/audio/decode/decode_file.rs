//! Decodes a whole recording for the analysis.

use std::path::Path;

use super::block_reader::BlockReader;
use super::converter::AnalysisConverter;
use super::error::{DecodeError, MissingAudio};
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
}

/// As [`decode_channels`], with every channel.
pub fn decode_file(path: &Path) -> Result<DecodedAudio, DecodeError> {
    decode_channels(path, &ChannelRule::default())
}

/// Decodes a whole file, or standard input for `-`. A truncated file yields the part that exists.
pub fn decode_channels(path: &Path, rule: &ChannelRule) -> Result<DecodedAudio, DecodeError> {
    let mut blocks = BlockReader::open(path)?;
    let channel = blocks.channel(rule)?;
    let detector = rule.detector.as_ref();
    let mut converter = AnalysisConverter::new(blocks.rate_hz, blocks.channels, channel, detector)
        .map_err(|why| blocks.rate_error(why))?;
    let mut samples = Vec::new();
    let mut block = Vec::new();
    if converter.is_deciding() {
        let mut beginning = Vec::new();
        let previewed = PREVIEW_SECONDS * blocks.rate_hz as usize * usize::from(blocks.channels);
        while beginning.len() < previewed && blocks.next(&mut block)? {
            beginning.extend_from_slice(&block);
        }
        converter.preview(&beginning);
        converter.push(&beginning, &mut samples);
    }
    while blocks.next(&mut block)? {
        converter.push(&block, &mut samples);
        if samples.len() as u64 > LONGEST_SECONDS * u64::from(ANALYSIS_RATE_HZ) {
            return Err(DecodeError::TooLong(path.to_owned()));
        }
    }
    let channels = converter.take_note(true);
    let audio = converter.finish(&mut samples);
    Ok(DecodedAudio {
        channels,
        samples,
        audio,
        missing: blocks.missing(),
    })
}
