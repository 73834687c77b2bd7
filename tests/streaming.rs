//! A take that is heard while it is spoken, and stopped at rest, gives what its file gives: word for
//! word, to the last digit of every time, however the sound came in and whatever was looked at meanwhile.
#![allow(clippy::expect_used, reason = "a test that fails may panic")]

mod common;

use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{clip, share_recognized};
use starling::app::load_engine;
use starling::asr::streaming::{DecodeJob, StreamingTranscriber};
use starling::asr::vad::Silero;
use starling::asr::{Isolation, LiveOptions, OnPrediction, Worker, WorkerEvent, transcribe};
use starling::audio;
use starling::audio::{AudioSource, FilePacing, Recorder, RecorderEvent};
use starling::domain::caption::Caption;
use starling::domain::take::{TakeId, Transcription};
use starling::domain::time::{Secs, Span};
use starling::domain::transcript::Word;

const RATE_HZ: usize = 16_000;
/// What a recorder hands over at a time: 20 ms.
const BLOCK: usize = RATE_HZ / 50;
const VOCABULARY: &str = "webhook, dead letter queue.";
/// Nothing here takes longer.
const PATIENCE: Duration = Duration::from_secs(300);

struct Ear {
    worker: Worker,
    told: Receiver<WorkerEvent>,
    takes: usize,
}

impl Ear {
    fn open() -> Self {
        let (tell, told) = channel();
        let worker = Worker::start(
            || load_engine(None, &[], &Isolation::InProcess),
            move |heeded| tell.send(heeded).expect("somebody listens"),
        );
        let ear = Self {
            worker: worker.expect("a thread"),
            told,
            takes: 0,
        };
        assert!(matches!(ear.next(), WorkerEvent::Loaded));
        ear
    }

    fn next(&self) -> WorkerEvent {
        self.told.recv_timeout(PATIENCE).expect("it goes on")
    }

    /// Speaks `samples` so many times faster than a person would, and gives what was shown (waiting
    /// for it where there is to be something to `show`) and what was heard.
    fn listen(&mut self, samples: &[f32], hurry: f64, show: bool) -> (Vec<Caption>, Transcription) {
        self.takes += 1;
        let take = TakeId(format!("take {}", self.takes));
        let foreseen = Arc::new(Mutex::new(None));
        let foresees: OnPrediction = {
            let foreseen = Arc::clone(&foreseen);
            Box::new(move |voice, words| {
                *foreseen.lock().expect("whole") = Some((voice.clone(), words.clone()));
            })
        };
        let audience = LiveOptions {
            user_waits: false,
            on_prediction: Some(foresees),
        };
        let tap = self
            .worker
            .start_live(take.clone(), VOCABULARY.to_owned(), audience);
        for block in samples.chunks(BLOCK) {
            tap.push(block);
            let seconds = block.len() as f64 / RATE_HZ as f64;
            std::thread::sleep(Duration::from_secs_f64(seconds / hurry));
        }
        // However slow the machine is: the take is not over before its first words are shown.
        let mut shown = Vec::new();
        if show {
            shown.push(loop {
                if let WorkerEvent::Captioned(_, caption) = self.next() {
                    break caption;
                }
            });
        }
        drop(tap);
        let seconds = samples.len() as f64 / RATE_HZ as f64;
        let vocabulary = VOCABULARY.to_owned();
        let read = Box::new(|| Err("it was listened to".to_owned()));
        self.worker
            .transcribe(take.clone(), Some(seconds), vocabulary, read);
        loop {
            match self.next() {
                WorkerEvent::Captioned(of, caption) => {
                    assert_eq!(of, take);
                    shown.push(caption);
                }
                WorkerEvent::Transcribed(of, heard) => {
                    assert_eq!(of, take);
                    // What is told in the end was told to whoever reads it, before.
                    let told = (heard.voice.clone(), heard.transcript.clone());
                    assert_eq!(*foreseen.lock().expect("whole"), Some(told));
                    return (shown, *heard);
                }
                WorkerEvent::Failed(_, why) => panic!("{why}"),
                WorkerEvent::Loaded | WorkerEvent::LoadFailed(_) | WorkerEvent::Progressed(..) => {}
            }
        }
    }
}

