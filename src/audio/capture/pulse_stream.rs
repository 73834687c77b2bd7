//! A stream from a PulseAudio source with the source's own channels. cpal asks the server for channels at its own
//! positions, so that the server mixes or reorders those of an interface. Used for such sources only.

use std::ffi::CString;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use pulseaudio::protocol::stream::{BufferAttr, StreamFlags};
use pulseaudio::protocol::{ChannelMap, RecordStreamParams, SampleFormat, SampleSpec, SourceInfo};
use pulseaudio::{Client, ClientError, RecordStream};

use super::stream_state::StreamState;
use crate::audio::block_on::block_on;
use crate::audio::microphones::error::MicError;

/// How often the server is asked whether the stream still exists.
const CHECK_INTERVAL: Duration = Duration::from_millis(100);
const SAMPLE_BYTES: usize = size_of::<f32>();

/// A stream that runs until it is dropped.
pub(super) struct PulseStream {
    /// Ends the thread that watches the stream, and with it the stream.
    _alive: Arc<()>,
}

/// A stream that was opened.
pub(super) struct OpenedSource {
    pub(super) stream: PulseStream,
    /// Rate and channels of the samples.
    pub(super) spec: SampleSpec,
    pub(super) samples: rtrb::Consumer<f32>,
    pub(super) state: Arc<StreamState>,
}

/// Opens a stream of `name` and starts it, if its channels are not those that cpal asks for. The ring holds this many
/// `seconds`.
pub(super) fn open(name: &str, seconds: usize) -> Result<Option<OpenedSource>, MicError> {
    let name = CString::new(name).map_err(|why| MicError::Other(why.to_string()))?;
    let client = Client::from_env(c"starling").map_err(mic_error)?;
    let source = block_on(client.source_info_by_name(name.clone())).map_err(mic_error)?;
    if has_usual_channels(&source.channel_map) {
        return Ok(None);
    }
    let spec = SampleSpec {
        format: SampleFormat::Float32Le,
        ..source.sample_spec
    };
    let channels = usize::from(spec.channels.max(1));
    let (ring, samples) = rtrb::RingBuffer::new(spec.sample_rate as usize * channels * seconds);
    let state = Arc::new(StreamState::default());
    let sink = sink(ring, channels, Arc::clone(&state));
    let stream = client.create_record_stream(parameters(name, spec, &source), sink);
    let stream = block_on(stream).map_err(mic_error)?;
    block_on(stream.uncork()).map_err(mic_error)?;
    let alive = watch(client, stream, Arc::clone(&state))?;
    Ok(Some(OpenedSource {
        stream: PulseStream { _alive: alive },
        spec,
        samples,
        state,
    }))
}

/// Whether cpal asks for exactly these channels.
fn has_usual_channels(map: &ChannelMap) -> bool {
    let count = map.num_channels();
    count < 2 || count == 2 && *map == ChannelMap::stereo()
}

fn parameters(name: CString, spec: SampleSpec, source: &SourceInfo) -> RecordStreamParams {
    let second = spec.sample_rate * u32::from(spec.channels) * SAMPLE_BYTES as u32;
    RecordStreamParams {
        sample_spec: spec,
        channel_map: source.channel_map,
        source_name: Some(name),
        buffer_attr: BufferAttr {
            max_length: second,
            fragment_size: second / 10,
            ..BufferAttr::default()
        },
        flags: StreamFlags {
            start_corked: true,
            no_remap_channels: true,
            no_remix_channels: true,
            adjust_latency: true,
            ..StreamFlags::default()
        },
        ..RecordStreamParams::default()
    }
}

/// Receives the samples: pushes whole frames into the ring and counts the others.
fn sink(
    mut ring: rtrb::Producer<f32>,
    channels: usize,
    state: Arc<StreamState>,
) -> impl FnMut(&[u8]) + Send + 'static {
    move |bytes: &[u8]| {
        let arrived = bytes.len() / SAMPLE_BYTES;
        let taken = arrived.min(ring.slots()) / channels * channels;
        if let Ok(room) = ring.write_chunk_uninit(taken) {
            let samples = bytes.chunks_exact(SAMPLE_BYTES);
            let sample = |bytes: &[u8]| bytes.try_into().map_or(0.0, f32::from_le_bytes);
            room.fill_from_iter(samples.map(sample));
        }
        state.count_lost((arrived - taken) / channels);
    }
}

/// Watches the stream on a thread of its own until the result is dropped. Nothing joins the thread, because a question
/// to a server that was killed is never answered.
fn watch(
    client: Client,
    stream: RecordStream,
    state: Arc<StreamState>,
) -> Result<Arc<()>, MicError> {
    let alive = Arc::new(());
    let is_alive = Arc::downgrade(&alive);
    thread::Builder::new()
        .name("microphone-watch".to_owned())
        .spawn(move || {
            // The connection lasts as long as the stream.
            let _client = client;
            while is_alive.strong_count() > 0 {
                if let Err(error) = block_on(stream.timing_info()) {
                    state.record_error(error.into());
                    break;
                }
                thread::sleep(CHECK_INTERVAL);
            }
        })
        .map_err(|why| MicError::Other(why.to_string()))?;
    Ok(alive)
}

/// As cpal's error of the same cause.
fn mic_error(error: ClientError) -> MicError {
    crate::audio::microphones::error::mic_error(error.into())
}
