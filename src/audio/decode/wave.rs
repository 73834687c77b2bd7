//! Reads the header of WAV files and their relatives (RIFX, RF64, BW64, W64): where the samples are and how
//! they are coded. Knows nothing of decoding.

use std::io;

use super::chunks::{Chunk, ChunkStyle, chunks};
use super::frame_source::StreamFormat;
use super::media::Media;
use super::pcm::{PcmLayout, SampleKind};

/// Programs that write to a pipe store about the largest length, signed or not.
const SHORTEST_PLACEHOLDER: u64 = 0x7fff_0000;
/// Bytes before the first chunk.
const LONGEST_START: usize = 40;
/// A format chunk is short.
const LONGEST_FORMAT: usize = 256;

/// A WAV file: its samples and their coding.
#[derive(Debug)]
pub(super) struct WaveFile {
    pub(super) coding: WaveCoding,
    /// Position and length of the samples.
    pub(super) data: (u64, u64),
    /// Length of the samples by the header, if it is not a placeholder.
    pub(super) stated_len: Option<u64>,
    /// Frames by the `fact` chunk.
    pub(super) stated_frames: Option<u64>,
    /// The container, for messages.
    pub(super) container: &'static str,
}

/// How the samples are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WaveCoding {
    Pcm(PcmLayout),
    Adpcm(AdpcmLayout),
    /// A file of another format, such as MP3, stands in the place of the samples.
    Embedded {
        tag: u16,
    },
    /// Format tag of a coding that cannot be decoded, and bits per sample.
    Other {
        tag: u16,
        bits: u16,
    },
}

/// Blocks of differences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AdpcmLayout {
    pub(super) kind: AdpcmKind,
    pub(super) format: StreamFormat,
    pub(super) block_bytes: usize,
    pub(super) block_frames: u64,
}

/// The kinds of ADPCM that can be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AdpcmKind {
    ImaWav,
    ImaQuickTime,
    Microsoft,
}

/// Whether it is a WAV file.
pub(super) fn is_wave(media: &mut Media) -> io::Result<bool> {
    Ok(container(&media.bytes_at(0, LONGEST_START)?).is_some())
}

/// Reads the header; `None` if it is not a WAV file or has no usable format.
pub(super) fn read_header(media: &mut Media) -> io::Result<Option<WaveFile>> {
    let head = media.bytes_at(0, LONGEST_START)?;
    let Some((style, first, container)) = container(&head) else {
        return Ok(None);
    };
    let found = chunks(media, style, first, |chunk| &chunk.id == b"data")?;
    let chunk = |id: &[u8; 4]| found.iter().find(|chunk| &chunk.id == id).copied();
    let (Some(format), Some(data)) = (chunk(b"fmt "), chunk(b"data")) else {
        return Ok(None);
    };
    let format = format.bytes(media, LONGEST_FORMAT)?;
    let Some(coding) = read_coding(&Fields::new(&format, style), style) else {
        return Ok(None);
    };
    let fact = chunk(b"fact")
        .map(|fact| fact.bytes(media, 4))
        .transpose()?;
    let fact = fact.and_then(|fact| Fields::new(&fact, style).u32(0));
    let sizes = chunk(b"ds64")
        .map(|sizes| sizes.bytes(media, 24))
        .transpose()?;
    let size = sizes.and_then(|sizes| Fields::new(&sizes, style).u64(8));
    let (len, stated_len) = data_length(data, size, style, media.len());
    Ok(Some(WaveFile {
        coding,
        data: (data.start, len),
        stated_len,
        stated_frames: fact.filter(|frames| *frames > 0).map(u64::from),
        container,
    }))
}

/// Style and position of the chunks, and the name of the container.
fn container(head: &[u8]) -> Option<(ChunkStyle, u64, &'static str)> {
    match (head.get(..4)?, head.get(8..12)?) {
        (b"RIFF", b"WAVE") => Some((ChunkStyle::LittleEndian, 12, "WAV")),
        (b"RIFX", b"WAVE") => Some((ChunkStyle::BigEndian, 12, "RIFX WAV")),
        (b"RF64" | b"BW64", b"WAVE") => Some((ChunkStyle::LittleEndian, 12, "RF64 WAV")),
        (b"riff", _) if head.get(24..28) == Some(b"wave") => Some((ChunkStyle::Wave64, 40, "W64")),
        _ => None,
    }
}

/// Length of the samples, and what the header says about it. A process that died while it recorded leaves a
/// length of zero or nonsense, and programs that write to a pipe store the largest possible length: then the
/// samples extend to the end of the file.
fn data_length(data: Chunk, ds64: Option<u64>, style: ChunkStyle, file: u64) -> (u64, Option<u64>) {
    let available = file - data.start.min(file);
    let stated = match ds64 {
        Some(len) if data.len == u64::from(u32::MAX) => len,
        _ => data.len,
    };
    let is_placeholder = match style {
        ChunkStyle::Wave64 => stated == 0 || stated > i64::MAX as u64 - 24,
        _ => stated == 0 || (stated >= SHORTEST_PLACEHOLDER && ds64.is_none()),
    };
    match is_placeholder && (stated == 0 || stated > available) {
        true => (available, None),
        false => (stated.min(available), Some(stated)),
    }
}