/// What a take holds of a clip: 16 bits.
fn samples(name: &str) -> Vec<f32> {
    let samples = audio::decode_file(&clip(name)).expect("a clip").samples;
    let rounded = |sample: &f32| (sample * 32_768.0).round() / 32_768.0;
    samples.iter().map(rounded).collect()
}

fn word(at: Secs) -> Word {
    Word {
        text: "word".to_owned(),
        start: at,
        end: at,
        confidence: 1.0,
    }
}

#[test]
fn what_is_heard_live_is_what_the_file_holds() {
    let mut ear = Ear::open();
    let mut engine = load_engine(None, &[], &Isolation::InProcess).expect("the model of models/");
    let mut shown_at_all = 0;
    for (name, hurry, speaks) in [
        ("strong_situation_joe.flac", 50.0, true),
        ("disfluent_task_k1_bm_lewis.flac", 2.0, true),
        ("edge_laughter_low_9s.flac", 20.0, false),
        ("edge_tiny_0.2s.wav", 1.0, false),
    ] {
        let mut samples = samples(name);
        // Stopped at rest.
        samples.resize(samples.len() + RATE_HZ / 2, 0.0);
        let whole = transcribe(&mut engine, &samples, VOCABULARY, &mut |_| {}, &|| true);
        let whole = whole.expect("heard");
        let (shown, live) = ear.listen(&samples, hurry, speaks);
        assert_eq!(live.transcript, whole.transcript, "{name}");
        assert_eq!(live.voice, whole.voice, "{name}");
        // Firm words stay as they are.
        for pair in shown.windows(2) {
            assert!(
                pair[1].confirmed.starts_with(&pair[0].confirmed),
                "{name}: {pair:?}"
            );
        }
        if let Some(last) = shown.last() {
            let text = |words: &[Word]| words.iter().map(Word::plain).collect::<Vec<_>>().join(" ");
            let (firm, kept) = (text(&last.confirmed), text(&whole.transcript.words));
            let share = share_recognized(&kept, &firm);
            assert!(
                firm.is_empty() || share >= 0.8,
                "{name}: {firm:?} of {kept:?}"
            );
        }
        shown_at_all += shown.len();
    }
    assert!(shown_at_all > 1, "{shown_at_all} captions were shown");
}

/// What is read quickly, as somebody waits for it, is what was said: as far as the whole clip tells.
#[test]
fn what_is_cut_off_in_the_middle_of_speech_is_heard() {
    let mut ear = Ear::open();
    let mut engine = load_engine(None, &[], &Isolation::InProcess).expect("the model of models/");
    let samples = samples("strong_situation_joe.flac");
    let whole = transcribe(&mut engine, &samples, VOCABULARY, &mut |_| {}, &|| true);
    let whole = whole.expect("heard").transcript.words;
    for seconds in [8, 15, 20] {
        let (_, live) = ear.listen(&samples[..seconds * RATE_HZ], 20.0, false);
        let text = |words: &[Word]| words.iter().map(Word::plain).collect::<Vec<_>>();
        let kept = text(&live.transcript.words);
        let said = whole.partition_point(|word| word.end < seconds as f64 - 0.3);
        let said = text(&whole[..said]);
        let share = share_recognized(&kept.join(" "), &said.join(" "));
        assert!(share >= 0.85, "{seconds} s: {kept:?} of {said:?}");
        assert!(kept.len() <= said.len() + 4, "{seconds} s: {kept:?}");
    }
}

