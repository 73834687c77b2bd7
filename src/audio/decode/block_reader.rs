//! Reads the frames of a recording of any format block by block, so that one can also replace a microphone.

use std::ffi::OsStr;
use std::io;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use symphonia::core::errors::Error as SymphoniaError;

use super::aac::AdtsReader;
use super::adpcm::AdpcmReader;
use super::demuxed::{DemuxedReader, NO_AUDIO_TRACK};
use super::error::{AudioTracks, DecodeError, MissingAudio, display_name};
use super::format_adapter::FormatAdapter;
use super::frame_source::{FrameSource, StreamFormat};
use super::identify::{Identity, identify};
use super::media::Media;
use super::pcm::PcmReader;
use super::sample_file::{self, SampleCoding, SampleFile};
use super::wave::{self, WaveCoding, WaveFile};
use crate::audio::channels::rule::ChannelRule;
use crate::audio::resample::RateError;

/// Enough to recognize a format.
const START_BYTES: usize = 64 << 10;

/// Reads the frames of a file. All blocks have the rate and the channels of the first.
pub(crate) struct BlockReader {
    path: PathBuf,
    pub(crate) rate_hz: u32,
    pub(crate) channels: u16,
    source: Box<dyn FrameSource>,
    /// The first block, decoded on opening to learn rate and channels.
    first: Option<Vec<f32>>,
    /// If the format has changed.
    adapter: Option<FormatAdapter>,
    /// A block that came after the change of a format.
    held: Option<(StreamFormat, Vec<f32>)>,
}

/// A source, and its format if the header is reliable about it.
type Opened = (Box<dyn FrameSource>, Option<StreamFormat>);

/// Why a source cannot be opened.
enum Refusal {
    /// Codec and container are known.
    Unsupported(String),
    NoAudio,
    Invalid(String),
}

impl From<SymphoniaError> for Refusal {
    fn from(error: SymphoniaError) -> Self {
        Self::Invalid(match error {
            SymphoniaError::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                "it ends before its audio".to_owned()
            }
            SymphoniaError::Unsupported(NO_AUDIO_TRACK) => return Self::NoAudio,
            SymphoniaError::Unsupported("core (probe): no suitable format reader found") => {
                "its format is not known".to_owned()
            }
            SymphoniaError::Unsupported(
                what @ ("this profile of AAC" | "these channels of Opus"),
            ) => {
                return Self::Unsupported(what.to_owned());
            }
            error => error.to_string(),
        })
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::Invalid(error.to_string())
    }
}

impl BlockReader {
    /// Opens a file or a pipe; `-` is standard input.
    pub(crate) fn open(path: &Path) -> Result<Self, DecodeError> {
        let mut media = Media::open(path)?;
        let extension = path.extension().and_then(OsStr::to_str);
        // On some headers a demuxer panics.
        let opened = catch_unwind(std::panic::AssertUnwindSafe(|| {
            let (mut source, format) = open_source(&mut media, extension)?;
            let mut first = Vec::new();
            match (source.next(&mut first), format) {
                (Some(format), _) => Ok((source, format, Some(first))),
                (None, Some(format)) => Ok((source, format, None)),
                (None, None) => Err(Refusal::Invalid("no audio in it can be decoded".to_owned())),
            }
        }));
        let opened = opened.unwrap_or_else(|_| Err(Refusal::Invalid("invalid header".to_owned())));
        let (source, format, first) =
            opened.map_err(|refusal| decode_error(path, &mut media, refusal))?;
        Ok(Self {
            path: path.to_owned(),
            rate_hz: format.rate_hz,
            channels: format.channels,
            source,
            first,
            adapter: None,
            held: None,
        })
    }

    /// Replaces `block` with the next interleaved frames; false at the end of the file.
    pub(crate) fn next(&mut self, block: &mut Vec<f32>) -> Result<bool, DecodeError> {
        if let Some(first) = self.first.take() {
            *block = first;
            return Ok(true);
        }
        block.clear();
        let format = match self.held.take() {
            Some((format, held)) => {
                *block = held;
                Some(format)
            }
            None => self.source.next(block),
        };
        let Some(format) = format else {
            block.clear();
            return Ok(self.finish_adapter(block));
        };
        let is_own = (format.rate_hz, format.channels) == (self.rate_hz, self.channels);
        match &mut self.adapter {
            Some(adapter) if adapter.is_from(format) => {
                adapter.convert(block);
                Ok(true)
            }
            // The rest of the old format comes first.
            Some(_) => {
                self.held = Some((format, std::mem::take(block)));
                self.finish_adapter(block);
                Ok(true)
            }
            None if is_own => Ok(true),
            None => {
                let own = StreamFormat {
                    rate_hz: self.rate_hz,
                    channels: self.channels,
                };
                let adapter = FormatAdapter::new(format, own);
                let mut adapter = adapter.map_err(|why| self.rate_error(why))?;
                adapter.convert(block);
                self.adapter = Some(adapter);
                Ok(true)
            }
        }
    }