fn read_coding(format: &Fields<'_>, style: ChunkStyle) -> Option<WaveCoding> {
    let mut tag = format.u16(0)?;
    let channels = format.u16(2)?;
    let rate_hz = format.u32(4)?;
    let block_bytes = usize::from(format.u16(12)?);
    // The oldest headers have no bits per sample.
    let bits = format.u16(14).unwrap_or(8);
    const EXTENSIBLE: u16 = 0xfffe;
    if tag == EXTENSIBLE {
        tag = format.u16(24)?;
    }
    let stream = StreamFormat { rate_hz, channels };
    if channels == 0 {
        return None;
    }
    // Samples of 12 or 20 bits stand in the upper bits of whole bytes.
    let by_bits = usize::from(bits.div_ceil(8)).max(1);
    let by_block = block_bytes / usize::from(channels);
    let is_block_exact = block_bytes % usize::from(channels) == 0 && by_block >= by_bits;
    let pcm = |kind, bytes| {
        let layout = PcmLayout {
            kind,
            bytes,
            big_endian: style == ChunkStyle::BigEndian,
            format: stream,
        };
        match layout.is_supported() {
            true => WaveCoding::Pcm(layout),
            false => WaveCoding::Other { tag, bits },
        }
    };
    let adpcm = |kind| {
        let frames = format.u16(18).map(u64::from).filter(|frames| *frames > 0);
        adpcm_layout(kind, stream, block_bytes, frames)
            .map_or(WaveCoding::Other { tag, bits }, WaveCoding::Adpcm)
    };
    Some(match tag {
        0x01 => {
            let bytes = if is_block_exact { by_block } else { by_bits };
            let kind = match bytes {
                1 => SampleKind::Unsigned,
                _ => SampleKind::Signed,
            };
            pcm(kind, bytes)
        }
        0x03 => pcm(SampleKind::Float, by_bits),
        0x06 => pcm(SampleKind::ALaw, 1),
        0x07 => pcm(SampleKind::MuLaw, 1),
        0x02 => adpcm(AdpcmKind::Microsoft),
        0x11 => adpcm(AdpcmKind::ImaWav),
        // MPEG audio, ADTS and Ogg bring their own headers along.
        0x50 | 0x55 | 0x1600 | 0x674f..=0x6751 | 0x676f..=0x6771 => WaveCoding::Embedded { tag },
        _ => WaveCoding::Other { tag, bits },
    })
}

/// `None` if such blocks cannot be decoded.
fn adpcm_layout(
    kind: AdpcmKind,
    format: StreamFormat,
    block_bytes: usize,
    stated_frames: Option<u64>,
) -> Option<AdpcmLayout> {
    let channels = usize::from(format.channels);
    // Each block begins with the state of each channel.
    let (header, first_frames) = match kind {
        AdpcmKind::Microsoft => (7, 2),
        AdpcmKind::ImaWav => (4, 1),
        AdpcmKind::ImaQuickTime => (2, 0),
    };
    if !(1..=2).contains(&channels) || block_bytes <= header * channels {
        return None;
    }
    let most = ((block_bytes - header * channels) * 2 / channels + first_frames) as u64;
    Some(AdpcmLayout {
        kind,
        format,
        block_bytes,
        block_frames: stated_frames.map_or(most, |frames| frames.min(most)),
    })
}

/// Name of a coding, for messages.
pub(super) fn coding_name(tag: u16, bits: u16) -> String {
    let name = match tag {
        0x01 => return format!("{bits}-bit PCM"),
        0x03 => return format!("{bits}-bit floating point"),
        0x50 => "MPEG audio",
        0x55 => "MP3",
        0x1600 => "AAC",
        0xf1ac => "FLAC",
        0x674f..=0x6751 | 0x676f..=0x6771 => "Vorbis",
        0x02 => "Microsoft ADPCM with more than two channels",
        0x11 => "IMA ADPCM with more than two channels",
        0x05 | 0x17 | 0x200 => "ADPCM",
        0x08 => "DTS",
        0x20 => "Yamaha ADPCM",
        0x22 => "TrueSpeech",
        0x31 => "GSM 6.10",
        0x38 | 0x42 | 0x111 => "G.723.1",
        0x14 | 0x40 | 0x45 | 0x64 => "G.726",
        0x28f | 0x65 => "G.722",
        0x57 | 0x83 => "G.729",
        0x61 | 0x62 => "Duck DK3/DK4 ADPCM",
        0x92 | 0x2000 => "AC-3",
        0xff | 0x1601 | 0x1602 | 0x1610 | 0xa106 => "AAC",
        0x130 => "SIPRO ACELP",
        0x160..=0x163 => "Windows Media Audio",
        0x270 => "ATRAC3",
        0x500 => "Speex",
        0x704f => "Opus",
        0xa109 => "Speex",
        _ => return format!("the codec with the tag {tag:#06x}"),
    };
    name.to_owned()
}

/// Numbers in a chunk.
struct Fields<'a> {
    bytes: &'a [u8],
    big_endian: bool,
}

impl<'a> Fields<'a> {
    fn new(bytes: &'a [u8], style: ChunkStyle) -> Self {
        Self {
            bytes,
            big_endian: style == ChunkStyle::BigEndian,
        }
    }

    fn array<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        let mut array: [u8; N] = self.bytes.get(at..at + N)?.try_into().ok()?;
        if self.big_endian {
            array.reverse();
        }
        Some(array)
    }

    fn u16(&self, at: usize) -> Option<u16> {
        self.array(at).map(u16::from_le_bytes)
    }

    fn u32(&self, at: usize) -> Option<u32> {
        self.array(at).map(u32::from_le_bytes)
    }

    fn u64(&self, at: usize) -> Option<u64> {
        self.array(at).map(u64::from_le_bytes)
    }
}
