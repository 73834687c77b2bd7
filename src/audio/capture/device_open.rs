//! Opens or reopens a microphone on a thread of its own.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

use cpal::traits::HostTrait;

use super::input_device::{InputStream, open};
use super::source::DeviceChoice;
use crate::audio::host::{host, host_by_id};
use crate::audio::microphones::error::MicError;

/// Interval between attempts to reopen a disconnected microphone.
const RETRY_INTERVAL: Duration = Duration::from_millis(250);
/// A chosen microphone has this long to return before another one of its kind may replace it.
const SAME_DEVICE_TIME: Duration = Duration::from_secs(4);

/// A microphone that is being opened on a thread of its own, because an unresponsive sound server or a
/// suspended source can block the call indefinitely.
pub(super) struct PendingOpen {
    result: Receiver<Result<InputStream, MicError>>,
    /// While this exists, the thread keeps trying.
    _keep_alive: Arc<()>,
}

impl PendingOpen {
    /// Opens a microphone and starts it.
    pub(super) fn start(choice: DeviceChoice) -> Result<Self, MicError> {
        Self::on_thread(move |_| open(&host(), &choice))
    }

    /// Reopens a disconnected microphone: retries until it is available or this is dropped. Uses only the
    /// same host, because another one could seize the card from a sound server that is restarting. What records the
    /// loudspeakers does not replace a microphone, unless it was one before. Another microphone of the same kind
    /// replaces it only if it stays away.
    pub(super) fn reopen(choice: DeviceChoice, lost: &InputStream) -> Result<Self, MicError> {
        let (host_id, lost) = (lost.host, lost.microphone.clone());
        // The name of the user may fit another microphone now.
        let choice = match choice {
            DeviceChoice::Default => DeviceChoice::Default,
            _ => DeviceChoice::Known(lost.known()),
        };
        let is_default = matches!(choice, DeviceChoice::Default);
        let started = Instant::now();
        Self::on_thread(move |keep_trying| {
            let mut last_host = None;
            loop {
                let host = last_host.take().or_else(|| host_by_id(host_id));
                if let Some(host) = host {
                    match open(&host, &choice) {
                        Ok(stream)
                            if stream.microphone.id == lost.id
                                || (is_default || started.elapsed() > SAME_DEVICE_TIME)
                                    && (lost.loopback || !stream.microphone.loopback) =>
                        {
                            return Ok(stream);
                        }
                        _ => {}
                    }
                    // A sound server limits the number of connections: reuse one that works.
                    last_host = host.input_devices().is_ok().then_some(host);
                }
                if !keep_trying() {
                    return Err(MicError::Disconnected);
                }
                std::thread::sleep(RETRY_INTERVAL);
            }
        })
    }

    /// The result, once it is available.
    pub(super) fn poll(&self) -> Option<Result<InputStream, MicError>> {
        match self.result.try_recv() {
            Ok(result) => Some(result),
            Err(TryRecvError::Empty) => None,
            // The thread panicked.
            Err(TryRecvError::Disconnected) => Some(Err(MicError::Stalled)),
        }
    }

    fn on_thread(
        open: impl FnOnce(&dyn Fn() -> bool) -> Result<InputStream, MicError> + Send + 'static,
    ) -> Result<Self, MicError> {
        let (sender, result) = sync_channel(1);
        let keep_alive = Arc::new(());
        let is_alive = Arc::downgrade(&keep_alive);
        std::thread::Builder::new()
            .name("microphone-open".to_owned())
            .spawn(move || {
                let opened = open(&|| is_alive.strong_count() > 0);
                // If the receiver is gone, the stream is closed here.
                let _ = sender.send(opened);
            })
            .map_err(|why| MicError::Other(why.to_string()))?;
        Ok(Self {
            result,
            _keep_alive: keep_alive,
        })
    }
}
