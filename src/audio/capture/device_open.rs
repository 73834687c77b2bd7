//! Opens a microphone on a thread of its own, for the first time or again.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::time::Duration;

use cpal::traits::HostTrait;

use super::input_device::{InputStream, MicError, host, host_again, open};

/// Between two looks for a microphone that went away.
const LOOKS_EVERY: Duration = Duration::from_millis(250);

/// A microphone that is being opened, on a thread of its own: a sound server that does not answer, or a
/// source that is suspended, keeps that one waiting for as long as it likes.
pub(crate) struct PendingOpen {
    answer: Receiver<Result<InputStream, MicError>>,
    /// The thread looks whether this is there yet.
    _wanted: Arc<()>,
}

impl PendingOpen {
    /// Opens the microphone called `name`, or the default one, and starts it.
    pub(crate) fn start(name: Option<String>) -> Result<Self, MicError> {
        Self::on_thread(move |_| open(&host(), name.as_deref()))
    }

    /// As [`Opening::begin`], for one that went away: tries until it is there again, or nobody wants it
    /// any more. Only on the same `host`: with another one, a card would be taken from a sound server
    /// that is about to start. A loudspeaker's echo is no microphone that came back, unless it was one.
    pub(crate) fn reopen(name: Option<String>, was: &InputStream) -> Result<Self, MicError> {
        let (host, echo) = (was.host, was.is_monitor);
        Self::on_thread(move |wanted| {
            let mut on = None;
            loop {
                let host = on.take().or_else(|| host_again(host));
                if let Some(host) = host {
                    match open(&host, name.as_deref()) {
                        Ok(feed) if name.is_some() || echo || !feed.is_monitor => return Ok(feed),
                        _ => {}
                    }
                    // A sound server takes only so many connections: one that holds is kept.
                    on = host.input_devices().is_ok().then_some(host);
                }
                if !wanted() {
                    return Err(MicError::Vanished);
                }
                std::thread::sleep(LOOKS_EVERY);
            }
        })
    }

    /// What became of it, once that is known.
    pub(crate) fn poll(&self) -> Option<Result<InputStream, MicError>> {
        match self.answer.try_recv() {
            Ok(answer) => Some(answer),
            Err(TryRecvError::Empty) => None,
            // It panicked.
            Err(TryRecvError::Disconnected) => Some(Err(MicError::Stalled)),
        }
    }

    fn on_thread(
        open: impl FnOnce(&dyn Fn() -> bool) -> Result<InputStream, MicError> + Send + 'static,
    ) -> Result<Self, MicError> {
        let (tell, answer) = sync_channel(1);
        let here = Arc::new(());
        let there = Arc::downgrade(&here);
        std::thread::Builder::new()
            .name("microphone-open".to_owned())
            .spawn(move || {
                let opened = open(&|| there.strong_count() > 0);
                // Nobody wants it any more: it is closed again.
                let _ = tell.send(opened);
            })
            .map_err(|why| MicError::Other(why.to_string()))?;
        Ok(Self {
            answer,
            _wanted: here,
        })
    }
}
