//! Messages between the program and the recognizer process, over that process's stdin and stdout. Each
//! message is its length (four bytes, little endian) followed by its postcard encoding. Both ends are the
//! same program, so there are no versions.

use std::io::{self, Read, Write};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{AudioContext, EngineError, Segment};

/// A request to the recognizer process.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Decode a window, like [`super::Recognizer::decode`].
    Decode {
        /// Sequence number.
        number: u64,
        /// 16 kHz audio.
        samples: Vec<f32>,
        audio_context: AudioContext,
        beam_size: u8,
        prompt: String,
    },
    /// Cancel the window of that number and all before it.
    Cancel(u64),
}

/// A response of the recognizer process.
#[derive(Debug, Serialize, Deserialize)]
pub enum Response {
    /// The model of that name is loaded.
    Ready(String),
    /// The model could not be loaded.
    LoadFailed,
    /// A window is still being decoded.
    Heartbeat,
    /// A window was decoded or decoding failed: number, result and CPU time.
    Decoded(u64, Result<Vec<Segment>, EngineError>, Duration),
}

/// Sends one message.
pub fn send(to: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let bytes = postcard::to_stdvec(message).map_err(io::Error::other)?;
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(&bytes)?;
    to.flush()
}

/// Receives one message. At the end of the stream it returns [`io::ErrorKind::UnexpectedEof`].
pub fn receive<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<T> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let mut bytes = Vec::new();
    let length = u64::from(u32::from_le_bytes(length));
    if from.take(length).read_to_end(&mut bytes)? as u64 != length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    postcard::from_bytes(&bytes).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_round_trip_exactly() {
        let request = |number| Request::Decode {
            number,
            samples: vec![0.1, -1.0, f32::MIN_POSITIVE, 1.0 / 3.0],
            audio_context: AudioContext::Padded,
            beam_size: 5,
            prompt: "webhook, \"dead letter\" queue\u{0} \u{e9}".to_owned(),
        };
        let mut wire = Vec::new();
        send(&mut wire, &request(1)).unwrap();
        send(&mut wire, &Request::Cancel(1)).unwrap();
        send(&mut wire, &request(2)).unwrap();
        let mut read = wire.as_slice();
        let mut next = || receive::<Request>(&mut read);
        assert_eq!(next().unwrap(), request(1));
        assert_eq!(next().unwrap(), Request::Cancel(1));
        assert_eq!(next().unwrap(), request(2));
        assert_eq!(next().unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn truncated_messages_are_rejected() {
        let mut wire = Vec::new();
        send(&mut wire, &Response::Ready("tiny.en".to_owned())).unwrap();
        for cut in 0..wire.len() {
            assert!(receive::<Response>(&mut &wire[..cut]).is_err());
        }
        // An invalid length does not allocate memory.
        assert!(receive::<Response>(&mut [0xff; 64].as_slice()).is_err());
    }
}
