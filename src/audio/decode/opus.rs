//! Decodes Opus packets with any number of channels (RFC 6716, RFC 7845). Knows nothing of containers.

use symphonia::core::audio::{
    AsGenericAudioBufferRef, AudioBuffer, AudioMut, AudioSpec, Channels, GenericAudioBufferRef,
};
use symphonia::core::codecs::CodecInfo;
use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::codecs::audio::{
    AudioCodecParameters, AudioDecoder, AudioDecoderOptions, FinalizeResult,
};
use symphonia::core::codecs::registry::{RegisterableAudioDecoder, SupportedAudioCodec};
use symphonia::core::errors::{Error, Result};
use symphonia::core::packet::PacketRef;

/// Opus is decoded at this rate, whatever the rate of the original was.
pub(super) const OPUS_RATE_HZ: u32 = 48_000;
/// Frames of the longest packet, 120 ms.
const LONGEST_PACKET: usize = 5760;
/// A channel of this index is silent.
const SILENT: u8 = 255;
const INVALID_PACKET: Error = Error::DecodeError("invalid Opus packet");

/// Which streams a packet has, and which of their channels are which of the recording's.
#[derive(Debug, Clone, PartialEq, Eq)]
struct StreamMap {
    streams: usize,
    /// Streams of two channels; they come first.
    coupled: usize,
    /// For each channel of the recording a channel of the streams.
    channels: Vec<u8>,
}

impl StreamMap {
    /// Reads an identification header (`OpusHead`), or assumes the usual one of `channels`.
    fn new(header: Option<&[u8]>, channels: usize) -> Option<Self> {
        let header = header.filter(|header| header.starts_with(b"OpusHead"));
        let channels = header
            .and_then(|h| h.get(9))
            .map_or(channels, |n| usize::from(*n));
        let family = header.and_then(|h| h.get(18)).copied().unwrap_or(0);
        if family == 0 {
            return (1..=2).contains(&channels).then(|| Self {
                streams: 1,
                coupled: channels - 1,
                channels: (0..channels as u8).collect(),
            });
        }
        let header = header?;
        let map = Self {
            streams: usize::from(*header.get(19)?),
            coupled: usize::from(*header.get(20)?),
            channels: header.get(21..21 + channels)?.to_vec(),
        };
        let known = map.streams + map.coupled;
        let are_known = |index: &u8| *index == SILENT || usize::from(*index) < known;
        let is_valid = map.streams > 0 && map.coupled <= map.streams && channels > 0;
        (is_valid && map.channels.iter().all(are_known)).then_some(map)
    }

    fn channels_of(&self, stream: usize) -> usize {
        if stream < self.coupled { 2 } else { 1 }
    }

    /// Stream and channel in it of channel `index` of all streams.
    fn place(&self, index: u8) -> Option<(usize, usize)> {
        let index = usize::from(index);
        match index {
            _ if index == usize::from(SILENT) => None,
            _ if index < 2 * self.coupled => Some((index / 2, index % 2)),
            _ => Some((index - self.coupled, 0)),
        }
    }
}

/// Decodes the packets of a container.
pub(super) struct OpusDecoder {
    parameters: AudioCodecParameters,
    map: StreamMap,
    streams: Vec<rusty_opus::OpusDecoder>,
    /// Frames of each stream.
    decoded: Vec<Vec<f32>>,
    buffer: AudioBuffer<f32>,
}

impl OpusDecoder {
    fn streams(map: &StreamMap) -> Result<Vec<rusty_opus::OpusDecoder>> {
        let new =
            |stream| rusty_opus::OpusDecoder::new(OPUS_RATE_HZ as i32, map.channels_of(stream));
        let streams: std::result::Result<_, _> = (0..map.streams).map(new).collect();
        streams.map_err(|_| Error::Unsupported("these channels of Opus"))
    }

    /// Decodes the packet of each stream and returns the number of frames.
    fn decode_streams(&mut self, packet: &[u8]) -> Result<usize> {
        let mut rest = packet;
        let mut frames = LONGEST_PACKET;
        for (stream, decoder) in self.streams.iter_mut().enumerate() {
            let is_last = stream + 1 == self.map.streams;
            // All but the last are self-delimiting.
            let own = match is_last {
                true => rest.to_vec(),
                false => split_self_delimited(&mut rest).ok_or(INVALID_PACKET)?,
            };
            let out = &mut self.decoded[stream];
            let decoded = decoder.decode(&own, LONGEST_PACKET, out);
            frames = frames.min(decoded.map_err(|_| INVALID_PACKET)?);
        }
        Ok(frames)
    }
}