/// Complete windows are decoded before looks ahead, and those before captions; none of them twice.
#[test]
fn what_is_complete_comes_first_and_in_order() {
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/ggml-silero-v6.2.0.bin");
    let silero = Silero::load(&model).expect("the detector");
    let mut samples = samples("strong_situation_joe.flac");
    samples.resize(samples.len() + RATE_HZ, 0.0);
    let mut listener = StreamingTranscriber::default();
    let (mut looks, mut ahead) = (0, 0);
    let mut complete: Vec<Span> = Vec::new();
    let mut held_up = false;
    for (i, block) in samples.repeat(3).chunks(BLOCK).enumerate() {
        listener.push(&silero, block);
        let was_held_up = std::mem::take(&mut held_up);
        match listener.next_job() {
            None => {}
            Some(look @ DecodeJob::Preview(span)) => {
                looks += 1;
                assert!(span.len() < 6.5, "{span:?}");
                assert!(listener.is_useful(look));
            }
            // What was decoded ahead holds: it is asked for once.
            Some(look @ DecodeJob::Speculative(part)) => {
                ahead += 1;
                listener.complete(look, vec![word(part.window.start)]);
                let next = listener.next_job();
                match part.ends_in_pause {
                    // The speaker may have gone on while the recogniser was held up.
                    true if was_held_up && next.is_some() => {
                        assert!(
                            matches!(next, Some(DecodeJob::Preview(span)) if span.end > part.window.end),
                            "{next:?} after {part:?}"
                        );
                    }
                    true => assert_eq!(next, None),
                    false => assert!(matches!(next, Some(DecodeJob::Preview(_))), "{next:?}"),
                }
            }
            Some(DecodeJob::Tail(span)) => panic!("{span:?} is no tail: somebody still speaks"),
            Some(DecodeJob::Final(first)) => {
                // The recogniser is held up for some seconds: what waits goes before all else.
                held_up = true;
                let stale = DecodeJob::Preview(first);
                assert!(!listener.is_useful(stale), "captions give way");
                if i % 150 == 0 {
                    while let Some(next @ DecodeJob::Final(span)) = listener.next_job() {
                        listener.complete(next, vec![word(span.start)]);
                        complete.push(span);
                    }
                }
            }
        }
    }
    listener.finish(&silero);
    while let Some(next) = listener.next_job() {
        assert!(
            matches!(next, DecodeJob::Final(_)),
            "{next:?} after the end"
        );
        listener.complete(next, vec![word(0.0)]);
    }
    assert!(
        looks > 100 && ahead > 1 && complete.len() > 3,
        "{looks} {ahead} {complete:?}"
    );
    for pair in complete.windows(2) {
        assert!(pair[0].end <= pair[1].start, "{pair:?}");
    }
    let (_, transcript) = listener.into_transcript();
    assert!(
        transcript
            .words
            .windows(2)
            .all(|w| w[0].start <= w[1].start)
    );
}

/// However the answer is cut off: what was read ahead leaves less to read, and changes nothing.
#[test]
fn what_is_left_when_the_answer_is_cut_off_is_little() {
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/ggml-silero-v6.2.0.bin");
    let silero = Silero::load(&model).expect("the detector");
    let samples = samples("strong_situation_joe.flac");
    let (mut parts, mut looks, mut rejoined) = (0, 0, 0);
    for tenths in (20..samples.len() * 10 / RATE_HZ).step_by(7) {
        let spoken = &samples[..tenths * RATE_HZ / 10];
        let (mut quick, mut late) = (
            StreamingTranscriber::default(),
            StreamingTranscriber::default(),
        );
        for block in spoken.chunks(BLOCK) {
            quick.push(&silero, block);
            while let Some(next @ (DecodeJob::Final(_) | DecodeJob::Speculative(..))) =
                quick.next_job()
            {
                quick.complete(next, vec![word(next.span().start)]);
                looks += 1;
            }
            late.push(&silero, block);
        }
        quick.finish_quickly(&silero);
        late.finish_quickly(&silero);
        let left: Vec<DecodeJob> = std::iter::from_fn(|| {
            let next = quick.next_job()?;
            quick.complete(next, vec![word(next.span().start)]);
            Some(next)
        })
        .collect();
        let mut all = Vec::new();
        while let Some(next) = late.next_job() {
            all.push(next);
            late.complete(next, vec![word(next.span().start)]);
        }
        assert!(all.ends_with(&left), "{left:?} of {all:?}");
        assert!(left.len() <= 1, "{left:?} after {tenths}");
        for part in &left {
            let DecodeJob::Tail(span) = part else {
                panic!("{part:?} could have been read before");
            };
            assert!(span.len() < 7.5, "{span:?}");
            parts += usize::from(all.len() > 1);
        }
        for pair in all.windows(2) {
            assert!(pair[0].span().end <= pair[1].span().start, "{all:?}");
        }
        // What nothing was read in is read again with the rest of its window.
        let mut vain = StreamingTranscriber::default();
        for block in spoken.chunks(BLOCK) {
            vain.push(&silero, block);
            while let Some(next @ (DecodeJob::Final(_) | DecodeJob::Speculative(..))) =
                vain.next_job()
            {
                let said = match next {
                    DecodeJob::Speculative(_) => Vec::new(),
                    _ => vec![word(next.span().start)],
                };
                vain.complete(next, said);
            }
        }
        vain.finish_quickly(&silero);
        if let (Some(DecodeJob::Tail(rest)), [.., before, _]) = (vain.next_job(), all.as_slice())
            && matches!(left.as_slice(), [DecodeJob::Tail(tail)] if tail.start > rest.start)
        {
            assert_eq!(rest.start, before.span().start, "{rest:?} of {all:?}");
            assert_eq!(rest.end, left[0].span().end);
            rejoined += 1;
        }
    }
    assert!(rejoined > 5, "{rejoined}");
    assert!(parts > 5 && looks > 100, "{parts} {looks}");
}

