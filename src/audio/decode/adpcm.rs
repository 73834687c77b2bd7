//! Decodes the blocks of ADPCM recordings. Knows nothing of the containers that hold them.

use std::io::{BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::audio::layouts::{CHANNEL_LAYOUT_MONO, CHANNEL_LAYOUT_STEREO};
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_ADPCM_IMA_QT, CODEC_ID_ADPCM_IMA_WAV, CODEC_ID_ADPCM_MS,
};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, Timestamp};

use super::codecs::CODECS;
use super::error::MissingAudio;
use super::frame_source::{FrameSource, StreamFormat};
use super::media::Media;
use super::wave::{AdpcmKind, AdpcmLayout};

/// Reads ADPCM blocks.
pub(super) struct AdpcmReader {
    layout: AdpcmLayout,
    bytes: BufReader<Media>,
    decoder: Box<dyn AudioDecoder>,
    stated_frames: Option<u64>,
    frames: u64,
    skipped_blocks: u64,
}

impl AdpcmReader {
    /// `blocks` has only the blocks. The last block is padded, so `stated_frames` ends the recording.
    pub(super) fn new(
        layout: AdpcmLayout,
        blocks: Media,
        stated_frames: Option<u64>,
    ) -> Result<Self, SymphoniaError> {
        let mut parameters = AudioCodecParameters::new();
        parameters
            .for_codec(match layout.kind {
                AdpcmKind::ImaWav => CODEC_ID_ADPCM_IMA_WAV,
                AdpcmKind::ImaQuickTime => CODEC_ID_ADPCM_IMA_QT,
                AdpcmKind::Microsoft => CODEC_ID_ADPCM_MS,
            })
            .with_sample_rate(layout.format.rate_hz)
            .with_channels(match layout.format.channels {
                1 => CHANNEL_LAYOUT_MONO,
                _ => CHANNEL_LAYOUT_STEREO,
            })
            .with_max_frames_per_packet(layout.block_frames)
            .with_frames_per_block(layout.block_frames);
        Ok(Self {
            layout,
            bytes: BufReader::new(blocks),
            decoder: CODECS.make_audio_decoder(&parameters, &AudioDecoderOptions::default())?,
            stated_frames,
            frames: 0,
            skipped_blocks: 0,
        })
    }

    /// Reads a block and returns its frames; a cut-off one is filled up with zeros. `None` at the end.
    fn read_block(&mut self) -> Option<(Vec<u8>, u64)> {
        let whole = self.layout.block_bytes;
        let mut block = Vec::with_capacity(whole);
        // A file that cannot be read further ends there.
        let _ = (&mut self.bytes).take(whole as u64).read_to_end(&mut block);
        if block.is_empty() {
            return None;
        }
        let share = self.layout.block_frames * block.len() as u64 / whole as u64;
        block.resize(whole, 0);
        Some((block, share))
    }
}

impl FrameSource for AdpcmReader {
    fn next(&mut self, block: &mut Vec<f32>) -> Option<StreamFormat> {
        loop {
            let (bytes, frames) = self.read_block()?;
            let left = self
                .stated_frames
                .map_or(frames, |stated| stated - self.frames.min(stated));
            let frames = frames.min(left);
            if frames == 0 {
                return None;
            }
            let whole = Duration::new(self.layout.block_frames);
            let packet = Packet::new(0, Timestamp::new(0), whole, bytes);
            let decoder = &mut self.decoder;
            // In a debug build, the arithmetic of corrupt blocks overflows.
            let decoded = catch_unwind(AssertUnwindSafe(|| {
                let decoded = decoder.decode(&packet).ok()?;
                decoded.copy_to_vec_interleaved(block);
                Some(())
            }));
            if !matches!(decoded, Ok(Some(()))) {
                self.skipped_blocks += 1;
                continue;
            }
            block.truncate(frames as usize * usize::from(self.layout.format.channels));
            self.frames += frames;
            return Some(self.layout.format);
        }
    }

    fn missing(&self) -> Option<MissingAudio> {
        let rate = f64::from(self.layout.format.rate_hz);
        if self.skipped_blocks > 0 {
            return Some(MissingAudio::Packets {
                count: self.skipped_blocks,
            });
        }
        let stated = self.stated_frames.filter(|stated| *stated > self.frames)?;
        Some(MissingAudio::Shorter {
            stated_secs: stated as f64 / rate,
            read_secs: self.frames as f64 / rate,
        })
    }
}
