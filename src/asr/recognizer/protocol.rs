//! What goes between the program and the recogniser's process, over the latter's stdin and stdout:
//! each message is its length (four bytes, little end first) and then itself as postcard has it. Both
//! ends are one and the same program, so there are no versions.

use std::io::{self, Read, Write};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{AudioContext, EngineError, Segment};

/// What the recogniser is asked.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// To decode a window, as [`super::Recogniser::decode`] does.
    Decode {
        /// One more than the last.
        number: u64,
        /// 16 kHz.
        samples: Vec<f32>,
        audio_context: AudioContext,
        beam_size: u8,
        prompt: String,
    },
    /// To give up the window of that number, and those before it.
    Cancel(u64),
}

/// What it answers.
#[derive(Debug, Serialize, Deserialize)]
pub enum Response {
    /// The model of that name is loaded.
    Ready(String),
    /// It is none.
    LoadFailed,
    /// A window is still being decoded.
    Heartbeat,
    /// A window was decoded, or not; which of them, and the processor time it took.
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

/// Waits for one. At the end of the stream that is an error of its own kind.
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
    fn what_is_sent_comes_to_the_last_bit() {
        let asked = |number| Request::Decode {
            number,
            samples: vec![0.1, -1.0, f32::MIN_POSITIVE, 1.0 / 3.0],
            audio_context: AudioContext::Padded,
            beam_size: 5,
            prompt: "webhook, \"dead letter\" queue\u{0} \u{e9}".to_owned(),
        };
        let mut wire = Vec::new();
        send(&mut wire, &asked(1)).unwrap();
        send(&mut wire, &Request::Cancel(1)).unwrap();
        send(&mut wire, &asked(2)).unwrap();
        let mut read = wire.as_slice();
        let mut next = || receive::<Request>(&mut read);
        assert_eq!(next().unwrap(), asked(1));
        assert_eq!(next().unwrap(), Request::Cancel(1));
        assert_eq!(next().unwrap(), asked(2));
        assert_eq!(next().unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn half_a_message_is_none() {
        let mut wire = Vec::new();
        send(&mut wire, &Response::Ready("tiny.en".to_owned())).unwrap();
        for cut in 0..wire.len() {
            assert!(receive::<Response>(&mut &wire[..cut]).is_err());
        }
        // Nor does a length that cannot be fill the memory.
        assert!(receive::<Response>(&mut [0xff; 64].as_slice()).is_err());
    }
}