impl AudioDecoder for OpusDecoder {
    fn reset(&mut self) {
        if let Ok(streams) = Self::streams(&self.map) {
            self.streams = streams;
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
        if packet.data.is_empty() {
            return Err(INVALID_PACKET);
        }
        let frames = self.decode_streams(packet.data)?;
        let mut mixed = Vec::with_capacity(frames * self.map.channels.len());
        for frame in 0..frames {
            mixed.extend(
                self.map
                    .channels
                    .iter()
                    .map(|index| match self.map.place(*index) {
                        Some((stream, channel)) => {
                            self.decoded[stream][frame * self.map.channels_of(stream) + channel]
                        }
                        None => 0.0,
                    }),
            );
        }
        let channels = Channels::Discrete(self.map.channels.len() as u16);
        self.buffer = AudioBuffer::new(AudioSpec::new(OPUS_RATE_HZ, channels), frames);
        self.buffer.render_uninit(None);
        self.buffer.copy_from_slice_interleaved(&mixed);
        // Only Ogg states these, in frames.
        let (start, end) = (packet.trim_start.get(), packet.trim_end.get());
        self.buffer.trim(start as usize, end as usize);
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
    id: CODEC_ID_OPUS,
    info: CodecInfo {
        short_name: "opus",
        long_name: "Opus",
        profiles: &[],
    },
}];

impl RegisterableAudioDecoder for OpusDecoder {
    fn try_registry_new(
        parameters: &AudioCodecParameters,
        _: &AudioDecoderOptions,
    ) -> Result<Box<dyn AudioDecoder>> {
        let channels = parameters.channels.as_ref().map_or(0, Channels::count);
        let map = StreamMap::new(parameters.extra_data.as_deref(), channels);
        let map = map.ok_or(Error::Unsupported("these channels of Opus"))?;
        let decoded =
            (0..map.streams).map(|stream| vec![0.0; LONGEST_PACKET * map.channels_of(stream)]);
        Ok(Box::new(Self {
            parameters: parameters.clone(),
            streams: Self::streams(&map)?,
            decoded: decoded.collect(),
            map,
            buffer: AudioBuffer::new(AudioSpec::new(OPUS_RATE_HZ, Channels::Discrete(1)), 0),
        }))
    }

    fn supported_codecs() -> &'static [SupportedAudioCodec] {
        SUPPORTED
    }
}

/// Takes a self-delimiting packet (RFC 6716, appendix B) off the front of `bytes`, and returns it in the
/// usual form, without the additional length. `None` if it is invalid.
fn split_self_delimited(bytes: &mut &[u8]) -> Option<Vec<u8>> {
    let mut input = *bytes;
    let start = take(&mut input, 1)?[0];
    let mut packet = vec![start];
    let content = match start & 3 {
        0 => take_length(&mut input)?,
        1 => 2 * take_length(&mut input)?,
        2 => {
            let first = copy_length(&mut input, &mut packet)?;
            first + take_length(&mut input)?
        }
        _ => {
            let count = take(&mut input, 1)?[0];
            packet.push(count);
            let mut padding = 0;
            if count & 0x40 != 0 {
                loop {
                    let more = take(&mut input, 1)?[0];
                    packet.push(more);
                    padding += usize::from(more.min(254));
                    if more < 255 {
                        break;
                    }
                }
            }
            let frames = usize::from(count & 0x3f);
            let is_variable = count & 0x80 != 0;
            let mut content = 0;
            if is_variable {
                for _ in 1..frames {
                    content += copy_length(&mut input, &mut packet)?;
                }
            }
            let last = take_length(&mut input)?;
            content + padding + if is_variable { last } else { frames * last }
        }
    };
    packet.extend(take(&mut input, content)?);
    *bytes = input;
    Some(packet)
}

fn take<'a>(input: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (taken, rest) = input.split_at_checked(len)?;
    *input = rest;
    Some(taken)
}

fn take_length(input: &mut &[u8]) -> Option<usize> {
    let first = usize::from(take(input, 1)?[0]);
    match first {
        0..252 => Some(first),
        _ => Some(first + 4 * usize::from(take(input, 1)?[0])),
    }
}

/// Takes a length that the usual form has too.
fn copy_length(input: &mut &[u8], packet: &mut Vec<u8>) -> Option<usize> {
    let before = *input;
    let length = take_length(input)?;
    packet.extend(&before[..before.len() - input.len()]);
    Some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn self_delimited_packet_loses_its_additional_length() {
        let cases: [(&[u8], &[u8]); 5] = [
            // One frame.
            (&[0x08, 2, 7, 8], &[0x08, 7, 8]),
            // Two frames of one length.
            (&[0x09, 1, 7, 8], &[0x09, 7, 8]),
            // Two frames of lengths 1 and 2.
            (&[0x0a, 1, 2, 7, 8, 9], &[0x0a, 1, 7, 8, 9]),
            // Three frames of one length.
            (&[0x0b, 3, 1, 7, 8, 9], &[0x0b, 3, 7, 8, 9]),
            // Two frames of lengths 2 and 1, and one byte of padding.
            (
                &[0x0b, 0xc2, 1, 2, 1, 7, 8, 9, 0],
                &[0x0b, 0xc2, 1, 2, 7, 8, 9, 0],
            ),
        ];
        for (own, usual) in cases {
            let bytes = [own, &[1, 2, 3]].concat();
            let mut rest = &bytes[..];
            assert_eq!(split_self_delimited(&mut rest).as_deref(), Some(usual));
            assert_eq!(rest, [1, 2, 3]);
            for len in 0..own.len() {
                assert_eq!(split_self_delimited(&mut &own[..len]), None, "{len} bytes");
            }
        }
    }

    #[test]
    fn header_states_the_streams() {
        let mut head =
            b"OpusHead\x01\x06\x38\x01\x80\xbb\0\0\0\0\x01\x04\x02\0\x04\x01\x02\x03\x05".to_vec();
        let map = StreamMap::new(Some(&head), 6).expect("a valid header");
        assert_eq!((map.streams, map.coupled), (4, 2));
        assert_eq!(map.place(4), Some((2, 0)));
        assert_eq!(map.place(1), Some((0, 1)));
        head[26] = 9;
        assert_eq!(StreamMap::new(Some(&head), 6), None);
        assert_eq!(StreamMap::new(None, 2).map(|map| map.coupled), Some(1));
        assert_eq!(StreamMap::new(None, 3), None);
    }
}