#[test]
fn what_a_recorder_hands_on_is_what_its_file_holds() {
    let folder = tempfile::tempdir().expect("a folder");
    let wav = folder.path().join("take.wav");
    let (tell, told) = channel();
    let source = AudioSource::File(clip("strong_task_joe.flac"), FilePacing::Unthrottled);
    let recorder = Recorder::open(source, move |happened| {
        let _ = tell.send(happened);
    });
    let recorder = recorder.expect("a thread");
    let (hear, heard) = channel();
    recorder.begin(
        wav.clone(),
        Box::new(move |samples| hear.send(samples.to_vec()).expect("somebody listens")),
    );
    let listened: Vec<f32> = heard.into_iter().flatten().collect();
    let seconds = told.into_iter().find_map(|happened| match happened {
        RecorderEvent::Saved { audio, .. } => Some(audio.seconds),
        _ => None,
    });
    let written = audio::decode_file(&wav).expect("a take").samples;
    assert_eq!(seconds, Some(listened.len() as f64 / RATE_HZ as f64));
    assert!(listened.len() > 10 * RATE_HZ);
    assert!(listened == written, "{} samples", written.len());
}

#[test]
fn captions_can_be_off() {
    let mut ear = Ear::open();
    ear.worker.show_captions(false);
    let samples = samples("strong_task_joe.flac");
    let (shown, heard) = ear.listen(&samples, 5.0, false);
    assert_eq!(shown, []);
    assert!(heard.transcript.words.len() > 25);
}

#[test]
fn what_was_not_listened_to_comes_from_the_file() {
    let mut ear = Ear::open();
    let samples = samples("strong_task_joe.flac");
    let (_, whole) = ear.listen(&samples, 100.0, false);
    // Only half of it came through.
    ear.takes += 1;
    let take = TakeId("half".to_owned());
    let tap = ear
        .worker
        .start_live(take.clone(), VOCABULARY.to_owned(), LiveOptions::default());
    tap.push(&samples[..samples.len() / 2]);
    drop(tap);
    let seconds = samples.len() as f64 / RATE_HZ as f64;
    let read = Box::new(move || Ok(samples));
    ear.worker
        .transcribe(take, Some(seconds), VOCABULARY.to_owned(), read);
    let heard = loop {
        match ear.next() {
            WorkerEvent::Transcribed(_, heard) => break heard,
            WorkerEvent::Failed(_, why) => panic!("{why}"),
            _ => {}
        }
    };
    assert_eq!(heard.transcript, whole.transcript);
}
