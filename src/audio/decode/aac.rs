//! Decodes AAC of every profile up to HE-AAC v2, with any number of channels: packets of MP4, Matroska and
//! CAF files here, and raw files of ADTS frames with [`AdtsReader`].

use std::io::{BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::audio::{
    AsGenericAudioBufferRef, AudioBuffer, AudioMut, AudioSpec, Channels, GenericAudioBufferRef,
};
use symphonia::core::codecs::CodecInfo;
use symphonia::core::codecs::audio::well_known::CODEC_ID_AAC;
use symphonia::core::codecs::audio::{
    AudioCodecParameters, AudioDecoder, AudioDecoderOptions, FinalizeResult,
};
use symphonia::core::codecs::registry::{RegisterableAudioDecoder, SupportedAudioCodec};
use symphonia::core::errors::{Error, Result};
use symphonia::core::packet::PacketRef;

use super::error::MissingAudio;
use super::frame_source::{FrameSource, StreamFormat};
use super::media::Media;

const AAC_LC: u8 = 2;
/// Length of an ADTS header without checksum.
const ADTS_HEADER: usize = 7;
/// Frames in a row that must follow each other before a file counts as ADTS.
const PROOF_FRAMES: usize = 3;

/// Decodes the packets of a container.
pub(super) struct AacDecoder {
    parameters: AudioCodecParameters,
    decoder: rusty_aac::AacDecoder,
    buffer: AudioBuffer<f32>,
}

impl AacDecoder {
    fn core(parameters: &AudioCodecParameters) -> Result<rusty_aac::AacDecoder> {
        if let Some(config) = &parameters.extra_data {
            return rusty_aac::AacDecoder::with_config_bytes(config)
                .map_err(|_| Error::Unsupported("this profile of AAC"));
        }
        // Old Matroska files describe the stream only by its rate and channels.
        let rate = parameters
            .sample_rate
            .ok_or(Error::DecodeError("AAC without a sample rate"))?;
        let channels = parameters.channels.as_ref().map_or(0, Channels::count);
        let configuration = match channels {
            8 => 7,
            channels => channels as u8,
        };
        let stream = rusty_aac::config::StreamConfig::lc(AAC_LC, rate, configuration);
        Ok(rusty_aac::AacDecoder::with_stream_config(stream))
    }
}

impl AudioDecoder for AacDecoder {
    fn reset(&mut self) {
        if let Ok(decoder) = Self::core(&self.parameters) {
            self.decoder = decoder;
        }
    }

    fn codec_info(&self) -> &CodecInfo {
        &SUPPORTED[0].info
    }

    fn codec_params(&self) -> &AudioCodecParameters {
        &self.parameters
    }

    fn decode_ref(&mut self, packet: &PacketRef<'_>) -> Result<GenericAudioBufferRef<'_>> {
        self.buffer.clear();
        let decoded = self.decoder.decode(packet.data, None);
        let decoded = decoded.map_err(|_| Error::DecodeError("invalid AAC packet"))?;
        let spec = AudioSpec::new(decoded.sample_rate, Channels::Discrete(decoded.channels));
        self.buffer = AudioBuffer::new(spec, decoded.frames());
        self.buffer.render_uninit(None);
        self.buffer.copy_from_slice_interleaved(&decoded.samples);
        Ok(self.buffer.as_generic_audio_buffer_ref())
    }

    fn finalize(&mut self) -> FinalizeResult {
        FinalizeResult::default()
    }

    fn last_decoded(&self) -> GenericAudioBufferRef<'_> {
        self.buffer.as_generic_audio_buffer_ref()
    }
}

const SUPPORTED: &[SupportedAudioCodec] = &[SupportedAudioCodec {
    id: CODEC_ID_AAC,
    info: CodecInfo {
        short_name: "aac",
        long_name: "Advanced Audio Coding",
        profiles: &[],
    },
}];

impl RegisterableAudioDecoder for AacDecoder {
    fn try_registry_new(
        parameters: &AudioCodecParameters,
        _: &AudioDecoderOptions,
    ) -> Result<Box<dyn AudioDecoder>> {
        Ok(Box::new(Self {
            decoder: Self::core(parameters)?,
            parameters: parameters.clone(),
            buffer: AudioBuffer::new(AudioSpec::new(0, Channels::Discrete(1)), 0),
        }))
    }

    fn supported_codecs() -> &'static [SupportedAudioCodec] {
        SUPPORTED
    }
}

/// Reads a file of ADTS frames (.aac).
pub(super) struct AdtsReader {
    bytes: BufReader<Media>,
    decoder: rusty_aac::AacDecoder,
    skipped_frames: u64,
}

impl AdtsReader {
    /// Whether `start`, the first bytes of a file, consists of ADTS frames.
    pub(super) fn recognizes(start: &[u8]) -> bool {
        let mut at = 0;
        let mut frames = 0;
        while let Some(Ok(header)) = start.get(at..).map(rusty_aac::parse_adts) {
            frames += 1;
            at += header.frame_length;
            if frames >= PROOF_FRAMES {
                return true;
            }
        }
        // A file may be shorter than that.
        frames > 0 && at == start.len()
    }

    /// `frames` begins with the first frame.
    pub(super) fn new(frames: Media) -> Self {
        Self {
            bytes: BufReader::new(frames),
            decoder: rusty_aac::AacDecoder::new(),
            skipped_frames: 0,
        }
    }

    /// The next frame with its header; bytes before it are skipped. `None` at the end.
    fn next_frame(&mut self) -> Option<Vec<u8>> {
        let mut frame = vec![0; ADTS_HEADER];
        self.bytes.read_exact(&mut frame).ok()?;
        let header = loop {
            match rusty_aac::parse_adts(&frame) {
                Ok(header) if header.frame_length > ADTS_HEADER => break header,
                _ => {
                    frame.remove(0);
                    let mut next = [0];
                    self.bytes.read_exact(&mut next).ok()?;
                    frame.extend(next);
                }
            }
        };
        frame.resize(header.frame_length, 0);
        // A file may be cut off inside its last frame.
        self.bytes.read_exact(&mut frame[ADTS_HEADER..]).ok()?;
        Some(frame)
    }
}

impl FrameSource for AdtsReader {
    fn next(&mut self, block: &mut Vec<f32>) -> Option<StreamFormat> {
        loop {
            let frame = self.next_frame()?;
            let decoded = catch_unwind(AssertUnwindSafe(|| self.decoder.decode(&frame, None)));
            match decoded {
                Ok(Ok(decoded)) if decoded.frames() > 0 => {
                    *block = decoded.samples;
                    return Some(StreamFormat {
                        rate_hz: decoded.sample_rate,
                        channels: decoded.channels,
                    });
                }
                Ok(Ok(_)) => {}
                Ok(Err(_)) | Err(_) => self.skipped_frames += 1,
            }
        }
    }

    fn missing(&self) -> Option<MissingAudio> {
        let count = self.skipped_frames;
        (count > 0).then_some(MissingAudio::Packets { count })
    }
}
