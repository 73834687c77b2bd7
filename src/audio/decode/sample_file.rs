//! Reads the headers of AIFF, AIFF-C, Sun audio and Core Audio files: where the samples are and how they are
//! coded. Knows nothing of decoding.

use std::io;

use super::chunks::{ChunkStyle, chunks};
use super::frame_source::StreamFormat;
use super::media::Media;
use super::pcm::{PcmLayout, SampleKind};
use super::wave::{AdpcmKind, AdpcmLayout};

/// Frames in a block of IMA ADPCM, and its bytes per channel.
const IMA_BLOCK: (u64, usize) = (64, 34);

/// A file of samples.
#[derive(Debug)]
pub(super) struct SampleFile {
    pub(super) coding: SampleCoding,
    /// Position and length of the samples.
    pub(super) data: (u64, u64),
    /// Frames by the header, unless they are unknown.
    pub(super) stated_frames: Option<u64>,
    /// The container, for messages.
    pub(super) container: &'static str,
}

/// How the samples are coded.
#[derive(Debug)]
pub(super) enum SampleCoding {
    Pcm(PcmLayout),
    Adpcm(AdpcmLayout),
    /// Name of a coding that cannot be decoded.
    Other(String),
}

/// Reads the header of a file of any of these formats; `None` if it is none or has no usable format.
pub(super) fn read_header(media: &mut Media) -> io::Result<Option<SampleFile>> {
    match media.bytes_at(0, 4)?.as_slice() {
        b"FORM" => read_aiff(media),
        b".snd" => read_sun(media),
        b"caff" => read_caf(media),
        _ => Ok(None),
    }
}

/// Reads the header of an AIFF file; `None` if it is none or has no usable format.
fn read_aiff(media: &mut Media) -> io::Result<Option<SampleFile>> {
    let head = media.bytes_at(0, 12)?;
    let is_aiff = head.starts_with(b"FORM") && matches!(&head[8..], b"AIFF" | b"AIFC");
    if !is_aiff {
        return Ok(None);
    }
    // The samples may come first.
    let found = chunks(media, ChunkStyle::BigEndian, 12, |_| false)?;
    let chunk = |id: &[u8; 4]| found.iter().find(|chunk| &chunk.id == id).copied();
    let (Some(common), Some(samples)) = (chunk(b"COMM"), chunk(b"SSND")) else {
        return Ok(None);
    };
    let common = common.bytes(media, 64)?;
    let Some(common) = Common::parse(&common) else {
        return Ok(None);
    };
    let offset = samples.bytes(media, 4)?.first_chunk().copied();
    let offset = offset.map_or(0, |bytes| u64::from(u32::from_be_bytes(bytes)));
    // An offset of 4 bytes and a block size of 4 bytes come before the samples.
    let start = (samples.start + 8).saturating_add(offset);
    let available = media.len().saturating_sub(start);
    let stated = samples.len.saturating_sub(8).saturating_sub(offset);
    // A process that died while it recorded leaves zeros.
    let is_placeholder = stated == 0 || common.frames == 0;
    let coding = common.coding();
    Ok(Some(SampleFile {
        stated_frames: match (is_placeholder, &coding) {
            (false, SampleCoding::Pcm(_)) => Some(u64::from(common.frames)),
            // The frames of IMA ADPCM are counted in blocks.
            (false, SampleCoding::Adpcm(_)) => Some(u64::from(common.frames) * IMA_BLOCK.0),
            _ => None,
        },
        coding,
        data: match is_placeholder {
            true => (start, available),
            false => (start, stated.min(available)),
        },
        container: "AIFF",
    }))
}

/// The COMM chunk.
struct Common {
    format: StreamFormat,
    frames: u32,
    bits: u16,
    compression: [u8; 4],
}

