//! Uncompressed samples, and the two logarithmic laws of telephony, in either byte order. Knows nothing of
//! the containers that hold them.

use std::io::{BufReader, Read};

use super::error::MissingAudio;
use super::frame_source::{FrameSource, StreamFormat};
use super::media::Media;

const BLOCK_FRAMES: usize = 4096;

/// How one sample is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SampleKind {
    /// Signed integers of 1 to 4 bytes.
    Signed,
    /// Unsigned integers of 1 to 4 bytes.
    Unsigned,
    /// IEEE numbers of 4 or 8 bytes.
    Float,
    /// G.711 A-law, one byte.
    ALaw,
    /// G.711 mu-law, one byte.
    MuLaw,
}

/// Layout of the samples of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PcmLayout {
    pub(super) kind: SampleKind,
    /// Bytes of one sample of one channel.
    pub(super) bytes: usize,
    pub(super) big_endian: bool,
    pub(super) format: StreamFormat,
}

impl PcmLayout {
    /// Whether samples of this layout can be decoded.
    pub(super) fn is_supported(&self) -> bool {
        self.format.channels > 0
            && match self.kind {
                SampleKind::Signed | SampleKind::Unsigned => (1..=4).contains(&self.bytes),
                SampleKind::Float => matches!(self.bytes, 4 | 8),
                SampleKind::ALaw | SampleKind::MuLaw => self.bytes == 1,
            }
    }

    fn frame_bytes(&self) -> usize {
        self.bytes * usize::from(self.format.channels)
    }

    /// One sample, from -1 to 1; floats may exceed that.
    fn sample(&self, bytes: &[u8]) -> f32 {
        // The most significant byte comes last, and bytes that are not stored are zero.
        let mut word = [0; 8];
        let padding = word.len() - bytes.len();
        word[padding..].copy_from_slice(bytes);
        if self.big_endian {
            word[padding..].reverse();
        }
        let integer = i64::from_le_bytes(word);
        const SCALE: f64 = 1.0 / 9_223_372_036_854_775_808.0;
        match (self.kind, bytes) {
            (SampleKind::Signed, _) => (integer as f64 * SCALE) as f32,
            (SampleKind::Unsigned, _) => ((integer ^ i64::MIN) as f64 * SCALE) as f32,
            (SampleKind::Float, [_, _, _, _]) => f32::from_bits((integer as u64 >> 32) as u32),
            (SampleKind::Float, _) => f64::from_bits(integer as u64) as f32,
            (SampleKind::ALaw, [code, ..]) => a_law(*code),
            (SampleKind::MuLaw, [code, ..]) => mu_law(*code),
            (SampleKind::ALaw | SampleKind::MuLaw, []) => 0.0,
        }
    }
}

/// G.711 A-law, scaled to -1 to 1.
fn a_law(code: u8) -> f32 {
    let code = code ^ 0x55;
    let exponent = u32::from(code >> 4 & 7);
    let mantissa = i32::from(code & 0x0f) << 4 | 8;
    let magnitude = match exponent {
        0 => mantissa,
        _ => (mantissa | 0x100) << (exponent - 1),
    };
    let sign = if code & 0x80 == 0 { -1.0 } else { 1.0 };
    sign * magnitude as f32 / 32_768.0
}

/// G.711 mu-law, scaled to -1 to 1.
fn mu_law(code: u8) -> f32 {
    let code = !code;
    let magnitude = ((i32::from(code & 0x0f) << 3 | 0x84) << (code >> 4 & 7)) - 0x84;
    let sign = if code & 0x80 == 0 { 1.0 } else { -1.0 };
    sign * magnitude as f32 / 32_768.0
}

/// Reads uncompressed samples.
pub(super) struct PcmReader {
    layout: PcmLayout,
    bytes: BufReader<Media>,
    /// Frames by the header, if it states them.
    stated_frames: Option<u64>,
    frames: u64,
}

impl PcmReader {
    /// `samples` has only the samples. `stated_frames` is how many the header says there are.
    pub(super) fn new(layout: PcmLayout, samples: Media, stated_frames: Option<u64>) -> Self {
        Self {
            layout,
            bytes: BufReader::new(samples),
            stated_frames,
            frames: 0,
        }
    }
}

impl FrameSource for PcmReader {
    fn next(&mut self, block: &mut Vec<f32>) -> Option<StreamFormat> {
        let frame_bytes = self.layout.frame_bytes();
        let mut bytes = Vec::with_capacity(BLOCK_FRAMES * frame_bytes);
        let wanted = (BLOCK_FRAMES * frame_bytes) as u64;
        // A file that cannot be read further ends there.
        let _ = (&mut self.bytes).take(wanted).read_to_end(&mut bytes);
        // It may end inside a frame.
        let frames = bytes.len() / frame_bytes;
        let samples = bytes[..frames * frame_bytes].chunks_exact(self.layout.bytes);
        block.clear();
        block.extend(samples.map(|sample| self.layout.sample(sample)));
        self.frames += frames as u64;
        (frames > 0).then_some(self.layout.format)
    }

    fn missing(&self) -> Option<MissingAudio> {
        let rate = f64::from(self.layout.format.rate_hz);
        let stated = self.stated_frames.filter(|stated| *stated > self.frames)?;
        Some(MissingAudio::Shorter {
            stated_secs: stated as f64 / rate,
            read_secs: self.frames as f64 / rate,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(kind: SampleKind, bytes: usize, big_endian: bool) -> PcmLayout {
        PcmLayout {
            kind,
            bytes,
            big_endian,
            format: StreamFormat {
                rate_hz: 16_000,
                channels: 1,
            },
        }
    }

    #[test]
    fn every_layout_gives_the_same_half() {
        use SampleKind::*;
        let cases: [(SampleKind, &[u8]); 8] = [
            (Signed, &[0x40]),
            (Signed, &[0, 0x40]),
            (Signed, &[0, 0, 0x40]),
            (Signed, &[0, 0, 0, 0x40]),
            (Unsigned, &[0xc0]),
            (Unsigned, &[0, 0xc0]),
            (Float, &0.5f32.to_le_bytes()),
            (Float, &0.5f64.to_le_bytes()),
        ];
        for (kind, little) in cases {
            let big: Vec<u8> = little.iter().rev().copied().collect();
            assert_eq!(layout(kind, little.len(), false).sample(little), 0.5);
            assert_eq!(layout(kind, big.len(), true).sample(&big), 0.5);
        }
    }

    #[test]
    fn telephone_laws_have_their_published_values() {
        // ITU-T G.711, tables 1 and 2, scaled to 16 bits: the ends and the smallest steps.
        for (code, value) in [(0xd5, 8), (0x55, -8), (0xaa, 32_256), (0x2a, -32_256)] {
            assert_eq!(a_law(code), value as f32 / 32_768.0, "A-law {code:#x}");
        }
        for (code, value) in [
            (0xff, 0),
            (0xfe, 8),
            (0x7e, -8),
            (0x80, 32_124),
            (0x00, -32_124),
        ] {
            assert_eq!(mu_law(code), value as f32 / 32_768.0, "mu-law {code:#x}");
        }
    }
}