    /// Appends the rest of the adapter to `block`; false if there is none.
    fn finish_adapter(&mut self, block: &mut Vec<f32>) -> bool {
        if let Some(adapter) = self.adapter.take() {
            adapter.finish(block);
        }
        !block.is_empty()
    }

    /// What could not be read, after the end.
    pub(super) fn missing(&self) -> Option<MissingAudio> {
        self.source.missing()
    }

    /// Which track is read, if there are several.
    pub(super) fn tracks(&self) -> Option<AudioTracks> {
        self.source.tracks()
    }

    /// The channel that a rule chooses, from 1.
    pub(crate) fn channel(&self, rule: &ChannelRule) -> Result<Option<u16>, DecodeError> {
        let name = display_name(&self.path);
        Ok(rule.channel(None, &name, self.channels)?)
    }

    pub(crate) fn rate_error(&self, why: RateError) -> DecodeError {
        DecodeError::Rate {
            path: self.path.clone(),
            why,
        }
    }
}

fn open_source(media: &mut Media, extension: Option<&str>) -> Result<Opened, Refusal> {
    if let Some(wave) = wave::read_header(media)? {
        return open_wave(media, &wave);
    }
    if wave::is_wave(media)? {
        let why = "its WAV header is incomplete or invalid";
        return Err(Refusal::Invalid(why.to_owned()));
    }
    if let Some(file) = sample_file::read_header(media)? {
        return open_samples(media, file);
    }
    if AdtsReader::recognizes(&media.bytes_at(0, START_BYTES)?) {
        return Ok((Box::new(AdtsReader::new(media.section(0, u64::MAX)?)), None));
    }
    let demuxed = DemuxedReader::open(media.section(0, u64::MAX)?, extension)?;
    Ok((Box::new(demuxed), None))
}

fn open_wave(media: &Media, wave: &WaveFile) -> Result<Opened, Refusal> {
    let (start, len) = wave.data;
    let data = media.section(start, len)?;
    Ok(match wave.coding {
        WaveCoding::Pcm(layout) => {
            let frame_bytes = (layout.bytes * usize::from(layout.format.channels)) as u64;
            let stated = wave.stated_len.map(|len| len / frame_bytes);
            (
                Box::new(PcmReader::new(layout, data, stated)),
                Some(layout.format),
            )
        }
        WaveCoding::Adpcm(layout) => {
            let reader = AdpcmReader::new(layout, data, wave.stated_frames)?;
            (Box::new(reader), Some(layout.format))
        }
        WaveCoding::Embedded { tag } => {
            let mut data = data;
            if AdtsReader::recognizes(&data.bytes_at(0, START_BYTES)?) {
                return Ok((Box::new(AdtsReader::new(data)), None));
            }
            let demuxed = DemuxedReader::open(data, Some("mp3"));
            let demuxed = demuxed.map_err(|_| unsupported_wave(wave, tag, 0))?;
            (Box::new(demuxed), None)
        }
        WaveCoding::Other { tag, bits } => return Err(unsupported_wave(wave, tag, bits)),
    })
}

fn unsupported_wave(wave: &WaveFile, tag: u16, bits: u16) -> Refusal {
    let codec = wave::coding_name(tag, bits);
    Refusal::Unsupported(format!("{codec} in {}", wave.container))
}

fn open_samples(media: &Media, file: SampleFile) -> Result<Opened, Refusal> {
    let (start, len) = file.data;
    let data = media.section(start, len)?;
    Ok(match file.coding {
        SampleCoding::Pcm(layout) => (
            Box::new(PcmReader::new(layout, data, file.stated_frames)),
            Some(layout.format),
        ),
        SampleCoding::Adpcm(layout) => (
            Box::new(AdpcmReader::new(layout, data, file.stated_frames)?),
            Some(layout.format),
        ),
        SampleCoding::Other(codec) => {
            return Err(Refusal::Unsupported(format!(
                "{codec} in {}",
                file.container
            )));
        }
    })
}

/// Names what the file is, as far as its content shows.
fn decode_error(path: &Path, media: &mut Media, refusal: Refusal) -> DecodeError {
    let path = path.to_owned();
    match (identify(media), refusal) {
        (_, Refusal::Unsupported(what)) | (Identity::Unsupported(what), _) => {
            DecodeError::Unsupported { path, what }
        }
        (_, Refusal::NoAudio) => DecodeError::NoAudio(path),
        (Identity::Other(what), _) => DecodeError::OtherFile { path, what },
        (Identity::Unknown, Refusal::Invalid(why)) => DecodeError::NotAudio { path, why },
    }
}