impl Common {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let channels = u16::from_be_bytes(*bytes.first_chunk()?);
        let frames = u32::from_be_bytes(*bytes.get(2..)?.first_chunk()?);
        let bits = u16::from_be_bytes(*bytes.get(6..)?.first_chunk()?);
        let rate = extended_float(*bytes.get(8..)?.first_chunk()?);
        let compression = bytes.get(18..).and_then(|rest| rest.first_chunk());
        (channels > 0).then_some(Self {
            format: StreamFormat {
                rate_hz: rate.round() as u32,
                channels,
            },
            frames,
            bits,
            compression: compression.copied().unwrap_or(*b"NONE"),
        })
    }

    fn coding(&self) -> SampleCoding {
        let bytes = usize::from(self.bits.div_ceil(8));
        let pcm = |kind, bytes, big_endian| {
            let layout = PcmLayout {
                kind,
                bytes,
                big_endian,
                format: self.format,
            };
            match layout.is_supported() {
                true => SampleCoding::Pcm(layout),
                false => SampleCoding::Other(format!("{}-bit PCM", self.bits)),
            }
        };
        match &self.compression {
            b"NONE" | b"twos" => pcm(SampleKind::Signed, bytes, true),
            b"sowt" => pcm(SampleKind::Signed, bytes, false),
            b"raw " => pcm(SampleKind::Unsigned, bytes, true),
            b"in24" => pcm(SampleKind::Signed, 3, true),
            b"in32" => pcm(SampleKind::Signed, 4, true),
            b"42ni" => pcm(SampleKind::Signed, 3, false),
            b"23ni" => pcm(SampleKind::Signed, 4, false),
            b"fl32" | b"FL32" => pcm(SampleKind::Float, 4, true),
            b"fl64" | b"FL64" => pcm(SampleKind::Float, 8, true),
            b"alaw" | b"ALAW" => pcm(SampleKind::ALaw, 1, true),
            b"ulaw" | b"ULAW" => pcm(SampleKind::MuLaw, 1, true),
            b"ima4" if self.format.channels <= 2 => SampleCoding::Adpcm(AdpcmLayout {
                kind: AdpcmKind::ImaQuickTime,
                format: self.format,
                block_bytes: IMA_BLOCK.1 * usize::from(self.format.channels),
                block_frames: IMA_BLOCK.0,
            }),
            b"ima4" => SampleCoding::Other("IMA ADPCM with more than two channels".to_owned()),
            b"MAC3" | b"MAC6" => SampleCoding::Other("MACE".to_owned()),
            b"GSM " | b"agsm" => SampleCoding::Other("GSM 6.10".to_owned()),
            b"G722" => SampleCoding::Other("G.722".to_owned()),
            b"QDM2" | b"QDMC" => SampleCoding::Other("QDesign Music".to_owned()),
            other => SampleCoding::Other(format!(
                "the codec \"{}\"",
                String::from_utf8_lossy(other).escape_default()
            )),
        }
    }
}

/// An IEEE number of 80 bits, of which a sample rate needs the upper ones only.
fn extended_float(bytes: [u8; 10]) -> f64 {
    let exponent = i32::from(u16::from_be_bytes([bytes[0], bytes[1]]) & 0x7fff) - 16_383;
    let mantissa = bytes[2..]
        .iter()
        .fold(0, |all, byte| all << 8 | u64::from(*byte));
    mantissa as f64 * f64::from(exponent.clamp(-1000, 1000) - 63).exp2()
}

