//! The recognizer process, started by the program as `starling recogniser`. It decodes windows on request
//! and exits when its stdin is closed.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use crossbeam_channel::{Sender, unbounded};

use super::protocol::{Request, Response, receive, send};
use super::whisper::Whisper;
use super::{DecodeParams, EngineError, Recognizer};
use crate::domain::model_source::ModelSource;

/// Interval of heartbeats, as far as whisper.cpp calls back.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(1);

/// Loads the model, then answers requests from stdin on stdout. When stdin is closed, the process exits,
/// even if a decode hangs.
pub fn serve(model: &ModelSource, threads: u32) -> io::Result<()> {
    let mut responses = io::stdout().lock();
    let (jobs, inbox) = unbounded();
    // Windows up to this number are cancelled.
    let cancelled = Arc::new(AtomicU64::new(0));
    let cancelled_by_requests = Arc::clone(&cancelled);
    // Never joined: it exits the process.
    std::thread::Builder::new()
        .name("requests".to_owned())
        .spawn(move || read_requests(&jobs, &cancelled_by_requests))?;
    let Ok(mut whisper) = Whisper::load(model, threads) else {
        return send(&mut responses, &Response::LoadFailed);
    };
    send(&mut responses, &Response::Ready(whisper.model().to_owned()))?;
    for request in inbox {
        let Request::Decode {
            number,
            samples,
            audio_context: positions,
            beam_size: beam,
            prompt,
        } = request
        else {
            continue;
        };
        let began = ProcessTime::now();
        let mut last_heartbeat = Instant::now();
        let mut keep_going = || {
            if last_heartbeat.elapsed() >= HEARTBEAT_INTERVAL {
                last_heartbeat = Instant::now();
                // If the receiver is gone, stdin is closed as well.
                let _ = send(&mut responses, &Response::Heartbeat);
            }
            number > cancelled.load(Ordering::Relaxed)
        };
        let params = DecodeParams {
            audio_context: positions,
            beam_size: beam,
            prompt: &prompt,
        };
        let decoded = match keep_going() {
            true => whisper.decode(&samples, params, &mut keep_going),
            false => Err(EngineError::Cancelled),
        };
        send(
            &mut responses,
            &Response::Decoded(number, decoded, began.elapsed()),
        )?;
    }
    Ok(())
}

/// Reads requests while a window is decoded, so that it can be cancelled.
fn read_requests(jobs: &Sender<Request>, cancelled: &AtomicU64) {
    let mut requests = io::stdin().lock();
    // An error means that the program has exited or sent an invalid message.
    while let Ok(request) = receive(&mut requests) {
        match request {
            Request::Cancel(number) => {
                cancelled.fetch_max(number, Ordering::Relaxed);
            }
            decode => {
                let _ = jobs.send(decode);
            }
        }
    }
    std::process::exit(0);
}
