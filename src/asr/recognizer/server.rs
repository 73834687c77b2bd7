//! The recogniser's own process: `starling recogniser`, which the program starts for itself. Decodes
//! what it is asked, and ends when nobody asks any more.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use crossbeam_channel::{Sender, unbounded};

use super::protocol::{Request, Response, receive, send};
use super::whisper::Whisper;
use super::{DecodeParams, EngineError, Recognizer};

/// How often it tells that it is at work, where whisper.cpp lets it.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(1);

/// Loads the model, then answers on stdout what is asked on stdin. Ends the process when that is closed,
/// whatever hangs then.
pub fn serve(model: &Path, threads: u32) -> io::Result<()> {
    let mut answers = io::stdout().lock();
    let (jobs, inbox) = unbounded();
    // Windows up to this number are no longer wanted.
    let forgotten = Arc::new(AtomicU64::new(0));
    let heard = Arc::clone(&forgotten);
    // Never joined: it ends the process.
    std::thread::Builder::new()
        .name("questions".to_owned())
        .spawn(move || read_requests(&jobs, &heard))?;
    let Ok(mut whisper) = Whisper::load(model, threads) else {
        return send(&mut answers, &Response::LoadFailed);
    };
    send(&mut answers, &Response::Ready(whisper.model().to_owned()))?;
    for asked in inbox {
        let Request::Decode {
            number,
            samples,
            audio_context: positions,
            beam_size: beam,
            prompt,
        } = asked
        else {
            continue;
        };
        let began = ProcessTime::now();
        let mut told = Instant::now();
        let mut wanted = || {
            if told.elapsed() >= HEARTBEAT_INTERVAL {
                told = Instant::now();
                // Nobody listens any more: stdin says so as well.
                let _ = send(&mut answers, &Response::Heartbeat);
            }
            number > forgotten.load(Ordering::Relaxed)
        };
        let manner = DecodeParams {
            audio_context: positions,
            beam_size: beam,
            prompt: &prompt,
        };
        let decoded = match wanted() {
            true => whisper.decode(&samples, manner, &mut wanted),
            false => Err(EngineError::Cancelled),
        };
        send(
            &mut answers,
            &Response::Decoded(number, decoded, began.elapsed()),
        )?;
    }
    Ok(())
}

/// Reads on while a window is decoded, since it may be forgotten in the middle.
fn read_requests(jobs: &Sender<Request>, forgotten: &AtomicU64) {
    let mut questions = io::stdin().lock();
    // Whoever asked is gone, or no longer talks sense, which cannot be: nothing is wanted then.
    while let Ok(asked) = receive(&mut questions) {
        match asked {
            Request::Cancel(number) => {
                forgotten.fetch_max(number, Ordering::Relaxed);
            }
            decode => {
                let _ = jobs.send(decode);
            }
        }
    }
    std::process::exit(0);
}