/// Reads the header of a Sun audio file (.au, .snd); `None` if it is none or has no usable format.
fn read_sun(media: &mut Media) -> io::Result<Option<SampleFile>> {
    let head = media.bytes_at(0, 24)?;
    if !head.starts_with(b".snd") || head.len() < 24 {
        return Ok(None);
    }
    let field = |at: usize| {
        head[at..]
            .first_chunk()
            .map_or(0, |four| u32::from_be_bytes(*four))
    };
    let (start, len) = (u64::from(field(4)), field(8));
    let channels = u16::try_from(field(20)).unwrap_or(0);
    if channels == 0 {
        return Ok(None);
    }
    let format = StreamFormat {
        rate_hz: field(16),
        channels,
    };
    let pcm = |kind, bytes| {
        SampleCoding::Pcm(PcmLayout {
            kind,
            bytes,
            big_endian: true,
            format,
        })
    };
    let coding = match field(12) {
        1 => pcm(SampleKind::MuLaw, 1),
        2 => pcm(SampleKind::Signed, 1),
        3 => pcm(SampleKind::Signed, 2),
        4 => pcm(SampleKind::Signed, 3),
        5 => pcm(SampleKind::Signed, 4),
        6 => pcm(SampleKind::Float, 4),
        7 => pcm(SampleKind::Float, 8),
        27 => pcm(SampleKind::ALaw, 1),
        23 | 25 | 26 => SampleCoding::Other("G.721 or G.723 ADPCM".to_owned()),
        24 => SampleCoding::Other("G.722".to_owned()),
        other => SampleCoding::Other(format!("encoding {other}")),
    };
    let available = media.len().saturating_sub(start);
    let is_placeholder = len == u32::MAX || len == 0;
    let frame_bytes = match &coding {
        SampleCoding::Pcm(layout) => (layout.bytes * usize::from(channels)) as u64,
        _ => 1,
    };
    Ok(Some(SampleFile {
        coding,
        data: match is_placeholder {
            true => (start, available),
            false => (start, u64::from(len).min(available)),
        },
        stated_frames: (!is_placeholder).then_some(u64::from(len) / frame_bytes),
        container: "Sun audio",
    }))
}

/// Reads the header of a Core Audio file; `None` if its samples are compressed, which its demuxer reads.
fn read_caf(media: &mut Media) -> io::Result<Option<SampleFile>> {
    const MOST_CHUNKS: usize = 100;
    let mut at = 8;
    let mut coding = None;
    for _ in 0..MOST_CHUNKS {
        let header = media.bytes_at(at, 12)?;
        let (Some(id), Some(size)) = (header.first_chunk::<4>(), header.get(4..)) else {
            break;
        };
        let Some(size) = size.first_chunk().map(|size| i64::from_be_bytes(*size)) else {
            break;
        };
        let start = at + 12;
        // The last chunk may have no length.
        let len = u64::try_from(size).unwrap_or(u64::MAX);
        match (id, coding) {
            (b"desc", _) => coding = caf_layout(&media.bytes_at(start, 32)?),
            (b"data", Some(layout)) => return Ok(Some(caf_file(layout, start, len, media.len()))),
            _ => {}
        }
        at = start.saturating_add(len);
    }
    Ok(None)
}

fn caf_file(layout: PcmLayout, start: u64, len: u64, file: u64) -> SampleFile {
    /// The number of edits comes before the samples.
    const EDIT_COUNT: u64 = 4;
    let (start, len) = (start + EDIT_COUNT, len.saturating_sub(EDIT_COUNT));
    let available = file.saturating_sub(start);
    // A process that died while it recorded leaves no length.
    let stated = (1..u64::MAX - EDIT_COUNT).contains(&len).then_some(len);
    let frame_bytes = (layout.bytes * usize::from(layout.format.channels)) as u64;
    SampleFile {
        coding: SampleCoding::Pcm(layout),
        data: (start, stated.map_or(available, |len| len.min(available))),
        stated_frames: stated.map(|len| len / frame_bytes),
        container: "CAF",
    }
}

fn caf_layout(description: &[u8]) -> Option<PcmLayout> {
    let number = |at: usize| {
        let four = description.get(at..)?.first_chunk()?;
        Some(u32::from_be_bytes(*four))
    };
    let rate = f64::from_be_bytes(*description.first_chunk()?);
    let (flags, bits) = (number(12)?, number(28)?);
    let format = StreamFormat {
        rate_hz: rate.round() as u32,
        channels: u16::try_from(number(24)?).ok()?,
    };
    let packet_bytes = usize::try_from(number(16)?).ok()?;
    let (kind, bytes) = match description.get(8..12)? {
        b"lpcm" if flags & 1 == 1 => (SampleKind::Float, (bits / 8) as usize),
        b"lpcm" => (
            SampleKind::Signed,
            packet_bytes / usize::from(format.channels.max(1)),
        ),
        b"alaw" => (SampleKind::ALaw, 1),
        b"ulaw" => (SampleKind::MuLaw, 1),
        _ => return None,
    };
    let layout = PcmLayout {
        kind,
        bytes,
        big_endian: flags & 2 == 0,
        format,
    };
    layout.is_supported().then_some(layout)
}
